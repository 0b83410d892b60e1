"""Rows from elsewhere may not ask what the model is judged by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragft.dataset.base import Row
from ragft.dataset.evaluation_questions import evaluation_answers, evaluation_questions, overlap_finder
from ragft.dataset.inspect import validate
from ragft.dataset.row_formats import import_rows
from ragft.dataset.store import TRAIN, row_to_dict, write_rows

KNOWN = ["How many heads has the model?", "¿Qué?", "何ですか"]


def row(prompt: str, role: str = "user") -> Row:
    return Row(({"role": role, "content": prompt},), ({"role": "assistant", "content": "Nine."},), "grounded")


@pytest.mark.parametrize(
    "prompt", ["How many heads has the model?", "[1] Nine.\n\nQuestion: how many  HEADS has the model", "何ですか"]
)
def test_a_question_is_found_whatever_surrounds_it(prompt: str) -> None:
    assert overlap_finder(KNOWN)(row(prompt)) in KNOWN


@pytest.mark.parametrize("prompt", ["How many heads has the models' father?", "Quéeste", "何", "!?"])
def test_another_question_is_none(prompt: str) -> None:
    assert overlap_finder(KNOWN)(row(prompt)) is None


def test_an_import_that_asks_one_has_its_line_named_and_is_not_among_the_rows(tmp_path: Path) -> None:
    rows = [row("What is new?"), row(evaluation_questions()[0])]
    (tmp_path / "mine.jsonl").write_text("\n".join(json.dumps(row_to_dict(r)) for r in rows))
    good, (problem,) = import_rows(tmp_path / "mine.jsonl", evaluation_questions())
    assert good == rows[:1]
    assert str(problem).startswith("mine.jsonl, line 2: asks what the model will be judged by: ")
    assert len(import_rows(tmp_path / "mine.jsonl")[0]) == 2


def test_a_set_that_asks_one_does_not_validate(tmp_path: Path) -> None:
    write_rows(tmp_path / TRAIN, [row("What is new?"), row(KNOWN[0])])
    assert validate(tmp_path) == []
    (problem,) = validate(tmp_path, KNOWN)
    assert (problem.line, problem.file) == (2, TRAIN)


def test_references_are_taken_from_the_shipped_files_and_from_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text('{"question": "Why?", "reference": "Because."}\n{"question": "How?"}\n', encoding="utf-8")
    shipped, both = evaluation_answers(), evaluation_answers([own])
    assert len(shipped) == 76
    assert both == [*shipped, "Because."]
