"""The look of a style is that of its line of styles, and is worked out when it is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from ragft.corpus.readers.office.docx_colours import Palette
from ragft.corpus.readers.office.docx_seen import Look, StyleLooks
from ragft.corpus.readers.office.namespaces import W


def style(name: str, properties: str, based_on: str = "") -> Any:
    based = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return etree.fromstring(
        f'<w:style xmlns:w="{W.strip("{}")}" w:styleId="{name}">{based}<w:rPr>{properties}</w:rPr></w:style>'
    )


class Opened(dict[str, Any]):
    """Styles that note which of them are looked at."""

    def __init__(self, styles: dict[str, Any]) -> None:
        super().__init__(styles)
        self.opened: list[str] = []

    def __getitem__(self, name: str) -> Any:
        self.opened.append(name)
        return super().__getitem__(name)


@pytest.fixture
def looks() -> StyleLooks:
    found = {
        "Plain": style("Plain", '<w:sz w:val="20"/>'),
        "Gone": style("Gone", "<w:vanish/>", "Plain"),
        "Unused": style("Unused", "<w:strike/>"),
    }
    return StyleLooks(found, Palette(), "Plain", Look(size=8, struck=False))


def test_a_style_takes_over_what_it_does_not_say(looks: StyleLooks) -> None:
    assert looks.of("Gone") == Look(vanish=True, size=20)


def test_what_names_no_style_has_the_usual_one_over_what_holds_everywhere(looks: StyleLooks) -> None:
    assert looks.of("") == Look(size=20, struck=False)


def test_a_style_that_is_not_defined_changes_nothing(looks: StyleLooks) -> None:
    assert looks.of("Missing") == Look()


def test_a_style_that_nothing_uses_is_not_looked_at_and_a_used_one_once() -> None:
    found = Opened({name: style(name, "<w:vanish/>") for name in ("Used", "Unused")})
    looks = StyleLooks(found, Palette())
    first = looks.of("Used")
    opened = list(found.opened)
    assert set(opened) == {"Used"}
    assert (looks.of("Used"), found.opened) == (first, opened)
