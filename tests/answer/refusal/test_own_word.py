"""What a model's own word counts for: both ways of asking, the margin between them, and refusals that are right."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest

from ragft.answer.base import Answer, AnswerMetrics, Evidence
from ragft.answer.prompts.form import REFUSAL, OwnWord
from ragft.answer.refusal.calibration import LabelledQuestion
from ragft.answer.refusal.own_word import OwnWordReport, measure_own_word
from ragft.errors import InputError
from ragft.index.base import Hit
from tests.answer.fakes import QLORA, hit

SMALL, CAPABLE = OwnWord(told=True, trusted=False), OwnWord(told=False, trusted=True)
OTHERS = ("without",)


def rows(count: int = 20) -> list[LabelledQuestion]:
    return [
        row
        for number in range(count)
        for row in (
            LabelledQuestion(f"{number} answerable", answerable=True),
            LabelledQuestion(f"{number} unanswerable", answerable=False, documents=OTHERS),
        )
    ]


class Finder:
    """Finds one passage, and notes in which documents it was looked for."""

    def __init__(self) -> None:
        self.asked: list[Collection[str] | None] = []

    def search(self, query: str, k: int, *, documents: Collection[str] | None = None) -> Sequence[Hit]:
        self.asked.append(documents)
        return [hit(QLORA)]


class Model:
    """Answers the first so many questions of each kind, and refuses the others."""

    def __init__(self, answerable: int, unanswerable: int, *, quotes: bool = False) -> None:
        self.counts = {"answerable": answerable, "unanswerable": unanswerable}
        self.quotes = quotes

    def ask(self, question: str, *, evidence: Sequence[Evidence] | None = None, gated: bool = False) -> Answer:
        assert evidence and gated, "asked as in ragft ask"
        number, kind = question.split()
        if int(number) < self.counts[kind]:
            return Answer(question, "So it is.", raw="So it is.")
        quoted = AnswerMetrics(quoted=self.quotes)
        return Answer(question, REFUSAL, refused=not self.quotes, raw=REFUSAL, metrics=quoted)


def measured(told: Model, untold: Model, by_size: OwnWord = SMALL) -> OwnWordReport:
    return measure_own_word(rows(), Finder(), lambda own: told if own.told else untold, by_size=by_size, k=8)


def test_the_shares_of_both_ways_are_told() -> None:
    report = measured(Model(10, 2), Model(20, 20))
    assert (report.answerable, report.unanswerable) == (20, 20)
    assert (report.told.answered, report.told.false_answers) == (0.5, 0.1)
    assert (report.told.refused_right, report.told.refused_wrong) == (18, 10)
    assert (report.untold.worth, report.untold.refused_right) == (0.0, 0)


def test_a_model_that_refuses_whatever_it_reads_is_not_told_how() -> None:
    assert not measured(Model(4, 0), Model(18, 4)).own_word.told


def test_a_capable_model_that_refuses_rightly_is_told_how() -> None:
    assert measured(Model(18, 0), Model(20, 12), CAPABLE).own_word.told


def test_a_small_difference_leaves_the_way_of_its_size() -> None:
    assert measured(Model(18, 2), Model(19, 2)).own_word.told
    assert not measured(Model(19, 2), Model(18, 2), CAPABLE).own_word.told


def test_a_difference_of_15_points_counts() -> None:
    assert not measured(Model(16, 2), Model(19, 2)).own_word.told


@pytest.mark.parametrize(("wrong", "trusted"), [(4, True), (6, False)])
def test_four_right_refusals_of_five_are_the_least_to_be_trusted(wrong: int, trusted: bool) -> None:
    model = Model(20 - wrong, 4)  # 16 right ones
    assert measured(model, model).own_word.trusted is trusted


def test_five_refusals_are_enough_to_judge_them() -> None:
    five = Model(20, 15)
    assert measured(five, five).own_word.trusted


def test_refusals_that_are_mostly_right_are_trusted() -> None:
    assert measured(Model(18, 0), Model(20, 20)).own_word.trusted
    assert not measured(Model(10, 0), Model(10, 10), CAPABLE).own_word.trusted


def test_too_few_refusals_leave_the_trust_of_its_size() -> None:
    few = Model(20, 16)
    assert measured(few, few, CAPABLE).own_word.trusted
    assert not measured(few, few).own_word.trusted


def test_a_quotation_is_no_answer_of_the_model() -> None:
    assert measured(Model(0, 0, quotes=True), Model(20, 0)).told.answered == 0.0


def test_an_unanswerable_question_is_asked_without_its_source() -> None:
    finder, model = Finder(), Model(20, 0)
    measure_own_word(rows(), finder, lambda _: model, by_size=SMALL, k=8)
    assert finder.asked == [None, OTHERS] * 20


def test_too_few_questions_are_no_measure() -> None:
    with pytest.raises(InputError, match="9 answerable and 9 unanswerable"):
        measure_own_word(rows(9), Finder(), lambda _: Model(0, 0), by_size=SMALL, k=8)
