"""Adapters of mlx-lm: brought into PEFT's form they merge to the same weights, and what is no plain LoRA is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from llama_cpp_tools.convert import convert
from llama_cpp_tools.gguf_file import GGUFFile
from llama_cpp_tools.verify import verify
from ragft.errors import ExportError, NotFoundError
from ragft.export.mlx import CONFIG, WEIGHTS, import_mlx
from tests.llama_cpp_tools.tiny import random_tensor, write_model, write_safetensors

UP = "model.layers.1.mlp.up_proj"
SHAPES = {UP: (80, 64), "model.layers.1.self_attn.v_proj": (64, 64), "model.layers.1.mlp.down_proj": (64, 80)}
"""Modules of the last layer, as mlx-lm's num_layers=1 adapts them: (out, in)."""


def write_mlx(
    folder: Path, *, rank: int = 4, scale: Any = 20.0, dtype: str = "F32", extra: Mapping[str, Any] | None = None,
    **config: Any,
) -> dict[str, np.ndarray]:  # fmt: skip
    """An adapter as mlx_lm.lora writes it; what it adds to each weight, computed by numpy."""
    folder.mkdir(parents=True)
    tensors, added = {}, {}
    for module, (out, width) in SHAPES.items():
        a = random_tensor(f"{module}a", (width, rank)).astype(np.float16).astype(np.float32)
        b = random_tensor(f"{module}b", (rank, out)).astype(np.float16).astype(np.float32)
        tensors |= {f"{module}.lora_a": a, f"{module}.lora_b": b}
        added[f"{module}.weight"] = (np.float32(scale) * b.T) @ a.T if isinstance(scale, float) else a
    write_safetensors(folder / WEIGHTS, {**tensors, **(extra or {})}, dtype)
    values = {"fine_tune_type": "lora", "num_layers": 1, "lora_parameters": {"rank": rank, "scale": scale}}
    (folder / CONFIG).write_text(json.dumps({**values, **config}), encoding="utf-8")
    return added


@pytest.mark.parametrize("dtype", ["F32", "F16"])
@pytest.mark.parametrize(("rank", "scale"), [(4, 20.0), (10, 0.3)])
def test_the_merged_weights_are_those_that_numpy_computes(tmp_path: Path, dtype: str, rank: int, scale: float) -> None:
    base = write_model(tmp_path / "base", "llama3")
    added = write_mlx(tmp_path / "mlx", rank=rank, scale=scale, dtype=dtype)
    adapter = import_mlx(tmp_path / "mlx", base, tmp_path / "run")
    out = tmp_path / "merged.gguf"
    convert(base, out, outtype="f32", lora=adapter)
    assert verify(out, base, adapter).problems == ()
    wanted = random_tensor(f"{UP}.weight", SHAPES[UP]) + added[f"{UP}.weight"]
    with GGUFFile(out) as file:
        np.testing.assert_allclose(np.array(file.rows("blk.1.ffn_up.weight")), wanted, rtol=1e-6, atol=1e-6)
        untouched = random_tensor("model.layers.0.mlp.up_proj.weight", SHAPES[UP])
        np.testing.assert_array_equal(np.array(file.rows("blk.0.ffn_up.weight")), untouched)


def test_no_number_of_the_adapter_changes(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    base = write_model(tmp_path / "base", "llama3")
    write_mlx(tmp_path / "mlx")
    adapter = import_mlx(tmp_path / "mlx", base, tmp_path / "run")
    given, made = load_file(tmp_path / "mlx" / WEIGHTS), load_file(adapter / "adapter_model.safetensors")
    np.testing.assert_array_equal(made[f"base_model.model.{UP}.lora_A.weight"], given[f"{UP}.lora_a"].T)
    np.testing.assert_array_equal(made[f"base_model.model.{UP}.lora_B.weight"], given[f"{UP}.lora_b"].T)
    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    assert (config["r"], config["lora_alpha"], config["base_model_name_or_path"]) == (4, 80.0, str(base))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fine_tune_type": "dora"}, "of type 'dora'"),
        ({"fine_tune_type": "full"}, "of type 'full'"),
        ({"lora_parameters": {"rank": 8, "scale": 20.0}}, "says rank 8"),
        ({"lora_parameters": {"rank": "four", "scale": 20.0}}, "lora_parameters.rank"),
        ({"lora_parameters": {"rank": 0, "scale": 20.0}}, "rank is 0"),
        ({"lora_parameters": {"rank": 4}}, "lora_parameters.scale"),
        ({"lora_parameters": None}, "lora_parameters is missing"),
        ({"model": 7}, "model"),
        ({"extra": {f"{UP}.m": np.ones((80, 1), np.float32)}}, "up_proj.m"),
        ({"extra": {"model.layers.1.mlp.experts.lora_a": np.ones((2, 4, 4), np.float32)}}, "experts.lora_a"),
        ({"extra": {"model.layers.0.mlp.up_proj.lora_a": np.ones((64, 4), np.float32)}}, "lacks lora_b"),
        ({"extra": {"model.layers.0.mlp.up_proj.lora_a": np.ones((0, 4), np.float32)}}, "lacks lora_b"),
        ({"extra": {"model.embed_tokens.lora_a": np.ones((64, 4), np.float32)}}, "embed_tokens.lora_a"),
        ({"extra": {"model.layers.0.mlp.up_proj.lora_a": np.full((64, 4), np.inf, np.float32)}}, "NaN or infinity"),
        ({"lora_parameters": {"rank": 4, "scale": 1e308}}, r"scale is 1e\+308"),
        ({"lora_parameters": {"rank": 4, "scale": 1e-300}}, "scale is 1e-300"),
    ],
)  # fmt: skip
def test_what_is_no_plain_lora_is_refused_by_its_name(tmp_path: Path, given: dict[str, Any], said: str) -> None:
    write_mlx(tmp_path / "mlx", **given)
    with pytest.raises(ExportError, match=said) as caught:
        import_mlx(tmp_path / "mlx", tmp_path / "base", tmp_path / "run")
    assert caught.value.fix
    assert not (tmp_path / "run" / "adapter" / "adapter_config.json").exists()


def test_a_missing_file_and_a_taken_run_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=CONFIG):
        import_mlx(tmp_path, tmp_path, tmp_path / "run")
    write_mlx(tmp_path / "mlx")
    import_mlx(tmp_path / "mlx", tmp_path / "base", tmp_path / "run")
    with pytest.raises(ExportError, match="has an adapter already"):
        import_mlx(tmp_path / "mlx", tmp_path / "base", tmp_path / "run")


def test_an_adapter_over_a_quantised_model_is_warned_of(tmp_path: Path, logged: Any) -> None:
    write_mlx(tmp_path / "mlx", model="mlx-community/gemma-2-9b-it-4bit")
    import_mlx(tmp_path / "mlx", tmp_path / "base", tmp_path / "run")
    assert "gemma-2-9b-it-4bit" in logged()


@pytest.mark.parametrize("text", ["{", "[]", "[" * 100_000, "\ud800"])
def test_a_damaged_configuration_is_an_error_of_ours(tmp_path: Path, text: str) -> None:
    write_mlx(tmp_path / "mlx")
    (tmp_path / "mlx" / CONFIG).write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ExportError, match=CONFIG):
        import_mlx(tmp_path / "mlx", tmp_path / "base", tmp_path / "run")
