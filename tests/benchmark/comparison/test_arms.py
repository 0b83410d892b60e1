"""Which arms may be compared, on every engine that serves models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ragft.benchmark.base import Arm
from ragft.benchmark.comparison.arms import Differences, arms_under, check_fairness, parse_arms
from ragft.engine.base import Engine, ModelSpec
from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.engine.ollama.engine import OllamaEngine
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import ComparisonError, UsageError
from ragft.workspace import Workspace
from tests.engine.conftest import fake  # noqa: F401  a fixture
from tests.engine.fake_ollama import TEMPLATE, FakeOllama
from tests.engine.gguf_maker import write_gguf

ARMS = [Arm("base", "papers-base"), Arm("tuned", "papers")]


@pytest.fixture(params=["embedded", "ollama", "scripted"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, fake: FakeOllama) -> Iterator[Engine]:  # noqa: F811
    """No model of it is ever run."""
    opened: Engine = {
        "embedded": lambda: EmbeddedEngine(Workspace(tmp_path / "ws")),
        "ollama": lambda: OllamaEngine(fake.url),
        "scripted": lambda: ScriptedEngine([], models=["none"]),
    }[request.param]()
    yield opened
    opened.close()


@pytest.fixture
def base(engine: Engine, tmp_path: Path) -> Path:
    """The file of `papers-base`, which the engine has."""
    gguf = write_gguf(tmp_path / "base.gguf", template=TEMPLATE)
    engine.create(ModelSpec("papers-base", gguf=gguf))
    return gguf


def merged(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "merged.gguf", first=1.0, template=TEMPLATE)


def adapter(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "adapter.gguf", kind="adapter")


def test_two_models_of_other_weights_and_nothing_else(engine: Engine, base: Path, tmp_path: Path) -> None:
    engine.create(ModelSpec("papers", gguf=merged(tmp_path)))
    assert engine.show("papers").digest != engine.show("papers-base").digest
    assert check_fairness(ARMS, engine) == Differences()


def test_a_stored_system_text(engine: Engine, base: Path, tmp_path: Path) -> None:
    engine.create(ModelSpec("papers", gguf=merged(tmp_path), system="Be brief."))
    with pytest.raises(ComparisonError, match=r"stored system text is not set for base, Be brief\. for tuned"):
        check_fairness(ARMS, engine)
    engine.create(ModelSpec("papers-base", gguf=base, system="Be brief."))
    assert check_fairness(ARMS, engine) == Differences()


def test_an_adapter_over_the_baseline_is_the_tuning(engine: Engine, base: Path, tmp_path: Path) -> None:
    engine.create(ModelSpec("papers", base="papers-base", adapter=adapter(tmp_path)))
    assert engine.show("papers").adapter != engine.show("papers-base").adapter == ""
    assert check_fairness(ARMS, engine) == Differences()
    assert check_fairness(ARMS[::-1], engine) == Differences()


def test_an_adapter_beside_a_merged_model_is_served_otherwise(engine: Engine, base: Path, tmp_path: Path) -> None:
    engine.create(ModelSpec("papers", gguf=merged(tmp_path)))
    engine.create(ModelSpec("over", base="papers-base", adapter=adapter(tmp_path)))
    arms = [Arm("merged", "papers"), Arm("over", "over")]
    with pytest.raises(ComparisonError, match="serving is one file for merged, an adapter over another file for over"):
        check_fairness(arms, engine)
    (line,) = check_fairness(arms, engine, unequal=True).unfair
    assert "adapter" in line


def test_two_adapters_are_served_alike(engine: Engine, base: Path, tmp_path: Path) -> None:
    engine.create(ModelSpec("papers", base="papers-base", adapter=adapter(tmp_path)))
    other = write_gguf(tmp_path / "other.gguf", kind="adapter", tensors=3)
    engine.create(ModelSpec("over", base="papers-base", adapter=other))
    assert engine.show("papers").adapter != engine.show("over").adapter
    assert check_fairness([Arm("a", "papers"), Arm("b", "over")], engine) == Differences()


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"renderer": "qwen3-coder"}, "renderer is not set for base, qwen3-coder for tuned"),
        ({"parser": "qwen3"}, "parser is not set for base, qwen3 for tuned"),
        ({"messages": [{"role": "user", "content": "Hello"}]}, "stored conversation is not set for base, [{"),
        ({"quantization": "Q4_K_M"}, "quantisation is Q8_0 for base, Q4_K_M for tuned"),
    ],
)
def test_what_ollama_alone_stores(fake: FakeOllama, facts: dict[str, Any], says: str) -> None:  # noqa: F811
    fake.add("papers-base:latest")
    fake.add("papers:latest", **facts)
    engine = OllamaEngine(fake.url)
    with pytest.raises(ComparisonError) as refused:
        check_fairness(ARMS, engine)
    assert says in str(refused.value)
    engine.close()


def test_a_system_text_that_speaks_of_adapters_is_none(fake: FakeOllama) -> None:  # noqa: F811
    fake.add("papers:latest", system="ADAPTER /blobs/sha256-1\nFROM /blobs/sha256-2")
    engine = OllamaEngine(fake.url)
    shown = engine.show("papers")
    assert (shown.adapter, shown.weights) == ("", f"sha256:{fake.models['papers:latest']['digest']}")
    assert shown.system.startswith("ADAPTER")
    engine.close()


@pytest.mark.parametrize(
    "other", [{"family": "qwen2"}, {"parameter_size": "3.2B"}], ids=["another family", "another size"]
)
def test_two_kinds_of_model_are_compared_as_they_are_served(fake: FakeOllama, other: dict[str, Any]) -> None:  # noqa: F811
    fake.add("papers-base:latest", family="llama", parameter_size="135M")
    fake.add("papers:latest", **{"family": "llama", "parameter_size": "135M", "quantization": "Q4_K_M", **other})
    engine = OllamaEngine(fake.url)
    found = check_fairness(ARMS, engine)
    assert found.unfair == ()
    assert "each is asked with its own template" in found.own[0]
    assert "quantisation is Q8_0 for base, Q4_K_M for tuned" in found.own
    engine.close()


def test_a_count_of_weights_that_is_rounded_is_no_other_model(fake: FakeOllama) -> None:  # noqa: F811
    fake.add("papers-base:latest", family="llama", parameter_size="135M")
    fake.add("papers:latest", family="llama", parameter_size="134.52M", quantization="Q4_K_M")
    engine = OllamaEngine(fake.url)
    with pytest.raises(ComparisonError, match="quantisation"):
        check_fairness(ARMS, engine)
    engine.close()


@pytest.mark.parametrize("unequal", [False, True])
def test_a_model_without_a_chat_template_is_no_arm(fake: FakeOllama, unequal: bool) -> None:  # noqa: F811
    fake.add("raw:latest", template="{{ .Prompt }}")
    fake.add("good:latest")
    for arms in ([Arm("good", "good"), Arm("raw", "raw")], [Arm("raw", "raw")]):
        with pytest.raises(ComparisonError, match=r"the arm raw cannot be measured.*ollama create raw:latest"):
            check_fairness(arms, OllamaEngine(fake.url), unequal=unequal)


def test_an_embedding_model_is_no_arm(fake: FakeOllama) -> None:  # noqa: F811
    fake.add("all-minilm:latest", capabilities=["embedding"])
    with pytest.raises(UsageError, match="cannot chat"):
        check_fairness([Arm("x", "all-minilm")], OllamaEngine(fake.url))


def test_a_pair_is_asked_under_each_condition_and_the_first_one_is_plainly_called() -> None:
    assert arms_under(("closed_book", "evidence"), "b", "t") == [
        Arm("base", "b", "closed_book"),
        Arm("tuned", "t", "closed_book"),
        Arm("base@evidence", "b", "evidence"),
        Arm("tuned@evidence", "t", "evidence"),
    ]


def test_an_arm_that_names_no_condition_has_that_of_the_task() -> None:
    assert parse_arms("m,m@retrieval", default="closed_book") == [
        Arm("m", "m", "closed_book"),
        Arm("m@retrieval", "m", "retrieval"),
    ]
