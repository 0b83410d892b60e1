"""Colours that DrawingML writes: by names, of the system and as shares of light."""

from __future__ import annotations

import pytest
from lxml import etree

from ragft.corpus.readers.colours import Rgb
from ragft.corpus.readers.office.colours import drawn
from ragft.corpus.readers.office.namespaces import A


@pytest.mark.parametrize(
    ("xml", "colour"),
    [
        ("<a:prstClr val='green'/>", (0, 128, 0)),
        ("<a:prstClr val='navy'/>", (0, 0, 128)),
        ("<a:prstClr val='dkBlue'/>", (0, 0, 139)),
        ("<a:prstClr val='darkBlue'/>", (0, 0, 139)),
        ("<a:prstClr val='ltGray'/>", (211, 211, 211)),
        ("<a:prstClr val='medSlateBlue'/>", (123, 104, 238)),
        ("<a:prstClr val='medal'/>", None),
        ("<a:prstClr/>", None),
        ("<a:sysClr val='windowText'/>", (0, 0, 0)),
        ("<a:sysClr val='window'/>", (255, 255, 255)),
        ("<a:sysClr val='window' lastClr='F0F0F0'/>", (240, 240, 240)),
        ("<a:sysClr val='menu'/>", None),
        ("<a:scrgbClr r='0' g='50000' b='100%'/>", (0, 188, 255)),
        ("<a:scrgbClr r='-5' g='0' b='0'/>", (0, 0, 0)),
    ],
)
def test_a_colour_is_known_by_what_it_is_called(xml: str, colour: Rgb | None) -> None:
    namespace = A.strip("{}")
    assert drawn(etree.fromstring(f"<a:solidFill xmlns:a='{namespace}'>{xml}</a:solidFill>"), {}) == colour
