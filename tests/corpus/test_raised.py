"""Raised and lowered characters on one line."""

from __future__ import annotations

import re
import time
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.raised import Position, lowered, on_one_line, raised_form
from ragft.corpus.text import sanitise


@pytest.mark.parametrize(
    ("before", "text", "after", "written"),
    [
        ("3 × 10", "−4", " and", "^−4"),
        ("10", "6", "m", "^6 "),
        ("a field of 12 m", "2", ".", "^2"),
        ("5 km", "2", "", "^2"),
        ("9.81 m s", "−2", "", "^−2"),
        ("x", "2", "+1", "^2"),
        ("x_i", "2", "", "^2"),
        ("(a+b)", "2", "", "^2"),
        ("sin", "2", " x", "^2"),
        ("E = mc", "2", ".", "^2"),
        ("close to 1 − 10−", "8", ".", "^8"),
        ("e", "−x/2", "", "^(−x/2)"),
        ("A", "T", "B", "^T "),
        ("2", "n", "", "^n"),
        ("2", "32", "", "^32"),
        ("Ca", "2+", "", "^2+"),
        ("SO4", "2−", "", "^2−"),
        ("the ", "14", "C date", "^14"),
        ("57", "2", " tonnes", "^2"),  # either: kept apart
        ("12,500", "3", " people", "^3"),
        ("1,024", "3", " cells", "^3"),
        ("1'000", "3", "", "^3"),
        ("in 2019", "4", ",", "^4"),
        ("a grid of 2048", "3", ".", "^3"),
        ("2000", "2", " pixels", "^2"),
        ("(2048)", "2", "", "^2"),
        ("(error)", "2", "", "^2"),
        ("20 galaxies per arcmin", "2", " down", "^2"),
        ("20 per arcmin", "2", "", "^2"),
        ("10", "3.5", " K", "^3.5"),
        ("10", "(5)", "", "^(5)"),
        ("2", "n+1", "", "^(n+1)"),
        ("10000", "2i/d", ")", "^(2i/d)"),
        ("1.05", "t", "", "^t"),
        ("5", "h", "30", "^h "),
        ("30", "m", "", "^m"),
        ("US$10", "9", "", "^9"),
        ("56 м", "2", " в", "^2"),
        ("на км", "2", "", "^2"),
        ("56 م", "2", "", "^2"),
        ("56平方", "2", "", "^2"),
        ("900 hm", "3", "", "^3"),
        ("5 kg", "2", "", "^2"),
        ("5 Pa", "2", "", "^2"),
        ("56 metres", "2", ".", "^2"),
        ("56 मीटर", "2", "।", "^2"),
        ("5 metres", "−1", "", "^−1"),
        ("(5)", "2", "", "^2"),
        ("2", "3,5", "", "^(3,5)"),
        ("2", "d", "", "^d"),
        ("3", "a", " here", "^a"),
        ("12", "a", "", "^a"),
        ("ℝ", "n", "", "^n"),
        ("𝑥", "n", "", "^n"),
        ("K", "⊤", "", "^⊤"),
        ("(mean error)", "2", "", "^2"),
        ("(root mean square error)", "2", "", "^2"),
        ("costs €1,200", "41", ".", "^41"),
        ("5", "n", "", "^n"),
    ],
)
def test_exponents_are_kept_apart(before: str, text: str, after: str, written: str) -> None:
    assert raised_form(before, text, after) == written


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("costs $320", "1", " and"),
        ("costs 320 €", "2", ""),
        ("weighs 57", "1", ""),
        ("tonnes", "2", "."),
        ("tonnes.", "2", " Next"),
        ("(see the appendix)", "2", ""),
        ("57%", "2", ""),
        ("GPT-4", "2", ""),
        ("Ann Other", "1,2,*", ", Per"),
        ("as shown", "[12]", " by"),
        ("as shown", "[note 3]", ""),
        ("as shown", "3–5", ""),
        ("value", "†", ""),
        ("水闸", "1", "的"),
        ("", "1", " Dry weight."),
        ("56 metres", "1", "."),
        ("was number 3.", "12", " The"),
        ("56 metres", "4", "."),
        ("in metres", "2", "."),
        ("the 56 long gates", "2", "."),
        ("costs $320", "3,5", ""),
        ("45.2", "a", " GPa"),
        ("45.2", "e", ""),
        ("45.2", "o", ""),
        ("1,200", "a", ""),
        ("costs $12", "a", ""),
        ("57", "b,c", ""),
        ("(mean error)", "1", ""),
        ("(of the mean error)", "2", ""),
    ],
)
def test_note_marks_are_dropped(before: str, text: str, after: str) -> None:
    assert raised_form(before, text, after) == ""


@pytest.mark.parametrize(
    ("before", "text", "after", "written"),
    [
        ("the 1", "st", " of", "st"),
        ("XIX", "e", " siècle", "e"),
        ("le 2", "e", " siècle", "e"),
        ("le 1", "er", " mai", "er"),
        ("25 ", "o", "C", "°"),
        ("Intel", "TM", "", "™"),
        ("is 5", "½", " inch", " ½"),
        ("is x", "½", "", "^½"),
        ("is 10", ".25", " wide", "^(.25)"),
        ("Offer", "valid while stocks last", "", " valid while stocks last "),
    ],
)
def test_what_is_raised_by_custom_is_joined(before: str, text: str, after: str, written: str) -> None:
    assert raised_form(before, text, after) == written


