"""One question, with what is open."""

from __future__ import annotations

import pytest

from ragft.app.asking import AskRequest, stream
from ragft.app.resources import Resources

pytestmark = pytest.mark.usefixtures("scripted_engine")


def test_a_question_that_points_at_a_given_text_changes_the_gate_for_itself_alone(resources: Resources) -> None:
    text = "The waggle dance of Oberon gives 2,345 m as the distance."
    list(stream(resources, AskRequest("Summarise this", attached=text)))
    assert resources.session().settings.answer.judgement is None
