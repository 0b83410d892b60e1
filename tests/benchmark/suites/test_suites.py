"""Each suite over a scripted engine, and those that need likelihoods over the real small model."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.base import Answer, AnswerMetrics
from ragft.benchmark.base import Arm, BenchmarkReport, RequestCost
from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
from ragft.benchmark.comparison.run import AskingSetup, run_benchmark
from ragft.benchmark.questions import load_questions
from ragft.benchmark.scoring.broken_output import broken, compression, drifted
from ragft.benchmark.scoring.likelihood import Expectation, divergence, expectation, log_likelihoods
from ragft.benchmark.scoring.plain import plain_answer
from ragft.benchmark.suites.base import suites_called
from ragft.benchmark.suites.forgetting import Forgetting
from ragft.data import shipped
from ragft.engine.base import ChatRequest, TokenLogprob
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import UsageError
from ragft.setting_sections import AnswerSettings, BenchmarkSettings
from ragft.tasks import SUITES
from ragft.tasks.papers.suites.papers import Papers
from tests.benchmark.recordings import recorded
from tests.benchmark.run_plan import run_plan

QLORA = "QLoRA finetunes a 65B parameter model on a single 48 GB GPU [1]."
ARMS = [Arm("base", "small-base"), Arm("tuned", "small")]
LINES = [
    {
        "id": "qlora",
        "question": "How large a model does QLoRA finetune on a single 48 GB GPU?",
        "keywords": ["65B"],
        "documents": ["qlora.pdf"],
        "pages": [1],
    },
    {"id": "moon", "question": "Who walked on the Moon?", "answerable": False},
]


def run(
    tmp_path: Path, shelf: Any, suites: str, engine: Any, lines: list[dict[str, Any]] | None = None, **changes: Any
) -> BenchmarkReport:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, lines or LINES)))
    settings = BenchmarkSettings(suites=tuple(suites.split(",")), questions="" if lines == [] else str(path))
    asked = suites_called(settings.suites, SUITES)
    given: dict[str, Any] = {"arms": ARMS, "answer": AnswerSettings(k=3), "folder": tmp_path / "out", **changes}
    return run_plan(engine=engine, index=shelf, settings=settings, suites=asked, **given)


def answers(request: ChatRequest) -> str:
    asked = request.messages[-1].content.rpartition("Question:")[2]
    if "QLoRA" in asked:
        return QLORA
    return "Paris" if "France" in asked else "The documents do not answer this question."


def test_every_suite_names_each_metric_once() -> None:
    for name, found in SUITES.items():
        names = [metric.name for metric in found.metrics]
        assert len(names) == len(set(names)), name
        assert suites_called([name, name], SUITES) == [found]


# (unanswerable and refused, answerable and refused, unanswerable and answered, answerable and answered),
# precision, recall, macro-F1
def test_refusal_counts_both_sides(tmp_path: Path, shelf: Any) -> None:
    """One model answers whatever passes the gate, the other nothing."""
    lines = [*LINES, {"id": "price", "question": "What does QLoRA on a single 48 GB GPU cost?", "answerable": False}]

    def reply(request: ChatRequest) -> str:
        return QLORA if request.model == "small" else "The documents do not answer this question."

    report = run(tmp_path, shelf, "refusal", ScriptedEngine(reply), lines)
    eager, mute = (
        {name.removeprefix("refusal."): value for name, value in report.arms[role].items()}
        for role in ("tuned", "base")
    )
    assert (eager["false_answers"], eager["false_refusals"]) == (1 / 2, 0.0)
    assert (mute["false_answers"], mute["false_refusals"]) == (0.0, 1.0)
    assert (eager["precision"], eager["recall"]) == (1.0, 1 / 2)
    assert (mute["precision"], mute["recall"]) == (2 / 3, 1.0)
    assert (eager["macro_f1"], mute["macro_f1"]) == pytest.approx((2 / 3, 2 / 5))


def test_a_false_refusal_is_shown_as_a_loss_of_its_question(tmp_path: Path, shelf: Any) -> None:
    """The cell of a confusion matrix has an order of its own: more of it is not better."""

    def shy(request: ChatRequest) -> str:
        if request.model == "judge":
            return json.dumps(
                {"better": "A" if "65B" in request.messages[-1].content.partition("Answer B")[0] else "B"}
            )
        return "The documents do not answer this question." if request.model == "small" else answers(request)

    report = run(tmp_path, shelf, "refusal", ScriptedEngine(shy), judge="judge")
    assert (report.arms["base"]["refusal.accuracy"], report.arms["tuned"]["refusal.accuracy"]) == (1.0, 0.5)
    saved = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert {q["id"]: q["outcome"] for q in saved["per_question"]} == {"qlora": "worse", "moon": "same"}
    assert "Rightly refused or answered 100.0 % → 0.0 %" in (tmp_path / "out" / "report.html").read_text()
    (agreement,) = report.agreements
    assert (agreement.metric, agreement.share) == ("accuracy", 1.0), "judge and metric prefer the base's answer"


def test_a_limit_leaves_as_many_of_each_kind() -> None:
    found = SUITES["refusal"].questions(BenchmarkSettings())
    assert [q.answerable for q in found[:6]] == [False, True] * 3


def test_retrieval_asks_no_model_and_is_equal(tmp_path: Path, shelf: Any) -> None:
    engine = ScriptedEngine([])
    report = run(tmp_path, shelf, "retrieval", engine)
    assert engine.requests == []
    assert report.arms["base"] == report.arms["tuned"]
    assert report.arms["base"]["retrieval.mrr"] == 1.0


def test_suites_of_one_kind_share_the_answers(tmp_path: Path, shelf: Any) -> None:
    engine = ScriptedEngine(answers)
    report = run(tmp_path, shelf, "papers,citations,latency", engine)
    assert len(engine.requests) == 2, "one answer an arm; the gate refuses the other question"
    assert {r.suite for r in report.rows} == {"papers", "citations", "latency"}
    assert report.arms["base"]["citations.right_page"] == 1.0
    assert report.arms["base"]["citations.recall"] == 1.0
    assert report.arms["base"]["latency.generated_tokens"] > 0


def test_general_by_letter_where_the_engine_tells_no_likelihoods(tmp_path: Path, shelf: Any) -> None:
    lines = [
        {"id": "c", "question": "Capital of France?", "options": ["Rome", "Paris"], "reference": "Paris"},
        {"id": "s", "question": "Capital of France? One word.", "reference": "Paris"},
        {"id": "w", "question": "Capital of Peru?", "reference": "Lima"},
    ]

    def reply(request: ChatRequest) -> str:
        text = request.messages[-1].content
        if "B. Paris" in text:
            return "B"
        return "It is Paris." if "France" in text else "Cusco"

    engine = ScriptedEngine(reply)
    report = run(tmp_path, shelf, "general", engine, lines)
    assert report.arms["base"]["general.accuracy"] == pytest.approx(2 / 3)
    assert report.arms["base"]["general.choice_accuracy"] == 1.0
    assert report.arms["base"]["general.short_accuracy"] == 0.5
    assert all("Sources" not in r.messages[-1].content for r in engine.requests)


def test_forgetting_says_which_engine_can_measure_it(tmp_path: Path, shelf: Any) -> None:
    with pytest.raises(UsageError, match="log-probabilities"):
        run(tmp_path, shelf, "forgetting", ScriptedEngine(answers))


def test_a_question_asked_with_and_without_evidence_has_two_answers(tmp_path: Path, shelf: Any) -> None:
    prompt = load_questions(shipped("probes/prompts.jsonl"))[1].question
    engine = ScriptedEngine(lambda r: "By heart." if "Sources" not in r.messages[-1].content else QLORA)
    lines = [{"id": "mine", "topic": "everyday", "question": prompt}, {"id": "two", "question": "QLoRA, then?"}]
    report = run(tmp_path, shelf, "degeneration,papers", engine, lines)
    found = {(r.suite, r.question_id): bool(r.recorded.answer.retrieved) for r in report.rows}
    assert found["papers", "mine"] and found["degeneration", "mine"]
    assert not found["degeneration", load_questions(shipped("probes/prompts.jsonl"))[0].id]


def test_degeneration_asks_everyday_requests_without_evidence(tmp_path: Path, shelf: Any) -> None:
    def reply(request: ChatRequest) -> str:
        if request.model == "small" and "lighthouse" in request.messages[-1].content:
            return "the sea and the light and " * 40
        return "A plain and whole answer."

    engine = ScriptedEngine(reply)
    report = run(tmp_path, shelf, "degeneration", engine)
    everyday = [r for r in engine.requests if "lighthouse" in r.messages[-1].content]
    assert len(everyday) == 2
    assert all("Sources" not in r.messages[-1].content for r in everyday)
    assert report.arms["base"]["degeneration.loop"] == 0.0
    assert report.arms["tuned"]["degeneration.loop"] > 0.0
    assert report.arms["tuned"]["degeneration.compression"] > 5
    again = ScriptedEngine([])
    run(tmp_path, shelf, "degeneration", again)
    assert again.requests == []


@pytest.mark.parametrize(
    ("raw", "done_reason", "expected"),
    [
        ("A plain answer.", "stop", ""),
        ("", "stop", "empty"),
        ("over and over and over and " * 20, "stop", "loop"),
        ("<|im_start|>assistant", "stop", "template_token"),
        ("<think>Hm", "stop", "think_block"),
        ("An answer that was", "length", "cut_off"),
        ("Das ist это очень длинный ответ на русском языке", "stop", "language_drift"),
        ("这是一个很长很长很长很长很长很长的中文回答没有别的", "stop", "language_drift"),
        ("The weight is α times β.", "stop", ""),
    ],
)
def test_faults(raw: str, done_reason: str, expected: str) -> None:
    answer = recorded(raw=raw, answer=raw, cost=RequestCost(done_reason=done_reason, generated_tokens=5))
    assert broken(answer, "What is the answer?") == expected


def test_a_loop_compresses_and_prose_does_not() -> None:
    prose = "The tide lifts every boat in the harbour twice a day, and the keeper of the light writes down how far."
    found = compression(prose), compression("the sea and the light and " * 40)
    assert found[0] is not None and 1.0 < found[0] < 2.0
    assert found[1] is not None and found[1] > 10
    assert compression("Paris.") is None, "zlib's own bytes would be most of it"
    assert compression(prose + "\ud83d") == compression(prose + "\ufffd"), "half a character counts as a whole one"


def test_a_refusal_without_asking_is_not_broken_and_a_retry_is() -> None:
    assert broken(recorded(refused=True, raw=""), "What?") == ""
    assert (
        broken(
            recorded(raw="Fine now.", metrics=AnswerMetrics(retries=1), cost=RequestCost(generated_tokens=3)), "What?"
        )
        == "retried"
    )


def test_drift_is_against_the_question() -> None:
    korean = "대한민국의 수도는 서울이며 인구가 아주 많은 도시입니다 그리고"
    assert not drifted(korean, "대한민국의 수도는 어디인가요?")
    assert drifted(korean, "What is the capital of Korea?")


def test_a_refusal_says_nothing_that_could_score() -> None:
    said = recorded(refused=True, answer='The documents do not answer this question. Nearest: "QLoRA 65B".')
    assert plain_answer(said.answer) == ""
    assert plain_answer(Answer("?", "It is 48 GB [1]. Or more (not found in the sources)")) == "It is 48 GB. Or more"


def test_an_answer_without_evidence_had_nothing_to_cite(tmp_path: Path, shelf: Any) -> None:
    arms = [Arm("base", "small"), Arm("alone", "small", "closed_book")]
    report = run(tmp_path, shelf, "papers,citations", ScriptedEngine(answers), arms=arms)
    assert report.arms["base"]["citations.recall"] == report.arms["base"]["citation_recall"] == 1.0
    assert [name for name in report.arms["alone"] if name.startswith("citations.")] == []
    assert not {"citation_recall", "source_hit_rate", "mrr"} & report.arms["alone"].keys()


@pytest.mark.parametrize(
    ("name", "count"), [("general/questions.jsonl", 60), ("probes/texts.jsonl", 24), ("probes/prompts.jsonl", 10)]
)
def test_shipped_questions_parse(name: str, count: int) -> None:
    assert len(load_questions(shipped(name))) == count


def test_the_shipped_papers_have_what_the_metrics_need() -> None:
    found = Papers().questions(BenchmarkSettings())
    assert len(found) == 15
    assert all(q.keywords and q.reference and q.documents and q.pages for q in found)


def test_shipped_options_hold_the_answer_in_every_place() -> None:
    found = [q for q in load_questions(shipped("general/questions.jsonl")) if q.options]
    places = {q.options.index(q.reference) for q in found}
    assert len(found) == 40
    assert places == {0, 1, 2, 3}


# (base's probabilities, the other's probabilities) by token; the rest of each is unlisted
P, Q, R = {1: 0.5, 2: 0.25}, {1: 0.25, 2: 0.25}, {1: 0.5, 3: 0.25}
DIVERGENCES = [
    (P, P, 0.0),
    (P, Q, 0.5 * math.log(2) + 0.25 * math.log(1 / 2)),
    (Q, P, 0.25 * math.log(1 / 2) + 0.5 * math.log(2)),
    (P, R, 0.0),  # 2 and 3 stand in one list each: all but token 1 is one event, 1/2 against 1/2
    ({1: 0.75, 2: 0.25}, {1: 0.25, 2: 0.75}, 0.75 * math.log(3) + 0.25 * math.log(1 / 3)),
    ({1: 0.9}, {1: 0.1}, 0.9 * math.log(9) + 0.1 * math.log(1 / 9)),
    ({1: 0.9}, {2: 0.9}, 0.0),  # nothing is known of the same token: one event, certain in both
]


def expected(*places: dict[int, float], tokens: tuple[int, ...] = ()) -> Expectation:
    found = tuple({token: math.log(p) for token, p in place.items()} for place in places)
    return Expectation(tokens or tuple(range(len(places))), found)


@pytest.mark.parametrize(("base", "other", "wanted"), DIVERGENCES)
def test_divergence_by_hand(base: dict[int, float], other: dict[int, float], wanted: float) -> None:
    assert divergence(expected(base), expected(other)) == pytest.approx(wanted, abs=1e-5)
    assert divergence(expected(base, P), expected(other, P)) == pytest.approx(wanted / 2, abs=1e-5)


class Spelling(ScriptedEngine):
    """A scorer whose tokens are characters; it notes after which texts it was asked what comes next."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def tokenize(self, model: str, text: str) -> list[int]:
        return [ord(character) for character in text]

    def logprobs(self, model: str, tokens: Sequence[int], *, top: int = 20, start: int = 0) -> list[list[TokenLogprob]]:
        ends = range(start, len(tokens))
        self.read += ["".join(map(chr, tokens[: end + 1])) for end in ends]
        return [[TokenLogprob(ord("3"), "3", -0.5), TokenLogprob(ord("x"), "x", -2.0)] for _ in ends]


