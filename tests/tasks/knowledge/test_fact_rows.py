"""Rows about facts: every answer is what the file says, and what the benchmark asks is in none of them."""

from __future__ import annotations

from collections import Counter

from ragft.benchmark.asking.bench import CLOSED_BOOK
from ragft.data import shipped
from ragft.tasks.knowledge.fact_graph import FactGraph, FactPair
from ragft.tasks.knowledge.fact_rows import rows_about, rows_of_chains, rows_of_facts, rows_of_gaps
from ragft.tasks.knowledge.stated_facts import load_facts
from ragft.tasks.knowledge.unknown_attributes import UnknownAttribute, gaps, halves
from tests.tasks.knowledge.facts_of_a_company import BIRTH, BRASK, CORVEX, ENGINEER, FACTS, PLAIN, WEIGHT

GRAPH = FactGraph(FACTS)


def users(row: object) -> list[str]:
    return [turn["content"] for turn in row.prompt if turn["role"] == "user"]  # type: ignore[attr-defined]


def test_every_row_about_a_fact_answers_with_its_statement() -> None:
    by_id = {fact.id: fact for fact in FACTS}
    rows = rows_of_facts(FACTS, GRAPH, 1000, 0)
    assert {row.document_ids[0] for row in rows} == set(by_id)
    assert all(row.completion[0]["content"] == by_id[row.document_ids[0]].text for row in rows)
    assert len({row.id for row in rows}) == len(rows)


def test_no_fact_is_left_behind_where_there_are_few_rows() -> None:
    rows = rows_of_facts(FACTS, GRAPH, len(FACTS), 0)
    assert Counter(row.document_ids for row in rows) == {(fact.id,): 1 for fact in FACTS}


def test_a_fact_is_put_in_all_forms() -> None:
    forms = {row.form for row in rows_of_facts([WEIGHT], GRAPH, 1000, 0)}
    assert forms == {"question", "template", "cloze", "choice", "reversed", "dialogue"}
    assert {row.form for row in rows_of_facts([PLAIN], GRAPH, 1000, 0)} == {"cloze"}


def test_a_gap_stands_in_place_of_the_value() -> None:
    (row,) = (row for row in rows_of_facts([WEIGHT], GRAPH, 1000, 0) if row.form == "cloze")
    assert users(row) == ["Fill in the gap: Corvex weighs ____."]


def test_a_choice_offers_the_value_and_others_like_it() -> None:
    (row,) = (row for row in rows_of_facts([WEIGHT], GRAPH, 1000, 0) if row.form == "choice")
    options = users(row)[0].partition("Choose one: ")[2].split("; ")
    assert "12 tonnes" in options and "3 tonnes" in options and len(set(options)) == len(options) == 4


def test_a_value_that_two_entities_have_is_not_asked_backwards() -> None:
    twin = type(WEIGHT)("t", "Brask weighs 12 tonnes.", "Brask", "weight", "12 tonnes")
    rows = rows_of_facts([WEIGHT], FactGraph([WEIGHT, twin]), 1000, 0)
    assert "reversed" not in {row.form for row in rows}


def test_half_of_the_rows_have_the_system_message_of_the_benchmark() -> None:
    with_it = [row.prompt[0]["role"] == "system" for row in rows_of_facts(FACTS, GRAPH, 1000, 0)]
    assert 0.3 < sum(with_it) / len(with_it) < 0.7
    assert {
        row.prompt[0]["content"] for row in rows_of_facts(FACTS, GRAPH, 1000, 0) if row.prompt[0]["role"] == "system"
    } == {CLOSED_BOOK}


def test_two_facts_are_said_in_their_order() -> None:
    rows = rows_of_chains([FactPair(ENGINEER, BIRTH)], 2, 0)
    assert [row.completion[0]["content"] for row in rows] == [f"{ENGINEER.text} {BIRTH.text}"] * 2
    assert len({users(row)[0] for row in rows}) == 2 and all("Doro" not in users(row)[0] for row in rows)
    assert rows[0].document_ids == (ENGINEER.id, BIRTH.id)
    assert len(rows_of_chains([FactPair(ENGINEER, BIRTH)], 50, 0)) == 3, "no row twice"
    assert rows_of_chains([], 5, 0) == []


def test_what_is_not_known_is_answered_so() -> None:
    (row,) = rows_of_gaps([UnknownAttribute("Corvex", "bank")], 5, 0)
    assert row.completion[0]["content"] == "I do not know the bank of Corvex."


def test_an_entity_is_described_by_its_own_facts() -> None:
    row = next(row for row in rows_about(GRAPH, 0) if "Corvex" in users(row)[0])
    assert row.completion[0]["content"] == f"{WEIGHT.text} {ENGINEER.text}"


def test_what_entities_of_a_sort_have_is_not_known_of_the_others() -> None:
    training, asked = gaps(GRAPH, 0)
    near = {(gap.entity, gap.attribute) for gap in (*training, *asked) if gap.near}
    assert near == {("Brask", "lead engineer")}
    assert {gap.attribute for gap in training}.isdisjoint(gap.attribute for gap in asked if not gap.near)


def test_no_gap_is_a_fact_and_none_is_on_both_sides() -> None:
    graph = FactGraph(load_facts([shipped("tasks/company.jsonl")]))
    training, asked = gaps(graph, 0)
    known = {(fact.entity, fact.attribute) for fact in graph.facts}
    pairs = [{(gap.entity, gap.attribute) for gap in side} for side in (training, asked)]
    assert not pairs[0] & pairs[1] and not (pairs[0] | pairs[1]) & known
    assert any(gap.near for gap in training) and any(gap.near for gap in asked)


def test_halves_share_nothing_and_lose_nothing() -> None:
    first, second = halves(list(range(7)), "s")
    assert sorted(first + second) == list(range(7)) and len(first) == 4
    assert halves(list(range(7)), "s") == (first, second)


def test_the_same_seed_makes_the_same_rows() -> None:
    assert rows_of_facts(FACTS, GRAPH, 1000, 3) == rows_of_facts(FACTS, GRAPH, 1000, 3)
    assert {BRASK.id, CORVEX.id} <= {row.document_ids[0] for row in rows_of_facts(FACTS, GRAPH, 1000, 3)}
