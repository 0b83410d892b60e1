"""Likelihoods of models that an engine without any serves, from the files they were made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ragft.benchmark.base import Arm, BenchmarkReport
from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
from ragft.benchmark.comparison.run import AskingSetup, run_benchmark
from ragft.benchmark.suites.base import suites_called
from ragft.benchmark.suites.forgetting import FORGOT
from ragft.engine.base import Engine, ModelSpec
from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.engine.ollama.engine import OllamaEngine
from ragft.engine.run_models import Registration
from ragft.pipeline.scorer import open_scorer
from ragft.run_folder import RunFolder
from ragft.setting_sections import AnswerSettings, BenchmarkSettings, EngineSettings
from ragft.tasks import SUITES
from ragft.workspace import Workspace, digest_file
from tests.benchmark.conftest import shelf  # noqa: F401  a fixture
from tests.engine.conftest import fake  # noqa: F401  a fixture
from tests.engine.fake_ollama import FakeOllama, says
from tests.export.conftest import run, trained_run  # noqa: F401  fixtures

TUNED, BASE = "papers:q8_0", "papers-base:q8_0"
ARMS = [Arm("base", BASE, "closed_book"), Arm("tuned", TUNED, "closed_book")]
SETTINGS = EngineSettings(threads=1)
ASKED = ["mine", "letter", "recipe", "story", "list", "arithmetic", "news"]


@pytest.fixture
def ollama(fake: FakeOllama, run: Path) -> Iterator[OllamaEngine]:  # noqa: F811
    """A server that serves the run's two models, and the run's record of it."""
    fake.add(TUNED)
    fake.add(BASE)
    engine = OllamaEngine(fake.url)
    record(run, engine)
    yield engine
    engine.close()


def record(run: Path, engine: Engine, **changes: Any) -> None:  # noqa: F811
    files = {TUNED: digest_file(RunFolder(run).gguf("q8_0")), BASE: digest_file(RunFolder(run).gguf("q8_0", base=True))}
    registration = Registration.of_pair(engine.show(TUNED), engine.show(BASE), engine, "q8_0", files=files)
    replace(registration, **changes).write(run)


def benchmark(engine: Engine, run: Path, library: Any, lines: list[dict[str, Any]], *suites: str) -> BenchmarkReport:  # noqa: F811
    questions = run.parent / "questions.jsonl"
    questions.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with open_scorer(run, engine, [TUNED, BASE], SETTINGS) as scorer:
        return run_benchmark(
            ComparisonPlan(ARMS, suites_called(suites, SUITES), only=ASKED, required=[FORGOT]),
            AskingSetup(engine, library, AnswerSettings(), scorer),
            settings=BenchmarkSettings(suites=suites, questions=str(questions), limit=10),
            folder=run / "benchmark",
        )


@pytest.mark.slow
def test_a_better_model_on_ollama_is_called_better(
    ollama: OllamaEngine,
    fake: FakeOllama,  # noqa: F811
    run: Path,  # noqa: F811
    shelf: Any,  # noqa: F811
    logged: Callable[[], str],
) -> None:
    base_file = RunFolder(run).gguf("q8_0", base=True)
    RunFolder(run).gguf("q8_0").write_bytes(base_file.read_bytes())  # expects the same: nothing forgotten
    record(run, ollama)
    fake.answer = lambda body: says("A city called Paris." if body["model"] == TUNED else "That I could not say.")
    lines = [{"question": f"Question {i}: which city?", "topic": "mine", "keywords": ["Paris"]} for i in range(10)]
    report = benchmark(ollama, run, shelf, lines, "objectives", "forgetting")
    assert report.verdict == "better", report.reason
    assert report.arms["tuned"]["forgetting.cross_entropy"] == report.arms["base"]["forgetting.cross_entropy"] > 0
    facts = report.settings["likelihoods"]
    assert (facts["engine"], facts["weights"]["base"]) == ("embedded", digest_file(base_file))
    assert report.settings["environment"]["engine"] == "ollama"
    assert not (run / ".likelihood").exists()
    assert logged() == ""


@pytest.mark.slow
def test_they_are_the_figures_of_the_embedded_engine(
    ollama: OllamaEngine,
    run: Path,  # noqa: F811
    shelf: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    options = {"topic": "mine", "options": ["Paris", "soup"], "reference": "Paris"}
    lines = [
        {"id": "a", "question": "Capital of France?", **options},
        {"id": "b", "question": "Which city?", **options},
    ]
    through_files = benchmark(ollama, run, shelf, lines, "general", "forgetting")
    embedded = EmbeddedEngine(Workspace(tmp_path / "ws"), threads=1)
    for model, is_base in ((TUNED, False), (BASE, True)):
        embedded.create(ModelSpec(model, gguf=RunFolder(run).gguf("q8_0", base=is_base)))
    (run / "benchmark" / "answers.jsonl").unlink()
    own = benchmark(embedded, run, shelf, lines, "general", "forgetting")
    embedded.close()
    assert through_files.arms == own.arms
    assert own.arms["base"]["forgetting.cross_entropy"] != own.arms["tuned"]["forgetting.cross_entropy"]
    assert "likelihoods" not in own.settings


@pytest.mark.parametrize("what", ["another file", "another model", "quantised by Ollama", "no record", "no file"])
def test_files_that_are_not_what_is_served_are_not_read(
    what: str,
    ollama: OllamaEngine,
    fake: FakeOllama,  # noqa: F811
    run: Path,  # noqa: F811
    logged: Callable[[], str],
) -> None:
    tuned, base = RunFolder(run).gguf("q8_0"), RunFolder(run).gguf("q8_0", base=True)
    if what == "another file":
        tuned.write_bytes(base.read_bytes())
    elif what == "another model":
        fake.models[TUNED]["digest"] = "0" * 64
    elif what == "quantised by Ollama":
        record(run, ollama, files={})
    elif what == "no record":
        (run / "registration.json").unlink()
    else:
        base.unlink()
    with open_scorer(run, ollama, [TUNED, BASE], SETTINGS) as scorer:
        assert scorer is None
    warning = " ".join(logged().split())
    assert "the run's files cannot be used instead" in warning
    assert f"ragft {'export' if what == 'no file' else 'register'} --run tiny-run" in warning
    assert not (run / ".likelihood").exists()


def test_none_is_opened_where_none_is_needed(
    ollama: OllamaEngine,
    run: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    RunFolder(run).gguf("q8_0").unlink()  # whoever looked would miss it
    with open_scorer(run, ollama, [TUNED, BASE], SETTINGS, kinds=["answer"]) as scorer:
        assert scorer is None
    with open_scorer(None, ollama, [TUNED, BASE], SETTINGS) as scorer:
        assert scorer is None
    embedded = EmbeddedEngine(Workspace(tmp_path / "ws"))
    with open_scorer(run, embedded, [TUNED, BASE], SETTINGS) as scorer:
        assert scorer is None
    embedded.close()
