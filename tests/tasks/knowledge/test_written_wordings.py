"""What a capable model adds to facts is checked against the facts, and rejected by name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.dataset.reply_cache import Replies
from ragft.engine.scripted import ScriptedEngine
from ragft.tasks.knowledge.fact_graph import FactGraph
from ragft.tasks.knowledge.written_wordings import WordingWriter, parts_fault, wording_fault
from tests.tasks.knowledge.facts_of_a_company import ENGINEER, FACTS, PLAIN, WEIGHT

GRAPH = FactGraph(FACTS)


@pytest.fixture
def writer(scripted: ScriptedEngine, tmp_path: Path) -> WordingWriter:
    return WordingWriter(Replies(tmp_path / "replies.jsonl", scripted), "scripted", 0)


def test_a_wording_is_kept_where_the_statements_answer_it_with_the_value(
    writer: WordingWriter, scripted: ScriptedEngine
) -> None:
    asked = ["How much does Corvex weigh?", "Who leads work on Corvex?", "How heavy is Corvex?"]
    scripted.queue(json.dumps({"questions": asked}))
    scripted.queue("It weighs 12 tonnes.")
    scripted.queue("Doro Vint leads it.")
    found = writer.with_wordings(WEIGHT, GRAPH)
    assert found.questions == ("How heavy is Corvex?", "How much does Corvex weigh?")
    assert writer.rejected == {"asks_something_else": 1, "near_duplicate": 1}
    given = scripted.requests[-1].messages[-1].content
    assert WEIGHT.text in given and ENGINEER.text in given


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        ("What is the mass of Corvex?", ""),
        ("What is the mass of it?", "unnamed_entity"),
        ("Does Corvex weigh 12 tonnes?", "gives_answer_away"),
        ("Corvex", "malformed"),
        ("What does it weigh, Corvex of Oslo?", "claims_more"),
        ("What did Corvex weigh in 2019?", "claims_more"),
        ("HOW heavy is  Corvex?", "near_duplicate"),
    ],
)
def test_a_wording_that_words_alone_condemn(question: str, fault: str) -> None:
    assert wording_fault(question, WEIGHT, WEIGHT.questions) == fault


def test_the_question_of_the_benchmark_is_no_wording() -> None:
    fact = replace(WEIGHT, asked="What is the mass of Corvex?")
    assert wording_fault("What is the mass of Corvex?", fact, ()) == "near_duplicate"


def test_the_parts_of_a_plain_statement_are_taken_where_they_stand_in_it(
    writer: WordingWriter, scripted: ScriptedEngine
) -> None:
    plain = replace(PLAIN, text="Mirandel sells most of its buoys to Dunmere Harbour.")
    scripted.queue(json.dumps({"entity": "Mirandel", "attribute": "largest customer", "value": "Dunmere Harbour"}))
    found = writer.with_parts(plain)
    assert (found.entity, found.attribute, found.value) == ("Mirandel", "largest customer", "Dunmere Harbour")
    scripted.queue(json.dumps({"entity": "Mirandel", "attribute": "largest customer", "value": "Oslo Harbour"}))
    assert writer.with_parts(replace(plain, text="Mirandel sells buoys to Dunmere Harbour.")).entity == ""
    assert writer.rejected == {"parts_not_in_statement": 1}
    assert writer.with_parts(WEIGHT) is WEIGHT, "parts that are there are not asked for"


@pytest.mark.parametrize(
    ("entity", "attribute", "value", "fault"),
    [
        ("Corvex", "weight", "12 tonnes", ""),
        ("", "weight", "12 tonnes", "parts_not_in_statement"),
        ("Corvex weighs 12 tonnes", "weight", "12 tonnes", "parts_overlap"),
        ("Corvex", "", "12 tonnes", "no_attribute"),
        ("Corvex", "weight of 12 tonnes", "12 tonnes", "no_attribute"),
    ],
)
def test_what_are_no_parts(entity: str, attribute: str, value: str, fault: str) -> None:
    assert parts_fault(WEIGHT.text, entity, attribute, value) == fault


def test_a_reply_that_is_no_json_adds_nothing(writer: WordingWriter, scripted: ScriptedEngine) -> None:
    scripted.queue("I would rather not.")
    assert writer.with_wordings(WEIGHT, GRAPH) == WEIGHT


@given(st.text(), st.text(), st.text(), st.text())
def test_accepted_parts_always_stand_in_the_statement(text: str, entity: str, attribute: str, value: str) -> None:
    if not parts_fault(text, entity, attribute, value):
        assert entity and value and attribute.strip()
