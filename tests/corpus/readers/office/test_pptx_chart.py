"""The values that a file keeps for a chart; what is not as the format says does not hide the rest."""

from __future__ import annotations

import pytest
from lxml import etree

from ragft.corpus.readers.office.pptx_chart import chart_table

C = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def points(*found: tuple[str, str]) -> str:
    return "".join(f"<c:pt idx='{place}'><c:v>{value}</c:v></c:pt>" for place, value in found)


@pytest.mark.parametrize("place", ["x", "", "-1", "9" * 5_000])
def test_a_point_without_a_place_is_left_out(place: str) -> None:
    levels = [points(("0", "Brest"), ("1", "Kiel"), (place, "none")), points(("0", "2023"), (place, "none"))]
    categories = "".join(f"<c:lvl>{level}</c:lvl>" for level in levels)
    values = points(("0", "6.2"), ("1", "3"), (place, "4"))
    series = f"<c:ser><c:cat>{categories}</c:cat><c:val>{values}</c:val></c:ser>"
    root = etree.fromstring(f"<c:chartSpace xmlns:c='{C}'><c:lineChart>{series}</c:lineChart></c:chartSpace>")
    assert chart_table(root) == ("", [" | series 1", "2023 Brest | 6.2", "2023 Kiel | 3"])
