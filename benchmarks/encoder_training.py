"""The training that train_cross_encoder.py and train_verifier.py share: pairs of texts, steps that can be continued.

Word vectors and the lowest layers stay as they are, and pairs of like length share a batch. Everything follows from the
seed. The state is kept every so many steps, so that the same command continues after a crash. The weights that are
exported are a moving average over the steps.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from training_sources import TrainingSource
from transformers import AutoModelForSequenceClassification
from transformers.utils.logging import disable_progress_bar

from ragft.index.encoders.local_models import find_cross_model, find_sentence_model
from ragft.index.encoders.onnx_export import onnx_model
from ragft.workspace import atomic_writer, digest_file, digest_json, write_text

HELD_OUT = 50
"""Every so many of the samples of a source is not trained on."""
_AVERAGE = 0.02
"""What the weights of a step count in their average, once there are enough."""
_POOL = 32
"""Batches among which samples are sorted by length."""


@dataclass(frozen=True)
class Recipe:
    """What the weights follow from, beside the data."""

    encoder: str
    steps: int
    batch: int
    rate: float
    head_rate: float
    frozen: int
    seed: int
    bfloat16: bool = False


@dataclass(frozen=True)
class Sample:
    """The token ids and segments of the pairs that are judged together, and what is right of them (see the loss)."""

    pairs: tuple[tuple[list[int], list[int]], ...]
    target: int

    @property
    def length(self) -> int:
        """Tokens of its longest pair."""
        return max(len(ids) for ids, _ in self.pairs)


@dataclass(frozen=True)
class TrainingData:
    """The samples to train on and those that are held out, how many each source gives, and a digest of all."""

    trained: Sequence[Sample]
    held_out: Sequence[Sample]
    counts: Mapping[str, int]
    digest: str


@dataclass(frozen=True)
class Task:
    """What is learned: the labels of the model (none: one score), the loss of the logits [pairs, labels] of a batch,
    and whether those of one sample are right (None: it has no right answer)."""

    labels: tuple[str, ...]
    loss: Callable[[torch.Tensor, Sequence[Sample]], torch.Tensor]
    is_right: Callable[[torch.Tensor, Sample], bool | None]


class Trainer:
    """The model with its average and its optimizer; `step` is the number of steps that were made."""

    def __init__(self, task: Task, recipe: Recipe, data: str, state: Path) -> None:
        torch.manual_seed(recipe.seed)
        self.task, self.recipe, self.state, self.step = task, recipe, state, 0
        self._key = digest_json({**asdict(recipe), "data": data})
        names = dict(enumerate(task.labels)) or {0: "LABEL_0"}
        self.model: Any = AutoModelForSequenceClassification.from_pretrained(
            find_sentence_model(recipe.encoder).folder,
            num_labels=len(names),
            id2label=names,
            label2id={name: place for place, name in names.items()},
            local_files_only=True,
            attention_probs_dropout_prob=0.0,
        )
        body = self.model.base_model
        for part in (body.embeddings, *body.encoder.layer[: recipe.frozen]):
            part.requires_grad_(requires_grad=False)
        self._trained = {name: one for name, one in self.model.named_parameters() if one.requires_grad}
        self.average = {name: one.detach().clone() for name, one in self._trained.items()}
        is_head = {name: name.startswith("classifier") or ".pooler." in name for name in self._trained}
        self._optimizer = torch.optim.AdamW(
            [
                {"params": [self._trained[name] for name in self._trained if is_head[name] is head], "lr": rate}
                for head, rate in ((False, recipe.rate), (True, recipe.head_rate))
            ],
            weight_decay=0.01,
        )

    def load(self) -> None:
        """Continue from the kept state, if there is one of the same recipe and data."""
        if not self.state.is_file():
            return
        kept = torch.load(self.state, weights_only=True)
        if kept["key"] != self._key:
            sys.exit(f"{self.state} is of another recipe or other data; give another folder")
        self.step, self.average = kept["step"], kept["average"]
        self.model.load_state_dict(kept["trained"], strict=False)
        self._optimizer.load_state_dict(kept["optimizer"])

    def save(self) -> None:
        """Keep the state."""
        kept = {
            "key": self._key,
            "step": self.step,
            "trained": {name: one.detach() for name, one in self._trained.items()},
            "average": self.average,
            "optimizer": self._optimizer.state_dict(),
        }
        with atomic_writer(self.state, "wb") as file:
            torch.save(kept, file)

    def learn(self, batch: Sequence[Sample]) -> float:
        """One step; returns the loss. What is dropped out follows from the seed and the number of the step."""
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.step)
        for group, rate in zip(self._optimizer.param_groups, self._rates(), strict=True):
            group["lr"] = rate
        self.model.train()
        loss = self.task.loss(self._logits(batch), batch)
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._trained.values(), 1.0)
        self._optimizer.step()
        self.step += 1
        share = max(_AVERAGE, 1 / (1 + self.step))
        for name, one in self._trained.items():
            self.average[name].lerp_(one.detach(), share)
        return float(loss.detach())

    def _rates(self) -> tuple[float, float]:
        """Those of this step, for the layers and for the head: up for a twentieth of all steps, then down."""
        steps, warm = self.recipe.steps, max(1, self.recipe.steps // 20)
        share = min((self.step + 1) / warm, max(0.02, (steps - self.step) / max(1, steps - warm)))
        return self.recipe.rate * share, self.recipe.head_rate * share

    def take_average(self) -> None:
        """Put the average into the model."""
        self.model.load_state_dict(self.average, strict=False)

    def right(self, samples: Sequence[Sample]) -> float:
        """The share of the samples with a right answer that are judged right."""
        self.model.eval()
        with torch.inference_mode():
            found = [self.task.is_right(self._logits([one]), one) for one in samples]
        told = [one for one in found if one is not None]
        return sum(told) / max(1, len(told))

    def _logits(self, batch: Sequence[Sample]) -> torch.Tensor:
        """Of all pairs of the batch in order, [pairs, labels]."""
        pairs = [pair for one in batch for pair in one.pairs]
        longest = max(len(ids) for ids, _ in pairs)
        ids, segments, mask = (torch.zeros(len(pairs), longest, dtype=torch.long) for _ in range(3))
        for row, (tokens, types) in enumerate(pairs):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            segments[row, : len(tokens)] = torch.tensor(types)
            mask[row, : len(tokens)] = 1
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.bfloat16):
            logits: torch.Tensor = self.model(input_ids=ids, attention_mask=mask, token_type_ids=segments).logits
        return logits.float()


def tokenizer_of(encoder: str, tokens: int) -> Tokenizer:
    """The tokenizer of an encoder, which cuts a pair to so many tokens."""
    tokenizer = Tokenizer.from_file(str(find_sentence_model(encoder).folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(tokens)
    return tokenizer


def batches_of(samples: Sequence[Sample], size: int, seed: int) -> Iterator[list[Sample]]:
    """Batches without end, of like length, in an order that follows from the seed; none of no samples."""
    epoch = 0
    while samples:
        draw = random.Random(f"{seed} {epoch}")
        order = draw.sample(samples, len(samples))
        pools = [order[start : start + _POOL * size] for start in range(0, len(order), _POOL * size)]
        for pool in pools:
            pool.sort(key=lambda one: one.length)
            batches = [pool[start : start + size] for start in range(0, len(pool), size)]
            yield from draw.sample(batches, len(batches))
        epoch += 1


def divided(samples: Mapping[str, Sequence[Sample]]) -> tuple[list[Sample], list[Sample]]:
    """The samples of all sources that are trained on, and those that are held out."""
    trained = [one for those in samples.values() for n, one in enumerate(those) if n % HELD_OUT]
    return trained, [one for those in samples.values() for one in those[::HELD_OUT]]


def train(trainer: Trainer, samples: Sequence[Sample], held_out: Sequence[Sample], every: int) -> None:
    """Make the steps that are left."""
    recipe, begin, started, total = trainer.recipe, trainer.step, time.perf_counter(), 0.0
    checks = held_out[::4]  # few, since they take time
    for number, batch in enumerate(batches_of(samples, recipe.batch, recipe.seed)):
        if number >= recipe.steps:
            break
        if number < begin:
            continue
        total += trainer.learn(batch)
        if trainer.step % every == 0 or trainer.step == recipe.steps:
            trainer.save()
            pace = (time.perf_counter() - started) / (trainer.step - begin)
            shown = f"loss {total / (trainer.step - begin):.3f}, {trainer.right(checks):.3f} right, {pace:.2f} s a step"
            print(f"step {trainer.step} of {recipe.steps}: {shown}", flush=True)


def export(trainer: Trainer, out: Path, card: Callable[[str, float], str], held_out: Sequence[Sample]) -> None:
    """Write the folder with its card, made of the digest of the weights and the share that is right, and the form in
    int8 as ragft makes it; exits if no step was made."""
    if not trainer.step:
        sys.exit(f"nothing is trained: {trainer.state} has no step, and none was made")
    trainer.take_average()
    right = trainer.right(held_out)
    trainer.model.save_pretrained(out)
    encoder = find_sentence_model(trainer.recipe.encoder).folder
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"):
        if (encoder / name).is_file():
            write_text(out / name, (encoder / name).read_text(encoding="utf-8"))
    digest = digest_file(out / "model.safetensors")
    write_text(out / "README.md", card(digest, right))
    size = ""
    if not trainer.task.labels:
        graph = onnx_model(find_cross_model(str(out)), "int8").graph
        size = f"; {graph}: {graph.stat().st_size / 1e6:.1f} MB"
    print(f"{trainer.step} steps, {right:.3f} right{size}; {digest}")


def training_parser(doc: str | None, **defaults: float) -> argparse.ArgumentParser:
    """The options that both scripts have, with the defaults of one."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--batch", type=int, help="samples a step")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--head-rate", type=float, default=5e-4)
    parser.add_argument("--frozen", type=int, help="layers from the lowest that stay as they are")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--bfloat16", action="store_true", help="half precision: several times as fast on some processors"
    )
    parser.add_argument("--every", type=int, default=50, help="steps after which the state is kept")
    parser.add_argument("--export", action="store_true", help="make no further step")
    parser.set_defaults(**defaults)
    return parser


def recipe_of(given: argparse.Namespace) -> Recipe:
    """The recipe that the options state."""
    return Recipe(
        given.encoder, given.steps, given.batch, given.rate, given.head_rate, given.frozen, given.seed, given.bfloat16
    )


def train_and_export(
    given: argparse.Namespace, task: Task, data: TrainingData, sources: Sequence[TrainingSource[Any]], card: str
) -> None:
    """Train by the options, or continue, and write the folder. `card` is filled in with what is known of both."""
    disable_progress_bar()
    torch.set_num_threads(1)
    recipe, licences = recipe_of(given), {source.file: source.licence for source in sources}
    given.out.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(task, recipe, data.digest, given.out / "state.pt")
    trainer.load()
    if not given.export:
        train(trainer, data.trained, data.held_out, given.every)
    facts = {
        "step": trainer.step,
        "recipe": json.dumps(asdict(recipe)),
        "held": len(data.held_out),
        "rows": "\n".join(f"| {name} | {count} | {licences[name]} |" for name, count in data.counts.items()),
    }
    export(trainer, given.out, lambda digest, right: card.format(digest=digest, right=right, **facts), data.held_out)
