"""Output that is no answer."""

from __future__ import annotations

import pytest

from ragft.answer.written.degenerate import (
    LOOP_CHECK_CHARACTERS,
    LoopWatch,
    before_loop,
    fault,
    is_loop,
    without_thinking,
)

LOOP = "The NF4 data type is a type of quantisation. " * 8


@pytest.mark.parametrize(
    ("text", "reason", "expected"),
    [
        ("QLoRA needs 48 GB [1].", "stop", ""),
        ("", "stop", "empty"),
        (" …\n", "stop", "empty"),
        (LOOP, "length", "loop"),
        ("word " * 60, "length", "loop"),
        ("QLoRA needs <|im_end|> 48 GB.", "stop", "template_token"),
        ("<think>hm</think>48 GB", "stop", "think_block"),
        ("hm</think>48 GB", "stop", "think_block"),
        ("QLoRA needs 48", "length", "cut_off"),
    ],
)
def test_faults_are_distinguished(text: str, reason: str, expected: str) -> None:
    assert fault(text, reason) == expected


def test_a_list_with_a_repeated_phrase_is_no_loop() -> None:
    text = (
        "LoRA freezes the weights and trains two small matrices. Prefix tuning freezes the weights and trains a few "
        "vectors. Adapters freeze the weights and train small networks between layers. BitFit trains biases alone."
    )
    assert not is_loop(text)


def test_a_loop_is_cut_where_it_begins_to_repeat() -> None:
    assert before_loop(LOOP) == "The NF4 data type is a type of quantisation."


@pytest.mark.parametrize("text", ["<think>a\nb</think>yes", "a\nb</think> yes", "yes<think>never closed"])
def test_thinking_is_taken_out(text: str) -> None:
    assert without_thinking(text) == "yes"


def test_a_stream_is_watched_for_the_loop_it_ends_in() -> None:
    watch = LoopWatch()
    assert not any(watch.feed(f"Sentence {n} says what no other sentence says, as {n * n} does. ") for n in range(300))
    heard = 0
    while not watch.feed("round and round it goes again "):
        heard += 1
        assert heard < 100, "the loop is not seen behind the long text before it"


def test_a_stream_that_begins_with_a_loop_is_stopped_at_the_first_look() -> None:
    watch, heard = LoopWatch(), 0
    while not watch.feed("again "):
        heard += 1
    assert heard * len("again ") <= LOOP_CHECK_CHARACTERS + len("again ")


def test_a_sentence_comes_again_with_other_keys_too() -> None:
    text = "Adam keeps two moments [1]. It is fast [2].\n\nAdam keeps two moments [2, 3]."
    assert before_loop(text) == "Adam keeps two moments [1]. It is fast [2]."
