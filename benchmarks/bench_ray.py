"""An ingest over Ray on this machine beside the same one without, and what more machines would bring, in one run.

    pip install '.[ray]'
    python benchmarks/bench_ray.py ../shared/data/papers/good
    python benchmarks/bench_ray.py DIR --files 12 --rounds 1

Ray is started once, which is timed by itself; each ingest still starts its workers. Both ways take turns for `--rounds`
rounds, each into a fresh workspace, and the medians are compared: wall time, and the processor time of this process and
of all that it started, which hardly depends on what else runs. The load of the machine is printed beside them. Ids and
vectors must be equal. Printed as well are the most bytes that lay in Ray's object store, and all that went through it,
beside the size of the files.

The model: processor time is measured for each step of an ingest, one step at a time in this process. Reading and
encoding are shared by all cores, the rest stays in the process that was started, and an ingest takes as long as the
larger part. It is given for the same files over and over, so that starts do not count.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
from watching import watched

from ragft.console import silent
from ragft.corpus.base import Document
from ragft.corpus.chunks import chunk_document, encoded_text
from ragft.corpus.duplicates import fingerprint
from ragft.corpus.readers import find_files, read_here
from ragft.corpus.readers.registry import file_id
from ragft.errors import DocumentError
from ragft.executors.ray import STORE_BYTES, RayExecutor
from ragft.index.catalogue.records import DocumentRow
from ragft.index.encoders.open_encoder import open_encoder
from ragft.index.index import open_index
from ragft.index.ingest.batches import BATCH_CHUNKS
from ragft.index.ingest.writer import DocumentToStore
from ragft.setting_sections import IndexSettings, IngestSettings
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

BOUND = 1.3
"""Time over a Ray of two workers on this machine, in times of that without, at most."""
WORKERS = (1, 2, 4, 8, 16, 32, 64)
CALLS = 20
LOOK_EVERY = 0.5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--files", type=int, help="only so many of the files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    files = list(find_files([given.folder]))[: given.files]
    started = time.perf_counter()
    with closing(RayExecutor()) as executor:
        figures: dict[str, object] = {"seconds until Ray has started": time.perf_counter() - started}
        figures |= compare(files, given.rounds, executor.size)
        costs = measure_steps(files, executor)
    figures |= {f"model: {name}": value for name, value in costs.steps().items()}
    figures |= {f"model: {workers} workers": costs.predict(workers) for workers in WORKERS}
    if given.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(f"{name:66} {value:.4g}" if isinstance(value, float) else f"{name:66} {value}")


# ------------------------------------------------------------------------------------------------ both ways


def compare(files: Sequence[Path], rounds: int, workers: int) -> dict[str, object]:
    """Wall and processor time of an ingest with and without Ray, and whether the indexes are equal."""
    wall, spent = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    most: list[int] = []
    indexes: dict[str, tuple[Sequence[str], Vectors]] = {}
    loads = [psutil.getloadavg()[0]]
    for _ in range(rounds):
        for way in ("local", "ray"):
            with watched(processor_times, LOOK_EVERY) as times, watched(stored_bytes, LOOK_EVERY) as stored:
                seconds, indexes[way] = ingested(files, way)
            wall[way].append(seconds)
            spent[way].append(processor_time(times))
            most.append(max(stored))
            loads.append(psutil.getloadavg()[0])
    here, there = indexes["local"], indexes["ray"]
    middle = {way: statistics.median(found) for way, found in wall.items()}
    middle_spent = {way: statistics.median(found) for way, found in spent.items()}
    size = sum(file.stat().st_size for file in files)
    return {
        "files": len(files),
        "chunks": len(here[0]),
        "workers": workers,
        "load of the machine, least and most (processes that run or wait)": f"{min(loads):.1f} {max(loads):.1f}",
        "ids and vectors are equal": here[0] == there[0] and bool(np.array_equal(here[1], there[1])),
        **{f"seconds, {way}": found for way, found in middle.items()},
        f"ray / local (<= {BOUND})": middle["ray"] / middle["local"],
        **{f"processor time, {way}": found for way, found in middle_spent.items()},
        "ray / local, processor time": middle_spent["ray"] / middle_spent["local"],
        "overhead a file, its workers' start included, s": (middle["ray"] - middle["local"]) / len(files),
        "MB of the files": size / 1e6,
        "MB in the object store at its peak": max(most) / 1e6,
        "the same, in times of the files": max(most) / size,
        "MB through the object store, all rounds": store_stats().cumulative_created_bytes / 1e6,
        "MB spilled to the disk": store_stats().spilled_bytes_total / 1e6,
        "MB the object store may hold": STORE_BYTES / 1e6,
    }


def ingested(files: Sequence[Path], way: str) -> tuple[float, tuple[Sequence[str], Vectors]]:
    """Seconds of an ingest, and the ids and vectors that it made."""
    settings = IngestSettings.model_validate({"executor": way})
    with (
        tempfile.TemporaryDirectory() as root,
        closing(open_index(Workspace(Path(root)), IndexSettings(), settings)) as index,
    ):
        index.encoder.encode(["warm"])
        seconds = index.ingest(list(files)).seconds
        ids = [chunk.id for chunk in index.chunks()]
        rows = index._catalogue.rows()
        return seconds, (ids, index._open_matrix().get([rows[i] for i in ids]))


def processor_times() -> dict[tuple[int, float], float]:
    """Seconds of processor time of this process and of each below it."""
    found = {}
    me = psutil.Process()
    for process in (me, *me.children(recursive=True)):
        try:
            spent = process.cpu_times()
            found[process.pid, process.create_time()] = spent.user + spent.system
        except psutil.NoSuchProcess:  # it ended just now
            continue
    return found


def processor_time(seen: Sequence[dict[tuple[int, float], float]]) -> float:
    """Seconds that all processes spent from the first look on, those included that ended."""
    last: dict[tuple[int, float], float] = {}
    for look in seen:
        last |= look
    return sum(last.values()) - sum(seen[0].values())


def store_stats() -> Any:
    """What Ray says of the object store of this machine."""
    import ray
    from ray._private.internal_api import node_stats

    [node] = ray.nodes()
    return node_stats(node["NodeManagerAddress"], node["NodeManagerPort"], include_memory_info=False).store_stats


def stored_bytes() -> int:
    """Bytes in the object store."""
    return int(store_stats().object_store_bytes_used)


# ------------------------------------------------------------------------------------------------ the model


@dataclass(frozen=True)
class Costs:
    """Seconds of processor time of each step for some files, and how many these are.

    `read` and `encode` are shared by the workers; `hash`, `cut`, `store` and `dispatch` are done by one process.
    """

    files: int
    chunks: int
    read: float
    encode: float
    hash: float
    cut: float
    store: float
    dispatch: float

    @property
    def alone(self) -> float:
        """What one process does, whatever the number of workers."""
        return self.hash + self.cut + self.store + self.dispatch

    def steps(self) -> dict[str, float]:
        """Milliseconds of each step."""
        return {
            "read and parse, ms a file": 1000 * self.read / self.files,
            "encode, ms a chunk": 1000 * self.encode / self.chunks,
            "hash, ms a file": 1000 * self.hash / self.files,
            "cut and compare, ms a file": 1000 * self.cut / self.files,
            "store (the only writer), ms a chunk": 1000 * self.store / self.chunks,
            "dispatch of files and batches, ms a file": 1000 * self.dispatch / self.files,
        }

    def predict(self, workers: int) -> str:
        """Files a second, speed-up over one worker, and what limits it."""
        seconds = self._seconds(workers)
        limit = "reading and encoding" if self._shared(workers) > self.alone else "the one process"
        rate = self.files / seconds
        return f"{rate:.1f} files a second, {self._seconds(1) / seconds:.1f} times one worker; {limit} limits it"

    def _seconds(self, workers: int) -> float:
        return max(self._shared(workers), self.alone)

    def _shared(self, workers: int) -> float:
        return (self.read + self.encode) / workers


def measure_steps(files: Sequence[Path], executor: RayExecutor) -> Costs:
    """The costs of an ingest of `files`, each step by itself."""
    encoder = open_encoder(IndexSettings())
    encoder.encode(["warm"])
    read_here(files[0])
    hashing, _ = spent(lambda: [file_id(file) for file in files])
    reading, documents = spent(lambda: list(readable(files)))

    def cut(document: Document) -> DocumentToStore:
        fingerprint(document)
        row = DocumentRow(document.id, document.title, document.authors, document.year, document.doi, document.pages)
        limits = {"max_tokens": encoder.max_tokens, "overlap": IndexSettings().chunk_overlap}
        return DocumentToStore(row, chunk_document(document, encoder.count_tokens, **limits))

    cutting, entries = spent(lambda: [cut(document) for document in documents])
    texts = [encoded_text(chunk) for entry in entries for chunk in entry.chunks]
    encoding, vectors = spent(lambda: encoder.encode(texts))
    storing, _ = spent(lambda: store(entries, vectors))
    a_file = dispatching(executor, GiveDocuments(documents), range(CALLS))
    a_batch = dispatching(executor, GiveVectors(vectors[:BATCH_CHUNKS]), [texts[:BATCH_CHUNKS]] * CALLS)
    dispatch = a_file * len(documents) + a_batch * len(texts) / BATCH_CHUNKS
    return Costs(len(documents), len(texts), reading, encoding, hashing, cutting, storing, dispatch)


def spent(do: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of processor time, and the result."""
    before = time.process_time()
    result = do()
    return time.process_time() - before, result


