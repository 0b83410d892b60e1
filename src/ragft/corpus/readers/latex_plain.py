"""What stands in a LaTeX text without braces, which the parser takes for text: conditions, numbers of slides."""

from __future__ import annotations

import re

from ragft.corpus.readers.latex_macros import CODE

_ONE = r"(?:\\[A-Za-z@]+\s*(?:\{\})?|[^\\\s])"
_VALUE = r"(?:[-+]?[\d.]+\s*(?:pt|cm|mm|in|em|ex|sp|bp)?|\\[A-Za-z@]+(?:\s*\{[\w@]*\})?)"
_CONDITION = (
    rf"\\(?:ifx|if|ifcat)(?![A-Za-z@])\s*{_ONE}\s*{_ONE}"
    rf"|\\if(?:num|dim)(?![A-Za-z@])\s*{_VALUE}\s*[<=>]\s*{_VALUE}"
    rf"|\\if(?:case|odd)(?![A-Za-z@])\s*{_VALUE}"
    r"|\\newif\s*\\if[A-Za-z@]+|\\(?:else|or|fi)(?![A-Za-z@])"
    r"|\\onslide(?![A-Za-z@])\*?\s*(?:<[^<>\n]*>)?|\\pause(?![A-Za-z@])(?:\[\d+\])?"
)
_SLIDES = (
    r"(?P<shown>\\(?:only|uncover|visible|invisible|alt|temporal|action|item|alert|structure|text[a-z]{2}|emph|color"
    r"|includegraphics|footnote|frame|hyperlink|label|begin\s*\{\w+\*?\})\*?\s*)<(?:[\d,+\-.|: #]|[a-z]+[:@])*>"
)
_ALTERNATIVE = re.compile(rf"(?P<code>{CODE})|(?P<condition>{_CONDITION})|{_SLIDES}", re.DOTALL)


def without_alternatives(text: str) -> str:
    """`text` with blanks in the place of conditions, and without the numbers of the slides that something stands on."""
    return _ALTERNATIVE.sub(lambda match: match["code"] or match["shown"] or " ", text)
