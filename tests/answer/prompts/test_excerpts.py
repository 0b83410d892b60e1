"""Which sentences of the evidence are shown where not all fit."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.prompts.budget import TokenCounter
from ragft.answer.prompts.excerpts import excerpts
from ragft.answer.prompts.prompt import evidence_line
from tests.answer.fakes import NF4, OPTIMISERS, QLORA, Player, evidence

COUNTER = TokenCounter(Player(), "tiny")
FILLER = [f"Sentence number {n} tells of things without any weight." for n in range(20)]


def shown(texts: Sequence[str], tokens: int, best: str = "48 GB", *, from_best: bool = False) -> list[str]:
    found = excerpts(
        evidence(*texts),
        tokens,
        COUNTER,
        lambda s: [float(best in text) for text in s],
        allow_instructions=False,
        from_best=from_best,
    )
    return [item.shown for item in found]


def test_all_is_shown_where_all_fits() -> None:
    assert shown([QLORA, NF4], 1000) == [QLORA, NF4]


def test_the_best_sentence_is_shown_whichever_item_has_it() -> None:
    texts = [" ".join(FILLER[n : n + 5]) for n in range(0, 15, 5)]
    texts.append(f"{FILLER[15]} QLoRA needs 48 GB of memory. {FILLER[16]}")
    assert shown(texts, 18) == ["QLoRA needs 48 GB of memory."]


def test_of_equal_sentences_those_of_the_better_item_are_shown() -> None:
    first, second = f"One 48 GB card is enough. {FILLER[0]}", f"Two cards of 48 GB are better. {FILLER[1]}"
    assert shown([first, second], 14) == ["One 48 GB card is enough."]


def test_what_stands_beside_the_best_sentence_comes_before_the_rest() -> None:
    beside = f"QLoRA needs 48 GB of memory. {FILLER[0]}"
    assert shown([FILLER[1], beside], 40)[-1] == beside


def test_a_sentence_that_refers_back_brings_the_one_before() -> None:
    text = f"{FILLER[0]} QLoRA is a method of tuning. It needs 48 GB of memory. {FILLER[1]} {FILLER[2]}"
    assert shown([text], 24) == ["QLoRA is a method of tuning. It needs 48 GB of memory."]


def test_an_excerpt_can_begin_with_the_best_sentence() -> None:
    text = f"{FILLER[0]} {FILLER[1]} QLoRA needs 48 GB of memory. {FILLER[2]} {FILLER[3]}"
    assert shown([text], 34)[0].startswith(FILLER[0])
    assert shown([text], 34, from_best=True) == [f"QLoRA needs 48 GB of memory. {FILLER[2]}"]


def test_an_excerpt_that_begins_with_a_sentence_that_refers_back_has_the_one_before() -> None:
    text = f"{FILLER[0]} QLoRA is a method of tuning. It needs 48 GB of memory. {FILLER[1]} {FILLER[2]}"
    assert shown([text], 24, from_best=True) == ["QLoRA is a method of tuning. It needs 48 GB of memory."]


def test_where_all_fits_nothing_before_the_best_sentence_is_left_out() -> None:
    text = f"{FILLER[0]} QLoRA needs 48 GB of memory."
    assert shown([text], 1000, from_best=True) == [text]


def test_what_two_chunks_share_is_shown_once() -> None:
    shared = "QLoRA needs a card with 48 GB of memory for 65 billion weights."
    found = shown([f"{FILLER[0]} {shared}", f"{shared} {FILLER[1]}", " ".join(FILLER[2:])], 50)
    assert sum(shared in text for text in found) == 1


@given(st.lists(st.sampled_from([QLORA, NF4, OPTIMISERS, "", "One."]), max_size=6), st.integers(1, 400))
def test_the_limit_holds_but_for_a_single_sentence(texts: list[str], tokens: int) -> None:
    found = excerpts(evidence(*texts), tokens, COUNTER, None, allow_instructions=False)
    used = sum(COUNTER.text(evidence_line(item)) for item in found)
    assert bool(found) == bool(texts)
    assert used <= 1.15 * tokens + 4 or len(found) == 1
