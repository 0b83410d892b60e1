"""Whether the model judges better than words: the same pairs, held out, and by a margin."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from ragft.answer.checking.support import Supporter
from ragft.answer.refusal.judge_comparison import SHIPPED_PAIRS, JudgedPair, compare_judges, read_pairs
from ragft.data import shipped
from ragft.engine.base import TokenLogprob
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import DatasetError, InputError


class Knows(ScriptedEngine):
    """Is sure of statements that have a word, and doubts the others."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word

    def next_tokens(self, model: str, prompt: str, *, top: int = 20) -> list[TokenLogprob]:
        sure = self.word in prompt.split("Statement:")[1]
        return [TokenLogprob(-1, "Yes", math.log(0.9 if sure else 0.2)), TokenLogprob(-1, "No", math.log(0.1))]


def pairs(right: str, wrong: str) -> list[JudgedPair]:
    """Twenty of each kind, by turns."""
    rows = []
    for number in range(20):
        evidence = f"The keeper of lock {number + 10} opens its upper gate slowly at noon."
        rows += [
            JudgedPair(right.format(number + 10), evidence, supported=True),
            JudgedPair(wrong.format(number + 10), evidence, supported=False),
        ]
    return rows


def compared(rows: list[JudgedPair], word: str) -> tuple[float, float, float, float, bool]:
    report = compare_judges(rows, Knows(word), model="m", supporter=Supporter(), support=0.6)
    return report.words.kept, report.words.stopped, report.model.kept, report.model.stopped, report.better


def test_a_model_that_tells_them_apart_is_better() -> None:
    """The wrong sentence has all the words of its source, in other places."""
    rows = pairs("The keeper of lock {} opens the upper gate.", "The gate of lock {} opens the upper keeper.")
    assert compared(rows, "keeper of lock") == (1.0, 0.0, 1.0, 1.0, True)


def test_a_model_that_believes_everything_is_not() -> None:
    rows = pairs("The keeper of lock {} opens the upper gate.", "The gate of lock {} opens the upper keeper.")
    assert compared(rows, "lock") == (1.0, 0.0, 1.0, 0.0, False)


def test_what_words_already_stop_makes_no_model_better() -> None:
    rows = pairs("The keeper of lock {} opens the upper gate.", "The keeper of lock {} does not open the upper gate.")
    assert compared(rows, "opens") == (1.0, 1.0, 1.0, 1.0, False)


def test_too_few_pairs_are_no_measure() -> None:
    with pytest.raises(InputError, match="19 right and 20 wrong"):
        compare_judges(pairs("a {}", "b {}")[1:], Knows("a"), model="m", supporter=Supporter(), support=0.6)


def test_an_empty_file_of_pairs_is_told_their_form(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.touch()
    with pytest.raises(DatasetError, match="is empty") as caught:
        read_pairs(path)
    assert caught.value.fix == 'add lines such as {"sentence": "…", "evidence": "…", "supported": true}'


def test_pairs_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps({"sentence": "a", "evidence": "b", "supported": False}) + "\n")
    assert read_pairs(path) == [JudgedPair("a", "b", supported=False)]
    path.write_text(json.dumps({"sentence": "a", "evidence": "b"}) + "\n")
    with pytest.raises(DatasetError, match='line 1: "supported"'):
        read_pairs(path)


def test_those_that_ship_have_both_kinds() -> None:
    found = read_pairs(shipped(SHIPPED_PAIRS))
    assert sum(pair.supported for pair in found) >= 60
    assert sum(not pair.supported for pair in found) >= 50
