"""What a session owns: one load for each model, which no refusal waits for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ragft.answer.refusal.shipped import SHIPPED
from ragft.answer.session import Session
from ragft.config import Settings
from ragft.engine.scripted import ScriptedEngine
from ragft.index.index import Index, open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace


class Counting(ScriptedEngine):
    """Remembers what it was asked to load; `aside` as `Engine.loads_aside`."""

    def __init__(self, *, aside: bool) -> None:
        super().__init__(["QLoRA needs 48 GB [1]."], models=["tiny", "other:latest"])
        self.loads_aside = aside
        self.loads: list[str] = []

    def load(self, model: str) -> None:
        self.loads.append(model)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    (tmp_path / "qlora.md").write_text("# QLoRA\n\nQLoRA needs 48 GB of GPU memory for a 65B model.\n")
    with open_index(Workspace(tmp_path / "ws"), IndexSettings()) as opened:
        opened.ingest([tmp_path / "qlora.md"])
        yield opened


def session_of(engine: Counting, index: Index, tmp_path: Path) -> Session:
    return Session(Workspace(tmp_path / "ws"), Settings(), engine, engine.show("tiny"), index)


def test_a_model_is_loaded_once_for_all_its_assistants(index: Index, tmp_path: Path) -> None:
    engine = Counting(aside=True)
    session = session_of(engine, index, tmp_path)
    made = [session.assistant(name) for name in (None, "tiny", "TINY:latest", "other", "other:latest")]
    for assistant in made:
        assistant._thinks_unasked()
    assert sorted(engine.loads) == ["other", "tiny"]


def test_a_refusal_waits_for_no_model_that_loads_in_this_process(index: Index, tmp_path: Path) -> None:
    engine = Counting(aside=False)
    assistant = session_of(engine, index, tmp_path).assistant()
    assert assistant.ask("How long should I roast a chicken?").reason == "weak_evidence"
    assert engine.loads == []
    assert not assistant.ask("How much GPU memory does QLoRA need for a 65B model?").refused
    assert engine.loads == ["tiny"]


def test_a_model_judges_where_it_was_found_to_be_better_and_no_other_does(index: Index, tmp_path: Path) -> None:
    session = session_of(Counting(aside=True), index, tmp_path)
    assert session.assistant()._judge is None
    session.calibration = replace(SHIPPED, judge=session.model.digest, judge_least=0.7)
    judge = session.assistant()._judge
    assert judge is not None
    assert judge.least == 0.7
    assert session.assistant("other")._judge is None
