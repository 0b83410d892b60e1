"""Names of sections, and entries of reference lists."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.sections import entries_in, is_appendix

LONG = " ".join(f"[{n}] A. Other and P. Son. On the tides of harbour {n}. Sea Letters, {1990 + n}." for n in range(20))


@pytest.mark.parametrize(
    "text",
    [
        "[1] A. Other. Tides. 1987.",
        "[Oth87] Ann Other: Tides (Sea Press, 1987)",
        "[3] 王明. 潮汐研究[J]. 海洋, 2001.",
        "[4] Handbook of gates. https://gates.example/handbook",
        "1. Other, A. Tides of the north. 1987.",
        "Other, A., & Son, P. (1987). Tides of the north.",
        "Müller, K.: Gezeiten. Hafen, 1987.",
        "Ann Other, Per Son. Tides of the north. Sea Letters, 1987.",
    ],
)
def test_an_entry(text: str) -> None:
    assert entries_in(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Per Son, Harbour Board, tel. 22 33 44 55, led my team of 14.",
        "Dr. Per Son, Harbour Board, my manager until 2015.",
        "P. Son, Harbour Board, per@board.example, 2015.",
        "Harrow Waterworks, new main of 3400 metres, 2019.",
        "The timeout is 30 seconds.",
        "In 1987, the gate was closed for 14 days.",
        "Roman, 200 pages",
        "The rate was 17.3 percent (2019). " * 30,
    ],
)
def test_no_entry(text: str) -> None:
    assert entries_in(text) == 0


def test_entries_without_blank_lines_between_them_are_counted() -> None:
    assert entries_in(LONG) == 20


@pytest.mark.parametrize("piece", ["A", "A.", "A. ", "A-", "1", "1(", "A, ", "[1] "])
def test_a_very_long_text_is_judged_in_a_short_time(piece: str) -> None:
    began = time.process_time()
    entries_in(piece * 50_000)
    assert time.process_time() - began < 3


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    assert entries_in(text) >= 0


@pytest.mark.parametrize(
    "name", ["Appendix A", "A Appendix", "Anhang", "Annexe 2", "Apéndice", "附录 A", "Приложение 1"]
)
def test_an_appendix(name: str) -> None:
    assert is_appendix(name)
