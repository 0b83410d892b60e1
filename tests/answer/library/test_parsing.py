"""What counts as a question to the catalogue, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.base import Turn
from ragft.answer.library.back import asked_before
from ragft.answer.library.intent import Intent, Years
from ragft.answer.library.parsing import readings


def first(question: str) -> Intent:
    found = readings(question)
    assert found, question
    return found[0]


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("How many papers do I have?", Intent("count")),
        ("number of papers in my libary", Intent("count")),
        ("please list all my papers", Intent("list")),
        ("what's in my library?", Intent("list")),
        ("How many documents are indexed?", Intent("count")),
        ("Which papers do I have?", Intent("list")),
        ("Can you tell me who wrote the RoBERTa paper?", Intent("authors", paper="the roberta paper")),
        ("batch normalization authors", Intent("authors", paper="batch normalization")),
        ("who is the frist author of adam", Intent("first_author", paper="adam")),
        ("hwo wrot teh adam papre", Intent("authors", paper="the adam paper")),
        ("hwo many pagse deos adam have", Intent("pages", paper="adam")),
        ("waht yaer is adam from", Intent("year", paper="adam")),
        ("adam paper, authers?", Intent("authors", paper="adam paper")),
        ("When was the Adam paper published?", Intent("year", paper="the adam paper")),
        ("what year is attention is all you need from", Intent("year", paper="attention is all you need")),
        ("How many pages does the GPT paper have?", Intent("pages", paper="the gpt paper")),
        ("DOI of the DPO paper?", Intent("doi", paper="the dpo paper")),
        ("What is the title of the paper by Vaswani?", Intent("title", paper="the paper by vaswani")),
        ("who wrote it?", Intent("authors", refers_back=True)),
        ("When was it published?", Intent("year", refers_back=True)),
        ("which of my papers are by Luyu Gao", Intent("list", author="luyu gao")),
        ("Which papers did Gao write?", Intent("list", author="gao")),
        ("Do I have a paper by Hinton?", Intent("have", author="hinton")),
        ("anything by Lewis?", Intent("have", author="lewis")),
        ("Do I have anything from 2015?", Intent("have", years=Years(2015, 2015))),
        ("papers published before 2020", Intent("list", years=Years(None, 2019))),
        ("which of my papers are newer than 2020?", Intent("list", years=Years(2021, None))),
        ("which papers were published between 2019 and 2021?", Intent("list", years=Years(2019, 2021))),
        ("How many of my papers are from 2024?", Intent("count", years=Years(2024, 2024))),
        ("papers by Gao from 2022", Intent("list", author="gao", years=Years(2022, 2022))),
        ("Which of my papers are surveys?", Intent("list", surveys=True)),
        ("Which paper has only one author?", Intent("list", single_author=True)),
        ("longest paper in my collection", Intent("longest")),
        ("Which is the newest of my papers?", Intent("newest")),
        ("which of my papers discuss RLHF?", Intent("list", about="rlhf")),
        ("Which papers by Gao mention hallucination?", Intent("list", author="gao", about="hallucination")),
        ("papers by Gao and Zhai about agents", Intent("list", author="gao and zhai", about="agents", central=True)),
        ("Which papers by Gao are from 2022?", Intent("list", author="gao", years=Years(2022, 2022))),
        ("papers from 2020 that mention BM25", Intent("list", about="bm25", years=Years(2020, 2020))),
        (
            "which of my papers are from 2020 and mention BM25?",
            Intent("list", about="bm25", years=Years(2020, 2020)),
        ),
        ("which of my 2020 papers discuss BM25?", Intent("list", about="bm25", years=Years(2020, 2020))),
        ("How many papers discuss BM25?", Intent("count", about="bm25")),
        ("Which of my papers compare with DPR?", Intent("list", about="dpr")),
        ("What years are my papers from?", Intent("list")),
        ("Do I have a paper about caching?", Intent("have", about="caching", central=True)),
    ],
)  # fmt: skip
def test_a_question_to_the_catalogue_is_read(question: str, intent: Intent) -> None:
    assert intent in readings(question)


@pytest.mark.parametrize(
    "question",
    [
        "How many papers were retrieved by DPR?",
        "How many papers are cited in the survey?",
        "Which authors does the paper cite?",
        "Which papers were used as training data?",
        "Which model is the newest?",
        "Who proposed attention?",
        "List the datasets used.",
        "What is the oldest method?",
        "How many authors does it take to change a light bulb?",
        "What do the authors write about dropout?",
        "Which of the methods are by Google?",
        "",
        "who wrote " + "very " * 100 + "long",
    ],
)
def test_another_question_is_not(question: str) -> None:
    assert readings(question) == []


def test_years_that_are_swapped_are_put_in_order() -> None:
    assert first("papers between 2021 and 2019").years == Years(2019, 2021)


NAMES = st.text("abcdefghijklmnopqrstuvwxyz ", min_size=3, max_size=20).map(lambda s: " ".join(s.split())).filter(
    lambda s: len(s) > 2 and s not in ("it", "this", "that", "they", "them")
)  # fmt: skip


@given(NAMES)
def test_any_name_of_a_paper_is_read_as_it_stands(name: str) -> None:
    assert Intent("authors", paper=f"the {name} paper") in readings(f"Who wrote the {name} paper?")


@given(st.text(max_size=120))
def test_no_text_breaks_the_reading(text: str) -> None:
    for question in (text, f"who wrote {text}?", f"which of my papers are {text}", f"papers by {text}"):
        assert isinstance(readings(question), list)


@given(st.integers(1900, 2099), st.integers(1900, 2099))
def test_a_span_of_years_holds_its_ends_and_nothing_beyond(one: int, other: int) -> None:
    years = first(f"papers from {one} to {other}").years
    low, high = sorted((one, other))
    assert low in years and high in years
    assert low - 1 not in years and high + 1 not in years


@given(st.sampled_from(["Who wrote the DPO paper?", "how many papers do i have", "list my papers"]), st.data())
def test_case_spaces_and_marks_at_the_end_do_not_count(question: str, data: st.DataObject) -> None:
    changed = question.rstrip("?")
    changed = "".join(data.draw(st.sampled_from((c.upper(), c.lower()))) for c in changed).replace(" ", "  ")
    assert readings(changed + data.draw(st.sampled_from(("", "?", " ?", "!", "."))))[0].ask == first(question).ask


def test_a_conversation_of_any_length_can_be_looked_back_on() -> None:
    asked = [Turn(f"and {number}?", "No.") for number in range(3000)]
    assert asked_before("and when?", asked) == []
