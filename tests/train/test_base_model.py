"""Where the weights to train come from."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from ragft.errors import InputError, NotFoundError, TrainingError
from ragft.train.base_model import DIGESTS, _repair_pre_tokenizer, base_digest, load_model, load_tokenizer, resolve_base

# llama.cpp's converter knows a tokenizer by the digest of what it makes of this text; the digest below is the one it
# lists as "smollm" (convert_hf_to_gguf_update.py).
SMOLLM = "855059429035d75a914d1eda9f10a876752e281a054a7a3d421ef0533e5b6249"
CHECK_TEXT = (
    "\n \n\n \n\n\n \t \t\t \t\n  \n   \n    \n     \n"
    "🚀 (normal) 😶\u200d🌫️ (multiple emojis concatenated) ✅ 🦙🦙 3 33 333"
    " 3333 33333 333333 3333333 33333333 3.3 3..3 3...3 កាន់តែពិសេសអាច😁 ?我想在apple工作1314151天～ ------======= "
    "нещо на Български ''''''```````\"\"\"\"......!!!!!!?????? I've been 'told he's there, 'RE you sure? 'M not sure "
    "I'll make it, 'D you like some tea? We'Ve a'lL"
)


def test_a_folder_is_taken_as_it_is(tiny_base: Path) -> None:
    assert resolve_base(str(tiny_base)) == tiny_base


@pytest.mark.parametrize("missing", ["config.json", "tokenizer.json", "model.safetensors"])
def test_an_incomplete_folder_is_refused(tiny_base: Path, tmp_path: Path, missing: str) -> None:
    shutil.copytree(tiny_base, tmp_path / "base")
    (tmp_path / "base" / missing).unlink()
    with pytest.raises(InputError, match=missing.replace("model", r"\*")):
        resolve_base(str(tmp_path / "base"))


@pytest.mark.parametrize("name", ["nothing", "nobody/nothing-at-all", "./absent/folder", ""])
def test_a_base_that_is_nowhere_is_not_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFoundError):
        resolve_base(name)


def test_a_model_that_was_not_pulled_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGFT_CACHE", str(tmp_path))
    with pytest.raises(NotFoundError, match="ragft models pull smollm2"):
        resolve_base("smollm2")


def test_an_unknown_pre_tokenizer_is_not_guessed() -> None:
    with pytest.raises(TrainingError, match="new-bpe"):
        _repair_pre_tokenizer(None, "new-bpe")


@pytest.mark.slow
def test_smollm2_becomes_a_float32_folder_once() -> None:
    from ragft.downloads.pull import pulled

    if pulled("smollm2") is None:
        pytest.skip("smollm2 is not pulled: ragft models pull smollm2")
    folder = resolve_base("smollm2")
    config = json.loads((folder / "config.json").read_text())
    assert config["dtype"] == "float32"
    assert "quantization_config" not in config
    names = {path.name for path in folder.iterdir()}
    assert {"tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json"} <= names
    stamp = (folder / "model.safetensors").stat().st_mtime_ns
    assert resolve_base("smollm2") == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == stamp

    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.eos_token == "<|im_end|>"
    assert hashlib.sha256(str(tokenizer.encode(CHECK_TEXT)).encode()).hexdigest() == SMOLLM


def test_bases_of_equal_size_and_other_weights_have_other_digests(tiny_base: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(tiny_base, other)
    assert base_digest(other) == base_digest(tiny_base)
    weights = other / "model.safetensors"
    data = weights.read_bytes()
    weights.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert base_digest(other) != base_digest(tiny_base)


@pytest.mark.parametrize("noted", ["", "[]", '{"files": 1}'])
def test_where_the_noted_digests_are_damaged_the_files_are_read(tiny_base: Path, tmp_path: Path, noted: str) -> None:
    folder = shutil.copytree(tiny_base, tmp_path / "base")
    (folder / DIGESTS).write_text(noted)
    assert base_digest(folder) == base_digest(tiny_base)


def test_code_beside_a_base_is_neither_run_nor_asked_about(
    tiny_base: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, trace = tmp_path / "base", tmp_path / "trace"
    shutil.copytree(tiny_base, folder)
    for name, mapped in (
        ("config.json", {"model_type": "own", "auto_map": {"AutoConfig": "own.C", "AutoModelForCausalLM": "own.M"}}),
        ("tokenizer_config.json", {"tokenizer_class": "Own", "auto_map": {"AutoTokenizer": ["own.T", None]}}),
    ):
        (folder / name).write_text(json.dumps({**json.loads((folder / name).read_text()), **mapped}))
    (folder / "own.py").write_text(f"open({str(trace)!r}, 'w')")
    for load in (load_tokenizer, load_model):
        with pytest.raises(InputError, match="code of its own, which is not run"):
            load(folder)
    assert not trace.exists()
    assert "y/N" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_damaged_base_is_named(tiny_base: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(tiny_base, tmp_path / "base")
    (tmp_path / "base" / name).write_text('{"a": 1')
    with pytest.raises(InputError, match="base cannot be read as a model"):
        load_tokenizer(tmp_path / "base")
        load_model(tmp_path / "base")
