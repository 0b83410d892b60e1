"""Thresholds fitted to a corpus: questions made from it, each asked with and without the document it came from.

    report = calibrate(index, engine, model="smollm2", settings=settings.answer, count=60)
    index.write_meta(CALIBRATION_KEY, report.calibration.to_json())

With its document a question can be answered; without, it is a question about a subject the corpus does not have, in
the words of this corpus. The coefficients stay the shipped ones: a few dozen questions fix a threshold, not a model.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.answer.checking.support import Supporter, coverage
from ragft.answer.checking.terms import content_terms
from ragft.answer.escape import as_data
from ragft.answer.refusal.error_curve import RefusalPoint, choose_threshold, refusal_point
from ragft.answer.refusal.features import Closest, Features, question_features
from ragft.answer.refusal.gate import Calibration
from ragft.answer.refusal.shipped import SHIPPED
from ragft.corpus.text import sanitise
from ragft.engine.base import ChatRequest, Engine, Message, Options, collect_reply
from ragft.errors import InputError
from ragft.json_lines import flag_field, read_objects, text_field
from ragft.setting_sections import AnswerSettings

if TYPE_CHECKING:
    from ragft.console import Progress
    from ragft.corpus.base import Chunk
    from ragft.index.index import Index

LEAST_QUESTIONS = 20
"""Of each kind; a threshold from fewer would be noise."""
FOLDS = 5
LEAST_TERMS = 12
"""A chunk with fewer content terms is too thin to ask about."""
_ASK = 'Write one short question that this text answers. Name the subject; do not say "the text".'
_TWIN = 0.95
"""Another document this close to the source's own similarity answers the question too: it is not left out then."""


_FORM = '{"question": "…", "answerable": true}'
_LABELLED = f"{_FORM} on every line"


@dataclass(frozen=True)
class LabelledQuestion:
    """A question, whether it can be answered, and the documents (ids) it is asked of; None: all."""

    question: str
    answerable: bool
    documents: Collection[str] | None = None


@dataclass(frozen=True)
class CalibrationReport:
    """The fitted calibration; its errors on the questions it was fitted to, and on held-out folds of them."""

    calibration: Calibration
    answerable: int
    unanswerable: int
    fitted: RefusalPoint
    held_out: RefusalPoint
    before: RefusalPoint


def read_labelled(path: Path) -> list[LabelledQuestion]:
    """Questions from a JSONL file, one `{"question": …, "answerable": true}` a line.

    Raises:
        NotFoundError: there is no such file.
        DatasetError: the file cannot be read, or a line is something else; the message has its number.
    """
    return [
        LabelledQuestion(
            sanitise(text_field(row, "question", where)).strip(),
            flag_field(row, "answerable", where, fix=_LABELLED),
        )
        for where, row in read_objects(path, form=_FORM)
    ]


def counted(rows: Sequence[LabelledQuestion], least: int, *, more: int = 0) -> tuple[int, int]:
    """How many of `rows` are answerable, and how many are not, where `more` of each will be added.

    Raises:
        InputError: fewer than `least` of a kind.
    """
    answerable = sum(row.answerable for row in rows)
    counts = answerable + more, len(rows) - answerable + more
    if min(counts) < least:
        raise InputError(
            f"{counts[0]} answerable and {counts[1]} unanswerable questions are too few",
            fix=f"at least {least} of each: a larger count, or labelled=FILE",
        )
    return counts


