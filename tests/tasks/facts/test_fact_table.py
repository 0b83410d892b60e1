"""Tables as people have them: units in headers, thousands, empty cells, any delimiter; and what is refused."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.data import shipped
from ragft.errors import DatasetError, NotFoundError, UsageError
from ragft.tasks.facts.fact_table import TableAttribute, find_table, number_of, read_table


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(text: str) -> Path:
        path = tmp_path / "table.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_cell_is_a_fact_with_the_unit_of_its_header(write) -> None:  # type: ignore[no-untyped-def]
    table = read_table(write("river,length (km),mouth\nVolga,3531,Caspian Sea\nRhine,1230,\n"))
    assert [fact.statement for fact in table.facts] == [
        "The length of the river Volga is 3531 km.",
        "The mouth of the river Volga is Caspian Sea.",
        "The length of the river Rhine is 1230 km.",
    ]
    assert [(a.name, a.unit, a.quantity) for a in table.attributes] == [("length", "km", True), ("mouth", "", False)]


def test_a_column_named_by_the_user_holds_the_entities(write) -> None:  # type: ignore[no-untyped-def]
    table = read_table(write("id;city;inhabitants\n1;Oslo;709,037\n2;Bergen;289,330\n"), "city")
    assert table.entities == ("Oslo", "Bergen")
    assert {fact.attribute.name for fact in table.facts} == {"id", "inhabitants"}
    assert [fact.number for fact in table.facts if fact.attribute.name == "inhabitants"] == [709037, 289330]
    with pytest.raises(UsageError, match="no column 'town'"):
        read_table(write("city,size\nOslo,1\n"), "town")


def test_a_header_that_says_nothing_is_no_kind(write) -> None:  # type: ignore[no-untyped-def]
    assert read_table(write("name,size\nOslo,1\n")).facts[0].statement == "The size of Oslo is 1."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("river,length\nVolga,1\nVolga,2\n", "the entity 'Volga' is there twice"),
        ("river,length,length\nVolga,1,2\n", "the column 'length' is there twice"),
        ("river,length\nVolga,1\nvolga,2\n", "the entity 'Volga' is there twice"),
        ("river,length\nCure\u0301e,1\nCur\u00e9e,2\n", "the entity 'Cur\u00e9e' is there twice"),
        ("river,length,sea\n\nVolga,3,531,Caspian\n", "line 3 has 4 cells, and the header has 3"),
        ('river,length\nVolga,"35\nDon,2\n', "the row that begins in line 2 is not closed"),
        ("river,length\nVolga,\n", "holds no fact"),
        ("river,(km)\nVolga,3531\n", r"the column '\(km\)' is a unit without a name"),
        ("river,length (km),length (mi)\nVolga,3531,2194\n", "the attribute 'length' is there twice"),
        ("river\n", "holds no"),
        ("", "empty"),
    ],
)
def test_a_table_that_cannot_be_learnt_is_refused_by_name(write, text: str, problem: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DatasetError, match=problem):
        read_table(write(text))


def test_the_sources_are_one_file_that_is_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no table of facts is given"):
        find_table([])
    with pytest.raises(NotFoundError, match=r"no table of facts .*rivers"):
        find_table([tmp_path / "rivers.csv"])
    with pytest.raises(UsageError, match="2 files"):
        find_table([tmp_path, tmp_path])


@pytest.mark.parametrize(
    ("text", "number"), [("3,530", 3530), ("-1,200.5", -1200.5), ("−3", -3), ("1e3", 1000), ("0.5", 0.5)]
)
def test_numbers_are_read_as_people_write_them(text: str, number: float) -> None:
    assert number_of(text) == number


@given(st.text())
def test_what_is_no_number_is_none(text: str) -> None:
    found = number_of(text)
    assert math.isnan(found) or math.isfinite(found)


def test_the_rivers_that_ship_are_many_and_each_has_a_length() -> None:
    table = read_table(shipped("tasks/rivers.csv"))
    lengths = [fact for fact in table.facts if fact.attribute.name == "length"]
    assert len(table.entities) == len(lengths) >= 200
    assert all(20 <= fact.number <= 7000 for fact in lengths)
    assert all(attribute.quantity == (attribute.name == "length") for attribute in table.attributes)


def test_a_number_written_in_two_ways_is_one_value(write) -> None:  # type: ignore[no-untyped-def]
    table = read_table(write('city,size,code\nA,7,7\nB,7.0,7.0\nC,"1,000",x\nD,1000,y\n'))
    assert [table.distinct(attribute) for attribute in table.attributes] == [2, 4]


def test_what_is_looked_up_is_what_the_facts_say() -> None:
    table = read_table(shipped("tasks/rivers.csv"))
    part = table.of(table.entities[:30])
    for one in (table, part):
        assert set(one.by_attribute) == set(one.attributes)
        for attribute in one.attributes:
            facts = tuple(fact for fact in one.facts if fact.attribute == attribute)
            assert one.by_attribute[attribute] == facts
            assert one.distinct(attribute) == len({fact.value for fact in facts})
        assert one.by_cell == {(fact.entity, fact.attribute.name): fact.value for fact in one.facts}
    assert part.entities == table.entities[:30]
    assert part.distinct(TableAttribute("depth", "m", quantity=True)) == 0


def test_what_was_looked_up_does_not_make_two_tables_differ() -> None:
    first, second = (read_table(shipped("tasks/rivers.csv")) for _ in range(2))
    assert first.by_cell and first == second and hash(first) == hash(second)
