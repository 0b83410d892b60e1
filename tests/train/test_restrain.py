"""What an adapter costs general text is held under a bound by scaling it, once, and provably."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ragft.errors import DiskFull, TrainingError
from ragft.run_folder import ADAPTER_WEIGHTS
from ragft.setting_sections import TrainSettings
from ragft.train.probe import cross_entropy, forgetting
from ragft.train.quiet import quiet
from ragft.train.restrain import restrain
from ragft.train.training_setup import adapter_config

ALLOWED = 0.01
TEXTS = ["Bread needs flour, water and time.", "Rain forms when moist air rises and cools."]


def moved(tiny_base: Path, folder: Path, method: str) -> tuple[Any, Any, Path]:
    """A model, its tokenizer, and the folder of an adapter that moved far from the base."""
    import torch
    from peft import get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(0)
    settings = TrainSettings.model_validate({"rank": 4, "method": method})
    with quiet():
        model = get_peft_model(AutoModelForCausalLM.from_pretrained(tiny_base), adapter_config(settings))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=2.0)
        if "magnitude" in name:
            parameter.data *= 1 + 9 * torch.rand_like(parameter)
    model.save_pretrained(folder)
    return model, AutoTokenizer.from_pretrained(tiny_base), folder


@pytest.fixture
def trained(tiny_base: Path, tmp_path: Path) -> tuple[Any, Any, Path]:
    return moved(tiny_base, tmp_path, "lora")


def test_an_adapter_that_forgets_too_much_is_scaled_under_the_bound(
    trained: tuple[Any, Any, Path], tiny_base: Path
) -> None:
    model, tokenizer, folder = trained
    before = forgetting(tiny_base, folder, TEXTS).change
    assert before > ALLOWED
    restraint = restrain(model, tokenizer, folder, allowed=ALLOWED, texts=TEXTS)
    assert 0 < restraint.scale < 1
    assert restraint.forgetting.change <= ALLOWED
    # what lies on the disk is what was measured, read by PEFT as any adapter
    assert forgetting(tiny_base, folder, TEXTS).change == pytest.approx(restraint.forgetting.change, abs=1e-5)


def test_the_scale_is_the_largest_that_the_bound_allows(trained: tuple[Any, Any, Path], tiny_base: Path) -> None:
    from peft import load_peft_weights, set_peft_model_state_dict

    model, tokenizer, folder = trained
    weights = load_peft_weights(str(folder), device="cpu")
    restraint = restrain(model, tokenizer, folder, allowed=ALLOWED, texts=TEXTS)
    more = restraint.scale + 1 / 32
    set_peft_model_state_dict(model, {k: v * more if "lora_B" in k else v for k, v in weights.items()})
    assert cross_entropy(model, tokenizer, TEXTS) - restraint.forgetting.base > ALLOWED


@pytest.mark.parametrize("allowed", [0.0, 1000.0])
def test_one_that_keeps_within_it_or_has_no_bound_is_left_as_it_is(
    trained: tuple[Any, Any, Path], allowed: float
) -> None:
    model, tokenizer, folder = trained
    before = (folder / ADAPTER_WEIGHTS).read_bytes()
    restraint = restrain(model, tokenizer, folder, allowed=allowed, texts=TEXTS)
    assert restraint.scale == 1
    assert restraint.forgetting.change > ALLOWED
    assert (folder / ADAPTER_WEIGHTS).read_bytes() == before


def test_done_twice_it_is_scaled_once(trained: tuple[Any, Any, Path]) -> None:
    model, tokenizer, folder = trained
    first = restrain(model, tokenizer, folder, allowed=ALLOWED, texts=TEXTS)
    once = (folder / ADAPTER_WEIGHTS).read_bytes()
    assert restrain(model, tokenizer, folder, allowed=ALLOWED, texts=TEXTS) == first
    assert (folder / ADAPTER_WEIGHTS).read_bytes() == once


@pytest.mark.parametrize("method", ["dora", "rslora"])
def test_the_bound_holds_for_every_method(tiny_base: Path, tmp_path: Path, method: str) -> None:
    model, tokenizer, folder = moved(tiny_base, tmp_path, method)
    restraint = restrain(model, tokenizer, folder, allowed=ALLOWED, texts=TEXTS)
    assert 0 < restraint.scale < 1
    assert restraint.forgetting.change <= ALLOWED
    assert forgetting(tiny_base, folder, TEXTS).change == pytest.approx(restraint.forgetting.change, abs=1e-5)


def test_where_no_scale_is_allowed_the_base_is_left_and_that_is_said(
    tiny_base: Path, tmp_path: Path, logged: Callable[[], str]
) -> None:
    model, tokenizer, folder = moved(tiny_base, tmp_path, "dora")
    restraint = restrain(model, tokenizer, folder, allowed=-1.0, texts=TEXTS)
    assert restraint.scale == 0
    assert restraint.forgetting.change == pytest.approx(0, abs=1e-5)
    assert "nothing is left of the adapter" in logged()


def test_an_adapter_without_numbers_is_an_error_and_is_not_written_over(trained: tuple[Any, Any, Path]) -> None:
    import torch

    model, tokenizer, folder = trained
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.constant_(parameter, torch.nan)
    model.save_pretrained(folder)
    before = (folder / ADAPTER_WEIGHTS).read_bytes()
    with pytest.raises(TrainingError, match="NaN or infinite"):
        restrain(model, tokenizer, folder, allowed=ALLOWED, texts=TEXTS)
    assert (folder / ADAPTER_WEIGHTS).read_bytes() == before


def test_on_a_full_disk_the_adapter_stays_whole(trained: tuple[Any, Any, Path]) -> None:
    import resource

    model, tokenizer, folder = trained
    before = (folder / ADAPTER_WEIGHTS).read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limits[1]))  # bytes a file may have: the nearest to a full disk
    try:
        with pytest.raises(DiskFull):
            restrain(model, tokenizer, folder, allowed=ALLOWED, texts=TEXTS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (folder / ADAPTER_WEIGHTS).read_bytes() == before
    assert {file.name for file in folder.iterdir()} == {"README.md", "adapter_config.json", ADAPTER_WEIGHTS}
