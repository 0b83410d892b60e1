"""Adapter folders as other versions and other tools leave them: each tensor is used, or the file is refused."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llama_cpp_tools.arch import architecture_for
from llama_cpp_tools.config import load_config
from llama_cpp_tools.convert import convert
from llama_cpp_tools.errors import AdapterError, UnsupportedArchitecture, WeightsError
from llama_cpp_tools.gguf_file import GGUFFile
from llama_cpp_tools.plan import plan_tensors
from llama_cpp_tools.quantize import OUT_TYPES
from llama_cpp_tools.recompute import Recomputed
from llama_cpp_tools.safetensors_io import Checkpoint, SafetensorsFile
from llama_cpp_tools.verify import compare_tensor, recomputed_rows, verify
from tests.llama_cpp_tools.adapters import PROJECTIONS, write_adapter
from tests.llama_cpp_tools.tiny import MODELS, random_tensor, shapes, write_model, write_safetensors

UP = "base_model.model.model.layers.0.mlp.up_proj"
QUERY = "base_model.model.model.layers.0.self_attn.q_proj"
NORM = "base_model.model.model.layers.0.input_layernorm"
A, B = random_tensor("A", (4, 64)), random_tensor("B", (80, 4))
QUERY_B = random_tensor("q", (128, 4))
PAIR = {f"{UP}.lora_A.weight": A, f"{UP}.lora_B.weight": B}


def only(**tensors: np.ndarray) -> dict[str, Any]:
    """Settings of `write_adapter` for an adapter of these tensors alone."""
    return {"layers": (), "extra": tensors}


def merged(base: Path, adapter: Path, name: str = "blk.0.ffn_up.weight") -> np.ndarray:
    """The tensor `name` of the base merged with the adapter; the file must pass `verify`."""
    out = adapter.with_suffix(".gguf")
    convert(base, out, outtype="f32", lora=adapter)
    assert verify(out, base, adapter).problems == ()
    with GGUFFile(out) as file:
        return np.array(file.rows(name))


SPELLINGS: Mapping[str, Mapping[str, np.ndarray]] = {
    "with the adapter's name": {f"{UP}.lora_A.default.weight": A, f"{UP}.lora_B.default.weight": B},
    "with a name that is a word of the format": {f"{UP}.lora_A.lora_A.weight": A, f"{UP}.lora_B.lora_A.weight": B},
    "without the outer modules": {name.removeprefix("base_model.model."): values for name, values in PAIR.items()},
    "with the copy that PEFT keeps of the base": {
        **PAIR, f"{UP}.base_layer.weight": random_tensor("model.layers.0.mlp.up_proj.weight", (80, 64)),
    },
}  # fmt: skip


@pytest.mark.parametrize("how", SPELLINGS)
def test_the_same_adapter_in_other_spellings(how: str, tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama3")
    plain = merged(base, write_adapter(tmp_path / "plain", **only(**PAIR)))
    np.testing.assert_array_equal(merged(base, write_adapter(tmp_path / "other", **only(**SPELLINGS[how]))), plain)
    assert not np.array_equal(plain, random_tensor("model.layers.0.mlp.up_proj.weight", (80, 64)))


def test_the_base_below_a_and_b_is_the_adapters_own_copy_as_peft_loads_it(tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama3")
    copy = random_tensor("another", (80, 64))
    found = merged(base, write_adapter(tmp_path / "a", **only(**PAIR, **{f"{UP}.base_layer.weight": copy})))
    np.testing.assert_allclose(found, copy + 2 * B @ A, atol=1e-6)


def test_an_adapter_of_an_early_peft(tmp_path: Path) -> None:
    """Before 0.6: no `base_layer`, biases bare, few settings; DoRA's first magnitudes ended in .weight."""
    base = write_model(tmp_path / "base", "llama")
    bias, key = random_tensor("bias", (128,)), "base_model.model.model.layers.0.self_attn.v_proj"
    value = {f"{key}.lora_A.weight": A, f"{key}.lora_B.weight": random_tensor("v", (64, 4))}
    adapter = write_adapter(tmp_path / "early", **only(**value, **{f"{key}.bias": bias[:64]}))
    (adapter / "adapter_config.json").write_text(
        json.dumps({"peft_type": "LORA", "r": 4, "lora_alpha": 8, "merge_weights": False, "enable_lora": None})
    )
    np.testing.assert_array_equal(merged(base, adapter, "blk.0.attn_v.bias").reshape(-1), bias[:64])
    dora = only(**PAIR, **{f"{UP}.lora_magnitude_vector.weight": np.full(80, 3.0, np.float32)})
    lengths = np.linalg.norm(merged(base, write_adapter(tmp_path / "dora", dora=True, **dora)), axis=1)
    np.testing.assert_allclose(lengths, 3.0, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["F16", "BF16"])
