"""Each check rejects what it is for, and only that."""

from __future__ import annotations

import pytest

from ragft.corpus.base import Chunk
from ragft.tasks.papers.recipe.angles import Angle, angles
from ragft.tasks.papers.recipe.claims import Claim
from ragft.tasks.papers.recipe.question_checks import question_problem


def claim(text: str) -> Claim:
    return Claim(Chunk("c", "d", 0, text, "Title", "Method", (1, 1)), 0, len(text), text)


BEIR = claim("The BEIR collection brings together 18 data sets from biomedicine and finance.")
NUMBER = next(angle for angle in angles(BEIR.text) if angle.kind == "number")
OBJECT = next(angle for angle in angles(BEIR.text) if angle.kind == "object")


@pytest.mark.parametrize(
    ("angle", "question", "problem"),
    [
        (NUMBER, f"{NUMBER.start}?", None),
        (OBJECT, "What does the BEIR collection bring together?", None),
        (NUMBER, f"{NUMBER.start} from biomedicine?", None),
        (NUMBER, NUMBER.start, "malformed"),
        (NUMBER, "What is the BEIR collection?", "malformed"),
        (NUMBER, f"{NUMBER.start} data sets data sets?", "malformed"),
        (NUMBER, f"{NUMBER.start} in this paper?", "unnamed_subject"),
        (NUMBER, f"{NUMBER.start} from physics?", "reworded"),
        (NUMBER, f"{NUMBER.start} from?", "reworded"),
        (NUMBER, f"{NUMBER.start} from finance?", "reworded"),
        (OBJECT, f"{OBJECT.start} 18 data sets from biomedicine?", "reworded"),
    ],
)
def test_question(angle: Angle, question: str, problem: str | None) -> None:
    assert question_problem(question, BEIR, angle) == problem


def test_what_is_asked_may_not_hold_the_answer() -> None:
    tables = claim("The TAPAS model receives questions over tables.")
    (angle,) = angles(tables.text)
    assert question_problem("What does the TAPAS model receive?", tables, angle) is None
    assert question_problem("What does the TAPAS model receive over tables?", tables, angle) == "gives_answer_away"


WHY = claim("Beam search is slow in practice because every beam needs a pass of its own.")


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        ("Why is beam search slow in practice?", None),
        ("Why is beam search slow in?", "reworded"),
        ("Why is beam search?", "reworded"),
        ("Why is beam search in practice?", "reworded"),
        ("Why is beam search fast in practice?", "reworded"),
    ],
)
def test_a_reason_is_asked_for_what_it_is_given_for(question: str, problem: str | None) -> None:
    (angle,) = angles(WHY.text)
    assert question_problem(question, WHY, angle) == problem
