"""adapter_config.json as a stranger may write it: understood as PEFT does, or refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from llama_cpp_tools.convert import convert
from llama_cpp_tools.errors import WeightsError
from tests.llama_cpp_tools.adapters import assert_refused, write_adapter
from tests.llama_cpp_tools.tiny import write_model


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"lora_alpha": 10**400}, "lora_alpha is 1000.*, not a positive number"),
        ({"lora_alpha": 1e300}, r"lora_alpha is 1e\+300"),
        ({"lora_alpha": 1e-300}, "lora_alpha is 1e-300"),  # 0 in a GGUF, which llama.cpp takes for "as it is"
        ({"alpha_pattern": {"q_proj": 10**400}}, "lora_alpha is 1000"),
        ({"layers_to_transform": "0"}, "layers_to_transform is '0', no numbers"),
        ({"layers_to_transform": 1.5}, r"layers_to_transform is 1\.5"),
        ({"layers_to_transform": [0, "1"]}, "layers_to_transform is"),
        ({"target_modules": "a{99999999999999999999}"}, "repetition number is too large"),
        ({"target_modules": "(" * 3000}, "target_modules has the pattern"),
        ({"peft_type": None}, "names no peft_type, so PEFT did not save it"),
    ],
)
def test_a_setting_that_cannot_be_followed_is_named(settings: dict[str, Any], message: str, tmp_path: Path) -> None:
    assert_refused(message, tmp_path, **settings)


def test_a_pattern_with_flags_means_what_it_means_to_peft(tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama3")
    flagged = write_adapter(tmp_path / "flagged", target_modules=r"(?i).*_PROJ")
    plain = write_adapter(tmp_path / "plain")
    digests = {convert(base, tmp_path / f"{adapter.name}.gguf", lora=adapter).sha256 for adapter in (flagged, plain)}
    assert len(digests) == 1


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("outtype", ["f32", "bf16", "q8_0"])
def test_a_merge_that_leaves_float32_is_an_error_and_no_warning(outtype: str, tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama3")
    for dora in (False, True):
        adapter = write_adapter(tmp_path / f"adapter-{dora}", lora_alpha=9e17, dora=dora)
        _scale_factors(adapter, 1e30)
        with pytest.raises(WeightsError, match="holds NaN or infinity"):
            convert(base, tmp_path / "out.gguf", outtype=outtype, lora=adapter)
    assert not list(tmp_path.glob("out*"))


def _scale_factors(adapter: Path, factor: float) -> None:
    """Multiply every number of the adapter, whose header stays as it is."""
    path = adapter / "adapter_model.safetensors"
    content = path.read_bytes()
    begin = 8 + int.from_bytes(content[:8], "little")
    numbers = np.frombuffer(content[begin:], np.float32) * np.float32(factor)
    path.write_bytes(content[:begin] + numbers.tobytes())
