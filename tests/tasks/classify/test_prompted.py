"""A model as a classifier: what it is shown, and that the labels have the likelihoods that the model gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragft.benchmark.scoring.likelihood import log_likelihoods
from ragft.engine.base import ChatRequest
from ragft.engine.scripted import ScriptedEngine
from ragft.tasks.classify.base import LabelledDocument
from ragft.tasks.classify.prompted import PromptedModel
from ragft.tasks.classify.prompts import BEGUN, answer, excerpts, messages, written

if TYPE_CHECKING:
    from ragft.engine.embedded.engine import EmbeddedEngine

LABELS = ("cooking recipe", "invoice", "weather report")


def test_what_all_documents_share_comes_first_and_examples_are_turns() -> None:
    shown = [LabelledDocument("Salt the soup.", "cooking recipe")]
    turns = messages("Pay 5 EUR.", LABELS, examples=shown)
    assert "cooking recipe, invoice, weather report" in turns[0].content
    assert [turn.role for turn in turns] == ["system", "user", "assistant", "user"]
    assert turns[2].content == '{"label": "cooking recipe"}'
    assert "invoice" not in messages("Pay.", LABELS, listed=False)[0].content


def test_a_label_with_quotes_is_written_as_json() -> None:
    assert answer('say "x"') == BEGUN + written('say "x"')
    assert written("a") == 'a"}'


def test_a_long_document_is_shown_by_its_ends_or_in_parts_that_hold_all_of_it() -> None:
    text = " ".join(f"w{n}" for n in range(400))
    (ends,) = excerpts(text, 300)
    assert len(ends) < 320 and ends.startswith("w0 ") and ends.endswith("w399")
    parts = excerpts(text, 300, "vote")
    assert all(len(part) <= 300 for part in parts)
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert excerpts("short", 300, "vote") == ["short"]


def test_the_parts_of_a_long_document_vote() -> None:
    def reply(request: ChatRequest) -> str:
        prompt = request.messages[-1].content
        if prompt.endswith(BEGUN):
            return "bill" if "pay" in prompt else "rain"
        return "}" if prompt.endswith('"') else '"'

    engine, labels = ScriptedEngine(reply), ("bill", "rain")
    model = PromptedModel(lambda: engine, "m", labels, characters=100, long="vote")
    for text, label in ((["pay"] * 60 + ["wet"] * 30, "bill"), (["pay"] * 20 + ["wet"] * 60, "rain")):
        assert labels[int(model.log_probs([" ".join(text)])[0].argmax())] == label


@pytest.mark.slow
def test_the_labels_are_as_likely_as_the_model_finds_the_whole_answers(embedded_engine: EmbeddedEngine) -> None:
    text = "Please transfer 90 EUR within 14 days. Invoice number 7731, value added tax included."
    model = PromptedModel(lambda: embedded_engine, "smollm2", LABELS)
    found = np.exp(model.log_probs([text])[0])
    prompt = embedded_engine.render(ChatRequest("smollm2", messages(text, LABELS)))
    whole = log_likelihoods(embedded_engine, "smollm2", prompt, [answer(label) for label in LABELS])
    shares = np.exp([whole[answer(label)] for label in LABELS])
    assert float(found.sum()) == pytest.approx(1.0)
    assert found == pytest.approx(shares / shares.sum(), abs=0.05)
