"""Ingest end to end beside the bare time of encoding the same chunks, in one run; and encoding beside torch.

    python benchmarks/bench_ingest.py ../shared/data/papers/good
    python benchmarks/bench_ingest.py DIR --backends onnx-int8 onnx torch --llama-index

Prints ratios: ingest ÷ bare encoding (at most 1.15), encoding ÷ torch float32 (at least 1.8 for the default), a second
ingest in seconds (under 2), peak memory. LlamaIndex is measured where it is installed; it is no dependency.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import tempfile
import time
from pathlib import Path

from ragft.config import IndexSettings
from ragft.corpus.chunks import encoded_text
from ragft.index.encoders.select import open_encoder
from ragft.index.store import open_index
from ragft.workspace import Workspace


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--backends", nargs="*", default=[], help="also encode the same chunks with these")
    parser.add_argument("--sample", type=int, default=300, help="chunks encoded by each further backend")
    parser.add_argument("--llama-index", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures = measure(given.folder)
    texts = figures.pop("texts")
    assert isinstance(texts, list)
    for backend in given.backends:
        figures[f"{backend}_chunks_per_second"] = rate(backend, texts[:: max(1, len(texts) // given.sample)])
    if given.llama_index:
        figures["llama_index_pages_per_second"] = llama_index(given.folder, float(str(figures["pages"])))
    if given.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name:32} {value:.3f}" if isinstance(value, float) else f"{name:32} {value}")


def measure(folder: Path) -> dict[str, object]:
    """Ingest into a fresh workspace, encode the same chunks once more without anything else, ingest again."""
    settings = IndexSettings()
    encoder = open_encoder(settings)
    encoder.encode(["warm"])
    with tempfile.TemporaryDirectory() as root, open_index(Workspace(Path(root)), settings) as index:
        report = index.ingest([folder])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        texts = [encoded_text(chunk) for chunk in index.chunks()]
        pages = sum(record.pages for record in index.documents())
        started = time.perf_counter()
        encoder.encode(texts)
        bare = time.perf_counter() - started
        again = index.ingest([folder])
    return {
        "documents": report.documents,
        "failed": len(report.failed),
        "pages": pages,
        "chunks": report.chunks,
        "ingest_seconds": report.seconds,
        "bare_encoding_seconds": bare,
        "ingest_over_bare_encoding": report.seconds / bare,
        "pages_per_second": pages / report.seconds,
        "chunks_per_second": len(texts) / bare,
        "second_ingest_seconds": again.seconds,
        "peak_rss_mb": peak,
        "texts": texts,
    }


def rate(backend: str, texts: list[str]) -> float:
    """Chunks a second of one backend."""
    encoder = open_encoder(IndexSettings.model_validate({"backend": backend}))
    encoder.encode(texts[:8])
    started = time.perf_counter()
    encoder.encode(texts)
    return len(texts) / (time.perf_counter() - started)


def llama_index(folder: Path, pages: float) -> float | str:
    """Pages a second of LlamaIndex with the same model, or why that is not known."""
    if importlib.util.find_spec("llama_index") is None:
        return "llama_index is not installed"
    from llama_index.core import Settings, SimpleDirectoryReader, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    from ragft.index.encoders.models import find_model

    Settings.embed_model = HuggingFaceEmbedding(model_name=str(find_model("minilm").folder))
    started = time.perf_counter()
    documents = SimpleDirectoryReader(str(folder)).load_data()
    VectorStoreIndex.from_documents(documents, transformations=[SentenceSplitter(chunk_size=256, chunk_overlap=32)])
    return pages / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
