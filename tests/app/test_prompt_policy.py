"""One prompt policy: changed in one place, training rows, `ask` and the benchmark all follow it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from ragft.answer.prompts.budget import TokenCounter
from ragft.answer.prompts.policy import PromptPolicy, read_policy
from ragft.answer.session import Session
from ragft.app.comparing import _as_run
from ragft.benchmark.base import Arm, Question
from ragft.benchmark.bench import Bench
from ragft.config import AnswerSettings, GenerateSettings, IndexSettings, Settings
from ragft.dataset.policy import policy_of
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import WorkspaceError
from ragft.index.store import Index, open_index
from ragft.run_folder import RunFolder
from ragft.tasks.papers.recipe.compose import Composer
from ragft.workspace import Workspace, write_json
from tests.app.papers import ANSWER, QUESTION

LONG = PromptPolicy(evidence_tokens=600, num_predict=100)
SHORT = PromptPolicy(evidence_tokens=64, num_predict=40)


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
    composer = Composer(index, TokenCounter(engine, "tuned"), generate, answer, documents, generator="g")
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
    settings = _as_run(Settings(), place.runs / "one").answer
    Bench(engine, index, settings).answer(Arm("tuned", "tuned"), Question("q", QUESTION))
    return _sources(engine.requests[-1].messages[-1].content)


def test_rows_ask_and_benchmark_follow_one_policy(index: Index, engine: ScriptedEngine, tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    seen = []
    for policy in (LONG, SHORT):
        rows = _of_rows(policy, index, engine)
        assert rows == _of_ask(policy, index, engine, place) == _of_benchmark(index, engine, place)
        seen.append(sum(map(len, rows)))
    assert seen[0] > seen[1] > 0


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
