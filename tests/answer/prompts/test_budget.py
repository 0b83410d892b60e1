"""What fits into the prompt."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.base import Turn
from ragft.answer.prompts.budget import (
    LEAST_EVIDENCE_TOKENS,
    PromptBudget,
    SpeedFile,
    TokenCounter,
    evidence_budget,
)
from ragft.answer.prompts.excerpts import Rank
from ragft.answer.prompts.prompt import evidence_line
from ragft.engine.base import ChatRequest, Message, Options
from ragft.errors import ContextOverflow, EngineUnavailable
from ragft.setting_sections import EVIDENCE_TOKENS, MOST_EVIDENCE_TOKENS
from tests.answer.fakes import NF4, OPTIMISERS, QLORA, Player, evidence

COUNTER = TokenCounter(Player(), "tiny")
TURN = Turn("What is LoRA, in a few words please?", "A pair of thin matrices that is trained [1].")


def budget(evidence_tokens: int, rank: Rank | None = None) -> PromptBudget:
    """For a window in which all of the evidence has room."""
    return PromptBudget(COUNTER, Options(num_ctx=4096), evidence_tokens=evidence_tokens, rank=rank)


def test_everything_stays_when_it_fits() -> None:
    items = evidence(QLORA, NF4)
    fitted = budget(500).fit("Why?", items, [TURN])
    assert fitted.evidence == items
    assert (fitted.evidence_dropped, fitted.evidence_trimmed, fitted.history_dropped) == (0, 0, 0)


def test_the_weakest_evidence_goes_first() -> None:
    items = evidence(*[f"Passage {n} has a few words of its own." for n in range(8)])
    each = COUNTER.text(evidence_line(items[0]))
    fitted = budget(2 * each + 2).fit("Why?", items)
    assert [item.key for item in fitted.evidence] == ["1", "2"]
    assert fitted.evidence_dropped == 6


def test_a_long_chunk_is_cut_to_its_best_sentences_in_order() -> None:
    sentences = [f"Sentence number {n} tells of things without weight." for n in range(40)]
    sentences[30] = "QLoRA needs 48 GB of memory."
    items = evidence(" ".join(sentences))
    fitted = budget(40, lambda s: [float("48" in x) for x in s]).fit("Why?", items)
    assert "QLoRA needs 48 GB of memory." in fitted.evidence[0].excerpt
    assert fitted.evidence_trimmed == 1
    assert fitted.evidence_tokens <= 45
    assert fitted.evidence[0].hit.text == items[0].hit.text, "quotes are looked up in the whole chunk"


def test_history_goes_oldest_first_when_the_window_is_small() -> None:
    turns = [Turn(f"Question {n} " + "word " * 60, "answer") for n in range(4)]
    small = PromptBudget(COUNTER, Options(num_ctx=512, num_predict=256), evidence_tokens=200)
    fitted = small.fit("Why?", evidence(QLORA), turns)
    assert 0 < len(fitted.history) < 4
    assert fitted.history == tuple(turns[-len(fitted.history) :])
    assert fitted.history_dropped == 4 - len(fitted.history)


def test_a_question_longer_than_the_window_is_an_error_that_says_so() -> None:
    with pytest.raises(ContextOverflow, match="num_ctx 512"):
        PromptBudget(COUNTER, Options(num_ctx=512, num_predict=256)).fit("word " * 600, evidence(QLORA))


@given(
    st.integers(0, 8),
    st.integers(0, 5),
    st.integers(20, 3000),
    st.integers(300, 4096),
)
def test_the_prompt_always_fits(chunks: int, turns: int, tokens: int, num_ctx: int) -> None:
    items = evidence(*[(QLORA + " " + NF4 + " " + OPTIMISERS) * 3] * chunks)
    small = PromptBudget(COUNTER, Options(num_ctx=num_ctx, num_predict=128), evidence_tokens=tokens)
    fitted = small.fit("Why is it so?", items, [TURN] * turns)
    assert fitted.prompt_tokens <= num_ctx - 128
    assert len(fitted.evidence) + fitted.evidence_dropped == chunks
    assert len(fitted.history) + fitted.history_dropped == turns


def test_the_evidence_budget_follows_the_speed_where_asked_for() -> None:
    assert evidence_budget("auto", None) == EVIDENCE_TOKENS
    assert evidence_budget("auto", 227) == 908
    assert evidence_budget("auto", 10) == LEAST_EVIDENCE_TOKENS
    assert evidence_budget("auto", 9000) == MOST_EVIDENCE_TOKENS
    assert evidence_budget(333, 227) == 333


def test_an_engine_that_cannot_tokenise_is_estimated_and_learnt_from() -> None:
    counter = TokenCounter(Player(tokenizes=False), "tiny")
    messages = (Message("user", "x" * 1000),)
    text, prompt = counter.text("x" * 1000), counter.prompt(messages, Options(), False)
    assert not counter.exact
    counter.learn(1000, 500)
    assert prompt < counter.prompt(messages, Options(), False) == 511
    assert counter.text("x" * 1000) == text, "the evidence of a question depends on no question before"


def test_an_engine_that_cannot_tokenise_is_not_asked_to_render() -> None:
    """Ollama before 0.11.5 cannot, and a newer one loads the model for it."""

    class TooOld(Player):
        def render(self, request: ChatRequest) -> str:
            raise EngineUnavailable("Ollama 0.9.0 is too old to show the prompt it makes")

    counter = TokenCounter(TooOld(tokenizes=False), "tiny")
    assert counter.prompt((Message("user", "x" * 1000),), Options(), False) > 200


def test_speed_is_remembered_between_processes(tmp_path: Path) -> None:
    SpeedFile(tmp_path / "speed.json", Player()).note("tiny", 200.0)
    SpeedFile(tmp_path / "speed.json", Player()).note("tiny", 400.0)
    assert SpeedFile(tmp_path / "speed.json", Player()).read("tiny") == 300.0
    assert SpeedFile(tmp_path / "speed.json", Player()).read("other:latest") is None


@pytest.mark.parametrize("content", ["", "[]", "{", "[" * 100_000])
def test_a_damaged_speed_file_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "speed.json").write_text(content)
    assert SpeedFile(tmp_path / "speed.json", Player()).read("tiny") is None


@pytest.mark.parametrize("speed", ["1e999", "NaN", "-1", '"x"', "null"])
def test_a_speed_that_makes_no_sense_is_measured_again(tmp_path: Path, speed: str) -> None:
    (tmp_path / "speed.json").write_text(f'{{"scripted {Player().show("tiny").digest}": {speed}}}')
    book = SpeedFile(tmp_path / "speed.json", Player())
    assert book.read("tiny") is None
    book.note("tiny", 200.0)
    assert book.read("tiny") == 200.0


ROWS = ["Name | NQ | WQ", *[f"Model {n} with a name | {n}.5 | {n}.7" for n in range(30)]]


def test_a_row_of_a_table_comes_with_the_heads_of_its_columns() -> None:
    items = evidence("\n".join(["Some text before the table.", *ROWS, "Some text after it."]))
    ranked = budget(
        16, lambda pieces: [100.0 if "17.5" in piece else float(place) for place, piece in enumerate(pieces)]
    )
    fitted = ranked.fit("What has model 17?", items)
    shown = fitted.evidence[0].excerpt
    assert "Name | NQ | WQ" in shown and "Model 17 with a name | 17.5 | 17.7" in shown
    assert "Model 5" not in shown


@given(st.integers(1, 200), st.lists(st.floats(0, 1), min_size=40, max_size=40))
def test_no_excerpt_shows_a_row_without_its_heads(tokens: int, scores: list[float]) -> None:
    rows = ["Name | Prec. Rec. | WQ", *ROWS[1:]]
    items = evidence("\n".join(["Some text before the table.", *rows, "Some text after it. And some more."]))
    fitted = budget(tokens, lambda s: scores[: len(s)]).fit("Why?", items)
    excerpt = fitted.evidence[0].shown
    assert " | " not in excerpt or rows[0] in excerpt
