"""Replay rows: general instructions, answered by samples of the base model, filtered."""

from __future__ import annotations

import pytest

from ragft.dataset.replay import instructions, replay_request, replay_row


def test_an_answer_is_a_sample_without_the_unlikeliest_words() -> None:
    options = replay_request("m", "Name three facts about bread.", seed=7).options
    assert (options.temperature, options.top_k, options.top_p, options.min_p) == (0.8, 0, 0.95, 0.0)
    assert options.repeat_penalty == 1.0
    assert options.seed == 7


def test_the_instructions_are_many_and_follow_the_seed() -> None:
    assert len(set(instructions(0))) > 800
    assert instructions(0) == instructions(0)
    assert instructions(0) != instructions(1)


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ("  Bread is baked from flour.  ", True),
        ("Yes.", False),  # too little to hold anything to
        ("Bread is baked from", False),  # cut off at the limit
        ("and over and over and over " * 20 + ".", False),  # a loop
        ("The weather is nice in the north of the country.", False),  # off the point
        ("Bread quixotic telemetry aardvark vestibule gnocchi marsupial turbine lattice.", False),  # not fluent
        ("Bread is a Ayes-to-TestarenkBusiness of the whole town and of its people.", False),
    ],
)
def test_only_a_whole_answer_is_kept(reply: str, kept: bool) -> None:
    row = replay_row("What is bread?", reply, generator="g", seed=0)
    assert (row is not None) is kept
    if row is not None:
        assert row.completion[0]["content"] == "Bread is baked from flour."
        assert row.kind == "replay"
