"""Rows and answers that are written in actors of Ray: the same as here, whatever becomes of a worker."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from ragft.app.application import open_application
from ragft.dataset.generation_request import GenerationRequest
from ragft.dataset.store import HELD_OUT, PREFERENCES, TRAIN
from ragft.engine.base import ChatRequest, Engine
from ragft.engine.elsewhere import ModelCall, ModelRunner, spread_over
from ragft.engine.scripted import ScriptedEngine
from ragft.executors.base import Executor
from ragft.executors.local import LocalExecutor
from ragft.index.index import Index, open_index
from ragft.setting_sections import AnswerSettings, GenerateSettings, IndexSettings
from ragft.tasks.papers.generate import generate
from ragft.workspace import Workspace, digest_json
from tests.benchmark.comparison.test_turns import without_times
from tests.tasks.papers.conftest import make_workspace

if TYPE_CHECKING:
    from ragft.executors.ray import RayExecutor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(  # Ray leaves pipes to its own processes open
        "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
    ),
]
FILES = (TRAIN, HELD_OUT, PREFERENCES)
KILLS = 5


def sample(request: ChatRequest) -> str:
    time.sleep(0.1)
    key = digest_json([request.messages[-1].content, request.options.seed])
    return f"The method number {int(key[-4:], 16)} freezes the weights of a model and adds two small matrices to it."


def make_runner() -> ModelRunner:
    return ModelRunner(ScriptedEngine(sample))


def process_of(_engine: Engine) -> int:
    return os.getpid()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with short papers."""
    return make_workspace(tmp_path_factory.mktemp("short")).root


@pytest.fixture(scope="module")
def index(root: Path) -> Iterator[Index]:
    with open_index(Workspace(root), IndexSettings()) as opened:
        yield opened


def made(index: Index, folder: Path, executor: Executor, kills: int = 0) -> tuple[Sequence[bytes], int]:
    """The files of a data set, and how many workers were killed while it was made."""
    engine = spread_over(executor, ScriptedEngine(), make_runner)
    killed: list[int] = []
    done = threading.Event()

    def kill() -> None:
        call = ModelCall("scripted", engine.show("scripted").digest, process_of)
        while len(killed) < kills and not done.wait(0.2):
            process: int = engine.workers.submit(call).result()
            if psutil.pid_exists(process):
                os.kill(process, signal.SIGKILL)
                killed.append(process)

    killer = threading.Thread(target=kill)
    with closing(engine.workers):
        killer.start()
        settings = GenerateSettings(count=8, held_out=0.2, samples=2, replay=0)
        generate(index, GenerationRequest(engine, "scripted", settings, AnswerSettings(), avoid=()), folder)
        done.set()
        killer.join()
    return [(folder / name).read_bytes() for name in FILES], len(killed)


def test_a_worker_that_is_killed_again_and_again_changes_no_row(
    executor: RayExecutor, index: Index, tmp_path: Path
) -> None:
    there, killed = made(index, tmp_path / "there", executor, KILLS)
    here, _ = made(index, tmp_path / "here", LocalExecutor())
    assert there == here
    assert killed >= 2


@pytest.mark.usefixtures("smollm2", "executor")
def test_the_real_model_writes_the_same_rows_and_answers_there(root: Path) -> None:
    """Both through the settings, as `ragft generate --executor ray` and `ragft benchmark --executor ray` have it."""
    rows, answers = {}, {}
    for where in ("local", "ray"):
        with open_application(
            root,
            engine={"name": "embedded", "model": "smollm2"},
            answer={"num_predict": 80, "k": 3, "evidence_tokens": 120},
            generate={"executor": where, "count": 2, "samples": 1, "replay": 0.0, "evidence_tokens": 100},
            benchmark={"executor": where, "suites": ["papers"], "questions": str(_questions(root))},
        ) as app:
            app.generate(f"set-{where}")
            app.benchmark("smollm2,bare=smollm2@closed_book", output=root / f"out-{where}")
        folder = root / "datasets" / f"set-{where}"
        rows[where] = [(folder / name).read_bytes() for name in FILES if (folder / name).is_file()]
        answers[where] = without_times(root / f"out-{where}" / "rows.jsonl")
    assert rows["ray"] == rows["local"]
    assert rows["local"][0].count(b"\n") >= 1
    assert answers["ray"] == answers["local"]
    assert len(answers["local"]) == 4


def _questions(root: Path) -> Path:
    import json

    file = root / "questions.jsonl"
    asked: list[dict[str, Any]] = [
        {"id": "lora", "question": "What does LoRA freeze?", "reference": "The weights.", "documents": ["adapters.md"]},
        {"id": "beir", "question": "How many data sets does the BEIR collection contain?", "reference": "18.",
         "documents": ["retrieval.md"]},
    ]  # fmt: skip
    file.write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    return file
