"""How well a workspace's index finds what answers natural questions.

    report = measure_retrieval(load_natural(path), index)
    print(report.all.evidence_at[8])

A question counts as answered by the first k hits where a hit of its document shows its evidence. A hit of another
document does not count, even if it shows the same strings. Follow-ups are searched for as `ragft ask` would, made to
stand alone by the question before.

With a librarian, a question that the catalogue answers counts as `ragft ask` has it: nothing is searched for, and its
evidence is found at rank 1 where the answer gives what was asked for (`catalogue_answers`), and not at all where it
does not, of whatever kind the question is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ragft.answer.base import Turn
from ragft.answer.library.librarian import CatalogueAnswer, Librarian
from ragft.answer.prompts.rewrite import standalone
from ragft.benchmark.asking.lookups import SearchableIndex
from ragft.benchmark.retrieval.catalogue_answers import gives
from ragft.benchmark.retrieval.evidence import shows
from ragft.benchmark.retrieval.natural_questions import AnswerDocument, NaturalQuestion
from ragft.index.base import DocumentRecord, Hit

if TYPE_CHECKING:
    from ragft.console import Progress
    from ragft.engine.base import Engine
    from ragft.setting_sections import AnswerSettings

DEPTHS = (1, 3, 8, 20)
"""How many hits are looked at; 8 is what `ask` reads."""
READ = 8

Shown = Sequence[tuple[str, str]]
"""Document id and text of each passage, best first."""
Fit = Callable[[str, str, Sequence[Hit], Sequence[Turn]], Shown]
"""(query, question, hits, history) to the passages of the prompt, cut to their budget."""


@dataclass(frozen=True)
class AnswerRanks:
    """Where one question's answer was found: ranks from 1, 0 where it was not, None where nothing is known to be right.

    `in_index`: whether a single chunk shows it at all; if none does, no ranking can find it.
    `in_prompt`: whether the fitted prompt shows the evidence; None where it was not among the first `READ` hits.
    `catalogue`: whether the catalogue's answer gives what was asked for; None where the catalogue did not answer.
    """

    id: str
    kind: str
    style: str
    language: str
    evidence: int | None
    page: int | None
    document: int | None
    in_index: bool | None
    in_prompt: bool | None = None
    catalogue: bool | None = None


@dataclass(frozen=True)
class RetrievalScores:
    """Shares over `questions` questions; `*_at` by depth, `mrr` of the evidence. None: nothing to divide.

    `by_catalogue`: how many the catalogue answered, and `catalogue` the share of these that it answered rightly.
    """

    questions: int
    evidence_at: Mapping[int, float | None]
    page_at: Mapping[int, float | None]
    document_at: Mapping[int, float | None]
    mrr: float | None
    in_index: float | None
    in_prompt: float | None
    by_catalogue: int = 0
    catalogue: float | None = None


@dataclass(frozen=True)
class NaturalReport:
    """`all` and its parts; `skipped` are questions whose documents (`missing`, by title) the index does not have.

    `catalogue` counts metadata questions that were left out: they name no document, so that no passage answers them,
    and no librarian was asked, or they hold for another collection.
    """

    all: RetrievalScores
    by_kind: Mapping[str, RetrievalScores]
    by_style: Mapping[str, RetrievalScores]
    by_language: Mapping[str, RetrievalScores]
    placed: Sequence[AnswerRanks]
    skipped: int
    missing: Sequence[str]
    catalogue: int
    evidence_tokens: int = 0
    mode: str = "hybrid"
    read_depth: ClassVar[int] = READ


def measure_retrieval(
    questions: Sequence[NaturalQuestion],
    library: SearchableIndex,
    *,
    fit: Fit | None = None,
    librarian: Librarian | None = None,
    evidence_tokens: int = 0,
    mode: str = "hybrid",
    progress: Progress | None = None,
) -> NaturalReport:
    """Search `library` for every question whose documents it has; `librarian` answers what the catalogue knows."""
    records = [record for record in library.documents() if record.chunks]
    here = _corpora_here(questions, records)
    known = {q.id: q for q in questions}
    placed: list[AnswerRanks] = []
    missing: dict[str, None] = {}
    skipped = catalogue = 0
    for done, question in enumerate(questions, start=1):
        named = [(source, ids_of(source, records)) for source in question.documents]
        sources = [(source, ids) for source, ids in named if ids]
        history = history_of(question, known)
        found = librarian.answer(question.question, history) if librarian is not None else None
        if not named and (librarian is None or here != {question.corpus}):
            catalogue += 1
        elif not named:
            placed.append(_by_catalogue(question, [], found))
        elif not sources or (question.needs == "all" and len(sources) < len(named)):
            skipped += 1
            missing |= dict.fromkeys(source.title for source, ids in named if not ids)
        elif found is not None:
            placed.append(_by_catalogue(question, [ids for _, ids in sources], found))
        else:
            placed.append(_place(question, sources, library, history, fit))
        if progress is not None:
            progress("searching", done, len(questions))
    return NaturalReport(
        all=scores(placed),
        by_kind=_grouped(placed, "kind"),
        by_style=_grouped(placed, "style"),
        by_language=_grouped(placed, "language"),
        placed=placed,
        skipped=skipped,
        missing=list(missing),
        catalogue=catalogue,
        evidence_tokens=evidence_tokens,
        mode=mode,
    )


def prompt_fitter(engine: Engine, model: str, index: SearchableIndex, settings: AnswerSettings) -> Fit:
    """Cuts hits to a prompt as `ask` does with these settings; tokens are those of `model`."""
    from ragft.answer.asked import AskedDocuments, AskedModel
    from ragft.answer.assistant import Assistant
    from ragft.answer.prompts.prompt import assign_keys

    assistant = Assistant(AskedModel(engine, model), AskedDocuments(index, embed=index.embed), settings)

    def fit(query: str, question: str, hits: Sequence[Hit], history: Sequence[Turn]) -> Shown:
        fitted = assistant.fit(index.corrected(query), question, assign_keys(hits), history)
        return [(item.hit.document_id, item.shown) for item in fitted.evidence]

    return fit


def history_of(question: NaturalQuestion, known: Mapping[str, NaturalQuestion]) -> list[Turn]:
    """The turns before `question`, with the reference answers as what was answered."""
    turns: list[Turn] = []
    while question.follow_up_of:
        question = known[question.follow_up_of]
        turns.insert(0, Turn(question.question, question.answer))
    return turns


def scores(placed: Sequence[AnswerRanks]) -> RetrievalScores:
    """The shares over these questions."""
    evidence = [one.evidence for one in placed if one.evidence is not None]
    return RetrievalScores(
        questions=len(placed),
        evidence_at=_at_depths(evidence),
        page_at=_at_depths([one.page for one in placed if one.page is not None]),
        document_at=_at_depths([one.document for one in placed if one.document is not None]),
        mrr=_mean([1 / rank if rank else 0.0 for rank in evidence]),
        in_index=_mean([float(one.in_index) for one in placed if one.in_index is not None]),
        in_prompt=_mean([float(one.in_prompt) for one in placed if one.in_prompt is not None]),
        by_catalogue=sum(one.catalogue is not None for one in placed),
        catalogue=_mean([float(one.catalogue) for one in placed if one.catalogue is not None]),
    )


def _corpora_here(questions: Sequence[NaturalQuestion], records: Sequence[DocumentRecord]) -> set[str]:
    """The corpora of which documents are in the index: a number of papers holds for one of them alone."""
    sources = ((question.corpus, source) for question in questions for source in question.documents)
    return {corpus for corpus, source in sources if ids_of(source, records)}


def _by_catalogue(
    question: NaturalQuestion, documents: Sequence[set[str]], found: CatalogueAnswer | None
) -> AnswerRanks:
    """A question that the catalogue answers, or should: its evidence is the answer, its hits the documents cited."""
    right = found is not None and gives(found, question, documents)
    cited = [citation.document_id for citation in found.citations] if found is not None else []
    ranks = [_first(document in ids for document in cited) for ids in documents]
    return AnswerRanks(
        id=question.id,
        kind=question.kind,
        style=question.style,
        language=question.language,
        evidence=int(right),
        page=None,
        document=_together(ranks, question.needs == "all"),
        in_index=None,
        catalogue=right,
    )


def _place(
    question: NaturalQuestion,
    sources: Sequence[tuple[AnswerDocument, set[str]]],
    library: SearchableIndex,
    history: Sequence[Turn],
    fit: Fit | None,
) -> AnswerRanks:
    query = standalone(question.question, history)
    hits = library.search(query, max(DEPTHS))
    every = question.needs == "all"
    evidence = _evidence_rank([(hit.document_id, hit.text) for hit in hits], sources, every)
    everywhere = [
        (document, chunk.text) for _, ids in sources for document in ids for chunk in library.chunks(document)
    ]
    reachable = _evidence_rank(everywhere, sources, every)
    in_prompt = None
    if fit is not None and evidence and evidence <= READ:
        in_prompt = bool(_evidence_rank(fit(query, question.question, hits[:READ], history), sources, every))
    pages = [
        _first(hit.document_id in ids and _overlaps(hit.pages, source.pages) for hit in hits)
        for source, ids in sources
        if source.pages
    ]
    documents = [_first(hit.document_id in ids for hit in hits) for _, ids in sources]
    return AnswerRanks(
        id=question.id,
        kind=question.kind,
        style=question.style,
        language=question.language,
        evidence=evidence,
        page=_together(pages, every),
        document=_together(documents, every),
        in_index=None if reachable is None else bool(reachable),
        in_prompt=in_prompt,
    )


def _evidence_rank(shown: Shown, sources: Sequence[tuple[AnswerDocument, set[str]]], every: bool) -> int | None:
    ranks = [
        _first(document in ids and shows(text, source.evidence) for document, text in shown)
        for source, ids in sources
        if source.evidence
    ]
    return _together(ranks, every)


def ids_of(source: AnswerDocument, records: Sequence[DocumentRecord]) -> set[str]:
    """Ids of the documents that are `source`: by the digest of the file, else by title (another file of the paper)."""
    exact = {record.id for record in records if source.sha256 and _same(record.id, source.sha256)}
    title = _plain(source.title)
    return exact or {record.id for record in records if _plain(record.title) == title}


def _same(document_id: str, sha256: str) -> bool:
    return document_id.startswith(sha256) or sha256.startswith(document_id)


def _plain(title: str) -> str:
    return "".join(c for c in title.casefold() if c.isalnum())


def _overlaps(pages: tuple[int, int], wanted: Iterable[int]) -> bool:
    return any(pages[0] <= page <= pages[1] for page in wanted)


def _first(right: Iterable[bool]) -> int:
    """The rank of the first that is right; 0 where none is."""
    return next((rank for rank, one in enumerate(right, start=1) if one), 0)


def _together(ranks: Sequence[int], every: bool) -> int | None:
    """The rank by which one of the documents has been seen, or every one of them; 0: never."""
    if not ranks:
        return None
    if every:
        return max(ranks) if all(ranks) else 0
    return min((rank for rank in ranks if rank), default=0)


def _grouped(placed: Sequence[AnswerRanks], name: str) -> dict[str, RetrievalScores]:
    groups: dict[str, list[AnswerRanks]] = {}
    for one in placed:
        groups.setdefault(getattr(one, name), []).append(one)
    return {group: scores(members) for group, members in sorted(groups.items())}


def _at_depths(ranks: Sequence[int]) -> dict[int, float | None]:
    return {depth: _mean([float(0 < rank <= depth) for rank in ranks]) for depth in DEPTHS}


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
