"""The names in a claim, and whether a source is about them: a value of GPT-3 is not evidence for one of GPT-4.

names_in("GPT-4 has 175B parameters.")                       ->  ("GPT-4",)
missing_names("GPT-4 has 175B parameters.", "We train GPT-3 …")  ->  ("GPT-4",)
missing_names("RLHF is costly.", "reinforcement learning from human feedback …")  ->  ()
"""

from __future__ import annotations

import re
from functools import lru_cache

from ragft.answer.checking.units import unit_of
from ragft.corpus.fold import fold
from ragft.corpus.stems import stem
from ragft.corpus.stopwords import ENGLISH, language_of
from ragft.corpus.words import words
from ragft.corpus.writing_systems import PAIRED

_WORD = re.compile(r"[^\W_]+(?:[-–‐‑.][^\W_]+)*")
_ENDINGS = re.compile(f"[{PAIRED}]+")
"""What hangs on a name without a blank: QLoRA는, QLoRAは."""
_INSIDE = re.compile(r"[^\W\d_][,;)]?\s+[(\"“‘]?$")
"""What comes before a word that does not begin a sentence."""
_BEFORE = 8
"""Characters before a word that are searched for that."""
_SIZE = re.compile(r"\d+(?:\.\d+)?[kmbt]?", re.IGNORECASE)
_JOINTS = re.compile(r"[\W_]+")
"""What may stand inside a name or not: GPT-3, GPT3; L2, L_2."""
_PLURAL = re.compile(r"(?:['’]s|s)$")
_SKIPPED = frozenset("a an and at by for from in of on or the to via with".split())
"""Words whose initials an acronym leaves out, or not."""
_LEAST_CAPITALS = 2
_LEAST_SHORT = 4
"""Capitals and digits of a name that are treated as its short form."""


@lru_cache(maxsize=4096)
def names_in(text: str) -> tuple[str, ...]:
    """Words of `text` that name something: several capitals (BERT, LoRA), letters with digits (GPT-4), and in English
    also capitalised words that do not begin a sentence."""
    english = language_of(words(text)) in ("en", "")
    text = _ENDINGS.sub(" ", text)
    found = []
    for match in _WORD.finditer(text):
        word = match.group()
        if _SIZE.fullmatch(word) or unit_of(_PLURAL.sub("", word).lower()):  # `quantities` compares these
            continue
        marked = sum(c.isupper() for c in word) >= _LEAST_CAPITALS or _mixed(word)
        inside = bool(_INSIDE.search(text, max(0, match.start() - _BEFORE), match.start()))
        if marked or (english and inside and word[0].isupper() and word.lower() not in ENGLISH and len(word) > 1):
            found.append(word)
    return tuple(dict.fromkeys(found))


def missing_names(claim: str, *sources: str) -> tuple[str, ...]:
    """The names of `claim` that none of `sources` has in any spelling: GPT3, GPT-3, and acronyms written out."""
    known = [_SourceNames.of(source) for source in sources if source]
    spelled = spelled_out(claim, *sources)
    return tuple(
        name for name in names_in(claim) if name not in spelled and not any(source.has(name) for source in known)
    )


def spelled_out(claim: str, *sources: str) -> set[str]:
    """The words of `claim` whose initials are an acronym of one of `sources`: exact match, EM."""
    return {word for source in sources if source for word in _SourceNames.of(source).spelled_out_in(claim)}


def is_named_in(name: str, *sources: str) -> bool:
    """Whether one of `sources` has `name`, in any spelling."""
    return any(_SourceNames.of(source).has(name) for source in sources if source)


def is_written_out(name: str, source: str) -> bool:
    """Whether `source` has the words that the acronym `name` stands for."""
    return _SourceNames.of(source).writes_out(name)


