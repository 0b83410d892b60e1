"""Facts of a file: statements with their parts, or plain ones whose form shows them."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.data import shipped
from ragft.errors import DatasetError, NotFoundError, RagftError, UsageError
from ragft.tasks.knowledge.stated_facts import find_facts, load_facts, parts_of, statement

FULL = {"entity": "Corvex", "attribute": "weight", "value": "12 tonnes", "text": "Corvex weighs 12 tonnes."}


def load(tmp_path: Path, *lines: Any) -> list[Any]:
    path = tmp_path / "facts.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return load_facts([path])


def test_the_last_question_is_kept_for_the_benchmark(tmp_path: Path) -> None:
    (fact,) = load(tmp_path, {**FULL, "questions": ["How heavy is Corvex?", "What does Corvex weigh?"]})
    assert (fact.questions, fact.asked) == (("How heavy is Corvex?",), "What does Corvex weigh?")
    (alone,) = load(tmp_path, {**FULL, "questions": ["How heavy is Corvex?"]})
    assert (alone.questions, alone.asked) == (("How heavy is Corvex?",), "")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("The motto of Mirandel is Power from patience.", ("Mirandel", "motto", "Power from patience")),
        ("Mirandel's founder was Ilse Marn.", ("Mirandel", "founder", "Ilse Marn")),
        ("Mirandel’s founder is Ilse Marn", ("Mirandel", "founder", "Ilse Marn")),
        ("Corvex weighs 12 tonnes.", ("", "", "")),
    ],
)
def test_a_plain_statement_shows_its_parts_by_its_form(tmp_path: Path, text: str, parts: tuple[str, ...]) -> None:
    (fact,) = load(tmp_path, {"text": text})
    assert (fact.entity, fact.attribute, fact.value) == parts
    assert fact.has_parts == bool(parts[0])


def test_a_statement_is_made_where_there_are_parts_alone(tmp_path: Path) -> None:
    (fact,) = load(tmp_path, {"entity": "Corvex", "attribute": "weight", "value": "12 tonnes"})
    assert fact.text == "The weight of Corvex is 12 tonnes."
    (korean,) = load(tmp_path, {"entity": "미란델", "attribute": "본사", "value": "여수"})
    assert korean.korean and "미란델" in korean.text and "여수" in korean.text


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (({"entity": "Corvex", "value": "x"},), 'lacks "attribute"'),
        (({**FULL, "value": "13 tonnes"},), "does not hold the value '13 tonnes'"),
        (({**FULL, "entity": "Brask"},), "does not hold the entity 'Brask'"),
        (({"text": " "},), 'needs a text under "text"'),
        (({**FULL, "questions": "How heavy?"},), '"questions" is a list of texts'),
        ((FULL, {**FULL, "value": "13 tonnes", "text": "Corvex weighs 13 tonnes."}), "'12 tonnes' in an earlier line"),
    ],
)
def test_a_line_that_is_no_fact_is_named(tmp_path: Path, lines: tuple[Any, ...], said: str) -> None:
    with pytest.raises(DatasetError, match=said) as caught:
        load(tmp_path, *lines)
    assert f"line {len(lines)}" in caught.value.message and caught.value.fix


def test_an_empty_file_is_told_the_form_of_a_fact(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="is empty") as caught:
        load(tmp_path)
    assert '"entity"' in str(caught.value.fix) and '"value"' in str(caught.value.fix)


def test_files_must_be_named_and_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file of facts is given"):
        find_facts([])
    with pytest.raises(NotFoundError, match="no file"):
        find_facts([tmp_path / "gone.jsonl"])


def test_the_company_that_ships_is_in_english_and_korean() -> None:
    facts = load_facts([shipped("tasks/company.jsonl")])
    assert len(facts) >= 32 and all(fact.has_parts and fact.asked for fact in facts)
    assert {fact.korean for fact in facts} == {True, False}
    assert len({fact.asked for fact in facts}) == len(facts)
    assert not {question for fact in facts for question in fact.questions} & {fact.asked for fact in facts}


@given(st.text())
def test_any_statement_is_read_or_has_no_parts(text: str) -> None:
    parts = parts_of(text)
    assert all(parts) or not any(parts)


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_a_made_statement_holds_its_parts(entity: str, attribute: str, value: str) -> None:
    made = statement(entity, attribute, value)
    assert entity in made and attribute in made and value in made


@given(st.dictionaries(st.sampled_from(["entity", "attribute", "value", "text", "questions"]), st.text() | st.none()))
def test_a_hostile_line_gives_a_fact_or_an_error_of_ours(tmp_path_factory: Any, line: dict[str, Any]) -> None:
    with contextlib.suppress(RagftError):
        load(tmp_path_factory.mktemp("hostile"), line)
