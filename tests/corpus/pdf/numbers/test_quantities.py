"""What counts as a number or short quantity in a cell."""

from __future__ import annotations

import pytest

from ragft.corpus.pdf.numbers.quantities import is_quantity

QUANTITIES = "1.234,05 €|(300)|1 pcs|EUR 12|12,50|-3|12-|1 250,00 EUR|15 °C|0.5 kg/m²|$ 5|US$5|04.05.2031|5 %|1'200|-"
OTHERS = "M8|Rent 3 rooms|4 items in a box|2031 in the|Gate|a|12 months later|3D printer"


@pytest.mark.parametrize("text", QUANTITIES.split("|"))
def test_a_quantity(text: str) -> None:
    assert is_quantity(text)


@pytest.mark.parametrize("text", OTHERS.split("|"))
def test_no_quantity(text: str) -> None:
    assert not is_quantity(text)
