"""Generation on a real index with a scripted model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ragft.answer.prompts.form import REFUSAL
from ragft.answer.prompts.policy import RANKING
from ragft.answer.prompts.prompt import SYSTEM
from ragft.answer.written.citation_keys import parse_keys
from ragft.dataset.base import GenerateReport, Row
from ragft.dataset.generation_request import GenerationRequest
from ragft.dataset.inspect import validate
from ragft.dataset.prompt_policy import policy_of
from ragft.dataset.store import HELD_OUT, REJECTED, TRAIN, read_lines, read_rows, save_dataset
from ragft.engine.base import ChatRequest
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import DatasetError, GenerationError, NotFoundError, UsageError
from ragft.index.index import Index
from ragft.setting_sections import AnswerSettings, GenerateSettings
from ragft.tasks.papers.generate import generate
from ragft.tasks.papers.row_check import check_row
from ragft.workspace import Workspace
from tests.tasks.papers.conftest import write_question

SETTINGS = GenerateSettings(recipe="claims", count=10, held_out=0.2, distractors=1)


def make(
    index: Index, engine: ScriptedEngine, folder: Path, *, restart: bool = False, **changes: object
) -> GenerateReport:
    settings = GenerateSettings.model_validate({**SETTINGS.model_dump(), **changes})
    request = GenerationRequest(engine, "scripted", settings, AnswerSettings(), avoid=())
    return generate(index, request, folder, restart=restart)


@pytest.fixture(scope="module")
def made(index: Index, tmp_path_factory: pytest.TempPathFactory) -> tuple[GenerateReport, Path]:
    folder = tmp_path_factory.mktemp("made") / "set"
    return make(index, ScriptedEngine(write_question), folder), folder


def test_every_kind_is_made(made: tuple[GenerateReport, Path]) -> None:
    report, _ = made
    assert report.kept["grounded"] + report.kept["synthesis"] + report.kept["refusal"] == 10
    assert min(report.kept.values()) >= 1


def test_nothing_that_validates_is_wrong(made: tuple[GenerateReport, Path]) -> None:
    assert validate(made[1], checks=[check_row]) == []


def test_no_document_is_on_both_sides(made: tuple[GenerateReport, Path]) -> None:
    sides = [{d for row in read_rows(made[1] / name) for d in row.document_ids} for name in (TRAIN, HELD_OUT)]
    assert sides[0]
    assert sides[1]
    assert not sides[0] & sides[1]


def test_an_answer_stands_in_the_source_it_cites(made: tuple[GenerateReport, Path], index: Index) -> None:
    rows = [row for row in read_rows(made[1] / TRAIN) if row.kind in ("grounded", "synthesis")]
    assert rows
    for row in rows:
        answer = row.completion[0]["content"]
        for group in parse_keys(answer):
            (key,) = group.keys
            source = index.chunk(row.chunk_ids[int(key) - 1])
            sentence = answer[: group.start].rpartition("]. ")[2].strip()
            assert sentence in " ".join(source.text.split())
            assert source.id in row.oracle_ids


def test_the_prompt_is_that_of_ask(made: tuple[GenerateReport, Path]) -> None:
    for row in read_rows(made[1] / TRAIN):
        if row.kind != "replay":
            assert row.prompt[0] == {"role": "system", "content": SYSTEM}
            assert row.prompt[1]["content"].startswith("Sources:\n[1] ")


def test_the_policy_of_the_prompts_is_stored_with_the_rows(made: tuple[GenerateReport, Path]) -> None:
    policy = policy_of(made[1])
    assert policy is not None and policy.ranking == RANKING


def test_a_refusal_shows_no_source_that_answers(made: tuple[GenerateReport, Path], index: Index) -> None:
    rows = [row for name in (TRAIN, HELD_OUT) for row in read_rows(made[1] / name)]
    answers = {row.prompt[1]["content"].rpartition("Question: ")[2]: row.oracle_ids for row in rows if row.oracle_ids}
    refusals = [row for row in rows if row.kind == "refusal"]
    assert refusals
    for row in refusals:
        assert row.completion[0]["content"] == REFUSAL
        question = row.prompt[1]["content"].rpartition("Question: ")[2]
        assert not set(answers.get(question, ())) & set(row.chunk_ids)


def test_a_synthesis_cites_two_papers(made: tuple[GenerateReport, Path], index: Index) -> None:
    rows = [row for row in read_rows(made[1] / TRAIN) if row.kind == "synthesis"]
    assert rows
    for row in rows:
        assert len({index.chunk(i).document_id for i in row.oracle_ids}) == 2
        assert len(parse_keys(row.completion[0]["content"])) == 2


def test_replay_is_its_share_of_tokens(made: tuple[GenerateReport, Path]) -> None:
    engine = ScriptedEngine()
    rows = read_rows(made[1] / TRAIN)
    tokens = {
        row.id: sum(len(engine.tokenize("", m["content"])) + 6 for m in (*row.prompt, *row.completion)) for row in rows
    }
    share = sum(tokens[row.id] for row in rows if row.kind == "replay") / sum(tokens.values())
    assert 0.1 < share <= 0.15


def test_the_same_seed_gives_the_same_bytes(made: tuple[GenerateReport, Path], index: Index, folder: Path) -> None:
    make(index, ScriptedEngine(write_question), folder)
    for name in (TRAIN, HELD_OUT, REJECTED):
        assert (folder / name).read_bytes() == (made[1] / name).read_bytes()


def test_several_slots_give_the_same_bytes(made: tuple[GenerateReport, Path], index: Index, folder: Path) -> None:
    engine = ScriptedEngine(write_question)
    engine.slots = 4
    make(index, engine, folder)
    assert (folder / TRAIN).read_bytes() == (made[1] / TRAIN).read_bytes()


def test_another_seed_gives_other_rows(made: tuple[GenerateReport, Path], index: Index, folder: Path) -> None:
    make(index, ScriptedEngine(write_question), folder, seed=1)
    assert (folder / TRAIN).read_bytes() != (made[1] / TRAIN).read_bytes()


def test_a_finished_set_asks_nothing(made: tuple[GenerateReport, Path], index: Index) -> None:
    engine = ScriptedEngine(write_question)
    assert make(index, engine, made[1]).kept == made[0].kept
    assert engine.requests == []


def test_after_the_engine_died_it_goes_on_and_asks_nothing_twice(
    made: tuple[GenerateReport, Path], index: Index, folder: Path
) -> None:
    asked = []

    def dying(request: ChatRequest) -> str:
        asked.append(request)
        if len(asked) == 9:
            raise GenerationError("gone")
        return write_question(request)

    engine = ScriptedEngine(dying)
    with pytest.raises(GenerationError):
        make(index, engine, folder)
    assert not (folder / TRAIN).exists()
    make(index, engine, folder)
    assert (folder / TRAIN).read_bytes() == (made[1] / TRAIN).read_bytes()
    assert len(asked) == len(set(map(repr, asked))) + 1  # only the request that failed came again


def test_an_evaluation_question_is_kept_out(made: tuple[GenerateReport, Path], index: Index, folder: Path) -> None:
    questions = [
        row.prompt[1]["content"].rpartition("Question: ")[2]
        for row in read_rows(made[1] / TRAIN)
        if row.kind == "grounded"
    ]
    engine = ScriptedEngine(write_question)
    request = GenerationRequest(engine, "scripted", SETTINGS, AnswerSettings(), avoid=questions[:2])
    report = generate(index, request, folder)
    assert report.rejected["benchmark_overlap"] >= 2
    prompts = "\n".join(row.prompt[-1]["content"] for row in read_rows(folder / TRAIN))
    assert not any(question in prompts for question in questions[:2])


def test_rejections_are_kept_with_their_reason(index: Index, folder: Path) -> None:
    engine = ScriptedEngine(lambda r: "no" if len(engine.requests) % 2 else write_question(r))
    report = make(index, engine, folder)
    rejected = [value for _, value in read_lines(folder / REJECTED)]
    assert report.rejected["no_json"] == sum(value["reason"] == "no_json" for value in rejected) > 0
    assert all(value["claim"] and value["document_id"] for value in rejected)


def test_a_bad_ending_is_cut_off_the_question(made: tuple[GenerateReport, Path], index: Index, folder: Path) -> None:
    def careless(request: ChatRequest) -> str:
        return write_question(request).replace("?", " in the paper that was mentioned?")

    make(index, ScriptedEngine(careless), folder)
    prompts = [[row.prompt for row in read_rows(where / TRAIN) if row.kind != "replay"] for where in (folder, made[1])]
    assert prompts[0] == prompts[1]


def test_rows_are_checked_by_the_model_that_ask_checks_by(index: Index, folder: Path, engine: ScriptedEngine) -> None:
    answer = AnswerSettings(nli_model=str(folder / "missing"))
    with pytest.raises(NotFoundError, match="no model in"):
        generate(index, GenerationRequest(engine, "scripted", SETTINGS, answer, avoid=()), folder)


def test_a_model_that_writes_no_json_gives_an_error_not_a_set(index: Index, folder: Path) -> None:
    with pytest.raises(DatasetError, match="no_json"):
        make(index, ScriptedEngine(lambda r: "I would rather not."), folder)
    assert not (folder / TRAIN).exists()


def test_an_unknown_kind_in_the_mix_is_refused(index: Index, folder: Path, engine: ScriptedEngine) -> None:
    with pytest.raises(UsageError, match="poems"):
        make(index, engine, folder, mix={"poems": 1.0})


def test_only_what_the_mix_names_is_made(index: Index, folder: Path, engine: ScriptedEngine) -> None:
    assert make(index, engine, folder, mix={"grounded": 1.0}, count=4, replay=0.0).kept == {"grounded": 4}


@pytest.mark.slow
def test_killed_it_ends_with_the_same_bytes(made: tuple[GenerateReport, Path], index: Index, folder: Path) -> None:
    code = f"""
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parents[3])!r})
from ragft.dataset.generation_request import GenerationRequest
from ragft.setting_sections import AnswerSettings, GenerateSettings, IndexSettings
from ragft.tasks.papers.generate import generate
from ragft.engine.scripted import ScriptedEngine
from ragft.index.index import open_index
from ragft.workspace import Workspace
from tests.tasks.papers.conftest import write_question
asked = []
def fatal(request):
    asked.append(request)
    if len(asked) == 12:
        os.kill(os.getpid(), signal.SIGKILL)
    return write_question(request)
