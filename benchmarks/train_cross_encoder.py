"""Train a small cross-encoder that says whether a text answers a question, from the encoder that ragft searches with.

    python benchmarks/train_cross_encoder.py OUT [--data ../shared/data] [--steps 600]

reads the groups of cross_groups.py and writes a folder for `index.rerank` and `answer.nli_model`: weights, tokenizer
and a card with sources, licences and the digest; the form in int8 is made as ragft makes it, and its size printed. Word
vectors and the lowest layers stay as they are, texts are short, and groups of like length share a batch. The
loss is the softmax over the texts of a group, so that it learns to rank, and the logistic loss of each, so that the
score says something of one text. Everything follows from the seed. The state is kept every `--every` steps: the same
command continues after a crash, and `--export` writes what there is. The weights are a moving average over the steps.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from cross_groups import SIZE, SOURCES, Group, groups_of
from tokenizers import Tokenizer
from transformers import AutoModelForSequenceClassification
from transformers.utils.logging import disable_progress_bar

from ragft.index.encoders.local_models import find_cross_model, find_sentence_model
from ragft.index.encoders.onnx_export import onnx_model
from ragft.workspace import atomic_writer, digest_file, digest_json, write_text

TOKENS = 64
"""Most tokens of a question and a text together; groups whose answer is longer are left out, other texts are cut."""
HELD_OUT = 50
"""Every so many of the groups of a source is not trained on."""
_AVERAGE = 0.02
"""What the weights of a step count in their average, once there are enough."""
_POOL = 32
"""Batches among which groups are sorted by length."""


@dataclass(frozen=True)
class Recipe:
    """What the weights follow from, beside the groups."""

    encoder: str
    steps: int
    batch: int
    rate: float
    head_rate: float
    frozen: int
    seed: int


@dataclass(frozen=True)
class Sample:
    """The token ids and segments of a group's pairs."""

    pairs: tuple[tuple[list[int], list[int]], ...]
    answered: bool

    @property
    def length(self) -> int:
        """Tokens of its longest pair."""
        return max(len(ids) for ids, _ in self.pairs)


