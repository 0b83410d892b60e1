"""Reads that take their own offset, with the call for it that some systems have and without."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from llama_cpp_tools.machine import read_at

DATA = bytes(range(256)) * 64


@pytest.fixture(params=["as the system has it", "without preadv"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "without preadv":
        monkeypatch.delattr(os, "preadv", raising=False)  # Windows
    (tmp_path / "data").write_bytes(DATA)
    return tmp_path / "data"


def test_threads_that_share_a_file_each_get_their_own_bytes(path: Path) -> None:
    with path.open("rb", buffering=0) as handle, ThreadPoolExecutor(4) as pool:

        def read(offset: int) -> bytes:
            target = bytearray(100)
            assert read_at(handle, memoryview(target), offset) == 100
            return bytes(target)

        offsets = [37 * n for n in range(400)]
        assert list(pool.map(read, offsets)) == [DATA[offset : offset + 100] for offset in offsets]


def test_a_read_at_the_end_gives_what_there_is(path: Path) -> None:
    with path.open("rb", buffering=0) as handle:
        assert read_at(handle, memoryview(bytearray(100)), len(DATA) - 30) == 30
        assert read_at(handle, memoryview(bytearray(100)), len(DATA)) == 0


@pytest.mark.skipif(not hasattr(os, "preadv"), reason="this system has no read that takes an offset")
def test_no_thread_waits_for_another_where_the_system_reads_at_an_offset(tmp_path: Path) -> None:
    """The file's own position, which threads would have to take turns with, is not moved."""
    (tmp_path / "data").write_bytes(DATA)
    with (tmp_path / "data").open("rb", buffering=0) as handle:
        read_at(handle, memoryview(bytearray(100)), 5_000)
        assert handle.tell() == 0
