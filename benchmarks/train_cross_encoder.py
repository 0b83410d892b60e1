"""Train a small cross-encoder that says whether a text answers a question, from the encoder that ragft searches with.

    python benchmarks/train_cross_encoder.py OUT [--data ../shared/data] [--steps 600]

reads the groups of cross_groups.py and writes a folder for `index.rerank` and `answer.nli_model`: weights, tokenizer
and a card with sources, licences and the digest; the form in int8 is made as ragft makes it, and its size printed.
Texts are short. The loss is the softmax over the texts of a group, so that it learns to rank, and the logistic loss of
each, so that the score says something of one text. The same command continues after a crash (encoder_training.py), and
`--export` writes what there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import torch
from cross_groups import SIZE, SOURCES, Group
from encoder_training import Sample, Task, TrainingData, divided, tokenizer_of, train_and_export, training_parser
from tokenizers import Tokenizer
from training_sources import read_sources

from ragft.workspace import digest_json

TOKENS = 64
"""Most tokens of a question and a text together; groups whose answer is longer are left out, other texts are cut."""


def loss_of(logits: torch.Tensor, batch: Sequence[Sample]) -> torch.Tensor:
    """Of groups whose first text answers, or none (`target` 1 or 0)."""
    scores = logits.view(len(batch), SIZE)
    answered = torch.tensor([float(one.target) for one in batch])
    labels = torch.zeros_like(scores)
    labels[:, 0] = answered
    single = torch.nn.functional.binary_cross_entropy_with_logits(scores, labels)
    ranked = -(torch.log_softmax(scores, dim=1)[:, 0] * answered).sum() / answered.sum().clamp(min=1)
    return ranked + single


def is_right(logits: torch.Tensor, sample: Sample) -> bool | None:
    """Whether the first text of an answered group has the highest score."""
    return int(logits.argmax()) == 0 if sample.target else None


def samples_of(groups: Sequence[Group], tokenizer: Tokenizer) -> list[Sample]:
    """The groups in tokens."""
    pairs = [(group.question, text) for group in groups for text in group.texts]
    found = tokenizer.encode_batch(pairs)
    samples = []
    for number, group in enumerate(groups):
        own = found[number * SIZE : (number + 1) * SIZE]
        if not own[0].overflowing:
            samples.append(Sample(tuple((one.ids, one.type_ids) for one in own), int(group.answered)))
    return samples


_CARD = f"""---
pipeline_tag: text-ranking
tags: [cross-encoder]
---
# A cross-encoder for questions and the sentences that answer them

One score for (question or claim, text): higher is better; its logistic function is the probability that it answers.

Trained by `benchmarks/train_cross_encoder.py` from the encoder (all-MiniLM-L6-v2, Apache-2.0), {{step}} steps, groups
of {SIZE} texts, at most {TOKENS} tokens a pair: `{{recipe}}`

`model.safetensors`: {{digest}}

Of {{held}} groups that were not trained on, the text that answers is first in {{right:.3f}}.

| source | groups | licence |
| --- | --- | --- |
{{rows}}
"""


def main() -> None:
    """Train, or continue, and export."""
    given = training_parser(__doc__, steps=600, batch=8, frozen=3).parse_args()
    found = read_sources(SOURCES, given.data, given.seed)
    tokenizer = tokenizer_of(given.encoder, TOKENS)
    samples = {name: samples_of(groups, tokenizer) for name, groups in found.items()}
    digest = digest_json([[asdict(group) for group in groups] for groups in found.values()])
    data = TrainingData(*divided(samples), {name: len(those) for name, those in samples.items()}, digest)
    train_and_export(given, Task((), loss_of, is_right), data, SOURCES, _CARD)


if __name__ == "__main__":
    main()
