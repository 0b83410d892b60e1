"""Colours of text and background, and whether a reader can distinguish them."""

from __future__ import annotations

import colorsys

Rgb = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""
WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (0, 0, 0)
_ALIKE = 6
"""The largest invisible difference of red, green or blue: #fafafa on white."""


def alike(one: Rgb | str, other: Rgb | str) -> bool:
    """Whether text of one colour is invisible on the other; colours known only by name are compared by name."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return all(abs(a - b) <= _ALIKE for a, b in zip(one, other, strict=True))


def tinted(colour: Rgb, tint: float) -> Rgb:
    """A colour made darker (below 0, to -1) or lighter (to 1), by ECMA-376, 18.8.19."""
    if not tint:
        return colour
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    return of_shares(*colorsys.hls_to_rgb(hue, light, saturation))


def mixed(colour: Rgb, other: Rgb, share: float) -> Rgb:
    """`share` of a colour, 0 to 1, and the rest of another."""
    return of_shares(*((a * share + b * (1 - share)) / 255 for a, b in zip(colour, other, strict=True)))


def of_shares(red: float, green: float, blue: float) -> Rgb:
    """A colour of shares between 0 and 1."""
    red, green, blue = (round(255 * min(1.0, max(0.0, share))) for share in (red, green, blue))
    return int(red), int(green), int(blue)


def encoded(light: float) -> float:
    """A share of light as the share of a channel of sRGB."""
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def of_digits(code: str) -> Rgb | None:
    """A colour of six hex digits; None where they are not hex."""
    try:
        red, green, blue = bytes.fromhex(code)
    except ValueError:
        return None
    return red, green, blue
