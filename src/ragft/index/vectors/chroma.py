"""Chroma, in the workspace or on a server: keeps the vectors and searches them, where the settings say so."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ragft.errors import DiskFull, EngineUnavailable, IndexCorrupted, RagftError, UsageError, WorkspaceError
from ragft.extras import need
from ragft.index.vectors.base import VectorSearch
from ragft.index.vectors.matrix import Matrix, SimilarityScores
from ragft.index.vectors.rescored import RescoredScores
from ragft.workspace import disk_error

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

COLLECTION = "ragft_chunks"
"""In a Chroma folder of the workspace's own; on a server, each workspace has a collection of another name."""

SECONDS = 15.0
"""How long a server may take for an answer (a batch takes it one second), and for all it is asked on opening."""
QUERY_SECONDS = 3.0
"""How long it may take for a search, which is done without it otherwise."""
_BATCH = 1000
# Recall is bought with memory and time at insertion; measured in docs/scaling.md.
_HNSW = {"space": "cosine", "ef_construction": 200, "max_neighbors": 16, "ef_search": 200}
_PROBE_BYTES = 1 << 20
_T = TypeVar("_T")
# What SQLite and the system say, through Chroma, of a file that cannot be read or written.
_REFUSALS = ("disk I/O error", "readonly database", "unable to open database file", "ermission denied")