def test_factors_in_half_precision(dtype: str, tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama3")
    adapter = write_adapter(tmp_path / "adapter", **only(**PAIR))
    exact = merged(base, adapter)
    write_safetensors(adapter / "adapter_model.safetensors", PAIR, dtype)
    assert 0 < np.abs(merged(base, adapter) - exact).max() < 3e-3


SHORT = {"target_modules": [name.rpartition(".")[2] for name in PROJECTIONS]}


def _resized(size: int) -> dict[str, np.ndarray]:
    return {"base_model.model.lm_head.weight": np.ones((size, 64), np.float32)}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a bias in B that the config does not tell of": (
        only(**PAIR, **{f"{UP}.lora_B.bias": B[:, 0]}), r"lora_B\.bias' is not part of a LoRA that is known",
    ),
    "two adapters": (
        only(**PAIR, **{f"{QUERY}.lora_A.other.weight": A, f"{QUERY}.lora_B.other.weight": QUERY_B}),
        r"several adapters \('\(no name\)', 'other'\)",
    ),
    "one module in two adapters": (
        only(**PAIR, **{f"{UP}.lora_A.other.weight": A, f"{UP}.lora_B.other.weight": B}), "are the same tensor",
    ),
    "a variant's tensor": (only(**PAIR, **{f"{UP}.lora_velora_embed": A[0]}), "lora_velora_embed' is not part of"),
    "a quantised tensor's scale": (only(**PAIR, **{f"{UP}.weight_scale": A[0]}), "weight_scale' is not part of a LoRA"),
    "a whole weight beside its factors": (
        only(**PAIR, **{f"{UP}.weight": np.ones((80, 64), np.float32)}), "adapted and replaced as a whole",
    ),
    "a copy twice": (
        only(**{f"{NORM}.weight": A[0], f"{NORM}.modules_to_save.default.weight": A[0]}), "are the same tensor",
    ),
    "the frozen original": (only(**PAIR, **{f"{NORM}.original_module.weight": A[0]}), "original_module.*does not have"),
    "a norm": (
        only(**{f"{NORM}.lora_A.weight": A, f"{NORM}.lora_B.weight": random_tensor("n", (64, 4))}),
        "input_layernorm.weight', which is a vector",
    ),
    "a lone factor": (only(**{f"{UP}.lora_A.weight": A}), "has lora_A and needs lora_A and lora_B"),
    "nothing": (only(), "holds no LoRA matrices"),
    "a setting of a later PEFT": ({"use_folding": True}, "use_folding is set, which is not known here"),
    "a beginning of a later PEFT": ({"init_lora_weights": "svd"}, "'svd', which changed the base weights"),
    "target parameters": ({"target_parameters": ["mlp.up_proj.weight"]}, "bare parameters"),
    "a resized vocabulary": (only(**_resized(300)), "vocabulary was resized in training; merge it with PEFT"),
    "an alpha in words": ({"alpha_pattern": {"up_proj": "much"}}, "lora_alpha is 'much', not a positive number"),
    "an infinite alpha": ({"lora_alpha": float("inf")}, "lora_alpha is inf"),
    "patterns in a list": ({"rank_pattern": ["up_proj"]}, "rank_pattern is .*not an object"),
    "a broken pattern": ({"alpha_pattern": {"up_(proj": 2}}, r"has the pattern 'up_\(proj'"),
    "a broken pattern of targets": ({"target_modules": "up_(proj"}, r"target_modules has the pattern 'up_\(proj'"),
    "targets in an object": ({"target_modules": {"up_proj": 1}}, "target_modules is .*no list of names"),
    "a module that is no target": ({"target_modules": ["q_proj"]}, r"proj\.lora_A.* belongs to no target of adapter_"),
    "a name that only ends like a target": ({"target_modules": ["proj"]}, "belongs to no target"),
    "a module that is excluded": (
        {"target_modules": "all-linear", "exclude_modules": ["layers.1.mlp.up_proj"]},
        r"layers\.1\.mlp\.up_proj\.lora_A.* belongs to no target",
    ),
    "a module that a pattern excludes": (
        {"target_modules": "all-linear", "exclude_modules": r".*\.1\..*"}, "layers.1.* belongs to no target",
    ),
    "a layer that is no target": ({**SHORT, "layers_to_transform": [0]}, r"layers\.1\..* belongs to no target"),
    "a layer of another pattern": (
        {**SHORT, "layers_to_transform": 1, "layers_pattern": "layers"}, r"layers\.0\..* belongs to no target",
    ),
    "layers that are called otherwise": (
        {**SHORT, "layers_to_transform": [0, 1], "layers_pattern": ["h"]}, "belongs to no target",
    ),
    "a module to be saved whole": ({**SHORT, "modules_to_save": ["mlp"]}, "mlp.* belongs to no target"),
    "a module to be saved that is missing": (
        {**SHORT, "modules_to_save": ["embed_tokens"]}, r"lacks 'model\.embed_tokens', which adapter_config",
    ),
    "a norm to be saved that is missing": ({**SHORT, "modules_to_save": ["norm"]}, r"lacks 'model\.norm', which"),
    "a pattern that does not match": ({"target_modules": r".*self_attn\..*"}, "mlp.* belongs to no target"),
    "a copy of a module that is no target": (
        {**only(**PAIR, **{f"{QUERY}.base_layer.weight": QUERY_B}), "target_modules": ["up_proj"]},
        r"base_layer.* belongs to no target",
    ),
    "no tensors of a targeted layer": (
        {**SHORT, "layers": (0,)}, r"lacks the factors of 'model\.layers\.1\.[\w.]+', which adapter_config",
    ),
    "no tensors of a layer by pattern": (
        {"target_modules": r"model\.layers\.\d+\.(self_attn|mlp)\.\w+_proj", "layers": (1,)},
        r"lacks the factors of 'model\.layers\.0",
    ),
    "a magnitude too short": (
        {"dora": True, **only(**PAIR, **{f"{UP}.lora_magnitude_vector": A[0]})}, r"\[64\] DoRA magnitudes for 80 rows",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_an_adapter_that_would_be_merged_in_part_is_refused(what: str, tmp_path: Path) -> None:
    made, message = REFUSED[what]
    base = write_model(tmp_path / "base", "llama3")
    with pytest.raises(AdapterError, match=message):
        convert(base, tmp_path / "out.gguf", lora=write_adapter(tmp_path / "adapter", **made))
    assert not list(tmp_path.glob("out*"))


KEYS = [
    f"{outer}{module}.{part}"
    for outer in ("base_model.model.", "")
    for module in ("model.layers.0.mlp.up_proj", "model.layers.1.mlp.up_proj", "model.embed_tokens", "lm_head")
    for part in (
        "lora_A.weight", "lora_B.weight", "lora_A.x.weight", "lora_B.x.weight", "lora_B.bias", "lora_embedding_A",
        "lora_embedding_B", "lora_embedding_A.x", "lora_magnitude_vector", "weight", "base_layer.weight", "bias",
        "modules_to_save.weight", "modules_to_save.x.weight", "original_module.weight", "lora_diag.x", "weight.absmax",
    )
]  # fmt: skip
VOCABULARY = 267


def _values(key: str) -> np.ndarray:
    rows = 80 if "up_proj" in key else VOCABULARY
    shape = {
        "lora_A": (4, 64),
        "lora_B": (rows, 4),
        "lora_embedding_A": (4, rows),
        "lora_embedding_B": (64, 4),
        "lora_magnitude_vector": (rows,),
    }
    part = next((part for part in reversed(shape) if f".{part}" in key), None)
    return random_tensor(key, shape[part] if part else (rows, 64))


PAIRS = [(key, key.replace("_A", "_B")) for key in KEYS if "lora_A" in key or "lora_embedding_A" in key]


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(PAIRS) | st.sampled_from(KEYS).map(lambda key: (key,)), max_size=4).map(
        lambda groups: sorted({key for group in groups for key in group})
    ),
    st.booleans(),
)
def test_whatever_an_adapter_holds_is_merged_whole_or_refused(keys: list[str], dora: bool) -> None:
    """`verify` computes the merge anew and knows what it had no use for."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = write_model(folder / "base", "llama3")
        adapter = write_adapter(folder / "adapter", dora=dora, **only(**{key: _values(key) for key in keys}))
        try:
            convert(base, folder / "out.gguf", outtype="f32", lora=adapter)
        except AdapterError:
            return
        assert verify(folder / "out.gguf", base, adapter).problems == ()


def test_a_tensor_of_a_type_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama3")
    adapter = write_adapter(tmp_path / "adapter", **only(**PAIR))
    places = ((name, [4 * number, 4 * number + 4]) for number, name in enumerate(PAIR))
    header = {name: {"dtype": "I8", "shape": [1, 4], "data_offsets": place} for name, place in places}
    text = json.dumps(header).encode()
    (adapter / "adapter_model.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + bytes(4 * len(header)))
    with pytest.raises(AdapterError, match="stored as I8"):
        convert(base, tmp_path / "out.gguf", lora=adapter)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (("adapter_model-00001-of-00002.safetensors", "adapter_model.safetensors.index.json"), "in several files"),
        (("adapter_model.safetensors", "adapter_model-00002-of-00002.safetensors"), "in several files"),
        (("adapter_model.bin",), "missing; adapter_model.bin is a pickle"),
        (("adapter_model.pt",), "missing; adapter_model.pt is a pickle"),
        (("adapter_0.pt",), "missing; adapter_0.pt is a pickle"),
        ((), r"adapter_model.safetensors: missing; save the adapter"),
    ],
)
def test_an_adapter_that_is_no_single_file_is_refused(files: tuple[str, ...], message: str, tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama3")
    adapter = write_adapter(tmp_path / "adapter")
    weights = (adapter / "adapter_model.safetensors").rename(tmp_path / "weights")
    for name in files:
        shutil.copy(weights, adapter / name)
    with pytest.raises(AdapterError, match=message):
        convert(base, tmp_path / "out.gguf", lora=adapter)


TARGETED: dict[str, dict[str, Any]] = {
    "by their last names": SHORT,
    "all linear": {"target_modules": "all-linear"},
    "by a pattern": {"target_modules": r".*\.(self_attn|mlp)\.\w+_proj"},
    "in one layer": {**SHORT, "layers": (1,), "layers_to_transform": [1], "layers_pattern": "layers"},
    "in a layer by its number": {**SHORT, "layers": (0,), "layers_to_transform": 0},
    "but for a layer": {**SHORT, "layers": (1,), "exclude_modules": r".*\.0\..*"},
}


@pytest.mark.parametrize("how", TARGETED)
def test_an_adapter_of_all_its_targets_is_merged(how: str, tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama3")
    merged(base, write_adapter(tmp_path / "adapter", **TARGETED[how]))


# --- the base ---------------------------------------------------------------------------------------------------------


def rewritten(base: Path, name: str, change: Any) -> Path:
    """The base of the tiny model `name` with its tensors as `change` gives them."""
    config = json.loads((base / "config.json").read_text())
    tensors = {tensor: random_tensor(tensor, shape) for tensor, shape in shapes(config).items()}
    write_safetensors(base / "model.safetensors", change(tensors), "F32")
    assert name in MODELS
    return base


def multimodal(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    seen = {"vision_tower.layers.0.weight": A, "multi_modal_projector.mm_input_projection_weight": A}
    return {f"language_model.{name}": values for name, values in tensors.items()} | seen


def test_gemma_3_for_text_and_images_is_merged_by_its_own_names(tmp_path: Path) -> None:
    images = {"architectures": ["Gemma3ForConditionalGeneration"]}
    base = write_model(tmp_path / "base", "gemma3")
    rewritten(base, "gemma3", multimodal)
    config = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps(config | images))
    inner = UP.replace("model.layers", "model.language_model.layers")
    text = {f"{inner}.lora_A.weight": A, f"{inner}.lora_B.weight": B}
    found = merged(base, write_adapter(tmp_path / "text", **only(**text)))
    np.testing.assert_allclose(
        found, random_tensor("model.layers.0.mlp.up_proj.weight", (80, 64)) + 2 * B @ A, atol=1e-6
    )
    (warning,) = convert(base, tmp_path / "plain.gguf", outtype="f32").warnings
    assert "reads images is left out" in warning
    tower = "base_model.model.model.vision_tower.layers.0"
    seeing = {**text, f"{tower}.lora_A.weight": A, f"{tower}.lora_B.weight": random_tensor("t", (4, 4))}
    with pytest.raises(AdapterError, match=r"vision_tower\.layers\.0\.lora_A.* adapts a part of the base that is not"):
        convert(base, tmp_path / "out.gguf", lora=write_adapter(tmp_path / "seeing", **only(**seeing)))


@pytest.mark.parametrize(
    "surplus", ["vision_tower.layers.0.weight", "model.layers.0.self_attn.attention.bias", "mtp.fc"]
)
def test_a_tensor_of_the_base_that_has_no_place_is_an_error(surplus: str, tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama3")
    with pytest.raises(WeightsError, match=f"{surplus}.*has no place"):
        convert(rewritten(base, "llama3", lambda tensors: tensors | {surplus: A}), tmp_path / "out.gguf")


@pytest.mark.parametrize("sharded", [False, True])
def test_a_shard_that_nothing_would_read_is_an_error(sharded: bool, tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama3")
    if sharded:
        first = "model-00001-of-00001.safetensors"
        with SafetensorsFile(base / "model.safetensors") as whole:
            index = {"weight_map": dict.fromkeys(whole.tensors, first)}
        (base / "model.safetensors").rename(base / first)
        (base / "model.safetensors.index.json").write_text(json.dumps(index))
        convert(base, tmp_path / "whole.gguf")
    write_safetensors(base / "model-00002-of-00002.safetensors", {"left.over": A}, "F32")
    with pytest.raises(WeightsError, match=r"model-00002-of-00002\.safetensors is beside the weights"):
        convert(base, tmp_path / "out.gguf")


def test_two_tensors_of_one_name_are_an_error(tmp_path: Path) -> None:
    base = rewritten(
        write_model(tmp_path / "base", "llama3"),
        "llama3",
        lambda tensors: tensors | {"language_model.model.norm.weight": np.ones(64, np.float32)},
    )
    with pytest.raises(WeightsError, match=r"'language_model\.model\.norm\.weight' and .* are both"):
        convert(base, tmp_path / "out.gguf")


def test_gemma_2_with_a_head_of_its_own_is_refused(tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "gemma2")
    embedding = "model.embed_tokens.weight"
    rewritten(base, "gemma2", lambda tensors: tensors | {"lm_head.weight": tensors[embedding]})
    convert(base, tmp_path / "out.gguf", outtype="f32")
    rewritten(base, "gemma2", lambda tensors: tensors | {"lm_head.weight": tensors[embedding] + 0.1})
    with pytest.raises(WeightsError, match=r"'lm_head.weight' differs from 'model.embed_tokens.weight'"):
        convert(base, tmp_path / "out.gguf", outtype="f32")


def test_a_mixture_of_experts_is_refused_by_name(tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama3", architectures=["MixtralForCausalLM"])
    with pytest.raises(UnsupportedArchitecture, match="'MixtralForCausalLM' is not supported"):
        convert(base, tmp_path / "out.gguf", lora=write_adapter(tmp_path / "adapter"))


# --- the second computation -------------------------------------------------------------------------------------------


def test_verify_disagrees_with_a_plan_that_leaves_the_adapter_out(tmp_path: Path) -> None:
    """A file that is byte for byte what such a plan gives is found by the merge that `recompute` makes."""
    base = write_model(tmp_path / "base", "llama3")
    adapter = write_adapter(tmp_path / "adapter", **only(**PAIR))
    convert(base, tmp_path / "out.gguf", outtype="f32")
    arch = architecture_for(load_config(base))
    with Checkpoint(base) as checkpoint, Recomputed(adapter) as again, GGUFFile(tmp_path / "out.gguf") as file:
        planned = plan_tensors(checkpoint, arch, OUT_TYPES["f32"], None)
        rows = recomputed_rows(checkpoint, arch, again)
        checks = [compare_tensor(file, tensor, rows.get(tensor.info.name)) for tensor in planned]
    assert all(check.identical for check in checks)
    assert [check.name for check in checks if check.merge_error > 1e-6] == ["blk.0.ffn_up.weight"]


def test_the_second_computation_names_what_it_had_no_use_for(tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", "llama3")
    spare = {f"{UP}.lora_B.bias": B[:, 0], "base_model.model.model.layers.7.mlp.up_proj.lora_A.weight": A}
    adapter = write_adapter(tmp_path / "adapter", **only(**PAIR, **spare))
    with SafetensorsFile(base / "model.safetensors") as file, Recomputed(adapter) as again:
        for stored in file.tensors.values():
            again.rows(stored)
        assert again.unused() == sorted(spare)
