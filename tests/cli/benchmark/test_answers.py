"""`ragft benchmark answers`: written answers over a real index."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from ragft.cli.main import app
from ragft.workspace import Workspace
from tests.cli.benchmark.conftest import SPOON

QUESTIONS = [
    {
        "id": "gpu",
        "question": "How much GPU memory does QLoRA need for a 65B model?",
        "kind": "number_text",
        "documents": [{"title": "QLoRA", "evidence": [["65B", "48 GB"]]}],
        "answer": "48 GB.",
    },
    SPOON,
]
RIGHT = "QLoRA needs a GPU with 48 GB of memory for a 65B model [?]."
ANSWERS = [
    {"id": "gpu", "question": "gpu", "answer": RIGHT},
    {"id": "spoon", "question": "spoon"},
    {
        "id": "gpu-1",
        "of": "gpu",
        "answer": RIGHT.replace("48", "24"),
        "kind": "number",
        "why": "48 GB",
    },
]


def run(place: Workspace, *arguments: str) -> Result:
    folder = place.root.parent
    for name, rows in (("q", QUESTIONS), ("a", ANSWERS)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    given = ["--played", str(folder / "a.jsonl"), "--questions", str(folder / "q.jsonl"), "-w", str(place.root)]
    return CliRunner().invoke(app, ["benchmark", "answers", *given, *arguments])


@pytest.mark.parametrize("evidence", ["retrieved", "wanted"])
def test_json_has_the_shares_and_what_became_of_each_answer(place: Workspace, evidence: str) -> None:
    result = run(place, "--json", "--evidence", evidence)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [(row["id"], row["change"]) for row in found["rows"]] == [("gpu", None), ("gpu-1", "number")]
    assert found["rows"][0]["outcome"] == "reached"
    assert (found["right"]["reached"]["count"], found["right"]["reached"]["total"]) == (1, 1)
    assert found["wrong"]["stopped"]["count"] == 1
    assert found["named_shown"]["count"] == 0
    assert (found["given"], found["skipped"], found["missing"]) == (evidence, 1, ["Spoons"])


def test_the_tables_have_a_line_a_kind_and_the_named_wrong_ones(place: Workspace) -> None:
    result = run(place)
    assert result.exit_code == 0, result.output
    words = [line.split() for line in result.stdout.splitlines() if line.strip()]
    assert ["number_text", "1", "100"] in [line[:3] for line in words]
    assert ["number", "1", "100"] in [line[:3] for line in words]
    assert "0 of 1 with a wrong number or name were shown as supported" in result.stdout
    assert "1 answers are left out" in result.output


def test_another_kind_of_evidence_is_no_choice(place: Workspace) -> None:
    result = run(place, "--evidence", "given")
    assert result.exit_code == 2
    assert "'given' is neither retrieved nor wanted" in result.output
