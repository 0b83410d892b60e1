"""The filter between model and reader, however the output is cut into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.escape import has_template_token
from ragft.answer.stream import KeyStream

KNOWN = frozenset({"1", "2"})


def shown(raw: str, size: int) -> tuple[str, list[str], int]:
    stream = KeyStream(KNOWN)
    text, keys = "", []
    for start in range(0, len(raw), size):
        piece, found = stream.feed(raw[start : start + size])
        text, keys = text + piece, [*keys, *found]
    piece, found = stream.flush()
    return text + piece, [*keys, *found], stream.unknown


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(
    ("raw", "text", "keys", "unknown"),
    [
        ("A b [1]. C [2].", "A b [1]. C [2].", ["1", "2"], 0),
        ("A b [7]. C [2, 9].", "A b. C [2].", ["2"], 2),
        ("<think>secret [1]</think>A [1].", "A [1].", ["1"], 0),
        ("A <|im_end|>b.", "A b.", [], 0),
        ("A \x1b[31mred\x1b[0m b.", "A red b.", [], 0),
        ("A [see below] b", "A [see below] b", [], 0),
        ("A [1", "A [1", [], 0),
        ("a < b and b > c", "a < b and b > c", [], 0),
    ],
)
def test_what_is_shown_does_not_depend_on_the_pieces(
    raw: str, text: str, keys: list[str], unknown: int, size: int
) -> None:
    assert shown(raw, size) == (text, keys, unknown)


@given(st.text(alphabet="ab 12[]<>|/think\x1b,.\n", max_size=80), st.integers(1, 9))
def test_no_escape_sequence_or_unknown_key_is_shown(raw: str, size: int) -> None:
    text, keys, _ = shown(raw, size)
    assert "\x1b" not in text
    assert set(keys) <= KNOWN


@given(
    st.lists(st.sampled_from(["a ", "<|im_start|>", "[INST]", "<s>", "b"]), max_size=8).map("".join), st.integers(1, 9)
)
def test_no_template_token_is_shown(raw: str, size: int) -> None:
    assert not has_template_token(shown(raw, size)[0])
