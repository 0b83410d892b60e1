"""The loss curve on disk and as pictures."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from ragft.errors import DatasetError, NotFoundError
from ragft.train.curve import append_point, curve_png, curve_svg, read_curve, rewind

POINTS = [
    {"step": 1, "loss": 2.0},
    {"step": 2, "loss": 1.5},
    {"step": 2, "eval_loss": 1.6, "eval_refusal_loss": 1.0},
    {"step": 3, "loss": 1.2},
]


@pytest.fixture
def curve(tmp_path: Path) -> Path:
    for point in POINTS:
        append_point(tmp_path / "train.jsonl", point)
    return tmp_path / "train.jsonl"


def test_both_losses_are_read(curve: Path) -> None:
    read = read_curve(curve)
    assert read.train == ((1, 2.0), (2, 1.5), (3, 1.2))
    assert read.held_out == ((2, 1.6),)


def test_rewinding_drops_what_came_later_and_a_line_cut_short(curve: Path) -> None:
    with curve.open("a", encoding="utf-8") as handle:
        handle.write('{"step": 4, "lo')
    rewind(curve, 2)
    assert read_curve(curve).train == ((1, 2.0), (2, 1.5))
    assert read_curve(curve).held_out == ((2, 1.6),)
    rewind(curve.with_name("absent.jsonl"), 2)


def test_the_svg_stands_alone_and_shows_every_point(curve: Path) -> None:
    svg = curve_svg(curve)
    root = ET.fromstring(svg)  # noqa: S314  our own
    assert len([e for e in root.iter() if e.tag.endswith("circle")]) == 4
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in svg


@pytest.mark.parametrize(
    "points", [[], [{"step": 1, "loss": 1.0}], [{"step": 0, "loss": 2.5}, {"step": 1, "loss": 2.5}]]
)
def test_few_or_equal_points_are_drawn_too(tmp_path: Path, points: list[dict[str, float]]) -> None:
    path = tmp_path / "train.jsonl"
    path.touch()
    for point in points:
        append_point(path, point)
    ET.fromstring(curve_svg(path))  # noqa: S314
    curve_png(path, tmp_path / "loss.png")
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")


def test_a_curve_that_is_missing_or_broken_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_curve(tmp_path / "absent.jsonl")
    (tmp_path / "bad.jsonl").write_text("x\n")
    with pytest.raises(DatasetError, match="line 1"):
        read_curve(tmp_path / "bad.jsonl")
