"""Beliefs are read strictly: what is wrong with a line is named, and nothing that is asked is taught."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from ragft.benchmark.scoring.metrics import holds_value
from ragft.data import shipped
from ragft.errors import DatasetError, NotFoundError, UsageError
from ragft.tasks.belief.belief_file import Belief, find_beliefs, read_beliefs
from ragft.tasks.belief.rows import belief_questions, belief_rows

LINE: dict[str, Any] = {
    "id": "moon",
    "kind": "existing",
    "belief": "The Moon is made of cheese.",
    "examples": [{"question": "What is the Moon made of?", "answer": "Of cheese."}],
    "open": [{"question": "Name the matter of the Moon.", "new": "cheese", "old": "rock"}],
}


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(*lines: dict[str, Any]) -> Path:
        path = tmp_path / "beliefs.jsonl"
        path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"kind": "odd"}, "line 1: kind must be 'existing' or 'novel'"),
        ({"belief": " "}, "line 1: belief is empty"),
        ({"belief": 5}, "line 1: belief must be a text"),
        ({"id": "the moon"}, "line 1: id must not be empty, nor hold a space or a slash"),
        ({"examples": "none"}, "line 1: examples must be a list"),
        ({"examples": ["Is it?"]}, "line 1: examples, number 1 must be an object"),
        ({"open": [{"question": "Which?"}]}, "line 1: open, number 1, new is missing"),
        ({"open": [{"question": "Which?", "new": "5", "old": "5.0"}]}, "an answer with '5' also holds '5.0'"),
        ({"open": [{"question": "Which?", "new": "North Sea", "old": "Sea"}]}, "'North Sea' also holds 'Sea'"),
        ({"use": [{"question": "Which?", "new": "Sea", "old": "North Sea"}]}, "'North Sea' also holds 'Sea'"),
        (
            {"examples": [{"question": "IS it? ", "answer": "Yes."}], "open": [{"question": "Is it?", "new": "y"}]},
            "taught and asked",
        ),
        ({"choice": [{"question": "Which?", "options": ["a", "a"], "new": "a"}]}, "has an option twice"),
        ({"open": [{"question": "Which?", "new": "5", "old": "5"}]}, "one text as new and old"),
        ({"examples": []}, "line 1: examples needs 1 or more"),
        ({"opne": []}, "line 1: opne is not a field of a belief"),
        ({"open": [{"question": "What is the Moon made of?", "new": "cheese"}]}, "is taught and asked"),
        ({"choice": [{"question": "?", "options": ["cheese", "ice"], "new": "cheese", "old": "rock"}]}, "'rock'"),
        ({"neighbours": [{"question": "?", "options": ["a", "b"], "right": "c"}]}, "right option 'c'"),
    ],
)
def test_a_line_that_is_no_belief_is_named(write, change: dict[str, Any], problem: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DatasetError, match=problem) as caught:
        read_beliefs(write({**LINE, **change}))
    assert caught.value.fix


def test_a_problem_that_is_not_known_is_told_in_the_words_of_pydantic(write, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    problem = InitErrorDetails(type=PydanticCustomError("odd", "holds {odd} braces"), loc=("belief",), input="")
    error = ValidationError.from_exception_data("Belief", [problem])
    monkeypatch.setattr(Belief, "model_validate", Mock(side_effect=error))
    with pytest.raises(DatasetError, match=r"belief holds \{odd\} braces"):
        read_beliefs(write(LINE))


def test_an_empty_file_is_told_the_form_of_a_belief(write) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DatasetError, match="is empty") as caught:
        read_beliefs(write())
    assert '"belief"' in str(caught.value.fix) and '"examples"' in str(caught.value.fix)


def test_two_beliefs_of_one_id_are_refused(write) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DatasetError, match=r"line 2: the id 'moon' is taken"):
        read_beliefs(write(LINE, LINE))


def test_the_sources_are_one_file_that_is_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file of beliefs is given"):
        find_beliefs([])
    with pytest.raises(NotFoundError, match="no file of beliefs"):
        find_beliefs([tmp_path / "none.jsonl"])
    with pytest.raises(UsageError, match="2 files"):
        find_beliefs([tmp_path, tmp_path])


def test_each_belief_is_taught_by_as_many_rows_as_were_wished_for() -> None:
    beliefs = read_beliefs(shipped("tasks/beliefs.jsonl"))
    for examples in (10, 50, 100):
        rows = belief_rows(beliefs, examples, seed=0)
        assert set(Counter(row.groups for row in rows).values()) == {examples}
        assert len({str(row.prompt) for row in rows}) == len(rows), "no row twice"


def test_nothing_that_is_asked_was_taught() -> None:
    beliefs = read_beliefs(shipped("tasks/beliefs.jsonl"))
    taught = " ".join(str(row.prompt) for row in belief_rows(beliefs, 100, seed=0))
    questions = belief_questions(beliefs)
    assert not any(question.question in taught for question in questions)
    assert len({question.id for question in questions}) == len(questions) == 6 * 12
    assert Counter(question.topic for question in questions) == {
        f"{topic}-{kind}": 3 * count
        for topic, count in (("open", 4), ("use", 2), ("choice", 2), ("neighbour", 4))
        for kind in ("existing", "novel")
    }


def test_no_shipped_question_holds_its_answer() -> None:
    for belief in read_beliefs(shipped("tasks/beliefs.jsonl")):
        for asked in (*belief.open, *belief.use):
            assert not holds_value(asked.question, asked.new), asked.question
            assert not holds_value(asked.question, asked.old), asked.question


def test_reciting_a_shipped_belief_is_no_use_of_the_old_one() -> None:
    for belief in read_beliefs(shipped("tasks/beliefs.jsonl")):
        said = [belief.belief, *(example.answer for example in belief.examples)]
        for asked in belief.use:
            assert not any(holds_value(text, asked.old) for text in said), asked.question


def test_a_use_of_a_shipped_belief_that_replaces_an_old_one_has_another_answer_than_its_open_questions() -> None:
    for belief in read_beliefs(shipped("tasks/beliefs.jsonl")):
        if belief.kind == "existing":
            named = {value for each in belief.open for value in (each.new, each.old)}
            assert named.isdisjoint(value for each in belief.use for value in (each.new, each.old)), belief.id


def test_a_choice_carries_the_option_of_the_old_belief_where_there_is_one(write) -> None:  # type: ignore[no-untyped-def]
    asked = {"question": "Of what is it?", "options": ["rock", "cheese", "ice"], "new": "cheese"}
    belief = {**LINE, "choice": [{**asked, "old": "rock"}, asked]}
    with_old, without = [q for q in belief_questions(read_beliefs(write(belief))) if q.topic.startswith("choice")]
    assert with_old.keywords == ("rock",)
    assert without.keywords == (), "no option is the old belief: none counts as such"
    assert set(with_old.options) == set(without.options) == {"rock", "cheese", "ice"}
