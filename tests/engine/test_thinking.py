"""Thoughts are split off an answer, however the model marks them and however the text is cut into chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.engine.base import ChatChunk
from ragft.engine.thinking import ThoughtSplitter, ends_in_thought, split_thoughts


def split(pieces: Sequence[str], reason: str = "stop", *, opened: bool = False) -> tuple[str, str]:
    """Answer and thoughts as a reader has them at the end."""
    chunks = [*(ChatChunk(content=piece) for piece in pieces), ChatChunk(done=True, done_reason=reason)]
    content = thinking = ""
    for chunk in split_thoughts(iter(chunks), ThoughtSplitter(opened=opened)):
        content = ("" if chunk.void else content) + chunk.content
        thinking += chunk.thinking
    return content, thinking


@pytest.mark.parametrize(
    ("text", "answer", "thoughts"),
    [
        ("It is 48 GB.", "It is 48 GB.", ""),
        ("<think>Let me see.</think>It is 48 GB.", "It is 48 GB.", "Let me see."),
        ("\n<think>\nhm\n</think>\n\nIt is 48 GB.\n", "It is 48 GB.\n", "\nhm\n"),
        ("<thinking>hm</thinking>yes", "yes", "hm"),
        ("<THINK>hm</THINK>yes", "yes", "hm"),
        ("Let me see.\n</think>\n\nIt is 48 GB.", "It is 48 GB.", "Let me see.\n"),
        ("</think>\n\nIt is 48 GB.", "It is 48 GB.", ""),
        ("It is 48 GB.\n</think>\n", "It is 48 GB.\n", ""),
        ("<think>Let me", "", "Let me"),
        ("a < b and <b>c</b>", "a < b and <b>c</b>", ""),
        ("<thin", "<thin", ""),
        ("", "", ""),
    ],
)
def test_the_forms_of_thoughts(text: str, answer: str, thoughts: str) -> None:
    assert split([text]) == (answer, thoughts)
    assert split(list(text)) == (answer, thoughts)


@pytest.mark.parametrize(
    ("text", "reason", "answer", "thoughts"),
    [
        ("Let me see.</think>It is 48 GB.", "stop", "It is 48 GB.", "Let me see."),
        ("<think>Let me see.</think>It is 48 GB.", "stop", "It is 48 GB.", "Let me see."),
        ("Let me see", "length", "", "Let me see"),
        ("Let me see</think>\n", "length", "", "Let me see"),
        ("It is 48 GB.", "stop", "It is 48 GB.", "It is 48 GB."),
        ("It is 48 GB.</think>", "stop", "It is 48 GB.", "It is 48 GB."),
    ],
)
def test_a_prompt_that_leaves_a_thought_open(text: str, reason: str, answer: str, thoughts: str) -> None:
    assert split([text], reason, opened=True) == (answer, thoughts)
    assert split(list(text), reason, opened=True) == (answer, thoughts)


def test_thoughts_before_a_lone_tag_are_taken_back_when_the_answer_begins() -> None:
    chunks = [ChatChunk(content="hm"), ChatChunk(content="</think>"), ChatChunk(content="yes"), ChatChunk(done=True)]
    assert list(split_thoughts(iter(chunks), ThoughtSplitter())) == [
        ChatChunk(content="hm"),
        ChatChunk(thinking="hm", void=True),
        ChatChunk(content="yes"),
        ChatChunk(done=True),
    ]


def test_an_answer_cut_right_after_its_thoughts_is_no_answer() -> None:
    assert split(["hm</think>"], "length") == ("", "hm")


def test_a_block_in_the_middle_of_an_answer_stays_to_be_seen() -> None:
    text = "It is <think>hm</think> 48 GB."
    assert split([text]) == split(list(text)) == (text, "")


def test_an_engine_that_splits_itself_is_left_alone() -> None:
    chunks = [ChatChunk(thinking="hm"), ChatChunk(content="use </think> here"), ChatChunk(done=True)]
    assert list(split_thoughts(iter(chunks), ThoughtSplitter(opened=True))) == chunks


@pytest.mark.parametrize(
    ("reason", "opened", "expected"), [("stop", True, "It is 4."), ("length", True, ""), ("stop", False, "")]
)
def test_a_turn_that_ends_inside_the_thought_of_the_prompt_has_its_answer_there(
    reason: str, opened: bool, expected: str
) -> None:
    chunks = [ChatChunk(thinking="It is "), ChatChunk(thinking="4."), ChatChunk(done=True, done_reason=reason)]
    found = list(split_thoughts(iter(chunks), ThoughtSplitter(opened=opened)))
    assert "".join(chunk.content for chunk in found) == expected
    assert "".join(chunk.thinking for chunk in found) == "It is 4."


def test_the_engine_is_stopped_when_nobody_listens_any_more() -> None:
    stopped = []

    def speak() -> Iterator[ChatChunk]:
        try:
            while True:
                yield ChatChunk(content="word ")
        finally:
            stopped.append(True)

    answer = split_thoughts(speak(), ThoughtSplitter())
    next(answer)
    answer.close()  # type: ignore[attr-defined]
    assert stopped == [True]


_PARTS = st.sampled_from(
    ["<think>", "</think>", "<thinking>", "</thinking>", "<", "</", "think", ">", " ", "\n", "a", "é"]
)


@given(st.lists(_PARTS, max_size=14).map("".join), st.data(), st.sampled_from(["stop", "length"]), st.booleans())
def test_the_split_does_not_depend_on_the_chunks(text: str, data: st.DataObject, reason: str, opened: bool) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert split(pieces, reason, opened=opened) == split([text], reason, opened=opened)


@given(st.text(max_size=60))
def test_a_text_without_tags_is_all_answer(text: str) -> None:
    if "think" not in text.lower():
        assert split(list(text)) == (text, "")


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [("…assistant\n<think>\n", True), ("…<think>", True), ("…<think>\n\n</think>\n\n", False), ("…assistant\n", False)],
)
def test_prompts_that_end_in_a_thought(prompt: str, expected: bool) -> None:
    assert ends_in_thought(prompt) is expected
