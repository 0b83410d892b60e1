"""The mark behind a sentence that is not wholly supported."""

from __future__ import annotations

from typing import get_args

import pytest

from ragft.answer.base import SentenceVerdict
from ragft.answer.shown.marks import marked, without_marks
from ragft.answer.shown.messages import LANGUAGES

SENTENCE = "It has 48 bolts."


def test_the_mark_is_in_the_language_of_the_question() -> None:
    assert marked(SENTENCE, "not_found", "en") == f"{SENTENCE} (not found in the sources)"
    assert len({marked(SENTENCE, "not_found", language) for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("verdict", ["supported", "contradicted"])
def test_what_is_supported_or_not_shown_has_no_mark(verdict: SentenceVerdict) -> None:
    assert marked(SENTENCE, verdict, "en") == SENTENCE


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", get_args(SentenceVerdict))
def test_every_mark_is_taken_off_again(verdict: SentenceVerdict, language: str) -> None:
    assert without_marks(f"{marked(SENTENCE, verdict, language)} It leaks.") == f"{SENTENCE} It leaks."
