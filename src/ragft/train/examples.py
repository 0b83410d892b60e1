"""Rows as token ids with their loss mask.

    examples = encode(rows, tokenizer, max_length=2048)

The mask is drawn as TRL draws it: the completion starts where the rendered prompt and the rendered whole part ways.
Doing it here, before the trainer sees anything, lets every row be checked before the first step: a row that would lose
its completion, or one that never teaches the model to stop, is an error that names it and not a silent drop.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ragft.dataset.base import Row
from ragft.engine.base import Message, Role
from ragft.engine.chat_template import fitted
from ragft.errors import TrainingError
from ragft.train.literals import Literals, Specials

IGNORED = -100
"""The label of a token that does not count in the loss (PyTorch's and TRL's convention)."""


@dataclass(frozen=True)
class Example:
    """One row ready for training: equally long ids and labels (`IGNORED` on the prompt)."""

    id: str
    kind: str
    input_ids: tuple[int, ...]
    labels: tuple[int, ...]

    @property
    def trained_tokens(self) -> int:
        """How many tokens count in the loss."""
        return sum(label != IGNORED for label in self.labels)


def answer_ids(example: Example) -> tuple[int, ...]:
    """The ids that count in the loss."""
    return tuple(label for label in example.labels if label != IGNORED)


def encode(rows: Sequence[Row], tokenizer: Any, *, max_length: int, what: str = "row") -> list[Example]:
    """All rows, in order, as examples; `what` a row is called in errors.

    Raises:
        TrainingError: the base has no chat template, a row is longer than `max_length` tokens, its prompt is not what
            the model will see in use, or its end of turn lies outside the loss; the message names the row.
    """
    special, stop = Specials.of(tokenizer), end_of_turn(tokenizer)
    names = [f"{what} {place} ({row.id or row.kind})" for place, row in enumerate(rows, start=1)]
    return [
        _encode(row, row.id or str(place), name, special, max_length, stop)
        for place, (row, name) in enumerate(zip(rows, names, strict=True), start=1)
    ]


def _encode(row: Row, identity: str, name: str, special: Specials, max_length: int, stop: int) -> Example:
    tokenizer = special.tokenizer
    prompt, whole = _rendered(row, name, special)
    start = common_prefix(prompt, whole)
    if start < len(prompt):
        raise TrainingError(
            f"{name}: the chat template renders the prompt alone differently from the prompt with its answer "
            f"({tokenizer.decode(prompt[start:])!r}), so the model would train on a prompt it never sees in use",
            fix="for thinking models give the row chat_template_kwargs {'enable_thinking': false}",
        )
    if len(whole) > max_length:
        lost = "its whole completion" if start >= max_length else "the end of its completion"
        raise TrainingError(
            f"{name} has {len(whole)} tokens and would lose {lost} at max_length {max_length}",
            fix=f"train.max_length={len(whole)}, or leave the row out of the data set",
        )
    labels = [IGNORED] * start + whole[start:]
    if stop not in labels:
        raise TrainingError(
            f"{name}: the end-of-turn token {tokenizer.decode([stop])!r} is not in its completion; "
            "a model trained on it would never stop",
            fix="use a base whose chat template closes the assistant's turn",
        )
    return Example(identity, row.kind, tuple(whole), tuple(labels))


def _rendered(row: Row, name: str, special: Specials) -> tuple[list[int], list[int]]:
    """Ids of the prompt alone, up to where the answer begins, and of the whole row."""
    kwargs = dict(row.chat_template_kwargs)
    # A row may set what its template knows, not how it is rendered: it could cut itself, or bring another template.
    own = inspect.signature(special.tokenizer.apply_chat_template).parameters
    if taken := sorted(own.keys() & kwargs.keys()):
        raise TrainingError(
            f"{name}: its chat_template_kwargs set {', '.join(taken)}, which is not a variable of a template",
            fix="remove it from the row",
        )
    messages = as_sent(row.prompt, special.tokenizer)
    try:
        prompt = _ids(special, messages, add_generation_prompt=True, **kwargs)
        return prompt, _ids(special, [*messages, *row.completion], **kwargs)
    except TrainingError as error:
        raise TrainingError(f"{name}: {error.message}", fix=error.fix) from error


def as_sent(messages: Sequence[Mapping[str, str]], tokenizer: Any) -> list[dict[str, str]]:
    """`messages` as an engine sends them: without a system turn where the chat template has none."""
    turns = [Message(cast(Role, turn["role"]), turn["content"]) for turn in messages]
    return [turn.to_dict() for turn in fitted(turns, tokenizer)]


def common_prefix(first: Sequence[int], second: Sequence[int]) -> int:
    """How many leading items two sequences share."""
    shared = 0
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        shared += 1
    return shared


def end_of_turn(tokenizer: Any) -> int:
    """The id of the token that closes the assistant's turn: the special one the template puts after an answer.

    Raises:
        TrainingError: the tokenizer has no chat template, or its template does not close the turn.
    """
    if not tokenizer.chat_template:
        raise TrainingError("the base has no chat template", fix="choose an instruction-tuned base")
    special = Specials.of(tokenizer)
    ids = _ids(special, [{"role": "user", "content": "question"}, {"role": "assistant", "content": "answer"}])
    after = [i for i in ids[len(ids) - 4 :] if i in special.ids.values()]
    if not after:
        raise TrainingError(
            "the base's chat template does not close the assistant's turn with a special token",
            fix="choose an instruction-tuned base",
        )
    return int(after[-1])


def _ids(special: Specials, messages: Sequence[Mapping[str, str]], **kwargs: Any) -> list[int]:
    """Ids of the rendered messages; special tokens that are in their texts stay text.

    Raises:
        TrainingError: the template raises an error on them.
    """
    literals = Literals(special, messages)
    kwargs |= {"tokenize": False} if literals.found else {"tokenize": True, "return_dict": True}
    try:
        rendered = special.tokenizer.apply_chat_template(literals.messages, **kwargs)
    except Exception as error:  # a template can raise what it likes, by raise_exception and by mistake
        raise TrainingError(
            f"the base's chat template does not take it: {str(error).strip() or type(error).__name__}",
            fix="use a base whose template takes the row's roles in their order",
        ) from error
    return literals.encode(rendered) if literals.found else list(rendered["input_ids"])