def test_what_options_begin_with_alike_is_read_once() -> None:
    scorer = Spelling()
    found = log_likelihoods(scorer, "m", "is ", ["333", "334", "353"])
    assert found == {"333": -1.5, "334": -3.0, "353": -3.0}, "a token that is not listed counts as the last one listed"
    assert scorer.read == ["is ", "is 3", "is 33", "is 35"]


def test_divergence_of_other_tokens_is_unknown() -> None:
    assert divergence(expected(P, tokens=(1,)), expected(P, tokens=(2,))) is None
    assert divergence(expected(), expected()) is None


@given(st.lists(st.floats(-6, 6), min_size=12, max_size=12), st.integers(1, 11))
def test_divergence_over_a_list_never_exceeds_that_over_the_whole_vocabulary(logits: list[float], top: int) -> None:
    whole = [np.array(half) - np.log(np.exp(half).sum()) for half in (logits[:6], logits[6:])]
    exact = float((np.exp(whole[0]) * (whole[0] - whole[1])).sum())
    listed = [Expectation((0,), ({int(i): float(half[i]) for i in np.argsort(-half)[:top]},)) for half in whole]
    found = divergence(*listed)
    assert found is not None
    assert -1e-9 <= found <= exact + 1e-4


# --- the real small model --------------------------------------------------------------------------------------------


