"""Train a small model that says whether a source supports a claim, contradicts it, or does not have it.

    python benchmarks/train_verifier.py OUT [--data ../shared/data] [--steps 1900]

starts from the encoder that ragft searches with, reads the pairs of support_pairs.py, and writes a folder for
`answer.nli_model`: weights, tokenizer and a card with sources, licences and the digest. Of a claim that a set calls
unsupported, without saying why, only the probability of support is lowered. The same command continues after a crash
(encoder_training.py), and `--export` writes what there is. `benchmarks/bench_judge.py` says how well it judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain

import torch
from encoder_training import Sample, Task, TrainingData, tokenizer_of, train_and_export, training_parser
from support_pairs import LABELS, SOURCES, UNSUPPORTED, SupportPair, divided_pairs
from tokenizers import Tokenizer
from training_sources import read_sources

from ragft.workspace import digest_json

TOKENS = 160
"""Most tokens of a source and a claim together; the longer one is cut."""


def loss_of(logits: torch.Tensor, batch: Sequence[Sample]) -> torch.Tensor:
    """Cross-entropy of the labels; of claims that are only known to be unsupported, of support or not."""
    log_shares = torch.log_softmax(logits, dim=1)
    targets = torch.tensor([one.target for one in batch])
    unsupported = targets == UNSUPPORTED
    told = log_shares[torch.arange(len(batch)), targets.masked_fill(unsupported, 0)]
    return -torch.where(unsupported, torch.logsumexp(log_shares[:, 1:], dim=1), told).mean()


def is_right(logits: torch.Tensor, sample: Sample) -> bool:
    """Whether the label is right, of an unsupported claim whether it is not support."""
    label = int(logits.argmax())
    return label != 0 if sample.target == UNSUPPORTED else label == sample.target


def samples_of(pairs: Sequence[SupportPair], tokenizer: Tokenizer) -> list[Sample]:
    """The pairs in tokens."""
    found = tokenizer.encode_batch([(one.source, one.claim) for one in pairs])
    return [Sample(((one.ids, one.type_ids),), pair.label) for one, pair in zip(found, pairs, strict=True)]


_CARD = f"""---
pipeline_tag: text-classification
tags: [cross-encoder, nli]
---
# A verifier for sentences and their sources

Three labels for (source, claim): {", ".join(LABELS)}.

Trained by `benchmarks/train_verifier.py` from the encoder (all-MiniLM-L6-v2, Apache-2.0), {{step}} steps, at most
{TOKENS} tokens a pair: `{{recipe}}`

`model.safetensors`: {{digest}}

Of {{held}} pairs that were not trained on, {{right:.3f}} get the right label.

| source | pairs | licence |
| --- | --- | --- |
{{rows}}
"""


def main() -> None:
    """Train, or continue, and export."""
    given = training_parser(__doc__, steps=1900, batch=32, frozen=0).parse_args()
    found = read_sources(SOURCES, given.data, given.seed)
    tokenizer = tokenizer_of(given.encoder, TOKENS)
    trained, held_out = (samples_of(pairs, tokenizer) for pairs in divided_pairs([*chain(*found.values())]))
    digest = digest_json([[asdict(pair) for pair in pairs] for pairs in found.values()])
    data = TrainingData(trained, held_out, {name: len(pairs) for name, pairs in found.items()}, digest)
    train_and_export(given, Task(LABELS, loss_of, is_right), data, SOURCES, _CARD)


if __name__ == "__main__":
    main()
