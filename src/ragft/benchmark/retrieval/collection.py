"""Retrieval quality and speed on any collection in BEIR form.

    report = benchmark_retrieval(Path("scifact"), settings.index)
    print(report.ndcg_at_10, report.p95_ms)

A BEIR folder holds `corpus.jsonl` (`_id, title, text`), `queries.jsonl` (`_id, text`) and `qrels/*.tsv` (query,
document, score, with a header line). Every document of the corpus is indexed as a document of its own, chunked like
any other; its score is that of its best chunk. The index is kept in the user's cache, so that a second run encodes
nothing; it is the same for all modes, so the first run encodes everything even if its mode is lexical.
"""

from __future__ import annotations

import hashlib
import math
import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.corpus.base import Block, Document
from ragft.corpus.chunks import CHUNKER_VERSION
from ragft.corpus.text import sanitise
from ragft.errors import InputError, NotFoundError, UsageError
from ragft.index.base import Mode
from ragft.index.index import open_index
from ragft.json_lines import read_lines
from ragft.log import log
from ragft.workspace import Workspace, cache_directory, digest_file, short_digest

if TYPE_CHECKING:
    from ragft.console import Progress
    from ragft.setting_sections import IndexSettings

Relevance = Mapping[str, int]
"""Grade by document id; 0 and missing are not relevant."""

_GRADE = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True)
class RetrievalReport:
    """Means over all queries that have a relevant document; times are of one search each, query encoding included."""

    ndcg_at_10: float
    mrr_at_10: float
    recall_at_10: float
    recall_at_100: float
    map: float
    p50_ms: float
    p95_ms: float
    documents: int
    queries: int
    mode: Mode = "hybrid"

    def to_json(self) -> dict[str, Any]:
        """With the names that benchmarks use: `ndcg@10`, …"""
        return {
            "ndcg@10": self.ndcg_at_10,
            "mrr@10": self.mrr_at_10,
            "recall@10": self.recall_at_10,
            "recall@100": self.recall_at_100,
            "map": self.map,
            "p50_ms": self.p50_ms,
            "p95_ms": self.p95_ms,
            "documents": self.documents,
            "queries": self.queries,
            "mode": self.mode,
        }


def benchmark_retrieval(
    beir: Path,
    settings: IndexSettings,
    mode: Mode | None = None,
    *,
    split: str = "",
    cache: Path | None = None,
    progress: Progress | None = None,
) -> RetrievalReport:
    """Index the collection (once) and search it for every query of `split`.

    Args:
        beir: the folder.
        settings: encoder, chunking, fusion.
        mode: hybrid, lexical or dense; the settings' own where None.
        split: name of a file in `qrels`; "": test, else dev, else all there are.
        cache: where the index is kept; the user's cache where None.
        progress: called with documents encoded and queries searched.

    Raises:
        NotFoundError: a file of the collection is missing.
        InputError: one of its lines does not parse.
    """
    judged = read_qrels(beir, split)
    queries = [(i, text) for i, text in _read_queries(beir / "queries.jsonl") if i in judged]
    if not queries:
        raise InputError(f"no query of {beir / 'queries.jsonl'} has a relevant document in its qrels")
    report = progress or (lambda *_: None)
    names: dict[str, str] = {}
    rankings: list[tuple[Sequence[str], Relevance]] = []
    milliseconds: list[float] = []
    workspace = _workspace(beir, settings, cache or cache_directory() / "retrieval")
    with open_index(workspace, settings) as index:
        documents = list(_read_corpus(beir / "corpus.jsonl", names))
        _require_judged(beir, judged, set(names.values()))
        index.add(documents, progress=report, total=len(documents))
        index.rank(queries[0][1], mode=mode)  # warm: opens the encoder and maps the vectors
        for done, (query_id, text) in enumerate(queries, start=1):
            started = time.perf_counter()
            ranking = index.rank(text, mode=mode)
            milliseconds.append(1000 * (time.perf_counter() - started))
            found = dict.fromkeys(names[chunk.document_id] for chunk in ranking.chunks)
            # As BEIR does: a query that is itself a document of the collection does not count as its own answer.
            ranked = [name for name in found if name != query_id or name in judged[query_id]]
            rankings.append((ranked, judged[query_id]))
            report("searching", done, len(queries))
    milliseconds.sort()
    return RetrievalReport(
        ndcg_at_10=_mean([ndcg(ranked, relevance, 10) for ranked, relevance in rankings]),
        mrr_at_10=_mean([reciprocal_rank_at(ranked, relevance, 10) for ranked, relevance in rankings]),
        recall_at_10=_mean([recall_at(ranked, relevance, 10) for ranked, relevance in rankings]),
        recall_at_100=_mean([recall_at(ranked, relevance, 100) for ranked, relevance in rankings]),
        map=_mean([average_precision(ranked, relevance) for ranked, relevance in rankings]),
        p50_ms=_percentile(milliseconds, 0.50),
        p95_ms=_percentile(milliseconds, 0.95),
        documents=len(documents),
        queries=len(queries),
        mode=mode or settings.mode,
    )


def ndcg(ranked: Sequence[str], relevance: Relevance, k: int) -> float:
    """Normalised discounted cumulative gain with linear gain, as trec_eval computes it (Järvelin, Kekäläinen 2002)."""
    gains = [relevance.get(name, 0) for name in ranked[:k]]
    best = sorted(relevance.values(), reverse=True)[:k]
    ideal = _discounted(best)
    return _discounted(gains) / ideal if ideal else 0.0


