"""The command as a whole: help, version, errors in one line with their exit code, nothing heavy at start."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ragft.cli.main import app
from ragft.cli.verbs import Verbs
from ragft.corpus.base import Chunk
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.catalogue.records import DocumentRow

HEAVY = ("torch", "transformers", "chromadb", "pydantic", "numpy", "onnxruntime", "sentence_transformers", "xllamacpp")


def _ragft(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ragft.cli.main", *arguments], capture_output=True, text=True, cwd=cwd, check=False
    )


def test_help_lists_every_verb() -> None:
    out = _ragft("--help").stdout
    for verb in Verbs():
        assert f"  {verb} " in out, verb


def test_help_lists_the_verbs_in_their_order() -> None:
    lines = CliRunner().invoke(app, ["--help"]).output.splitlines()
    shown = [line.split()[0] for line in lines if line.startswith("  ")]
    assert [name for name in shown if name in Verbs()] == list(Verbs())


def test_a_verb_is_imported_when_it_is_asked_for() -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom ragft.cli.main import app\n"
        "CliRunner().invoke(app, ['search', '--help'])\n"
        "print([name for name in ('search', 'ask', 'models') if f'ragft.cli.{name}' in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out == "['search']\n"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nsys.argv = ['ragft', '--help']\nfrom ragft.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('LOADED', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.splitlines()[-1] == "LOADED []"


@pytest.mark.parametrize("verb", Verbs())
def test_the_help_of_every_verb_has_an_example(verb: str) -> None:
    done = CliRunner().invoke(app, [verb, "--help"], prog_name="ragft")
    assert done.exit_code == 0
    assert "Example" in done.stdout
    assert f"ragft {verb}" in done.stdout


def test_an_error_is_one_line_and_its_exit_code(tmp_path: Path) -> None:
    done = _ragft("export", "--run", "missing", "-w", str(tmp_path))
    assert done.returncode == 4
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("error: no run 'missing'")
    assert "→ ragft build-model" in done.stderr


def test_with_json_the_error_is_a_document_too(tmp_path: Path) -> None:
    done = _ragft("export", "--run", "missing", "-w", str(tmp_path), "--json")
    assert done.returncode == 4
    error = json.loads(done.stdout)["error"]
    assert (error["type"], error["code"]) == ("NotFoundError", "not_found")
    assert error["fix"] == "ragft build-model"


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = _ragft("--debug", "export", "--run", "missing", "-w", str(tmp_path))
    assert "Traceback" in done.stderr


@pytest.mark.parametrize("name", ["index.lock", "vectors.f32"])
def test_what_the_system_refuses_is_one_line_too(tmp_path: Path, name: str) -> None:
    (tmp_path / "w" / name).mkdir(parents=True)
    (tmp_path / "note.txt").write_text("The moon pulls the oceans, and the water rises.")
    done = _ragft("ingest", str(tmp_path / "note.txt"), "--workspace", str(tmp_path / "w"))
    assert done.returncode == 7
    assert "Traceback" not in done.stderr
    assert name in done.stderr.splitlines()[-1]
    debug = _ragft("--debug", "ingest", str(tmp_path / "note.txt"), "--workspace", str(tmp_path / "w"))
    assert "Traceback" in debug.stderr


def test_a_limit_of_the_system_is_one_line_too(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("The moon pulls the oceans, and the water rises.")
    command = f"ulimit -n 12; exec {shlex.quote(sys.executable)} -m ragft.cli.main ingest note.txt"
    done = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode in {3, 6, 7}  # whichever part meets the limit first
    assert "Traceback" not in done.stderr


def test_an_unknown_verb_is_a_usage_error() -> None:
    done = _ragft("ingset")
    assert done.returncode == 2
    assert "ingset" in done.stderr


def test_a_broken_settings_file_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[engine]\nnaem = 1\n")
    done = _ragft("export", "-w", str(tmp_path))
    assert done.returncode == 2
    assert "engine.naem" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("search", "--help"),
        ("documents", "--json"),
        ("documents",),
        ("search", "moon", "--mode", "lexical"),
        ("search", "moon", "--mode", "lexical", "--json"),
        ("index", "check", "--json"),
        ("export", "--run", "missing", "--json"),
    ],
)
def test_a_reader_that_goes_away_is_no_error(
    tmp_path_factory: pytest.TempPathFactory, arguments: tuple[str, ...]
) -> None:
    """As in `ragft … | head -1`, with a reader that is gone before the first line."""
    place = tmp_path_factory.getbasetemp() / "reader-gone"
    (place / ".ragft").mkdir(parents=True, exist_ok=True)
    with closing(Catalogue.open(place / ".ragft" / "catalogue.sqlite3")) as catalogue:
        if not catalogue.has_document("d1"):
            chunk = Chunk("c1", "d1", 0, "The moon pulls the oceans.", "Tides", "", (1, 1))
            with catalogue.transaction():
                catalogue.add_document(DocumentRow("d1", "Tides", (), 2024, None, 1), [chunk])
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(
        [sys.executable, "-m", "ragft.cli.main", *arguments],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        cwd=place,
    )
    os.close(writer)
    said = process.communicate()[1]
    assert "BrokenPipe" not in said
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert process.returncode != 0
