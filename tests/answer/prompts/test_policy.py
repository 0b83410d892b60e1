from __future__ import annotations

import pytest

from ragft.answer.checking.support import Supporter
from ragft.answer.prompts.policy import RANKING, sentence_rank
from ragft.answer.question_kind import asks_why, gives_reason


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("Why does the bridge sway?", True),
        ("how come it sways", True),
        ("reasons for the sway of the bridge", True),
        ("How far does the bridge sway?", False),
        ("What did they say about whyever?", False),
    ],
)
def test_a_question_for_a_reason(question: str, why: bool) -> None:
    assert asks_why(question) is why


def test_a_sentence_that_gives_a_reason() -> None:
    assert gives_reason("It sways because the wind is strong.")
    assert gives_reason("Strong winds lead to large sways.")
    assert not gives_reason("It sways by two metres.")


def test_the_name_of_the_ranking_changes_with_it() -> None:
    """Change RANKING where this fails: models that were trained under the old ranking are then reported."""
    rank = sentence_rank("Why does the bridge sway by 2 metres?", Supporter())
    assert rank is not None
    sentences = ("The bridge sways because of wind.", "The bridge sways by 2 metres.", "Rivers are wet.")
    scores = [round(score, 3) for score in rank(sentences)]
    assert (RANKING, scores) == ("cosine-coverage-kind-1", [0.45, 0.5, 0.0])


def test_where_a_reason_is_asked_for_a_sentence_that_gives_one_is_worth_more() -> None:
    plain, reason = "The bridge sways by two metres.", "The bridge sways because of wind."
    why = sentence_rank("Why does the bridge sway?", Supporter())
    how = sentence_rank("How does the bridge sway?", Supporter())
    assert why is not None and how is not None
    assert why([reason])[0] > why([plain])[0]
    assert how([reason])[0] == how([plain])[0]


def test_where_a_number_is_asked_for_a_sentence_that_states_one_is_worth_more() -> None:
    rank = sentence_rank("How many metres does the bridge sway?", Supporter())
    assert rank is not None
    first, second = rank(["The bridge sways by 2 metres.", "The bridge sways by some metres."])
    assert first > second


def test_a_summary_is_made_of_the_first_sentences() -> None:
    assert sentence_rank("Summarise the paper on bridges", Supporter()) is None
