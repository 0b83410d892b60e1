"""SIGKILL in the middle of an ingest: what is left can be checked, and a second run ends as an undisturbed one."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ragft.index.index import open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace

# The child works through small batches and kills itself at the given call of the given step.
_CHILD = """
import os, signal, sys
from pathlib import Path
from ragft.setting_sections import IndexSettings
from ragft.index.ingest import batches
from ragft.index.catalogue import catalogue
from ragft.index.index import open_index
from ragft.index.vectors import chroma, codes, matrix
from ragft.workspace import Workspace

root, notes, vectors, owner, name, call = sys.argv[1:]
batches.BATCH_CHUNKS = 4
kinds = {"store": chroma.VectorStore, "catalogue": catalogue.Catalogue, "matrix": matrix.Matrix, "codes": codes.Codes}
kind = kinds[owner]
original, calls = getattr(kind, name), [0]

def stop(*args, **kwargs):
    calls[0] += 1
    if calls[0] == int(call):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args, **kwargs)

setattr(kind, name, stop)
open_index(Workspace(Path(root)), IndexSettings(vectors=vectors)).ingest([Path(notes)])
"""

_STEPS = [
    ("chroma", "store", "put", 1),  # nothing stored yet
    ("chroma", "catalogue", "add_document", 3),  # vectors in Chroma, the catalogue's transaction open
    ("chroma", "matrix", "write", 2),  # the matrix not yet written
    ("chroma", "matrix", "sync", 1),  # all stored, the mark still there
    ("exact", "catalogue", "add_document", 3),
    ("exact", "matrix", "write", 2),
    ("codes", "codes", "write", 2),  # the matrix written, the codes not
    ("codes", "codes", "build", 1),
    ("codes", "matrix", "sync", 1),
]


def make_notes(folder: Path) -> Path:
    folder.mkdir()
    for number in range(6):
        sections = "".join(
            f"## Part {part}\n\nNote {number} tells in part {part} of the matter {number * 31 + part}.\n\n"
            for part in range(3)
        )
        (folder / f"note{number}.md").write_text(f"# Note {number}\n\n{sections}")
    return folder


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    root = tmp_path_factory.mktemp("undisturbed")
    notes = make_notes(root / "notes")
    with open_index(Workspace(root / "workspace"), IndexSettings()) as index:
        index.ingest([notes])
        return notes, sorted(chunk.id for chunk in index.chunks())


@pytest.mark.parametrize(("vectors", "owner", "name", "call"), _STEPS)
def test_killed_at_a_step(
    undisturbed: tuple[Path, list[str]], tmp_path: Path, vectors: str, owner: str, name: str, call: int
) -> None:
    notes, expected = undisturbed
    root = tmp_path / "workspace"
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(root), str(notes), vectors, owner, name, str(call)],
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    with open_index(Workspace(root), IndexSettings.model_validate({"vectors": vectors})) as index:
        assert index.check().interrupted
        index.ingest([notes])
        assert sorted(chunk.id for chunk in index.chunks()) == expected
        report = index.check()
        assert report.ok, report.problems
        assert report.vectors == len(expected)
        assert index.search("the matter 33", 1)


@pytest.mark.slow
def test_killed_at_any_moment(undisturbed: tuple[Path, list[str]], tmp_path: Path) -> None:
    notes, expected = undisturbed
    root = tmp_path / "workspace"
    command = [sys.executable, "-m", "ragft.cli.main", "ingest", str(notes), "--workspace", str(root)]
    for seconds in (0.4, 0.9, 1.4):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        process.kill()
        process.wait()
    with open_index(Workspace(root), IndexSettings()) as index:
        index.ingest([notes])
        assert sorted(chunk.id for chunk in index.chunks()) == expected
        assert index.check().ok


@pytest.mark.slow
def test_two_at_once(undisturbed: tuple[Path, list[str]], tmp_path: Path) -> None:
    notes, expected = undisturbed
    root = tmp_path / "workspace"
    command = [sys.executable, "-m", "ragft.cli.main", "ingest", str(notes), "--workspace", str(root)]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    with open_index(Workspace(root), IndexSettings()) as index:
        assert sorted(chunk.id for chunk in index.chunks()) == expected
        assert index.check().ok
