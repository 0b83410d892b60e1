"""Numbers of lists as they are written: `3`, `c`, `iii`, `三`, under the names that Word, slides, CSS and LaTeX use."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_SMALL_ROMAN = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_LARGEST_ROMAN, _LARGEST_HAN = 4999, 9999
_MOST_REPEATED = 30
"""Times that word processors write a letter at most."""
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
_KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
_HANGUL_SYLLABLES, _HANGUL_LETTERS = "가나다라마바사아자차카타파하", "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_HAN_DIGITS, _HAN_PLACES = "〇一二三四五六七八九", ("", "十", "百", "千")
_TO_HAN_DIGITS = str.maketrans("0123456789", _HAN_DIGITS)
_LAST_CIRCLED = 20


def roman(count: int) -> str:
    """A number in small roman letters; in digits where these have none for it."""
    if not 0 < count <= _LARGEST_ROMAN:
        return str(count)
    text = ""
    for value, letters in (*_ROMAN, *_SMALL_ROMAN):
        text += letters * (count // value)
        count %= value
    return text


def repeated(count: int, letters: str = _LATIN) -> str:
    """A number as a letter, behind the last one doubled, as word processors count: z, aa, bb; else in digits."""
    rounds, place = divmod(count - 1, len(letters))
    if not 0 <= rounds < _MOST_REPEATED:
        return str(count)
    return letters[place] * (rounds + 1)


def counted(count: int, letters: str = _LATIN) -> str:
    """A number as letters, as web pages and sheets count: z, aa, ab."""
    if count < 1:
        return str(count)
    text = ""
    while count:
        count, place = divmod(count - 1, len(letters))
        text = letters[place] + text
    return text


def ordinal(count: int) -> str:
    """A number as an ordinal in English: 1st, 12th."""
    ending = "th" if count % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{ending}"


def han(count: int) -> str:
    """A number in the digits and places of Chinese and Japanese: 十二, 一百〇三."""
    if not 0 < count <= _LARGEST_HAN:
        return str(count)
    text, gap = "", False
    for place in range(len(str(count)) - 1, -1, -1):
        digit = count // 10**place % 10
        if digit:
            text += ("〇" if gap else "") + _HAN_DIGITS[digit] + _HAN_PLACES[place]
        gap = not digit
    return text[1:] if text.startswith("一十") else text


def circled(count: int) -> str:
    """A number in a circle, where there is such a sign."""
    return chr(ord("①") + count - 1) if 0 < count <= _LAST_CIRCLED else str(count)


def han_digits(count: int) -> str:
    """A number in Chinese digits without places: 一〇三."""
    return str(count).translate(_TO_HAN_DIGITS)


def _in_digits(zero: str) -> Callable[[int], str]:
    """A function that writes numbers in the digits of another script; `zero` is the first of them."""
    table = {ord("0") + digit: chr(ord(zero) + digit) for digit in range(10)}
    return lambda count: str(count).translate(table)


def _in_letters(letters: str) -> Callable[[int], str]:
    """A function that writes numbers in letters of an alphabet, which are doubled behind the last; see `repeated`."""
    return lambda count: repeated(count, letters)


def _upper(small: Callable[[int], str]) -> Callable[[int], str]:
    """A function that writes numbers as `small` does, in capitals."""
    return lambda count: small(count).upper()


WORD: Mapping[str, Callable[[int], str]] = {
    "none": lambda _: "",
    "decimalZero": lambda count: f"{count:02}",
    "lowerLetter": repeated,
    "upperLetter": _upper(repeated),
    "lowerRoman": roman,
    "upperRoman": _upper(roman),
    "ordinal": ordinal,
    "decimalEnclosedParen": lambda count: f"({count})",
    "decimalEnclosedFullstop": lambda count: f"{count}.",
    "numberInDash": lambda count: f"- {count} -",
    "russianLower": _in_letters(_RUSSIAN),
    "russianUpper": _upper(_in_letters(_RUSSIAN)),
    "aiueo": _in_letters(_KANA),
    "aiueoFullWidth": _in_letters(_KANA),
    "ganada": _in_letters(_HANGUL_SYLLABLES),
    "chosung": _in_letters(_HANGUL_LETTERS),
    "ideographTraditional": _in_letters(_STEMS),
    "ideographZodiac": _in_letters(_BRANCHES),
    "ideographDigital": han_digits,
    "hindiNumbers": _in_digits("०"),
    "thaiNumbers": _in_digits("๐"),
    **dict.fromkeys(("decimalFullWidth", "decimalFullWidth2"), _in_digits("０")),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), circled),
    **dict.fromkeys(
        """chineseCounting chineseCountingThousand taiwaneseCounting taiwaneseCountingThousand japaneseCounting
        japaneseDigitalTenThousand""".split(),
        han,
    ),
}
"""How the number formats of WordprocessingML write a number; those that are not among them are read in digits."""

CSS: Mapping[str, Callable[[int], str]] = {
    "decimal-leading-zero": WORD["decimalZero"],
    **dict.fromkeys(("lower-alpha", "lower-latin"), counted),
    **dict.fromkeys(("upper-alpha", "upper-latin"), _upper(counted)),
    "lower-roman": roman,
    "upper-roman": _upper(roman),
    "lower-greek": lambda count: counted(count, _GREEK),
    "arabic-indic": _in_digits("٠"),
    "devanagari": _in_digits("०"),
    "thai": _in_digits("๐"),
    "cjk-decimal": han_digits,
    **dict.fromkeys(("cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal", "japanese-informal"), han),
}
"""How the counter styles of style sheets write a number; those that are not among them are read in digits."""

SLIDES: Mapping[str, Callable[[int], str]] = {
    "alphaLc": repeated,
    "alphaUc": _upper(repeated),
    "romanLc": roman,
    "romanUc": _upper(roman),
    "arabicDb": _in_digits("０"),
    "hindiNum": _in_digits("०"),
    "thaiNum": _in_digits("๐"),
    **dict.fromkeys(("circleNumDb", "circleNumWdBlack", "circleNumWdWhite"), circled),
    **dict.fromkeys(("ea1Chs", "ea1Cht", "ea1JpnKor", "ea1JpnChsDb"), han),
}
"""How the schemes of DrawingML, without their signs, write a number; those that are not among them: in digits."""

LATEX: Mapping[str, Callable[[int], str]] = {
    "arabic": str,
    "alph": counted,
    "Alph": _upper(counted),
    "roman": roman,
    "Roman": _upper(roman),
}
"""How the macros of LaTeX that show a counter write its number."""
