"""What each part of a document says, in one or two checked sentences of the model: what a summary is written from.

    reader = PartReader(engine, model, counter, supporter, threshold)
    found = reader.read(part, options)
    found.notes, found.characters

A note is kept where a passage supports it, under that passage. In the prompt for the summary it stands in the place of
the passage; the summary itself is checked against the passages, as any answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ragft.answer.base import Evidence
from ragft.answer.checker import AnswerChecker
from ragft.answer.checking.support import Supporter
from ragft.answer.prompts.brief_requests import reply_to
from ragft.answer.prompts.budget import PromptBudget, TokenCounter
from ragft.answer.prompts.form import Form
from ragft.answer.prompts.policy import sentence_rank
from ragft.answer.prompts.prompt import assign_keys
from ragft.answer.summary.document_parts import DocumentPart
from ragft.engine.base import Engine, Options
from ragft.errors import EngineError, EngineUnavailable, ModelNotFound

PART_TOKENS = 600
"""Of a part that are read: its sentences that fit best to its heading and the title."""
NOTE_TOKENS = 120
_FORM = Form(
    "Say in one or two sentences of plain prose what is most important in this part of the document. State only what "
    "the sources say, and put the key of the source, like [1], after each sentence.",
    capable=True,
)


@dataclass(frozen=True)
class Note:
    """Sentences that the model wrote of a passage, which supports them. `item` has of it what the model saw."""

    item: Evidence
    text: str


@dataclass(frozen=True)
class PartRead:
    """The notes of a part, and how many characters of it the model has read."""

    notes: tuple[Note, ...]
    characters: int


@dataclass(frozen=True)
class PartReader:
    """Has `model` read parts of a document. `threshold`: what a sentence needs of support to be kept."""

    engine: Engine
    model: str
    counter: TokenCounter
    supporter: Supporter
    threshold: float

    def read(self, part: DocumentPart, options: Options) -> PartRead:
        """Read one part: no notes where the model writes nothing that is supported. A part that it says nothing of, or
        at which it fails, counts as not read.

        Raises:
            EngineUnavailable, ModelNotFound: from the engine, which would fail at the next part too.
        """
        title = part.passages[0].title
        question = f"What does {f'the section “{part.name}” of ' if part.name else ''}“{title}” say?"
        budget = PromptBudget(
            self.counter,
            options.with_(num_predict=NOTE_TOKENS),
            evidence_tokens=PART_TOKENS,
            rank=sentence_rank(f"{title}: {part.name}", self.supporter),
        )
        fitted = budget.fit(question, assign_keys(part.passages), (), _FORM)
        try:
            raw = reply_to(self.engine, self.model, fitted.messages, options, tokens=NOTE_TOKENS)
        except (EngineUnavailable, ModelNotFound):
            raise
        except EngineError:
            raw = ""
        if not raw.strip():
            return PartRead((), 0)
        checker = AnswerChecker(
            fitted.evidence, question=question, supporter=self.supporter, threshold=self.threshold, summary=True
        )
        found: dict[str, list[str]] = {}
        for sentence in checker.answer(raw).sentences:
            if sentence.supported and sentence.keys:
                found.setdefault(sentence.keys[0], []).append(sentence.text)
        items = {item.key: item for item in fitted.evidence}
        notes = tuple(Note(items[key], " ".join(texts)) for key, texts in found.items())
        return PartRead(notes, sum(len(item.shown) for item in fitted.evidence))


def numbered_notes(notes: Sequence[Note]) -> list[Note]:
    """The notes in their order, their passages under the keys "1", "2", …"""
    keyed = assign_keys([note.item.hit for note in notes])
    return [replace(note, item=replace(note.item, key=item.key)) for note, item in zip(notes, keyed, strict=True)]
