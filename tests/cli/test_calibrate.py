"""`ragft calibrate` from the outside: questions made and given, storing, going back. Real index, scripted engine."""

from __future__ import annotations

import inspect
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ragft.answer.refusal.calibration import read_labelled
from ragft.answer.refusal.shipped import SHIPPED
from ragft.answer.session import CALIBRATION_KEY, load_calibration
from ragft.app.application import Application
from ragft.cli.main import app
from ragft.errors import DatasetError, InputError
from ragft.index.index import open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace

SUBJECTS = {
    "tides": "tidal range in the Bay of Fundy",
    "bread": "hydration of sourdough bread dough",
    "engines": "boiler pressure of a steam engine",
    "lora": "rank of a low-rank adapter matrix",
    "roses": "pruning of climbing roses in winter",
    "chess": "main line of the Sicilian Defence",
    "moons": "number of moons of the planet Jupiter",
    "bridges": "span of a suspension bridge over a strait",
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calibrate")
    for name, subject in SUBJECTS.items():
        body = " ".join(
            f"Sentence {n} of this paper says that the {subject} was {word} by the authors in {1990 + n}."
            for n, word in enumerate(("measured", "described", "compared", "estimated", "doubted", "confirmed"))
        )
        (folder / f"{name}.md").write_text(f"# On the {subject}\n\n## Findings\n\n{body} It surprised many readers.\n")
    with open_index(Workspace(folder / "ws"), IndexSettings()) as index:
        index.ingest([folder])
    return folder / "ws"


@pytest.fixture
def ragft(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    rule = {"match": "says that the (.*?) was", "template": r"How was the \g<1> measured by the authors?"}
    (tmp_path / "script.json").write_text(json.dumps({"rules": [rule]}))
    monkeypatch.setenv("RAGFT_SCRIPT", str(tmp_path / "script.json"))
    monkeypatch.setenv("RAGFT_WORKSPACE", str(corpus))
    monkeypatch.setenv("RAGFT_ENGINE__NAME", "scripted")
    return lambda *arguments: CliRunner().invoke(app, ["calibrate", *arguments])


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    rows = [
        {"question": f"How was the {subject} {verb}?", "answerable": True}
        for subject in SUBJECTS.values()
        for verb in ("measured", "described", "doubted")
    ]
    rows += [
        {"question": f"Who paid for the {thing} of the {place} town hall?", "answerable": False}
        for thing in ("roof", "clock", "stairs", "windows", "cellar")
        for place in ("old", "new", "Venice", "Oslo", "Lima")
    ]
    path = tmp_path / "labelled.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def stored(corpus: Path) -> Any:
    with open_index(Workspace(corpus), IndexSettings()) as index:
        return load_calibration(index)


@pytest.mark.slow
def test_labelled_questions_set_the_threshold_and_reset_takes_it_back(ragft: Any, corpus: Path, labelled: Path) -> None:
    result: Result = ragft("--count", "0", "--labelled", str(labelled), "--json")
    report = json.loads(result.stdout)
    assert (report["answerable"], report["unanswerable"]) == (24, 25)
    assert report["held_out"]["false_refusals"] <= 0.2
    assert report["held_out"]["false_answers"] <= 0.1
    assert stored(corpus).gate_threshold == pytest.approx(report["calibration"]["gate_threshold"])
    assert stored(corpus).source.endswith("labelled.jsonl among them")
    assert ragft("--reset").exit_code == 0
    assert stored(corpus) == SHIPPED


def test_reset_needs_no_engine_deletes_what_was_stored_and_says_so(
    ragft: Any, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_index(Workspace(corpus), IndexSettings()) as index:
        index.write_meta(CALIBRATION_KEY, replace(SHIPPED, gate_threshold=0.9).to_json())
    assert stored(corpus).gate_threshold == 0.9
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    result: Result = ragft("--reset", "--engine", "ollama", "--json")
    assert result.exit_code == 0, result.stderr
    said = json.loads(result.stdout)
    assert (said["reset"], said["calibration"]["gate_threshold"]) == (True, SHIPPED.gate_threshold)
    with open_index(Workspace(corpus), IndexSettings()) as index:
        assert not index.read_meta(CALIBRATION_KEY)


def test_questions_are_made_from_the_corpus_by_leaving_documents_out(ragft: Any, corpus: Path, labelled: Path) -> None:
    result: Result = ragft("--count", "8", "--labelled", str(labelled), "--json")
    report = json.loads(result.stdout)
    assert report["answerable"] == 24 + 8
    assert report["unanswerable"] > 25
    ragft("--reset")


def test_too_few_questions_are_an_error(ragft: Any) -> None:
    result: Result = ragft("--count", "2")
    assert result.exit_code == 3
    assert "too few" in result.stderr


@pytest.mark.parametrize("line", ["{", "[]", "[" * 100_000, '{"question": "x"}', '{"question": 1, "answerable": true}'])
def test_a_bad_line_is_named(ragft: Any, tmp_path: Path, line: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"question": "Good?", "answerable": true}\n' + line + "\n")
    result: Result = ragft("--count", "0", "--labelled", str(path))
    assert result.exit_code == 3
    assert "line 2" in result.stderr


def test_an_empty_file_of_labelled_questions_is_told_their_form(tmp_path: Path) -> None:
    path = tmp_path / "labelled.jsonl"
    path.touch()
    with pytest.raises(DatasetError, match="is empty") as caught:
        read_labelled(path)
    assert caught.value.fix == 'add lines such as {"question": "…", "answerable": true}'


def test_what_editors_do_to_a_file_is_read(tmp_path: Path) -> None:
    """A byte-order mark, line ends of Windows, a line separator and half a character inside a question."""
    rows = [
        '{"question": "One\u2028 and two?", "answerable": true}',
        '{"question": "Th\\ud800ree?", "answerable": false}',
    ]
    path = tmp_path / "labelled.jsonl"
    path.write_text("\ufeff" + "\r\n".join(rows) + "\r\n\r\n", newline="")
    assert [(row.question, row.answerable) for row in read_labelled(path)] == [
        ("One\n and two?", True),
        ("Th\ufffdree?", False),
    ]


def test_the_model_is_measured_as_judge_and_what_was_fitted_stays(
    ragft: Any, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scripted model says "Yes" to what names a keeper; words find all of both sentences."""
    rule = {"match": "Statement: The keeper", "reply": "Yes"}
    (tmp_path / "judge.json").write_text(json.dumps({"rules": [rule], "default": {"reply": "No"}}))
    monkeypatch.setenv("RAGFT_SCRIPT", str(tmp_path / "judge.json"))
    rows = []
    for number in range(20):
        evidence = f"The keeper of lock {number + 10} opens its upper gate slowly at noon."
        for sentence, supported in (
            (f"The keeper of lock {number + 10} opens the upper gate.", True),
            (f"The gate of lock {number + 10} opens the upper keeper.", False),
        ):
            rows.append({"sentence": sentence, "evidence": evidence, "supported": supported})
    (tmp_path / "pairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    result: Result = ragft("--judge", "--pairs", str(tmp_path / "pairs.jsonl"), "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["better"], found["model"], found["words"]["stopped"]) == (True, {"kept": 1.0, "stopped": 1.0}, 0.0)
    with open_index(Workspace(corpus), IndexSettings()) as index:
        stored = load_calibration(index)
    assert stored.judge
    assert replace(stored, judge="", judge_least=1.0) == SHIPPED
    assert json.loads(ragft("--reset", "--json").stdout)["calibration"]["judge"] == ""


@pytest.mark.parametrize("flags", [["--pairs"], ["--judge", "--labelled"]])
def test_a_file_for_the_other_measurement_is_refused(ragft: Any, tmp_path: Path, flags: list[str]) -> None:
    result: Result = ragft(*flags, str(tmp_path / "mine.jsonl"))
    assert result.exit_code == 2, result.output
    assert "--pairs is for --judge" in result.output


@pytest.mark.slow
def test_what_a_models_refusals_are_worth_is_measured_and_kept_by_its_digest(
    ragft: Any, corpus: Path, labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scripted model refuses whatever it is asked where it is told how to, and answers otherwise."""
    rule = {"match": "The documents do not answer this question", "reply": "The documents do not answer this question."}
    answer = {"match": "says that the (.*?) was", "template": r"The \g<1> was measured by the authors in 1990 [1]."}
    (tmp_path / "tells.json").write_text(json.dumps({"rules": [rule, answer]}))
    monkeypatch.setenv("RAGFT_SCRIPT", str(tmp_path / "tells.json"))
    result: Result = ragft("--refusals", "--count", "0", "--labelled", str(labelled), "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["by_size"] == {"told": True, "trusted": False}
    assert (found["told"]["answered"], found["untold"]["answered"] > 0.5) == (0.0, True)
    assert not found["own_word"]["told"]
    assert [(own.told, own.trusted) for own in stored(corpus).own_words.values()] == [(False, False)]
    assert json.loads(ragft("--reset", "--json").stdout)["calibration"]["own_words"] == {}


@pytest.mark.parametrize(("flags", "method"), [([], "calibrate"), (["--refusals"], "calibrate_refusals")])
def test_a_count_is_passed_on_only_where_it_is_given(
    ragft: Any, monkeypatch: pytest.MonkeyPatch, flags: list[str], method: str
) -> None:
    calls: list[dict[str, object]] = []

    def called(_: Application, **arguments: object) -> None:
        calls.append(arguments)
        raise InputError("enough")

    monkeypatch.setattr(Application, method, called)
    ragft(*flags)
    ragft(*flags, "--count", "7")
    assert [call.get("count") for call in calls] == [None, 7]
    assert "count" not in calls[0]


def test_the_help_names_the_counts_that_hold_where_none_is_given(ragft: Any) -> None:
    methods = (Application.calibrate, Application.calibrate_refusals)
    thresholds, refusals = (inspect.signature(method).parameters["count"].default for method in methods)
    shown = " ".join(ragft("--help").stdout.split())
    assert f"[default: ({thresholds}, with --refusals {refusals});" in shown


def test_two_measurements_at_once_are_refused(ragft: Any) -> None:
    result: Result = ragft("--judge", "--refusals")
    assert result.exit_code == 2, result.output
    assert "two measurements" in result.output
