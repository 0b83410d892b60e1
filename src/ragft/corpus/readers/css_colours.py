"""Colours as CSS writes them, `white`, `#fff`, `rgb(255 255 255)` or `oklch(1 0 0)`, as red, green and blue."""

from __future__ import annotations

from functools import lru_cache

from ragft.corpus.readers.colours import BLACK, WHITE, Rgb, encoded, of_shares

_OF_SYSTEM: dict[str, Rgb] = {"canvas": WHITE, "canvastext": BLACK, "window": WHITE, "windowtext": BLACK}
_GREY = 0.004
"""The most colour of a grey, as a share."""


@lru_cache(4096)
def rgb_of(colour: str) -> Rgb | str:
    """Red, green and blue of a colour; its own spelling where it is let through, unknown, or not of that space."""
    from tinycss2 import color5

    colour = " ".join(colour.casefold().split())
    if colour in _OF_SYSTEM:
        return _OF_SYSTEM[colour]
    try:
        parsed = color5.parse_color(colour)
    except (NotImplementedError, ValueError, ArithmeticError):
        return colour
    if parsed is None or isinstance(parsed, str) or parsed.alpha < 1:
        return colour
    try:
        shares = parsed.to("srgb").coordinates
    except NotImplementedError:
        grey = _grey(parsed.space, [value or 0.0 for value in parsed.coordinates])
        return colour if grey is None else of_shares(grey, grey, grey)
    return of_shares(shares[0] or 0.0, shares[1] or 0.0, shares[2] or 0.0)


def _grey(space: str, values: list[float]) -> float | None:
    """How light a grey is in sRGB, 0 to 1, of a colour in another space; None where it is not a grey."""
    first, second, third = (min(max(value, -1000.0), 1000.0) for value in values)
    if space in {"lab", "lch"}:
        if max(abs(second), 0.0 if space == "lch" else abs(third)) > 100 * _GREY:
            return None
        return encoded(((first + 16) / 116) ** 3 if first > 8 else first / 903.3)
    if space in {"oklab", "oklch"}:
        return None if max(abs(second), 0.0 if space == "oklch" else abs(third)) > _GREY else encoded(first**3)
    return first if space == "display-p3" and max(values) - min(values) <= _GREY else None
