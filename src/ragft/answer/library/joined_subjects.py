"""Subjects that a question joins: "RLHF or LoRA", "both RLHF and hallucination", and those that it leaves out.

joined_treatments(papers, shelf, "RLHF or LoRA", "en")  ->  the papers with either; with "and" those with both
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ragft.answer.library.subjects import Subjects, Treatment, is_subject, treatments
from ragft.index.base import DocumentRecord

_EITHER = {"en": "or", "de": "oder", "fr": "ou", "es": "o"}
_BOTH = {"en": "and", "de": "und", "fr": "et", "es": "y"}
_PAIR = re.compile(r"^(?:both|either|sowohl|entweder|à la fois|soit|tanto)\s+", re.IGNORECASE)
_LEFT_OUT = {
    "en": r"\b(?:not|without|except|excluding|other than)\b",
    "de": r"\b(?:nicht|ohne|außer|kein\w*)\b",
    "fr": r"\b(?:pas|sans|sauf|excepté)\b",
    "es": r"\b(?:no|sin|excepto|salvo)\b",
}


def leaves_out(subject: str, language: str) -> bool:
    """Whether `subject` says what the papers must not deal with: "retrieval but not surveys"."""
    return re.search(_LEFT_OUT.get(language, _LEFT_OUT["en"]), subject, re.IGNORECASE) is not None


def joined_treatments(
    papers: Sequence[DocumentRecord], shelf: Subjects, subject: str, language: str
) -> list[Treatment]:
    """The papers that name `subject`; where none has it word for word, those with either or with both of its parts."""
    found = treatments(papers, shelf, subject)
    if found:
        return found
    for words, every in ((_EITHER, False), (_BOTH, True)):
        parts = _parts(subject, words.get(language, words["en"]))
        if len(parts) > 1 and all(is_subject(part, language) for part in parts):
            return _together([treatments(papers, shelf, part) for part in parts], every=every)
    return []


def _parts(subject: str, word: str) -> list[str]:
    return [part for part in re.split(rf"\s*,\s*(?:{word}\s+)?|\s+{word}\s+", _PAIR.sub("", subject)) if part]


def _together(lists: Sequence[Sequence[Treatment]], *, every: bool) -> list[Treatment]:
    """One treatment a paper: of those in each of `lists`, or in any."""
    by_paper: dict[str, list[Treatment]] = {}
    for one in (one for found in lists for one in found):
        by_paper.setdefault(one.paper.id, []).append(one)
    kept = [found for found in by_paper.values() if len(found) == len(lists) or not every]
    return sorted((_joined(found, every=every) for found in kept), key=lambda one: (-one.rank, one.paper.title))


def _joined(found: Sequence[Treatment], *, every: bool) -> Treatment:
    """One of all of `found`; its passages are the most that one part has, since a passage may have several."""
    best = max(found, key=lambda one: one.rank)
    central = [one.central for one in found]
    return replace(
        best,
        passages=max(one.passages for one in found),
        central=all(central) if every else any(central),
        rank=sum(one.rank for one in found),
    )
