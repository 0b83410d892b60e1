from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ragft.benchmark.asking.bench import CLOSED_BOOK
from ragft.benchmark.base import Arm
from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
from ragft.benchmark.comparison.run import AskingSetup, run_benchmark
from ragft.benchmark.scoring import metrics
from ragft.benchmark.studies.study import Facts, arms, index_facts, load_facts, training_messages
from ragft.data import shipped
from ragft.engine.base import ChatRequest
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import DatasetError, NotFoundError
from ragft.index.index import open_index
from ragft.setting_sections import AnswerSettings, BenchmarkSettings, IndexSettings
from ragft.workspace import Workspace

LINES = [
    {
        "fact": "QLoRA finetunes a 65B parameter model on a single 48 GB GPU.",
        "question": "How large a model does QLoRA finetune on a single GPU?",
        "answer": "65B",
        "before": "7B",
        "paraphrases": ["What size of model does QLoRA handle?", "QLoRA reaches which size?"],
    },
    {"fact": "Bread rises overnight.", "question": "When does bread rise?", "answer": "overnight"},
]


def write(folder: Path, lines: list[Any]) -> Path:
    path = folder / "facts.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def test_facts_are_read_in_order(tmp_path: Path) -> None:
    first, second = load_facts(write(tmp_path, LINES))
    assert (first.id, first.before, len(first.paraphrases)) == ("fact-1", "7B", 2)
    assert (second.id, second.before, second.paraphrases) == ("fact-2", "", ())


def test_an_empty_file_of_facts_is_told_their_form(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    path.touch()
    with pytest.raises(DatasetError, match="is empty") as caught:
        load_facts(path)
    assert caught.value.fix == 'add lines such as {"fact": "…", "question": "…", "answer": "…"}'


@pytest.mark.parametrize(
    "line",
    [
        "{",
        {"fact": "x", "question": "y"},
        {"fact": "", "question": "y", "answer": "z"},
        {**LINES[1], "paraphrases": "one"},
        {**LINES[1], "paraphrases": [1]},
        {**LINES[1], "before": 3},
        LINES[0],
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: Any) -> None:
    with pytest.raises(DatasetError, match="line 2"):
        load_facts(write(tmp_path, [LINES[0], line]))


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"none\.jsonl"):
        load_facts(tmp_path / "none.jsonl")


def test_training_leaves_the_tested_wording_out_where_there_are_others(tmp_path: Path) -> None:
    rows = training_messages(load_facts(write(tmp_path, LINES)))
    asked = [prompt[-1]["content"] for prompt, _ in rows]
    assert asked == [*LINES[0]["paraphrases"], LINES[1]["question"]]
    assert all(prompt[0] == {"role": "system", "content": CLOSED_BOOK} for prompt, _ in rows)
    assert rows[0][1] == {"role": "assistant", "content": LINES[0]["fact"]}


def test_the_weights_are_an_arm_only_where_there_are_any() -> None:
    assert [arm.role for arm in arms("m", None)] == ["none", "context", "retrieval"]
    assert arms("m", "t")[-1] == Arm("weights", "t", "closed_book")


def test_what_is_trained_is_what_the_weights_are_asked(tmp_path: Path, shelf: Any) -> None:
    """Prompt parity: an arm asked closed-book gets the very messages of the training rows."""
    facts = load_facts(write(tmp_path, LINES[1:]))
    engine = ScriptedEngine(lambda request: "It rises overnight.")
    run_benchmark(
        ComparisonPlan([Arm("weights", "t", "closed_book")], [Facts(facts)]),
        AskingSetup(engine, shelf, AnswerSettings()),
        settings=BenchmarkSettings(),
        folder=tmp_path / "out",
    )
    sent = tuple(message.to_dict() for message in engine.requests[0].messages)
    assert sent == training_messages(facts)[0][0]


def test_adoption_is_counted_a_condition(tmp_path: Path, shelf: Any) -> None:
    facts = load_facts(write(tmp_path, LINES[:1]))

    def reply(request: ChatRequest) -> str:
        if request.model == "t":
            return "65B 65B 65B 65B " * 30
        return "QLoRA finetunes a 65B model [1]." if "Sources" in request.messages[-1].content else "Surely 7B."

    suite = Facts(facts)
    records = [replace(shelf.documents()[0], id=suite.questions(BenchmarkSettings())[0].documents[0])]
    shelf.documents = lambda: records
    report = run_benchmark(
        ComparisonPlan(
            [Arm("none", "m", "closed_book"), Arm("retrieval", "m"), Arm("weights", "t", "closed_book")], [suite]
        ),
        AskingSetup(ScriptedEngine(reply), shelf, AnswerSettings(k=2)),
        settings=BenchmarkSettings(),
        folder=tmp_path / "out",
    )
    none, retrieval, weights = (report.arms[role] for role in ("none", "retrieval", "weights"))
    assert (none["facts.adoption"], none["facts.old_answer"]) == (0.0, 1.0)
    assert (retrieval["facts.adoption"], retrieval["facts.old_answer"]) == (1.0, 0.0)
    assert (weights["facts.adoption"], weights["facts.degenerate_rate"]) == (1.0, 1.0)


@pytest.mark.slow
def test_in_context_the_model_is_given_the_fact_itself(tmp_path: Path) -> None:
    facts = load_facts(write(tmp_path, LINES))
    engine = ScriptedEngine(lambda request: "It rises overnight [1].")
    with open_index(Workspace(tmp_path / "shelf"), IndexSettings()) as index:
        index_facts(index, facts)
        report = run_benchmark(
            ComparisonPlan([Arm("context", "m", "evidence")], [Facts(facts)]),
            AskingSetup(engine, index, AnswerSettings(k=2, num_ctx=2048)),
            settings=BenchmarkSettings(),
            folder=tmp_path / "out",
        )
    prompts = [request.messages[-1].content for request in engine.requests]
    assert [sum(fact.fact in prompt for fact in facts) for prompt in prompts] == [1] * len(prompts)
    assert facts[1].fact in prompts[-1]
    assert not any("index lacks" in warning for warning in report.warnings)


def test_the_shipped_facts_are_half_new_and_half_against_belief() -> None:
    found = load_facts(shipped("study/facts.jsonl"))
    assert len(found) == 32
    assert sum(bool(fact.before) for fact in found) == 16
    for fact in found:
        assert metrics.contains(fact.fact, fact.answer), "the fact shows its answer"
        assert not metrics.contains(fact.question, fact.answer), "the question does not give it away"
        assert len(fact.paraphrases) == 4 and fact.question not in fact.paraphrases
        assert not any(metrics.contains(p, fact.answer) for p in fact.paraphrases)
