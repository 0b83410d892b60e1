"""Text in the colour of its background is not read, in whatever notation; text in a colour that is not known is."""

from __future__ import annotations

import pytest

from tests.corpus.readers.html.test_hidden import is_read

WHITES = [
    "rgb(255 255 255)",
    "rgb(100% 100% 100% / 1)",
    "#ffffffff",
    "#FFFF",
    "hsl(0 0% 100%)",
    "hsl(0, 0%, 100%)",
    "hwb(0 100% 0%)",
    "oklch(1 0 0)",
    "oklab(100% 0 0)",
    "lab(100 0 0)",
    "color(srgb 1 1 1)",
    "color(display-p3 1 1 1)",
    "Canvas",
    "#fefefe",
    "snow",
]


@pytest.mark.parametrize("colour", WHITES)
def test_text_in_the_colour_of_paper_in_any_notation(colour: str) -> None:
    assert not is_read(f"color: {colour}")
    assert not is_read(f"-webkit-text-fill-color: {colour}")
    assert is_read(f"color: {colour}; background: #224488")


def test_text_in_nearly_the_colour_of_its_ground() -> None:
    assert not is_read("color: #102030; background-color: rgb(16 33 50)")
    assert is_read("color: #102030; background-color: rgb(16 33 80)")


@pytest.mark.parametrize(
    "colour", ["oklch(0.5 0.1 20)", "color-mix(in srgb, red, blue)", "var(--ink)", "rgb(1e999", "#eee"]
)
def test_text_in_another_colour_or_one_that_is_not_known_is_read(colour: str) -> None:
    assert is_read(f"color: {colour}")
