"""Two answers to one prompt, read by the model in a single pass over the prompt and both answers.

The answers follow the prompt one after the other, each at the positions it would have alone, and the attention mask
hides the first from the second. The prompt, nine tokens in ten, is read once and not twice; what the model says of each
answer is what it says of it alone. Models whose attention cannot be given by such a mask (sliding windows, recurrent
layers) read one answer after the other; which of the two a model can is tried on a pair, not looked up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F

from ragft.train.examples import IGNORED, Example
from ragft.train.trainer import causal_of

_TOLERANCE = {torch.float32: 1e-3}
_ROUGH_TOLERANCE = 0.1
"""Largest difference of a token's log-probability (nats) that rounding explains; the rough one in 16-bit types."""


@dataclass(frozen=True)
class PreferencePair:
    """A pair ready for training: the ids of the prompt, and those of each answer, its end of turn included."""

    id: str
    prompt: tuple[int, ...]
    chosen: tuple[int, ...]
    rejected: tuple[int, ...]

    @classmethod
    def of(cls, name: str, chosen: Example, rejected: Example) -> PreferencePair:
        """The pair of two encoded rows that have one prompt."""
        start = chosen.labels.count(IGNORED)
        return cls(name, chosen.input_ids[:start], chosen.input_ids[start:], rejected.input_ids[start:])

    @property
    def tokens(self) -> int:
        """Tokens of a pass in which the prompt is read once."""
        return len(self.prompt) + len(self.chosen) + len(self.rejected)


@dataclass(frozen=True)
class Spoken:
    """What the model says of the two answers, in the form of TRL's fused head: each [2, length - 1], 0 elsewhere."""

    log_probs: torch.Tensor
    entropy: torch.Tensor
    mean_logits: torch.Tensor
    is_top1: torch.Tensor
    aux_loss: None = None


class PairModel:
    """A causal language model that is called as TRL's DPOTrainer calls it, on one pair, and reads its prompt once.

    TRL projects every position to the vocabulary where there is no Triton; here it is those of the answers alone.
    """

    def __init__(self, model: Any, *, together: bool) -> None:
        self._causal = causal_of(model)
        self._read = _together if together else _apart

    def __call__(self, *, input_ids: torch.Tensor, attention_mask: torch.Tensor, labels: torch.Tensor,
                 **_: Any) -> Spoken:  # fmt: skip
        """Args: [2, length] each, the chosen answer's row first; labels are `IGNORED` on the prompt and the padding."""
        if input_ids.shape[0] != 2:
            raise ValueError(f"{input_ids.shape[0]} rows are not the two answers of a pair")
        ends = attention_mask.sum(dim=1).tolist()
        start = int((labels[0] != IGNORED).nonzero()[0])
        answers = [input_ids[row, start:end] for row, end in enumerate(ends)]
        logits = self._read(self._causal, input_ids[0, :start], answers)
        shape = (2, input_ids.shape[1] - 1)
        said = [_said(each, answer) for each, answer in zip(logits, answers, strict=True)]
        return Spoken(*(_placed([row[figure] for row in said], start - 1, shape) for figure in range(4)))


def log_probabilities(model: Any, pair: PreferencePair, *, together: bool) -> tuple[float, float]:
    """Summed log-probabilities (nats) of the chosen and of the rejected answer, the model as it is."""
    found = _token_log_probs(causal_of(model), pair, _together if together else _apart)
    chosen, rejected = (each.sum().item() for each in found)
    return chosen, rejected


def reads_together(model: Any, pair: PreferencePair) -> bool:
    """Whether the model says the same of both answers in one pass as in two; a model that cannot try says no."""
    causal = causal_of(model)
    expected = _token_log_probs(causal, pair, _apart)
    try:
        found = _token_log_probs(causal, pair, _together)
    except (TypeError, ValueError, RuntimeError, NotImplementedError):
        return False
    most = _TOLERANCE.get(causal.dtype, _ROUGH_TOLERANCE)
    return all(float((a - b).abs().max()) <= most for a, b in zip(expected, found, strict=True))


Reader = Callable[[Any, torch.Tensor, list[torch.Tensor]], list[torch.Tensor]]


def _token_log_probs(causal: Any, pair: PreferencePair, read: Reader) -> list[torch.Tensor]:
    prompt, *answers = (torch.tensor(ids, device=causal.device) for ids in (pair.prompt, pair.chosen, pair.rejected))
    with torch.no_grad():
        return [_said(logits, ids)[0] for logits, ids in zip(read(causal, prompt, answers), answers, strict=True)]


def _apart(causal: Any, prompt: torch.Tensor, answers: list[torch.Tensor]) -> list[torch.Tensor]:
    """The logits that foretell each answer's tokens, [tokens, vocabulary] float32; one pass an answer."""
    found = []
    for answer in answers:
        ids = torch.cat([prompt, answer])
        places = torch.arange(len(prompt) - 1, len(ids) - 1, device=ids.device)
        found.append(causal(input_ids=ids[None], use_cache=False, logits_to_keep=places).logits[0].float())
    return found


def _together(causal: Any, prompt: torch.Tensor, answers: list[torch.Tensor]) -> list[torch.Tensor]:
    """The same in one pass."""
    first, second = answers
    ids = torch.cat([prompt, first, second])
    start, middle, total = len(prompt), len(prompt) + len(first), len(ids)
    positions = torch.cat([torch.arange(middle), torch.arange(start, start + len(second))]).to(ids.device)
    seen = torch.ones(total, total, dtype=torch.bool, device=ids.device).tril()
    seen[middle:, start:middle] = False
    mask = torch.zeros(total, total, dtype=causal.dtype, device=ids.device)
    mask.masked_fill_(~seen, torch.finfo(causal.dtype).min)
    places = torch.tensor([*range(start - 1, middle - 1), *range(middle, total - 1)], device=ids.device)
    logits = causal(
        input_ids=ids[None],
        position_ids=positions[None],
        attention_mask=mask[None, None],
        use_cache=False,
        logits_to_keep=places,
    ).logits[0].float()  # fmt: skip
    return [logits[: len(first)], torch.cat([logits[:1], logits[len(first) :]])]


def _said(logits: torch.Tensor, answer: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Of each token of an answer: log-probability, entropy, mean logit, whether it is the likeliest; [tokens] each."""
    scores = F.log_softmax(logits, dim=-1)
    chosen = scores.gather(1, answer[:, None]).squeeze(1)
    with torch.no_grad():
        entropy = -(scores.exp() * scores).sum(dim=-1)
        return chosen, entropy, logits.mean(dim=-1), logits.argmax(dim=-1) == answer


def _placed(rows: list[torch.Tensor], start: int, shape: tuple[int, int]) -> torch.Tensor:
    return torch.stack([F.pad(row, (start, shape[1] - start - len(row))) for row in rows])
