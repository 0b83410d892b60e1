"""The probability of every label from few questions about the next token."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.engine.base import TokenLogprob
from ragft.tasks.classify.label_search import label_log_probs
from ragft.tasks.classify.prompts import written


class Letters:
    """A model that writes letter by letter, each label with its own probability; counts the questions."""

    def __init__(self, shares: dict[str, float], most: int = 1000) -> None:
        self.shares = shares
        self.most = most
        self.asked: list[str] = []

    def __call__(self, begun: str) -> list[TokenLogprob]:
        self.asked.append(begun)
        alive = {label: share for label, share in self.shares.items() if written(label).startswith(begun)}
        total = sum(alive.values())
        following: dict[str, float] = {}
        for label, share in alive.items():
            letter = written(label)[len(begun) : len(begun) + 1]
            following[letter] = following.get(letter, 0.0) + share / total
        tokens = [TokenLogprob(-1, letter, math.log(share)) for letter, share in following.items() if letter]
        return sorted(tokens, key=lambda token: -token.logprob)[: self.most]


def shares_of(model: Letters) -> dict[str, float]:
    found = label_log_probs(model, [written(label) for label in model.shares])
    return dict(zip(model.shares, map(math.exp, found), strict=True))


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=4), st.floats(0.05, 1.0), min_size=1, max_size=12),
)
def test_the_labels_have_the_probabilities_of_the_model(weights: dict[str, float]) -> None:
    total = sum(weights.values())
    model = Letters({label: weight / total for label, weight in weights.items()})
    found = shares_of(model)
    assert sum(found.values()) == pytest.approx(1.0)
    for label, share in model.shares.items():
        assert found[label] == pytest.approx(share, rel=0.02, abs=0.002)


def test_a_label_that_begins_another_is_distinguished_from_it() -> None:
    found = shares_of(Letters({"report": 0.3, "report card": 0.7}))
    assert found == pytest.approx({"report": 0.3, "report card": 0.7})


def test_a_model_that_is_sure_is_asked_a_few_times_whatever_the_number_of_labels() -> None:
    labels = [f"{a}{b}" for a in "abcdefghij" for b in "klmnopqrst"]
    model = Letters({label: 0.9999 if label == "ck" else 0.0001 / 99 for label in labels})
    found = shares_of(model)
    assert max(found, key=lambda label: found[label]) == "ck"
    assert model.asked == ["", "c", "ck", 'ck"']


def test_a_label_that_the_engine_does_not_list_is_no_likelier_than_the_last_that_it_lists() -> None:
    found = shares_of(Letters({"a": 0.6, "b": 0.3, "c": 0.06, "d": 0.04}, most=2))
    assert found["a"] > found["b"] >= found["c"] == found["d"] > 0


def test_what_a_sure_model_does_not_list_is_next_to_impossible() -> None:
    found = label_log_probs(lambda begun: [TokenLogprob(1, 's"' if begun else "ye", 0.0)], ['no"', 'yes"'])
    assert math.exp(found[1]) > 0.999


def test_a_token_that_spans_the_end_of_a_label_counts() -> None:
    tokens = [TokenLogprob(1, 'no"}\n', math.log(0.8)), TokenLogprob(2, "yes", math.log(0.2))]
    found = label_log_probs(lambda begun: tokens if not begun else [], ['no"}', 'yes"}'])
    assert list(map(math.exp, found)) == pytest.approx([0.8, 0.2])


def test_an_engine_that_tells_nothing_leaves_the_labels_equal() -> None:
    assert label_log_probs(lambda _: [], ['a"', 'b"']) == pytest.approx([math.log(0.5)] * 2)
