"""Batches that workers of an executor encode: the index is that of one thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ragft.errors import IndexCorrupted
from ragft.executors.base import Executor
from ragft.executors.local import LocalExecutor
from ragft.index.index import Index
from ragft.index.ingest.encoding import BatchEncoder, EncodingElsewhere
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace

Open = Callable[..., Index]


class Elsewhere(Index):
    """An index whose files are read and encoded by several workers at once, as on Ray."""

    def _executor(self, _: object) -> closing[LocalExecutor]:  # type: ignore[override]
        executor = LocalExecutor()
        executor.size = 3
        return closing(executor)


def test_the_index_is_the_same_and_progress_grows(tmp_path: Path) -> None:
    for number in range(30):
        lines = "\n\n".join(f"Harbour {number} has a tide of {number + line} metres." for line in range(60))
        (tmp_path / f"{number}.md").write_text(f"# Harbour {number}\n\n{lines}\n")
    encoded: list[int] = []

    def progress(label: str, done: int, total: int) -> None:
        if label == "encoding":
            encoded.append(done)

    found = []
    for kind in (Index, Elsewhere):
        with closing(kind(Workspace(tmp_path / kind.__name__), IndexSettings())) as index:
            index.ingest([tmp_path], progress=progress if kind is Elsewhere else None)
            rows = index._catalogue.rows()
            found.append((list(rows.items()), index._open_matrix().get(list(rows.values()))))
    assert found[0][0] == found[1][0]
    np.testing.assert_array_equal(found[0][1], found[1][1])
    assert encoded == sorted(encoded)
    assert encoded[-1] == len(found[0][0])


def test_a_worker_with_another_encoder_is_refused(opened: Open, notes: Path) -> None:
    index = opened()
    index.ingest([notes])
    encoder = index.encoder
    with pytest.raises(IndexCorrupted, match="a worker encodes with minilm") as raised:
        BatchEncoder(encoder, replace(encoder.identity, precision="float32"))(["text"])
    assert "every machine" in str(raised.value.fix)


class Deceived(Elsewhere):
    """An index that expects another encoder of its workers than they have."""

    def _encoding(self, executor: Executor | None) -> EncodingElsewhere:
        assert executor is not None
        wrong = replace(self.encoder.identity, precision="float32")
        return EncodingElsewhere(executor, IndexSettings(), wrong)


def test_an_error_of_a_worker_ends_the_ingest(tmp_path: Path, notes: Path) -> None:
    with closing(Deceived(Workspace(tmp_path / "w"), IndexSettings())) as index:
        with pytest.raises(IndexCorrupted, match="a worker encodes with minilm"):
            index.ingest([notes])
        assert index._catalogue.rows() == {}, "nothing is stored without its vectors"