def make_calibration_questions(
    index: Index, engine: Engine, *, model: str, count: int, seed: int = 0, progress: Progress | None = None
) -> list[LabelledQuestion]:
    """`count` questions from as many documents as there are, each once answerable and once without its document.

    Raises:
        InputError: fewer than two documents; nothing can be left out then.
        EngineError: the engine failed.
    """
    by_document: dict[str, list[Chunk]] = {}
    for chunk in index.chunks():
        if len(content_terms(chunk.text)) >= LEAST_TERMS:
            by_document.setdefault(chunk.document_id, []).append(chunk)
    if len(by_document) < 2:
        raise InputError("calibration leaves documents out, and needs at least two", fix="ragft ingest PATH…")
    draw = random.Random(seed)  # noqa: S311  a sample, no secret
    for chunks in by_document.values():
        draw.shuffle(chunks)
    turns = [
        chunks[turn]
        for turn in range(max(map(len, by_document.values())))
        for chunks in by_document.values()
        if turn < len(chunks)
    ]
    made: list[LabelledQuestion] = []
    for chunk in turns[: 3 * count]:
        if len(made) >= 2 * count:
            break
        question = _question_about(chunk, engine, model, seed)
        if question:
            others = [document for document in by_document if document != chunk.document_id]
            made.append(LabelledQuestion(question, answerable=True))
            if not _answered_elsewhere(index, question, chunk.document_id, others):
                made.append(LabelledQuestion(question, answerable=False, documents=others))
        if progress is not None:
            progress("making questions", min(count, sum(row.answerable for row in made)), count)
    return made


def calibrate(
    index: Index,
    labelled: Sequence[LabelledQuestion],
    *,
    settings: AnswerSettings,
    start: Calibration = SHIPPED,
    source: str = "corpus",
    progress: Progress | None = None,
) -> CalibrationReport:
    """Fit the gate's threshold to `labelled` questions.

    Raises:
        InputError: fewer than LEAST_QUESTIONS of a kind.
    """
    answerable = [row.answerable for row in labelled]
    counts = counted(labelled, LEAST_QUESTIONS)
    supporter = Supporter(index.embed, reads=index.reads)
    scores: list[float] = []
    for number, row in enumerate(labelled, start=1):
        scores.append(start.gate.probability(features_of(index, row, supporter, settings.k)))
        if progress is not None:
            progress("searching", number, len(labelled))
    chosen = choose_threshold(scores, answerable)
    held_out = _held_out(scores, answerable)
    fitted = replace(
        start,
        gate_threshold=chosen.threshold,
        source=source,
        figures={
            "answerable": counts[0],
            "unanswerable": counts[1],
            "false_answers": held_out.false_answers,
            "false_refusals": held_out.false_refusals,
            "macro_f1": held_out.macro_f1,
        },
    )
    before = refusal_point([score >= start.gate_threshold for score in scores], answerable, start.gate_threshold)
    return CalibrationReport(fitted, counts[0], counts[1], chosen, held_out, before)


def features_of(index: Index, row: LabelledQuestion, supporter: Supporter, k: int) -> Features:
    """The gate's features of a labelled question."""
    return question_features(Closest(row.question, supporter), index.search(row.question, k, documents=row.documents))


def _held_out(scores: Sequence[float], answerable: Sequence[bool]) -> RefusalPoint:
    """The errors when each fifth of the questions is judged by a threshold fitted to the other four."""
    decisions = [False] * len(scores)
    for fold in range(FOLDS):
        inside = [n for n in range(len(scores)) if n % FOLDS != fold]
        cut = choose_threshold([scores[n] for n in inside], [answerable[n] for n in inside]).threshold
        for n in range(fold, len(scores), FOLDS):
            decisions[n] = scores[n] >= cut
    return refusal_point(decisions, answerable)


def _question_about(chunk: Chunk, engine: Engine, model: str, seed: int) -> str:
    """A question that `chunk` answers, written by the model; empty if it wrote no usable question."""
    text = as_data(chunk.text)[:1200]
    request = ChatRequest(
        model,
        (Message("user", f"{text}\n\n{_ASK}"),),
        Options(temperature=0.0, seed=seed, num_predict=40, stop=("\n",)),
    )
    written, _ = collect_reply(engine, request)
    question = written.split("?")[0].strip().strip("\"'“”*") + "?"
    terms = content_terms(question)
    usable = "?" in written and 3 <= len(terms) <= 20 and coverage(question, chunk.text) >= 0.6
    return question if usable else ""


def _answered_elsewhere(index: Index, question: str, source: str, others: Sequence[str]) -> bool:
    own = [hit.dense or 0.0 for hit in index.search(question, 3, documents=[source])]
    other = [hit.dense or 0.0 for hit in index.search(question, 3, documents=others)]
    return bool(own and other) and max(other) >= _TWIN * max(own)