class VectorStore:
    """One collection of unit vectors by chunk id."""

    def __init__(self, client: Any, where: Path | str, name: str) -> None:
        self._client = client
        self._where = where
        self._name = name
        with _errors(where):
            self._collection = self._make_collection()

    def _make_collection(self) -> Any:
        # ragft encodes by itself: Chroma's default function would download a model.
        return self._client.get_or_create_collection(self._name, embedding_function=None, configuration={"hnsw": _HNSW})

    @classmethod
    def open(cls, folder: Path, url: str = "", *, collection: str = COLLECTION) -> VectorStore:
        """The `collection` of Chroma in `folder`, or of the server at `url`; made where it is missing.

        Raises:
            MissingExtra: Chroma is not installed.
            EngineUnavailable: the server does not answer.
            IndexCorrupted: what lies in the folder cannot be used.
            DiskFull, WorkspaceError: the folder cannot be written.
        """
        need("chroma", "index.vectors chroma")
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        quiet = Settings(anonymized_telemetry=False)
        if url:
            host, port, ssl = _parse(url)

            def connect() -> VectorStore:
                _see_heartbeat(host, port, ssl=ssl)
                client = chromadb.HttpClient(host=host, port=port, ssl=ssl, settings=quiet)
                for session in _sessions(client):
                    session.timeout = SECONDS
                return cls(client, url, collection)

            with _errors(url, server=True):
                return _in_time(connect, SECONDS, url, late=cls.close)
        with _errors(folder):
            try:
                client = chromadb.PersistentClient(path=folder, settings=quiet)
            except Exception:
                # Chroma keeps even what failed to start, and would give it again once the folder has been repaired.
                if str(folder) not in SharedSystemClient._identifier_to_refcount:  # nobody else has it open
                    SharedSystemClient._identifier_to_system.pop(str(folder), None)
                raise
            try:
                return cls(client, folder, collection)
            except Exception:
                client.close()
                raise

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether an embedded Chroma lies in `folder`; does not import Chroma."""
        return (folder / "chroma.sqlite3").is_file()

    def put(self, ids: Sequence[str], vectors: Vectors, documents: Sequence[str]) -> None:
        """Store vectors with the document each belongs to, in place of any of the same id."""
        for start in range(0, len(ids), _BATCH):
            part = slice(start, start + _BATCH)
            with self._errors():
                self._collection.upsert(
                    ids=list(ids[part]),
                    embeddings=vectors[part],
                    metadatas=[{"document_id": document} for document in documents[part]],
                )

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors; ids that are not there are no error."""
        for start in range(0, len(ids), _BATCH):
            with self._errors():
                self._collection.delete(ids=list(ids[start : start + _BATCH]))

    def count(self) -> int:
        """How many vectors there are."""
        with self._errors():
            return int(self._collection.count())

    def ids(self) -> set[str]:
        """The ids of all vectors."""
        found: set[str] = set()
        while True:
            with self._errors():
                batch = self._collection.get(include=[], limit=_BATCH * 5, offset=len(found))["ids"]
            if not batch:
                return found
            found.update(batch)

    def get(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """Vectors by id; those that are not there are left out."""
        import numpy as np

        found: dict[str, Vectors] = {}
        for start in range(0, len(ids), _BATCH):
            with self._errors():
                batch = self._collection.get(ids=list(ids[start : start + _BATCH]), include=["embeddings"])
            found.update(zip(batch["ids"], np.asarray(batch["embeddings"], np.float32), strict=True))
        return found

    def nearest(self, vector: Vectors, k: int) -> list[str]:
        """The ids of about the `k` nearest vectors (approximate: HNSW).

        Raises:
            EngineUnavailable: the server does not answer, or too late.
        """

        def query() -> list[str]:
            ids: list[str] = self._collection.query(query_embeddings=[vector], n_results=k, include=[])["ids"][0]
            return ids

        with self._errors():
            return query() if isinstance(self._where, Path) else _in_time(query, QUERY_SECONDS, self._where)

    def clear(self) -> None:
        """Remove all vectors, so that the collection is empty."""
        with self._errors():
            self._client.delete_collection(self._name)
            self._collection = self._make_collection()

    def close(self) -> None:
        """Release the folder, so that this process can open it again, or close the connections to the server."""
        self._client.close()
        for session in _sessions(self._client):  # Chroma itself never closes them
            session.close()

    def _errors(self) -> contextlib.AbstractContextManager[None]:
        return _errors(self._where)


@dataclass(frozen=True)
class ChromaSearch:
    """The search of Chroma's own index. What it finds is scored by the vectors in the workspace's file, `matrix`."""

    store: VectorStore
    matrix: Matrix
    rows_of: Callable[[Sequence[str]], list[int]]
    """Chunk ids to their rows, ascending; ids that are not there are left out."""
    instead: Callable[[EngineUnavailable], VectorSearch]
    """What finds the nearest where the server does not answer."""

    def scores(self, query: Vectors, rows: Sequence[int] | None = None) -> RescoredScores | SimilarityScores:
        """The similarity of `query` to all vectors, or to those of `rows` alone, for which Chroma is not asked."""
        if rows is not None:
            return self.matrix.scores(query, rows)
        return RescoredScores(self.matrix, query, lambda k: self._nearest(query, k))

    def _nearest(self, query: Vectors, k: int) -> list[int]:
        try:
            return self.rows_of(self.store.nearest(query, k))
        except EngineUnavailable as error:
            return sorted(self.instead(error).scores(query).top(k))


def _sessions(client: Any) -> list[Any]:
    """The HTTP sessions of a client of a server; none of one that works in a folder."""
    found = (getattr(part._server, "_session", None) for part in (client, client._admin_client))
    return [session for session in found if session is not None]


def _in_time(ask: Callable[[], _T], seconds: float, url: str, late: Callable[[_T], None] = lambda _: None) -> _T:
    """What `ask` gets of the server at `url`, on a thread that is left to itself if it takes longer than `seconds`.

    Chroma's client, while it is made, would wait without end, and a limit of HTTP is one for each packet. `late` is
    given what comes too late.
    """
    got: Future[_T] = Future()

    def work() -> None:
        try:
            got.set_result(ask())
        except Exception as error:
            got.set_exception(error)

    threading.Thread(target=work, name="chroma", daemon=True).start()
    try:
        return got.result(seconds)
    except TimeoutError as error:
        got.add_done_callback(lambda done: None if done.exception() else late(done.result()))
        raise EngineUnavailable(
            f"Chroma at {url} takes longer than {seconds:g} s to answer",
            fix="see what keeps the server busy, or unset index.chroma_url",
        ) from error


def _see_heartbeat(host: str, port: int, *, ssl: bool) -> None:
    """See that a server answers at all.

    Raises:
        httpx.HTTPError: it does not.
    """
    import httpx

    address = f"[{host}]" if ":" in host else host
    httpx.get(f"http{'s' * ssl}://{address}:{port}/api/v2/heartbeat", timeout=SECONDS).raise_for_status()


@contextlib.contextmanager
def _errors(where: Path | str, *, server: bool = False) -> Iterator[None]:
    """Chroma's errors as ragft's; `where` is a folder (a path) or a server (its address)."""
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    except RagftError:
        raise
    except (httpx.HTTPError, ConnectionError) as error:
        raise EngineUnavailable(
            f"Chroma at {where} does not answer: {error}", fix="chroma run, or unset index.chroma_url"
        ) from error
    except Exception as error:
        if server and not isinstance(error, ChromaError):  # the client raises a bare ValueError where nothing listens
            raise EngineUnavailable(
                f"Chroma at {where} does not answer: {error}", fix="chroma run, or unset index.chroma_url"
            ) from error
        if isinstance(error, ChromaError) or type(error).__module__.startswith(("chromadb", "builtins", "pyo3")):
            raise _meaning(error, where) from error
        raise


def _meaning(error: Exception, where: Path | str) -> RagftError:
    """What an error of Chroma's comes from: the disk, or what it finds there.

    Its own words do not tell: on a full disk it says "Failed to apply logs to the hnsw segment writer", as it does of
    damaged files. So the folder is tried.
    """
    if isinstance(where, Path) and (refused := _refusal(where)) is not None:
        return disk_error(refused, where)
    text = str(error)
    if "disk is full" in text or "No space left" in text or "os error 28" in text:
        return DiskFull(f"no space left to write {where}", fix="free some space and run the same command again")
    if any(refusal in text for refusal in _REFUSALS):
        return WorkspaceError(f"cannot use {where}: {text}", fix="check its rights and its disk")
    return IndexCorrupted(f"Chroma cannot use {where}: {text}", fix="ragft index rebuild")


def _refusal(folder: Path) -> OSError | None:
    """What the system says to a file written into `folder`; None where it can be written."""
    try:
        with tempfile.TemporaryFile(dir=folder) as handle:
            handle.write(bytes(_PROBE_BYTES))
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as error:
        return error
    return None


def _parse(url: str) -> tuple[str, int, bool]:
    from urllib.parse import urlsplit

    parts = urlsplit(url if "//" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"index.chroma_url {url!r} is not an http address", fix="give http://host:port")
    ssl = parts.scheme == "https"
    return parts.hostname, parts.port or (443 if ssl else 8000), ssl
