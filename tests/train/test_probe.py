"""The forgetting probe: nothing where nothing was learnt, something where weights moved."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from ragft.errors import NotFoundError
from ragft.setting_sections import TrainSettings
from ragft.train.probe import forgetting, general_texts, measure_adapter
from ragft.train.quiet import quiet
from ragft.train.training_setup import adapter_config


@pytest.fixture
def model(tiny_base: Path) -> Any:
    import torch
    from peft import get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    with quiet():  # PEFT uses a name that transformers has deprecated
        return get_peft_model(AutoModelForCausalLM.from_pretrained(tiny_base), adapter_config(TrainSettings(rank=4)))


def test_a_fresh_adapter_forgets_nothing(model: Any, tiny_base: Path, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path)
    probe = forgetting(tiny_base, tmp_path, ["Bread needs flour.", "x", ""])
    assert probe.change == 0
    assert probe.divergence == pytest.approx(0, abs=1e-9)
    assert probe.tokens > 5


def test_it_is_the_definition_of_cross_entropy_and_of_divergence(model: Any, tiny_base: Path, tmp_path: Path) -> None:
    import torch
    from transformers import AutoTokenizer

    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(tmp_path)
    text = "Rain forms when air rises."
    probe = forgetting(tiny_base, tmp_path, [text])

    ids = AutoTokenizer.from_pretrained(tiny_base)(text)["input_ids"]
    model.eval()
    with torch.no_grad():
        tuned = model(torch.tensor([ids])).logits[0].double().softmax(-1).tolist()
        with model.disable_adapter():
            base = model(torch.tensor([ids])).logits[0].double().softmax(-1).tolist()
    places = range(len(ids) - 1)
    assert probe.base == pytest.approx(-sum(math.log(base[i][ids[i + 1]]) for i in places) / len(places), rel=1e-5)
    assert probe.tuned == pytest.approx(-sum(math.log(tuned[i][ids[i + 1]]) for i in places) / len(places), rel=1e-5)
    kl = sum(p * math.log(p / q) for i in places for p, q in zip(base[i], tuned[i], strict=True)) / len(places)
    assert probe.divergence == pytest.approx(kl, rel=1e-4)
    assert probe.divergence > 0


def test_the_texts_ship_with_ragft() -> None:
    texts = general_texts()
    assert len(texts) >= 16
    assert all(len(text) > 100 for text in texts)


def test_no_adapter_is_an_error(tiny_base: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no adapter"):
        forgetting(tiny_base, tmp_path)


def test_no_tensor_is_float64_which_apples_devices_lack(model: Any, tiny_base: Path) -> None:
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode
    from transformers import AutoTokenizer

    made: list[str] = []

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            result = func(*args, **(kwargs or {}))
            if isinstance(result, torch.Tensor) and result.dtype is torch.float64:
                made.append(str(func))
            return result

    tokenizer = AutoTokenizer.from_pretrained(tiny_base)
    with Watch():
        measure_adapter(model, tokenizer, ["Rain forms when moist air rises."])
    assert made == []