@pytest.mark.parametrize(
    ("before", "text", "written"),
    [
        ("H", "2", "2"),
        ("CO", "2", "2"),
        ("Fe", "3", "3"),
        ("Ca(OH)", "2", "2"),
        ("C6H", "12", "12"),
        ("IC", "50", "50"),
        ("x", "1", "_1"),
        ("W", "1", "_1"),
        ("h", "t−1", "_(t−1)"),
        ("BERT", "LARGE", "_LARGE"),
        ("log", "2", "_2"),
        ("1011", "2", "_2"),
        ("N", "2,5", "_(2,5)"),
    ],
)
def test_indices_and_formulas(before: str, text: str, written: str) -> None:
    assert lowered(before, text) == written


@pytest.mark.parametrize(
    ("runs", "line"),
    [
        ([("costs $320", "line"), ("1", "raised"), ("57 more", "line")], "costs $320 57 more"),
        ([("57", "line"), ("2", "note"), (" tonnes", "line")], "57 tonnes"),
        ([("BM25(", "line"), ("1", "raised"), (") and 2", "line")], "BM25(1) and 2"),
        ([("the gate (", "line"), ("2", "raised"), (").", "line")], "the gate (2)."),
        ([("SO", "line"), ("4", "lowered"), ("2−", "raised")], "SO4^2−"),
        ([("CO", "line"), ("2", "lowered"), ("57 times", "line")], "CO2 57 times"),
        ([("2", "line"), ("1", "raised"), ("⁄", "line"), ("2", "lowered"), (" inches", "line")], "2 1⁄2 inches"),
        ([("1", "raised"), ("/", "line"), ("2", "lowered")], "1/2"),
        ([("2", "line"), ("1", "raised"), ("/2 inches", "line")], "2 1/2 inches"),
        ([("2", "line"), ("1", "raised"), ("⁄2", "line")], "2 1⁄2"),
        ([("1", "raised"), ("/2", "line")], "1/2"),
        ([("a ", "line"), ("1", "raised"), ("/2", "line")], "a 1/2"),
        ([("3", "line"), ("3", "raised"), ("/4", "line")], "3^3/4"),
        ([("3", "line"), ("3", "raised"), ("/4 inches", "line")], "3 3/4 inches"),
        ([("x", "line"), ("1", "raised"), ("/2", "line")], "x^1/2"),
        ([("10", "line"), ("6", "raised"), ("/8 wells", "line")], "10^6/8 wells"),
        ([("3", "line"), ("2", "raised"), ("/4", "line")], "3^2/4"),
        ([("10", "line"), ("4", "raised"), ("/5", "line")], "10^4/5"),
    ],
)
def test_runs(runs: list[tuple[str, Position]], line: str) -> None:
    assert on_one_line(runs) == line


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("costs $320¹ and 3 × 10⁻⁴ m²", "costs $320 and 3 × 10^−4 m^2"),
        ("10³·⁵ K, 10³.⁵ K, 10⁻³·⁵ and 10⁻³‧⁵", "10^3.5 K, 10^3.5 K, 10^−3.5 and 10^−3.5"),
        ("2048³ particles in 2000² of 1,024³ cells", "2048^3 particles in 2000^2 of 1,024^3 cells"),
        ("2\ufdd0n\ufdd1 b\ufdd1\ufdd2", "2^n b"),
        ("CO₂ and x₁, Σᵢxᵢ²", "CO2 and x_1, Σ_i x_i^2"),
        ("shown¹,² before", "shown before"),
        ("56 м², 900 м³, 5 км², 56 م²", "56 м^2, 900 м^3, 5 км^2, 56 م^2"),
        ("2¹/₂ and 3³/4 inches", "2 1/2 and 3 3/4 inches"),
        ("5²/3 metres, 10²/3, 3³/4 of it, 2¹/2", "5^2/3 metres, 10^2/3, 3^3/4 of it, 2 1/2"),
        ("3\u206210² t, 3\u2064½ h, 2\u2062x", "3 10^2 t, 3 ½ h, 2x"),
        ("45.2ᵃ GPa, the 2ⁿᵈ and 3ʳᵈ of 2ⁿ, pʰ", "45.2 GPa, the 2nd and 3rd of 2^n, pʰ"),
        ("5½ tonnes, 57① of them", "5 ½ tonnes, 57 ① of them"),
    ],
)
def test_characters_that_are_raised_by_themselves(text: str, clean: str) -> None:
    assert sanitise(text) == clean


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["10", "320", " 57 ", "x", "tonnes", "CO", "2", "−4", "1,2", "*", "."]),
            st.sampled_from(["line", "raised", "lowered", "note"]),
        )
    )
)
def test_no_number_is_longer_than_it_is_seen(runs: list[tuple[str, Position]]) -> None:
    """Numbers on the line stay as they are, unless the line itself joins them."""
    parts = [("".join(text for text, _ in same), at) for at, same in groupby(runs, key=lambda run: run[1])]
    on_the_line = "".join(text if at == "line" else "|" for text, at in parts)
    allowed = set(re.findall(r"\d+", on_the_line + "|" + "|".join(text for text, at in parts if at != "line")))
    line = on_one_line(runs)
    joined = set(re.findall(r"\d+", line)) - allowed
    assert not joined, line


def test_eight_times_the_raised_characters_take_about_eight_times_as_long() -> None:
    def seconds(count: int) -> float:
        text = "x² and ¹ " * count
        times = []
        for _ in range(3):
            start = time.process_time()
            assert sanitise(text).count("^2") == count
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(8_000) < 24 * seconds(1_000)  # 64 times, if the time grew with the square
