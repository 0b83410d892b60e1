"""Of several forms of the same content, the first with something to read is chosen."""

from __future__ import annotations

import pytest
from lxml import etree

from ragft.corpus.readers.office.alternatives import chosen_form, put_first_forms

NAMES = "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"


@pytest.mark.parametrize(
    ("forms", "number"),
    [
        ("<mc:Choice n='1'><t/></mc:Choice><mc:Choice n='2'><g><t>b</t></g></mc:Choice>", "2"),
        ("<mc:Choice n='1'/><mc:Fallback n='2'><t>b</t></mc:Fallback><mc:Choice n='3'><t>c</t></mc:Choice>", "2"),
        ("<other n='0'><t>a</t></other><mc:Choice n='1'/><mc:Fallback n='2'/>", "1"),
    ],
)
def test_the_first_form_with_text_is_chosen_else_the_first(forms: str, number: str) -> None:
    node = etree.fromstring(f"<mc:AlternateContent {NAMES}>{forms}</mc:AlternateContent>")
    assert chosen_form(node, lambda held: held.tag == "t" and bool(held.text)).get("n") == number


def test_without_forms_nothing_is_chosen() -> None:
    node = etree.fromstring(f"<mc:AlternateContent {NAMES}/>")
    assert list(chosen_form(node, lambda held: held.tag == "t")) == []


def test_the_first_form_takes_the_place_of_all() -> None:
    forms = "<mc:Choice><b/><c/></mc:Choice><mc:Fallback><d/></mc:Fallback>"
    root = etree.fromstring(f"<r {NAMES}><a/><mc:AlternateContent>{forms}</mc:AlternateContent><e/></r>")
    put_first_forms(root)
    assert [child.tag for child in root] == ["a", "b", "c", "e"]
