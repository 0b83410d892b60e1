"""The comparisons find what differs, and measure what they say they measure."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ragft.engine.base import TokenLogprob
from ragft.export import probes
from ragft.export.differences import compare_logits, first_difference
from ragft.export.parity import check_logits, describe_loss
from ragft.workspace import digest_json


def _engine_side(row: np.ndarray, top: int, shift: float = 0.0) -> list[TokenLogprob]:
    best = np.argsort(-row)[:top]
    return [TokenLogprob(int(i), "", float(row[i]) + shift) for i in best]


def _logprobs(seed: int, positions: int = 6, vocabulary: int = 50) -> np.ndarray:
    logits = np.random.default_rng(seed).normal(size=(positions, vocabulary)).astype(np.float32)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def test_equal_distributions_have_no_difference() -> None:
    expected = _logprobs(0)
    found = compare_logits(expected, [_engine_side(row, 50) for row in expected])
    assert found.max_difference == 0
    assert found.top1_agreement == 1
    assert found.mean_kl == pytest.approx(0, abs=1e-6)
    assert check_logits(found).ok


def test_a_shift_of_one_token_is_found() -> None:
    expected = _logprobs(1)
    served = [_engine_side(row, 10) for row in expected]
    served[3][0] = TokenLogprob(served[3][0].token_id, "", served[3][0].logprob - 0.01)
    found = compare_logits(expected, served)
    assert found.max_difference == pytest.approx(0.01, rel=1e-3)
    assert not check_logits(found).ok


def test_another_best_token_is_found() -> None:
    expected = _logprobs(2)
    served = [_engine_side(row, 10) for row in expected]
    served[0] = served[0][1:]
    found = compare_logits(expected, served)
    assert found.top1_agreement == pytest.approx(5 / 6)
    best, second = sorted(expected[0])[:-3:-1]
    assert found.top1_gap == pytest.approx(best - second)
    assert not check_logits(found).ok


def test_a_tie_may_fall_either_way() -> None:
    expected = _logprobs(2)
    order = np.argsort(-expected[0])
    expected[0, order[1]] = expected[0, order[0]] - 1e-5
    served = [_engine_side(row, 10) for row in expected]
    served[0][0], served[0][1] = served[0][1], served[0][0]
    found = compare_logits(expected, served)
    assert found.top1_agreement < 1
    assert check_logits(found).ok


def test_the_divergence_over_all_tokens_is_the_textbook_one() -> None:
    p, q = _logprobs(3, positions=1), _logprobs(4, positions=1)
    textbook = float((np.exp(p) * (p - q)).sum())
    served = [[TokenLogprob(i, "", float(q[0, i])) for i in np.argsort(-q[0])]]
    assert compare_logits(p, served).mean_kl == pytest.approx(textbook, rel=1e-3)


def test_the_divergence_over_some_tokens_bounds_it_from_below() -> None:
    p, q = _logprobs(5, positions=1), _logprobs(6, positions=1)
    textbook = float((np.exp(p) * (p - q)).sum())
    coarse = compare_logits(p, [_engine_side(q[0], 12)]).mean_kl
    assert 0 < coarse < textbook
    assert math.isfinite(coarse)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("side", ["trained", "served"])
def test_a_value_that_is_not_finite_fails(value: float, side: str) -> None:
    expected = _logprobs(7)
    served = [_engine_side(row, 10) for row in expected]
    if side == "trained":
        expected[2, 40] = value
    else:
        served[2][5] = TokenLogprob(served[2][5].token_id, "", value)
    found = compare_logits(expected, served)
    assert not check_logits(found).ok
    assert not describe_loss(found, "q8_0").ok


@pytest.mark.parametrize(("expected", "found", "at"), [("abc", "abd", 2), ("abc", "ab", 2), ("", "x", 0)])
def test_the_first_difference_is_shown(expected: str, found: str, at: int) -> None:
    assert f"at character {at}:" in first_difference(expected, found)


def test_there_are_two_thousand_strings_with_every_added_token_and_they_never_change() -> None:
    texts = probes.strings(["<|im_end|>"])
    assert len(texts) >= 2000
    assert "<|im_end|>" in texts
    assert digest_json(list(texts)) == "sha256:5284d70b7282cbafa00a2159eec932d430781a6a11bf20c013a6631bf1af2b22"
    assert any(any(ord(c) > 0x1F000 for c in text) for text in texts)
