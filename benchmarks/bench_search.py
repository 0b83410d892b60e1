"""Search latency, memory and recall by collection size, with made text and vectors and the real encoder for queries.

    python benchmarks/bench_search.py                    # 100,000 chunks
    python benchmarks/bench_search.py --chunks 10000 100000 1000000
    python benchmarks/bench_search.py --chunks 1000000 --like papers.ragft/vectors.f32 --recall --folder million

Text is drawn from a Zipf distribution over 60,000 words whose commonest 120 count as stop words; a query is twelve
consecutive words of some chunk. Vectors are random unit vectors, or, with `--like`, lie between neighbours among those
of a real index, with noise: only then does a recall say something. `inside` is a search kept to one document, which a
question that names one adds. `--recall` also searches exactly, all chunks scored by both sides, and prints the share of
its first 100 that the search as it is has among its first 100. `--folder` keeps the index and takes up what lies there.
`--rerank MODEL` also has a cross-encoder (a folder or hub name) read the best; `reranked` is the whole search with it.
The made words have more word pieces than real ones, so that every pair is as long as a pair can be.
`--chroma` also fills Chroma and times its own approximate search on the same vectors (filling takes about two minutes
for each 100,000). `--vectors` makes no text and compares the search by vectors alone, with fewer and more vectors read.
"""

from __future__ import annotations

import argparse
import functools
import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil

from llama_cpp_tools.machine import peak_memory
from ragft.corpus.base import Chunk
from ragft.corpus.stopwords import FUNCTION_WORDS
from ragft.index.catalogue import word_search
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.catalogue.records import DocumentRow
from ragft.index.encoders.base import Encoder
from ragft.index.encoders.open_encoder import open_encoder
from ragft.index.parts import LARGE
from ragft.index.search.hybrid import DenseSide, Fusion, rank
from ragft.index.search.rerank import Reranker, open_reranker
from ragft.index.vectors import codes as code_search
from ragft.index.vectors.base import VectorSearch
from ragft.index.vectors.chroma import ChromaSearch, VectorStore
from ragft.index.vectors.codes import Codes
from ragft.index.vectors.matrix import Matrix
from ragft.setting_sections import IndexSettings

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

VOCABULARY = 60_000
COMMON = 120
WORDS_A_CHUNK = 170
CHUNKS_A_DOCUMENT = 20
BUDGET_MS = 60.0
NEIGHBOURS = 32
READS = (code_search.READ, code_search.CANDIDATES)


