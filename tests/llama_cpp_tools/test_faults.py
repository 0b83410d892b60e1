"""Whatever goes wrong, there is a clear error and no file under the final name that is not whole."""

from __future__ import annotations

import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from llama_cpp_tools.arch import architecture_for
from llama_cpp_tools.config import load_config
from llama_cpp_tools.convert import convert
from llama_cpp_tools.errors import ConversionError, ModelError, OutputError, UnsupportedArchitecture, WeightsError
from llama_cpp_tools.gguf_file import GGUFFile
from llama_cpp_tools.output import atomic_output
from llama_cpp_tools.safetensors_io import SafetensorsFile
from tests.llama_cpp_tools.tiny import random_tensor, shapes, write_model, write_safetensors

REPOSITORY = Path(__file__).resolve().parents[2]


def fails(model: Path, error: type[ConversionError], message: str, *, outtype: str = "q8_0") -> None:
    """Converting `model` raises `error` with `message` and leaves no file."""
    out = model.parent / "out.gguf"
    with pytest.raises(error, match=message):
        convert(model, out, outtype=outtype)
    assert not list(model.parent.glob("out*"))


def rewrite(model: Path, dtype: str = "F32", **changed: np.ndarray | None) -> None:
    """Write the model's weights again with some tensors changed (None: left out); `__` in a name stands for a dot."""
    config = json.loads((model / "config.json").read_text())
    tensors = {name: random_tensor(name, shape) for name, shape in shapes(config).items()}
    for key, values in changed.items():
        name = key.replace("__", ".")
        if values is None:
            del tensors[name]
        else:
            tensors[name] = values
    write_safetensors(model / "model.safetensors", tensors, dtype)


