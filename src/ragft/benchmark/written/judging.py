"""Judges the result of a written answer: which of its sentences were shown as supported, and with what quote."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from ragft.answer.base import Answer, Citation, Evidence
from ragft.answer.checker import clean
from ragft.answer.checking.support import sentences_in
from ragft.answer.shown.marks import without_marks
from ragft.answer.written.citation_keys import strip_keys
from ragft.benchmark.retrieval.evidence import shows
from ragft.benchmark.retrieval.natural_questions import AnswerDocument
from ragft.benchmark.written.report import Outcome, Played
from ragft.benchmark.written.written_answers import WrittenAnswer

Places = Sequence[tuple[AnswerDocument, Collection[str]]]
"""The sources of a question, each with the ids of its documents in the index."""
REFUSED_BEFORE = ("no_question", "no_evidence", "weak_evidence")


def judge(row: WrittenAnswer, answer: Answer, places: Places) -> Played:
    """Judge the result `answer` of the written answer `row`: its outcome, its support and its quotes."""
    wanted = sentences(row.right if row.change is None and not row.declined else row.answer)
    if row.change is not None:
        wanted -= sentences(row.right)
    scored = [sentence for sentence in answer.sentences if _plain(sentence.text) in wanted]
    return Played(
        id=row.id,
        question=row.question.id,
        kind=row.question.kind,
        language=row.question.language,
        change=row.change,
        declined=row.declined,
        outcome=_outcome(row, answer, places, wanted),
        reason=answer.reason or "",
        has_evidence=has_evidence(answer.evidence, row, places),
        support=min((sentence.support for sentence in scored), default=None),
        unsupported=answer.metrics.unsupported_sentences,
        written=row.answer,
        answer=answer.answer,
        quotes=tuple(citation.quote for citation in answer.citations),
    )


def sentences(text: str) -> set[str]:
    """The sentences of an answer, written or shown, as the check parts them: without keys, marks, last stop, case."""
    plain = strip_keys(clean(without_marks(text.replace("[?]", ""))))[0]
    return set(map(_plain, sentences_in(plain))) - {""}


def has_evidence(evidence: Sequence[Evidence], row: WrittenAnswer, places: Places) -> bool | None:
    """Whether the shown texts hold the evidence: of any source, or of all where the question needs all."""
    return _of_sources(
        row,
        places,
        lambda source, ids: any(
            item.hit.document_id in ids and shows(item.shown, source.evidence) for item in evidence
        ),
    )


def _outcome(row: WrittenAnswer, answer: Answer, places: Places, wanted: set[str]) -> Outcome:
    if answer.metrics.catalogue:
        return "catalogue"
    if answer.metrics.quoted:
        return "quotation"
    if answer.refused:
        if row.declined and answer.reason == "model_refused":
            return "declined"
        return "refused_before" if answer.reason in REFUSED_BEFORE else "refused_after"
    supported = {_plain(sentence.text) for sentence in answer.sentences if sentence.supported}
    if row.change is not None or row.declined:
        if wanted & supported:
            return "shown"
        return "marked" if wanted & sentences(answer.answer) else "dropped"
    if not wanted <= supported:
        return "marked"
    return "reached" if _quotes_evidence(row, answer, places) else "other_quote"


def _quotes_evidence(row: WrittenAnswer, answer: Answer, places: Places) -> bool:
    """Whether the quotes show the evidence; a question that names none needs a quote of its documents."""
    found = _of_sources(
        row,
        places,
        lambda source, ids: _holds(
            [citation for citation in answer.citations if citation.document_id in ids],
            answer,
            (*source.evidence, *row.evidence),
            row,
        ),
    )
    if found is not None:
        return found
    return any(citation.document_id in ids for _, ids in places for citation in answer.citations)


def _holds(
    citations: Sequence[Citation], answer: Answer, alternatives: Sequence[Sequence[str]], row: WrittenAnswer
) -> bool:
    """Whether the cited passages of a document show an alternative, and a quote a string of it that the question does
    not have.

    The other strings may be around the quotes: the subject in the sentence before, the heads of a table. Those of an
    answer that is joined from several passages are in all of them together.
    """
    cited = {citation.chunk_id for citation in citations}
    passages = "\n".join(item.hit.text for item in answer.evidence if item.hit.chunk_id in cited)
    for strings in alternatives:
        telling = [string for string in strings if not shows(row.question.question, [[string]])] or strings
        if shows(passages, [strings]) and any(shows(one.quote, [[string]]) for one in citations for string in telling):
            return True
    return False


def _of_sources(
    row: WrittenAnswer, places: Places, holds: Callable[[AnswerDocument, Collection[str]], bool]
) -> bool | None:
    found = [holds(source, ids) for source, ids in places if source.evidence]
    if not found:
        return None
    return all(found) if row.question.needs == "all" else any(found)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .!?…。！？")
