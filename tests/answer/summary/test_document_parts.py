"""A document is read in the parts that its sections make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ragft.answer.summary.document_parts import DocumentPart, document_parts
from ragft.corpus.base import Chunk


def chunks(*sections: str) -> list[Chunk]:
    """A chunk of each of these sections, in order."""
    return [
        Chunk(f"c{place}", "doc", place, f"Text {place}.", "On tides", section, (1, 1))
        for place, section in enumerate(sections)
    ]


def names(parts: Sequence[DocumentPart]) -> list[tuple[str, int]]:
    return [(part.name, len(part.passages)) for part in parts]


PAPER = (
    "Abstract",
    "1 Introduction",
    "1 Introduction",
    "2 Method",
    "2.1 Data",
    "2.2 Model",
    "3 Results",
    "4 Conclusion",
)


def test_sub_sections_belong_to_their_section() -> None:
    assert names(document_parts(chunks(*PAPER), 8)) == [
        ("Abstract", 1),
        ("1 Introduction", 2),
        ("2 Method", 3),
        ("3 Results", 1),
        ("4 Conclusion", 1),
    ]


def test_a_heading_without_a_number_belongs_to_the_section_before_unless_it_is_a_known_one() -> None:
    found = document_parts(chunks("1 Introduction", "2 Method", "Choice of gates", "Conclusion"), 8)
    assert names(found) == [("1 Introduction", 1), ("2 Method", 2), ("Conclusion", 1)]


def test_the_shortest_neighbours_become_one_while_there_are_too_many() -> None:
    found = document_parts(chunks(*PAPER), 3)
    assert [part.name for part in found] == ["Abstract – 1 Introduction", "2 Method", "3 Results – 4 Conclusion"]
    assert [hit.chunk_id for part in found for hit in part.passages] == [f"c{place}" for place in range(8)]


@pytest.mark.parametrize(
    "after",
    [
        ("A Proofs", "A.1 First proof"),
        ("Appendix", "Further tables"),
        ("Acknowledgements",),
        ("Author Contributions", "A Prompts"),
    ],
)
def test_appendices_and_what_says_who_did_the_work_are_no_part(after: Sequence[str]) -> None:
    assert document_parts(chunks(*PAPER, *after), 8) == document_parts(chunks(*PAPER), 8)


def test_roman_numbers_open_no_appendix() -> None:
    found = document_parts(chunks("I. Introduction", "II. Method", "III. Results", "V. Discussion"), 8)
    assert len(found) == 4


def test_a_text_without_sections_is_cut_into_equal_parts() -> None:
    assert names(document_parts(chunks(*[""] * 10), 4)) == [("", 3), ("", 3), ("", 3), ("", 1)]


def test_of_nothing_there_are_no_parts() -> None:
    assert document_parts([], 8) == []


def test_a_part_has_its_passages_as_the_index_has_them() -> None:
    (part,) = document_parts([replace(chunks("Abstract")[0], position=7)], 8)
    (hit,) = part.passages
    assert hit.position == 7
    assert (hit.chunk_id, hit.document_id, hit.title, hit.section, hit.text) == (
        "c0", "doc", "On tides", "Abstract", "Text 0.",
    )  # fmt: skip
