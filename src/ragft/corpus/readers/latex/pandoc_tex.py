r"""LaTeX as Pandoc writes it, put as authors write it: highlighted code, and the labels of lists.

Labels are set by `\def\labelenumi{\roman{enumi}.}` within a list, and hold for that list alone.
"""

from __future__ import annotations

import re

from ragft.corpus.readers.latex.groups import CODE

_GROUP = r"\{(?P<%s>(?:[^{}]|\{(?:[^{}]|\{[^{}]{0,99}\}){0,99}\}){0,500})\}"
_PARTS = re.compile(
    rf"(?P<code>{CODE})"
    r"|\\begin\{Highlighting\}(?:\[[^\]\n]{0,99}\])?\n?(?P<tokens>(?:(?!\\begin\{Highlighting).){0,200000}?)\\end\{Highlighting\}"
    r"|\\VERB\|(?P<inline>[^|\n]{0,20000})\|"
    r"|(?P<list>\\begin\{enumerate\})\s{0,9}(?:\\def\s{0,9}\\labelenum[iv]{1,3}"
    r"|\\renewcommand\*?\s{0,9}\{?\s{0,9}\\labelenum[iv]{1,3}\s{0,9}\}?)\s{0,9}"
    + _GROUP % "label"
    + r"|\\pdfstringdefDisableCommands\s{0,9}"
    + _GROUP % "bookmarks",
    re.DOTALL,
)
_TOKEN = re.compile(r"\\[A-Za-z]{1,30}Tok\{((?:[^{}\\]|\\.|\{[\[\]-]\}|\{\}){0,20000})\}", re.DOTALL)
_NAMED = {
    "backslash": "\\",
    "asciitilde": "~",
    "asciicircum": "^",
    "asciigrave": "`",
    "quotesingle": "'",
    "greater": ">",
    "less": "<",
}
_SIGN = re.compile(rf"\\text({'|'.join(_NAMED)})\{{\}}|\\([{{}}_#$%&^~])(?:\{{\}})?|\{{([\[\]-])\}}")


def as_by_hand(text: str) -> str:
    """The text with plain code, labels as options of their lists, and no commands for bookmarks alone."""
    return _PARTS.sub(_put, text)


def _put(match: re.Match[str]) -> str:
    if match["tokens"] is not None:
        code = _SIGN.sub(lambda sign: _NAMED.get(sign[1], "") or sign[2] or sign[3], _TOKEN.sub(r"\1", match["tokens"]))
        return f"\\begin{{verbatim}}\n{code}\\end{{verbatim}}"
    if match["inline"] is not None:
        return f"\\texttt{{{match['inline']}}}"
    if match["list"]:
        return f"{match['list']}[labelenum={{{match['label']}}}]"
    return "" if match["bookmarks"] is not None else match.group()
