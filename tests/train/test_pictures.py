"""The curve as pictures."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from ragft.train.curve import append_point
from ragft.train.pictures import curve_png, curve_svg
from tests.train.test_curve import POINTS

PAIRS = [
    {"phase": "preference", "step": 0, "eval_loss": 0.7, "eval_accuracy": 0.0, "eval_margin": 0.0},
    {"phase": "preference", "step": 1, "loss": 0.5, "accuracy": 1.0, "margin": -0.5},
]


def drawn(path: Path, points: list[dict[str, object]]) -> Path:
    path.touch()
    for point in points:
        append_point(path, point)
    return path


@pytest.mark.parametrize("pairs", [0, 2])
def test_the_svg_stands_alone_and_shows_every_point(tmp_path: Path, pairs: int) -> None:
    svg = curve_svg(drawn(tmp_path / "train.jsonl", [*POINTS, *PAIRS[:pairs]]))
    root = ET.fromstring(svg)  # noqa: S314  our own
    assert len([e for e in root.iter() if e.tag.endswith("circle")]) == 4 + pairs
    assert ("margin" in svg) == bool(pairs)
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in svg


@pytest.mark.parametrize(
    "points", [[], [{"step": 1, "loss": 1.0}], [{"step": 0, "loss": 2.5}, {"step": 1, "loss": 2.5}]]
)
def test_few_or_equal_points_are_drawn_too(tmp_path: Path, points: list[dict[str, object]]) -> None:
    path = drawn(tmp_path / "train.jsonl", points)
    ET.fromstring(curve_svg(path))  # noqa: S314
    curve_png(path, tmp_path / "loss.png")
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
