"""What the platforms do not share: names, cores, what the user's home is."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import unicodedata
from pathlib import Path
from urllib.parse import unquote

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft import machine


def test_cores_are_those_the_process_is_bound_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil.Process, "cpu_affinity", lambda _: [3])
    assert machine.cores() == 1


def test_all_cores_where_the_system_binds_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(psutil.Process, "cpu_affinity")  # macOS
    monkeypatch.setattr("os.cpu_count", lambda: 7)
    assert machine.cores() == 7


def test_some_core_where_the_system_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_: psutil.Process) -> list[int]:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil.Process, "cpu_affinity", denied)
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert machine.cores() == 1


@pytest.mark.parametrize("name", ["papers", "Papers-2.1", "context", "console", "com", "com10", "a.con", "论文"])
def test_names_for_every_platform(name: str) -> None:
    assert machine.is_portable(name)


@pytest.mark.parametrize(
    "name",
    ["con", "NUL", "nul.txt", "Aux.tar.gz", "com1", "con .x", "a.", "a ", "a:b", "a/b", "a\\b", "a\nb", "\udcff", ""],
)
def test_names_that_some_platform_refuses(name: str) -> None:
    assert not machine.is_portable(name)


@given(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=30) | st.sampled_from(["con", "nul.q8", "a.", "x/y:z"])
)
def test_a_name_comes_back_from_its_file_name(name: str) -> None:
    file = machine.file_name(name)
    assert unquote(file) == name
    assert machine.is_portable(file[:100]) or len(file) > 100


def test_names_that_differ_only_in_case_are_distinguished(tmp_path: Path) -> None:
    (tmp_path / "Papers").mkdir()
    assert machine.differs_in_case("papers", tmp_path) == "Papers"
    assert machine.differs_in_case("Papers", tmp_path) == ""
    assert machine.differs_in_case("paper", tmp_path) == ""
    assert machine.differs_in_case("papers", tmp_path / "none") == ""


@pytest.mark.parametrize("name", ["한글 논문.txt", "Müller.txt", "résumé.txt", "Ångström.txt", "が.txt", "m².txt"])
def test_forms_of_a_name_are_the_same(name: str) -> None:
    nfc, nfd = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    assert machine.same_name(nfc, nfd)
    assert machine.same_name(name.upper(), name)
    assert not machine.same_name(name, f"x{name}")


@pytest.mark.parametrize(("given", "on_disk"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_names_in_two_unicode_forms_are_one_and_are_distinguished_by_case(
    given: str, on_disk: str, tmp_path: Path
) -> None:
    there = unicodedata.normalize(on_disk, "Müller")
    (tmp_path / there).mkdir()
    assert machine.differs_in_case(unicodedata.normalize(given, "müller"), tmp_path) == there
    assert machine.differs_in_case(unicodedata.normalize(given, "Müller"), tmp_path) == ""


def test_the_home_of_nobody_is_left_as_it_is() -> None:
    assert machine.expand(Path("~no-such-user/x")) == Path("~no-such-user/x")
    assert machine.expand(Path("~/x")) == Path.home() / "x"


def test_a_reader_that_went_away_is_known_on_windows_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.reader_is_gone(BrokenPipeError())
    assert not machine.reader_is_gone(OSError(errno.EINVAL, "Invalid argument"))
    monkeypatch.setattr(machine, "WINDOWS", True)
    assert machine.reader_is_gone(OSError(errno.EINVAL, "Invalid argument"))
    assert not machine.reader_is_gone(OSError(errno.EINVAL, "Invalid argument", "a:b"))


@pytest.mark.parametrize(
    ("chosen", "then"),
    [
        ({}, {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "1000"}),
        ({"OMP_WAIT_POLICY": "active"}, {"OMP_WAIT_POLICY": "active"}),
        ({"OMP_WAIT_POLICY": "passive"}, {"OMP_WAIT_POLICY": "passive"}),
        ({"GOMP_SPINCOUNT": "7"}, {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "7"}),
    ],
)
def test_threads_spin_briefly_unless_the_user_decides(
    chosen: dict[str, str], then: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = dict(chosen)
    monkeypatch.setattr(os, "environ", environment)
    machine.calm_threads()
    assert environment == then


@pytest.mark.parametrize("inherited", ["", "mine"])
def test_another_python_imports_this_ragft_first(inherited: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", inherited)
    source = str(Path(machine.__file__).parents[1])
    found = machine.python_environment()
    assert found["PYTHONPATH"].split(os.pathsep) == [source, *([inherited] if inherited else [])]
    assert found.keys() == os.environ.keys()


def test_rights_are_given_in_the_words_of_the_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a note.txt"
    path.write_text("text")
    path.chmod(0)
    subprocess.run(["/bin/sh", "-c", machine.grant(path, "rX")], check=True)
    assert path.stat().st_mode & 0o777 == 0o400
    monkeypatch.setattr(machine, "WINDOWS", True)
    assert machine.grant(path, "rX") == "allow yourself to read it: its Properties, Security"
    assert "read and write" in machine.grant(path, "rwx")


def test_more_files_are_more_than_now(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    for soft, hard, shown in [(1024, 4096, 4096), (1024, resource.RLIM_INFINITY, 4096), (2048, 5000, 5000)]:
        monkeypatch.setattr(resource, "getrlimit", lambda _, found=(soft, hard): found)
        assert re.findall(r"ulimit -n (\d+)", machine.more_files()) == [str(shown)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 1024))
    assert "administrator" in machine.more_files()
    monkeypatch.setattr(machine, "WINDOWS", True)
    assert "ulimit" not in machine.more_files()


def test_an_empty_input_is_given_in_the_words_of_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.without_input("ragft ask Q") == "ragft ask Q < /dev/null"
    monkeypatch.setattr(machine, "WINDOWS", True)
    assert machine.without_input("ragft ask Q") == "ragft ask Q < NUL (in PowerShell: $null | ragft ask Q)"