with open_index(Workspace(Path(sys.argv[1])), IndexSettings()) as index:
    settings = GenerateSettings.model_validate_json(sys.argv[2])
    request = GenerationRequest(ScriptedEngine(fatal), "scripted", settings, AnswerSettings(), avoid=())
    generate(index, request, Path(sys.argv[3]))
"""
    root = index._workspace.root
    command = [sys.executable, "-c", code, str(root), SETTINGS.model_dump_json(), str(folder)]
    child = subprocess.run(command, capture_output=True, env={**os.environ}, check=False)
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    assert len((folder / "replies.jsonl").read_bytes().splitlines()) == 11
    engine = ScriptedEngine(write_question)
    make(index, engine, folder)
    assert (folder / TRAIN).read_bytes() == (made[1] / TRAIN).read_bytes()
    assert json.loads((folder / "dataset.json").read_text())["kept"] == dict(made[0].kept)


@pytest.mark.parametrize("name", [TRAIN, HELD_OUT])
def test_a_changed_file_is_made_again_from_the_kept_replies(index: Index, tmp_path: Path, name: str) -> None:
    make(index, ScriptedEngine(write_question), tmp_path / "set", count=4)
    file = tmp_path / "set" / name
    before = file.read_bytes()
    file.write_bytes(before[: len(before) // 2])
    asked: list[ChatRequest] = []

    def never(request: ChatRequest) -> str:
        asked.append(request)
        return ""

    make(index, ScriptedEngine(never), tmp_path / "set", count=4)
    assert file.read_bytes() == before
    assert not asked


def test_restart_asks_everything_anew(index: Index, tmp_path: Path) -> None:
    make(index, ScriptedEngine(write_question), tmp_path / "set", count=4)
    asked: list[ChatRequest] = []

    def count(request: ChatRequest) -> str:
        asked.append(request)
        return write_question(request)

    settings = GenerateSettings.model_validate({**SETTINGS.model_dump(), "count": 4})
    folder = tmp_path / "set"
    request = GenerationRequest(ScriptedEngine(count), "scripted", settings, AnswerSettings(), avoid=())
    generate(index, request, folder, restart=True)
    assert asked


@pytest.mark.parametrize("restart", [False, True])
def test_a_set_from_elsewhere_is_not_written_over(
    index: Index, tmp_path: Path, engine: ScriptedEngine, restart: bool
) -> None:
    workspace = Workspace(tmp_path)
    row = Row(({"role": "user", "content": "Hi"},), ({"role": "assistant", "content": "Ho"},), "grounded")
    folder = save_dataset(workspace, "mine", [row], [])
    before = (folder / TRAIN).read_bytes()
    if restart:
        make(index, engine, folder, restart=True, count=4)
        assert (folder / TRAIN).read_bytes() != before
        return
    with pytest.raises(UsageError, match=r"mine.*name=ANOTHER"):
        make(index, engine, folder)
    assert (folder / TRAIN).read_bytes() == before


def test_a_set_of_another_task_is_not_written_over(index: Index, tmp_path: Path, engine: ScriptedEngine) -> None:
    row = Row(({"role": "user", "content": "Hi"},), ({"role": "assistant", "content": "Ho"},), "fact")
    folder = save_dataset(Workspace(tmp_path), "mine", [row], [], request={"task": "knowledge"})
    (folder / "replies.jsonl").write_text("")
    before = (folder / TRAIN).read_bytes()
    with pytest.raises(UsageError, match="was not made by generate"):
        make(index, engine, folder)
    assert (folder / TRAIN).read_bytes() == before
