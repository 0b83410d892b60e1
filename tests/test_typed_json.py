"""JSON becomes the dataclass that it was written from, or one line that names what is wrong."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.typed_json import parsed, parsed_or_none, typed


@dataclass(frozen=True)
class Part:
    name: str
    pages: tuple[int, int]


@dataclass(frozen=True)
class Whole:
    parts: tuple[Part, ...]
    share: float = 1.0
    counts: dict[str, int] = field(default_factory=dict)


PARTS = st.builds(Part, st.text(), st.tuples(st.integers(0, 2**53), st.integers(0, 2**53)))
WHOLES = st.builds(
    Whole,
    st.lists(PARTS, max_size=3).map(tuple),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dictionaries(st.text(), st.integers(0, 2**53), max_size=3),
)


@given(WHOLES)
def test_a_dataclass_survives_the_way_to_json_and_back(whole: Whole) -> None:
    assert parsed(Whole, json.dumps({**asdict(whole), "added_later": 1}).encode("utf-8", "surrogatepass")) == whole


@given(WHOLES)
def test_a_value_that_was_read_already_becomes_it_too(whole: Whole) -> None:
    assert typed(Whole, asdict(whole)) == whole


@pytest.mark.parametrize("text", ["", "no", "[]", "{" * 5000, '{"share": 1.0}'])
def test_a_text_that_is_something_else_may_be_none(text: str) -> None:
    assert parsed_or_none(Whole, text) is None
    with pytest.raises(ValueError):
        parsed(Whole, text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Invalid JSON"),
        ("[]", "object"),
        ('{"parts": [{"name": 3, "pages": [1, 2]}]}', "parts.0.name"),
        ('{"parts": [{"name": "a", "pages": [1]}]}', "parts.0.pages"),
        ('{"parts": [], "share": "much"}', "share"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_the_place(text: str, says: str) -> None:
    with pytest.raises(ValueError) as raised:
        parsed(Whole, text)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)
