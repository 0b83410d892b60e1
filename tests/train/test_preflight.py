"""Bases that cannot be trained end in one line before the first step, not in a traceback of a library."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ragft.dataset.store import TRAIN, write_rows
from ragft.errors import ExportError, InputError, TrainingError, UsageError
from ragft.setting_sections import TrainSettings
from ragft.train.lora import train
from ragft.train.preflight import check_base
from ragft.train.preview import preview
from tests.llama_cpp_tools.tiny import write_model
from tests.train.conftest import CHATML, make_row

SETTINGS = TrainSettings(accumulation=1, max_steps=1, replay=0, forgetting=0, device="cpu")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_rows(tmp_path / "d" / TRAIN, [make_row(i, length=1 + i) for i in range(3)])
    return tmp_path / "d"


@pytest.fixture
def base(tiny_base: Path, tmp_path: Path) -> Path:
    """A copy of the base to spoil."""
    return Path(shutil.copytree(tiny_base, tmp_path / "base"))


def change(path: Path, **values: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **values}), encoding="utf-8")


def tensors(base: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    from safetensors.torch import load_file, save_file

    found = load_file(base / "model.safetensors")
    edit(found)
    save_file(found, base / "model.safetensors", {"format": "pt"})


def test_a_base_without_a_chat_template(data: Path, base: Path, tmp_path: Path) -> None:
    (base / "chat_template.jinja").unlink()
    with pytest.raises(TrainingError, match=r"no chat template.*instruction-tuned"):
        train(data, base, tmp_path / "run", SETTINGS)
    with pytest.raises(TrainingError, match="no chat template"):
        preview(make_row(0), base, max_length=512)


def test_a_template_that_is_broken(data: Path, base: Path, tmp_path: Path) -> None:
    (base / "chat_template.jinja").write_text("{% for m in messages %}")
    with pytest.raises(TrainingError, match=r"chat template does not take it: .*endfor"):
        train(data, base, tmp_path / "run", SETTINGS)


def test_a_tokenizer_with_more_tokens_than_the_embedding(data: Path, base: Path, tmp_path: Path) -> None:
    tokenizer = json.loads((base / "tokenizer.json").read_text())
    last, size = tokenizer["added_tokens"][2], len(tokenizer["model"]["vocab"])
    added = [{**last, "id": i, "content": f"<|{i}|>"} for i in range(size, 385)]
    change(base / "tokenizer.json", added_tokens=[*tokenizer["added_tokens"], *added])
    (base / "chat_template.jinja").write_text(CHATML.replace("<|im_start|>", "<|384|>"))
    with pytest.raises(InputError, match=r"row row\d has the token 384, and the embedding of the base has 384 rows"):
        train(data, base, tmp_path / "run", SETTINGS)


def test_a_config_of_another_model(data: Path, base: Path, tmp_path: Path) -> None:
    change(base / "config.json", intermediate_size=128)
    with pytest.raises(InputError, match=r"by config\.json \[64, 128\].*belong to different models"):
        train(data, base, tmp_path / "run", SETTINGS)


def test_a_base_that_lacks_a_tensor_is_not_filled_with_random_numbers(data: Path, base: Path, tmp_path: Path) -> None:
    tensors(base, lambda found: found.pop("model.layers.1.mlp.up_proj.weight"))
    with pytest.raises(InputError, match=r"the weights lack 'blk\.1\.ffn_up\.weight'"):
        train(data, base, tmp_path / "run", SETTINGS)


def test_a_base_with_a_nan_is_named_and_not_the_learning_rate(data: Path, base: Path, tmp_path: Path) -> None:
    tensors(base, lambda found: found["model.layers.0.mlp.up_proj.weight"].fill_(float("nan")))
    with pytest.raises(InputError, match=r"NaN or infinity in model\.layers\.0\.mlp\.up_proj\.weight"):
        train(data, base, tmp_path / "run", SETTINGS)


@pytest.mark.parametrize("targets", [("lm_head",), ("q_proj", "lm_head"), ("embed_tokens",)])
def test_head_and_embedding_are_no_targets(data: Path, base: Path, tmp_path: Path, targets: tuple[str, ...]) -> None:
    said = "the head .lm_head. is not adapted" if "lm_head" in targets else "no 'embed_tokens' to adapt"
    with pytest.raises(UsageError, match=rf"{said}.*train.targets=down_proj,.*v_proj$"):
        train(data, base, tmp_path / "run", SETTINGS.model_copy(update={"targets": targets}))


def test_a_row_longer_than_the_base_can_read(data: Path, base: Path, tmp_path: Path) -> None:
    change(base / "config.json", max_position_embeddings=80)
    with pytest.raises(TrainingError, match=r"row row\d has .* tokens, and the base reads 80 at most"):
        train(data, base, tmp_path / "run", SETTINGS)


def test_a_base_that_fits_is_passed_over_in_silence(base: Path) -> None:
    check_base(base)


def test_a_base_that_cannot_be_exported_is_distinguished_from_a_damaged_one(base: Path) -> None:
    change(base / "config.json", hidden_act="gelu")
    with pytest.raises(ExportError, match="gelu"):
        check_base(base)
    change(base / "config.json", hidden_act="silu")
    (base / "model.safetensors").write_bytes(b"")
    with pytest.raises(InputError, match="download or save the base again"):
        check_base(base)


def test_a_base_that_cannot_be_exported_is_trained_with_a_warning(
    data: Path, base: Path, tmp_path: Path, logged: Callable[[], str]
) -> None:
    change(base / "config.json", hidden_act="gelu")
    assert train(data, base, tmp_path / "run", SETTINGS).steps == 1
    assert "ragft export will refuse it" in logged()


def test_a_tokenizer_without_a_padding_token_is_trained_in_batches(data: Path, base: Path, tmp_path: Path) -> None:
    config = json.loads((base / "tokenizer_config.json").read_text())
    for name in ("pad_token", "eos_token"):
        config.pop(name)
    (base / "tokenizer_config.json").write_text(json.dumps(config))
    assert train(data, base, tmp_path / "run", SETTINGS.model_copy(update={"batch_size": 3})).steps == 1


@pytest.mark.parametrize("name", ["gemma2", "llama3"])
def test_the_loss_is_the_models_own_softly_capped_logits_or_not(name: str, tmp_path: Path) -> None:
    """Over a batch of rows with answers at other places, one of them padded."""
    import torch
    from transformers import AutoModelForCausalLM

    from ragft.train.examples import IGNORED
    from ragft.train.trainer import completion_loss

    folder = write_model(tmp_path / name, name, **({"final_logit_softcapping": 0.5} if name == "gemma2" else {}))
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    ids = torch.arange(4, 24).reshape(2, 10)
    labels = ids.clone()
    labels[0, :6] = labels[1, :3] = labels[1, 8:] = IGNORED
    mask = torch.ones_like(ids)
    mask[1, 8:] = 0
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=mask).logits[:, :-1].float()
        expected = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), reduction="sum")
        torch.testing.assert_close(completion_loss(model, ids, labels, mask), expected)
