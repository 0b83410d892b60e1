"""Citation keys as models write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ragft.answer.written.citation_keys import cite, keep_keys, parse_keys, strip_keys, without_repeats
from tests.answer.fakes import QLORA, evidence


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("A [1].", [("1",)]),
        ("A [1, 2].", [("1", "2")]),
        ("A [1][2].", [("1",), ("2",)]),
        ("A [1; 3 and 4].", [("1", "3", "4")]),
        ("A [2-4].", [("2", "3", "4")]),
        ("A [Source 2].", [("2",)]),
        ("A [source: 2, source: 3].", [("2", "3")]),
        ("A 【3†source】.", [("3",)]),
        ("A [ 01 ].", [("1",)]),
        ("A [S2].", [("2",)]),
        ("A (1).", []),
        ("A [a].", []),
        ("x[i] and [see below]", []),
        ("A [see 1].", [("1",)]),
        ("A [1234].", [("1234",)]),
        ("A ［3］ 〔4〕 ⟦5⟧ [¹²].", [("3",), ("4",), ("5",), ("12",)]),
        ("A [2, p. 3].", [("2",)]),
        ("A [2: On QLoRA].", [("2",)]),
        ("A [source_2] [doc-3] [No. 4].", [("2",), ("3",), ("4",)]),
        ("A [1..3].", [("1", "2", "3")]),
        ("A [^2] [*3*] [`4`] \\[5\\].", [("2",), ("3",), ("4",), ("5",)]),
        ("A [1|2、3].", [("1", "2", "3")]),
        ("A (source 2), (Sources 3 and 4).", [("2",), ("3", "4")]),
        ("A [1.5] [48 GB] [Smith, 2021].", []),
        ("A [1", []),
        ("A [].", []),
        ("A [1-900].", [("1", "900")]),
    ],
)
def test_keys_are_found(text: str, keys: list[tuple[str, ...]]) -> None:
    assert [group.keys for group in parse_keys(text)] == keys


def test_stripping_leaves_the_prose_and_says_where_the_keys_stood() -> None:
    text, places = strip_keys("Paged [1]. Frozen [2, 3].")
    assert text == "Paged. Frozen."
    assert places == ((5, ("1",)), (14 - 1, ("2", "3")))


@pytest.mark.parametrize(
    ("text", "plain", "keys"),
    [
        ("A [[1]].", "A.", {"1"}),
        ("A [[1], [2]].", "A.", {"1", "2"}),
        ("A [[9]1].", "A.", {"9", "1"}),
        ("A [1[9]2].", "A.", {"9", "12"}),
        ("The list [] stays [1].", "The list [] stays.", {"1"}),
    ],
)
def test_nested_keys_leave_no_key_behind(text: str, plain: str, keys: set[str]) -> None:
    stripped, places = strip_keys(text)
    assert stripped == plain
    assert {key for _, found in places for key in found} == keys


@given(st.text(alphabet="ab .,[]()0123456789-–\n:source【］", max_size=80))
def test_no_key_survives_stripping(text: str) -> None:
    stripped, places = strip_keys(text)
    assert parse_keys(stripped) == ()
    assert [position for position, _ in places] == sorted(position for position, _ in places)
    assert all(0 <= position <= len(stripped) for position, _ in places)


@given(st.text(alphabet="ab .,[]()12 9source【］", max_size=80))
@example("1[1]1")
@example("a [1]1")
def test_of_the_keys_only_known_ones_are_kept_and_in_one_form(text: str) -> None:
    kept = keep_keys(text, {"1", "2"})
    assert set(re.findall(r"\[(\d+)\]", kept)) <= {"1", "2"}
    assert keep_keys(kept, {"1", "2"}) == kept
    assert strip_keys(kept)[0] == strip_keys(text)[0]


def test_a_citation_quotes_verbatim() -> None:
    item = evidence(QLORA)[0]
    citation = cite("QLoRA needs a single GPU with 48 GB.", item)
    assert citation is not None
    assert citation.quote == item.hit.text[citation.start : citation.end]
    assert "48 GB" in citation.quote
    assert (citation.key, citation.pages, citation.origin) == ("1", (2, 2), "cited")


def test_one_place_is_quoted_once_and_the_models_own_citation_wins() -> None:
    item = evidence(QLORA)[0]
    aligned, cited = cite("QLoRA: 48 GB.", item, aligned=True), cite("48 GB on a single GPU.", item)
    assert aligned and cited
    assert without_repeats([aligned, cited]) == (cited,)
