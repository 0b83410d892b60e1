"""What a document can be asked about, and what its sentences say of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ragft.corpus.base import Chunk
from ragft.corpus.words import count_words

Speech = Literal["defines", "does", "found", "says"]
"""What a sentence says about the term that it begins with: what it is, what it does, its result, or something else."""


@dataclass(frozen=True)
class SourceSentence:
    """A sentence that can be part of an answer, and its place."""

    text: str
    chunk: Chunk


@dataclass(frozen=True)
class Subject:
    """A `term` of a document, the sentences that name it, and what those that begin with it say of it (`led`)."""

    term: str
    language: str
    document_id: str
    sentences: tuple[SourceSentence, ...]
    led: tuple[tuple[Speech, SourceSentence], ...] = ()
    aliases: tuple[str, ...] = ()
    """Other names of the term, in small letters: "retrieval-augmented generation" for RAG, and the reverse."""
    shown: str = ""
    """The term for use in a question: with its article or in the plural, as in the text."""
    the: str = ""
    """The same as the subject of a sentence: German nouns have their article only there."""
    heading: bool = False
    """Whether the term is the heading of a section; then all sentences of the section count."""

    @property
    def has_statement(self) -> bool:
        """Whether a sentence says what it is or does."""
        return any(speech in ("defines", "does") for speech, _ in self.led)

    @property
    def statement(self) -> SourceSentence | None:
        """The sentence that best says what it is or does: a definition, else the longest; never a remark."""
        return self._longest("defines") or self.deed

    @property
    def deed(self) -> SourceSentence | None:
        """The longest sentence that says what it does; never a remark."""
        return self._longest("does")

    def _longest(self, speech: Speech) -> SourceSentence | None:
        full = [one for kind, one in self.led if kind == speech and _is_full(one.text)]
        return max(full, key=lambda one: count_words(one.text), default=None)

    def first(self, speech: Speech) -> SourceSentence | None:
        """The first sentence that begins with the term and says this about it."""
        return next((sentence for kind, sentence in self.led if kind == speech), None)


FULL = 8
"""Least words of a sentence that says what something is or does; "QLoRA starts from low-rank adaptation." is too short.
"""


def _is_full(text: str) -> bool:
    return count_words(text) >= FULL and not re.search(r"\balso\b|\bauch\b|\baussi\b|\btambién\b", text)