def readable(files: Sequence[Path]) -> Iterator[Document]:
    """The documents of those files that are none too broken."""
    for file in files:
        try:
            yield read_here(file)
        except DocumentError as error:
            print(error, file=sys.stderr)


def store(entries: Sequence[DocumentToStore], vectors: Vectors) -> None:
    """Store documents, batch by batch, in a fresh index."""
    with tempfile.TemporaryDirectory() as root, open_index(Workspace(Path(root)), IndexSettings()) as index:
        index._create()
        waiting: list[DocumentToStore] = []
        begin = end = 0
        with index._writer(silent) as writer:
            for number, entry in enumerate(entries, start=1):
                waiting.append(entry)
                end += len(entry.chunks)
                if end - begin >= BATCH_CHUNKS or number == len(entries):
                    writer.store(waiting, vectors[begin:end])
                    waiting, begin = [], end


def dispatching(executor: RayExecutor, work: GiveDocuments | GiveVectors, items: Sequence[Any]) -> float:
    """Seconds of this process's processor time for one call of a worker that gives back what it has ready."""
    with closing(executor.workers(work.ready, 1)) as workers:
        workers.submit(items[0]).result()
        seconds, _ = spent(lambda: [workers.submit(item).result() for item in items])
    return seconds / len(items)


@dataclass(frozen=True)
class GiveDocuments:
    """A worker that gives documents which it holds."""

    documents: Sequence[Document]

    def ready(self) -> GiveDocuments:
        """Itself, in the worker."""
        return self

    def __call__(self, number: int) -> Document:
        return self.documents[number % len(self.documents)]

    def close(self) -> None:
        """Nothing is held that needs closing."""


@dataclass(frozen=True)
class GiveVectors:
    """A worker that gives the same vectors for any texts."""

    vectors: Vectors

    def ready(self) -> GiveVectors:
        """Itself, in the worker."""
        return self

    def __call__(self, _texts: Sequence[str]) -> Vectors:
        return self.vectors

    def close(self) -> None:
        """Nothing is held that needs closing."""


if __name__ == "__main__":
    main()
