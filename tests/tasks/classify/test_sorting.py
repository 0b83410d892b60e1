"""New files sorted by a run, by examples, by labels alone."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ragft
from ragft.cli.main import app as command
from ragft.errors import InputError, NotFoundError, RagftError, UsageError, WorkspaceError
from ragft.tasks.classify.classifier_arms import ARMS
from ragft.tasks.classify.files import CalibratedArms
from ragft.tasks.classify.label_calibration import calibrate
from ragft.workspace import Workspace
from tests.tasks.classify.classified_run import COOK, SEA, make_run


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_run(tmp_path / "ws")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.txt").write_text("The ship and its anchor at the pier")
    (folder / "b.html").write_text("<p>Bread and salt and an onion from the pan</p>")
    (folder / "c.txt").write_text("Zebras sleep")
    return folder


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    path = tmp_path / "examples.jsonl"
    rows = [{"text": text, "label": "harbour"} for text in SEA] + [{"text": text, "label": "kitchen"} for text in COOK]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def labels_of_files(found: Any) -> dict[str, str]:
    return {one.file.name: one.label for one in found.files}


def test_a_run_sorts_by_the_arm_it_recommends_and_says_unknown_where_none_is_likely(
    workspace: Workspace, inbox: Path
) -> None:
    with ragft.open(workspace.root) as app:
        found = app.classify(inbox)
    assert (found.arm, found.model, found.run, found.calibrated) == ("tf-idf", "", "notes", True)
    assert labels_of_files(found) == {"a.txt": "harbour", "b.html": "kitchen", "c.txt": "unknown"}
    assert all(sum(one.likely.values()) == pytest.approx(1.0, abs=1e-3) for one in found.files)


def test_a_file_that_cannot_be_read_does_not_stop_the_others(
    workspace: Workspace, inbox: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (inbox / "bad.pdf").write_bytes(b"%PDF-1.4 cut")
    with ragft.open(workspace.root) as app, caplog.at_level(logging.WARNING, logger="ragft"):
        found = {one.file.name: one for one in app.classify(inbox).files}
        assert found["bad.pdf"].problem and not found["bad.pdf"].label and found["a.txt"].label == "harbour"
        with pytest.raises(InputError, match="none of the 1 files"):
            app.classify(inbox / "bad.pdf")


def test_examples_alone_are_enough(tmp_path: Path, inbox: Path, examples: Path) -> None:
    with ragft.open(tmp_path / "empty") as app:
        found = app.classify([inbox / "a.txt", inbox / "b.html"], examples=examples)
    assert (found.arm, found.run, found.calibrated) == ("nearest", "", False)
    assert labels_of_files(found) == {"a.txt": "harbour", "b.html": "kitchen"}


def test_new_classes_are_added_to_those_of_a_run(workspace: Workspace, tmp_path: Path, inbox: Path) -> None:
    (tmp_path / "new" / "zoo").mkdir(parents=True)
    for n, text in enumerate(("Zebras and lions sleep", "The zebras of the zoo sleep late")):
        (tmp_path / "new" / "zoo" / f"{n}.txt").write_text(text)
    with ragft.open(workspace.root) as app:
        found = app.classify(inbox, run="notes", examples=tmp_path / "new")
    assert found.labels == ("harbour", "kitchen", "zoo")
    assert labels_of_files(found)["c.txt"] == "zoo" and labels_of_files(found)["a.txt"] == "harbour"


def test_labels_alone_are_chosen_from_by_a_model(tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script.json"
    begun = '"label": "$'
    rules = [{"match": f"anchor.*{begun}", "reply": "port"}, {"match": begun, "reply": "cook"}]
    rules += [{"match": '"label": "[a-z]+$', "reply": '"'}, {"match": '"$', "reply": "}"}]
    script.write_text(json.dumps({"rules": rules, "default": {"reply": "Who knows."}}))
    monkeypatch.setenv("RAGFT_SCRIPT", str(script))
    monkeypatch.setenv("RAGFT_ENGINE__NAME", "scripted")
    with ragft.open(tmp_path / "empty") as app:
        found = app.classify([inbox / "a.txt", inbox / "b.html"], labels=["port", "cook", "zoo"])
    assert found.arm == "zero-shot" and found.model
    assert labels_of_files(found) == {"a.txt": "port", "b.html": "cook"}


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"arm": "best"}, UsageError, "the arms are tf-idf"),
        ({"run": "other"}, NotFoundError, "no run 'other'"),
        ({"model": "stranger"}, NotFoundError, "no run made the model stranger"),
        ({"labels": ["one"]}, UsageError, "fewer than two classes"),
        ({"labels": ["a", "b"], "arm": "tf-idf"}, UsageError, "needs a run"),
        ({"labels": ["a", "b"], "arm": "nearest"}, UsageError, "no example of 'a'"),
        ({"labels": ["a", "b"], "arm": "few-shot"}, UsageError, "no examples to show"),
        ({"run": "notes", "labels": ["zoo"]}, UsageError, "no example of 'zoo'"),
    ],
)
def test_what_cannot_be_done_is_said(
    workspace: Workspace, inbox: Path, given: dict[str, Any], error: type[RagftError], says: str
) -> None:
    with ragft.open(workspace.root) as app, pytest.raises(error, match=says):
        app.classify(inbox, **given)


def test_without_a_run_both_ways_out_are_named(tmp_path: Path, inbox: Path) -> None:
    with ragft.open(tmp_path / "empty") as app, pytest.raises(NotFoundError, match="labels=a,b,c or examples=FOLDER"):
        app.classify(inbox)


def test_the_command_prints_json_and_lines(
    workspace: Workspace, inbox: Path, capsys: pytest.CaptureFixture[str], run_command: Callable[[list[str]], None]
) -> None:
    run_command(["classify", str(inbox / "a.txt"), "-w", str(workspace.root), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["arm"] == "tf-idf" and found["files"][0]["label"] == "harbour"
    run_command(["classify", str(inbox / "a.txt"), "-w", str(workspace.root)])
    out, err = capsys.readouterr()
    assert "a.txt: harbour (harbour" in out and "by tf-idf, run notes" in err


@pytest.fixture
def run_command() -> Callable[[list[str]], None]:
    return lambda arguments: command(arguments, standalone_mode=False)


def test_json_has_the_probability_of_each_label_and_the_terminal_the_best_three(
    tmp_path: Path, inbox: Path, capsys: pytest.CaptureFixture[str], run_command: Callable[[list[str]], None]
) -> None:
    words = ["ship anchor pier", "bread onion pan", "zebra lion", "train rail", "cloud rain"]
    path = tmp_path / "five.csv"
    path.write_text("text,label\n" + "".join(f"{text},{text.split()[0]}\n" for text in words))
    given = ["classify", str(inbox / "a.txt"), "--examples", str(path), "-w", str(tmp_path / "empty")]
    run_command([*given, "--json"])
    likely = json.loads(capsys.readouterr().out)["files"][0]["likely"]
    assert set(likely) == {"ship", "bread", "zebra", "train", "cloud"} and next(iter(likely)) == "ship"
    assert list(likely.values()) == sorted(likely.values(), reverse=True)
    assert sum(likely.values()) == pytest.approx(1.0, abs=1e-5)
    run_command(given)
    assert capsys.readouterr().out.count("%") == 3


def test_a_run_that_had_no_validation_documents_is_not_calibrated(workspace: Workspace, inbox: Path) -> None:
    arms = dict.fromkeys(ARMS, calibrate(np.zeros((0, 2)), [], kept=0.95))
    CalibratedArms(("harbour", "kitchen"), arms).save(workspace.runs / "notes")
    with ragft.open(workspace.root) as app:
        found = app.classify(inbox)
    assert not found.calibrated and "unknown" not in labels_of_files(found).values()


def test_texts_are_sorted_as_files_are(workspace: Workspace, inbox: Path) -> None:
    texts = [(inbox / name).read_text() for name in ("a.txt", "c.txt")]
    with ragft.open(workspace.root) as app:
        by_file = app.classify([inbox / "a.txt", inbox / "c.txt"])
        by_text = app.classify_texts(texts)
        with pytest.raises(InputError, match="text 2 is empty"):
            app.classify_texts(["a", " "])
    assert [(one.label, one.likely) for one in by_text.texts] == [(one.label, one.likely) for one in by_file.files]
    assert (by_text.arm, by_text.run, by_text.calibrated) == ("tf-idf", "notes", True)


def test_sorting_texts_can_be_stopped_between_two(workspace: Workspace) -> None:
    seen: list[tuple[int, int]] = []

    def stop(_: str, done: int, total: int) -> None:
        seen.append((done, total))
        if done == 2:
            raise InterruptedError

    with ragft.open(workspace.root) as app, pytest.raises(InterruptedError):
        app.classify_texts(["ship", "bread", "anchor"], progress=stop)
    assert seen == [(1, 3), (2, 3)]


def test_labels_are_compared_without_blanks_and_none_is_empty(tmp_path: Path) -> None:
    with ragft.open(tmp_path / "ws") as app:
        sea, cook = [(text, " sea") for text in SEA], [(text, "cook") for text in COOK]
        found = app.classify_texts(["The ship"], labels=["sea "], examples=[*sea, *cook, ("Tide", "sea")])
        assert found.labels == ("sea", "cook")
        with pytest.raises(InputError, match="a label is empty"):
            app.classify_texts(["The ship"], labels=["sea", " "])
        with pytest.raises(InputError, match="example 2 is empty"):
            app.classify_texts(["The ship"], examples=[("Tide", "sea"), (" ", "cook")])


def test_the_latest_run_is_the_latest_with_a_classifier_whether_it_is_named_or_not(
    workspace: Workspace, inbox: Path
) -> None:
    (workspace.runs / "papers").mkdir()  # written to last, and of another task
    (workspace.runs / "papers" / "manifest.json").write_text("{}")
    os.utime(workspace.runs / "notes", (0, 0))
    with ragft.open(workspace.root) as app:
        assert app.classify(inbox, run="latest") == app.classify(inbox)


def remove(path: Path, *names: str) -> None:
    data = inner = json.loads(path.read_text(encoding="utf-8"))
    for name in names[:-1]:
        inner = inner[name]
    del inner[names[-1]]
    path.write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("manifest.json", ("settings", "classify")),
        ("manifest.json", ("settings", "index")),
        ("classifier.json", ("arms", "tf-idf")),
    ],
)
def test_a_run_that_lacks_a_part_is_damaged_and_what_helps_is_said(
    workspace: Workspace, inbox: Path, file: str, names: tuple[str, ...]
) -> None:
    remove(workspace.runs / "notes" / file, *names)
    with ragft.open(workspace.root) as app, pytest.raises(WorkspaceError, match=f"{file} is damaged") as caught:
        app.classify(inbox)
    assert "--run notes" in caught.value.fix


def test_settings_of_a_run_that_are_none_are_damaged(workspace: Workspace, inbox: Path) -> None:
    path = workspace.runs / "notes" / "manifest.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["settings"]["classify"]["shots"] = "many"
    path.write_text(json.dumps(data), encoding="utf-8")
    with ragft.open(workspace.root) as app, pytest.raises(WorkspaceError, match=r"manifest.json is damaged.*classify"):
        app.classify(inbox)