def test_a_shard_cut_short(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3", shards=2)
    shard = model / "model-00002-of-00002.safetensors"
    os.truncate(shard, shard.stat().st_size - 100)
    fails(model, WeightsError, r"model-00002-of-00002\.safetensors: cut short: its header promises [\d,]+ bytes")


def test_a_shard_missing(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3", shards=2)
    (model / "model-00002-of-00002.safetensors").unlink()
    fails(model, WeightsError, r"model-00002-of-00002\.safetensors: cannot be opened")


@pytest.mark.parametrize("content", [b"", b"\xff" * 8, b"\x10\x00\x00\x00\x00\x00\x00\x00not json at all!", b"GGUF"])
def test_a_shard_that_is_something_else(content: bytes, tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3")
    (model / "model.safetensors").write_bytes(content)
    fails(model, WeightsError, r"model\.safetensors: (not a safetensors file|its header is damaged|cut short)")


def test_pickled_weights_are_not_read(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3")
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    fails(model, WeightsError, "pickled weights only")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("outtype", ["f32", "f16", "bf16", "q8_0", "q4_0"])
def test_a_weight_that_is_not_finite_is_named(value: float, outtype: str, tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3")
    weights = random_tensor("w", (80, 64))
    weights[40, 3] = value
    rewrite(model, model__layers__1__mlp__up_proj__weight=weights)
    fails(model, WeightsError, r"model\.layers\.1\.mlp\.up_proj\.weight' holds NaN or infinity", outtype=outtype)


def test_a_weight_too_large_for_float16(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3")
    weights = random_tensor("w", (80, 64))
    weights[0, 0] = 1e6
    rewrite(model, model__layers__0__mlp__up_proj__weight=weights)
    fails(model, WeightsError, "too large for F16", outtype="f16")
    convert(model, tmp_path / "out.gguf", outtype="bf16")


@pytest.mark.parametrize("outtype", ["q8_0", "q5_1", "q5_0", "q4_1", "q4_0"])
def test_a_weight_whose_block_has_no_scale_in_float16(outtype: str, tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3")
    weights = random_tensor("w", (80, 64))
    weights[0, 0] = 1e8
    rewrite(model, model__layers__0__mlp__up_proj__weight=weights)
    fails(model, WeightsError, f"too large for {outtype.upper()}", outtype=outtype)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("README.md", "---\nlicense: [1\n---\n", "README.md or another file .* is damaged"),
        ("generation_config.json", '{"temperature": "x"}', "generation_config.json: temp.* is 'x', not a number"),
    ],
)
def test_a_damaged_description(name: str, text: str, message: str, tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3")
    (model / name).write_text(text)
    fails(model, ModelError, message)


def test_a_missing_tensor(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3")
    rewrite(model, model__layers__1__mlp__down_proj__weight=None)
    fails(model, WeightsError, r"lack 'blk\.1\.ffn_down\.weight'")


def test_a_tensor_that_fits_nowhere(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3", num_hidden_layers=3)
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 2}))
    fails(model, WeightsError, r"'model\.layers\.2\..*' has no place")


@pytest.mark.parametrize("part", ["q", "k", "v"])
def test_a_missing_bias_of_qwen2(part: str, tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen2")
    rewrite(model, **{f"model__layers__1__self_attn__{part}_proj__bias": None})
    fails(model, WeightsError, rf"lack 'blk\.1\.attn_{part}\.bias'")


@pytest.mark.parametrize("part", ["q_proj.bias", "o_proj.bias"])
def test_a_missing_bias_that_the_config_promises(part: str, tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "llama")
    rewrite(model, **{f"model.layers.0.self_attn.{part}": None})
    fails(model, WeightsError, r"lack 'blk\.0\.attn_\w+\.bias'")


@pytest.mark.parametrize(
    ("name", "tensor", "shape"),
    [
        ("llama3", "lm_head.bias", (256,)),
        ("llama3", "model.layers.0.self_attn.q_proj.bias", (128,)),
        ("llama3", "model.layers.1.mlp.up_proj.bias", (80,)),
        ("llama3", "model.norm.bias", (64,)),
        ("llama3", "model.layers.0.mlp.experts.0.up_proj.weight", (80, 64)),
        ("qwen2", "model.layers.0.self_attn.o_proj.bias", (64,)),
        ("qwen3", "model.layers.0.self_attn.k_proj.bias", (64,)),
        ("phi3", "model.layers.0.self_attn.qkv_proj.bias", (256,)),
    ],
)
def test_a_tensor_that_transformers_would_not_use(
    name: str, tensor: str, shape: tuple[int, ...], tmp_path: Path
) -> None:
    model = write_model(tmp_path / "model", name)
    rewrite(model, **{tensor: random_tensor("b", shape)})
    fails(model, WeightsError, rf"{re.escape(tensor)}' (is not used by config\.json|has no place)")


def frequencies(theta: float) -> np.ndarray:
    """Rotary frequencies of the tiny models."""
    return np.array([theta ** (-i / 32) for i in range(0, 32, 2)], np.float32)


@pytest.mark.parametrize(
    "values", [frequencies(500.0), frequencies(10000.0)[:8], frequencies(10000.0)[:, None], np.zeros(16, np.float32)]
)
def test_rotary_frequencies_that_the_config_does_not_give(values: np.ndarray, tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "llama")
    rewrite(model, model__layers__1__self_attn__rotary_emb__inv_freq=values)
    fails(model, WeightsError, r"'model\.layers\.1\.self_attn\.rotary_emb\.inv_freq' does not hold the rotary freq")


@pytest.mark.parametrize("dtype", ["F32", "F16", "BF16"])
def test_rotary_frequencies_that_the_config_gives_are_left_out(dtype: str, tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "llama")
    before = convert(model, tmp_path / "before.gguf")
    rewrite(model, dtype, model__layers__1__self_attn__rotary_emb__inv_freq=frequencies(10000.0))
    with GGUFFile(before.path) as one, GGUFFile(convert(model, tmp_path / "after.gguf").path) as other:
        assert list(one.tensors) == list(other.tensors)


@pytest.mark.parametrize("name", ["llama3", "qwen2", "qwen3", "gemma2", "gemma3", "phi3"])
def test_every_tensor_of_another_shape_is_found(name: str, tmp_path: Path) -> None:
    """Each tensor in turn gets half its columns, a vector half its elements."""
    model = write_model(tmp_path / "model", name)
    config = json.loads((model / "config.json").read_text())
    first_block = {key: shape for key, shape in shapes(config).items() if ".layers." not in key or ".layers.0." in key}
    for key, shape in first_block.items():
        rewrite(model, **{key: random_tensor("w", (*shape[:-1], shape[-1] // 2))})
        fails(model, WeightsError, rf"model\.safetensors: tensor '{re.escape(key)}' is .* by config\.json")


def test_the_same_tensor_in_two_files(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3", shards=2)
    (model / "model.safetensors.index.json").unlink()
    shard = model / "model-00001-of-00002.safetensors"
    shutil.copy(shard, model / "model-00003-of-00003.safetensors")
    fails(
        model, WeightsError, r"model-00003-of-00003\.safetensors: tensor .* is in model-00001-of-00002\.safetensors too"
    )


def test_one_file_is_preferred_to_shards_as_transformers_does(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3", shards=2)
    before = convert(model, tmp_path / "shards.gguf", outtype="f32", metadata={"general.name": "x"})
    weights = random_tensor("another", (80, 64))
    rewrite(model, model__layers__1__mlp__up_proj__weight=weights)
    after = convert(model, tmp_path / "one.gguf", outtype="f32", metadata={"general.name": "x"})
    assert after.sha256 != before.sha256
    with GGUFFile(after.path) as file:
        np.testing.assert_array_equal(file.rows("blk.1.ffn_up.weight"), weights)


def test_a_disk_that_fails_while_the_weights_are_read(tmp_path: Path) -> None:
    """A folder opens like a file, and its reading fails like a broken disk's."""
    model = write_model(tmp_path / "model", "qwen3")
    (model / "model.safetensors").unlink()
    (model / "model.safetensors").mkdir()
    (model / "model-1.safetensors").mkdir()
    fails(model, WeightsError, r"no model\*\.safetensors|cannot be opened")
    convert(write_model(tmp_path / "good", "qwen3"), tmp_path / "good.gguf")
    with SafetensorsFile(tmp_path / "good" / "model.safetensors") as shard:
        tensor = next(iter(shard.tensors.values()))
        folder = os.open(tmp_path, os.O_RDONLY)
        os.dup2(folder, shard._handle.fileno())
        os.close(folder)
        with pytest.raises(
            WeightsError, match=r"good/model\.safetensors: cannot be read \(Is a directory\); check the disk"
        ):
            tensor.read(0, 1)


JUNK: tuple[object, ...] = (None, [], {}, "x", -1, 1.5, True, ["x"], [{}], {"x": 1}, {"type": "x"}, 10**30)


@pytest.mark.parametrize("name", ["llama3", "gemma3", "phi3-longrope", "mistral"])
def test_a_setting_of_another_kind_is_never_a_traceback(name: str, tmp_path: Path) -> None:
    """Entries of the JSON files, one at a time, are replaced by something of another kind, or left out."""
    model = write_model(tmp_path / "model", name)
    dice = random.Random(name)
    for path in [path for path in model.iterdir() if path.suffix == ".json"]:
        whole = json.loads(path.read_text())
        for where in places(whole):
            for junk in dice.sample((LEFT_OUT, *JUNK), 3):
                path.write_text(json.dumps(changed(whole, where, junk)))
                with suppress(ConversionError):
                    arch = architecture_for(load_config(model))
                    writer = gguf.GGUFWriter(path=None, arch=arch.name)
                    list(arch.extra_tensors())
                    arch.add_parameters(writer, 0)
                    arch.add_vocabulary(writer, arch.vocabulary(model))
        path.write_text(json.dumps(whole))


LEFT_OUT = object()


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in a JSON value something stands; of long lists and tables only the first entries."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for number, (key, entry) in enumerate(entries):
        if number < 40 and (number < 3 or len(value) < 100):
            yield (*at, key)
            yield from places(entry, (*at, key))


def changed(value: Any, where: tuple[Any, ...], junk: object) -> Any:
    """A copy of `value` with `junk` there."""
    copied = json.loads(json.dumps(value))
    inside = copied
    for key in where[:-1]:
        inside = inside[key]
    if junk is LEFT_OUT:
        del inside[where[-1]]
    else:
        inside[where[-1]] = junk
    return copied


def test_an_embedding_resized_without_its_config(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3")
    rewrite(model, model__embed_tokens__weight=random_tensor("e", (300, 64)))
    fails(model, WeightsError, "embedding has 300 rows")


def test_an_unknown_architecture_names_the_nearest(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3", architectures=["Qwen3MoeForCausalLM"])
    fails(model, UnsupportedArchitecture, "nearest known is 'Qwen3ForCausalLM'")


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("llama", {"hidden_act": "gelu"}, "activation is 'gelu'"),
        ("llama", {"rope_scaling": {"rope_type": "dynamic", "factor": 2.0}}, "rotary scaling is 'dynamic'"),
        ("llama", {"partial_rotary_factor": 0.5}, "partial_rotary_factor"),
        ("gemma2", {"query_pre_attn_scalar": 100}, "query_pre_attn_scalar is 100"),
        ("gemma3", {"layer_types": ["full_attention"] * 7}, "layer_types differ"),
        ("qwen3", {"quantization_config": {"quant_method": "gptq"}}, r"quantised \(gptq\)"),
        ("qwen3", {"hidden_size": None}, "hidden_size is None"),
        ("qwen3", {"architectures": []}, "names no architecture"),
        ("llama", {"rope_scaling": {"rope_type": "linear"}}, r"rope_scaling\.factor is None, not a number"),
        ("qwen2", {"rope_parameters": {"rope_type": "yarn"}}, r"rope_parameters\.factor is None, not a number"),
        ("qwen3", {"text_config": []}, "text_config is .*, not an object"),
        ("qwen3", {"vocab_size": "267"}, "vocab_size is '267', not a positive whole number"),
        ("llama", {"rope_theta": "x"}, "rope_theta is 'x', not a number"),
        ("llama", {"rope_scaling": [1]}, r"rope_scaling is \[1\], not an object"),
        ("qwen3", {"layer_types": 3, "rope_parameters": {"rope_type": "longrope"}}, "rotary scaling is 'longrope'"),
        ("qwen3", {"rope_parameters": {"rope_type": "llama3", "factor": 8.0}}, "rotary scaling is 'llama3'"),
        ("phi3", {"rope_scaling": {"rope_type": "linear", "factor": 2.0}}, "rotary scaling is 'linear'"),
        ("phi3", {"rope_scaling": {"rope_type": "longrope"}}, "longrope' without long_factor"),
        ("gemma2", {"attn_logit_softcapping": None}, "attn_logit_softcapping is switched off"),
        ("gemma2", {"final_logit_softcapping": None}, "final_logit_softcapping is switched off"),
        ("gemma2", {"sliding_window": None}, "sliding_window is switched off"),
        ("gemma3", {"sliding_window_pattern": 2}, "sliding_window_pattern is 2 and not 6"),
        ("gemma3", {"_sliding_window_pattern": 3}, "_sliding_window_pattern is 3 and not 6"),
        (
            "gemma3",
            {
                "rope_scaling": None,
                "rope_parameters": {
                    "full_attention": {"rope_type": "default"},
                    "sliding_attention": {"rope_type": "linear", "factor": 2.0},
                },
            },
            "sliding-window layers is 'linear'",
        ),
    ],
)
def test_settings_that_llama_cpp_does_not_compute(
    name: str, changes: dict[str, object], message: str, tmp_path: Path
) -> None:
    model = write_model(tmp_path / "model", name)
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**config, **changes}))
    fails(model, ModelError, message)


def test_a_full_disk(tmp_path: Path) -> None:
    """/dev/full cannot be renamed over, a limit on file size can be set: the error comes in the middle of writing."""
    model = write_model(tmp_path / "model", "llama3")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        fails(model, OutputError, "larger than allowed here", outtype="f32")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    convert(model, tmp_path / "out.gguf", outtype="f32")


def test_too_little_room_is_seen_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"needs 1,000,000,000,000,000 bytes and the disk has"):  # noqa: SIM117
        with atomic_output(tmp_path / "out.gguf", 10**15):
            pytest.fail("the block was entered")
    assert list(tmp_path.iterdir()) == []


def test_two_writers_of_one_file(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3")
    with atomic_output(tmp_path / "out.gguf", 0) as first:
        with pytest.raises(OutputError, match="another conversion is writing"):
            convert(model, tmp_path / "out.gguf")
        first.write(b"mine")
    assert (tmp_path / "out.gguf").read_bytes() == b"mine"


def test_the_output_must_be_a_file_in_a_folder_that_exists(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3")
    with pytest.raises(OutputError, match="it is a folder"):
        convert(model, tmp_path)
    with pytest.raises(OutputError, match="no such folder"):
        convert(model, tmp_path / "none" / "out.gguf")


def test_heads_that_do_not_divide_the_matrix(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "llama3")
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**config, "head_dim": 48}))
    fails(model, WeightsError, "cannot be cut into heads of 48")


def test_an_error_keeps_the_file_that_was_there(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model", "qwen3")
    before = convert(model, tmp_path / "out.gguf")
    weights = np.full((80, 64), np.nan, np.float32)
    rewrite(model, model__layers__1__mlp__up_proj__weight=weights)
    with pytest.raises(WeightsError):
        convert(model, tmp_path / "out.gguf")
    assert (tmp_path / "out.gguf").stat().st_size == before.bytes
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["out.gguf"]


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path: Path) -> None:
    """SIGKILL leaves nothing under the final name, or all of it; the next run takes the rest over."""
    model = write_model(tmp_path / "model", "llama3", vocab_size=60_000)
    out = tmp_path / "out.gguf"
    whole = convert(model, tmp_path / "whole.gguf", outtype="f32", metadata={"general.name": "tiny"})
    command = [
        sys.executable,
        "-m",
        "llama_cpp_tools.convert_hf_to_gguf",
        str(model),
        "--outfile",
        str(out),
        "--outtype",
        "f32",
        "--metadata",
        "general.name=tiny",
        "--quiet",
    ]
    dice = random.Random(7)
    killed_while_writing = 0
    for _ in range(20):
        process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not (tmp_path / "out.gguf.part").exists():
            time.sleep(0.001)
        time.sleep(dice.random() * 0.05)
        process.kill()
        process.wait()
        killed_while_writing += (tmp_path / "out.gguf.part").exists()
        if out.exists():
            with GGUFFile(out) as file:
                assert out.stat().st_size == whole.bytes and len(file.tensors) == whole.tensors
            out.unlink()
    assert killed_while_writing > 0
    subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
    assert out.read_bytes() == whole.path.read_bytes()
    assert not (tmp_path / "out.gguf.part").exists()


@pytest.mark.slow
def test_peak_memory_does_not_grow_with_the_weights(tmp_path: Path) -> None:
    """Two models that differ in 200,000 tokens: 50 MB of texts are held (measured), and no weights.

    Their rows are 51 MB as stored and 102 MB as written, so keeping either would go beyond the bound.
    """
    code = "from llama_cpp_tools import convert_model as c; import sys; from pathlib import Path; "
    code += "print(c(Path(sys.argv[1]), Path(sys.argv[2]), outtype='f32', threads=2).peak_rss_bytes)"
    peaks = []
    for tokens in (100_000, 300_000):
        model = write_model(tmp_path / str(tokens), "llama3", dtype="BF16", vocab_size=tokens)
        command = [sys.executable, "-c", code, str(model), str(tmp_path / "out.gguf")]
        peaks.append(int(subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout))
    assert peaks[1] - peaks[0] < 80e6
