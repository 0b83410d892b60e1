"""One prompt policy: changed in one place, training rows, `ask` and the benchmark all follow it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ragft.answer.model_notes import ModelNotes
from ragft.answer.prompts.budget import TokenCounter
from ragft.answer.prompts.model_policy import keep_policy, policy_of_model
from ragft.answer.prompts.policy import RANKING, PromptPolicy, read_policy
from ragft.answer.session import Session
from ragft.app.application import open_application
from ragft.app.comparing import as_run, run_plan
from ragft.app.resources import Resources
from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion
from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
from ragft.benchmark.suites.base import suites_called
from ragft.config import Settings, load_settings
from ragft.dataset.generation_request import GenerationRequest
from ragft.dataset.prompt_policy import policy_of
from ragft.engine.base import Message, Options, Think
from ragft.engine.scripted import ScriptedEngine, load_script
from ragft.errors import WorkspaceError
from ragft.index.index import Index, open_index
from ragft.pipeline.searched import SearchedLibrary
from ragft.run_folder import RunFolder
from ragft.setting_sections import AnswerSettings, GenerateSettings, IndexSettings
from ragft.tasks import SUITES
from ragft.tasks.papers.recipe.compose import Composer
from ragft.workspace import Workspace, write_json, write_text
from tests.app.papers import ANSWER, QUESTION

LONG = PromptPolicy.of_training(GenerateSettings(evidence_tokens=600), AnswerSettings(num_predict=100))
MODEL = "tuned-model"
SHORT = PromptPolicy.of_training(GenerateSettings(evidence_tokens=64), AnswerSettings(num_predict=40))


@pytest.fixture
def index(papers: Path) -> Iterator[Index]:
    with open_index(Workspace(papers / "ws"), IndexSettings()) as opened:
        yield opened


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine(lambda _: ANSWER, models=["tuned", "plain"])


def _sources(prompt: str) -> set[str]:
    return set(re.findall(r"^\[\d\] (.*)$", prompt, re.MULTILINE))


def _of_rows(policy: PromptPolicy, index: Index, engine: ScriptedEngine) -> set[str]:
    generate = GenerateSettings(evidence_tokens=policy.evidence_tokens)
    answer = AnswerSettings(num_predict=policy.num_predict)
    assert PromptPolicy.of_training(generate, answer) == policy
    documents = [record.id for record in index.documents()]
    request = GenerationRequest(engine, "tuned", generate, answer)
    composer = Composer(index, TokenCounter(engine, "tuned"), request, documents)
    return _sources(composer._fit(QUESTION, index.search(QUESTION, 8), Random(0)).messages[-1].content)


def _of_ask(policy: PromptPolicy, index: Index, engine: ScriptedEngine, place: Workspace) -> set[str]:
    run = RunFolder(place.runs / "one")
    write_json(run.registration, {"model": "tuned", "base_model": "tuned-base"})
    policy.write(run.prompt)
    session = Session(place, Settings(), engine, engine.show("tuned"), index)
    assert not session.assistant().ask(QUESTION).refused
    assert engine.requests[-1].options.num_predict == policy.num_predict
    return _sources(engine.requests[-1].messages[-1].content)


def _of_benchmark(index: Index, engine: ScriptedEngine, place: Workspace) -> set[str]:
    settings = as_run(Settings(), place.runs / "one").answer
    Bench(engine, index, settings).answer(Arm("tuned", "tuned"), BenchmarkQuestion("q", QUESTION))
    return _sources(engine.requests[-1].messages[-1].content)


def test_rows_ask_and_benchmark_follow_one_policy(index: Index, engine: ScriptedEngine, tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    seen = []
    for policy in (LONG, SHORT):
        rows = _of_rows(policy, index, engine)
        assert rows == _of_ask(policy, index, engine, place) == _of_benchmark(index, engine, place)
        seen.append(sum(map(len, rows)))
    assert seen[0] > seen[1] > 0


def _of_app(policy: PromptPolicy, place: Workspace) -> tuple[str, str]:
    """What an application, as a server has one, and a benchmark of the model by its name put before the model."""
    run = RunFolder(place.runs / "one")
    policy.write(run.prompt)
    with open_application(
        place.root, benchmark={"suites": ["papers"], "questions": str(place.root / "q.jsonl")}
    ) as app:
        keep_policy(place, load_script(), MODEL, run.path)
        asked = app.ask(QUESTION, model=MODEL)
        compared = app.benchmark(MODEL, output=place.root / f"compared-{policy.evidence_tokens}").report
    recorded = compared.rows[0].recorded.answer
    return tuple("\n".join(item.shown for item in answer.evidence) for answer in (asked, recorded))  # type: ignore[return-value]


@pytest.mark.usefixtures("scripted_engine")
def test_the_application_and_a_benchmark_by_name_follow_the_policy_kept_with_the_model(
    papers: Path, tmp_path: Path
) -> None:
    """No run has registered this name: the policy goes with the model."""
    shutil.copytree(papers / "ws", tmp_path / "ws")
    place = Workspace(tmp_path / "ws")
    write_text(place.root / "q.jsonl", json.dumps({"id": "q", "question": QUESTION}))
    long, short = (_of_app(policy, place) for policy in (LONG, SHORT))
    assert long[0] == long[1] and short[0] == short[1]
    assert len(long[0]) > len(short[0]) > 0


def test_the_policy_goes_with_the_model_when_it_is_renamed_and_its_run_is_gone(
    index: Index, engine: ScriptedEngine, tmp_path: Path
) -> None:
    place = Workspace(tmp_path)
    run = RunFolder(place.runs / "one")
    SHORT.write(run.prompt)
    keep_policy(place, engine, "tuned", run.path)
    shutil.rmtree(place.runs)
    engine.copy("tuned", "mine")
    assert policy_of_model(place, engine, "mine") == SHORT
    assert policy_of_model(place, engine, "plain") is None
    session = Session(place, Settings(), engine, engine.show("plain"), index)
    assert session.assistant("mine").settings.evidence_tokens == SHORT.evidence_tokens
    assert session._weights("mine") == 0, "it is asked in the form of its training rows"


@pytest.mark.parametrize("weights", [135_000_000, 8_000_000_000])
def test_a_benchmark_asks_models_of_any_size_as_ask_does(
    weights: int, papers: Path, engine: ScriptedEngine, tmp_path: Path
) -> None:
    shutil.copytree(papers / "ws", tmp_path / "ws")
    place = Workspace(tmp_path / "ws")
    engine._models = {name: replace(info, parameter_size=weights) for name, info in engine._models.items()}
    write_text(place.root / "q.jsonl", json.dumps({"id": "q", "question": QUESTION}))
    settings = Settings().with_("benchmark", questions=str(place.root / "q.jsonl"))
    with open_index(place, IndexSettings()) as index:
        Session(place, settings, engine, engine.show("plain"), index).assistant().ask(QUESTION)
    asked = engine.requests[-1]
    plan = ComparisonPlan([Arm("plain", "plain")], suites_called(["papers"], SUITES))
    run_plan(plan, SearchedLibrary(place), settings, tmp_path / "out", engine)
    found = next(one for one in reversed(engine.requests) if QUESTION in one.messages[-1].content)
    assert (found.messages, found.options.num_predict) == (asked.messages, asked.options.num_predict)
    assert asked.options.num_predict == (512 if weights > 10**9 else Settings().answer.num_predict)


def test_evidence_asked_for_here_and_now_holds_for_capable_models_and_runs(
    index: Index, engine: ScriptedEngine, tmp_path: Path
) -> None:
    settings, given = Settings().with_("answer", evidence_tokens=500), frozenset({"evidence_tokens"})
    session = Session(Workspace(tmp_path), settings, engine, engine.show("plain"), index, given=given)
    assert session.assistant("plain").settings.capable_evidence_tokens == 500
    session.given |= {"capable_evidence_share"}
    assert session.assistant("plain").settings.capable_evidence_tokens is None, "both were asked for"
    run = RunFolder(tmp_path / "one")
    run.path.mkdir()
    SHORT.write(run.prompt)
    assert as_run(settings, run.path, given=given).answer.evidence_tokens == 500
    assert as_run(settings, run.path).answer.evidence_tokens == SHORT.evidence_tokens


def test_a_model_trained_under_another_ranking_is_reported_once(
    index: Index, engine: ScriptedEngine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = Workspace(tmp_path)
    run = RunFolder(place.runs / "one")
    write_json(run.registration, {"model": "tuned", "base_model": "tuned-base"})
    session = Session(place, Settings(), engine, engine.show("plain"), index)
    for policy, reported in (
        (SHORT, None),
        (replace(SHORT, ranking="cosine-0"), "tuned was trained on prompts made by the ranking cosine-0"),
    ):
        policy.write(run.prompt)
        session = Session(place, Settings(), engine, engine.show("plain"), index)
        caplog.clear()
        for _ in range(2):
            assert session.assistant("tuned").settings.evidence_tokens == SHORT.evidence_tokens
        assert [message.partition(";")[0] for message in caplog.messages] == [reported] * bool(reported)


def test_a_benchmark_reports_a_run_of_another_ranking(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run = RunFolder(tmp_path / "one")
    run.path.mkdir()
    replace(LONG, ranking="cosine-0").write(run.prompt)
    assert as_run(Settings(), run.path).answer.evidence_tokens == LONG.evidence_tokens
    assert "the run one was trained on prompts made by the ranking cosine-0" in caplog.text


@dataclass(frozen=True)
class Asked:
    """What a model is asked, whatever the order of its sources."""

    lines: frozenset[str]
    temperature: float
    num_predict: int
    think: Think

    @classmethod
    def of(cls, messages: Sequence[Message], options: Options, think: Think) -> Asked:
        lines = frozenset(re.sub(r"^\[\d\] ", "", line) for line in messages[-1].content.splitlines())
        return cls(lines, options.temperature, options.num_predict, think)


def _request_of_rows(
    question: str, generate: GenerateSettings, answer: AnswerSettings, index: Index, engine: ScriptedEngine
) -> Asked:
    documents = [record.id for record in index.documents()]
    request = GenerationRequest(engine, "tuned", generate, answer)
    composer = Composer(index, TokenCounter(engine, "tuned"), request, documents)
    made = composer.prompts
    fitted = composer._fit(question, index.search(question, made.settings.k), Random(0))
    return Asked.of(fitted.messages, made.options(question), made.settings.think)


def _requests_of_faces(
    question: str, policy: PromptPolicy, index: Index, engine: ScriptedEngine, place: Workspace
) -> list[Asked]:
    """`ask` and a benchmark of the run; and an application, as the server has one, by the policy of the model."""
    run = RunFolder(place.runs / "one")
    write_json(run.registration, {"model": "tuned", "base_model": "tuned-base"})
    policy.write(run.prompt)
    found = []
    session = Session(place, Settings(), engine, engine.show("tuned"), index)
    bench = Bench(engine, index, as_run(Settings(), run.path).answer)
    for ask in (
        lambda: session.assistant().ask(question),
        lambda: bench.answer(Arm("tuned", "tuned"), BenchmarkQuestion("q", question)),
    ):
        before = len(engine.requests)
        ask()
        request = engine.requests[before:][0]
        found.append(Asked.of(request.messages, request.options, request.think))
    return found


@pytest.mark.parametrize(
    ("name", "value", "question"),
    [
        ("evidence_tokens", 64, QUESTION),
        ("num_predict", 40, QUESTION),
        ("k", 1, QUESTION),
        ("style", "full", QUESTION),
        ("think", True, QUESTION),
        ("temperature", 0.5, QUESTION),
        ("excerpts", "from_best", "How large is the largest tidal range of the world?"),
    ],
)
@pytest.mark.usefixtures("scripted_engine")
def test_what_rows_are_made_with_is_what_every_face_asks_with(
    name: str, value: Any, question: str, papers: Path, index: Index, engine: ScriptedEngine, tmp_path: Path
) -> None:
    """Changed in one place, the settings that rows are made by: rows, `ask`, server and benchmark all change."""
    shutil.copytree(papers / "ws", tmp_path / "ws")
    place, seen = Workspace(tmp_path / "ws"), []
    for changes in ({}, {name: value}):
        tokens = changes.pop("evidence_tokens", 80 if name == "excerpts" else 320)
        generate, answer = GenerateSettings(evidence_tokens=tokens), AnswerSettings(**changes)
        request = {"settings": generate.model_dump(mode="json"), "answer": answer.model_dump(mode="json")}
        write_json(tmp_path / "rows" / "dataset.json", {"request": {**request, "ranking": RANKING}})
        write_text(tmp_path / "rows" / "rows.jsonl", "")
        policy = policy_of(tmp_path / "rows")
        assert policy is not None
        rows = _request_of_rows(question, generate, answer, index, engine)
        assert _requests_of_faces(question, policy, index, engine, place) == [rows, rows]
        keep_policy(place, load_script(), MODEL, place.runs / "one")
        resources = Resources(place, load_settings(place.config_file), {})
        served = resources.session(MODEL).assistant(MODEL).settings
        resources.close()
        assert served == policy.over(Settings().answer)
        seen.append((rows, served))
    assert seen[0][0] != seen[1][0] and seen[0][1] != seen[1][1]


def test_a_list_is_a_style_of_ask_and_not_of_rows() -> None:
    assert PromptPolicy.of_training(GenerateSettings(), AnswerSettings(style="list")).style == "auto"


SLIP = "How much {} does the fine-tuning of a 65B model with QLoRA need?"


@pytest.mark.parametrize("question", ["How many papers do I have?", SLIP.format("memroy")])
def test_a_benchmark_answers_as_ask_does(question: str, index: Index, engine: ScriptedEngine, tmp_path: Path) -> None:
    """From the catalogue where that answers, and with the typos of the question corrected."""
    asked = Session(Workspace(tmp_path), Settings(), engine, engine.show("plain"), index).assistant().ask(question)
    bench = Bench(engine, index, Settings().answer, quote=True)
    found = bench.answer(Arm("plain", "plain"), BenchmarkQuestion("q", question)).answer
    assert replace(found, metrics=asked.metrics) == asked
    assert found.metrics.warnings == asked.metrics.warnings
    assert "2 papers" in found.answer or found.metrics.searched_for == SLIP.format("memory")


def test_a_policy_that_lacks_a_setting_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "prompt.json"
    SHORT.write(path)
    assert read_policy(path) == SHORT
    write_json(path, {"evidence_tokens": 320, "num_predict": 256})
    with pytest.raises(WorkspaceError, match="damaged"):
        read_policy(path)


def test_of_two_runs_of_one_name_the_registered_model_decides(engine: ScriptedEngine, tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    for name, policy in (("first", LONG), ("second", SHORT)):
        run = RunFolder(place.runs / name)
        write_json(run.registration, {"model": "tuned", "base_model": "tuned-base"})
        policy.write(run.prompt)
        keep_policy(place, engine, "tuned", run.path)
    assert policy_of_model(place, engine, "tuned") == SHORT
    assert policy_of_model(place, engine, "tuned-base") == LONG


def test_a_damaged_note_is_as_none(engine: ScriptedEngine, tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    for note in ({"evidence_tokens": "many"}, [], 3):
        ModelNotes(place.root / "policies.json", engine).write("tuned", lambda _, note=note: note)  # type: ignore[misc]
        assert policy_of_model(place, engine, "tuned") is None


def test_what_was_asked_for_here_and_now_comes_before_the_policy(
    index: Index, engine: ScriptedEngine, tmp_path: Path
) -> None:
    place = Workspace(tmp_path)
    _of_ask(SHORT, index, engine, place)
    settings = Settings().with_("answer", evidence_tokens=500)
    session = Session(place, settings, engine, engine.show("tuned"), index, given=frozenset({"evidence_tokens"}))
    asked = session.assistant().settings
    assert (asked.evidence_tokens, asked.num_predict) == (500, SHORT.num_predict)


def test_other_models_are_asked_by_the_settings(index: Index, engine: ScriptedEngine, tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    _of_ask(SHORT, index, engine, place)
    session = Session(place, Settings(), engine, engine.show("plain"), index)
    assert session.assistant().settings == Settings().answer
    assert session.assistant("tuned").settings.evidence_tokens == SHORT.evidence_tokens


def test_a_damaged_policy_is_one_line_with_its_repair(tmp_path: Path) -> None:
    path = tmp_path / "prompt.json"
    assert read_policy(path) is None
    path.write_text('{"evidence_tokens": "many", "num_predict": 3}')
    with pytest.raises(WorkspaceError, match=r"prompt\.json is damaged: ") as raised:
        read_policy(path)
    assert "\n" not in str(raised.value)


def test_rows_from_elsewhere_tell_of_no_policy(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("")
    for request in ({}, {"request": {"settings": {}}}, {"request": "imported"}):
        write_json(tmp_path / "dataset.json", request)
        assert policy_of(tmp_path) is None
