"""A task writes over the data set that it made itself, killed at whatever point, and over no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragft.config import load_settings
from ragft.data import shipped
from ragft.dataset.base import Row
from ragft.dataset.store import CARD, HELD_OUT, TRAIN, read_card, read_rows, save_dataset
from ragft.errors import UsageError
from ragft.pipeline.build import make_data
from ragft.pipeline.build_plan import BuildPlan
from ragft.tasks import task
from ragft.workspace import Workspace

MINE = Row(({"role": "user", "content": "Hi"},), ({"role": "assistant", "content": "Ho"},), "grounded")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "ws")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.jsonl"
    words = {"port": "tide pier ship anchor buoy", "cook": "salt pan stove onion bread"}
    rows = [
        {"text": f"{name} {n} {word} " + " ".join(f"{name}{n}{k}" for k in range(9)), "label": name}
        for name, found in words.items()
        for n, word in enumerate(found.split())
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def make(workspace: Workspace, name: str, source: Path, run: str = "mine") -> Path:
    settings = load_settings().with_("engine", name="scripted").with_("generate", answers="source", count=60)
    chosen = task(name)
    make_data(workspace, BuildPlan(chosen, settings, [source], "none"), run, progress=lambda *_: None)
    return workspace.datasets / run


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("classify", ""),
        ("knowledge", "tasks/company.jsonl"),
        ("belief", "tasks/beliefs.jsonl"),
        ("facts", "tasks/rivers.csv"),
    ],
)
def test_a_data_set_that_the_task_did_not_make_is_not_touched(
    workspace: Workspace, notes: Path, name: str, source: str
) -> None:
    folder = save_dataset(workspace, "mine", [MINE], [MINE])
    (folder / "replies.jsonl").write_text("kept\n")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for _ in range(2):
        with pytest.raises(UsageError, match=f"'mine' already, and the task {name} did not make it"):
            make(workspace, name, shipped(source) if source else notes)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("other", ["classify", "knowledge"])
def test_a_data_set_of_another_task_is_not_touched(workspace: Workspace, notes: Path, other: str) -> None:
    sources = {"classify": notes, "knowledge": shipped("tasks/company.jsonl")}
    folder = make(workspace, other, sources.pop(other))
    before = (folder / TRAIN).read_bytes()
    ((name, source),) = sources.items()
    with pytest.raises(UsageError, match="did not make it"):
        make(workspace, name, source)
    assert (folder / TRAIN).read_bytes() == before


@pytest.mark.parametrize("name", ["classify", "knowledge"])
def test_a_task_makes_its_own_data_set_anew(workspace: Workspace, notes: Path, name: str) -> None:
    source = notes if name == "classify" else shipped("tasks/company.jsonl")
    folder = make(workspace, name, source)
    before = (folder / TRAIN).read_bytes()
    (folder / TRAIN).write_text("")  # changed since: the stage runs again
    (folder / "replies.jsonl").write_text("")
    assert make(workspace, name, source) == folder
    assert (folder / TRAIN).read_bytes() == before and (folder / HELD_OUT).is_file()
    assert (folder / "replies.jsonl").exists(), "what a model said is kept"
    assert len(read_rows(folder / TRAIN)) == (read_card(folder) or {})["rows"]


@pytest.mark.parametrize("name", ["classify", "knowledge"])
def test_rows_of_a_call_that_was_killed_before_it_wrote_the_card_are_known_as_its_own(
    workspace: Workspace, notes: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = notes if name == "classify" else shipped("tasks/company.jsonl")

    class Killed(BaseException):
        pass

    def killed(*_args: object, **_named: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        where = "ragft.dataset.store" if name == "classify" else "ragft.tasks.knowledge.rows"
        patch.setattr(f"{where}.write_card", killed)
        with pytest.raises(Killed):
            make(workspace, name, source)
    folder = workspace.datasets / "mine"
    assert (folder / TRAIN).exists() and (folder / CARD).exists()
    make(workspace, name, source)
    assert len(read_rows(folder / TRAIN)) == (read_card(folder) or {})["rows"]
