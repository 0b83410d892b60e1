"""Documents chosen by id, name, author and year."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.library.choosing import Choice, choose, read_years
from ragft.answer.library.intent import Years
from ragft.errors import NotFoundError, UsageError
from ragft.index.base import DocumentRecord
from tests.answer.library.shelves import ALIGN, ATTENTION, DPO, RESNET, ROBERTA, SURVEY, library


def test_nothing_chosen_means_all() -> None:
    assert choose(library(), Choice()) is None


@pytest.mark.parametrize(
    ("choice", "papers"),
    [
        (Choice(documents=[DPO.id[:9]]), [DPO]),
        (Choice(documents=["DPO paper", "RoBERTa"]), [DPO, ROBERTA]),
        (Choice(authors=["Vaswani"]), [ATTENTION]),
        (Choice(authors=["Vaswani", "He"]), [ATTENTION, RESNET]),
        (Choice(years="2015-2017"), [ATTENTION, RESNET]),
        (Choice(years="2023-"), [DPO, SURVEY]),
        (Choice(documents=["DPO", "InstructGPT"], years="-2022"), [ALIGN]),
        (Choice(authors=["Mitchell"], years="2023"), [DPO]),
    ],
)
def test_every_kind_of_choice_has_to_fit(choice: Choice, papers: list[DocumentRecord]) -> None:
    assert choose(library(), choice) == [paper.id for paper in papers]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice(authors=["Hinton"]), "none of 7 documents is by Hinton"),
        (Choice(documents=["DPO"], years="2010"), "none of 7 documents is 'DPO', of 2010"),
        (Choice(documents=["ELMo"]), "no document 'ELMo'"),
        (Choice(documents=["resnet paper"]), "no document 'resnet paper'"),  # only uses the name
    ],
)
def test_what_fits_no_document_is_said(choice: Choice, said: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        choose(library(), choice)
    assert caught.value.message == said


@pytest.mark.parametrize("text", ["", "20", "2021-2019", "2020 2021", "20202021", "-", "last year"])
def test_what_is_no_year_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_years(text)


@given(st.integers(1000, 2999), st.integers(1000, 2999))
def test_a_span_has_both_ends(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert read_years(f"{low}-{high}") == Years(low, high)
    assert read_years(f"{low}–") == Years(low, None)
    assert read_years(f" -{high} ") == Years(None, high)
    assert read_years(str(one)) == Years(one, one)
