"""Rows teach every fact as often as was wished for; nothing in a question tells its answer but the fact."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from ragft.data import shipped
from ragft.errors import DatasetError, UsageError
from ragft.setting_sections import FactsSettings
from ragft.tasks.facts.distractors import COUNT, arrange, distractors
from ragft.tasks.facts.fact_table import FactTable, TableAttribute, TableFact, number_of, read_table
from ragft.tasks.facts.rows import LEARNT, UNSEEN_NAME, UNSEEN_QUANTITY, FactData, divide, make

SETTINGS = FactsSettings(entities=40, exposures=10, questions=60)


@pytest.fixture(scope="module")
def rivers() -> FactTable:
    return read_table(shipped("tasks/rivers.csv"))


@pytest.fixture(scope="module")
def made(rivers: FactTable) -> FactData:
    return make(rivers, SETTINGS, seed=0)


def few(values: list[str]) -> FactTable:
    size = TableAttribute("size", "", quantity=True)
    return FactTable("", tuple(TableFact(f"e{n}", f"e{n}", size, value) for n, value in enumerate(values)))


def test_each_fact_is_taught_as_often_as_was_wished_for(rivers: FactTable) -> None:
    for exposures in (1, 3, 10, 30):
        found = make(rivers, SETTINGS.model_copy(update={"exposures": exposures}), seed=0)
        sides = divide(rivers, SETTINGS, seed=0)
        assert len(found.rows) == exposures * len(sides.asked(sides.learnt))
        assert set(Counter(row.groups for row in found.rows).values()) <= {exposures * n for n in (1, 2, 3)}
    assert {row.kind for row in found.rows} == {"question", "choice", "statement", "reversed"}


def test_the_questions_do_not_depend_on_the_exposures(rivers: FactTable, made: FactData) -> None:
    other = make(rivers, SETTINGS.model_copy(update={"exposures": 1}), seed=0)
    assert other.questions == made.questions
    assert make(rivers, SETTINGS, seed=0) == made
    assert make(rivers, SETTINGS, seed=1).questions != made.questions


def test_no_row_is_about_an_entity_that_is_held_out(rivers: FactTable, made: FactData) -> None:
    sides = divide(rivers, SETTINGS, seed=0)
    assert len(sides.unseen.entities) == 90
    assert len(sides.learnt.entities) == 40
    taught = {group for row in made.rows for group in row.groups}
    asked = {q.id.rpartition(": ")[0] for q in made.questions if q.topic != LEARNT}
    assert asked and not asked & taught
    assert asked <= set(sides.unseen.entities)


def test_a_wrong_option_is_a_value_of_the_side_of_the_right_one(rivers: FactTable, made: FactData) -> None:
    sides = divide(rivers, SETTINGS, seed=0)
    for question in made.questions:
        side = sides.learnt if question.topic == LEARNT else sides.unseen
        values = {fact.shown for fact in side.facts if fact.attribute.name == question.id.rpartition(": ")[2]}
        assert len(set(question.options)) == COUNT
        assert set(question.options) <= values


def test_no_wording_of_the_benchmark_was_seen_in_training(made: FactData) -> None:
    seen = " ".join(message["content"] for row in made.rows for message in row.prompt)
    assert not any(question.question in seen for question in made.questions)


@pytest.mark.parametrize("topic", [LEARNT, UNSEEN_QUANTITY, UNSEEN_NAME])
def test_no_place_is_favoured_among_the_options(made: FactData, topic: str) -> None:
    places = Counter(q.options.index(q.reference) for q in made.questions if q.topic == topic)
    assert len(places) == COUNT
    assert max(places.values()) - min(places.values()) <= 2


def test_the_letters_of_the_rows_are_as_frequent_as_each_other(made: FactData) -> None:
    letters = Counter(row.completion[0]["content"][0] for row in made.rows if row.kind == "choice")
    assert set(letters) == set("ABCDE")
    assert max(letters.values()) < 1.5 * min(letters.values())


def test_a_quantity_is_no_more_often_the_middle_of_its_options_than_the_largest(rivers: FactTable) -> None:
    whole = make(rivers, FactsSettings(exposures=1, questions=2000), seed=0)
    ranks = Counter(
        sorted(number_of(option.split()[0]) for option in q.options).index(number_of(q.reference.split()[0]))
        for q in whole.questions
        if q.id.endswith(": length")
    )
    expected = sum(ranks.values()) / COUNT
    assert len(ranks) == COUNT
    assert sum((count - expected) ** 2 / expected for count in ranks.values()) < 13.3, "chi-squared, 4 degrees, 1 %"


def test_the_options_of_a_quantity_are_its_neighbours() -> None:
    table = few([str(value) for value in range(100, 200)])
    fact = table.facts[50]
    assert all(abs(number_of(option) - fact.number) <= 8 for option in distractors(fact, table, Random(0)))
    assert sorted(map(number_of, distractors(table.facts[0], table, Random(0))))[0] > table.facts[0].number


def test_the_options_of_a_name_are_those_of_the_entities_most_alike() -> None:
    attributes = [TableAttribute(name, "", quantity=False) for name in ("mouth", "country", "basin")]
    table = FactTable(
        "",
        tuple(
            TableFact(f"e{n}", f"e{n}", attribute, value)
            for n in range(12)
            for attribute, value in zip(
                attributes, (f"m{n}", "near" if n < 5 else "far", "near" if n < 5 else "far"), strict=True
            )
        ),
    )
    for seed in range(5):
        assert set(distractors(table.facts[0], table, Random(seed))) == {"m1", "m2", "m3", "m4"}


def test_the_right_option_stands_where_it_was_put() -> None:
    for place in range(7):
        options = arrange("right", ["a", "b", "c", "d"], place, Random(place))
        assert options.index("right") == place % COUNT
        assert sorted(options) == ["a", "b", "c", "d", "right"]


def test_an_attribute_of_few_values_is_asked_for_only_where_it_is_named(rivers: FactTable) -> None:
    assert "continent" not in {a.name for a in divide(rivers, SETTINGS, 0).attributes}
    named = SETTINGS.model_copy(update={"attributes": ("continent",)})
    assert {a.name for a in divide(rivers, named, 0).attributes} == {"continent"}


def test_an_attribute_that_cannot_be_asked_for_is_refused_by_name(rivers: FactTable) -> None:
    with pytest.raises(UsageError, match="no attribute 'depth'"):
        divide(rivers, SETTINGS.model_copy(update={"attributes": ("depth",)}), 0)
    with pytest.raises(UsageError, match="size has fewer than 5 values"):
        divide(few(["1", "1", "2"]), FactsSettings(attributes=("size",)), 0)


def test_a_table_of_too_few_values_is_told_how_many_are_needed() -> None:
    with pytest.raises(DatasetError, match="the table has no attribute of 10 values or more") as caught:
        divide(few(["1", "2", "3", "4", "5", "6"]), FactsSettings(), 0)
    assert "columns of 5 values or more: facts.attributes" in str(caught.value.fix)
    with pytest.raises(DatasetError, match=r"the 4 entities to be taught have fewer than 5 values .* asked for: size"):
        divide(few([str(n) for n in range(12)]), FactsSettings(entities=4), 0)


def test_spellings_of_one_number_make_no_question() -> None:
    spellings = ["7", "7.0", "7.00", "07", "7e0", "70e-1", "+7", "7.000", "007", "0.7e1", "9"]
    with pytest.raises(DatasetError, match="no attribute of 10 values or more"):
        make(few(spellings), FactsSettings(unseen=0), 0)
    table = few([*spellings, *(str(n) for n in range(20, 29))])
    for question in make(table, FactsSettings(unseen=0, exposures=1), 0).questions:
        assert len({number_of(option) for option in question.options}) == COUNT


def test_a_number_that_two_entities_have_in_two_spellings_is_not_asked_back() -> None:
    table = few(["0", "0.0", *(str(n) for n in range(1, 10))])
    rows = make(table, FactsSettings(unseen=0, exposures=10), 0).rows
    back = {row.completion[0]["content"] for row in rows if row.kind == "reversed"}
    assert back == {f"e{n}" for n in range(2, 11)}


def test_a_value_of_two_entities_is_not_asked_back() -> None:
    table = few([str(n % 10) for n in range(11)])
    rows = make(table, FactsSettings(unseen=0, exposures=10), 0).rows
    back = [row for row in rows if row.kind == "reversed"]
    assert {row.completion[0]["content"] for row in back} == {f"e{n}" for n in range(1, 10)}
