"""The four objectives: scored by hand over a library in memory, and completeness against judgements of real answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ragft.answer.prompts.form import REFUSAL
from ragft.answer.written.citation_keys import strip_keys
from ragft.benchmark.base import Arm, BenchmarkQuestion, BenchmarkReport
from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
from ragft.benchmark.comparison.run import AskingSetup, run_benchmark
from ragft.benchmark.questions import load_questions
from ragft.data import shipped
from ragft.engine.scripted import ScriptedEngine
from ragft.setting_sections import AnswerSettings, BenchmarkSettings
from ragft.tasks.papers import PAPERS
from ragft.tasks.papers.suites.objectives import Objectives, completeness
from tests.benchmark.conftest import Shelf
from tests.benchmark.shelf_questions import BREAD, QLORA, RAG, RIGHT

QUESTIONS = [
    QLORA,
    {
        "id": "bread",
        "question": BREAD["question"],
        "reference": "Sourdough bread rises twelve hours.",
        "documents": ["bread.pdf"],
    },
    {"id": "withheld", "question": RAG["question"], "answerable": False, "withheld": ["rag.pdf"]},
]
GOOD = {**RIGHT, "retrieval": REFUSAL}
Scores = Mapping[tuple[str, str], Mapping[str, float | None]]


@pytest.fixture
def measured(tmp_path: Path) -> Callable[..., Scores]:
    """Scores by arm and question, where the tuned arm answers as told and the base rightly."""
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, QUESTIONS)), encoding="utf-8")

    def run(tuned: Mapping[str, str] | str, **answer: Any) -> Scores:
        def reply(request: Any) -> str:
            replies = dict.fromkeys(GOOD, tuned) if isinstance(tuned, str) else {**GOOD, **tuned}
            question = request.messages[-1].content.rpartition("Question:")[2]
            return next(t for w, t in (GOOD if request.model == "base" else replies).items() if w in question)

        run.engine = ScriptedEngine(reply)  # type: ignore[attr-defined]
        run.report = report = run_benchmark(  # type: ignore[attr-defined]
            ComparisonPlan([Arm("base", "base"), Arm("tuned", "tuned")], [Objectives()]),
            AskingSetup(run.engine, Shelf(), AnswerSettings(**{"k": 3, "gate": 0.0, **answer})),  # type: ignore[attr-defined]
            settings=BenchmarkSettings(questions=str(file)),
            folder=tmp_path / "out",
        )
        return {(row.arm, row.question_id): row.scores for row in report.rows}

    return run


def test_right_answers_and_a_right_refusal_have_full_marks(measured: Callable[..., Scores]) -> None:
    found = measured(GOOD)
    for question in ("qlora", "bread"):
        scores = found["tuned", question]
        assert scores["valid_citations"] == scores["completeness"] == scores["prose"] == scores["right"] == 1
        assert (scores["cell"], scores["false_refusal"], scores["invention"]) == (0, 0, None)
    scores = found["tuned", "withheld"]
    assert (scores["cell"], scores["right"], scores["invention"], scores["prose"]) == (3, 1, 0, 1)
    assert scores["valid_citations"] is scores["completeness"] is scores["similarity"] is None


def test_a_document_that_is_withheld_is_not_before_the_model(measured: Callable[..., Scores]) -> None:
    measured(GOOD)
    report: BenchmarkReport = measured.report  # type: ignore[attr-defined]
    rows = {row.question_id: row for row in report.rows if row.arm == "tuned"}
    assert "rag" not in {item.hit.document_id for item in rows["withheld"].recorded.answer.retrieved}
    assert "qlora" in {item.hit.document_id for item in rows["qlora"].recorded.answer.retrieved}


def test_an_invention_counts_against_the_model(measured: Callable[..., Scores]) -> None:
    scores = measured({"retrieval": "It reads passages from forty encyclopedias [1]."})["tuned", "withheld"]
    assert (scores["cell"], scores["right"], scores["invention"]) == (2, 0, 1)


def test_a_refusal_of_what_can_be_answered_says_and_cites_nothing(measured: Callable[..., Scores]) -> None:
    scores = measured({"QLoRA": REFUSAL})["tuned", "qlora"]
    assert (scores["valid_citations"], scores["completeness"], scores["cell"]) == (0, 0, 1)
    assert (scores["right"], scores["false_refusal"], scores["prose"]) == (0, 1, 1)


@pytest.mark.parametrize(
    ("text", "validity"),
    [
        ("QLoRA finetunes a 65B parameter model on a single 48 GB GPU.", 0),  # the check finds the key, not the model
        ("QLoRA finetunes a 65B parameter model on a single 48 GB GPU [9].", 0),
        ("Sourdough bread rises on 48 cats that sing operas [1].", 0),
        (
            "QLoRA finetunes a 65B parameter model on a single 48 GB GPU [1]. Cats sing in many operas of Verdi [1].",
            0.5,
        ),
    ],
)
def test_only_a_citation_of_its_own_that_supports_is_valid(
    measured: Callable[..., Scores], text: str, validity: float
) -> None:
    assert measured({"QLoRA": text})["tuned", "qlora"]["valid_citations"] == validity


def test_a_list_is_no_prose(measured: Callable[..., Scores]) -> None:
    text = "- QLoRA finetunes a 65B model [1].\n- It needs a single 48 GB GPU [1]."
    assert measured({"QLoRA": text})["tuned", "qlora"]["prose"] == 0


def test_the_model_is_asked_what_the_gate_would_keep_from_it_and_the_reader_is_not_shown_it(
    measured: Callable[..., Scores],
) -> None:
    scores = measured(GOOD, gate=1.0)["tuned", "qlora"]
    assert (scores["cell"], scores["completeness"]) == (0, 1)
    assert (scores["read_cell"], scores["read_completeness"], scores["read_quoted"]) == (1, 0, 0)
    assert len(measured.engine.requests) == 6  # type: ignore[attr-defined]


def test_a_quotation_is_the_readers_and_not_the_models(measured: Callable[..., Scores]) -> None:
    scores = measured({"QLoRA": "Cats sing in many operas of Verdi."}, judgement=0.0)["tuned", "qlora"]
    assert (scores["valid_citations"], scores["completeness"]) == (0, 0)
    assert (scores["read_quoted"], scores["read_completeness"], scores["read_supported"]) == (1, 1, 1)


def test_the_verdict_over_the_objectives(measured: Callable[..., Scores]) -> None:
    measured("| a | b |\n|---|---|\n| c | d |")
    report: BenchmarkReport = measured.report  # type: ignore[attr-defined]
    assert report.verdict == "undecided"
    assert "3 questions are too few to show anything." in report.reason


def test_one_metric_for_each_objective_decides_and_no_other_suite_of_papers_has_any() -> None:
    deciding = {name: [m.name for m in suite.metrics if m.primary] for name, suite in PAPERS.suites.items()}
    assert deciding.pop("objectives") == ["valid_citations", "completeness", "refusal_f1", "prose"]
    assert not any(deciding.values())


def test_of_the_shipped_questions_sixty_are_asked_in_turn() -> None:
    found = Objectives().questions(BenchmarkSettings())
    assert len({q.id for q in found}) == len(found) == 60
    assert sum(q.answerable for q in found) == 45
    assert sum(q.answerable for q in found[:8]) == 6
    papers = [q.id for q in load_questions(shipped("benchmark/questions.jsonl"))]
    assert [q.id for q in found if q.id in papers] == papers


# completeness -----------------------------------------------------------------------------------------------------


def judged() -> list[tuple[str, BenchmarkQuestion, float]]:
    """A hundred real answers, the questions, and how much of what was asked they answer rightly, judged by hand."""
    files = ("questions", "answerable")
    questions = {q.id: q for name in files for q in load_questions(shipped(f"benchmark/{name}.jsonl"))}
    lines = (Path(__file__).parent / "judged.jsonl").read_text(encoding="utf-8").splitlines()
    return [(strip_keys(line["answer"])[0], questions[line["id"]], line["complete"]) for line in map(json.loads, lines)]


@pytest.mark.parametrize("keywords", [True, False])
def test_completeness_agrees_with_judgements_by_hand(*, keywords: bool) -> None:
    from scipy.stats import spearmanr

    rows = judged()
    assert len(rows) == 100
    given = [
        completeness(text, question if keywords else BenchmarkQuestion("", "", reference=question.reference))
        for text, question, _ in rows
    ]
    assert spearmanr(given, [complete for *_, complete in rows]).statistic == pytest.approx(0.79, abs=0.005)


def test_completeness_of_a_question_without_an_answer_is_none() -> None:
    assert completeness("words", BenchmarkQuestion("", "", keywords=("words",), answerable=False)) is None
    assert completeness("words", BenchmarkQuestion("", "")) is None
