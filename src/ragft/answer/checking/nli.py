"""Natural-language inference by a local model: does a passage entail a sentence?

    entail = open_nli("/models/nli-deberta-v3-small")
    entail("QLoRA needs 48 GB.", ["It fits on one card of 48 GB.", "Bread rises."])   ->  [0.97, 0.01]

Any sequence-classification model with a label for entailment will do, as `save_pretrained` wrote it. So will a
cross-encoder that gives one score: it reads the sentence first, as rerankers read the question before the passage, and
the logistic function of the score is taken for the probability. A classifier of single texts has one score, too: it is
refused where its label, its card or its settings tell (`pair_models`); else a warning says what is assumed. Nothing is
downloaded and no code of the folder is run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ragft.errors import InputError, NotFoundError
from ragft.extras import need
from ragft.index.encoders.pair_models import check_reads_pairs
from ragft.machine import expand

Entail = Callable[[str, Sequence[str]], list[float]]
"""(claim, premises) to the probability, for each premise, that it entails the claim."""

_FIX = "set answer.nli_model to a folder with an NLI model (config.json, tokenizer, safetensors), or leave it empty"
_BATCH = 8
_LONGEST = 512


def configured_nli(folder: str) -> Entail | None:
    """The model that `answer.nli_model` names; None where it names none."""
    return open_nli(folder) if folder else None


@lru_cache(maxsize=1)
def open_nli(folder: str) -> Entail:
    """The model in `folder`, loaded once however many ask for it.

    Raises:
        NotFoundError: there is no such folder, or no model in it.
        InputError: what is in it is not an NLI model, or scores single texts.
    """
    path = expand(Path(folder))
    if not (path / "config.json").is_file():
        raise NotFoundError(f"no model in {path}", fix=_FIX)
    need("encoders", "answer.nli_model")
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForSequenceClassification, AutoTokenizer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(path, local_files_only=True, trust_remote_code=False)
        model, loading = AutoModelForSequenceClassification.from_pretrained(
            path, local_files_only=True, trust_remote_code=False, use_safetensors=True, output_loading_info=True
        )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(f"{path} holds no model for sequence classification: {reason}", fix=_FIX) from error
    if loading["missing_keys"]:  # transformers would make up a classifier where there is none
        raise InputError(f"the model in {path} has no trained classifier", fix=_FIX)
    place = _entailment(dict(model.config.id2label), path)
    if place is None:
        check_reads_pairs(path, "answer.nli_model", _FIX)
    longest = min(_LONGEST, int(getattr(model.config, "max_position_embeddings", _LONGEST)))
    model.eval()

    def entail(claim: str, premises: Sequence[str]) -> list[float]:
        found: list[float] = []
        for start in range(0, len(premises), _BATCH):
            batch = list(premises[start : start + _BATCH])
            claims = [claim] * len(batch)
            inputs = tokenizer(
                *((batch, claims) if place is not None else (claims, batch)),
                truncation="longest_first",
                max_length=longest,
                padding=True,
                return_tensors="pt",
            )
            with torch.inference_mode():
                logits = model(**inputs).logits
            found += _probabilities(logits.float(), place).tolist()
        return found

    return entail


def _probabilities(logits: Any, place: int | None) -> Any:
    """The probability of the label at `place` for each row; of the only score, where there is one."""
    return logits[:, 0].sigmoid() if place is None else logits.softmax(dim=-1)[:, place]


def _entailment(labels: dict[int, str], path: Path) -> int | None:
    """The place of the label that means entailment ("entailment", "ENTAILED", but not "not_entailment").

    None where the model has one score only, as cross-encoders have.
    """
    if len(labels) == 1:
        return None
    found = [int(n) for n, label in labels.items() if "entail" in label.lower() and "not" not in label.lower()]
    if len(found) != 1:
        names = ", ".join(str(label) for label in labels.values())
        raise InputError(f"the model in {path} has no label for entailment (its labels: {names})", fix=_FIX)
    return found[0]
