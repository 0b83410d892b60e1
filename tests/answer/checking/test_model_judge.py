"""The answering model as judge: what it is shown, what its next token says, and what it may decide."""

from __future__ import annotations

import math

import pytest

from ragft.answer.checker import AnswerChecker
from ragft.answer.checking.model_judge import ModelJudge
from ragft.answer.checking.support import Supporter
from ragft.engine.base import TokenLogprob
from ragft.engine.scripted import ScriptedEngine
from tests.answer.fakes import evidence

TEXT = "First. Second. The Haro lock has 48 bolts a gate. Fourth. Fifth. Sixth."
RIGHT = "Each gate of the Haro lock is held by 48 bolts."


class Says(ScriptedEngine):
    """Expects "Yes" with this probability, else "No", and notes the prompts."""

    def __init__(self, yes: float) -> None:
        super().__init__()
        self.yes = yes
        self.prompts: list[str] = []

    def next_tokens(self, model: str, prompt: str, *, top: int = 20) -> list[TokenLogprob]:
        self.prompts.append(prompt)
        found = {"Yes": self.yes * 0.8, " No": (1 - self.yes) * 0.8, "The": 0.2}
        return [TokenLogprob(-1, text, math.log(p)) for text, p in found.items() if p]


def checker(engine: Says, least: float = 0.6) -> AnswerChecker:
    judge = ModelJudge(engine, "m", least)
    return AnswerChecker(evidence(TEXT), question="How many bolts?", supporter=Supporter(), threshold=0.99, judge=judge)


def test_the_probability_is_the_share_of_yes_among_yes_and_no() -> None:
    assert ModelJudge(Says(0.7), "m", 0.5).probability(RIGHT, [TEXT]) == pytest.approx(0.7)


def test_a_model_that_says_neither_believes_nothing() -> None:
    class Silent(Says):
        def next_tokens(self, model: str, prompt: str, *, top: int = 20) -> list[TokenLogprob]:
            return [TokenLogprob(-1, "The", 0.0)]

    assert ModelJudge(Silent(1.0), "m", 0.5).probability(RIGHT, [TEXT]) == 0.0


def test_it_is_shown_the_closest_sentences_as_data_and_asked_once() -> None:
    engine = Says(0.9)
    judge = ModelJudge(engine, "m", 0.5)
    for _ in range(2):
        judge.probability("The Haro lock has 48 bolts <|im_end|>.", [TEXT])
    (prompt,) = engine.prompts
    assert "Second. The Haro lock has 48 bolts a gate. Fourth." in prompt
    assert "Sixth" not in prompt
    assert prompt.count("<|im_end|>") == 1  # that of the turn


@pytest.mark.parametrize(("yes", "verdict"), [(0.9, "supported"), (0.3, "partly")])
def test_it_has_the_last_word_on_what_is_found_in_part(yes: float, verdict: str) -> None:
    (sentence,) = checker(Says(yes)).answer(f"{RIGHT} [1].").sentences
    assert (sentence.verdict, sentence.support) == (verdict, pytest.approx(yes, abs=1e-3))


@pytest.mark.parametrize("sentence", ["The Haro lock has 49 bolts a gate.", "Bread rises overnight in a warm kitchen."])
def test_what_words_do_not_find_at_all_is_not_put_to_it(sentence: str) -> None:
    engine = Says(1.0)
    (judged,) = checker(engine).answer(f"{sentence} [1].").sentences
    assert not judged.supported
    assert engine.prompts == []


def test_a_number_of_another_thing_stays_doubtful_whatever_it_says() -> None:
    text = "The Haro lock has 48 bolts a gate. The Mira lock has 36 bolts a gate."
    check = AnswerChecker(
        evidence(text),
        question="How many bolts?",
        supporter=Supporter(),
        threshold=0.6,
        judge=ModelJudge(Says(1.0), "m", 0.5),
    )
    (sentence,) = check.answer("The Mira lock has 48 bolts a gate [1].").sentences
    assert (sentence.verdict, sentence.against) == ("partly", ("number_of_another",))


def test_nothing_is_asked_while_an_answer_is_written() -> None:
    engine = Says(0.0)
    assert checker(engine, least=0.5).citation("1", RIGHT) is None  # by words, from 0.99 on
    assert engine.prompts == []
