"""What a reader gets after the model has written: the model's words, a quotation instead, or a refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ragft.answer.base import Answer, RefusalReason
from ragft.answer.checker import Checked, clean, tells_more
from ragft.answer.checking.negation import denies, opposes
from ragft.answer.checking.other_language import language_written_in
from ragft.answer.checking.support import coverage
from ragft.answer.checking.terms import Quantity, is_stated, quantities
from ragft.answer.escape import as_data
from ragft.answer.outcome import QuestionState, answered, quoted, refused, unfinished_thought
from ragft.answer.prompts.form import OwnWord, own_word_of
from ragft.answer.prompts.prompt import is_refusal
from ragft.answer.question_kind import (
    answer_type,
    asks_why,
    gives_reason,
    has_unit_asked,
    holds_type,
    is_yes_no,
    share_missing_names,
    share_missing_numbers,
)
from ragft.answer.quotation import quotable
from ragft.answer.refusal.features import Closest, ClosestSentence, question_features, sentence_features
from ragft.answer.refusal.gate import Calibration
from ragft.answer.refusal.unknown_names import UnknownNames
from ragft.corpus.fold import letters_and_digits
from ragft.setting_sections import AnswerSettings

DECLINED_MARGIN = 0.1
"""How much better the evidence has to be for a passage to be quoted where the model itself declined."""
CAPABLE_GATE = 0.2
"""The gate for a capable model, which refuses by itself what the passages do not answer. Passages below it have nearly
nothing in common with the question."""
CLOSEST = 4
"""Sentences closest to a question for a number, one of which must have the number of a small model's answer."""
SHARED_WORDS = 0.5
"""The share of a question's words that a supported sentence of a small model has, for it to be taken for an answer."""
COPIED = 160
"""Letters and digits: a reply that begins with so many of a source's first ones is a copy. A source with fewer is not
compared, since an answer may quote all of it."""
TOLD = own_word_of(0)
"""What the word of a small model counts for."""


@dataclass(frozen=True)
class Verdict:
    """The thresholds of one model's answers, and what follows from them.

    `quote` allows a verbatim passage where the model gives nothing usable. The words of a `capable` model, where the
    sources support them, count for more than the score of the question, and so does a refusal that is trusted. Some
    models are not told how to refuse (`own_word`).
    """

    settings: AnswerSettings
    calibration: Calibration
    quote: bool
    capable: bool
    own_word: OwnWord = TOLD

    @property
    def gate_threshold(self) -> float:
        """Below this probability the model is not asked."""
        if self.settings.gate is not None:
            return self.settings.gate
        shipped = self.calibration.gate_threshold
        return min(shipped, CAPABLE_GATE) if self.capable else shipped

    @property
    def answer_threshold(self) -> float:
        """Below this probability that the evidence holds an answer, a small model's is believed only if it answers the
        question itself."""
        return self.calibration.answer_threshold if self.settings.judgement is None else self.settings.judgement

    @property
    def support_threshold(self) -> float:
        """Below this score a sentence is marked as unsupported."""
        return self.calibration.support if self.settings.support is None else self.settings.support

    def passes_gate(
        self, state: QuestionState, closest: Closest, *, unknown: Callable[[], UnknownNames] = UnknownNames
    ) -> bool:
        """Whether the evidence is good enough to ask the model; scores, thresholds and names are noted in `state`.

        A paper that the question names is in the collection, so the score does not count: "main contributions" has few
        words in common with it. One that turns on a name `unknown` to the whole collection does not pass, which is
        looked up only where the score would let it pass.
        """
        features = question_features(closest, [item.hit for item in state.evidence])
        state.gate_score = self.calibration.gate.probability(features)
        state.answer_score = self.calibration.answer.probability(features)
        state.gate_threshold, state.answer_threshold = self.gate_threshold, self.answer_threshold
        state.gate_seconds = state.seconds - state.retrieval_seconds
        if _is_wanted(state):
            return True
        if state.gate_score >= state.gate_threshold:
            state.unknown = unknown()
            return not state.unknown.decide
        return False

    def decide(self, state: QuestionState, closest: Closest, checked: Checked) -> Answer:
        """The answer to a question whose model has written; `closest` has the question as it was searched for."""
        if state.settled:  # a reader may have its beginning already
            return answered(state, checked)
        score = state.answer_score or 0.0
        declined = is_refusal(clean(state.raw)) or self._only_copies(state, checked)
        if not declined and (
            self._capable_model_passes(state, closest, checked)
            if self.capable
            else self._small_model_passes(state, closest, checked)
        ):
            return answered(state, checked)
        # Where the model itself declined, its word is doubted only on clearly better evidence; a trusted one's never.
        quotes = self.quote and (bool(state.fault) or not (self.own_word.trusted if declined else self.capable))
        enough = max(self.calibration.quote_threshold, self.answer_threshold) + (DECLINED_MARGIN if declined else 0.0)
        if state.fault == "unfinished_thought":
            state.warnings.append(unfinished_thought(state))
        if quotes and score >= enough:
            answers = partial(self.answers, closest, enough)
            if citations := quotable(state.evidence, closest, answers):
                return quoted(state, checked, citations)
        return refused(state, _reason(state, declined=declined), checked)

    def is_final(self, state: QuestionState, closest: Closest, checked: Checked) -> bool:
        """Whether what `checked` has of an answer can be shown before the rest of it is written: it would pass alone,
        and nothing that follows can change that."""
        if not (checked.grounded and self._holds(state)) or self._only_copies(state, checked, so_far=True):
            return False
        if self.capable:
            return self._capable_model_passes(state, closest, checked)
        if answer_type(closest.question) in ("number", "share") and not _new_quantities(closest, checked):
            return False
        return self._small_model_passes(state, closest, checked)

    def answers(self, closest: Closest, least: float, sentence: ClosestSentence) -> bool:
        """Whether one sentence alone is judged to hold an answer, with a probability of at `least` this."""
        return self.calibration.answer.probability(sentence_features(closest, sentence)) >= least

    def _small_model_passes(self, state: QuestionState, closest: Closest, checked: Checked) -> bool:
        """Whether a small model's answer is shown: the passages support it, and hold an answer or give it themselves.

        So the score of the question does not overrule a supported sentence that answers it.
        """
        return (
            checked.grounded
            and (self._holds(state) or _answers_itself(state, closest.question, checked))
            and _in_unit(closest, checked)
            and not _counts_something_else(state, closest, checked)
        )

    def _capable_model_passes(self, state: QuestionState, closest: Closest, checked: Checked) -> bool:
        """Whether a capable model's answer is shown, its doubtful sentences marked.

        Where not one sentence is supported, that takes passages that hold an answer, and parts of it in them. One that
        was not told how to refuse must give a number of the kind that is asked for.
        """
        if not self.own_word.told and not _in_unit(closest, checked):
            return False
        if checked.grounded:
            return self._holds(state) or checked.mostly_found
        return checked.by_names or (self._holds(state) and checked.mostly_found)

    def _only_copies(self, state: QuestionState, checked: Checked, *, so_far: bool = False) -> bool:
        """Whether a model that was not told how to refuse only copies the beginning of a source: it has no answer.

        `so_far`: more text follows, so the beginning of such a copy counts too.
        """
        text = letters_and_digits("".join(sentence.text for sentence in checked.sentences))
        if self.own_word.told or not text:
            return False
        beginnings = [letters_and_digits(as_data(item.shown))[:COPIED] for item in state.evidence]
        return any(
            text.startswith(one) or (so_far and one.startswith(text)) for one in beginnings if len(one) == COPIED
        )

    def _holds(self, state: QuestionState) -> bool:
        """Whether the evidence is judged to hold an answer."""
        return (state.answer_score or 0.0) >= self.answer_threshold or _is_wanted(state)


