"""One question, with what is open."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.app.application import open_application
from ragft.app.asking import AskRequest, stream
from ragft.app.resources import Resources
from ragft.errors import NotFoundError

pytestmark = pytest.mark.usefixtures("scripted_engine")

DANCE = "Which distance does the waggle dance of Oberon give?"


def test_a_question_that_points_at_a_given_text_changes_the_gate_for_itself_alone(resources: Resources) -> None:
    text = "The waggle dance of Oberon gives 2,345 m as the distance."
    list(stream(resources, AskRequest("Summarise this", attached=text)))
    assert resources.session().settings.answer.judgement is None


def test_a_text_needs_no_documents_and_makes_no_workspace(tmp_path: Path) -> None:
    with open_application(tmp_path / "none") as app:
        answer = app.ask(DANCE, text="The waggle dance of Oberon gives 2,345 m as the distance.")
        assert [citation.title for citation in answer.citations] == ["standard input"]
        for given in (None, "", lambda: b""):
            with pytest.raises(NotFoundError, match="no documents"):
                app.ask(DANCE, text=given)
    assert not (tmp_path / "none").exists()


def test_a_word_of_the_text_is_not_taken_for_one_of_the_documents(resources: Resources) -> None:
    text = "The dance of Oberon gives the bees 2,345 m, and its memry is long."
    *_, done = stream(resources, AskRequest("How long is the memry of QLoRA for a model?", attached=text))
    assert done.answer.metrics.searched_for == ""
    *_, done = stream(resources, AskRequest("How long is the memry of QLoRA for a model?"))
    assert "memory" in done.answer.metrics.searched_for
