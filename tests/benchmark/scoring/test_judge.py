"""A model as judge, over a scripted engine: places changed, contradictions as ties, nothing judged twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ragft.answer.base import Answer
from ragft.benchmark.base import Arm, BenchmarkQuestion, BenchmarkReport, Recorded, ScoredRow
from ragft.benchmark.report.saved import load_report
from ragft.benchmark.scoring.judge import SCHEMA, Judge, agreements, cohen_kappa, read_choice
from ragft.benchmark.suites.base import suites_called
from ragft.engine.base import ChatRequest
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import GenerationError, ModelNotFound, UsageError
from ragft.setting_sections import AnswerSettings, BenchmarkSettings
from ragft.tasks import SUITES
from ragft.tasks.papers.suites.papers import Papers
from tests.benchmark.run_plan import run_plan
from tests.benchmark.shelf_questions import BREAD, QLORA, RIGHT

ARMS = [Arm("base", "small-base"), Arm("tuned", "small")]
ASK = BenchmarkQuestion("q", "Why?", reference="Because.")


def shown(request: ChatRequest) -> tuple[str, str]:
    """The two answers that a judge was shown."""
    text = request.messages[-1].content
    first, _, second = text.partition("Answer A:\n")[2].partition("\n\nAnswer B:\n")
    return first, second.partition("\n\nWhich answer")[0]


def longer(request: ChatRequest) -> str:
    """A judge with an opinion: the longer answer is better, wherever it stands."""
    first, second = shown(request)
    return json.dumps({"better": "A" if len(first) > len(second) else "B" if len(second) > len(first) else "tie"})


def answers(request: ChatRequest) -> str:
    """`small` knows less than `small-base`; `judge` prefers the longer answer."""
    if request.model == "judge":
        return longer(request)
    question = request.messages[-1].content.rpartition("Question:")[2]
    good = next(text for word, text in RIGHT.items() if word in question)
    return good if request.model == "small-base" or "QLoRA" in question else "Sourdough bread rises in a room [1]."


@pytest.fixture
def judged(tmp_path: Path, shelf: Any) -> Callable[..., BenchmarkReport]:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, [QLORA, BREAD])), encoding="utf-8")

    def run(engine: ScriptedEngine, **changes: Any) -> BenchmarkReport:
        settings = BenchmarkSettings(questions=str(path), suites=changes.pop("suites", ("papers",)))
        suites = suites_called(settings.suites, SUITES)
        given = {"arms": ARMS, "answer": AnswerSettings(k=3), "folder": tmp_path / "out", "judge": "judge"}
        return run_plan(engine=engine, index=shelf, settings=settings, suites=suites, **{**given, **changes})

    return run


def judgements(engine: ScriptedEngine) -> list[ChatRequest]:
    return [request for request in engine.requests if request.model == "judge"]


def test_both_orders_are_asked_by_schema_greedily_and_with_the_seed() -> None:
    engine = ScriptedEngine(longer)
    found = Judge(engine, "judge", seed=7).judge(ASK, "short", "much longer")
    assert found == {"preference": 1.0, "swayed": 0.0, "unread": 0.0}
    assert [shown(r) for r in engine.requests] == [("short", "much longer"), ("much longer", "short")]
    assert all(r.format == SCHEMA and r.options.seed == 7 and r.options.temperature == 0 for r in engine.requests)
    assert all("Why?" in r.messages[-1].content and "Because." in r.messages[-1].content for r in engine.requests)


@pytest.mark.parametrize(
    ("there", "back", "preference", "swayed"),
    [
        ("A", "A", 0, 1),
        ("B", "B", 0, 1),
        ("A", "B", -1, 0),
        ("B", "A", 1, 0),
        ("tie", "tie", 0, 0),
        ("A", "tie", 0, 1),
        ("tie", "A", 0, 1),
        ("B", "tie", 0, 1),
    ],
)
def test_a_judge_that_contradicts_itself_sees_a_tie(there: str, back: str, preference: int, swayed: int) -> None:
    engine = ScriptedEngine([json.dumps({"better": there}), json.dumps({"better": back})])
    found = Judge(engine, "judge").judge(ASK, "one", "two")
    assert (found["preference"], found["swayed"]) == (preference, swayed)


def test_equal_answers_are_a_tie_and_are_not_shown() -> None:
    engine = ScriptedEngine([])
    assert Judge(engine, "judge").judge(ASK, "same", "same")["preference"] == 0
    assert engine.requests == []


@pytest.mark.parametrize(
    "text", ["", "C", "[]", '{"better": "C"}', '{"better": 1}', '{"best": "A"}', "{" * 5000, "null"]
)
def test_what_is_no_choice_is_not_taken_for_one(text: str) -> None:
    assert read_choice(text) is None
    # Asked for JSON, then for the next token after its beginning, and both again with the places changed.
    engine = ScriptedEngine([text, text, '{"better": "A"}'])
    found = Judge(engine, "judge").judge(ASK, "one", "two")
    assert found == {"preference": 0.0, "swayed": 0.0, "unread": 1.0}


def test_a_judge_that_writes_no_json_is_read_from_what_it_expects_to_write() -> None:
    def reply(request: ChatRequest) -> str:
        return "Well, it depends." if request.format else "A" if request.messages[-1].content.endswith(': "') else ""

    assert Judge(ScriptedEngine(reply), "judge").prefers(ASK, "one", "two") == "A"


def test_the_shares_stand_in_the_table_and_not_in_the_verdict(judged: Callable[..., BenchmarkReport]) -> None:
    engine = ScriptedEngine(answers)
    report = judged(engine)
    # QLoRA is answered alike (a tie, not shown); the bread's shorter answer loses in both orders.
    assert len(judgements(engine)) == 2
    assert report.arms["base"]["judge_preferred"] == 0.5
    assert report.arms["tuned"]["judge_preferred"] == 0.0
    assert report.arms["base"]["judge_swayed"] == 0.0
    assert all("[1]" not in text for request in judgements(engine) for text in shown(request)), "keys tell it nothing"
    preferred = next(d for d in report.differences if d.metric == "judge_preferred")
    assert (preferred.primary, preferred.change) == (False, -0.5)
    assert "judge" not in report.reason.lower()
    coverage = next(a for a in report.agreements if a.metric == "keyword_coverage")
    assert (coverage.n, coverage.share, coverage.kappa) == (2, 1.0, 1.0)


@pytest.mark.parametrize("place", ["A", "B"])
def test_a_judge_that_follows_the_place_prefers_neither(judged: Callable[..., BenchmarkReport], place: str) -> None:
    report = judged(ScriptedEngine(lambda r: json.dumps({"better": place}) if r.model == "judge" else answers(r)))
    for arm in report.arms.values():
        assert (arm["judge_preferred"], arm["judge_swayed"]) == (0.0, 0.5), "the other question was answered alike"


def test_judgements_are_kept_and_not_asked_for_again(judged: Callable[..., BenchmarkReport], tmp_path: Path) -> None:
    first = judged(ScriptedEngine(answers))
    again = ScriptedEngine(answers)
    assert judged(again).arms["base"]["judge_preferred"] == first.arms["base"]["judge_preferred"]
    assert again.requests == []
    lines = (tmp_path / "out" / "judgements.jsonl").read_text().splitlines()
    assert len(lines) == 2, "one a question"


def test_several_pairs_are_judged_at_once_and_kept_in_order(
    judged: Callable[..., BenchmarkReport], tmp_path: Path
) -> None:
    together = threading.Barrier(2)
    judged(ScriptedEngine(lambda r: longer(r) if r.model == "judge" else said(r)))
    file = tmp_path / "out" / "judgements.jsonl"
    alone = file.read_bytes()
    file.unlink()

    def meeting(request: ChatRequest) -> str:
        together.wait(30)
        return longer(request)

    engine = ScriptedEngine(lambda r: meeting(r) if r.model == "judge" else pytest.fail("answers are stored"))
    engine.slots = 2
    judged(engine)
    assert file.read_bytes() == alone


def said(request: ChatRequest) -> str:
    """Both answers of `small` are shorter."""
    text = answers(request)
    return text.replace(" on a single 48 GB GPU", "") if request.model == "small" else text


def test_a_judge_that_breaks_off_keeps_the_judgements_before(judged: Callable[..., BenchmarkReport]) -> None:
    calls = 0

    def breaking(request: ChatRequest) -> str:
        nonlocal calls
        if request.model == "judge":
            calls += 1
            if calls == 3:
                raise GenerationError("died")
            return longer(request)
        text = answers(request)
        return text.replace(" on a single 48 GB GPU", "") if request.model == "small" else text

    with pytest.raises(GenerationError):
        judged(ScriptedEngine(breaking))
    engine = ScriptedEngine(lambda r: longer(r) if r.model == "judge" else pytest.fail("answers are stored"))
    judged(engine)
    assert len(engine.requests) == 2, "the question that broke off, in both orders"


def test_another_seed_of_the_judge_is_another_judgement(judged: Callable[..., BenchmarkReport]) -> None:
    engine = ScriptedEngine([])
    keys = {Judge(engine, "scripted", seed=seed).key(ASK, "a", "b") for seed in (0, 1)}
    keys.add(Judge(engine, "scripted").key(ASK, "b", "a"))
    assert len(keys) == 3


def test_without_the_option_nobody_judges(judged: Callable[..., BenchmarkReport]) -> None:
    engine = ScriptedEngine(answers)
    report = judged(engine, judge="")
    assert judgements(engine) == []
    assert report.agreements == ()
    assert "judge_preferred" not in report.arms["base"]


def test_an_arm_that_judges_itself_is_reported(judged: Callable[..., BenchmarkReport]) -> None:
    report = judged(ScriptedEngine(lambda r: longer(r) if r.format else answers(r)), judge="small")
    assert any("one of the arms" in warning for warning in report.warnings)


def test_what_could_not_be_read_is_reported(judged: Callable[..., BenchmarkReport]) -> None:
    report = judged(ScriptedEngine(lambda r: "hm" if r.model == "judge" else answers(r)))
    assert any("could not be read for 1 " in warning for warning in report.warnings)
    assert report.arms["base"]["judge_preferred"] == 0.0


def test_a_judge_needs_two_arms_and_answers_and_a_name(judged: Callable[..., BenchmarkReport]) -> None:
    engine = ScriptedEngine(answers, models=["small", "small-base"])
    for arms in (ARMS[:1], [*ARMS, Arm("third", "small")]):
        with pytest.raises(UsageError, match="two arms"):
            judged(engine, arms=arms)
    with pytest.raises(UsageError, match="could read"):
        judged(engine, suites=("retrieval",))
    with pytest.raises(UsageError, match="could read"):
        judged(engine, suites=("papers", "degeneration"), only=["everyday"])
    with pytest.raises(ModelNotFound):
        judged(engine)
    assert engine.requests == [], "told before anything is asked"


def test_the_judge_comes_back_with_a_saved_report(judged: Callable[..., BenchmarkReport], tmp_path: Path) -> None:
    report = judged(ScriptedEngine(answers))
    loaded, metrics = load_report(tmp_path / "out", SUITES)
    assert loaded.agreements == report.agreements
    assert "judge_preferred" in [m.name for m in metrics["papers"]]
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Preferred by the judge" in page and "Cohen&#39;s kappa" in page
    assert "no part in the verdict" in (tmp_path / "out" / "report.md").read_text()


# (first rater, second rater, kappa) with p_o and p_e worked out by hand; n is at most 10
KAPPAS: list[tuple[list[int], list[int], float | None]] = [
    ([1], [1], None),
    ([1, 1], [1, 1], None),
    ([1, 0], [1, 0], 1),
    ([1, 0], [0, 1], -1),  # p_o 0, p_e 1/2
    ([1, 0, -1], [1, 0, -1], 1),
    ([1, 1], [0, 0], 0),  # p_o 0, p_e 0
    ([1, 1], [1, 0], 0),  # p_o 1/2, p_e 1/2
    ([1, 0, 1, 0], [1, 1, 0, 0], 0),  # p_o 1/2, p_e 1/2
    ([1, 1, 0, 0], [1, 1, 0, 1], 1 / 2),  # p_o 3/4, p_e 1/2
    ([1, 1, 1, 0], [1, 1, 0, 0], 1 / 2),  # p_o 3/4, p_e 1/2
    ([1, 1, 1, 1], [1, 1, 1, 0], 0),  # p_o 3/4, p_e 3/4
    ([1, 0, -1], [0, -1, 1], -1 / 2),  # p_o 0, p_e 1/3
    ([1, 0, -1], [1, -1, 0], 0),  # p_o 1/3, p_e 1/3
    ([1, 1, 0, -1], [1, 1, 0, 0], 3 / 5),  # p_o 3/4, p_e 4/16 + 2/16
    ([1, 1, 0, 0, -1], [1, 1, 0, 0, -1], 1),
    ([1, 1, 0, 0, -1], [1, 1, 0, -1, -1], 12 / 17),  # p_o 4/5, p_e (4 + 2 + 2)/25
    ([1] * 9 + [0], [1] * 9 + [0], 1),
    ([1] * 9 + [0], [0] + [1] * 9, -1 / 9),  # p_o 8/10, p_e 82/100
    ([1] * 5 + [0] * 5, [1] * 4 + [0] * 6, 4 / 5),  # p_o 9/10, p_e 1/2
    ([1] * 5 + [0] * 5, [0] * 5 + [1] * 5, -1),  # p_o 0, p_e 1/2
    ([1] * 5 + [0] * 5, [1] * 3 + [0] * 7, 3 / 5),  # p_o 8/10, p_e 1/2
    ([1] * 5 + [0] * 5, [1] * 2 + [0] * 8, 2 / 5),  # p_o 7/10, p_e 1/2
    ([1] * 5 + [0] * 5, [1] * 10, 0),  # p_o 1/2, p_e 1/2
    ([1] * 6 + [0] * 4, [1] * 4 + [0] * 6, 8 / 13),  # p_o 8/10, p_e 48/100
    ([1] * 8 + [0] * 2, [1] * 8 + [0, 1], 8 / 13),  # p_o 9/10, p_e 74/100
    ([1] * 8 + [0] * 2, [1] * 6 + [0] * 4, 6 / 11),  # p_o 8/10, p_e 56/100
    ([-1, -1, 0, 1], [-1, 0, 0, 1], 7 / 11),  # p_o 3/4, p_e (2 + 2 + 1)/16
    ([-1, -1, -1, 1], [1, 1, 1, -1], -3 / 5),  # p_o 0, p_e (3 + 3)/16
    ([0] * 4, [1, 0, 0, -1], 0),  # p_o 1/2, p_e 8/16
    ([1, 1, -1, -1], [1, 1, 0, 0], 1 / 3),  # p_o 1/2, p_e 4/16
]


@pytest.mark.parametrize(("first", "second", "expected"), KAPPAS)
def test_kappa_by_hand(first: list[int], second: list[int], expected: float | None) -> None:
    assert cohen_kappa(first, second) == (None if expected is None else pytest.approx(expected, abs=1e-12))
    assert cohen_kappa(second, first) == cohen_kappa(first, second)


def test_agreement_goes_by_sign_and_leaves_out_what_a_metric_does_not_score() -> None:
    def row(arm: str, question: str, coverage: float | None, preferred: float) -> ScoredRow:
        scores = {"keyword_coverage": coverage, "judge_preferred": preferred}
        return ScoredRow("papers", arm, question, Recorded("", arm, question, Answer("", "")), scores, 0.0)

    table = [("a", 0.2, 0.4, 0, 1), ("b", 0.5, 0.1, 0, 1), ("c", 0.5, 0.5, 0, 0), ("d", None, None, 1, 0)]
    rows = [
        row(arm, question, score, won)
        for question, before, after, lost, gained in table
        for arm, score, won in (("base", before, lost), ("tuned", after, gained))
    ]
    metric = next(m for m in Papers.metrics if m.name == "keyword_coverage")
    (found,) = agreements(rows, ("base", "tuned"), [metric, replace(metric, headline=False)])
    # judge + + 0, metric + − 0: p_o 2/3, p_e (2·1 + 1·1)/9 = 1/3, kappa 1/2
    assert (found.n, found.share, found.kappa) == (3, pytest.approx(2 / 3), pytest.approx(1 / 2))


@pytest.mark.slow
def test_a_small_real_model_judges(embedded_engine: Any) -> None:
    """135M parameters are no judge; what is tested is that schema, order and seed hold on a real engine."""
    judge = Judge(embedded_engine, "smollm2", num_ctx=1024)
    question = BenchmarkQuestion("q", "Which city is the capital of France?", reference="Paris")
    assert judge.prefers(question, "Paris.", "I like soup.") in ("A", "B", "tie")
    first = judge.judge(question, "Paris.", "I like soup.")
    assert first == judge.judge(question, "Paris.", "I like soup.")
    assert first["unread"] == 0.0
    assert first["preference"] in (-1.0, 0.0, 1.0)
