"""A terminal that cannot show a character gets another one, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ragft.index.index import open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace

C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ENCODINGS = [
    C_LOCALE,
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "cp437"},
    {"PYTHONIOENCODING": "cp1252"},
    {"PYTHONIOENCODING": "latin-1"},
    {"PYTHONIOENCODING": "shift_jis"},
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encodings")
    paper = folder / "paper.md"
    paper.write_text(
        "# Die Mühle – 水車\n\nThe mill’s wheel “turns” 12 times an hour — 每小时.\n\nx ≤ 5 holds.\n", "utf-8"
    )
    script = {"default": {"reply": "The mill’s wheel “turns” 12 times an hour — 每小时 [1]."}}
    (folder / "script.json").write_text(json.dumps(script))
    with open_index(Workspace(folder / "w"), IndexSettings()) as index:
        index.ingest([paper])
    return folder


def ragft(place: Path, environment: dict[str, str], *arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    scripted = {"RAGFT_ENGINE__NAME": "scripted", "RAGFT_SCRIPT": str(place / "script.json")}
    done = subprocess.run(
        [sys.executable, "-m", "ragft", *arguments, "-w", str(place / "w")],
        env={**os.environ, **scripted, **environment},
        input=stdin,
        capture_output=True,
        check=False,
    )
    encoding = environment.get("PYTHONIOENCODING", "ascii")
    return done.returncode, done.stdout.decode(encoding), done.stderr.decode("utf-8")


@pytest.mark.parametrize("environment", ENCODINGS, ids=lambda e: e.get("PYTHONIOENCODING", "C"))
def test_documents_and_their_json_in_any_encoding(place: Path, environment: dict[str, str]) -> None:
    code, out, err = ragft(place, environment, "documents")
    assert (code, err) == (0, "")
    assert "Die M" in out
    code, out, _ = ragft(place, environment, "documents", "--json")
    assert code == 0
    assert json.loads(out)["documents"][0]["title"] == "Die Mühle – 水車"


@pytest.mark.parametrize("environment", [C_LOCALE, {"PYTHONIOENCODING": "cp437"}], ids=["C", "cp437"])
def test_an_answer_is_shown_with_look_alikes(place: Path, environment: dict[str, str]) -> None:
    code, out, err = ragft(place, environment, "ask", "How many times does the mill’s wheel turn?")
    assert "Traceback" not in err
    assert code == 0
    assert out.startswith('The mill\'s wheel "turns" 12 times an hour - ??? [1].')


@pytest.mark.parametrize(
    "command",
    [
        ("documents",),
        ("search", "wheel"),
        ("search", "wheel", "--document", "≤ 5"),
        ("ask", "How many times does the mill’s wheel turn, x ≤ 5?"),
        ("ingest", "≤ 5.md"),
        ("dataset", "show", "≤ 5"),
        ("documents", "remove", "≤ 5"),
        ("index", "check"),
    ],
    ids=" ".join,
)
def test_no_command_ends_in_a_traceback_or_loses_a_comparison(place: Path, command: tuple[str, ...]) -> None:
    _, out, err = ragft(place, {"PYTHONIOENCODING": "cp1252"}, *command)
    assert "Traceback" not in err
    assert "≤" not in out + err
    assert "5" not in out + err or "<= 5" in out + err


@pytest.mark.parametrize("environment", [C_LOCALE, {"PYTHONIOENCODING": "cp1252"}], ids=["C", "cp1252"])
def test_a_question_from_a_pipe_is_utf8_whatever_the_locale(place: Path, environment: dict[str, str]) -> None:
    asked = "How many times does the wheel of 水車 turn, Müller?"
    code, out, _ = ragft(place, environment, "ask", "-", "--json", stdin=f"{asked}\n".encode())
    assert code == 0
    assert json.loads(out)["question"] == asked


def test_a_question_from_a_pipe_that_is_no_utf8_is_read_in_the_encoding_of_the_terminal(place: Path) -> None:
    asked = "How many times does the wheel turn, Müller?"
    _, out, _ = ragft(place, {"PYTHONIOENCODING": "cp1252"}, "ask", "-", "--json", stdin=asked.encode("cp1252"))
    assert json.loads(out)["question"] == asked


def test_a_question_on_the_command_line_of_a_c_locale_is_utf8(place: Path) -> None:
    asked = "How many times does the wheel of 水車 turn, Müller?"
    _, out, _ = ragft(place, C_LOCALE, "ask", asked, "--json")
    assert json.loads(out)["question"] == asked


def test_an_error_of_a_name_that_the_terminal_cannot_show_is_one_line(place: Path) -> None:
    code, out, err = ragft(place, C_LOCALE, "search", "水", "--document", "火山", "--json")
    assert code == 4
    assert "Traceback" not in err
    assert "error" in json.loads(out)
