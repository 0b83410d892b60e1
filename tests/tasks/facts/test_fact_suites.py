"""What is asked and how it is scored: a reply's letter or its words, the topic of a question, what is given to read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ragft.answer.base import Answer
from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.asking.lookups import NoDocuments
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.questions import write_questions
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import UsageError
from ragft.setting_sections import AnswerSettings, BenchmarkSettings
from ragft.tasks.facts.suites import SUITES, FactChoice, WrittenFactChoice, chosen_option

OPTIONS = ("3531 km", "3530 km", "353 km", "Red River", "Red River of the North")
QUESTION = BenchmarkQuestion("Volga: length", "How long?", topic="learnt", reference="3530 km", options=OPTIONS)


@pytest.mark.parametrize(
    ("reply", "option"),
    [
        ("B. 3530 km", "3530 km"),
        ("B", "3530 km"),
        ("(b) 3530 km", "3530 km"),
        ("The answer is B.", "3530 km"),
        ("**B**", "3530 km"),
        ("It is 3,530 km long.", "3530 km"),
        ("Red River of the North", "Red River of the North"),
        ("the Red River.", "Red River"),
        ("A. 3530 km", ""),
        ("A river of 353 km", "353 km"),
        ("3530 km or 353 km", ""),
        ("F. 12 km", ""),
        ("I do not know.", ""),
        ("", ""),
    ],
)
def test_a_reply_chooses_by_its_letter_or_its_words(reply: str, option: str) -> None:
    assert chosen_option(reply, OPTIONS) == option


def test_a_point_in_a_number_counts() -> None:
    masses = ("4.5 kg", "45 kg", "1,450 kg")
    assert chosen_option("It weighs 4.5 kg.", masses) == "4.5 kg"
    assert chosen_option("It weighs 45 kg.", masses) == "45 kg"
    assert chosen_option("about 1450 kg", masses) == "1,450 kg"


def recorded(text: str) -> Recorded:
    return Recorded("", "base", QUESTION.id, Answer(QUESTION.question, text, raw=text))


def test_a_score_stands_under_the_topic_of_its_question() -> None:
    assert FactChoice().score(QUESTION, recorded("3530 km")) == {
        "learnt": 1.0,
        "unseen-quantity": None,
        "unseen-name": None,
        "unseen-read": None,
        "chance": 0.2,
    }
    written = WrittenFactChoice().score(QUESTION, recorded("no idea"))
    assert (written["learnt"], written["unparsed"], written["first"]) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize("topic", ["unseen-quantity", "unseen-name"])
def test_what_an_arm_was_given_to_read_is_unseen_no_more(topic: str) -> None:
    asked, answer = replace(QUESTION, topic=topic), recorded("3530 km")
    from_memory = FactChoice().score(asked, answer)
    assert (from_memory[topic], from_memory["unseen-read"]) == (1.0, None)
    read = FactChoice().score(asked, replace(answer, texts=("The length of the river Volga is 3530 km.",)))
    assert (read[topic], read["unseen-read"]) == (None, 1.0)


def test_the_written_choice_shows_the_options_after_what_is_given_to_read() -> None:
    engine = ScriptedEngine(["B. 3530 km"])
    bench = Bench(engine, NoDocuments(), AnswerSettings())
    found = WrittenFactChoice().ask(bench, Arm("base", "small", "closed_book"), QUESTION)
    assert found.texts == ()
    (request,) = [request for request in engine.requests if request.options.num_predict]
    assert request.messages[-1].content.startswith("How long?\nA. 3531 km\nB. 3530 km\n")
    assert found.answer.raw == "B. 3530 km"


def test_the_questions_are_those_of_the_run(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    write_questions(path, [QUESTION])
    settings = BenchmarkSettings(questions=str(path))
    assert FactChoice().questions(settings) == WrittenFactChoice().questions(settings) == [QUESTION]
    assert len(SUITES["general"].questions(settings)) == 60, "general questions are those that ship"
    with pytest.raises(UsageError, match="of a run"):
        FactChoice().questions(BenchmarkSettings())