def main() -> None:
    """Print one line for each size, then everything as JSON with `--json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunks", type=int, nargs="+", default=[100_000])
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--like", type=Path)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--recall", action="store_true")
    parser.add_argument("--chroma", action="store_true")
    parser.add_argument("--rerank", metavar="MODEL")
    parser.add_argument("--vectors", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    encoder = open_encoder(IndexSettings())
    reranker = open_reranker(given.rerank) if given.rerank else None
    maker = Maker(encoder.identity.dimension, given.like)
    if given.vectors:
        for size in given.chunks:
            compare_reads(size, given.queries, maker)
        return
    results = []
    for size in given.chunks:
        with tempfile.TemporaryDirectory() as folder:
            place = given.folder / str(size) if given.folder else Path(folder)
            place.mkdir(parents=True, exist_ok=True)
            results.append(
                measure(place, size, given.queries, encoder, maker, reranker, chroma=given.chroma, recall=given.recall)
            )
        if not given.json:
            print(describe(results[-1]), flush=True)
    if given.json:
        print(json.dumps(results, indent=2))


class Maker:
    """Makes unit vectors: random ones, or between neighbours among those of the index at `like`."""

    def __init__(self, dimension: int, like: Path | None) -> None:
        self.dimension = dimension
        self._real: Vectors | None = None
        if like is not None:
            held = np.fromfile(like, "<f4").reshape(-1, dimension)
            self._real = held[held.any(axis=1)][:20_000]
            self._near = np.concatenate(
                [
                    np.argsort(-(part @ self._real.T), axis=1)[:, 1 : NEIGHBOURS + 1]
                    for part in np.array_split(self._real, 100)
                ]
            )
            self._own = (self._real - self._real[self._near].mean(axis=1)).std(axis=0)

    def make(self, count: int, generator: np.random.Generator) -> Vectors:
        """`count` vectors, float32 [count, dimension]."""
        made = generator.standard_normal((count, self.dimension), dtype=np.float32)
        if self._real is not None:
            first = generator.integers(len(self._real), size=count)
            second = self._near[first, generator.integers(NEIGHBOURS, size=count)]
            share = generator.uniform(0.4, 1, (count, 1)).astype(np.float32)
            made = share * self._real[first] + (1 - share) * self._real[second] + 0.6 * self._own * made
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        return made


def measure(
    folder: Path,
    size: int,
    queries: int,
    encoder: Encoder,
    maker: Maker,
    reranker: Reranker | None,
    *,
    chroma: bool,
    recall: bool,
) -> dict[str, float]:
    """Fill an index of `size` chunks, if it is not there, and search it."""
    catalogue = Catalogue.open(folder / "catalogue.sqlite3")
    matrix = Matrix(folder / "vectors.f32", encoder.identity.dimension)
    store = VectorStore.open(folder / "vectors") if chroma else None
    texts = fill(catalogue, matrix, store, size, maker)
    codes = Codes(folder / "vectors.codes", matrix)
    if size >= LARGE and not codes.are_complete:
        codes.build()
    search: VectorSearch = codes if size >= LARGE else matrix
    random.seed(0)
    asked = [" ".join(text.split()[20:32]) for text in random.choices(texts, k=queries)]
    meant = maker.make(len(asked), np.random.default_rng(1))  # what is asked makes no sense, nor would its vector
    figures: dict[str, float] = {"chunks": size}
    figures |= timed(catalogue, search, list(zip(asked, meant, strict=True)), encoder, reranker)
    figures["ratio_to_budget"] = round(figures["search_p95_ms"] / BUDGET_MS, 3)
    figures["catalogue_mb"] = round((folder / "catalogue.sqlite3").stat().st_size / 1e6, 1)
    figures["vectors_mb"] = round((folder / "vectors.f32").stat().st_size / 1e6, 1)
    figures["rss_mb"] = round(psutil.Process().memory_info().rss / 1e6, 1)
    figures["peak_rss_mb"] = round(peak_memory() / 1e6, 1)
    if recall:
        figures["hybrid_recall"], figures["dense_recall"] = recalled(catalogue, matrix, search, asked, meant)
    if store:
        found = ChromaSearch(store, matrix, catalogue.rows_of_chunks, lambda _error: matrix)
        figures |= timed_chroma(found, matrix, meant)
        store.close()
    catalogue.close()
    return figures


def timed(
    catalogue: Catalogue,
    search: VectorSearch,
    asked: list[tuple[str, Vectors]],
    encoder: Encoder,
    reranker: Reranker | None,
) -> dict[str, float]:
    """Milliseconds of wall time by part, and of processor time of the whole search, over all but ten to warm up."""
    names = ("search", "cpu", "lexical", "dense", "inside", "encode", *(["reranked"] if reranker else []))
    parts: dict[str, list[float]] = {name: [] for name in names}
    settings = IndexSettings()
    fusion = Fusion(settings.fusion, settings.weight)
    for query, vector in asked[:10] + asked:
        started = time.perf_counter()
        encoder.encode_query(query)
        parts["encode"].append(1000 * (time.perf_counter() - started))
        asked_anew = DenseSide(search, functools.partial(encoded, encoder, query, vector))
        known = DenseSide(search, functools.partial(np.asarray, vector))
        started, cpu = time.perf_counter(), time.process_time()
        found = rank(catalogue, query, asked_anew, mode="hybrid", fusion=fusion)
        parts["search"].append(1000 * (time.perf_counter() - started))
        parts["cpu"].append(1000 * (time.process_time() - cpu))
        if reranker:
            reranker.rerank(query, found, dict.fromkeys(query.split(), 1.0))
            parts["reranked"].append(1000 * (time.perf_counter() - started))
        for mode in ("lexical", "dense"):
            started = time.perf_counter()
            rank(catalogue, query, known, mode=mode, fusion=fusion)
            parts[mode].append(1000 * (time.perf_counter() - started))
        started = time.perf_counter()
        rank(catalogue, query, known, mode="hybrid", fusion=fusion, documents=[made_id(0)])
        parts["inside"].append(1000 * (time.perf_counter() - started))
    return percentiles(parts)


def encoded(encoder: Encoder, query: str, vector: Vectors) -> Vectors:
    """`vector`, which stands for `query`, after the time that it takes to encode this."""
    encoder.encode_query(query)
    return vector


def percentiles(parts: dict[str, list[float]]) -> dict[str, float]:
    """p50 and p95 of each part, but for the first ten."""
    figures: dict[str, float] = {}
    for name, times in parts.items():
        figures[f"{name}_p50_ms"] = round(float(np.percentile(times[10:], 50)), 2)
        figures[f"{name}_p95_ms"] = round(float(np.percentile(times[10:], 95)), 2)
    return figures


def recalled(
    catalogue: Catalogue, matrix: Matrix, search: VectorSearch, asked: list[str], meant: Vectors
) -> tuple[float, float]:
    """The share of the exact first 100 that the search has among its own: of hybrid, and of the dense side alone."""
    fusion = Fusion("convex", IndexSettings().weight)
    many, shares, dense = word_search.MANY, [], []
    for query, vector in zip(asked, meant, strict=True):
        known = functools.partial(np.asarray, vector)
        found = rank(catalogue, query, DenseSide(search, known), mode="hybrid", fusion=fusion)
        word_search.MANY = sys.maxsize
        exact = rank(catalogue, query, DenseSide(matrix, known), mode="hybrid", fusion=fusion)
        word_search.MANY = many
        first = [{chunk.id for chunk in ranking.chunks[:100]} for ranking in (found, exact)]
        shares.append(len(first[0] & first[1]) / len(first[1]))
        dense.append(recall_of(search, matrix, vector))
    return round(float(np.mean(shares)), 4), round(float(np.mean(dense)), 4)


def recall_of(search: VectorSearch, matrix: Matrix, vector: Vectors) -> float:
    """The share of the nearest 100 that `search` finds."""
    found, exact = search.scores(vector).top(100), matrix.scores(vector).top(100)
    return len(found.keys() & exact.keys()) / len(exact)


def compare_reads(size: int, queries: int, maker: Maker) -> None:
    """Print time and recall of a search among `size` vectors, by how many are read; both take turns at each query."""
    with tempfile.TemporaryDirectory() as folder:
        matrix = Matrix(Path(folder) / "vectors.f32", maker.dimension)
        generator = np.random.default_rng(2)
        for start in range(0, size, 20_000):
            rows = range(start, min(start + 20_000, size))
            matrix.write(rows, maker.make(len(rows), generator))
        search = Codes(Path(folder) / "vectors.codes", matrix)
        search.build()
        times, shares = defaultdict[int, list[float]](list), defaultdict[int, list[float]](list)
        for vector in maker.make(queries, np.random.default_rng(1)):
            for count in READS:
                code_search.READ = count
                started = time.perf_counter()
                search.scores(vector).top(200)
                times[count].append(1000 * (time.perf_counter() - started))
                shares[count].append(recall_of(search, matrix, vector))
    for count in READS:
        middle, late = np.percentile(times[count], [50, 95])
        print(
            f"{size:>9,} vectors, {count:,} read: p50 {middle:.1f} ms, p95 {late:.1f} ms, recall@100 "
            f"{np.mean(shares[count]):.4f}, of the worst query {min(shares[count]):.2f}"
        )


def timed_chroma(search: ChromaSearch, matrix: Matrix, meant: Vectors) -> dict[str, float]:
    """Milliseconds that Chroma takes for the 200 nearest, and its recall of the first 100."""
    times, recall = [], []
    for vector in meant:
        started = time.perf_counter()
        search.scores(vector).top(200)
        times.append(1000 * (time.perf_counter() - started))
        recall.append(recall_of(search, matrix, vector))
    return percentiles({"chroma": times}) | {"chroma_recall": round(float(np.mean(recall)), 4)}


def fill(catalogue: Catalogue, matrix: Matrix, store: VectorStore | None, size: int, maker: Maker) -> list[str]:
    """Store `size` made chunks, unless they are there; returns some of their texts."""
    generator, vector_generator = np.random.default_rng(0), np.random.default_rng(2)
    if catalogue.count()[1] == size:
        every = max(1, size // 10_000)
        return [chunk.text for chunk in catalogue.chunks_of_rows(range(1, size + 1, every)).values()]
    kept: list[str] = []
    step = 2000
    for start in range(0, size, step):
        chunks = list(made_chunks(start, min(step, size - start), generator))
        vectors = maker.make(len(chunks), vector_generator)
        with catalogue.transaction():
            rows: list[int] = []
            for first in range(0, len(chunks), CHUNKS_A_DOCUMENT):
                part = chunks[first : first + CHUNKS_A_DOCUMENT]
                row = DocumentRow(part[0].document_id, part[0].title, (), None, None, 10)
                rows.extend(catalogue.add_document(row, part))
            matrix.write(rows, vectors)
        if store:
            store.put([chunk.id for chunk in chunks], vectors, [chunk.document_id for chunk in chunks])
        kept.extend(chunk.text for chunk in chunks[:20])
        if (start + step) % 50_000 == 0:
            print(f"filled {start + len(chunks)}/{size}", file=sys.stderr, flush=True)
    return kept


def made_chunks(start: int, count: int, generator: np.random.Generator) -> Iterator[Chunk]:
    """Chunks of Zipf-distributed words, twenty to a document."""
    weights = 1.0 / np.arange(1, VOCABULARY + 1)
    words = generator.choice(VOCABULARY, size=(count, WORDS_A_CHUNK), p=weights / weights.sum())
    for offset, row in enumerate(words):
        number = start + offset
        document = number // CHUNKS_A_DOCUMENT
        text = " ".join(word(int(rank)) for rank in row)
        title = " ".join(word(COMMON + (document * 7919 + i * 104729) % (VOCABULARY - COMMON)) for i in range(6))
        page = number % CHUNKS_A_DOCUMENT // 2 + 1
        yield Chunk(f"{number:016x}", made_id(document), number % CHUNKS_A_DOCUMENT, text, title, "", (page, page))


def made_id(document: int) -> str:
    """The id of a made document."""
    return f"{document:016x}"


@functools.cache
def word(rank: int) -> str:
    """The word of a frequency rank; the commonest are real stop words, as in a text."""
    if rank < COMMON:
        return STOPS[rank % len(STOPS)]
    letters = []
    while rank:
        rank, letter = divmod(rank, 21)
        letters.append("bcdfghjklmnpqrtvwxzou"[letter])
    return "".join(letters) + "a"


def describe(figures: dict[str, float]) -> str:
    """One line for a person."""
    parts = ", ".join(
        f"{name} {figures[f'{name}_p50_ms']:.1f}/{figures[f'{name}_p95_ms']:.1f}"
        for name in ("reranked", "encode", "lexical", "dense", "inside", "chroma")
        if f"{name}_p50_ms" in figures
    )
    recall = "".join(f", {name.replace('_', ' ')}@100 {figures[name]}" for name in figures if name.endswith("recall"))
    return (
        f"{figures['chunks']:>9,.0f} chunks: search p50 {figures['search_p50_ms']:.1f} ms, p95 "
        f"{figures['search_p95_ms']:.1f} ms = {figures['ratio_to_budget']:.2f} × the budget of {BUDGET_MS:.0f} ms, "
        f"processor time {figures['cpu_p50_ms']:.1f}/{figures['cpu_p95_ms']:.1f} "
        f"({parts} ms p50/p95){recall}; catalogue {figures['catalogue_mb']:.0f} MB, vectors "
        f"{figures['vectors_mb']:.0f} MB, memory {figures['rss_mb']:.0f} MB, peak {figures['peak_rss_mb']:.0f} MB"
    )


STOPS = sorted(FUNCTION_WORDS)

if __name__ == "__main__":
    main()
