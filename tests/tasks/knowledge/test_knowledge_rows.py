"""The data set: rows and questions share no question, general rows stand beside, wordings are held out."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.corpus.words import words
from ragft.data import shipped
from ragft.dataset.inspect import validate
from ragft.dataset.row_formats import FORMATS, export_dataset
from ragft.dataset.store import HELD_OUT, TRAIN, read_card, read_rows
from ragft.errors import DatasetError
from ragft.json_lines import read_objects
from ragft.setting_sections import GenerateSettings, KnowledgeSettings
from ragft.tasks.knowledge.rows import MadeRows, make, save
from ragft.tasks.knowledge.stated_facts import load_facts
from tests.tasks.knowledge.facts_of_a_company import FACTS, PLAIN

SETTINGS = GenerateSettings(count=400, held_out=0.05)
SHARES = KnowledgeSettings()


@pytest.fixture(scope="module")
def made() -> MadeRows:
    return make(load_facts([shipped("tasks/company.jsonl")]), SETTINGS, SHARES, "company")


def test_no_question_of_the_benchmark_is_trained_on(made: MadeRows) -> None:
    asked = {" ".join(words(question.question)) for question in made.questions}
    trained = {" ".join(words(turn["content"])) for row in (*made.train, *made.held_out) for turn in row.prompt}
    assert not asked & trained


def test_a_question_that_a_row_would_ask_costs_the_row() -> None:
    from dataclasses import replace

    facts = [replace(fact, questions=(fact.asked,)) if fact.asked else fact for fact in FACTS]
    made = make(facts, SETTINGS, SHARES, "d")
    assert made.report.rejected["benchmark_overlap"] >= 1


def test_every_kind_is_there_in_its_share(made: MadeRows) -> None:
    kinds = made.report.kept
    assert kinds["fact"] + kinds["two_hop"] + kinds["unknown"] == 400
    assert (kinds["two_hop"], kinds["unknown"]) == (39, 60), "13 pairs in three wordings, 15 % of 400"
    share = sum(len(str(row)) for row in made.train if row.kind == "replay") / sum(len(str(row)) for row in made.train)
    assert 0.2 < share < 0.4


def test_what_is_held_out_is_a_wording_and_its_fact_is_trained_on(made: MadeRows) -> None:
    assert len(made.held_out) == 20
    trained = {fact for row in made.train for fact in row.document_ids}
    assert {fact for row in made.held_out for fact in row.document_ids} <= trained
    assert {row.form for row in made.held_out} <= {"question", "template"}
    assert not {row.id for row in made.held_out} & {row.id for row in made.train}


def test_the_data_set_is_sound_and_is_written_for_other_tools(made: MadeRows, tmp_path: Path) -> None:
    save(made, tmp_path / "set", SETTINGS, SHARES)
    assert validate(tmp_path / "set") == []
    assert [len(read_rows(tmp_path / "set" / name)) for name in (TRAIN, HELD_OUT)] == [
        len(made.train), len(made.held_out),
    ]  # fmt: skip
    card = read_card(tmp_path / "set")
    assert card and card["kept"] == dict(made.report.kept)
    for form, (_, *names) in FORMATS.items():
        written = export_dataset(tmp_path / "set", tmp_path / form, form)
        assert [path.name for path in written] == names
        for _, value in read_objects(written[0]):
            turns = value["messages"] if "messages" in value else [*value["prompt"], *value["completion"]]
            assert turns[-1]["role"] == "assistant" and turns[-2]["role"] == "user"


def test_facts_without_parts_are_trained_on_and_named() -> None:
    made = make(FACTS, SETTINGS, SHARES, "d")
    assert any(PLAIN.id in row.document_ids for row in made.train)
    assert "1 of 7 facts have no known parts" in made.report.notes[0] and PLAIN.text in made.report.notes[0]
    (few,) = make(FACTS[:-1], SETTINGS.model_copy(update={"count": 20}), SHARES, "d").report.notes
    assert "rows for 6 facts are few" in few and "generate.count=60" in few
    with pytest.raises(DatasetError, match="none of the facts can be asked about"):
        make([PLAIN], SETTINGS, SHARES, "d")


def test_the_same_seed_makes_the_same_set(made: MadeRows) -> None:
    again = make(load_facts([shipped("tasks/company.jsonl")]), SETTINGS, SHARES, "company")
    assert (again.train, again.held_out, again.questions) == (made.train, made.held_out, made.questions)
