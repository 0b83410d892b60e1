"""General rows: apart from every benchmark, as many as were wished for, and silent about what a task asks."""

from __future__ import annotations

import pytest

from ragft.corpus.words import count_words, words
from ragft.data import shipped
from ragft.dataset.base import Row
from ragft.json_lines import read_objects
from ragft.tasks.general_rows import general_rows, general_share


def words_of(rows: list[Row]) -> int:
    return sum(count_words(turn["content"]) for row in rows for turn in (*row.prompt, *row.completion))


def test_general_rows_ask_nothing_of_the_general_benchmark() -> None:
    asked = {" ".join(words(str(data["question"]))) for _, data in read_objects(shipped("general/questions.jsonl"))}
    rows = general_rows()
    assert len(rows) > 150 and {row.kind for row in rows} == {"replay"}
    assert not {" ".join(words(row.prompt[-1]["content"])) for row in rows} & asked


def test_rows_that_name_what_a_task_asks_about_are_left_out() -> None:
    def texts(without: tuple[str, ...] = ()) -> list[str]:
        return [row.prompt[-1]["content"] + row.completion[0]["content"] for row in general_rows(without)]

    rest = texts(("THAMES", "Po"))
    assert [text for text in texts() if text not in rest] == [text for text in texts() if "Thames" in text]
    assert any("po" in text for text in rest), "only whole words are names"


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3])
def test_they_make_a_share_of_the_words(share: float) -> None:
    taught = general_rows()[:60]
    found = general_share(taught, share, seed=1)
    assert found == general_share(taught, share, seed=1)
    assert words_of(found) / words_of([*taught, *found]) == pytest.approx(share, abs=0.02)
