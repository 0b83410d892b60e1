"""`ragft benchmark retrieval --questions`: a real index, a scripted engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ragft.cli.main import app
from ragft.workspace import Workspace
from tests.cli.benchmark.conftest import SPOON

ROWS = [
    {
        "id": "gpu",
        "question": "how much gpu memory for 65B",
        "kind": "number_text",
        "style": "telegraph",
        "documents": [{"title": "QLoRA", "evidence": [["48 GB"]]}],
        "answer": "48 GB.",
    },
    {
        "id": "moon",
        "question": "When do spring tides come?",
        "kind": "definition",
        "documents": [{"title": "Tides", "evidence": [["full", "new moon"]]}],
        "answer": "At full and new moon.",
    },
    SPOON,
]


def run(place: Workspace, *arguments: str) -> Result:
    questions = place.root.parent / "q.jsonl"
    questions.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    given = ["--questions", str(questions), "-w", str(place.root)]
    return CliRunner().invoke(app, ["benchmark", "retrieval", *given, *arguments])


def test_json_has_the_shares_the_ranks_and_what_is_missing(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "script.json").write_text(json.dumps({"models": ["small"]}))
    monkeypatch.setenv("RAGFT_SCRIPT", str(tmp_path / "script.json"))
    result = run(place, "--json", "--evidence", "300", "--engine", "scripted", "--model", "small")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["all"]["evidence_at"]["8"] == 1
    assert found["all"]["in_prompt"] == 1
    assert [(one["id"], one["evidence"]) for one in found["placed"]] == [("gpu", 1), ("moon", 1)]
    assert (found["skipped"], found["missing"], found["evidence_tokens"]) == (1, ["Spoons"], 300)


def test_the_table_has_a_line_a_kind_and_a_style(place: Workspace, capfd: pytest.CaptureFixture[str]) -> None:
    result = run(place, "--mode", "lexical")
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines() if line.strip()]
    assert lines[0] == ["n", "ev@1", "ev@3", "ev@8", "ev@20", "page@8", "doc@8", "MRR", "index"]
    assert [line[:2] for line in lines[1:]] == [
        ["all", "2"], ["definition", "1"], ["number_text", "1"], ["plain", "1"], ["telegraph", "1"],
    ]  # fmt: skip
    assert "Spoons" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--questions", "a", "--beir", "b"], "either --beir or --questions"),
        ([], "either --beir or --questions"),
        (["--beir", "b", "--evidence", "300"], "--evidence goes with --questions"),
    ],
)
def test_options_that_do_not_go_together_are_named(tmp_path: Path, arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(app, ["benchmark", "retrieval", *arguments, "-w", str(tmp_path / "w")])
    assert result.exit_code == 2
    assert says in result.output
