"""Runs as training leaves them, of a tiny random base, and the engine that proves and serves them."""

from __future__ import annotations

import json
import re
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.export.convert import convert
from ragft.run_folder import RunFolder
from ragft.workspace import Workspace
from tests.pipeline.conftest import tiny_base as random_base  # noqa: F401  a fixture

WORD = re.compile("Ġ[a-z]{3,}")


def make_adapter(base: Path, folder: Path, seed: int = 1, strength: float = 0.3) -> Path:
    """A real PEFT adapter over `base` with random A and B; at 0.3 its effect is as large as the base's own weights."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(seed)
    config = LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "down_proj"], task_type="CAUSAL_LM")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the libraries' own business with one another
        model = get_peft_model(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), config)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=strength)
    model.save_pretrained(folder)
    return folder


def rebase(run: Path, base: Path) -> None:
    """Let the run's adapter name another base."""
    config = run / "adapter" / "adapter_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"base_model_name_or_path": str(base)}))


@pytest.fixture(scope="session")
def tiny_base(random_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """The random base, made to speak in words: hidden states point where words lie furthest out."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = Path(shutil.copytree(random_base, tmp_path_factory.mktemp("words") / "tiny"))
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    words = [i for token, i in AutoTokenizer.from_pretrained(folder).get_vocab().items() if WORD.fullmatch(token)]
    with torch.no_grad():
        embedding = model.get_input_embeddings().weight
        embedding[:, 0] = 1.0
        embedding[words, 0] = 2.0
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def trained_run(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained run that is exported as f32 and q8_0, base and tuned; tests change copies of it."""
    run = tmp_path_factory.mktemp("runs") / "tiny-run"
    adapter = make_adapter(tiny_base, run / "adapter")
    for outtype in ("f32", "q8_0"):
        convert(tiny_base, RunFolder(run).gguf(outtype, base=True), outtype=outtype)
        convert(tiny_base, RunFolder(run).gguf(outtype), outtype=outtype, adapter=adapter)
    return run


@pytest.fixture
def run(trained_run: Path, tmp_path: Path) -> Path:
    """A copy of it to change."""
    return Path(shutil.copytree(trained_run, tmp_path / "tiny-run"))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EmbeddedEngine]:
    """llama.cpp over a workspace of its own, in float32, with one thread."""
    opened = EmbeddedEngine(Workspace(tmp_path / "ws"), threads=1, exact=True)
    yield opened
    opened.close()


@pytest.fixture
def changed_base(tiny_base: Path, tmp_path: Path) -> Callable[[str, Callable[[str], str]], Path]:
    """`changed_base("tokenizer.json", change)`: a copy of the base with the text of one file changed."""

    def make(name: str, change: Callable[[str], str]) -> Path:
        folder = Path(shutil.copytree(tiny_base, tmp_path / "changed"))
        text = (folder / name).read_text("utf-8")
        assert change(text) != text
        (folder / name).write_text(change(text), "utf-8")
        return folder

    return make
