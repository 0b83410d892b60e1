"""What a terminal cannot show is written in ASCII, and says the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft import console  # registers the handler
from ragft.look_alikes import look_alike

assert console


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("x ≤ 3, y ≥ 5, z ≠ 0, a ≈ b", "cp1252", "x <= 3, y >= 5, z != 0, a ~= b"),
        ("x ≤ 3 ± 1", "cp437", "x ≤ 3 ± 1"),
        ("12 ± 1 × 3 ÷ 4", "ascii", "12 +- 1 x 3 / 4"),
        ("3 × 10⁻⁴", "cp1252", "3 x 10^-4".replace("x", "×")),
        ("10⁻² and 57²", "ascii", "10^-2 and 57^2"),
        ("x₁₂ and CO₂", "latin-1", "x_12 and CO_2"),
        ("2ⁿ", "latin-1", "2^n"),
        ("5½ and ⅓", "ascii", "5 1/2 and  1/3"),
        ("5½ and ⅓", "cp1252", "5½ and  1/3"),
        ("α = 0.05, Δx, 5 µm", "ascii", "alpha = 0.05, Deltax, 5 um"),
        ("Η θυρίδα", "cp1252", "Eta ??????"),
        ("A → B ⇒ C", "cp1252", "A -> B => C"),
        ("“Größe” – naïve café…", "ascii", '"Grosse" - naive cafe...'),
        ("Śluza zamknięta, łąka", "latin-1", "Sluza zamknieta, laka"),
        ("£320, €57, 25 °C", "ascii", "GBP 320, EUR 57, 25  deg C"),
        ("ﬁne ① ™", "cp437", "fine (1) (TM)"),
        ("水車 12", "cp1252", "?? 12"),
        ("✓ and ✗", "cp1252", "yes and no"),
    ],
)
def test_what_an_encoding_lacks_is_written_so_that_it_says_the_same(text: str, encoding: str, shown: str) -> None:
    assert text.encode(encoding, "ragft.look-alikes").decode(encoding) == shown


@given(st.text(min_size=1))
def test_any_text_can_be_shown(text: str) -> None:
    assert look_alike(text).isascii() or text.isascii()
    for encoding in ("ascii", "latin-1", "cp1252", "cp437", "shift_jis"):
        text.encode(encoding, "ragft.look-alikes").decode(encoding)


@given(st.integers(0, 999), st.sampled_from("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉½⅓¼¾⅛①②⓪"))
def test_no_digit_joins_the_number_before_it(number: int, character: str) -> None:
    shown = f"{number}{character}".encode("ascii", "ragft.look-alikes").decode()
    assert shown.startswith(str(number))
    assert not shown[len(str(number))].isdigit()