def _is_wanted(state: QuestionState) -> bool:
    """Whether the question names a paper that was found, and asks only for a summary or a part of it."""
    return any(item.hit.wanted for item in state.retrieved)


def _answers_itself(state: QuestionState, question: str, checked: Checked) -> bool:
    """Whether a supported sentence of a small model answers `question`, in English, whatever else the passages hold.

    It has half of the question's words and more than the question, gives the kind of thing or the reason asked for, and
    does not deny what is asked about; and it or a passage that it cites has all names and numbers of the question.
    """
    if language_written_in(question) not in ("en", ""):  # the kinds of questions and denials are known in English only
        return False
    kind = answer_type(question)
    cited = {item.key: f"{item.hit.title}. {item.hit.section}. {item.hit.text}" for item in state.evidence}
    for one in checked.sentences:
        around = " ".join([one.text, *(cited[key] for key in one.keys if key in cited)])
        if (
            one.supported
            and tells_more(one.text, question)
            and coverage(question, one.text) >= SHARED_WORDS
            and holds_type(kind, one.text, question)
            and (gives_reason(one.text) or not asks_why(question))
            and not _denies_what_is_asked(one.text, question)
            and not share_missing_names(question, around)
            and not share_missing_numbers(question, around)
        ):
            return True
    return False


def _denies_what_is_asked(sentence: str, question: str) -> bool:
    """Whether only one of the two denies something, and that is what the other says; "No" is an answer."""
    return not is_yes_no(question) and denies(sentence) != denies(question) and opposes(sentence, question)


def _counts_something_else(state: QuestionState, closest: Closest, checked: Checked) -> bool:
    """Whether a number was asked for, and no sentence close to the question has one that the answer gives.

    A small model takes the number of another sentence: "4 GB" of the constants for the 48 GB of the whole.
    """
    if answer_type(closest.question) not in ("number", "share"):
        return False
    new = _new_quantities(closest, checked)
    near = closest.among([item.hit for item in state.evidence])[:CLOSEST]
    stated = [quantities(candidate.text) for candidate in near]
    return bool(new) and bool(near) and not any(is_stated(quantity, there) for quantity in new for there in stated)


def _in_unit(closest: Closest, checked: Checked) -> bool:
    """Whether a sentence that is found in the sources has a number of the unit that is asked for, if one is."""
    found = [one.text for one in checked.sentences if one.verdict in ("supported", "partly", "other_language")]
    return not found or any(has_unit_asked(closest.question, text) for text in found)


def _new_quantities(closest: Closest, checked: Checked) -> list[Quantity]:
    """The quantities of the supported sentences that the question does not have."""
    given = [one for sentence in checked.sentences if sentence.supported for one in quantities(sentence.text)]
    return [quantity for quantity in given if quantity not in quantities(closest.question)]


def _reason(state: QuestionState, *, declined: bool) -> RefusalReason:
    """Why nothing of what the model wrote is shown."""
    if declined:
        return "model_refused"
    if state.fault == "unfinished_thought":
        return "unfinished_thought"
    broken = ("empty", "template_token", "think_block", "loop", "recital")
    return "degenerate" if state.fault in broken else "unsupported"