def reciprocal_rank_at(ranked: Sequence[str], relevance: Relevance, k: int) -> float:
    """1 / rank of the first relevant document among the first `k`, else 0."""
    return next((1 / rank for rank, name in enumerate(ranked[:k], start=1) if relevance.get(name, 0) > 0), 0.0)


def recall_at(ranked: Sequence[str], relevance: Relevance, k: int) -> float:
    """Share of the relevant documents among the first `k`."""
    relevant = {name for name, grade in relevance.items() if grade > 0}
    return len(relevant.intersection(ranked[:k])) / len(relevant) if relevant else 0.0


def average_precision(ranked: Sequence[str], relevance: Relevance) -> float:
    """Mean of the precision at each relevant document; one not retrieved counts 0."""
    hits = total = 0.0
    for rank, name in enumerate(ranked, start=1):
        if relevance.get(name, 0) > 0:
            hits += 1
            total += hits / rank
    relevant = sum(grade > 0 for grade in relevance.values())
    return total / relevant if relevant else 0.0


def read_qrels(beir: Path, split: str = "") -> dict[str, dict[str, int]]:
    """Grades by query and document; queries without a relevant document are left out.

    Raises:
        NotFoundError: there are none.
        InputError: a line does not parse.
    """
    files = {path.stem: path for path in sorted((beir / "qrels").glob("*.tsv"))}
    if split and split not in files:
        raise UsageError(f"{beir / 'qrels'} has no {split}.tsv (there are: {', '.join(files) or 'none'})")
    if not files:
        raise NotFoundError(f"{beir} has no qrels/*.tsv", fix="give a folder in BEIR form")
    chosen = [files[name] for name in (split, "test", "dev") if name in files][:1] or list(files.values())
    judged: dict[str, dict[str, int]] = {}
    for path in chosen:
        for number, line in enumerate(_lines(path), start=1):
            if not line.strip():
                continue
            fields = line.rstrip("\r\n").split("\t")
            graded = len(fields) == 3 and _GRADE.fullmatch(fields[2].strip())
            if number == 1 and len(fields) == 3 and not graded:
                continue  # the header
            if not graded:
                raise InputError(f"{path}, line {number}: not query, document and score parted by tabs")
            judged.setdefault(fields[0], {})[fields[1]] = int(fields[2])
    if not judged:
        raise InputError(f"{', '.join(map(str, chosen))}: no judgement in it")
    return {query: grades for query, grades in judged.items() if any(grade > 0 for grade in grades.values())}


def _workspace(beir: Path, settings: IndexSettings, cache: Path, chunker: str = CHUNKER_VERSION) -> Workspace:
    """Where the index of this corpus, made this way, is kept."""
    corpus = beir / "corpus.jsonl"
    if not corpus.is_file():
        raise NotFoundError(f"{corpus} does not exist", fix="give a folder in BEIR form")
    made_by = (
        chunker,
        settings.encoder,
        settings.backend,
        settings.chunk_tokens,
        settings.chunk_overlap,
    )
    key = short_digest([digest_file(corpus), *made_by], 12)
    return Workspace(cache / f"{beir.resolve().name}-{key}")


def _require_judged(beir: Path, judged: Mapping[str, Relevance], known: Collection[str]) -> None:
    """Documents that are judged but not there cannot be found: trec_eval counts them as missed, and so is done here.

    That is said, since it lowers every figure; where no relevant document is there, no figure would mean anything.

    Raises:
        InputError: the corpus is empty, or has none of the relevant documents.
    """
    if not known:
        raise InputError(f"{beir / 'corpus.jsonl'} holds no document")
    relevant = [name for grades in judged.values() for name, grade in grades.items() if grade > 0]
    unknown = [name for name in relevant if name not in known]
    if not unknown:
        return
    what = f"{len(unknown)} of {len(relevant)} relevant documents in {beir / 'qrels'} are not in corpus.jsonl"
    if len(unknown) == len(relevant):
        raise InputError(f"{what}: the first is {unknown[0]!r}", fix="give qrels of this corpus")
    log.warning(f"{what} and count as missed: the first is {unknown[0]!r}")


def _read_corpus(path: Path, names: dict[str, str]) -> Iterator[Document]:
    """The documents; `names` gets the collection's own id of each."""
    for row in _json_lines(path, ("_id", "text")):
        document_id = hashlib.sha256(row["_id"].encode()).hexdigest()[:16]
        names[document_id] = row["_id"]
        text, title = sanitise(row["text"]), sanitise(str(row.get("title") or "")).strip()
        yield Document(document_id, row["_id"], title, (Block(text or title, page=0),))


def _read_queries(path: Path) -> Iterator[tuple[str, str]]:
    for row in _json_lines(path, ("_id", "text")):
        yield row["_id"], row["text"]


def _json_lines(path: Path, needed: Sequence[str]) -> Iterator[dict[str, Any]]:
    seen: dict[str, str] = {}
    for where, row in read_lines(path):
        if any(not isinstance(row.get(name), str) for name in needed):
            raise InputError(f"{where}: no object with {', '.join(needed)} as text")
        line = where.rpartition(" ")[2]
        if (first := seen.setdefault(row["_id"], line)) != line:
            raise InputError(f"{where}: {row['_id']!r} was given in line {first} already")
        yield row


def _lines(path: Path) -> Iterator[str]:
    if not path.is_file():
        raise NotFoundError(f"{path} does not exist", fix="give a folder in BEIR form")
    with path.open(encoding="utf-8-sig") as handle:
        try:
            yield from handle
        except UnicodeDecodeError as error:
            raise InputError(f"{path} is not UTF-8: {error}") from error


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]
