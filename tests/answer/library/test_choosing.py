"""Documents chosen by id, name, author and year."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.library.choosing import DocumentFilter, filter_documents, read_years
from ragft.answer.library.intent import Years
from ragft.errors import NotFoundError, UsageError
from ragft.index.base import DocumentRecord
from tests.answer.library.shelves import ALIGN, ATTENTION, DPO, RESNET, ROBERTA, SURVEY, Shelf, library


def test_nothing_chosen_means_all() -> None:
    assert filter_documents(library(), DocumentFilter()) is None


@pytest.mark.parametrize(
    ("choice", "papers"),
    [
        (DocumentFilter(documents=[DPO.id[:9]]), [DPO]),
        (DocumentFilter(documents=["DPO paper", "RoBERTa"]), [DPO, ROBERTA]),
        (DocumentFilter(authors=["Vaswani"]), [ATTENTION]),
        (DocumentFilter(authors=["Vaswani", "He"]), [ATTENTION, RESNET]),
        (DocumentFilter(years="2015-2017"), [ATTENTION, RESNET]),
        (DocumentFilter(years="2023-"), [DPO, SURVEY]),
        (DocumentFilter(documents=["DPO", "InstructGPT"], years="-2022"), [ALIGN]),
        (DocumentFilter(authors=["Mitchell"], years="2023"), [DPO]),
    ],
)
def test_every_kind_of_choice_has_to_fit(choice: DocumentFilter, papers: list[DocumentRecord]) -> None:
    assert filter_documents(library(), choice) == [paper.id for paper in papers]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (DocumentFilter(authors=["Hinton"]), "none of 7 documents is by Hinton"),
        (DocumentFilter(documents=["DPO"], years="2010"), "none of 7 documents is 'DPO', of 2010"),
        (DocumentFilter(documents=["ELMo"]), "no document 'ELMo'"),
        (DocumentFilter(documents=["resnet paper"]), "no document 'resnet paper'"),  # only uses the name
    ],
)
def test_what_fits_no_document_is_said(choice: DocumentFilter, said: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        filter_documents(library(), choice)
    assert caught.value.message == said


FILED = Shelf(
    replace(DPO, path="/home/eve/Papers/alignment/dpo.pdf"),
    replace(ALIGN, path="/home/eve/Papers/alignment/rlhf/instructgpt.pdf"),
    replace(ROBERTA, path="/home/eve/Papers/encoders/roberta.pdf"),
    replace(RESNET, path="/home/eve/Papers/dpo/resnet.pdf"),
)


@pytest.mark.parametrize(
    ("folder", "papers"),
    [
        ("/home/eve/Papers/alignment", [DPO, ALIGN]),
        ("alignment", [DPO, ALIGN]),
        ("./papers/encoders/", [ROBERTA]),
        ("alignment/rlhf", [ALIGN]),
        ("../Papers/encoders", [ROBERTA]),
        ("DPO", [DPO]),  # what a paper is called comes first,
        ("dpo/", [RESNET]),  # unless it is written as a path
    ],
)
def test_a_folder_chooses_all_that_lies_in_it(
    monkeypatch: pytest.MonkeyPatch, folder: str, papers: list[DocumentRecord]
) -> None:
    monkeypatch.setattr("os.getcwd", lambda: "/home/eve/Notes")
    found = filter_documents(FILED, DocumentFilter(documents=[folder]))
    assert set(found or ()) == {paper.id for paper in papers}


@pytest.mark.parametrize("folder", ["rlh", "Papers/rlhf", "/alignment", "/home/eve/Papers/encoders/roberta.pdf/"])
def test_a_part_of_a_name_is_no_folder(folder: str) -> None:
    with pytest.raises(NotFoundError):
        filter_documents(FILED, DocumentFilter(documents=[folder]))


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


def test_the_paper_that_says_an_unknown_name_most_often_is_proposed() -> None:
    with pytest.raises(NotFoundError) as raised:
        filter_documents(library(), DocumentFilter(documents=["resnet paper"]))
    assert raised.value.fix is not None
    assert RESNET.id[:8] in raised.value.fix
    assert RESNET.title in raised.value.fix
