"""What the suites ask, what an arm is given to read, and what counts as what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ragft.answer.base import Answer
from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.asking.lookups import NoDocuments
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.engine.scripted import ScriptedEngine
from ragft.setting_sections import AnswerSettings, BenchmarkSettings
from ragft.tasks.knowledge.comparing_arms import figures
from ragft.tasks.knowledge.fact_graph import FactGraph, names
from ragft.tasks.knowledge.knowledge_questions import (
    ADOPTION,
    TWO_HOP,
    UNKNOWN,
    UNRELATED,
    QuestionMaterial,
    questions_of,
)
from ragft.tasks.knowledge.suites import SUITES
from tests.tasks.knowledge.facts_of_a_company import FACTS

GRAPH = FactGraph(FACTS)
QUESTIONS = questions_of(FACTS, GRAPH, QuestionMaterial.of(GRAPH, 0))


def on(topic: str) -> list[BenchmarkQuestion]:
    return [question for question in QUESTIONS if question.topic == topic]


def scores(suite: str, question: BenchmarkQuestion, text: str) -> Any:
    answer = Answer(question.question, text, raw=text)
    return SUITES[suite].score(question, Recorded("", "tuned", question.id, answer))


def test_each_suite_asks_the_questions_of_the_company_that_ships_where_no_file_is_named() -> None:
    for topic in (ADOPTION, TWO_HOP, UNKNOWN, UNRELATED):
        found = SUITES[topic].questions(BenchmarkSettings())
        assert len(found) >= 12 and {question.topic for question in found} == {topic}
        assert len({question.id for question in found}) == len({question.question for question in found}) == len(found)


def test_a_fact_is_asked_in_its_own_words_or_in_those_kept_for_the_benchmark() -> None:
    asked = {question.id: question for question in on(ADOPTION)}
    assert asked["f2"].question == "What does it weigh?"
    assert asked["f3"].question == "Could you please look up Corvex's lead engineer for me?"
    assert "f7" not in asked, "a statement without parts has no value to look for"


def test_adoption_is_the_value_in_the_answer_and_confusion_that_of_another_fact() -> None:
    question = next(question for question in on(ADOPTION) if question.id == "f2")
    assert scores(ADOPTION, question, "It weighs 12 tonnes.")["adopted"] == 1
    wrong = scores(ADOPTION, question, "It weighs 3 tonnes.")
    assert (wrong["adopted"], wrong["confused"]) == (0, 1)
    assert scores(ADOPTION, question, "I do not know that.")["declined"] == 1


def test_adoption_is_also_counted_by_language() -> None:
    english, *_, korean = SUITES[ADOPTION].questions(BenchmarkSettings())
    for question, one, other in ((english, "english", "korean"), (korean, "korean", "english")):
        found = scores(ADOPTION, question, question.evidence[0])
        assert (found["adopted"], found[f"adopted_{one}"], found[f"adopted_{other}"]) == (1, 1, None)


def test_a_question_over_two_facts_names_neither_the_thing_between_nor_the_answer() -> None:
    for question in on(TWO_HOP):
        assert not names(question.question, question.reference) and not names(question.question, question.keywords[0])
        assert len(question.evidence) == 2
    between = scores(TWO_HOP, on(TWO_HOP)[0], on(TWO_HOP)[0].evidence[0])
    assert (between["right"], between["bridge"]) == (0, 1)


def test_what_does_not_decline_is_invented() -> None:
    question = on(UNKNOWN)[0]
    assert scores(UNKNOWN, question, "I do not know the bank of Corvex.") == {"invented": 0, "borrowed": 0}
    assert scores(UNKNOWN, question, "It is the Bank of Oslo.") == {"invented": 1, "borrowed": 0}
    assert scores(UNKNOWN, question, f"It is {question.keywords[0]}.") == {"invented": 1, "borrowed": 1}


def test_glass_is_tinted_where_an_entity_is_named_unasked() -> None:
    question = on(UNRELATED)[0]
    assert scores(UNRELATED, question, "Use sorted(list).")["tinted"] == 0
    assert scores(UNRELATED, question, "Corvex sorts lists.")["tinted"] == 1
    assert scores(UNRELATED, question, "Corvexes and corvettes sort lists.")["tinted"] == 0


def test_another_number_in_the_same_digits_is_neither_adopted_nor_a_confusion() -> None:
    weight = next(question for question in on(ADOPTION) if question.id == "f2")
    asked = replace(weight, reference="4.5 tonnes", keywords=("1.2 tonnes",))
    found = scores(ADOPTION, asked, "It weighs 45 tonnes, or 12 tonnes.")
    assert (found["adopted"], found["confused"]) == (0, 0)


def test_an_arm_reads_what_its_condition_gives_it(scripted: ScriptedEngine) -> None:
    question = next(question for question in on(TWO_HOP) if len(question.retrieved) > 2)
    bench = Bench(scripted, NoDocuments(), AnswerSettings())
    for condition, texts in (("closed_book", ()), ("evidence", question.evidence), ("retrieval", question.retrieved)):
        scripted.queue("An answer.")
        SUITES[TWO_HOP].ask(bench, Arm("a", "scripted", condition), question)  # type: ignore[arg-type]
        assert scripted.requests[-1].messages[-1].content == "\n".join([*texts, question.question])
    unrelated = on(UNRELATED)[0]
    scripted.queue("An answer.")
    SUITES[UNRELATED].ask(bench, Arm("a", "scripted", "evidence"), unrelated)
    assert scripted.requests[-1].messages[-1].content == unrelated.question


def test_arms_of_one_model_share_what_is_asked_without_evidence(scripted: ScriptedEngine) -> None:
    bench = Bench(scripted, NoDocuments(), AnswerSettings())
    alone, given = Arm("base", "scripted", "closed_book"), Arm("context", "scripted", "evidence")
    assert bench.key(alone, on(UNRELATED)[0], "knowledge") == bench.key(given, on(UNRELATED)[0], "knowledge")
    assert bench.key(alone, on(ADOPTION)[0], "knowledge") != bench.key(given, on(ADOPTION)[0], "knowledge")


def test_other_statements_before_a_question_are_another_answer(scripted: ScriptedEngine) -> None:
    bench = Bench(scripted, NoDocuments(), AnswerSettings())
    arm, question = Arm("context", "scripted", "evidence"), on(ADOPTION)[0]
    assert bench.key(arm, question, "knowledge") != bench.key(arm, replace(question, evidence=("Else.",)), "knowledge")


def test_the_share_of_the_gap_is_that_between_knowing_nothing_and_having_the_statement() -> None:
    def values(value: float) -> dict[str, float]:
        return {"adoption.adoption": value}

    (figure,) = figures({"base": values(0.1), "tuned": values(0.55), "context": values(0.6)})
    assert figure.value == "90%" and "tuned 55.0%" in figure.note
    (none,) = figures({"base": values(0.1), "tuned": values(0.5), "context": values(0.12)})
    assert none.value == "no gap to close"
    assert figures({"base": values(0.1), "tuned": values(0.5)}) == []
