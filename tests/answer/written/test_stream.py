"""The filter between model and reader, however the output is cut into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.base import Citation
from ragft.answer.checker import AnswerChecker
from ragft.answer.checking.support import Supporter
from ragft.answer.escape import has_template_token
from ragft.answer.written.citation_keys import cite, parse_keys
from ragft.answer.written.stream import KeyStream
from tests.answer.fakes import NF4, QLORA, evidence

SAYS_ALL = {item.key: item for item in evidence(QLORA, QLORA)}


def anything(key: str, _: str) -> Citation | None:
    """Both sources say whatever a sentence says."""
    return cite(QLORA, SAYS_ALL[key]) if key in SAYS_ALL else None


def run(stream: KeyStream, raw: str, size: int) -> tuple[str, list[str]]:
    shown = [stream.feed(raw[start : start + size]) for start in range(0, len(raw), size)]
    shown.append(stream.flush())
    return "".join(text for text, _ in shown), [citation.key for _, found in shown for citation in found]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(
    ("raw", "text", "keys"),
    [
        ("A b [1]. C [2].", "A b [1]. C [2].", ["1", "2"]),
        ("A b [7]. C [2, 9].", "A b. C [2].", ["2"]),
        ("A b [1][2], c.", "A b [1][2], c.", ["1", "2"]),
        ("A b (source 9). C (Source 1).", "A b. C [1].", ["1"]),
        ("A b [[9]1] [1[9]2]. C ［9］.", "A b [1]. C.", ["1"]),
        ("A b [9, p. 3]. C 【2†source】.", "A b. C [2].", ["2"]),
        (f"A b [{'9, ' * 40}1].", "A b [1].", ["1"]),
        ("<think>secret [1]</think>A [1].", "A [1].", ["1"]),
        ("A <|im_end|>b.", "A b.", []),
        ("A \x1b[31mred\x1b[0m b.", "A red b.", []),
        ("A [see below] b", "A [see below] b", []),
        ("A (see below) b (c) [] d", "A (see below) b (c) [] d", []),
        ("A b [1", "A b", []),
        ("A b [source 1, ", "A b", []),
        ("A [see b", "A [see b", []),
        ("a < b and b > c", "a < b and b > c", []),
    ],
)
def test_what_is_shown_does_not_depend_on_the_pieces(raw: str, text: str, keys: list[str], size: int) -> None:
    assert run(KeyStream(anything), raw, size) == (text, keys)


def test_a_bracket_that_is_never_closed_does_not_hold_the_rest_back() -> None:
    stream = KeyStream(anything)
    text = "".join(stream.feed(piece)[0] for piece in ["A [b ", *["word "] * 60])
    assert text.startswith("A (b word word")
    assert "9" in stream.feed("[9] 9]")[0] + stream.flush()[0]


def test_a_key_that_its_source_does_not_bear_out_is_not_shown_even_for_a_moment() -> None:
    check = AnswerChecker(evidence(QLORA, NF4), question="What does QLoRA need?", supporter=Supporter(), threshold=0.6)
    resolve = check.citation
    raw = "QLoRA needs a single GPU with 48 GB of memory [2]. It was baked in an oven with yeast [1]."
    assert run(KeyStream(resolve), raw, 1) == (raw.replace(" [2]", "").replace(" [1]", ""), [])
    right = raw.replace("[2]", "[1]").replace(" [1].", " [1].", 1)
    assert run(KeyStream(resolve), right, 1)[1] == ["1"]


@given(st.text(alphabet="ab 12[]()<>|/think\x1b,.\nsource【】", max_size=80), st.integers(1, 9))
def test_no_escape_sequence_or_unknown_key_is_shown(raw: str, size: int) -> None:
    text, keys = run(KeyStream(anything), raw, size)
    assert "\x1b" not in text
    assert [key for group in parse_keys(text) for key in group.keys] == keys


@given(
    st.lists(st.sampled_from(["a ", "<|im_start|>", "[INST]", "<s>", "b"]), max_size=8).map("".join), st.integers(1, 9)
)
def test_no_template_token_is_shown(raw: str, size: int) -> None:
    assert not has_template_token(run(KeyStream(anything), raw, size)[0])
