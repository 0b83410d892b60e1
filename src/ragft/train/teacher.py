"""Prompt distillation: answers of the base with help in its prompt, by which it is trained to answer without.

The help is what the row brings for it, as the statement that answers it, or else instructions and worked examples: rows
of other documents. The base reads them, the row's own prompt and the
row's answer, and its likeliest tokens at each place of the answer are kept. They tell more than the answer does: what
else would have been right there, and how sure the base is. A replay row gets no help; its lesson is the base itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from ragft.dataset.base import Row
from ragft.errors import TrainingError
from ragft.train.examples import IGNORED, Example, encode
from ragft.workspace import short_digest

if TYPE_CHECKING:
    import torch

TOP_K = 16
"""How many tokens are kept of a place; what the others hold together follows."""
INSTRUCTIONS = (
    "Answer the last question in the manner of the answers before it: from what is given with the question alone, "
    "completely, in plain sentences, each with its source. Where the sources do not answer, say so as it is done there."
)


def lessons(rows: Sequence[Row], tokenizer: Any, *, examples: int, max_length: int) -> list[Example]:
    """Each row with help before it: `examples` others, or as many as fit into `max_length` tokens.

    Raises:
        TrainingError: a row does not fit even without help.
    """
    helpers = list(_in_turn(rows))
    return [_lesson(row, helpers, tokenizer, examples, max_length) for row in rows]


def lesson_id(lesson: Example) -> str:
    """16 hex digits over all that the teacher reads."""
    return short_digest(list(lesson.input_ids))


def said(model: Any, lesson: Example) -> dict[str, list[list[float]]]:
    """The likeliest `TOP_K` tokens of `model` at each place of the answer, [tokens][TOP_K]: `ids` and `log_probs`."""
    import torch

    from ragft.train.trainer import causal_of

    causal = causal_of(model)
    ids = torch.tensor([lesson.input_ids], device=causal.device)
    places = torch.tensor([place for place, label in enumerate(lesson.labels[1:]) if label != IGNORED])
    with torch.no_grad():
        logits = causal(input_ids=ids, use_cache=False, logits_to_keep=places.to(causal.device)).logits[0].float()
    top = logits.log_softmax(dim=-1).topk(min(TOP_K, logits.shape[-1]))
    log_probs = [[round(value, 4) for value in place] for place in top.values.tolist()]
    return {"ids": top.indices.tolist(), "log_probs": log_probs}


def token_divergences(scores: torch.Tensor, ids: torch.Tensor, log_probs: torch.Tensor) -> torch.Tensor:
    """KL(teacher ‖ student) of each place, [tokens], in nats; the tokens that were not kept count as one.

    Args:
        scores: the student's log-probabilities, [tokens, vocabulary].
        ids: the tokens kept, [tokens, TOP_K].
        log_probs: the teacher's log-probabilities of them, [tokens, TOP_K].
    """
    own = scores.gather(1, ids)
    kept = (log_probs.exp() * (log_probs - own)).sum(dim=1)
    rest, own_rest = (_rest(each) for each in (log_probs, own))
    return kept + rest * (rest.log() - own_rest.log())


def _rest(log_probs: torch.Tensor) -> torch.Tensor:
    # Rounding may leave less than nothing, of which there is no logarithm.
    return (1 - log_probs.exp().sum(dim=1)).clamp(min=1e-5)


def _lesson(row: Row, helpers: Sequence[Row], tokenizer: Any, examples: int, max_length: int) -> Example:
    if row.kind == "replay":
        return encode([row], tokenizer, max_length=max_length)[0]
    if row.help:
        return encode([_with(row, row.help, ())], tokenizer, max_length=max_length, what="lesson of row")[0]
    own = set(row.kept_together)
    others = (other for other in helpers if other is not row and not own.intersection(other.kept_together))
    chosen = list(islice(others, examples))
    while True:
        try:
            return encode([_with(row, INSTRUCTIONS, chosen)], tokenizer, max_length=max_length, what="lesson of row")[0]
        except TrainingError:
            if not chosen:
                raise
            chosen.pop()


def _in_turn(rows: Sequence[Row]) -> Iterator[Row]:
    """Rows to learn the manner from: the kinds in turn, the shortest of each first."""
    by_kind: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: sum(len(turn["content"]) for turn in (*row.prompt, *row.completion))):
        if row.kind != "replay":
            by_kind.setdefault(row.kind, []).append(row)
    for place in range(max(map(len, by_kind.values()), default=0)):
        yield from (found[place] for found in by_kind.values() if place < len(found))


def _with(row: Row, instructions: str, examples: Sequence[Row]) -> Row:
    system = [turn["content"] for turn in row.prompt if turn["role"] == "system"]
    turns: list[Mapping[str, str]] = [{"role": "system", "content": "\n\n".join([*system, instructions])}]
    for example in examples:
        turns += [example.prompt[-1], example.completion[0]]
    turns += [turn for turn in row.prompt if turn["role"] != "system"]
    return replace(row, prompt=tuple(turns))
