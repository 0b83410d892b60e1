"""The prompt policy of a data set: how the prompts of its rows were made."""

from __future__ import annotations

from pathlib import Path

from ragft.answer.prompts.policy import PromptPolicy
from ragft.dataset.store import read_card
from ragft.errors import MALFORMED


def policy_of(folder: Path) -> PromptPolicy | None:
    """By which policy the prompts in a data set were made; None where it was not made here."""
    request = (read_card(folder) or {}).get("request")
    if not isinstance(request, dict):
        return None
    try:
        return PromptPolicy(
            evidence_tokens=int(request["settings"]["evidence_tokens"]),
            num_predict=int(request["answer"]["num_predict"]),
            ranking=str(request.get("ranking", "")),
        )
    except MALFORMED:
        return None
