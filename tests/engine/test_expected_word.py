"""The word a model would begin with, from the candidates for its next token."""

from __future__ import annotations

import math

import pytest

from ragft.engine.base import ChatRequest, Message, TokenLogprob
from ragft.engine.expected_word import expected_start, likeliest
from ragft.engine.scripted import ScriptedEngine

REQUEST = ChatRequest("m", (Message("user", "Which?"),))


class Expects(ScriptedEngine):
    """A scripted engine with these candidates for the next token, which notes the prompt."""

    def __init__(self, *candidates: tuple[str, float], opens: bool = False) -> None:
        super().__init__()
        self.candidates = [TokenLogprob(-1, text, math.log(p)) for text, p in candidates]
        self.opens = opens
        self.prompt = ""

    def render(self, request: ChatRequest) -> str:
        return super().render(request) + ("<think>\n" if self.opens else "")

    def next_tokens(self, model: str, prompt: str, *, top: int = 20) -> list[TokenLogprob]:
        self.prompt = prompt
        return self.candidates


def test_candidates_of_one_word_are_added_up() -> None:
    engine = Expects((" A", 0.4), ("A", 0.1), ("B", 0.2), ("The", 0.2))
    found = expected_start(engine, REQUEST, ("A", "B", "C"))
    assert found == {"A": pytest.approx(0.5), "B": pytest.approx(0.2), "C": 0.0}
    assert likeliest(found) == "A"
    assert engine.prompt == engine.render(REQUEST)


def test_a_word_of_several_tokens_is_known_by_its_first() -> None:
    assert likeliest(expected_start(Expects(("t", 0.6), ("A", 0.3)), REQUEST, ("A", "B", "tie"))) == "tie"


def test_where_no_word_is_expected_there_is_none() -> None:
    assert likeliest(expected_start(Expects(("The", 1.0), (" ", 0.5)), REQUEST, ("A", "B"))) is None
    assert likeliest({}) is None


def test_a_thought_that_the_prompt_opens_is_closed_first() -> None:
    engine = Expects(("A", 1.0), opens=True)
    expected_start(engine, REQUEST, ("A",), begun="It is ")
    assert engine.prompt.endswith("<think>\n\n</think>\n\nIt is ")
