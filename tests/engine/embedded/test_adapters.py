"""Several adapters over one base: loaded once, and switched by the request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_cpp_tools import convert_lora, convert_model
from ragft.engine.base import ChatRequest, Message, ModelSpec, Options, collect_reply
from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.workspace import Workspace
from tests.export.conftest import make_adapter
from tests.pipeline.conftest import tiny_base

__all__ = ["tiny_base"]
PROMPT = "Low-rank adapters keep the weights"
MODELS = ("base", "red", "blue")


@pytest.fixture(scope="module")
def files(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("adapters")
    convert_model(tiny_base, folder / "base.gguf", outtype="f32")
    for seed, name in enumerate(MODELS[1:], start=1):
        convert_lora(make_adapter(tiny_base, folder / name, seed=seed), tiny_base, folder / f"{name}.gguf")
    return {name: folder / f"{name}.gguf" for name in MODELS}


@pytest.fixture
def engine(tmp_path: Path, files: dict[str, Path]) -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine(Workspace(tmp_path), threads=1, num_ctx=512)
    engine.create(ModelSpec("base", gguf=files["base"]))
    engine.create(ModelSpec("red", base="base", adapter=files["red"]))
    engine.create(ModelSpec("base-of-blue", gguf=files["base"]))  # as each run registers its base under its own name
    engine.create(ModelSpec("blue", base="base-of-blue", adapter=files["blue"]))
    yield engine
    engine.close()


def said(engine: EmbeddedEngine, model: str) -> tuple[str, list[float]]:
    request = ChatRequest(model, (Message("user", PROMPT),), Options(num_predict=8))
    return collect_reply(engine, request)[0], [one.logprob for one in engine.next_tokens(model, PROMPT, top=5)]


@pytest.fixture
def alone(tmp_path: Path, files: dict[str, Path]) -> dict[str, tuple[str, list[float]]]:
    """What each says where no other adapter was ever loaded."""
    found = {}
    for name in MODELS:
        engine = EmbeddedEngine(Workspace(tmp_path / name), threads=1, num_ctx=512)
        engine.create(ModelSpec("base", gguf=files["base"]))
        if name != "base":
            engine.create(ModelSpec(name, base="base", adapter=files[name]))
        found[name] = said(engine, name)
        engine.close()
    return found


def test_models_over_one_base_take_turns_on_one_load(
    engine: EmbeddedEngine, alone: dict[str, tuple[str, list[float]]]
) -> None:
    assert len({tuple(logprobs) for _, logprobs in alone.values()}) == 3, "the adapters do nothing"
    for name in MODELS:
        engine.load(name)
    (server,) = engine._loaded.values()
    for name in (*MODELS, *reversed(MODELS)):
        assert said(engine, name) == alone[name], "to the bit, whoever was asked before"
    assert list(engine._loaded.values()) == [server]


def test_an_adapter_that_was_replaced_is_not_asked_again(engine: EmbeddedEngine, files: dict[str, Path]) -> None:
    before, blue = said(engine, "red"), said(engine, "blue")
    engine.create(ModelSpec("red", base="base", adapter=files["blue"]))
    assert said(engine, "red") == blue != before
    engine.delete("red")
    assert said(engine, "blue") == blue
    (server,) = engine._loaded.values()
    assert len(server.settings.adapters) == 1, "a file that is gone is not loaded"
