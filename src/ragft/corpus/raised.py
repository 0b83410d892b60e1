"""Raised and lowered characters written on one line, so that no number changes. Every format uses it.

| seen | written |
| --- | --- |
| exponent | `10^-4`, `m^2`, `x^2`, `e^(-x/2)`; a sign stays as it is |
| index | `x_1`, `h_(t-1)`; formulas of chemistry and acronyms are joined: `H2O`, `IC50` |
| power of a unit | a 2, a 3 or a signed number after the word that follows a number: `56 metres^2`, `(5)^2` |
| cents of a price | `12.99 €`; see `ragft.corpus.prices` |
| note mark | dropped: `$320` with a raised 1 is `$320`, `45.2` with a raised a is `45.2` |
| all that brackets hold | kept: `BM25(1)` |
| ordinal, degree, isotope, fraction | `1st`, `25°C`, `^14C`, `2 1/2` |

A raised integer is an exponent or a note mark. Where the text before it does not tell which, it is written as an
exponent: in `57^2` and `2019^4` the number is still there, and `2048^3` cells are not 2048.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from math import gcd
from operator import itemgetter
from typing import Literal

from ragft.corpus.prices import is_money, is_raised_sign, opens_price, raised_cents
from ragft.corpus.writing_systems import MARKS, UNSPACED

Position = Literal["line", "raised", "lowered", "note"]
"""The position of a run of characters; `note` is a mark that the format itself declares."""

# ---------------------------------------------------------------------------------------- what is raised
_SIGN = "+\\-−–±∓"
_SIMPLE = re.compile(rf"[{_SIGN}]?(?:\d+(?:\.\d+)*|[^\W\d_]+|[*∗†‡§¶⊤⊥])?[{_SIGN}]?")
_IN_ONE_PAIR = re.compile(r"\([^()]*\)")
_SYMBOL = re.compile(r"[*∗⁎†‡§¶#∥‖⋆]+")
_BRACKETED = re.compile(
    r"\[\s*(?:[a-z]+ )?(?:\d{1,4}|[a-z]{1,4})(?:\s*[,;–-]\s*(?:\d{1,4}|[a-z]))*\s*\]", re.IGNORECASE
)
_LIST = re.compile(r"(?:\d{1,3}|[a-z*∗†‡§¶])(?:\s*[,;–-]\s*(?:\d{1,3}|[a-z*∗†‡§¶]))+[,;]?")
_DECIMAL = re.compile(r"\d,\d{1,2}")
_SINGLE = re.compile(r"(?:\d{1,3}|[a-zA-Z])[,;]?|\(\s*(?:\d{1,3}|[a-z])\s*\)")
_ORDINALS = frozenset("st nd rd th er re ère e ème eme nde de o as os".split())
_DEGREES = {"o": "°", "∘": "°", "◦": "°", "°": "°", "º": "°"}
_DENOMINATOR = re.compile(r"\s?[/⁄∕]\s?(2|3|4|5|6|8|10|12|16|32|64)(?![\d.,]*\d)")
_MIXED_UNIT = re.compile(r"\s?(?:[\"″”']|(?:inch|inches|in|feet|foot|ft|miles?|cups?|pints?|hours?|years?)\b)")
"""Units of which people write three and three quarters as `3³/4`."""
_NOTE_LETTERS = frozenset("abcdefgo")
"""Behind a number; others count something (`5^h 30^m`) or are variables."""
_LONG = 12
"""Least characters of raised words that are small print, not an exponent."""

# ------------------------------------------------------------------------------- what it is raised after
_VARIABLE = re.compile(
    r"(?<![^\W\d_])[A-Za-z\u0370-\u03ff\u2102-\u2134\U0001d400-\U0001d7cb](?:_\w|_\([^()]*\))*[′']*$"
)
_UNIT = re.compile(
    r"(?:(?<![^\W\d_])(?:[nµμmcdkh]m|[нмсдк]?м|ft|yd|mi|sec|kg|Pa|deg|arcmin|arcsec)|\d\s?in|\bper [^\W\d_]+)$"
)
_MEASURED = re.compile(
    rf"\d[\s-]?(?:[^\W\d_{UNSPACED}](?:[^\W\d_{UNSPACED}]|[{MARKS}]){{0,20}}|[{UNSPACED}{MARKS}]{{1,4}})$"
)
_FUNCTION = re.compile(r"(?<![^\W\d_])(?:sin|cos|tan|cot|sec|csc|sinh|cosh|tanh|log|ln|exp)$")
_OPERATOR = re.compile(r"[−+±×·=≈<>≤≥]$")
_TERM_OF_FORMULA = re.compile(r"[=≈∝]\s?[^\W\d_]{1,3}$")
_NAME = re.compile(r"[^\W\d_]{2}[-–]?\d+$")
_NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,'’]\d+)*$")
_VULGAR = re.compile("[¼-¾⅐-⅞]")
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]$")
_TERM = re.compile(
    r"(?!.*\b(?:see|cf|the|of|an?|in|on|and|or|for|as|by|with|from|to|et|al)\b)[^\W\d_]+(?:[\s-][^\W\d_]+){1,3}",
    re.IGNORECASE,
)
"""Words that name a quantity, such as `mean error`, as opposed to an aside."""
_WORDS = re.compile(r"[^\W\d_]\s+[^\W\d_]{2}|[\u3040-\u9fff\uac00-\ud7af]")
_COUNT = re.compile(r"(?<![\d.,])\d{1,3}$")
_ROMAN = re.compile(r"(?<!\w)[IVXLCM]+$")

# ------------------------------------------------------------------------------------------- chemistry
_ELEMENT = (
    "(?:A[cglmrstu]|B[aehikr]?|C[adeflmnorsu]?|D[bsy]|E[rsu]|F[elmr]?|G[ade]|H[efgos]?|I[nr]?|Kr?|L[airuv]|M[cgnot]"
    "|N[abdehiop]?|O[gs]?|P[abdmortu]?|R[abefghnu]|S[bcegimnr]?|T[abcehilms]|U|V|W|Xe|Yb?|Z[nr])"
)
_FORMULA = re.compile(rf"(?<!\w)(?:{_ELEMENT}\d*|[()\[\]])+(?:{_ELEMENT}|[)\]])$|(?<!\w)[A-Z][a-z]$")
_ACRONYM = re.compile(r"[^\W\d_][A-Z]$")
_MOLECULES = frozenset("H2 N2 O2 O3 F2 I2 P4 S8 B12 C60 C70".split())
_ISOTOPE = re.compile(rf"(?:[1-3]H|[34]He|[67]Li|\d{{2,3}}{_ELEMENT})(?![a-z])")

# --------------------------------------------------------- characters that are raised or lowered by themselves
_UP, _UP_PLAIN = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "0123456789+−=()ni"
_UP_LETTERS, _UP_LETTERS_PLAIN = "ᵃᵇᶜᵈᵉᶠᵍʰʳˢᵗᵒ", "abcdefghrsto"
_DOWN, _DOWN_PLAIN = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼ", "0123456789+−=()aeoxhklmnpstij"
UP_START, UP_END, DOWN_START, DOWN_END = "\ufdd0\ufdd1\ufdd2\ufdd3"
"""Noncharacters of Unicode between which a reader may put any raised or lowered text for `spell_out`."""
_BETWEEN = f"{UP_START}[^{UP_START}-{DOWN_END}]*{UP_END}"
_PLAIN = str.maketrans(
    _UP + _UP_LETTERS + _DOWN,
    _UP_PLAIN + _UP_LETTERS_PLAIN + _DOWN_PLAIN,
    UP_START + UP_END + DOWN_START + DOWN_END,
)
_OWN = re.compile(
    f"(?P<up>(?<=\\d)[ⁿ{_UP_LETTERS}]+|(?:{_BETWEEN} ?)*{_BETWEEN}[{_UP}]*"
    f"|(?<=\\d)[{_UP}]+[.·˙⋅‧][{_UP}]+|[{_UP}]+(?:[,–][{_UP}]+)*)"
    f"|(?P<down>{DOWN_START}[^{UP_START}-{DOWN_END}]*{DOWN_END}|[{_DOWN}]+)|(?<=\\d)(?=[¼-¾⅐-⅞①-⓿❶-➓])"
)
_ANY_OWN = re.compile(f"[{_UP}{_UP_LETTERS}{_DOWN}{UP_START}-{DOWN_END}¼-¾⅐-⅞①-⓿❶-➓]")
_UNPAIRED = re.compile(f"[{UP_START}-{DOWN_END}]")
_ON_THE_LINE = {"line"}
_REACH = 60
"""Characters before a raised one that are checked."""


def on_one_line(runs: Sequence[tuple[str, Position]]) -> str:
    """The text of `runs`, each with its position, on one line."""
    if {position for _, position in runs} <= _ON_THE_LINE:
        return "".join([text for text, _ in runs])
    kept = ((text, "line" if at == "raised" and is_raised_sign(text) else at) for text, at in runs if text)
    parts = [("".join(text for text, _ in same), at) for at, same in groupby(kept, key=itemgetter(1))]
    line = ""
    for index, (text, position) in enumerate(parts):
        following = parts[index + 1] if index + 1 < len(parts) else ("", "line")
        after = following[0][:_REACH] if following[1] == "line" else ""
        if position == "line":
            line += text
        elif position == "note":
            line += _gap(line, after)
        elif position == "lowered":
            line += lowered(line[-_REACH:], text, after)
        elif _is_numerator(line[-_REACH:], parts[index : index + 3]):
            line += _gap(line, text) + text
        else:
            line += raised_form(line[-_REACH:], text, after)
    return line


def raised_form(before: str, text: str, after: str = "") -> str:
    """The written form of a raised `text` between `before` and `after`; empty for the mark of a note."""
    mark = re.sub(rf"^([{_SIGN}]) ", r"\1", " ".join(text.split()))
    base = before.rstrip()
    if not mark:
        return text[:1]
    if (not base and not after.strip()) or (base[-1:] == "(" and after.lstrip()[:1] == ")"):
        return mark
    if joined := _joined(base, mark, after):
        return joined
    if _VULGAR.fullmatch(mark) and base[-1:].isdigit():
        return f" {mark}{_gap(mark, after)}"
    if mark.isdecimal() and not before[-1:].isalnum() and _ISOTOPE.match(mark + after[:4]):
        return f"^{mark}"
    if cents := raised_cents(base, mark, after):
        return f"{cents}{_gap(cents, after)}"
    if _is_note(base, mark):
        return _gap(before, after)
    if len(mark) > _LONG and " " in mark:
        return f" {mark} "
    return f"^{_wrapped(mark)}{_gap(mark, after)}"


def lowered(before: str, text: str, after: str = "") -> str:
    """The written form of a lowered `text` between `before` and `after`."""
    mark = re.sub(rf"^([{_SIGN}]) ", r"\1", " ".join(text.split()))
    if not mark:
        return text[:1]
    if len(mark) > _LONG and " " in mark:
        return f" {mark} "
    if not before or before[-1].isspace() or re.search(r"⁄$|\d/$", before) or _takes_digits(before, mark):
        return mark + (_gap(mark, after) if after[:1].isdigit() else "")
    return f"_{_wrapped(mark)}{_gap(mark, after)}"


def spell_out(text: str) -> str:
    """`text` with what is raised or lowered by its own character (`10⁻⁴`, `CO₂`) written as above, `5½` as `5 ½`."""
    if not _ANY_OWN.search(text):
        return text
    runs: list[tuple[str, Position]] = []
    end = 0
    for match in _OWN.finditer(text):
        position: Position = "raised" if match["up"] else "lowered" if match["down"] else "line"
        found = re.sub("[·˙⋅‧]", ".", match.group().translate(_PLAIN))
        runs += [(text[end : match.start()], "line"), (found or " ", position)]
        end = match.end()
    return _UNPAIRED.sub("", on_one_line([*runs, (text[end:], "line")]))


def _joined(base: str, mark: str, after: str) -> str:
    """Ordinals, degrees, trade marks, a currency before its amount: written without a sign between; else empty."""
    if opens_price(mark, after):
        return mark
    if mark in {"TM", "SM", "™", "℠", "®", "©", "′", "″", "'"}:
        return {"TM": "™", "SM": "℠"}.get(mark, mark)
    number = base[-1:].isdigit()
    if number and mark in _DEGREES and (mark != "o" or after.lstrip()[:1] in {"C", "F"}):
        return "°"
    if mark.casefold() in _ORDINALS and (_COUNT.search(base) or _ROMAN.search(base)):
        return mark
    return ""


def _is_note(base: str, mark: str) -> bool:
    """Whether a raised `mark` is one of a note or a citation, by its form and by the text before it."""
    if _VARIABLE.search(base) or _OPERATOR.search(base):
        return False
    if _SYMBOL.fullmatch(mark) or _BRACKETED.fullmatch(mark):
        return True
    number = _NUMBER.search(base)
    ten = number is not None and number.group() == "10"
    money = number is not None and is_money(number)
    if _LIST.fullmatch(mark):
        return not ten and (number is None or money or not _DECIMAL.fullmatch(mark))
    if not _SINGLE.fullmatch(mark) or ten or _FUNCTION.search(base) or _TERM_OF_FORMULA.search(base):
        return False
    if _UNIT.search(base):
        return mark == "1" or not mark.isdecimal()
    if mark in {"2", "3"} and _MEASURED.search(base):
        return False
    if _NAME.search(base):
        return True
    if number:
        if mark[0].isalpha():  # `2^d`, `3^a` and `45.2` with a note a
            return mark[0] in _NOTE_LETTERS and (money or mark[-1] in ",;" or not number.group().isdecimal())
        return money or mark == "1"
    if bracketed := _IN_BRACKETS.search(base):
        is_power = mark in {"2", "3"} and _TERM.fullmatch(bracketed[1])
        return _WORDS.search(bracketed[1]) is not None and not is_power
    return base[-1:] not in set(")]}|‖⟩")


def _takes_digits(before: str, mark: str) -> bool:
    """Whether lowered digits belong to a formula of chemistry or an acronym."""
    if not mark[0].isdecimal():
        return False
    if before[-1].isupper() and not before[-2:-1].isalnum():
        return before[-1] + mark in _MOLECULES
    return bool(_ACRONYM.search(before)) or (mark not in {"0", "1"} and bool(_FORMULA.search(before)))


def _is_numerator(before: str, parts: list[tuple[str, Position]]) -> bool:
    """Whether a fraction begins: raised, a slash, lowered; or a slash and the number of parts on the line."""
    if [position for _, position in parts[1:]] == ["line", "lowered"] and parts[1][0].strip() in {"/", "⁄", "∕"}:
        return True
    mark = parts[0][0].strip()
    below = _DENOMINATOR.match(parts[1][0]) if len(parts) > 1 and parts[1][1] == "line" else None
    if below is None or not mark.isdecimal() or gcd(int(mark), int(below[1])) > 1 or int(mark) >= int(below[1]):
        return False
    if not before.strip() or before[-1].isspace():
        return True
    # A power divided, `5²/3` or `10⁶/8`, looks like a mixed number; nothing is raised to the power of 1.
    mixed = mark == "1" or _MIXED_UNIT.match(parts[1][0], below.end())
    return _NUMBER.search(before) is not None and bool(mixed)


def _wrapped(mark: str) -> str:
    return mark if _SIMPLE.fullmatch(mark) or _IN_ONE_PAIR.fullmatch(mark) else f"({mark})"


def _gap(before: str, after: str) -> str:
    """A space where two words or numbers would become one; not in scripts that are written without spaces."""
    left, right = before[-1:], after[:1]
    return " " if left.isalnum() and right.isalnum() and max(left, right) < "\u0e00" else ""
