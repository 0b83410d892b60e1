"""What stands in a LaTeX text without braces, which the parser takes for text: conditions, lengths, slides."""

from __future__ import annotations

import re

from ragft.corpus.readers.latex.groups import CODE
from ragft.corpus.readers.latex_symbols import numbered_sign

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
_LENGTHS = """hskip vskip mskip kern mkern parskip parindent baselineskip lineskip tabcolsep arraycolsep textwidth
    textheight oddsidemargin evensidemargin topmargin columnsep fboxsep fboxrule hsize vsize leftskip rightskip
    abovedisplayskip belowdisplayskip abovecaptionskip belowcaptionskip intextsep textfloatsep floatsep dbltextfloatsep
    itemsep parsep topsep partopsep columnwidth linewidth labelsep leftmargin rightmargin headheight headsep footskip
    hangindent tabulinesep extrarowheight parfillskip spaceskip bigskipamount medskipamount smallskipamount
    marginparwidth hoffset voffset arrayrulewidth doublerulesep bibsep unitlength emergencystretch lightrulewidth
    heavyrulewidth cmidrulewidth aboverulesep belowrulesep cmidrulesep cmidrulekern abovetopsep belowbottomsep
    dashlinedash dashlinegap epsfxsize epsfysize pdfpagewidth pdfpageheight paperwidth paperheight raise lower moveleft
    moveright""".split()
_SIZE = (
    r"[-+]?\s*(?:(?:\d+[.,]?\d*|[.,]\d+)\s*(?:true\s*)?(?:pt|mm|cm|in|ex|em|bp|pc|dd|cc|sp|mu|fil{1,2})"
    r"|(?:\d+\.?\d*|\.\d+)?\\[A-Za-z@]+)"
)
_LENGTH = (
    rf"\\(?:{'|'.join(_LENGTHS)})(?![A-Za-z@])\s*=?\s*{_SIZE}(?:\s*plus\s*{_SIZE})?(?:\s*minus\s*{_SIZE})?"
    r"|\\(?:looseness|tolerance|pretolerance|[hv]badness|[a-z]*penalty|hangafter|pdf(?:output|minorversion|suppress\w+)"
    r"|synctex|day|month|year)\s*=?\s*[-+]?\d+|\\(?:cat|lc|uc|sf)code\s*`\\?.\s*=?\s*\d+"
    rf"|\\[hv]rule(?![A-Za-z@])(?:\s*(?:width|height|depth)\s*{_SIZE}){{0,3}}"
    rf"|\\(?:advance|multiply|divide)\s*\\[A-Za-z@]+\s*(?:by)?\s*(?:{_SIZE}|[-+]?\d+)"
    rf"|\\(?:count|dimen|skip)\d+\s*=?\s*(?:{_SIZE}|[-+]?\d+)"
    r"|\\tikz(?![A-Za-z])\s*(?:\[[^\]\n]{0,199}\]\s*)?\\(?:[^;{}]|\{[^{}]{0,199}\}){0,999};"
    r"|\\Urlmuskip\s*=?\s*\d+mu(?:\s*plus\s*\d+mu)?"
    r"|\\(?:multi|r|u)?put\s*(?:\([^()\n]*\))+"
)
_PLACE = (
    r"(?P<box>\\(?:make|frame)box\s*|\\begin\s*\{textblock\*?\}\s*\{[^{}\n]{0,99}\}\s*)\([^()\n]*\)"
    rf"|(?P<sized>\\[hv]box\s*|\\begin\s*\{{(?:long)?tabu\*?\}}\s*)(?:to|spread)\s*{_SIZE}"
)
_BLANKS = r"\s{0,9}"  # bounded: blanks without end beside each other are tried in every way
_CHARACTER = r"\\char\s*(?:\"(?P<hex>[\dA-F]{1,4})|(?P<decimal>\d{1,4}))"
_PARTS = rf"{_CHARACTER}|(?P<condition>{_CONDITION})|(?P<length>{_LENGTH})|{_SLIDES}|{_PLACE}".replace(r"\s*", _BLANKS)
_BARE = re.compile(rf"(?P<code>{CODE})|{_PARTS}", re.DOTALL)
_NEGATIVE_KERN = re.compile(r"\\m?kern\s*-")
_MOST_EXCLUDED = 20
_EXCLUDED = re.compile(r"\\excludecomment\s*\{(\w+)\}")


def without_bare(text: str) -> str:
    """`text` with blanks in the place of conditions and lengths, without numbers of slides and excluded parts."""
    for name in list(dict.fromkeys(_EXCLUDED.findall(text)))[:_MOST_EXCLUDED]:
        text = _without(text, rf"\begin{{{name}}}", rf"\end{{{name}}}")
    return _BARE.sub(_kept, text)


def _without(text: str, begin: str, end: str) -> str:
    kept: list[str] = []
    position = 0
    while (start := text.find(begin, position)) >= 0 and (stop := text.find(end, start)) >= 0:
        kept.append(text[position:start])
        position = stop + len(end)
    return " ".join([*kept, text[position:]])


def _kept(match: re.Match[str]) -> str:
    if code := match["hex"] or match["decimal"]:
        return numbered_sign("symbol", int(code, 16 if match["hex"] else 10))
    if match["length"] and _NEGATIVE_KERN.match(match["length"]):
        beside = match.string[max(0, match.start() - 1) : match.start()] + match.string[match.end() : match.end() + 1]
        return " " if beside.isdigit() else ""  # letters that are moved together are one word
    return match["code"] or match["shown"] or match["box"] or match["sized"] or " "
