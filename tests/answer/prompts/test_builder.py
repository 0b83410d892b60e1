"""How much evidence a prompt shows, by model, settings and context window."""

from __future__ import annotations

import pytest

from ragft.answer.checking.support import Supporter
from ragft.answer.prompts.budget import Fitted, TokenCounter
from ragft.answer.prompts.builder import PromptBuilder
from ragft.answer.prompts.form import CAPABLE
from ragft.answer.prompts.prompt import assign_keys
from ragft.setting_sections import EVIDENCE_TOKENS, MOST_EVIDENCE_TOKENS, AnswerSettings
from tests.answer.fakes import Player, hit

SENTENCES = [f"Passage {{n}} says in sentence {number} what else there is to know of it." for number in range(24)]
MANY = assign_keys([hit(" ".join(SENTENCES).format(n=n), number=n) for n in range(12)])


def fitted(settings: AnswerSettings, weights: int = CAPABLE) -> Fitted:
    builder = PromptBuilder(settings, TokenCounter(Player(), "tiny"), Supporter(), weights)
    return builder.fit("What is there?", "What is there?", MANY)


@pytest.mark.parametrize(
    ("num_ctx", "tokens"), [(2048, 600), (4096, 1200), (6144, 1800), (32768, MOST_EVIDENCE_TOKENS)]
)
def test_a_capable_model_sees_a_share_of_its_window_up_to_a_bound(num_ctx: int, tokens: int) -> None:
    settings = AnswerSettings(num_ctx=num_ctx)
    assert settings.capable_evidence == tokens
    assert 0.9 * tokens < fitted(settings).evidence_tokens <= 1.1 * tokens


def test_in_a_larger_window_whole_passages_are_shown() -> None:
    small, large = fitted(AnswerSettings(num_ctx=4096)), fitted(AnswerSettings(num_ctx=32768))
    assert sum(not item.excerpt for item in large.evidence) > sum(not item.excerpt for item in small.evidence)
    assert "(On QLoRA, 1 Introduction, p. 2)" in large.messages[-1].content


def test_a_number_that_is_set_counts_for_every_window() -> None:
    assert AnswerSettings(num_ctx=32768, capable_evidence_tokens=300).capable_evidence == 300
    assert AnswerSettings(num_ctx=8192, capable_evidence_tokens=5000).capable_evidence == 5000


def test_the_share_can_be_set() -> None:
    assert AnswerSettings(num_ctx=4096, capable_evidence_share=0.5).capable_evidence == 2048


def test_a_small_model_sees_the_same_in_every_window() -> None:
    for num_ctx in (4096, 32768):
        shown = fitted(AnswerSettings(num_ctx=num_ctx), weights=135_000_000).evidence_tokens
        assert 0.9 * EVIDENCE_TOKENS < shown <= 1.1 * EVIDENCE_TOKENS
