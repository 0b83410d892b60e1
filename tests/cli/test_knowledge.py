"""`ragft knowledge graph` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ragft.cli.main import app
from ragft.data import shipped


def graph(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["knowledge", "graph", *arguments])


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGFT_WORKSPACE", str(tmp_path / "ws"))


COMPANY = str(shipped("tasks/company.jsonl"))


def test_each_entity_is_shown_with_what_is_said_of_it_and_where_that_leads() -> None:
    done = graph(COMPANY)
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "Mirandel" and "  founder: → Ilse Marn" in lines and "  founding year: 2011" in lines


def test_a_question_over_two_facts_is_shown_both() -> None:
    done = graph(COMPANY, "--find", "What is the birthplace of the founder of Mirandel?", "--format", "json")
    texts = [triple["text"] for triple in json.loads(done.stdout)["triples"]]
    assert texts[:2] == ["Mirandel was founded by Ilse Marn.", "Ilse Marn was born in Tolvik."]


def test_a_question_that_finds_nothing_is_said() -> None:
    done = graph(COMPANY, "--find", "Who is Nobody?")
    assert done.exit_code == 0 and not done.stdout.strip()
    assert "names no entity" in done.stderr


def test_it_is_written_to_a_file(tmp_path: Path) -> None:
    target = tmp_path / "company.mmd"
    done = graph(COMPANY, "--format", "mermaid", "-o", str(target))
    assert done.exit_code == 0 and str(target) in done.stderr.replace("\n", "")
    assert target.read_text(encoding="utf-8").startswith("graph LR\n")


def test_a_statement_that_it_does_not_understand_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_text('{"text": "The river of Nordhollow is the Wend."}\n{"text": "Business went well."}\n')
    done = graph(str(path))
    assert done.stdout == "Nordhollow\n  river: the Wend\n"
    assert "1 of 2 facts have no known parts" in done.stderr.replace("\n", " ")


@pytest.mark.parametrize(
    ("text", "arguments", "code", "said"),
    [
        ("", (), 3, "is empty"),
        ('{"text": "Business went well."}', (), 3, "parts of no fact"),
        ('{"text": "The motto of A is B."}', ("--format", "svg"), 2, "no form 'svg'"),
    ],
)
def test_what_cannot_be_shown_is_said(
    tmp_path: Path, text: str, arguments: tuple[str, ...], code: int, said: str
) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_text(text, encoding="utf-8")
    done = graph(str(path), *arguments)
    assert said in done.stderr.replace("\n", " ") and done.exit_code == code


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    done = graph(str(tmp_path / "gone.jsonl"))
    assert done.exit_code == 4 and "gone.jsonl" in done.stderr.replace("\n", "")
