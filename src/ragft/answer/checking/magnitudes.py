"""Numbers that are written with a word of magnitude, or in Korean words, spelt in digits.

in_digits("1.2 million pounds")  ->  "1200000 pounds"
in_digits("有1.2万个")            ->  "有12000个"
in_digits("이백이십삼 개")          ->  "223 개"
in_digits("minus 5 degrees")     ->  "-5 degrees"
"""

from __future__ import annotations

import re
from decimal import Decimal

from ragft.corpus.writing_systems import PAIRED

_WORDS = {
    10**3: "thousand thousands tausend mille mil тысяча тысячи тысяч тыс",
    10**5: "lakh lakhs",
    10**6: "million millions mn mln mio millionen millón millones milhão milhões milione milioni миллион миллиона "
    "миллионов млн",
    10**7: "crore crores",
    10**9: "billion billions bn mrd milliarde milliarden milliard milliards miliardo miliardi миллиард миллиарда "
    "миллиардов млрд",
    10**12: "trillion trillions tn триллион триллиона триллионов трлн",
}
_MAGNITUDES = {word: size for size, words in _WORDS.items() for word in words.split()}
WORDS_OF_MAGNITUDE = "|".join(sorted(_MAGNITUDES, key=len, reverse=True))
"""The words of magnitude, as part of a pattern."""
SMALL_NUMBERS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)
}
_WITH_WORD = re.compile(
    rf"(?<![\w.,^])(?<!\^[-+({{])(?P<number>\d{{1,15}}(?:[.,]\d{{1,15}})?|{'|'.join(SMALL_NUMBERS)})[\s-]"
    rf"?(?P<word>{WORDS_OF_MAGNITUDE})(?!\w)"
)

_SHARED = re.compile(
    rf"(?<![\w.,^/-])(\d{{1,6}}(?:[.,]\d{{1,6}})?)(?=\s?[/–-]\s?\d{{1,6}}(?:[.,]\d{{1,6}})?[\s-]?(?P<word>{WORDS_OF_MAGNITUDE})(?!\w))"
)
"""A number that shares the word behind the next one: 15.3/19.6 billion, 10-20 million."""

_EAST = {"십": 10, "백": 100, "천": 1000, "千": 1000, "百": 100, "만": 10**4, "万": 10**4, "萬": 10**4, "억": 10**8,
         "億": 10**8, "亿": 10**8}  # fmt: skip
_PART = re.compile(r"(\d{1,15}(?:\.\d{1,15})?)((?:[千百](?![米克瓦])|[십백천만억万萬億亿])*)\s?")
_WITH_CHARACTERS = re.compile(
    rf"(?<![^\W{PAIRED}])(?<![.^])(?:\d{{1,15}}(?:\.\d{{1,15}})?(?:[千百](?![米克瓦])|[십백천만억万萬億亿])+\s?)+"
    r"(?:\d{1,4}(?![\d.,]))?"
)

_SPACED = re.compile(r"(?<=\d)\s(?=[万萬億亿])")

_KOREAN = {digit: value for value, digit in enumerate("일이삼사오육칠팔구", start=1)}
_BELOW_MAN = "(?:[일이삼사오육칠팔구]?천)?(?:[일이삼사오육칠팔구]?백)?(?:[일이삼사오육칠팔구]?십)?[일이삼사오육칠팔구]?"
# Two syllables are a word as often as a number: 이만 ("this much"), 사천 (a town).
_KOREAN_WORDS = re.compile(
    f"(?<![가-힣])(?=[일이삼사오육칠팔구십백천만억]{{3}})(?=[일이삼사오육칠팔구]*[십백천])(?:{_BELOW_MAN}억)?(?:{_BELOW_MAN}만)?{_BELOW_MAN}"
)
_MINUS = re.compile(r"(?<!\d\s)\b(?:minus|negative)\s(?=\d)")


def in_digits(text: str) -> str:
    """A folded text with digits for what can be read for certain."""
    text = _SHARED.sub(r"\1 \g<word>", _MINUS.sub("-", text))
    text = _WITH_WORD.sub(_from_word, text)
    if text.isascii():
        return text
    text = _WITH_CHARACTERS.sub(_from_characters, _SPACED.sub("", text))
    return _KOREAN_WORDS.sub(_from_korean, text)


def times(number: str, size: int) -> str:
    """`number` in digits, a comma or a full stop before its decimals, times `size`: ("1.2", 1000) gives "1200"."""
    text = f"{Decimal(number.replace(',', '.')) * size:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _from_word(match: re.Match[str]) -> str:
    number = match["number"]
    return times(str(SMALL_NUMBERS.get(number, number)), _MAGNITUDES[match["word"]])


def _from_characters(match: re.Match[str]) -> str:
    """3万5千 is 35000: each part by its characters, added up."""
    total, below = Decimal(0), Decimal(0)
    for number, characters in _PART.findall(match.group()):
        value = Decimal(number)
        for character in characters:
            size = _EAST[character]
            if size >= 10**4:
                value = (value + below) * size
                below = Decimal(0)
            else:
                value *= size
        if any(_EAST[character] >= 10**4 for character in characters):
            total += value
        else:
            below += value
    text = f"{total + below:f}"
    space = " " if match.group().endswith(" ") else ""
    return (text.rstrip("0").rstrip(".") if "." in text else text) + space


def _from_korean(match: re.Match[str]) -> str:
    total = section = digit = 0
    for syllable in match.group():
        if syllable in _KOREAN:
            digit = _KOREAN[syllable]
        elif (size := _EAST[syllable]) < 10**4:
            section += max(digit, 1) * size
            digit = 0
        else:
            total += max(section + digit, 1) * size
            section = digit = 0
    return str(total + section + digit)
