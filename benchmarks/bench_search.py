"""Search latency and memory by collection size, with made text and vectors and the real encoder for queries.

    python benchmarks/bench_search.py                    # 100,000 chunks
    python benchmarks/bench_search.py --chunks 10000 100000 1000000

Text is drawn from a Zipf distribution over 60,000 words whose commonest 120 count as stop words; a query is twelve
consecutive words of some chunk. Vectors are random unit vectors. `inside` is a search kept to one document, which a
question that names one adds. `--chroma` also fills Chroma and times its own approximate search on the same vectors
(filling takes about two minutes for each 100,000).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from llama_cpp_tools.machine import peak_memory
from ragft.config import IndexSettings
from ragft.corpus.base import Chunk
from ragft.corpus.stopwords import FUNCTION_WORDS
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.catalogue.records import DocumentRow
from ragft.index.encoders.base import Encoder
from ragft.index.encoders.open_encoder import open_encoder
from ragft.index.matrix import Matrix
from ragft.index.search.hybrid import Fusion, rank
from ragft.index.vectors import VectorStore

VOCABULARY = 60_000
COMMON = 120
WORDS_A_CHUNK = 170
CHUNKS_A_DOCUMENT = 20
BUDGET_MS = 60.0


def main() -> None:
    """Print one line for each size, then everything as JSON with `--json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunks", type=int, nargs="+", default=[100_000])
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--chroma", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    encoder = open_encoder(IndexSettings())
    results = []
    for size in given.chunks:
        with tempfile.TemporaryDirectory() as folder:
            results.append(measure(Path(folder), size, given.queries, encoder, chroma=given.chroma))
        if not given.json:
            print(describe(results[-1]), flush=True)
    if given.json:
        print(json.dumps(results, indent=2))


def measure(folder: Path, size: int, queries: int, encoder: Encoder, *, chroma: bool) -> dict[str, float]:
    """Fill an index of `size` chunks and search it."""
    generator = np.random.default_rng(0)
    catalogue = Catalogue.open(folder / "catalogue.sqlite3")
    matrix = Matrix(folder / "vectors.f32", encoder.identity.dimension)
    store = VectorStore.open(folder / "vectors") if chroma else None
    texts = fill(catalogue, matrix, store, size, generator)
    random.seed(0)
    asked = [" ".join(text.split()[20:32]) for text in random.choices(texts, k=queries)]
    parts: dict[str, list[float]] = {"search": [], "lexical": [], "dense": [], "inside": [], "encode": [], "chroma": []}
    settings = IndexSettings()
    fusion = Fusion(settings.fusion, settings.weight)
    for query in asked[:10] + asked:
        started = time.perf_counter()
        vector = encoder.encode_query(query)
        parts["encode"].append(1000 * (time.perf_counter() - started))
        rank(catalogue, matrix, query, vector, mode="hybrid", fusion=fusion)
        parts["search"].append(1000 * (time.perf_counter() - started))
        for mode in ("lexical", "dense"):
            started = time.perf_counter()
            rank(catalogue, matrix, query, vector, mode=mode, fusion=fusion)
            parts[mode].append(1000 * (time.perf_counter() - started))
        started = time.perf_counter()
        rank(catalogue, matrix, query, vector, mode="hybrid", fusion=fusion, documents=[made_id(0)])
        parts["inside"].append(1000 * (time.perf_counter() - started))
        if store:
            started = time.perf_counter()
            store.query(vector, 200)
            parts["chroma"].append(1000 * (time.perf_counter() - started))
    figures: dict[str, float] = {"chunks": size}
    for name, times in parts.items():
        if times[10:]:
            figures[f"{name}_p50_ms"] = round(float(np.percentile(times[10:], 50)), 2)
            figures[f"{name}_p95_ms"] = round(float(np.percentile(times[10:], 95)), 2)
    figures["ratio_to_budget"] = round(figures["search_p95_ms"] / BUDGET_MS, 3)
    figures["catalogue_mb"] = round((folder / "catalogue.sqlite3").stat().st_size / 1e6, 1)
    figures["vectors_mb"] = round((folder / "vectors.f32").stat().st_size / 1e6, 1)
    figures["peak_rss_mb"] = round(peak_memory() / 1e6, 1)
    catalogue.close()
    if store:
        store.close()
    return figures


def fill(
    catalogue: Catalogue, matrix: Matrix, store: VectorStore | None, size: int, generator: np.random.Generator
) -> list[str]:
    """Store `size` made chunks; returns some of their texts."""
    kept: list[str] = []
    step = 2000
    for start in range(0, size, step):
        chunks = list(made_chunks(start, min(step, size - start), generator))
        vectors = generator.standard_normal((len(chunks), matrix.dimension), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
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
        for name in ("encode", "lexical", "dense", "inside", "chroma")
        if f"{name}_p50_ms" in figures
    )
    return (
        f"{figures['chunks']:>9,.0f} chunks: search p50 {figures['search_p50_ms']:.1f} ms, p95 "
        f"{figures['search_p95_ms']:.1f} ms = {figures['ratio_to_budget']:.2f} × the budget of {BUDGET_MS:.0f} ms "
        f"({parts} ms p50/p95); catalogue {figures['catalogue_mb']:.0f} MB, vectors {figures['vectors_mb']:.0f} MB, "
        f"peak memory {figures['peak_rss_mb']:.0f} MB"
    )


STOPS = sorted(FUNCTION_WORDS)

if __name__ == "__main__":
    main()
