"""What a passage says that a short name stands for.

list(long_forms("We use low-rank adaptation (LoRA)."))  ->  [LongForm("low-rank adaptation", "LoRA")]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ragft.corpus.fold import letters_and_digits
from ragft.corpus.stopwords import FUNCTION_WORDS
from ragft.corpus.words import words

_LEAST_BEGINNING = 3
_DEFINED = re.compile(
    r"(?P<long>(?:[^\W_][\w-]*,?[ \n]+){1,8})(?:\(|(?:or|called|short|as)[ \n]+)"
    r"(?P<short>[^\W\d_][\w-]{1,9}?)s?(?=[),.])"
)
"""Long form (short), or: long form, or short."""
_STANDS_FOR = re.compile(
    r"\b(?P<short>[A-Z][\w-]{1,20}),?\s+(?:which\s+|is\s+)?(?:stands\s+for|short\s+for|derived\s+from)\s+"
    r"[\"“‘]?(?P<long>[^\W_][\w-]*(?:\s+[^\W_][\w-]*){1,7})"
)
"""Short stands for long form."""


@dataclass(frozen=True)
class LongForm:
    """`long` as the passage has it, and `short`, which stands for it."""

    long: str
    short: str

    def is_said(self, name: str) -> bool:
        """Whether `name` is the long form; a word of it may be cut short, as in "residual nets"."""
        said, meant = words(name), words(self.long)
        return len(said) == len(meant) > 1 and all(map(_is_alike, said, meant))


def long_forms(passage: str) -> Iterator[LongForm]:
    """The long forms that `passage` explains: "… (LoRA)", "…, or LoRA,", "Adam is derived from …"."""
    for match in _DEFINED.finditer(passage):
        if long := _spelt_out(match["long"].replace(",", " "), match["short"]):
            yield LongForm(long, match["short"])
    for match in _STANDS_FOR.finditer(passage):
        yield LongForm(" ".join(match["long"].split()), match["short"])


def _is_alike(said: str, meant: str) -> bool:
    if said == meant:
        return True
    shorter, longer = sorted((said.removesuffix("s"), meant.removesuffix("s")), key=len)
    return len(shorter) >= _LEAST_BEGINNING and longer.startswith(shorter)


def _spelt_out(words: str, short: str) -> str:
    """The end of `words` that `short` abbreviates; empty where none does."""
    found = words.split()
    for count in range(len(found), 0, -1):
        tail = found[-count:]
        parts = [part.casefold() for word in tail for part in re.split(r"[-/]", word) if part]
        telling = [part for part in parts if part not in FUNCTION_WORDS]
        spelt = _spells(letters_and_digits(short), parts) or _spells(letters_and_digits(short), telling)
        if spelt and tail[0].casefold() not in FUNCTION_WORDS:
            return " ".join(tail)
    return ""


def _spells(short: str, parts: Sequence[str]) -> bool:
    """Whether `short` is made of the beginnings of all `parts`, in order: "lora" of "low", "rank" and "adaptation"."""
    if not parts:
        return not short
    begun = 0
    while begun < min(len(short), len(parts[0])) and short[begun] == parts[0][begun]:
        begun += 1
        if _spells(short[begun:], parts[1:]):
            return True
    return False
