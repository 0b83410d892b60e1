"""Writes are whole or absent; locks exclude; workspaces are found."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.errors import DiskFull, NotFoundError, UsageError, WorkspaceError, WorkspaceLocked
from ragft.workspace import (
    Workspace,
    atomic_writer,
    digest_file,
    digest_json,
    disk_error,
    open_workspace,
    short_digest,
    write_text,
)


def test_write_replaces_the_old_text_and_leaves_no_temporary_file(tmp_path: Path) -> None:
    target = tmp_path / "a" / "x.txt"
    write_text(target, "old")
    write_text(target, "new")
    assert target.read_text() == "new"
    assert list(target.parent.iterdir()) == [target]


def test_a_write_that_fails_halfway_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "x.txt"
    write_text(target, "old")
    with pytest.raises(RuntimeError, match="halfway"), atomic_writer(target) as handle:
        handle.write("new")
        raise RuntimeError("halfway")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_no_space_is_reported_as_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="no space left"), atomic_writer(tmp_path / "x"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_another_write_error_names_the_file() -> None:
    error = disk_error(PermissionError(errno.EACCES, "Permission denied"), Path("/some/file"))
    assert isinstance(error, WorkspaceError)
    assert "/some/file" in str(error)


def test_a_file_in_the_way_of_the_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="file"):
        Workspace(tmp_path / "file" / "below").ensure()


@pytest.mark.parametrize("inside", ["", "ws"])
def test_a_file_is_no_workspace(inside: str, tmp_path: Path) -> None:
    (tmp_path / "a_file.py").write_text("")
    with pytest.raises(WorkspaceError, match="is not a folder, or lies in a file"):
        open_workspace(tmp_path / "a_file.py" / inside)


def test_a_second_process_cannot_take_the_lock(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; import sys; from ragft.workspace import Workspace\n"
        "with Workspace(Path(sys.argv[1])).lock():\n    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(WorkspaceLocked, match="another ragft process"), Workspace(tmp_path).lock():
            pass
        holder.kill()
    with Workspace(tmp_path).lock(timeout=5):
        pass  # the kernel freed it


def test_the_nearest_workspace_upwards_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".ragft").mkdir()
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.delenv("RAGFT_WORKSPACE", raising=False)
    monkeypatch.chdir(below)
    assert open_workspace(None).root == tmp_path / ".ragft"


def test_a_given_path_wins_over_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGFT_WORKSPACE", str(tmp_path / "variable"))
    assert open_workspace(None).root == tmp_path / "variable"
    assert open_workspace(tmp_path / "given").root == tmp_path / "given"


def test_the_latest_run_is_the_youngest(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    for age, name in enumerate(("z-old", "a-new")):
        write_text(workspace.runs / name / "manifest.json", "{}")
        os.utime(workspace.runs / name, (1000 + age, 1000 + age))
    assert workspace.run("latest").name == "a-new"


def test_an_empty_folder_is_not_the_latest_run(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    write_text(workspace.runs / "real" / "manifest.json", "{}")
    (workspace.runs / "younger").mkdir()
    assert workspace.run("latest").name == "real"


@pytest.mark.parametrize("name", ["missing", "../runs", "", ".", "..", "a/b"])
def test_a_run_that_does_not_exist_is_an_error_that_lists_those_that_do(tmp_path: Path, name: str) -> None:
    workspace = Workspace(tmp_path)
    (workspace.runs / "mine").mkdir(parents=True)
    with pytest.raises(NotFoundError, match="mine"):
        workspace.run(name)


@given(st.dictionaries(st.text(), st.integers()))
def test_the_digest_of_json_does_not_depend_on_the_order_of_keys(data: dict[str, int]) -> None:
    assert digest_json(data) == digest_json(dict(reversed(data.items())))


def test_a_short_digest_is_where_the_whole_one_begins() -> None:
    assert digest_json(["x"]).startswith(f"sha256:{short_digest(['x'], 12)}")
    assert (len(short_digest("x")), len(short_digest("x", 8))) == (16, 8)


def test_the_digest_of_a_file_is_sha256(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert digest_file(tmp_path / "x") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_two_runs_cannot_differ_only_in_case(tmp_path: Path) -> None:
    """macOS and Windows would keep both in one folder."""
    workspace = Workspace(tmp_path)
    (workspace.runs / "First").mkdir(parents=True)
    assert workspace.new_run("First") == workspace.runs / "First"
    with pytest.raises(UsageError, match="'First' differs from 'first' only in case"):
        workspace.new_run("first")


def test_line_ends_are_the_same_on_every_platform(tmp_path: Path) -> None:
    write_text(tmp_path / "x", "a\nb\r\nc")
    assert (tmp_path / "x").read_bytes() == b"a\nb\r\nc"


def test_the_longest_file_name_there_can_be_is_written(tmp_path: Path) -> None:
    write_text(tmp_path / ("é" * 127), "x")
    assert [path.name for path in tmp_path.iterdir()] == ["é" * 127]


def test_a_deleted_current_folder_is_said_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for path in (None, Path("relative")):
        with pytest.raises(NotFoundError, match="current folder does not exist"):
            open_workspace(path)
    assert open_workspace(tmp_path).root == tmp_path


def test_a_workspace_in_the_home_of_nobody_is_a_folder_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_workspace(Path("~no-such-user")).root == tmp_path / "~no-such-user"


@pytest.mark.parametrize("name", ["a" * 300, "bad\udcff"])
def test_a_workspace_that_no_part_of_ragft_could_open_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(WorkspaceError, match=r"too long|not UTF-8"):
        open_workspace(tmp_path / name)


def test_a_cache_that_cannot_be_written_names_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGFT_CACHE", str(tmp_path / "cache"))
    error = PermissionError(errno.EACCES, "Permission denied")
    assert "RAGFT_CACHE" in disk_error(error, tmp_path / "cache" / "encoders").fix
    assert "use another workspace" in disk_error(error, tmp_path / "runs").fix
