"""What plain selectors match is what the library's own search finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from ragft.corpus.readers.html.cascade import matching_elements
from ragft.corpus.readers.html.element_index import ElementIndex

NAMES = st.sampled_from(["div", "p", "*", "DIV", ".a", ".B", ".b", "#i", "p.a", "div.a.B", ".a#i", "", "p:first-child"])
JOINTS = st.sampled_from([" ", " > ", ">", " + ", "  "])
TREES = st.recursive(
    st.sampled_from(["x", "<p class=a>y</p>"]),
    lambda inner: st.builds(
        lambda tag, names, parts: f"<{tag} class='{names}' id={'i' if 'B' in names else 'k'}>{''.join(parts)}</{tag}>",
        st.sampled_from(["div", "section"]),
        st.sampled_from(["", "a", "a B", "b", "B a", "A"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


@given(st.sampled_from(["", "<!doctype html>"]), TREES, st.lists(st.tuples(NAMES, JOINTS), min_size=1, max_size=4))
def test_what_is_found_is_what_the_library_finds(doctype: str, page: str, parts: list[tuple[str, str]]) -> None:
    tree = LexborHTMLParser(doctype + page)
    selector = "".join(name + joint for name, joint in parts[:-1]) + parts[-1][0]
    index = ElementIndex(tree, lambda one: matching_elements(tree, one))
    found = [node.mem_id for node in index.matching(selector)]
    assert found == [node.mem_id for node in matching_elements(tree, selector)]


@pytest.mark.parametrize(
    ("selector", "is_searched"),
    [(".a .b > p", False), ("div > .b p", True), ("p:hover b", False), ("p:not(:hover)", True)],
)
def test_plain_selectors_need_no_search(selector: str, is_searched: bool) -> None:
    searched: list[str] = []
    index = ElementIndex(LexborHTMLParser("<div><p id=3>x"), lambda one: searched.append(one) or [])  # type: ignore[func-returns-value]
    index.matching(selector)
    assert (searched == [selector]) is is_searched


@pytest.mark.parametrize("selector", ["div > ", "> div", "div > > p", "div >", ""])
def test_a_selector_that_is_none_matches_nothing(selector: str) -> None:
    """As in a browser, which drops the rule."""
    tree = LexborHTMLParser("<div><p>x")
    assert ElementIndex(tree, lambda one: matching_elements(tree, one)).matching(selector) == []


def test_a_page_that_is_nested_deep_is_searched() -> None:
    searched: list[str] = []
    tree = LexborHTMLParser("<div>" * 300 + "x")
    ElementIndex(tree, lambda one: searched.append(one) or []).matching("div div")  # type: ignore[func-returns-value]
    assert searched == ["div div"]
