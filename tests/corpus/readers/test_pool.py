"""Reading in worker processes: order, time limit, crashes."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import psutil
import pytest

from ragft.corpus.base import Document
from ragft.corpus.readers import read_document, read_documents
from ragft.errors import DocumentError
from tests.corpus.pdfs import form_bomb


def markdown(folder: Path, count: int) -> list[Path]:
    paths = []
    for number in range(count):
        path = folder / f"{number:02d}.md"
        path.write_text(f"# Title {number}\n\nSome text.\n")
        paths.append(path)
    return paths


def test_results_come_in_the_order_given(tmp_path: Path) -> None:
    paths = markdown(tmp_path, 12)[::-1]
    results = list(read_documents(paths, workers=3))
    assert [path for path, _ in results] == paths
    assert [result.title for _, result in results if isinstance(result, Document)] == [
        f"Title {number}" for number in range(11, -1, -1)
    ]


def test_nothing_to_read() -> None:
    assert list(read_documents([])) == []


def test_worker_that_dies_costs_one_file(tmp_path: Path) -> None:
    paths = markdown(tmp_path, 30)
    results: list[tuple[Path, Document | DocumentError]] = []
    me = psutil.Process()
    for number, item in enumerate(read_documents(paths, workers=1)):
        results.append(item)
        if number == 5:
            [worker] = [child for child in me.children() if "ragft.corpus.readers.worker" in child.cmdline()]
            worker.send_signal(signal.SIGSEGV)
    errors = [result for _, result in results if isinstance(result, DocumentError)]
    assert len(results) == 30
    assert len(errors) <= 1


def test_file_that_takes_too_long_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    hang, after = tmp_path / "hang.pdf", tmp_path / "z.md"
    hang.write_bytes(form_bomb(levels=9, width=30))
    after.write_text("# After\n\ntext")
    started = time.monotonic()
    results = dict(read_documents([hang, after], timeout=3.0, workers=1))
    assert time.monotonic() - started < 60
    assert isinstance(results[after], Document)
    assert isinstance(results[hang], DocumentError)
    assert "took longer than 3 s" in results[hang].message
    assert "file_timeout" in str(results[hang].fix)


def test_abandoned_iterator_leaves_no_process_behind(tmp_path: Path) -> None:
    before = {child.pid for child in psutil.Process().children()}
    iterator = read_documents(markdown(tmp_path, 20), workers=2)
    next(iterator)
    iterator.close()
    time.sleep(0.2)
    assert {child.pid for child in psutil.Process().children()} <= before
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("read_") and not thread.daemon]


def test_one_file(tmp_path: Path) -> None:
    [path] = markdown(tmp_path, 1)
    assert read_document(path).title == "Title 0"
    with pytest.raises(DocumentError, match="does not exist"):
        read_document(tmp_path / "none.md")