class _SourceNames:
    """The words of a source, made ready to look names up in."""

    def __init__(self, text: str) -> None:
        folded = self._folded = fold(text)
        self._joined = _JOINTS.sub("", folded)
        found = self._words = words(folded)
        self._stems = frozenset(stem(word) for word in found)
        self._all = "".join(word[0] for word in found)
        self._main = "".join(word[0] for word in found if word not in _SKIPPED)
        self._acronyms = frozenset(word.lower() for word in re.findall(r"\b[A-Z][A-Za-z]*[A-Z]\b", text))

    @staticmethod
    @lru_cache(maxsize=512)
    def of(text: str) -> _SourceNames:
        return _SourceNames(text)

    def has(self, name: str) -> bool:
        """Whether the text has `name` as it is, in parts, or written out."""
        plain = fold(name)
        if _JOINTS.sub("", plain) in self._joined or _JOINTS.sub("", _PLURAL.sub("", plain)) in self._joined:
            return not plain[-1:].isdigit() or self._has_number_of(plain)
        if plain[-1:].isdigit() and self._has_number_of(plain):
            return True
        parts = [part for part in re.split(r"\W+", plain) if part]
        if len(parts) > 1:
            # "LLaMA-65B" may be "the 65B model" of a paper on LLaMA; "GPT-4" is never a GPT with a 4 somewhere.
            return all(self._has_part(part) for part in parts)
        if len(parts) == 1 and stem(parts[0]) in self._stems:
            return True
        short = "".join(c for c in name if c.isupper() or c.isdigit())
        if len(short) >= _LEAST_SHORT and short.lower() in self._words:  # 2WikiMultihopQA, 2WMQA
            return True
        return self.writes_out(name)

    def _has_number_of(self, name: str) -> bool:
        """Whether a name is there with all of the number at its end: GPT-4 is neither GPT-4.1 nor GPT-41."""
        parts = [re.escape(part) if part == "." else part for part in re.findall(r"[^\W\d_]+|\d+|\.(?=\d)", name)]
        if len(parts) > 1:
            parts[-1] = rf"(?:\d{{1,4}}/){{0,3}}{parts[-1]}"  # VGG-19 in VGG-16/19
        return re.search(r"[^\w.]{0,2}_?".join(parts) + r"(?!\d|\.\d)", self._folded) is not None

    def spelled_out_in(self, claim: str) -> set[str]:
        """The words of `claim` whose initials are an acronym of the text: Direct Preference Optimization, DPO."""
        tokens = _WORD.findall(claim)
        initials = "".join(token[0].lower() for token in tokens)
        found: set[str] = set()
        for acronym in self._acronyms:
            at = initials.find(acronym)
            while at >= 0 and len(acronym) > 1:
                found.update(tokens[at : at + len(acronym)])
                at = initials.find(acronym, at + 1)
        return found

    def _has_part(self, part: str) -> bool:
        if part.isdigit() and len(part) < 3:
            return False
        return stem(part) in self._stems or part in self._joined if _SIZE.fullmatch(part) else stem(part) in self._stems

    def writes_out(self, name: str) -> bool:
        letters = _PLURAL.sub("", name).lower() if name[-1:] == "s" else name.lower()
        if not letters.isalpha() or not 1 < len(letters) < 8 or sum(c.isupper() for c in name) < _LEAST_CAPITALS:
            return False
        return letters in self._all or letters in self._main or self._clipped(name)

    def _clipped(self, name: str) -> bool:
        """Whether neighbouring words begin with the parts of `name`: ResNet, "residual networks"."""
        parts = [part.lower() for part in re.findall(r"[A-Z][a-z]+", _PLURAL.sub("", name))]
        if len(parts) < 2 or "".join(parts) != _PLURAL.sub("", name).lower():
            return False
        runs = (self._words[at : at + len(parts)] for at in range(len(self._words) - len(parts) + 1))
        return any(all(w.startswith(p) for w, p in zip(run, parts, strict=True)) for run in runs)


def _mixed(word: str) -> bool:
    return any(c.isdigit() for c in word) and any(c.isupper() for c in word)