def log_likelihood(scorer: Any, model: str, prompt: str, continuation: str) -> tuple[float, int]:
    found = expectation(scorer, model, prompt, continuation)
    return found.log_likelihood, len(found.tokens)


@pytest.mark.slow
def test_a_sentence_is_likelier_than_its_words_shuffled(embedded_engine: Any) -> None:
    sense, n = log_likelihood(embedded_engine, "smollm2", "", "The cat sat on the mat and looked at the bird.")
    nonsense, m = log_likelihood(embedded_engine, "smollm2", "", "bird the at mat looked cat The and on the sat.")
    assert -10 < sense / n < 0
    assert nonsense / m < sense / n - 1


@pytest.mark.slow
def test_a_likelihood_is_the_sum_over_its_parts(embedded_engine: Any) -> None:
    whole, count = log_likelihood(embedded_engine, "smollm2", "The capital of France is", " Paris. It is")
    first, one = log_likelihood(embedded_engine, "smollm2", "The capital of France is", " Paris")
    rest, more = log_likelihood(embedded_engine, "smollm2", "The capital of France is Paris", ". It is")
    assert count == one + more
    assert whole == pytest.approx(first + rest, abs=0.1)
    assert math.exp(first) > 0.1


@pytest.mark.slow
def test_options_read_together_are_as_likely_as_read_one_by_one(embedded_engine: Any) -> None:
    prompt, options = "The Volga is", [" 3530 km long.", " 3531 km long.", " 3530 miles long.", " in Russia."]
    together = log_likelihoods(embedded_engine, "smollm2", prompt, options)
    for option in options:
        alone, _ = log_likelihood(embedded_engine, "smollm2", prompt, option)
        assert together[option] == pytest.approx(alone, abs=1e-3)


@pytest.mark.slow
def test_general_and_forgetting_with_the_real_model(tmp_path: Path, shelf: Any, embedded_engine: Any) -> None:
    lines = [
        {
            "id": "a",
            "question": "Which city is the capital of France?",
            "options": ["Paris", "Soup"],
            "reference": "Paris",
        },
        {"id": "b", "question": "To open a locked door you need a", "options": ["key", "cloud"], "reference": "key"},
    ]
    arms = [Arm("base", "smollm2"), Arm("tuned", "smollm2")]
    report = run(tmp_path, shelf, "general", embedded_engine, lines, arms=arms)
    assert report.arms["base"] == report.arms["tuned"]
    assert report.arms["base"]["general.accuracy"] >= 0.5
    settings = BenchmarkSettings(suites=("forgetting",), limit=2)
    report = run_benchmark(
        ComparisonPlan(arms, [Forgetting()]),
        AskingSetup(embedded_engine, shelf, AnswerSettings()),
        settings=settings,
        folder=tmp_path / "forgetting",
    )
    assert 1.0 < report.arms["base"]["forgetting.cross_entropy"] < 5.0
    assert report.arms["base"] == report.arms["tuned"]
