"""Proposals are made ahead and accepted in turn: however many there are at once, the rows are the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from ragft.dataset.generation_request import GenerationRequest
from ragft.dataset.store import HELD_OUT, PREFERENCES, REJECTED, TRAIN
from ragft.engine.base import ChatRequest
from ragft.engine.elsewhere import ModelRunner, spread_over
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import GenerationError
from ragft.executors.local import LocalExecutor
from ragft.index.index import Index
from ragft.setting_sections import AnswerSettings, GenerateSettings
from ragft.tasks.papers.generate import generate
from ragft.workspace import digest_json

FILES = (TRAIN, HELD_OUT, REJECTED, PREFERENCES)
SETTINGS = GenerateSettings(count=8, held_out=0.2, samples=2, replay=0)


def sample(request: ChatRequest) -> str:
    """A reply that differs from request to request, and takes its time."""
    key = digest_json([request.messages[-1].content, request.options.seed])
    time.sleep(int(key[-2:], 16) / 255 / 50)
    return f"The method number {int(key[-4:], 16)} freezes the weights of a model and adds two small matrices to it."


class Answers:
    """`sample`, and how many requests were answered at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = self.most = 0

    def __call__(self, request: ChatRequest) -> str:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            return sample(request)
        finally:
            with self._lock:
                self._now -= 1


def made(index: Index, folder: Path, answers: Callable[[ChatRequest], str], workers: int) -> Sequence[bytes]:
    """The files of a data set whose replies were written by so many workers."""
    executor = LocalExecutor()
    executor.size = workers
    engine = spread_over(executor, ScriptedEngine(), lambda: ModelRunner(ScriptedEngine(answers)))
    with closing(engine.workers):
        generate(index, GenerationRequest(engine, "scripted", SETTINGS, AnswerSettings(), avoid=()), folder)
    return [(folder / name).read_bytes() for name in FILES]


@pytest.fixture(scope="module")
def one_by_one(short_papers: Index, tmp_path_factory: pytest.TempPathFactory) -> Sequence[bytes]:
    return made(short_papers, tmp_path_factory.mktemp("one") / "set", sample, 1)


def test_the_rows_are_the_same_for_any_number_of_workers(
    short_papers: Index, one_by_one: Sequence[bytes], tmp_path: Path
) -> None:
    assert one_by_one[FILES.index(PREFERENCES)]
    answers = Answers()
    assert made(short_papers, tmp_path / "set", answers, 4) == one_by_one
    assert 1 < answers.most <= 4


def test_after_a_failure_amid_several_proposals_nothing_is_asked_twice(
    short_papers: Index, one_by_one: Sequence[bytes], tmp_path: Path
) -> None:
    replied: list[str] = []

    def failing(request: ChatRequest) -> str:
        if len(replied) >= 9:
            raise GenerationError("gone")
        reply = sample(request)
        replied.append(repr(request))
        return reply

    with pytest.raises(GenerationError):
        made(short_papers, tmp_path / "set", failing, 3)
    kept = len((tmp_path / "set" / "replies.jsonl").read_bytes().splitlines())
    assert kept >= 9
    before = list(replied)
    replied.clear()

    def again(request: ChatRequest) -> str:
        replied.append(repr(request))
        return sample(request)

    assert made(short_papers, tmp_path / "set", again, 3) == one_by_one
    assert not set(before) & set(replied)
