"""Rows as other tools write them, in our form: a prompt and the answer to be learnt.

| written by | fields |
| --- | --- |
| TRL | prompt and completion: messages or texts |
| OpenAI, mlx-lm, axolotl | messages, the last of which is the answer; content a text or parts of text |
| ShareGPT | conversations of from and value (human, gpt, system) |
| Alpaca, Dolly | instruction, input (or context) and output (or response), also system and history |
| pairs | prompt and response, question and answer, query and response, input and output |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragft.errors import DatasetError

Messages = list[dict[str, Any]]

_ROLES = {
    "human": "user", "user": "user", "prompter": "user",
    "gpt": "assistant", "assistant": "assistant", "chatgpt": "assistant", "bot": "assistant", "model": "assistant",
    "system": "system",
}  # fmt: skip
_PAIRS = (
    ("instruction", "output"), ("instruction", "response"), ("prompt", "completion"), ("prompt", "response"),
    ("question", "answer"), ("query", "response"), ("input", "output"),
)  # fmt: skip
_MORE = {"instruction": ("input", "context")}
"""Fields whose text is below the question."""
_OTHER_KINDS = {
    "chosen": "holds a preference (chosen and rejected), and the first entry of its file does not",
    "text": "is a text without a question; write it as messages, the last of which is the answer",
}


def as_row(value: Mapping[str, Any]) -> dict[str, Any]:
    """`value` with `prompt` and `completion` as lists of messages; what they hold is not checked here.

    Raises:
        DatasetError: it has none of the known forms, or a part that is no text.
    """
    kept = {
        key: item for key, item in value.items() if key not in ("messages", "conversations", "prompt", "completion")
    }
    if isinstance(number := value.get("id"), int) and not isinstance(number, bool):
        kept["id"] = str(number)
    if isinstance(value.get("prompt"), list):
        return {**kept, "prompt": read_turns(value["prompt"]), "completion": read_turns(value.get("completion"))}
    for name in ("messages", "conversations", "conversation"):
        if isinstance(value.get(name), list):
            return {**kept, **_divided(_system(value) + read_turns(value[name]), name)}
    for asked, answered in _PAIRS:
        if isinstance(value.get(asked), str) and isinstance(value.get(answered), str):
            return {**kept, **_pair(value, asked, answered)}
    for name, problem in _OTHER_KINDS.items():
        if name in value:
            raise DatasetError(problem)
    fields = ", ".join(sorted(map(str, value))[:8]) or "no fields"
    raise DatasetError(f"has no form that is known here ({fields}); wanted are messages, or a prompt and a completion")


def _divided(turns: Messages, name: str) -> dict[str, Messages]:
    if len(turns) < 2:
        raise DatasetError(f"has {len(turns)} turns in its {name}, and needs a question and an answer")
    if turns[-1]["role"] != "assistant":
        raise DatasetError(f"ends with a turn of {turns[-1]['role']}, and not with the answer to be learnt")
    return {"prompt": turns[:-1], "completion": turns[-1:]}


def _pair(value: Mapping[str, Any], asked: str, answered: str) -> dict[str, Messages]:
    more = (value.get(name) for name in _MORE.get(asked, ()))
    question = "\n".join([value[asked], *(text for text in more if isinstance(text, str) and text.strip())])
    history = value.get("history") or []
    if not isinstance(history, list) or not all(isinstance(turn, list) and len(turn) == 2 for turn in history):
        raise DatasetError("has a history that is no list of questions and answers")
    before = [_message(role, text) for turn in history for role, text in zip(("user", "assistant"), turn, strict=True)]
    prompt = [*_system(value), *before, _message("user", question)]
    return {"prompt": prompt, "completion": [_message("assistant", value[answered])]}


def _system(value: Mapping[str, Any]) -> Messages:
    text = value.get("system")
    return [_message("system", text)] if isinstance(text, str) and text.strip() else []


def read_turns(value: Any) -> Any:
    """The turns in our spelling: of a list, of a single turn, of a text that the assistant says.

    Other values stay as they are; the check of the row reports them.

    Raises:
        DatasetError: a turn has no known role, or a part that is no text.
    """
    if isinstance(value, str):
        return [_message("assistant", value)]
    if isinstance(value, Mapping):
        return [_turn(value)]
    return [_turn(turn) for turn in value] if isinstance(value, list) else value


def _turn(turn: Any) -> dict[str, Any]:
    if not isinstance(turn, Mapping):
        raise DatasetError("has a turn that is no object with a role and a content")
    said = turn.get("role", turn.get("from"))
    role = _ROLES.get(said.lower()) if isinstance(said, str) else None
    if role is None:
        raise DatasetError(f"has a turn of {said!r}; known are system, user (human) and assistant (gpt)")
    return _message(role, turn["content"] if "content" in turn else turn.get("value"))


def _message(role: str, content: Any) -> dict[str, Any]:
    return {"role": role, "content": _joined(content) if isinstance(content, list) else content}


def _joined(parts: list[Any]) -> str:
    """The text of a content that is given in parts."""
    texts = []
    for part in parts:
        kind, text = (part.get("type", "text"), part.get("text")) if isinstance(part, Mapping) else ("text", part)
        if kind != "text" or not isinstance(text, str):
            raise DatasetError(f"has a part of the type {kind!r}; text alone is trained on")
        texts.append(text)
    return "".join(texts)
