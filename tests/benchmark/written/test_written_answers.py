"""Reading written answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragft.answer.base import Turn
from ragft.benchmark.retrieval.natural_questions import NaturalQuestion
from ragft.benchmark.written.written_answers import load_written
from ragft.errors import DatasetError

GPU = NaturalQuestion.model_validate(
    {"id": "gpu", "question": "Which GPU?", "kind": "number_text", "answer": "One with 48 GB."}
    | {"documents": ({"title": "qlora.pdf", "evidence": (("48 GB",),)},)}
)
BITS = GPU.model_copy(update={"id": "bits", "kind": "follow_up", "question": "And bits?", "follow_up_of": "gpu"})
QUESTIONS = {"gpu": GPU, "bits": BITS}
WRONG = {"id": "w", "of": "r", "answer": "24 GB.", "kind": "number", "why": "48 GB"}


def written(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_wrong_answer_knows_its_right_one_and_the_question(tmp_path: Path) -> None:
    first = written(tmp_path / "a.jsonl", {"id": "r", "question": "gpu", "answer": "48 GB [?].", "evidence": [["GPU"]]})
    right, wrong = load_written([first, written(tmp_path / "b.jsonl", WRONG)], QUESTIONS)
    assert (right.question, right.answer, right.change, right.evidence) == (GPU, "48 GB [?].", None, (("GPU",),))
    assert (wrong.question, wrong.answer, wrong.right, wrong.change) == (GPU, "24 GB.", "48 GB [?].", "number")


def test_an_answer_left_out_is_that_of_the_question_and_a_follow_up_has_its_history(tmp_path: Path) -> None:
    (found,) = load_written([written(tmp_path / "a.jsonl", {"id": "r", "question": "bits"})], QUESTIONS)
    assert found.answer == "One with 48 GB."
    assert found.history == (Turn("Which GPU?", "One with 48 GB."),)


def test_a_refusal_knows_its_question(tmp_path: Path) -> None:
    row = {"id": "n", "declines": "bits", "answer": "The sources do not say."}
    (found,) = load_written([written(tmp_path / "a.jsonl", row)], QUESTIONS)
    assert (found.question, found.declined, found.change, found.right) == (BITS, True, None, "One with 48 GB.")
    assert len(found.history) == 1


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"id": "r", "question": "cpu"}], "line 1: no question has the id 'cpu'"),
        ([{"id": "r", "question": "gpu"}, {"id": "r", "question": "gpu"}], "line 2: the id 'r' is taken"),
        ([WRONG], "line 1: 'r' is the id of no right answer above it"),
        ([{"id": "r", "question": "gpu"}, {**WRONG, "id": "v"}, {**WRONG, "of": "v"}], "line 3: 'v' is the id of no"),
        ([{"id": "r", "declines": "gpu", "answer": "No."}, WRONG], "line 2: 'r' is the id of no right answer"),
        ([{"id": "r", "declines": "cpu", "answer": "No."}], "line 1: no question has the id 'cpu'"),
        ([{"id": "r", "question": "gpu"}, {**WRONG, "kind": "typo"}], "line 2: kind"),
        ([{"id": "r", "question": "gpu", "answr": "48 GB"}], "line 1: answr"),
    ],
)
def test_a_line_that_is_no_answer_is_named(tmp_path: Path, rows: list[object], says: str) -> None:
    with pytest.raises(DatasetError, match=says):
        load_written([written(tmp_path / "a.jsonl", *rows)], QUESTIONS)
