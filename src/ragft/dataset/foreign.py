"""Rows as other tools write them, in our form: a prompt and the answer to be learnt.

| written by | fields |
| --- | --- |
| TRL | prompt and completion: messages or texts |
| OpenAI, mlx-lm, axolotl | messages, the last of which is the answer; content a text or parts of text |
| ShareGPT | conversations of from and value (human, gpt, system) |
| Alpaca, Dolly | instruction, input (or context) and output (or response), also system and history |
| pairs | prompt and response, question and answer, query and response, input and output; a context below the question |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragft.errors import DatasetError

Messages = list[dict[str, Any]]

_ROLES = {
    "human": "user", "user": "user", "prompter": "user",
    "gpt": "assistant", "assistant": "assistant", "chatgpt": "assistant", "bot": "assistant", "model": "assistant",
    "system": "system", "developer": "system",
}  # fmt: skip
_PAIRS = (
    ("instruction", "output"), ("instruction", "response"), ("prompt", "completion"), ("prompt", "response"),
    ("prompt", "output"), ("question", "answer"), ("question", "response"), ("query", "response"), ("query", "answer"),
    ("input", "output"),
)  # fmt: skip
_MORE = ("input", "context", "contexts", "passage")
"""Fields whose text, or list of texts, is below the question."""
_CONVERSATIONS = ("messages", "conversations", "conversation")
_UNWANTED = (("weight", 0), ("train", False), ("training", False))
"""How OpenAI and axolotl mark a turn that is not to be learnt."""
_SYSTEMS = ("system", "system_prompt", "system_message")
_BESIDE = ("tool_calls", "function_call", "reasoning_content", "reasoning", "thinking")
"""What a turn may say beside its content."""
_NOT_TEXT = ("image", "images", "video", "videos", "audio", "audios")
_OTHER_KINDS = {
    "chosen": "holds a preference (chosen and rejected), and the first entry of its file does not",
    "text": "is a text without a question; write it as messages, the last of which is the answer",
}


def as_row(value: Mapping[str, Any]) -> dict[str, Any]:
    """`value` with `prompt` and `completion` as lists of messages; what they hold is not checked here.

    Raises:
        DatasetError: it has none of the known forms, or a part that is not text.
    """
    check_is_text(value)
    if value.get("label") is False:  # KTO: whether the answer is wanted
        raise DatasetError("is marked as an answer that is not wanted (label: false), and is not to be learnt")
    _check_is_wanted(value)
    kept = {
        key: item for key, item in value.items() if key not in ("messages", "conversations", "prompt", "completion")
    }
    if isinstance(number := value.get("id"), int) and not isinstance(number, bool):
        kept["id"] = str(number)
    if isinstance(value.get("prompt"), list):
        prompt = with_system(value, read_turns(value["prompt"]))
        return {**kept, "prompt": prompt, "completion": read_turns(value.get("completion"))}
    for name in _CONVERSATIONS:
        if isinstance(value.get(name), list):
            return {**kept, **_divided(with_system(value, read_turns(value[name])), name)}
    for asked, answered in _PAIRS:
        if isinstance(value.get(asked), str) and isinstance(value.get(answered), str):
            return {**kept, **_pair(value, asked, answered)}
    for name, problem in _OTHER_KINDS.items():
        if name in value:
            raise DatasetError(problem)
    fields = ", ".join(sorted(map(str, value))[:8]) or "no fields"
    raise DatasetError(f"has no form that is known here ({fields}); wanted are messages, or a prompt and a completion")


def _check_is_wanted(value: Mapping[str, Any]) -> None:
    """Raise `DatasetError` where the last turn, the answer, is marked as not to be learnt."""
    for turns in (value.get(name) for name in (*_CONVERSATIONS, "completion")):
        last = turns[-1] if isinstance(turns, list) and turns else turns
        if not isinstance(last, Mapping):
            continue
        for name, unwanted in _UNWANTED:
            if name in last and last[name] == unwanted:
                raise DatasetError(
                    f"ends with an answer that is marked as not to be learnt ({name}: {str(unwanted).lower()})"
                )


def _divided(turns: Messages, name: str) -> dict[str, Messages]:
    if len(turns) < 2:
        raise DatasetError(f"has {len(turns)} turns in its {name}, and needs a question and an answer")
    if turns[-1]["role"] != "assistant":
        raise DatasetError(f"ends with a turn of {turns[-1]['role']}, and not with the answer to be learnt")
    return {"prompt": turns[:-1], "completion": turns[-1:]}


def _pair(value: Mapping[str, Any], asked: str, answered: str) -> dict[str, Messages]:
    question = "\n".join([value[asked], *texts_below(value, asked)])
    history = value.get("history") or []
    if not isinstance(history, list) or not all(isinstance(turn, list) and len(turn) == 2 for turn in history):
        raise DatasetError("has a history that is not a list of questions and answers")
    before = [_message(role, text) for turn in history for role, text in zip(("user", "assistant"), turn, strict=True)]
    prompt = with_system(value, [*before, _message("user", question)])
    return {"prompt": prompt, "completion": [_message("assistant", value[answered])]}


def texts_below(value: Mapping[str, Any], asked: str) -> list[str]:
    """What stands below the question of the field `asked`: an input, a context or several.

    Raises:
        DatasetError: one of these fields holds something else than text.
    """
    texts: list[str] = []
    for name in _MORE:
        held = value.get(name) if name != asked else None
        several = held if isinstance(held, list) else [held] if held else []
        if not all(isinstance(text, str) for text in several):
            raise DatasetError(f"has a {name} that is neither text nor a list of texts")
        texts += [text for text in several if text.strip()]
    return texts


def check_is_text(value: Mapping[str, Any]) -> None:
    """Raise `DatasetError` where an entry comes with pictures or sound: text alone is trained on."""
    if name := next((name for name in _NOT_TEXT if value.get(name)), ""):
        raise DatasetError(f"comes with a file ({name}); text alone is trained on")


def with_system(value: Mapping[str, Any], turns: Messages) -> Messages:
    """`turns` behind the system's text that an entry has in a field of its own, unless they begin with it."""
    given = (value.get(name) for name in _SYSTEMS)
    text = next((text for text in given if isinstance(text, str) and text.strip()), "")
    system = [_message("system", text)] if text else []
    return turns if turns[:1] == system else [*system, *turns]


def read_turns(value: Any) -> Any:
    """The turns in our spelling: of a list, of a single turn, of a text that the assistant says.

    Other values stay as they are; the check of the row reports them.

    Raises:
        DatasetError: a turn has no known role, or a part that is not text.
    """
    if isinstance(value, str):
        return [_message("assistant", value)]
    if isinstance(value, Mapping):
        return [_turn(value)]
    return [_turn(turn) for turn in value] if isinstance(value, list) else value


def _turn(turn: Any) -> dict[str, Any]:
    if not isinstance(turn, Mapping):
        raise DatasetError("has a turn that is not an object with a role and a content")
    said = turn.get("role", turn.get("from"))
    role = _ROLES.get(said.lower()) if isinstance(said, str) else None
    if role is None:
        raise DatasetError(f"has a turn of {said!r}; known are system, user (human) and assistant (gpt)")
    if name := next((name for name in _BESIDE if turn.get(name)), ""):
        raise DatasetError(f"has a turn with {name}; the content alone is trained on")
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
