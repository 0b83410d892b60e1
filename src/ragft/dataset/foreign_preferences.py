"""Pairs of a better and a worse answer as other tools write them, in our form.

| written by | fields |
| --- | --- |
| TRL | prompt, chosen and rejected: messages or texts; or chosen and rejected conversations without a prompt |
| OpenAI | input with messages, preferred_output and non_preferred_output |
| LLaMA-Factory | conversations, chosen and rejected, each of from and value |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragft.dataset.foreign import Messages, check_is_text, read_turns, texts_below, with_system
from ragft.errors import DatasetError

_FORMS = ("chosen", "preferred_output")
_PROMPTS = ("prompt", "conversations", "messages", "instruction", "question")


def is_preference(value: Mapping[str, Any]) -> bool:
    """Whether an object of a file is a pair of answers, and not one answer to be learnt."""
    return any(name in value for name in _FORMS)


def as_preference(value: Mapping[str, Any]) -> dict[str, Any]:
    """`value` with `prompt`, `chosen` and `rejected` as lists of messages; what they hold is not checked here.

    Raises:
        DatasetError: it has none of the known forms, or a part that is not text.
    """
    check_is_text(value)
    if "preferred_output" in value:
        asked = value.get("input")
        prompt = asked.get("messages") if isinstance(asked, Mapping) else asked
        return {
            **_provenance(value),
            "prompt": read_turns(prompt),
            "chosen": read_turns(value["preferred_output"]),
            "rejected": read_turns(value.get("non_preferred_output")),
        }
    if not is_preference(value):
        raise DatasetError("is not a pair of answers (chosen and rejected), as the others of its file are")
    chosen, rejected = read_turns(value["chosen"]), read_turns(value.get("rejected"))
    prompt = _prompt(value)
    if _is_conversation(chosen) and _is_conversation(rejected):
        return {**_provenance(value), **_divided(with_system(value, chosen), with_system(value, rejected))}
    if prompt is None:
        raise DatasetError("has a chosen and a rejected answer, but no prompt")
    return {**_provenance(value), "prompt": prompt, "chosen": chosen, "rejected": rejected}


def _prompt(value: Mapping[str, Any]) -> Any:
    """The turns before the answers, with the system's text and what stands below a question; None without any."""
    asked = next((value[name] for name in _PROMPTS if value.get(name)), None)
    if isinstance(asked, str):
        turns: Any = [{"role": "user", "content": "\n".join([asked, *texts_below(value, "")])}]
    else:
        turns = read_turns(asked)
    return with_system(value, turns) if isinstance(turns, list) else turns


def _provenance(value: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(value)
    if isinstance(number := value.get("id"), int) and not isinstance(number, bool):
        kept["id"] = str(number)
    for name in ("score_chosen", "score_rejected"):  # UltraFeedback's names
        what = name.removeprefix("score_")
        kept.setdefault(f"{what}_score", value.get(name, 0.0))
    return kept


def _is_conversation(turns: Any) -> bool:
    """Whether an answer comes with what was said before it."""
    return isinstance(turns, list) and len(turns) > 1 and turns[0]["role"] != "assistant"


def _divided(chosen: Messages, rejected: Messages) -> dict[str, Messages]:
    if chosen[:-1] != rejected[:-1]:
        raise DatasetError("has conversations that differ before their last answer")
    return {"prompt": chosen[:-1], "chosen": chosen[-1:], "rejected": rejected[-1:]}
