"""A summary of a whole document by a capable model: part by part, then all notes together.

summariser = Summariser(documents, prompts, reader, most=8)
parts = summariser.parts("Summarise the DPO paper.", evidence)
notes = yield from summariser.read(parts, options)
fitted = summariser.fit(question, notes, options)
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from ragft.answer.asked import AskedDocuments
from ragft.answer.base import Evidence
from ragft.answer.prompts.budget import Fitted, overflow
from ragft.answer.prompts.builder import PromptBuilder
from ragft.answer.prompts.prompt import build_messages
from ragft.answer.summary.document_parts import DocumentPart, document_parts
from ragft.answer.summary.section_notes import Note, PartReader, numbered_notes
from ragft.answer.summary.summary_questions import (
    asks_for_summary,
    asks_for_whole,
    points_at_text,
    wants_few_words,
)
from ragft.answer.written.stream import Status
from ragft.corpus.base import Chunk
from ragft.engine.base import Options


@dataclass(frozen=True)
class SummaryNotes:
    """The notes of a document, and the share of its text that the model has read for them (0 to 1)."""

    notes: Sequence[Note] = ()
    share: float = 1.0

    def __bool__(self) -> bool:
        return bool(self.notes)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The passages that the notes are of."""
        return tuple(note.item for note in self.notes)

    def first(self, count: int) -> SummaryNotes:
        """The first `count` notes; their share is as much smaller as their passages are."""
        kept = SummaryNotes(self.notes[:count])
        return replace(kept, share=self.share * kept._shown / max(1, self._shown)) if self else self

    @property
    def _shown(self) -> int:
        """Characters that the model saw of the passages."""
        return sum(len(item.shown) for item in self.evidence)

    @property
    def text(self) -> str:
        """All of them as an answer, with their keys."""
        return " ".join(f"{note.text} [{note.item.key}]" for note in self.notes)


@dataclass(frozen=True)
class Summariser:
    """Reads whole documents with `reader`, each in at most `most` parts; none where `most` is 0."""

    documents: AskedDocuments
    prompts: PromptBuilder
    reader: PartReader
    most: int

    def parts(self, question: str, evidence: Sequence[Evidence]) -> list[DocumentPart]:
        """The parts of the document that `question`, which stands alone, wants a summary of: what is attached, or the
        only one of `evidence` that it names. None where it asks for anything else or for few words, or one part is all.
        """
        if not self.most:
            return []
        parts = document_parts(self._wanted(question, evidence), self.most)
        return parts if len(parts) > 1 else []

    def _wanted(self, question: str, evidence: Sequence[Evidence]) -> Sequence[Chunk]:
        """The chunks of the text that is to be summarised; none where none is."""
        if self.documents.attached:
            return self.documents.attached if asks_for_whole(question) else ()
        named = {item.hit.document_id for item in evidence if item.hit.wanted == "summary"}
        return self.documents.chunks(named.pop()) if len(named) == 1 and not wants_few_words(question) else ()

    def sums_up(self, question: str, evidence: Sequence[Evidence]) -> bool:
        """Whether `question` asks what a text says: what is attached, or papers of `evidence` that it names. Its words
        then need not be in what is said of it."""
        if self.documents.attached:
            return asks_for_summary(question)
        return any(item.hit.wanted == "summary" for item in evidence)

    def read(self, parts: Sequence[DocumentPart], options: Options) -> Generator[Status, None, SummaryNotes]:
        """What the parts say, in their order, under keys that count from 1; each is announced before it is read."""
        notes: list[Note] = []
        characters = 0
        for number, part in enumerate(parts, start=1):
            yield Status(f"reading part {number} of {len(parts)}", (part.passages[0].title,))
            found = self.reader.read(part, options)
            notes += found.notes
            characters += found.characters
        whole = sum(len(hit.text) for part in parts for hit in part.passages)
        return SummaryNotes(numbered_notes(notes), characters / max(1, whole)) if notes else SummaryNotes()

    def share_read(self, question: str, notes: SummaryNotes, evidence: Sequence[Evidence]) -> float:
        """How much of a text that `question` points at the model reads (0 to 1); of a text that is not attached, it is
        known only where there are notes."""
        whole = sum(len(chunk.text) for chunk in self.documents.attached)
        if notes or not whole or not points_at_text(question):
            return notes.first(len(evidence)).share
        return min(1.0, sum(len(item.shown) for item in evidence) / whole)

    def fit(self, question: str, notes: SummaryNotes, options: Options) -> Fitted:
        """The prompt for the summary, with each note in the place of its passage.

        The last notes are left out where not all fit. The evidence of the result has what the model read of the
        passages, so that the summary is checked by them.

        Raises:
            ContextOverflow: not even the first note fits.
        """
        form, counter, think = self.prompts.form(question), self.prompts.counter, self.prompts.settings.think
        kept = notes
        while True:
            noted = [replace(note.item, excerpt=note.text) for note in kept.notes]
            messages = build_messages(question, noted, (), form)
            tokens = counter.prompt(messages, options, think)
            if tokens <= options.num_ctx - options.num_predict:
                break
            if len(kept.notes) == 1:
                raise overflow(tokens, options)
            kept = notes.first(len(kept.notes) - 1)
        evidence = kept.evidence
        return Fitted(
            messages=messages,
            evidence=evidence,
            history=(),
            prompt_tokens=tokens,
            evidence_tokens=sum(counter.text(item.shown) for item in evidence),
            evidence_dropped=len(notes.notes) - len(evidence),
            evidence_trimmed=sum(1 for item in evidence if item.excerpt),
            history_dropped=0,
            evidence_share=kept.share,
        )
