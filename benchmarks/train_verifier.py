"""Train a small model that says whether a source supports a claim, contradicts it, or does not have it.

    python benchmarks/train_verifier.py OUT [--data ../shared/data] [--steps 1900]

starts from the encoder that ragft searches with, reads the pairs of support_pairs.py, and writes a folder for
`answer.nli_model`: weights, tokenizer and a card with sources, licences and the digest. Of a claim that a set calls
unsupported, without saying why, only the probability of support is lowered. The same command continues after a crash
(encoder_training.py), and `--export` writes what there is. `benchmarks/bench_judge.py` says how well it judges.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from itertools import chain

import torch
from encoder_training import (
    Recipe,
    Sample,
    Task,
    Trainer,
    export,
    recipe_of,
    tokenizer_of,
    train,
    training_parser,
)
from support_pairs import LABELS, SOURCES, UNSUPPORTED, SupportPair, divided_pairs, pairs_of
from tokenizers import Tokenizer
from transformers.utils.logging import disable_progress_bar

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


def card_of(recipe: Recipe, steps: int, counts: dict[str, int], held: int, digest: str, right: float) -> str:
    """The card of the weights."""
    licences = {source.file: source.licence for source in SOURCES}
    rows = "\n".join(f"| {name} | {count} | {licences[name]} |" for name, count in counts.items())
    return _CARD.format(rows=rows, digest=digest, right=right, step=steps, labels=", ".join(LABELS),
                        tokens=TOKENS, recipe=json.dumps(asdict(recipe)), held=held)  # fmt: skip


_CARD = """---
pipeline_tag: text-classification
tags: [cross-encoder, nli]
---
# A verifier for sentences and their sources

Three labels for (source, claim): {labels}.

Trained by `benchmarks/train_verifier.py` from the encoder (all-MiniLM-L6-v2, Apache-2.0), {step} steps, at most
{tokens} tokens a pair: `{recipe}`

`model.safetensors`: {digest}

Of {held} pairs that were not trained on, {right:.3f} get the right label.

| source | pairs | licence |
| --- | --- | --- |
{rows}
"""


def main() -> None:
    """Train, or continue, and export."""
    given = training_parser(__doc__, steps=1900, batch=32, frozen=0).parse_args()
    disable_progress_bar()
    torch.set_num_threads(1)
    recipe = recipe_of(given)
    found = pairs_of(given.data, recipe.seed)
    tokenizer = tokenizer_of(recipe.encoder, TOKENS)
    trained, held_out = (samples_of(pairs, tokenizer) for pairs in divided_pairs([*chain(*found.values())]))
    given.out.mkdir(parents=True, exist_ok=True)
    digest = digest_json([[asdict(pair) for pair in pairs] for pairs in found.values()])
    trainer = Trainer(Task(LABELS, loss_of, is_right), recipe, digest, given.out / "state.pt")
    trainer.load()
    if not given.export:
        train(trainer, trained, held_out, given.every)
    counts = {name: len(pairs) for name, pairs in found.items()}
    export(trainer, given.out, partial(card_of, recipe, trainer.step, counts, len(held_out)), held_out)


if __name__ == "__main__":
    main()
