"""Each check rejects what it is for, and only that."""

from __future__ import annotations

import pytest

from ragft.corpus.base import Chunk
from ragft.dataset.angles import Angle, angles
from ragft.dataset.checks import question_problem
from ragft.dataset.claims import Claim


def claim(text: str) -> Claim:
    return Claim(Chunk("c", "d", 0, text, "Title", "Method", (1, 1)), 0, len(text), text)


BEIR = claim("The BEIR collection brings together 18 data sets from biomedicine and finance.")
NUMBER = next(angle for angle in angles(BEIR.text) if angle.kind == "number")
OBJECT = next(angle for angle in angles(BEIR.text) if angle.kind == "object")


@pytest.mark.parametrize(
    ("angle", "question", "problem"),
    [
        (NUMBER, "How many data sets does the BEIR collection bring together?", None),
        (OBJECT, "What does the BEIR collection bring together?", None),
        (NUMBER, "How many data sets does the BEIR collection bring together", "malformed"),
        (NUMBER, "What is the BEIR collection?", "malformed"),
        (NUMBER, "How many data sets sets data sets sets are there?", "malformed"),
        (NUMBER, "How many data sets are described in this paper?", "unnamed_subject"),
        (NUMBER, "How many data sets are there?", "unnamed_subject"),
        (NUMBER, "How many data sets does the MTEB collection bring together?", "foreign_words"),
        (NUMBER, "How many data sets does the BEIR collection bring together in 2021?", "foreign_words"),
        (NUMBER, "How many data sets bring together the 18 data of the BEIR collection?", "gives_answer_away"),
        (
            OBJECT,
            "What does the BEIR collection bring together 18 data sets from biomedicine and finance?",
            "gives_answer_away",
        ),
    ],
)
def test_question(angle: Angle, question: str, problem: str | None) -> None:
    assert question_problem(question, BEIR, angle) == problem
