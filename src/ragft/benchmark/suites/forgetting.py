"""What tuning made a model forget: its loss on ordinary English beside the base's, and its distance to the base."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.scoring.likelihood import CROSS_ENTROPY
from ragft.benchmark.scoring.measures import GuardRule, Metric
from ragft.benchmark.suites.base import Need, Scores, shipped_questions

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings

TEXTS = "probes/texts.jsonl"
FORGETTING_NATS = 0.1
"""Cross-entropy on general text may rise by this much: perplexity by a factor e^0.1 = 1.105."""
FORGOT = GuardRule(
    FORGETTING_NATS,
    lost="It forgot: cross-entropy on general text rose by {change} (at least {low}; {allowed} are allowed).",
    missing=(
        "Whether it forgot is not known: there is no figure of it on enough texts, and without one no model is better."
    ),
)


class Forgetting:
    """Mean over the texts of −log p(token) in nats a token, whose rise the gate bounds, and of KL(baseline ‖ arm)."""

    name = "forgetting"
    kind = CROSS_ENTROPY
    needs: frozenset[Need] = frozenset({"logprobs"})
    metrics = (
        Metric(
            "cross_entropy", "Cross-entropy on general text", "cross_entropy", "nats", -1, role="guard", guard=FORGOT
        ),
        Metric("divergence", "… divergence from the baseline (KL)", "divergence", "nats", 0),
    )

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:  # noqa: ARG002
        """The texts that ship; a question's text is the text."""
        return shipped_questions(TEXTS)

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """Read the text; nothing is generated."""
        return bench.read(arm, question)

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:  # noqa: ARG002
        """The cross-entropy and the divergence of the text, both in nats a token."""
        return {
            "cross_entropy": -recorded.values["log_likelihood"] / recorded.values["tokens"],
            "divergence": recorded.values.get("divergence"),
        }
