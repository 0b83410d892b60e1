"""Where the batches of an ingest are encoded: on a thread of this process, or by the workers of an executor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ragft.errors import IndexCorrupted
from ragft.index.encoders.base import Advance, Encoder, EncoderIdentity

if TYPE_CHECKING:
    from ragft.executors.base import Executor
    from ragft.index.encoders.base import Vectors
    from ragft.setting_sections import IndexSettings


class Encoding(Protocol):
    """Encodes batches. `ahead`: how many of them at the same time."""

    ahead: int

    def submit(self, texts: Sequence[str], advance: Advance) -> Future[Vectors]:
        """The vectors of `texts` in the future; until then `advance` may be called, on another thread, with how many
        are made.
        """
        ...

    def close(self) -> None:
        """End; what was submitted and has not begun is given up."""
        ...


class EncodingHere:
    """Encodes on one thread: an encoder uses all cores itself."""

    ahead = 1

    def __init__(self, encoder: Callable[[], Encoder]) -> None:
        self._encoder = encoder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="encode")

    def submit(self, texts: Sequence[str], advance: Advance) -> Future[Vectors]:
        """The vectors of `texts`; `advance` is called after each text."""
        return self._thread.submit(self._encoder().encode, texts, advance=advance)

    def close(self) -> None:
        """Wait for the batch that is being encoded."""
        self._thread.shutdown(cancel_futures=True)


class EncodingElsewhere:
    """Encodes with the workers of an executor, each of which opens the encoder of `settings`."""

    def __init__(self, executor: Executor, settings: IndexSettings, identity: EncoderIdentity) -> None:
        self.ahead = executor.size
        self._workers = executor.workers(MakeBatchEncoder(settings, identity), executor.size)

    def submit(self, texts: Sequence[str], advance: Advance) -> Future[Vectors]:  # noqa: ARG002
        """The vectors of `texts`; `advance` is not called."""
        return self._workers.submit(texts)

    def close(self) -> None:
        """End the workers, and with them their encoders."""
        self._workers.close()


@dataclass(frozen=True)
class MakeBatchEncoder:
    """Opens an encoder in a worker, which must be the one with `identity`."""

    settings: IndexSettings
    identity: EncoderIdentity

    def __call__(self) -> BatchEncoder:
        """The function of the worker."""
        from ragft.index.encoders.open_encoder import open_encoder

        return BatchEncoder(open_encoder(self.settings), self.identity)


class BatchEncoder:
    """Texts to vectors, float32 [len(texts), dimension]."""

    def __init__(self, encoder: Encoder, identity: EncoderIdentity) -> None:
        self._encoder = encoder
        self._identity = identity

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """The vectors.

        Raises:
            IndexCorrupted: the worker has another encoder than the process that asks.
        """
        if self._encoder.identity != self._identity:
            raise IndexCorrupted(
                f"a worker encodes with {self._encoder.identity}, this process with {self._identity}",
                fix="install the same ragft and models on every machine",
            )
        return self._encoder.encode(texts)

    def close(self) -> None:
        """Nothing is held that needs closing."""
