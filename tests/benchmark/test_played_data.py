"""The written answers that ship: they can be read, wrong ones differ from right ones, none is copied from a paper."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from ragft.benchmark.retrieval.natural_questions import AnswerDocument, Kind
from ragft.benchmark.written.judging import sentences
from ragft.benchmark.written.written_answers import (
    SHIPPED_ANSWERS,
    SHIPPED_QUESTIONS,
    Change,
    WrittenAnswer,
    load_questions_of,
    load_written,
    shipped_files,
)
from ragft.corpus.words import words
from tests.benchmark.test_natural_data import FOLDERS, NATURAL, page_texts, papers

LONGEST_RUN = 12
"""Words: longer runs than names and lists of names have stand in no paper."""


LANGUAGES = ["natural/answers-languages.jsonl", "natural/wrong-languages.jsonl"]
FILES = [*SHIPPED_ANSWERS, *LANGUAGES, "natural/refusals.jsonl"]
HELD_OUT = ["natural/answers-held-out.jsonl", "natural/wrong-held-out.jsonl"]
QUESTIONS = [*SHIPPED_QUESTIONS, "natural/questions-held-out.jsonl"]


@cache
def written() -> list[WrittenAnswer]:
    return _load([*FILES, *HELD_OUT])


def _load(files: Sequence[str]) -> list[WrittenAnswer]:
    return load_written(shipped_files(files), load_questions_of(shipped_files(QUESTIONS)))


def test_a_wrong_answer_differs_from_its_right_one_and_from_all_others() -> None:
    wrong = [row for row in written() if row.change]
    assert [row.id for row in wrong if not sentences(row.answer) - sentences(row.right)] == []
    assert [text for text, count in Counter(row.answer for row in wrong).items() if count > 1] == []


def test_a_place_for_a_key_stands_before_the_end_of_its_sentence() -> None:
    assert [row.id for row in written() if re.search(r"(?<! )\[\?\]|\[\?\](?![.。]|, |; |: |$)", row.answer)] == []


def test_the_readme_counts_what_is_there() -> None:
    readme = (NATURAL / "README.md").read_text(encoding="utf-8")
    for right, wrong in (SHIPPED_ANSWERS, HELD_OUT, LANGUAGES):
        changes = [row.change for row in _load([right, wrong]) if row.change is not None]
        assert _counts(readme, Path(wrong).name) == _counted(get_args(Change), changes)
    for right in (SHIPPED_ANSWERS[0], HELD_OUT[0], LANGUAGES[0]):
        kinds = [row.question.kind for row in _load([right])]
        assert _counts(readme, Path(right).name) == _counted(get_args(Kind), kinds)


def test_there_are_refusals_in_seven_languages() -> None:
    languages = [row.question.language for row in written() if row.declined]
    assert {name: languages.count(name) for name in languages} == {"en": 12} | dict.fromkeys(
        ("de", "fr", "es", "ko", "zh", "ja"), 8
    )


def _counts(readme: str, file: str) -> list[int]:
    (line,) = re.findall(rf"^\| `{file}` \|((?: \d+ \|)+)$", readme, re.MULTILINE)
    return [int(count) for count in re.findall(r"\d+", line)]


def _counted(names: Sequence[str], found: Sequence[str]) -> list[int]:
    return [found.count(name) for name in names]


@pytest.mark.slow
@pytest.mark.parametrize("corpus", ["sample", "papers"])
def test_no_answer_is_copied_from_a_paper(corpus: str) -> None:
    if not FOLDERS[corpus].is_dir():
        pytest.skip(f"shared data absent: no {FOLDERS[corpus]}")
    copied = [
        (row.id, run)
        for row in written()
        if row.change is None and not row.declined and row.question.corpus == corpus
        for source in row.question.documents
        for run in _runs(row.answer)
        if run in _text(source, corpus)
    ]
    assert copied == []


def _runs(answer: str) -> list[str]:
    found = words(answer)
    return [" ".join(found[first : first + LONGEST_RUN]) for first in range(len(found) - LONGEST_RUN + 1)]


@cache
def _text(source: AnswerDocument, corpus: str) -> str:
    return " ".join(words(" ".join(page_texts(papers(corpus)[source.sha256]))))
