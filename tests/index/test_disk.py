"""A disk that is full or cannot be written: real ones, mounted for a child process in a name space of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ragft.index.index import Index, open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace

Open = Callable[..., Index]


def mounted(mount: str, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run `command` where `mount`, a line of shell, has changed what lies at `folder` ($1)."""
    return subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", f'{mount} && shift && exec "$@"', "sh", folder, *command],
        capture_output=True,
        text=True,
        check=False,
    )


READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1"'


@pytest.fixture(scope="module", autouse=True)
def may_mount(tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        tried = mounted(READ_ONLY, tmp_path_factory.mktemp("mount"), "true")
    except FileNotFoundError:
        pytest.skip("no unshare here")
    if tried.returncode:
        pytest.skip(f"mounts are not allowed here: {tried.stderr.strip()}")


def ragft(mount: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return mounted(mount, folder, sys.executable, "-m", "ragft.cli.main", *arguments)


def test_a_read_only_workspace_is_searched(opened: Open, notes: Path, workspace: Workspace) -> None:
    index = opened()
    index.ingest([notes])
    index.close()
    before = sorted(path.name for path in workspace.root.iterdir())
    place = ("--workspace", str(workspace.root))
    found = ragft(READ_ONLY, workspace.root, "search", "the moon and the oceans", "--json", *place)
    assert found.returncode == 0, found.stderr
    assert '"title": "Tides"' in found.stdout
    assert '"dense": 0.' in found.stdout
    assert found.stderr == ""
    (notes / "new.md").write_text("# New\n\nOne more.\n")
    refused = ragft(READ_ONLY, workspace.root, "ingest", str(notes), *place)
    assert refused.returncode == 7
    assert str(workspace.root) in refused.stderr
    assert sorted(path.name for path in workspace.root.iterdir()) == before


FILL = """
import sys
from pathlib import Path
import numpy as np
from ragft.errors import RagftError
from ragft.index.vectors.chroma import VectorStore
try:
    store = VectorStore.open(Path(sys.argv[1]) / "vectors")
    for batch in range(100):
        store.put([f"{batch}-{i}" for i in range(500)], np.eye(500, 384, dtype=np.float32) + batch, ["d"] * 500)
except RagftError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("megabytes", [0.2, 5])  # full before the first vector; in the middle of Chroma's graph
def test_a_full_disk_under_chroma_is_called_one(tmp_path: Path, megabytes: float) -> None:
    mount = f'mount -t tmpfs -o size={round(megabytes * 1024)}k none "$1"'
    done = mounted(mount, tmp_path, sys.executable, "-c", FILL, str(tmp_path))
    assert done.stdout.startswith(f"DiskFull no space left to write {tmp_path / 'vectors'}"), done.stdout + done.stderr


def test_a_read_only_chroma_is_called_one(opened: Open, notes: Path, workspace: Workspace) -> None:
    index = opened(vectors="chroma")
    index.ingest([notes])
    index.close()
    done = mounted(READ_ONLY, workspace.root, sys.executable, "-c", FILL, str(workspace.root))
    assert done.stdout.startswith("WorkspaceError cannot write"), done.stdout + done.stderr
    assert str(workspace.vectors) in done.stdout


@pytest.mark.slow
def test_an_ingest_that_met_a_full_disk_ends_like_an_undisturbed_one(tmp_path: Path) -> None:
    """The disk is made larger by hand, as a user frees space, and the same command run again."""
    notes = tmp_path / "notes"
    notes.mkdir()
    for number in range(40):
        sections = "".join(f"## Part {part}\n\nNote {number} tells of {number * 31 + part}.\n\n" for part in range(40))
        (notes / f"note{number}.md").write_text(f"# Note {number}\n\n{sections}")
    with open_index(Workspace(tmp_path / "free"), IndexSettings()) as index:
        index.ingest([notes])
        expected = "".join(sorted(chunk.id for chunk in index.chunks()))
    full = tmp_path / "full"
    full.mkdir()
    script = """
    python=$1 notes=$2 full=$3
    $python -m ragft.cli.main ingest $notes --workspace $full/w
    echo "first $?"
    mount -o remount,size=500m $full
    $python -m ragft.cli.main ingest $notes --workspace $full/w; echo "second $?"
    $python -m ragft.cli.main index check --workspace $full/w; echo "check $?"
    """ + (
        '$python -c "import sys; from pathlib import Path; from ragft.index.catalogue.catalogue import Catalogue; '
        "print('ids', ''.join(sorted(c.id for c in Catalogue.open(Path(sys.argv[1])).chunks())))\" "
        "$full/w/catalogue.sqlite3"
    )
    mount = 'mount -t tmpfs -o size=3m none "$1"'
    done = mounted(mount, full, "sh", "-c", script, "sh", sys.executable, str(notes), str(full))
    assert "first 7" in done.stdout, done.stdout + done.stderr
    assert "no space left" in done.stderr
    assert "second 0" in done.stdout, done.stdout + done.stderr
    assert "check 0" in done.stdout, done.stdout + done.stderr
    assert f"ids {expected}\n" in done.stdout
