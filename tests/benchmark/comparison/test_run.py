"""A whole benchmark: a scripted engine, a library in memory, everything else real."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ragft.benchmark.base import Arm, BenchmarkReport, RunOrigin
from ragft.benchmark.suites.base import suites_called
from ragft.engine.base import ChatChunk, ChatRequest, ModelSpec, TokenLogprob
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import (
    ComparisonError,
    DatasetError,
    GenerationError,
    ModelNotFound,
    NotFoundError,
    UsageError,
    WorkspaceError,
    WorkspaceLocked,
)
from ragft.setting_sections import AnswerSettings, BenchmarkSettings
from ragft.tasks import SUITES, TASKS
from tests.benchmark.run_plan import run_plan
from tests.benchmark.shelf_questions import BREAD, QLORA, RAG, RIGHT

QUESTIONS = [{**QLORA, "pages": [1]}, {**RAG, "pages": [1]}, BREAD]
ARMS = [Arm("base", "small-base"), Arm("tuned", "small")]
ROOT = Path(__file__).parents[3]


def reply(request: ChatRequest) -> str:
    question = request.messages[-1].content.rpartition("Question:")[2]
    return next((text for word, text in RIGHT.items() if word in question), "I do not know.")


@pytest.fixture
def bench(tmp_path: Path, shelf: Any) -> Callable[..., BenchmarkReport]:
    """Run the benchmark in one and the same folder; keywords override."""
    questions = tmp_path / "questions.jsonl"
    questions.write_text("\n".join(map(json.dumps, QUESTIONS)), encoding="utf-8")

    def run(engine: ScriptedEngine, **changes: Any) -> BenchmarkReport:
        settings = BenchmarkSettings(
            **{"questions": str(questions), "suites": ("papers",), **changes.pop("settings", {})}
        )
        given = {"arms": ARMS, "index": shelf, "answer": AnswerSettings(k=3), "folder": tmp_path / "out"}
        given["suites"] = suites_called(settings.suites, SUITES)
        return run_plan(engine=engine, settings=settings, **{**given, **changes})

    return run


def asked(engine: ScriptedEngine) -> list[tuple[str, str]]:
    return [(r.model, r.messages[-1].content.rpartition("Question:")[2].split()[-1]) for r in engine.requests]


def test_right_answers_score_as_counted_by_hand(bench: Callable[..., BenchmarkReport]) -> None:
    report = bench(ScriptedEngine(reply))
    base = report.arms["base"]
    assert base["keyword_coverage"] == 1.0
    assert base["source_hit_rate"] == 1.0
    assert base["mrr"] == 1.0
    assert base["groundedness"] == 1.0
    assert base["citation_precision"] == 1.0
    assert base["degenerate_rate"] == 0.0
    assert base["semantic_similarity"] > 0.5
    assert report.verdict == "undecided"
    assert len(report.rows) == 6


def test_a_worse_arm_has_lower_scores_and_equal_controls(bench: Callable[..., BenchmarkReport]) -> None:
    def weak(request: ChatRequest) -> str:
        return reply(request) if request.model == "small-base" else "The documents do not answer this question."

    report = bench(ScriptedEngine(weak))
    change = {d.metric: d.change for d in report.differences}
    assert change["keyword_coverage"] == -1.0
    assert change["substantive_rate"] == -1.0
    assert change["source_hit_rate"] == 0.0
    assert change["mrr"] == 0.0
    assert report.arms["tuned"]["refusal_rate"] == 1.0


def test_retrieval_is_done_once_a_question(bench: Callable[..., BenchmarkReport], shelf: Any) -> None:
    bench(ScriptedEngine(reply))
    assert shelf.searches == len(QUESTIONS)


def test_arms_take_turns_and_the_order_turns_round(bench: Callable[..., BenchmarkReport], tmp_path: Path) -> None:
    engine = ScriptedEngine(reply)
    bench(engine)
    models = [model for model, _ in asked(engine)]
    assert models == ["small-base", "small", "small", "small-base", "small-base", "small"]
    other = ScriptedEngine(reply)
    bench(other, settings={"seed": 1}, folder=tmp_path / "other")
    assert [model for model, _ in asked(other)][:2] == ["small", "small-base"]


def test_every_request_carries_the_same_options(bench: Callable[..., BenchmarkReport]) -> None:
    engine = ScriptedEngine(reply)
    bench(engine)
    assert len({r.options for r in engine.requests}) == 1
    by_model = {m: [r.messages for r in engine.requests if r.model == m] for m in ("small", "small-base")}
    assert sorted(map(str, by_model["small"])) == sorted(map(str, by_model["small-base"]))


def test_nothing_is_asked_twice(bench: Callable[..., BenchmarkReport]) -> None:
    first = bench(ScriptedEngine(reply))
    again = ScriptedEngine(reply)
    second = bench(again)
    assert again.requests == []
    assert second.arms == first.arms


def test_an_engine_that_dies_loses_nothing(bench: Callable[..., BenchmarkReport]) -> None:
    dying = ScriptedEngine([RIGHT["QLoRA"], RIGHT["QLoRA"], RIGHT["retrieval"], GenerationError("died")])
    with pytest.raises(GenerationError):
        bench(dying)
    rest = ScriptedEngine(reply)
    report = bench(rest)
    assert len(rest.requests) == 3
    assert len(report.rows) == 6


@pytest.mark.parametrize("change", [{"answer": AnswerSettings(k=3, seed=5)}, {"answer": AnswerSettings(k=2)}])
def test_other_settings_are_asked_anew(bench: Callable[..., BenchmarkReport], change: dict[str, Any]) -> None:
    bench(ScriptedEngine(reply))
    again = ScriptedEngine(reply)
    bench(again, **change)
    assert len(again.requests) == 6


def test_a_model_of_the_same_name_with_other_weights_is_asked_anew(
    bench: Callable[..., BenchmarkReport], tmp_path: Path
) -> None:
    bench(ScriptedEngine(reply))
    again = ScriptedEngine(reply)
    (tmp_path / "other.gguf").write_bytes(b"other weights")
    again.create(ModelSpec("small", gguf=tmp_path / "other.gguf"))
    bench(again, unequal=True)
    assert {r.model for r in again.requests} == {"small"}


def test_only_and_limit(bench: Callable[..., BenchmarkReport]) -> None:
    engine = ScriptedEngine(reply)
    assert {r.question_id for r in bench(engine, only=["rag"]).rows} == {"rag"}
    assert len(engine.requests) == 2
    assert {r.question_id for r in bench(engine, settings={"limit": 2}).rows} == {"qlora", "rag"}
    assert len(engine.requests) == 4


def test_the_conditions(bench: Callable[..., BenchmarkReport]) -> None:
    engine = ScriptedEngine(reply)
    arms = [Arm("closed", "m", "closed_book"), Arm("given", "m", "evidence"), Arm("found", "m", "retrieval")]
    report = bench(engine, arms=arms, only=["qlora"])
    closed, given, found = (r.messages[-1].content for r in engine.requests)
    assert closed == QUESTIONS[0]["question"]
    assert "finetunes a 65B" in given and "Double quantization" not in given and "Wikipedia" not in given
    assert "finetunes a 65B" in found and "Wikipedia" in found
    assert "mrr" not in report.arms["closed"]
    assert report.arms["closed"]["keyword_coverage"] == 1.0
    assert set(report.verdicts) == {"given", "found"}


def test_one_arm_alone_gets_its_table(bench: Callable[..., BenchmarkReport]) -> None:
    report = bench(ScriptedEngine(reply), arms=ARMS[:1])
    assert report.arms["base"]["keyword_coverage"] == 1.0
    assert report.differences == []
    assert report.verdict == "undecided"


def test_unequal_arms_are_refused_unless_marked(bench: Callable[..., BenchmarkReport], tmp_path: Path) -> None:
    engine = ScriptedEngine(reply)
    (tmp_path / "m.gguf").write_bytes(b"x")
    engine.create(ModelSpec("small", gguf=tmp_path / "m.gguf", details={"quantization": "q8_0"}))
    with pytest.raises(ComparisonError, match="quantisation is none for base, q8_0 for tuned"):
        bench(engine)
    assert engine.requests == []
    report = bench(engine, unequal=True)
    assert any("quantisation" in warning for warning in report.warnings)


def test_what_the_engine_does_not_know_of_the_models_is_not_called_equal(
    bench: Callable[..., BenchmarkReport], tmp_path: Path
) -> None:
    engine = ScriptedEngine(reply)
    (tmp_path / "m.gguf").write_bytes(b"x")
    known = {"quantization": "q8_0", "template_digest": "sha256:t"}
    for arm in ARMS:
        engine.create(ModelSpec(arm.model, gguf=tmp_path / "m.gguf", details=known))
    report = bench(engine)
    (line,) = [warning for warning in report.warnings if "not compared" in warning]
    assert "converter" in line
    assert "quantisation" not in line
    assert report.settings["unchecked"] == [line]


def test_every_stored_parameter_must_be_equal(bench: Callable[..., BenchmarkReport], tmp_path: Path) -> None:
    engine, gguf = ScriptedEngine(reply), tmp_path / "m.gguf"
    gguf.write_bytes(b"weights")
    engine.create(ModelSpec("small", gguf=gguf, parameters={"mirostat": 2}))
    engine.create(ModelSpec("small-base", gguf=gguf))
    with pytest.raises(ComparisonError, match="stored mirostat is not set for base, 2 for tuned"):
        bench(engine)


def test_an_unknown_model_is_reported_before_anything_is_asked(bench: Callable[..., BenchmarkReport]) -> None:
    engine = ScriptedEngine(reply, models=["small"])
    with pytest.raises(ModelNotFound):
        bench(engine)
    assert engine.requests == []


def test_unknown_suites_and_double_roles_are_usage_errors(bench: Callable[..., BenchmarkReport]) -> None:
    with pytest.raises(UsageError, match="papers"):
        bench(ScriptedEngine(reply), settings={"suites": ["nonsense"]})
    with pytest.raises(UsageError, match="name of its own"):
        bench(ScriptedEngine(reply), arms=[ARMS[0], ARMS[0]])


def test_questions_about_documents_that_are_not_there_are_left_out(
    bench: Callable[..., BenchmarkReport], tmp_path: Path
) -> None:
    path = tmp_path / "other.jsonl"
    gone = {**QUESTIONS[0], "id": "gone", "question": "Where is it?", "documents": ["gone.pdf"]}
    path.write_text("\n".join(map(json.dumps, (*QUESTIONS, gone))), encoding="utf-8")
    engine = ScriptedEngine(reply)
    report = bench(engine, settings={"questions": str(path)})
    assert report.warnings[0] == "1 question is left out: the index lacks what they are about (gone.pdf)"
    assert {row.question_id for row in report.rows} == {"qlora", "rag", "bread"}


def test_questions_that_the_documents_cannot_answer_get_no_verdict(
    bench: Callable[..., BenchmarkReport], tmp_path: Path
) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text(json.dumps({**QUESTIONS[0], "documents": ["gone.pdf"]}), encoding="utf-8")
    engine = ScriptedEngine(reply)
    with pytest.raises(UsageError, match="none of the 1 questions of papers is about a document of this index") as no:
        bench(engine, settings={"questions": str(path)})
    assert "build-model makes them" in str(no.value.fix)
    assert not engine.requests
    without = [Arm("base", "small-base", "closed_book"), Arm("tuned", "small", "closed_book")]
    assert bench(engine, arms=without, settings={"questions": str(path)}).arms


def test_a_damaged_answer_file_names_its_line(bench: Callable[..., BenchmarkReport], tmp_path: Path) -> None:
    bench(ScriptedEngine(reply))
    path = tmp_path / "out" / "answers.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], "rubbish", *lines[2:]]) + "\n")
    with pytest.raises(DatasetError, match="line 2") as raised:
        bench(ScriptedEngine(reply))
    assert raised.value.fix is not None and str(path) in raised.value.fix


@pytest.mark.parametrize(
    "change",
    [
        {"answer": None},
        {"seconds": "x"},
        {"answer": {}},
        {"cost": 1},
        {"values": []},
        {"values": {"tokens": None}},
        {"key": []},
    ],
)
def test_a_stored_answer_of_another_shape_names_its_line(
    bench: Callable[..., BenchmarkReport], tmp_path: Path, change: dict[str, object]
) -> None:
    bench(ScriptedEngine(reply))
    path = tmp_path / "out" / "answers.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], json.dumps(json.loads(lines[1]) | change), *lines[2:]]) + "\n")
    with pytest.raises(DatasetError, match="line 2") as raised:
        bench(ScriptedEngine(reply))
    assert raised.value.fix is not None and str(path) in raised.value.fix


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any file")
def test_a_torn_file_that_cannot_be_repaired_is_reported(bench: Callable[..., BenchmarkReport], tmp_path: Path) -> None:
    bench(ScriptedEngine(reply))
    path = tmp_path / "out" / "answers.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    path.chmod(0o400)
    with pytest.raises(WorkspaceError, match=r"answers\.jsonl"):
        bench(ScriptedEngine(reply))


def test_a_lone_surrogate_in_an_answer_is_replaced(bench: Callable[..., BenchmarkReport], tmp_path: Path) -> None:
    report = bench(ScriptedEngine(lambda _: "Twelve hours \ud83d [1]."), arms=[Arm("a", "small", "closed_book")])
    assert {row.recorded.answer.answer for row in report.rows} == {"Twelve hours \ufffd [1]."}
    bench(ScriptedEngine(lambda _: "Twelve hours \ud83d [1]."), arms=[Arm("a", "small")], folder=tmp_path / "found")


def test_half_a_last_line_is_dropped_and_asked_again(bench: Callable[..., BenchmarkReport], tmp_path: Path) -> None:
    bench(ScriptedEngine(reply))
    path = tmp_path / "out" / "answers.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    again = ScriptedEngine(reply)
    assert len(bench(again).rows) == 6
    assert len(again.requests) == 1
    assert all(json.loads(line) for line in path.read_text().splitlines())


def test_a_folder_in_use_is_left_alone(bench: Callable[..., BenchmarkReport], tmp_path: Path) -> None:
    from filelock import FileLock

    (tmp_path / "out").mkdir()
    with FileLock(tmp_path / "out" / "benchmark.lock"), pytest.raises(WorkspaceLocked):
        bench(ScriptedEngine(reply))


def test_the_files_agree_with_the_report(bench: Callable[..., BenchmarkReport], tmp_path: Path) -> None:
    report = bench(ScriptedEngine(reply), origin=RunOrigin("<svg id='curve'></svg>"))
    data = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert data["arms"] == report.arms
    assert data["settings"]["arms"][0]["model"] == "small-base"
    assert data["settings"]["environment"]["engine"] == "scripted"
    assert [row["id"] for row in data["per_question"]] == ["qlora", "rag", "bread"]
    rows = [json.loads(line) for line in (tmp_path / "out" / "rows.jsonl").read_text().splitlines()]
    assert [(r["arm"], r["question_id"]) for r in rows][:2] == [("base", "qlora"), ("tuned", "qlora")]
    assert "<svg id='curve'>" in (tmp_path / "out" / "report.html").read_text()


def test_progress_counts_up_to_the_end(bench: Callable[..., BenchmarkReport]) -> None:
    seen: list[tuple[str, int, int]] = []
    bench(ScriptedEngine(reply), progress=lambda *step: seen.append(step))
    assert [done for label, done, _ in seen if label == "benchmark papers"] == [1, 2, 3, 4, 5, 6]


def test_killed_without_warning_it_goes_on_where_it_was(tmp_path: Path) -> None:
    """SIGKILL inside the fourth answer: the second process asks for the three that are missing and no other."""
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, QUESTIONS)), encoding="utf-8")
    program = textwrap.dedent(
        """
        import json, os, signal, sys
        from pathlib import Path
        here = Path(sys.argv[1])
        from tests.benchmark.comparison.test_run import ARMS, reply
        from tests.benchmark.conftest import Shelf
        from tests.benchmark.run_plan import run_plan
        from ragft.setting_sections import AnswerSettings, BenchmarkSettings
        from ragft.engine.scripted import ScriptedEngine
        from ragft.tasks.papers.suites.papers import Papers

        def answer(request):
            with (here / "asked.txt").open("a") as log:
                log.write(request.model + "\\n")
            if sys.argv[2] == "die" and len((here / "asked.txt").read_text().splitlines()) == 4:
                os.kill(os.getpid(), signal.SIGKILL)
            return reply(request)

        report = run_plan(
            arms=ARMS, engine=ScriptedEngine(answer), index=Shelf(), answer=AnswerSettings(k=3),
            settings=BenchmarkSettings(questions=str(here / "questions.jsonl"), suites=("papers",)),
            folder=here / "out", suites=[Papers()],
        )
        print(json.dumps(report.arms["tuned"]["keyword_coverage"]))
        """
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    killed = subprocess.run([*command, "die"], capture_output=True, env=environment, check=False, cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    finished = subprocess.run([*command, "live"], capture_output=True, env=environment, check=True, text=True, cwd=ROOT)
    assert json.loads(finished.stdout) == 1.0
    # Six answers are due; the fourth was asked twice, since it was never given.
    assert len((tmp_path / "asked.txt").read_text().splitlines()) == 7


def test_a_name_in_only_need_be_known_to_one_suite(bench: Callable[..., BenchmarkReport]) -> None:
    report = bench(ScriptedEngine(reply), settings={"suites": ["papers", "general"]}, only=["qlora"])
    assert {(row.suite, row.question_id) for row in report.rows} == {("papers", "qlora"), ("general", "qlora")}
    report = bench(ScriptedEngine(reply), settings={"suites": ["papers", "degeneration"]}, only=["everyday"])
    assert {row.suite for row in report.rows} == {"degeneration"}
    with pytest.raises(NotFoundError, match="nonsense"):
        bench(ScriptedEngine(reply), settings={"suites": ["papers", "degeneration"]}, only=["nonsense"])


def test_what_is_not_there_is_reported_before_anything_is_asked_or_written(
    bench: Callable[..., BenchmarkReport], tmp_path: Path
) -> None:
    engine = ScriptedEngine(reply)
    with pytest.raises(NotFoundError):
        bench(engine, only=["nonsense"])
    assert engine.requests == []
    assert not (tmp_path / "out").exists()


def test_a_limit_beyond_the_last_question_and_a_suite_named_twice_ask_each_once(
    bench: Callable[..., BenchmarkReport],
) -> None:
    engine = ScriptedEngine(reply)
    report = bench(engine, settings={"limit": 999, "suites": ["papers", "papers"]}, judge="judge")
    assert [(row.question_id, row.arm) for row in report.rows] == [
        (line["id"], role) for line in QUESTIONS for role in ("base", "tuned")
    ]
    assert len(engine.requests) == 6


def test_another_seed_turns_the_order_and_asks_nothing_again(bench: Callable[..., BenchmarkReport]) -> None:
    engine = ScriptedEngine(reply)
    bench(engine, settings={"seed": 1})
    assert asked(engine)[0][0] == "small"
    bench(engine, settings={"seed": 2**32 - 1})
    assert len(engine.requests) == 6


def test_a_suite_that_the_engine_cannot_run_is_left_out_and_reported(bench: Callable[..., BenchmarkReport]) -> None:
    report = bench(ScriptedEngine(reply), settings={"suites": ["papers", "forgetting"]})
    assert {row.suite for row in report.rows} == {"papers"}
    assert any("left out: forgetting" in warning for warning in report.warnings)
    with pytest.raises(UsageError, match="log-probabilities"):
        bench(ScriptedEngine(reply), settings={"suites": ["forgetting"]})


class Likely(ScriptedEngine):
    """Tells log-probabilities, too: each token of a text is as likely to a model as `chances` says."""

    chances: Mapping[str, float] = {"small-base": 0.5, "small": 0.4}

    def logprobs(self, model: str, tokens: Sequence[int], *, top: int = 20, start: int = 0) -> list[list[TokenLogprob]]:
        following = [*self.whole[1:], 0]
        chance = self.chances[model]
        return [[TokenLogprob(following[i], "", math.log(chance))] for i in range(start, len(tokens))]

    def tokenize(self, model: str, text: str) -> list[int]:
        found = super().tokenize(model, text)
        self.whole = found
        return found


class Killed(BaseException):
    """As SIGKILL does it: nobody gets to tidy up."""


class Mortal(Likely):
    """Dies in its n-th call, whatever it is asked for."""

    def __init__(self, dies_in: int = 0) -> None:
        super().__init__(reply)
        self.calls = 0
        self.dies_in = dies_in

    def chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        self._live()
        return super().chat(request)

    def logprobs(self, model: str, tokens: Sequence[int], *, top: int = 20, start: int = 0) -> list[list[TokenLogprob]]:
        self._live()
        return super().logprobs(model, tokens, top=top, start=start)

    def _live(self) -> None:
        self.calls += 1
        if self.calls == self.dies_in:
            raise Killed


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", {s.kind: name for name, s in TASKS["papers"].suites.items() if name != "retrieval"}.values()
)
def test_every_kind_of_suite_goes_on_from_wherever_it_died(
    bench: Callable[..., BenchmarkReport], tmp_path: Path, name: str
) -> None:
    settings = {"suites": [name], "limit": 2}
    whole = Mortal()
    undisturbed = bench(whole, settings=settings, folder=tmp_path / "whole")
    for dies_in in {1, whole.calls // 2 + 1, whole.calls}:
        folder = tmp_path / f"died in {dies_in}"
        with pytest.raises(Killed):
            bench(Mortal(dies_in), settings=settings, folder=folder)
        kept = (folder / "answers.jsonl").read_bytes() if (folder / "answers.jsonl").exists() else b""
        resumed = bench(Mortal(), settings=settings, folder=folder)
        assert (folder / "answers.jsonl").read_bytes().startswith(kept)
        assert [r.recorded.answer.answer for r in resumed.rows] == [r.recorded.answer.answer for r in undisturbed.rows]
        keys = [json.loads(line)["key"] for line in (folder / "answers.jsonl").read_text().splitlines()]
        assert len(set(keys)) == len(keys), "what was answered is asked again"
        assert bench(Mortal(dies_in=1), settings=settings, folder=folder).verdict == undisturbed.verdict


def test_the_gate_sees_what_was_forgotten_and_how_far_the_model_moved(bench: Callable[..., BenchmarkReport]) -> None:
    report = bench(Likely(reply), settings={"suites": ["papers", "forgetting"]})
    base, tuned = report.arms["base"], report.arms["tuned"]
    assert base["forgetting.cross_entropy"] == pytest.approx(-math.log(0.5))
    assert tuned["forgetting.cross_entropy"] == pytest.approx(-math.log(0.4))
    assert base["forgetting.divergence"] == 0.0
    assert tuned["forgetting.divergence"] == pytest.approx(0.5 * math.log(0.5 / 0.4) + 0.5 * math.log(0.5 / 0.6))
    assert report.verdict == "worse"
    assert "It forgot" in report.reason


def test_the_default_suites_let_the_gate_see_forgetting_and_broken_answers() -> None:
    assert set(TASKS["papers"].judged_by) >= {"papers", "forgetting", "degeneration"}


def test_where_the_time_went_is_reported(bench: Callable[..., BenchmarkReport]) -> None:
    time = bench(ScriptedEngine(reply)).settings["time"]
    assert 0 < time["scoring_seconds"] < time["wall_seconds"]
    assert time["engine_seconds"] <= time["wall_seconds"]


def test_the_protocol_is_written_before_the_first_answer_and_a_later_change_is_reported(
    bench: Callable[..., BenchmarkReport], tmp_path: Path
) -> None:
    with pytest.raises(GenerationError):
        bench(ScriptedEngine([GenerationError("it died")]))
    registered = json.loads((tmp_path / "out" / "protocol.json").read_text(encoding="utf-8"))
    report = bench(ScriptedEngine(reply))
    assert report.settings["protocol"]["digest"] == registered["digest"]
    assert not any("protocol" in warning for warning in report.warnings)
    shorter = bench(ScriptedEngine(reply), settings={"limit": 2})
    assert registered["digest"] in next(w for w in shorter.warnings if "protocol was changed" in w)
    assert "changed afterwards" in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
