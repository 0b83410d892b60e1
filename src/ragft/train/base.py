"""What a training returns: its result and its report."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TrainingResult:
    """What a stage came to. `tokens` are those of the whole stage, `timed_tokens` and `seconds` of this process."""

    steps: int
    best_step: int
    tokens: int
    timed_tokens: int
    seconds: float


@dataclass(frozen=True)
class TrainReport:
    """The outcome of one training run. Losses are mean cross-entropy in nats per completion token.

    `run` is the run's id, `adapter` the folder of the best checkpoint's adapter, `scale` what it was scaled by so as
    not to forget more than allowed; `eval_loss`, `forgetting` (the rise of the loss on general text) and `divergence`
    (KL from the base there) are those of the scaled one.

    `pairs` were compared, 0 where there was no preference tuning. `accuracy` is the share of pairs whose chosen answer
    gained more over the rejected one than before, `margin` (nats, times beta) by how much: of the held-out pairs, or
    of those trained on in the last steps where none is held out.
    """

    run: str
    adapter: Path
    base: Path
    steps: int
    tokens: int
    tokens_per_second: float
    train_loss: float
    eval_loss: float
    best_step: int
    seconds: float
    device: str
    scale: float = 1.0
    forgetting: float = math.nan
    divergence: float = math.nan
    pairs: int = 0
    accuracy: float = math.nan
    margin: float = math.nan
