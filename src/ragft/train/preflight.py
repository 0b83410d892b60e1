"""Checks before the first step: base, targets and rows must fit each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ragft.errors import ExportError, InputError, TrainingError, UsageError
from ragft.train.examples import Example


def check_base(folder: Path) -> None:
    """Compare configuration, tokenizer and weights in `folder` with one another.

    The headers of the weights are read, and where Gemma 2 stores its head beside the embedding, both matrices.
    transformers begins a missing tensor with random numbers; nothing of what is trained over these is worth anything.

    Raises:
        InputError: they do not belong together, or a tensor is missing.
        ExportError: the base can be trained, but `ragft export` would refuse it.
    """
    from llama_cpp_tools.convert import check_model
    from llama_cpp_tools.errors import ConversionError, WeightsError

    try:
        check_model(folder)
    except WeightsError as error:
        raise InputError(str(error), fix="download or save the base again, or give another base") from error
    except ConversionError as error:
        raise ExportError(str(error)) from error


def check_finite_weights(model: Any, folder: Path) -> None:
    """Look for weights that are not numbers in a loaded model.

    Raises:
        InputError: there are some; the message names the first tensor.
    """
    import torch

    for name, weight in model.named_parameters():
        if weight.is_floating_point() and not torch.isfinite(weight).all():
            raise InputError(f"the base in {folder} holds NaN or infinity in {name}", fix="download or save it again")


def check_targets(model: Any, targets: Sequence[str]) -> None:
    """PEFT passes over a name that the model does not have, as long as it has another.

    Raises:
        UsageError: a target is the head, or the name of no linear layer of `model`; the message names those there are.
    """
    import torch

    linear = [
        name
        for name, module in model.named_modules()
        if getattr(getattr(module, "weight", None), "ndim", 0) == 2
        and not isinstance(module, torch.nn.Embedding)
        and module is not model.get_output_embeddings()
    ]
    if absent := [t for t in targets if not t or not any(f".{name}".endswith(f".{t}") for name in linear)]:
        known = sorted({name.rpartition(".")[2] for name in linear})
        problem = f"the base has no {', '.join(map(repr, absent))} to adapt"
        if "lm_head" in absent:
            problem = "the head (lm_head) is not adapted: where it is the embedding too, both would change"
        raise UsageError(problem, fix=f"train.targets={','.join(known)}")


def check_fit(examples: Sequence[Example], model: Any) -> None:
    """Hold the token ids and lengths of the examples against the model.

    Raises:
        InputError: a token has no row in the embedding.
        TrainingError: a row is longer than what the model was made to read.
    """
    rows = model.get_input_embeddings().weight.shape[0]
    longest = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    for example in examples:
        if max(example.input_ids) >= rows:
            raise InputError(
                f"row {example.id} has the token {max(example.input_ids)}, and the embedding of the base has {rows} "
                "rows: tokens were added without resizing it",
                fix="take the tokenizer files of the model as it was published",
            )
        if longest and len(example.input_ids) > longest:
            raise TrainingError(
                f"row {example.id} has {len(example.input_ids)} tokens, and the base reads {longest} at most",
                fix="leave the row out of the data set, or use a base with a longer context",
            )
