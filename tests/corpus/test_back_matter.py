"""Sections that tell of the making of a paper."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.back_matter import back_matter, in_back_matter, is_back_matter


@pytest.mark.parametrize(
    "name",
    [
        "Acknowledgements",
        "7 Acknowledgments",
        "ACKNOWLEDGMENTS",
        "Acknowledgments and Disclosure of Funding",
        "Author Contributions",
        "A. Author Contributions",
        "Contributions and Acknowledgments",
        "Authorship, Credit Attribution, and Acknowledgements",
        "Funding",
        "Funding and Competing Interests",
        "Conflicts of Interest",
        "Danksagung",
        "Förderung und Interessenkonflikte",
        "Beiträge der Autoren",
        "Remerciements et financement",
        "Contributions des auteurs",
        "Conflits d’intérêts",
        "Agradecimientos",
        "Contribuciones de los autores",
        "Financiación y conflicto de intereses",
        "감사의 글",
        "저자 기여",
        "致谢",
        "作者贡献与致谢",
        "基金项目",
        "謝辞",
        "著者の貢献と利益相反",
    ],
)
def test_a_section_about_the_making_of_a_paper(name: str) -> None:
    assert is_back_matter(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1 Introduction",
        "Contributions",
        "Our Contributions",
        "Beiträge",
        "贡献",
        "Acknowledgment frames",
        "Funding of start-ups",
        "Funding and growth",
        "Ethics statement",
        "Data availability",
        "Förderung erneuerbarer Energien",
        "支持向量机",
        "The authors thank the harbour board for its help and the many days at sea.",
    ],
)
def test_any_other_section(name: str) -> None:
    assert not is_back_matter(name)


def _lines(text: str, section: str = "") -> list[str]:
    return [text[start:end] for start, end in back_matter(text, section)]


def test_it_ends_where_the_next_section_begins() -> None:
    text = "The gate closes.\nAcknowledgements\nWe thank the board.\nAnd Ann.\nAppendix A\nThe gate is of steel."
    assert _lines(text) == ["Acknowledgements", "We thank the board.", "And Ann."]


def test_a_text_in_the_middle_of_such_a_section() -> None:
    text = "Ann wrote the code.\nB.2 Proof of the bound\nThe gate is of steel."
    assert _lines(text, "Author Contributions") == ["Ann wrote the code."]
    assert in_back_matter(4, text, "Author Contributions")
    assert not in_back_matter(len(text) - 3, text, "Author Contributions")


def test_a_heading_at_the_beginning_of_a_paragraph_holds_only_that() -> None:
    text = "The gate closes.\nFunding. The board paid.\nAuthor contributions: Ann wrote it.\nThe gate is of steel."
    assert _lines(text) == ["Funding. The board paid.", "Author contributions: Ann wrote it."]


@pytest.mark.parametrize("piece", ["A", "A.", "Funding ", "and ", "1.", "\n", "、", "및 "])
def test_a_very_long_text_is_read_in_a_short_time(piece: str) -> None:
    began = time.process_time()
    back_matter(piece * 50_000)
    assert time.process_time() - began < 3


@given(st.text(), st.text())
def test_any_text_is_read(text: str, section: str) -> None:
    assert all(0 <= start <= end <= len(text) for start, end in back_matter(text, section))