class Trainer:
    """The model with its average and its optimizer; `step` is the number of steps that were made."""

    def __init__(self, recipe: Recipe, groups: str, state: Path) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.state, self.step = recipe, state, 0
        self._key = digest_json({**asdict(recipe), "groups": groups})
        folder = find_sentence_model(recipe.encoder).folder
        self.model: Any = AutoModelForSequenceClassification.from_pretrained(
            folder, num_labels=1, local_files_only=True, attention_probs_dropout_prob=0.0
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
        """Continue from the kept state, if there is one of the same recipe and groups."""
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
        loss = _loss(self._scores(batch), batch)
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

    def right(self, batches: Sequence[Sequence[Sample]]) -> float:
        """The share of answered groups whose first text has the highest score."""
        self.model.eval()
        found = []
        with torch.inference_mode():
            for batch in batches:
                best = self._scores(batch).argmax(1).tolist()
                found += [place == 0 for place, one in zip(best, batch, strict=True) if one.answered]
        return sum(found) / max(1, len(found))

    def _scores(self, batch: Sequence[Sample]) -> torch.Tensor:
        """Scores [groups, SIZE]."""
        pairs = [pair for one in batch for pair in one.pairs]
        longest = max(len(ids) for ids, _ in pairs)
        ids, segments, mask = (torch.zeros(len(pairs), longest, dtype=torch.long) for _ in range(3))
        for row, (tokens, types) in enumerate(pairs):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            segments[row, : len(tokens)] = torch.tensor(types)
            mask[row, : len(tokens)] = 1
        scores: torch.Tensor = self.model(input_ids=ids, attention_mask=mask, token_type_ids=segments).logits
        return scores.view(len(batch), SIZE)


def _loss(scores: torch.Tensor, batch: Sequence[Sample]) -> torch.Tensor:
    answered = torch.tensor([float(one.answered) for one in batch])
    labels = torch.zeros_like(scores)
    labels[:, 0] = answered
    single = torch.nn.functional.binary_cross_entropy_with_logits(scores, labels)
    ranked = -(torch.log_softmax(scores, dim=1)[:, 0] * answered).sum() / answered.sum().clamp(min=1)
    return ranked + single


def samples_of(groups: Sequence[Group], tokenizer: Tokenizer) -> list[Sample]:
    """The groups in tokens."""
    pairs = [(group.question, text) for group in groups for text in group.texts]
    found = tokenizer.encode_batch(pairs)
    samples = []
    for number, group in enumerate(groups):
        own = found[number * SIZE : (number + 1) * SIZE]
        if not own[0].overflowing:
            samples.append(Sample(tuple((one.ids, one.type_ids) for one in own), group.answered))
    return samples


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


def train(trainer: Trainer, samples: Sequence[Sample], held_out: Sequence[Sample], every: int) -> None:
    """Make the steps that are left."""
    recipe, begin, started, total = trainer.recipe, trainer.step, time.perf_counter(), 0.0
    checks = [[one] for one in held_out[::4]]  # few, since they take time
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


def export(trainer: Trainer, out: Path, counts: dict[str, int], held_out: Sequence[Sample]) -> None:
    """Write the folder with its card, and the form in int8 as ragft makes it; exits if no step was made."""
    if not trainer.step:
        sys.exit(f"nothing is trained: {trainer.state} has no step, and none was made")
    trainer.take_average()
    right = trainer.right([[one] for one in held_out])
    trainer.model.save_pretrained(out)
    encoder = find_sentence_model(trainer.recipe.encoder).folder
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"):
        if (encoder / name).is_file():
            write_text(out / name, (encoder / name).read_text(encoding="utf-8"))
    licences = {source.file: source.licence for source in SOURCES}
    rows = "\n".join(f"| {name} | {count} | {licences[name]} |" for name, count in counts.items())
    digest = digest_file(out / "model.safetensors")
    write_text(out / "README.md", _CARD.format(rows=rows, digest=digest, right=right, step=trainer.step, size=SIZE,
               tokens=TOKENS, recipe=json.dumps(asdict(trainer.recipe)), held=len(held_out)))  # fmt: skip
    graph = onnx_model(find_cross_model(str(out)), "int8").graph
    print(f"{trainer.step} steps, {right:.3f} right; {graph}: {graph.stat().st_size / 1e6:.1f} MB; {digest}")


_CARD = """---
pipeline_tag: text-ranking
tags: [cross-encoder]
---
# A cross-encoder for questions and the sentences that answer them

One score for (question or claim, text): higher is better; its logistic function is the probability that it answers.

Trained by `benchmarks/train_cross_encoder.py` from the encoder (all-MiniLM-L6-v2, Apache-2.0), {step} steps, groups of
{size} texts, at most {tokens} tokens a pair: `{recipe}`

`model.safetensors`: {digest}

Of {held} groups that were not trained on, the text that answers is first in {right:.3f}.

| source | groups | licence |
| --- | --- | --- |
{rows}
"""


def main() -> None:
    """Train, or continue, and export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--batch", type=int, default=8, help="groups a step")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--head-rate", type=float, default=5e-4)
    parser.add_argument("--frozen", type=int, default=3, help="layers from the lowest that stay as they are")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=int, default=50, help="steps after which the state is kept")
    parser.add_argument("--export", action="store_true", help="make no further step")
    given = parser.parse_args()
    disable_progress_bar()
    torch.set_num_threads(1)
    recipe = Recipe(
        given.encoder, given.steps, given.batch, given.rate, given.head_rate, given.frozen, given.seed
    )  # fmt: skip
    found = groups_of(given.data, recipe.seed)
    tokenizer = Tokenizer.from_file(str(find_sentence_model(recipe.encoder).folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    samples = {name: samples_of(groups, tokenizer) for name, groups in found.items()}
    held_out = [one for those in samples.values() for one in those[::HELD_OUT]]
    trained = [one for those in samples.values() for n, one in enumerate(those) if n % HELD_OUT]
    given.out.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(
        recipe, digest_json([[asdict(g) for g in groups] for groups in found.values()]), given.out / "state.pt"
    )
    trainer.load()
    if not given.export:
        train(trainer, trained, held_out, given.every)
    export(trainer, given.out, {name: len(those) for name, those in samples.items()}, held_out)


if __name__ == "__main__":
    main()
