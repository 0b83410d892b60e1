"""Bibliographies that are written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.references.base import Reference
from ragft.corpus.references.bibtex import read_bibtex
from ragft.corpus.references.write import to_bibtex, to_line, with_citation_keys

WORK = Reference(
    key="liu2019",
    kind="article",
    title="RoBERTa: 50% of Müller & Co",
    authors=("Yinhan Liu", "Łukasz Kaiser", "Smith, Jr. and Sons"),
    year=2019,
    doi="10.1000/x_y",
    arxiv="1907.11692",
    venue="Journal of Bread",
    pages="1–9",
    tags=("bread",),
)


def test_what_is_written_is_read_again() -> None:
    (read,), problems = read_bibtex(to_bibtex([WORK]))
    assert problems == [] and read == WORK
    assert "{RoBERTa:}" in to_bibtex([WORK])


def test_keys_are_made_of_author_and_year_and_none_is_taken_twice() -> None:
    one = Reference("", title="A", authors=("Luyu Gao",), year=2022)
    named = Reference("gao2022a", title="C")
    made = [work.key for work in with_citation_keys([one, one, named, Reference("", title="On Bread"), Reference("")])]
    assert made == ["gao2022", "gao2022b", "gao2022a", "on", "document"]


def test_a_line_for_a_reader() -> None:
    assert to_line(WORK).startswith("Yinhan Liu, Łukasz Kaiser, Smith, Jr. and Sons (2019). *RoBERTa: 50% of")
    assert to_line(WORK).endswith("Journal of Bread. https://doi.org/10.1000/x_y.")
    assert to_line(Reference("k", title="Alone")) == "*Alone*."


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_title_and_name_can_be_written_and_read(title: str, name: str) -> None:
    work = Reference("k", title=f"T {title}", authors=(f"A {name}",))
    (read,), problems = read_bibtex(to_bibtex([work]))
    assert problems == [] and read.title
