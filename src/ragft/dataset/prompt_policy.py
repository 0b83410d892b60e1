"""The prompt policy of a data set: how the prompts of its rows were made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ragft.answer.prompts.policy import PromptPolicy
from ragft.dataset.store import read_card
from ragft.errors import MALFORMED
from ragft.setting_sections import AnswerSettings, GenerateSettings

PROMPT_SETTINGS = ("num_predict", "k", "style", "think", "temperature", "excerpts")
"""The answer settings that a policy has."""


def policy_of(folder: Path) -> PromptPolicy | None:
    """By which policy the prompts in a data set were made; None where it was not made here."""
    request = (read_card(folder) or {}).get("request")
    if not isinstance(request, dict):
        return None
    try:
        generate, answer = dict(request["settings"]), dict(request["answer"])
        policy = PromptPolicy.of_training(
            GenerateSettings(evidence_tokens=generate["evidence_tokens"]),
            AnswerSettings(**{name: answer[name] for name in PROMPT_SETTINGS}),
        )
        return replace(policy, ranking=str(request["ranking"]))
    except MALFORMED:
        return None
