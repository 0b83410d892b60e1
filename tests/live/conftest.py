"""A live Ollama at OLLAMA_HOST, where RAGFT_TEST_OLLAMA=1 (`make test-ollama`); all that is made there goes again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragft.downloads.pull import pulled
from ragft.engine.base import ModelSpec
from ragft.engine.ollama.engine import OllamaEngine
from ragft.errors import EngineUnavailable
from ragft.export.convert import convert, export_adapter
from ragft.run_folder import RunFolder
from ragft.train.base_model import resolve_base
from tests.export.conftest import make_adapter

PREFIX = "ragft-test"
"""Of every model that these tests make."""


@pytest.fixture(scope="session")
def live() -> Iterator[OllamaEngine]:
    """The engine; the models made by the tests are removed at the end."""
    if not os.environ.get("RAGFT_TEST_OLLAMA"):
        pytest.skip("a live Ollama is only asked by `make test-ollama`")
    engine = OllamaEngine(timeout=600)
    try:
        engine.probe(2.0)
    except EngineUnavailable as error:
        pytest.skip(error.message)
    _clean(engine)
    print(f"\n{engine.version()} at {engine.host}")
    yield engine
    _clean(engine)
    left = [model.name for model in engine.models() if model.name.startswith(PREFIX)]
    engine.close()
    assert left == []


def _clean(engine: OllamaEngine) -> None:
    for model in sorted(engine.models(), key=lambda model: "lora" not in model.name):
        if model.name.startswith(PREFIX):
            engine.delete(model.name)


@pytest.fixture(scope="session")
def packaged() -> Path:
    """The GGUF of SmolLM2 that comes from the package index."""
    if (gguf := pulled("smollm2")) is None:
        pytest.skip("smollm2 is not here: ragft models pull smollm2")
    return gguf


@pytest.fixture(scope="session")
def smol(live: OllamaEngine, packaged: Path) -> str:
    """It, imported as users import a model of their own."""
    return live.create(ModelSpec(f"{PREFIX}-smol", gguf=packaged)).name


@pytest.fixture(scope="session")
def trained(packaged: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over SmolLM2 with a faint adapter, exported as q8_0 and bf16."""
    run = tmp_path_factory.mktemp("runs") / "live"
    base = resolve_base("smollm2")
    adapter = make_adapter(base, run / "adapter", strength=0.01)
    for outtype in ("q8_0", "bf16"):
        convert(base, RunFolder(run).gguf(outtype, base=True), outtype=outtype)
        convert(base, RunFolder(run).gguf(outtype), outtype=outtype, adapter=adapter)
    export_adapter(run)
    return run
