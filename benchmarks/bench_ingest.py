"""Ingest beside the bare time of encoding the same chunks, and beside what others need, all in one run.

    python benchmarks/bench_ingest.py ../shared/data/papers/good
    PYTHONPATH=li:li2 python benchmarks/bench_ingest.py DIR --llama-index
    python benchmarks/bench_ingest.py DIR --memory 23 46 92

Arms alternate for `--rounds` rounds in one process and the medians are compared: an ingest into a fresh workspace
(reading, cutting, encoding, storing), the bare encoding of the same chunks with the same encoder, and
sentence-transformers' own `SentenceTransformer.encode` (torch, float32, its defaults) on a sample of them. The
encoder is open before the first round. The first ingest also imports what it needs, so it is printed by itself.

LlamaIndex is no dependency. It is measured where it can be imported:
    pip install --target li llama-index-core llama-index-readers-file
    pip install --target li2 --no-deps llama-index-embeddings-huggingface llama-index-vector-stores-chroma

`--memory` prints the peak memory of an ingest by number of files, each in a process of its own. Its files are the words
of the papers, altered so that no two are alike, and its encoder is a stub that gives random vectors at once: what is
looked at is what an ingest holds, not the model. No figure but this one is taken with the stub.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from watching import watched

from llama_cpp_tools.machine import peak_memory
from ragft import machine
from ragft.corpus.chunks import encoded_text
from ragft.corpus.readers import find_files, read_documents
from ragft.errors import DocumentError
from ragft.index.encoders.base import Advance, Encoder, EncoderIdentity
from ragft.index.encoders.local_models import find_sentence_model
from ragft.index.encoders.open_encoder import open_encoder
from ragft.index.index import Index, open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

INGEST_BOUND = 1.15
TORCH_BOUND = 2.5
LLAMA_INDEX_BOUND = 4.0
AGAIN_BOUND = 2.0
"""The goals: the first at most, the next two at least, the last in seconds at most."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--backends", nargs="*", default=[], help="also encode a sample of the chunks with these")
    parser.add_argument("--sample", type=int, default=300, help="chunks encoded by each further backend")
    parser.add_argument("--llama-index", action="store_true")
    parser.add_argument("--memory", type=int, nargs="+", metavar="FILES", help="only this: peak memory by files")
    parser.add_argument("--stub", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.stub:
        figures: dict[str, object] = dict(ingest_with_stub(given.folder))
    elif given.memory:
        figures = {f"{count}_files": memory(given.folder, count) for count in given.memory}
    else:
        figures = measure(given)
    if given.json or given.stub:
        print(json.dumps(figures, indent=None if given.stub else 2))
        return
    for name, value in figures.items():
        print(f"{name:44} {value:.3f}" if isinstance(value, float) else f"{name:44} {value}")


# ------------------------------------------------------------------------------------------------ time


def measure(given: argparse.Namespace) -> dict[str, object]:
    """All figures by name; a name that ends in what is asked for says so."""
    settings = IndexSettings()
    encoder = open_encoder(settings)
    encoder.encode(["warm"])
    seconds: dict[str, list[float]] = defaultdict(list)
    counts: dict[str, object] = {}
    texts: list[str] = []
    rivals: dict[str, Callable[[Sequence[str]], object]] = {}
    for _ in range(given.rounds):
        with tempfile.TemporaryDirectory() as root, open_index(Workspace(Path(root)), settings) as index:
            index.encoder  # noqa: B018 - opened, so that its loading is in neither arm
            before = processor_time()
            report = index.ingest([given.folder])
            seconds["ingest"].append(report.seconds)
            seconds["ingest_cpu"].append(processor_time() - before)
            texts = texts or [encoded_text(chunk) for chunk in index.chunks()]
            pages = sum(record.pages for record in index.documents())
            counts = {"documents": report.documents, "failed": len(report.failed), "pages": pages}
            seconds["again"].append(index.ingest([given.folder]).seconds)
        peak = peak_memory() / 1e6
        before = processor_time()
        seconds["bare"].append(timed(encoder.encode, texts))
        seconds["bare_cpu"].append(processor_time() - before)
        sample = texts[:: max(1, len(texts) // given.sample)]
        rivals = rivals or open_rivals(given.backends)
        for name, encode in rivals.items():
            encode(sample[:8])
            seconds[name].append(timed(encode, sample) / len(sample))
        if given.llama_index and importlib.util.find_spec("llama_index"):
            seconds["llama_index"].append(llama_index(given.folder))
        counts.setdefault("peak_rss_mb_of_the_first_round", peak)
    middle = {name: statistics.median(found) for name, found in seconds.items()}
    ours = len(texts) / middle["bare"]
    figures = {
        **counts,
        "chunks": len(texts),
        "rounds": given.rounds,
        "first_ingest_seconds": seconds["ingest"][0],
        "ingest_seconds": middle["ingest"],
        "bare_encoding_seconds": middle["bare"],
        f"ingest / bare encoding (<= {INGEST_BOUND})": middle["ingest"] / middle["bare"],
        "the same in processor time, its readers' included": middle["ingest_cpu"] / middle["bare_cpu"],
        f"second_ingest_seconds (< {AGAIN_BOUND:g})": middle["again"],
        "pages_per_second": pages / middle["ingest"],
        "chunks_per_second": ours,
        **{f"{name}_chunks_per_second": 1 / middle[name] for name in rivals},
        f"encoding / sentence-transformers (>= {TORCH_BOUND})": ours * middle["sentence_transformers"],
    }
    if given.llama_index:
        name = f"ingest / LlamaIndex, pages a second (>= {LLAMA_INDEX_BOUND:g})"
        found = middle.get("llama_index")
        figures[name] = found / middle["ingest"] if found else "llama_index cannot be imported"
        figures["llama_index_pages_per_second"] = pages / found if found else "-"
    return figures


def processor_time() -> float:
    """Seconds of this process and of those it has waited for: hardly different on a busy machine."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def timed(encode: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """Seconds to encode `texts`."""
    started = time.perf_counter()
    encode(texts)
    return time.perf_counter() - started


def open_rivals(backends: Sequence[str]) -> dict[str, Callable[[Sequence[str]], object]]:
    """Encoders to compare with: sentence-transformers as its users call it, and our backends of these names."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(find_sentence_model("minilm").folder), device="cpu")
    rivals: dict[str, Callable[[Sequence[str]], object]] = {
        "sentence_transformers": lambda texts: model.encode(list(texts), show_progress_bar=False)
    }
    for backend in backends:
        rivals[backend] = open_encoder(IndexSettings.model_validate({"backend": backend})).encode
    return rivals


def llama_index(folder: Path) -> float:
    """Seconds of LlamaIndex from files to Chroma with the same model: pypdf, 256 tokens a chunk, 32 of overlap."""
    import chromadb
    from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    model = HuggingFaceEmbedding(model_name=str(find_sentence_model("minilm").folder))
    with tempfile.TemporaryDirectory() as root:
        started = time.perf_counter()
        collection = chromadb.PersistentClient(root).create_collection("papers", embedding_function=None)
        storage = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
        VectorStoreIndex.from_documents(
            SimpleDirectoryReader(str(folder)).load_data(),
            storage_context=storage,
            embed_model=model,
            transformations=[SentenceSplitter(chunk_size=256, chunk_overlap=32)],
        )
        return time.perf_counter() - started


# ------------------------------------------------------------------------------------------------ memory


class StubEncoder:
    """Counts words for tokens and gives random vectors."""

    identity = EncoderIdentity("stub", "none", 384, "float32", 256)
    max_tokens = 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words."""
        return [len(text.split()) for text in texts]

    def encode(self, texts: Sequence[str], *, advance: Advance | None = None) -> Vectors:  # noqa: ARG002
        """Random unit vectors."""
        import numpy as np

        made = np.random.default_rng(len(texts)).standard_normal((len(texts), 384), dtype=np.float32)
        vectors: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """A random unit vector."""
        vector: Vectors = self.encode([text])[0]
        return vector


class StubIndex(Index):
    """An index that loads no model."""

    @property
    def encoder(self) -> Encoder:
        """The stub."""
        return StubEncoder()


def memory(folder: Path, count: int) -> str:
    """Peak memory of an ingest of `count` files as long as the papers in `folder`, in a process of its own."""
    papers = [result for _, result in read_documents(find_files([folder])) if not isinstance(result, DocumentError)]
    with tempfile.TemporaryDirectory() as root:
        for number in range(count):
            document = papers[number % len(papers)]
            paragraphs = (" ".join(f"{word}{number}" for word in block.text.split()) for block in document.blocks)
            body = "\n\n".join(paragraphs)
            Path(root, f"{number}.md").write_text(f"# Paper {number}\n\n{body}\n", "utf-8")
        command = [sys.executable, __file__, root, "--stub"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    return "{documents} documents, {chunks} chunks: {peak_rss_mb:.0f} MB, its readers {readers_mb:.0f} MB".format(
        **figures
    )


def ingest_with_stub(folder: Path) -> dict[str, float]:
    """What `memory` runs in its process."""
    with (
        tempfile.TemporaryDirectory() as root,
        StubIndex(Workspace(Path(root)), IndexSettings()) as index,
        watched(children_resident, 0.05) as resident,
    ):
        report = index.ingest([folder])
    figures = {"documents": report.documents, "chunks": report.chunks}
    return {**figures, "peak_rss_mb": peak_memory() / 1e6, "readers_mb": max(resident) / 1e6}


def children_resident() -> int:
    """The most bytes that a child of this process has resident."""
    import psutil

    return max((machine.resident(child.pid) for child in psutil.Process().children(recursive=True)), default=0)


if __name__ == "__main__":
    main()
