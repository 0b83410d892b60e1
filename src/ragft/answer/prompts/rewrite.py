"""Rewrites a follow-up question so that it can be searched by itself: "and its memory?" after a question about QLoRA.

No model is asked; with `answer.follow_ups = "model"` a capable one rewrites first (`ragft.answer.prompts.follow_ups`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragft.answer.base import Turn
from ragft.answer.checking.terms import content_terms
from ragft.answer.question_kind import name_stems
from ragft.corpus.stopwords import is_stop_word, language_of
from ragft.corpus.words import words

_REFERS_BACK = re.compile(
    r"\b(?:it|its|itself|they|them|theirs?|these|those|(?:this|that) one|he|she|his|her|him|former|latter|same)\b"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )\bthere\W*$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"^\s*(?:and|but|or|also|so|then|(?:what|how) about|why(?: not)?\s*\?|how so|which one|really|(?:tell me )?more)\b",
    re.IGNORECASE,
)
_THIS = re.compile(
    r"\b(?:this|that|the)\s+(?:paper|method|approach|model|study|result|technique|work|one)s?\b", re.IGNORECASE
)
_SMALL_TALK = re.compile(
    r"\W*(?:(?:hi|hello|hey|hallo|bonjour|hola|good (?:morning|afternoon|evening|day)|bye|goodbye|again|there|please|"
    r"thanks?(?: you)?(?: very much| a lot)?|ok(?:ay)?|help|test|how are you(?: today)?|(?:who|what) are you|"
    r"what can (?:you|i) (?:do|ask)(?: here)?|what do you do|how does this work|can you help(?: me)?|"
    r"tell me a joke)\W*)*",
    re.IGNORECASE,
)
LOOK_BACK = 3
"""Turns that a chain of follow-ups can reach."""


def is_follow_up(question: str) -> bool:
    """Whether `question` only makes sense after another one."""
    return bool(
        _REFERS_BACK.search(question)
        or _GOES_ON.search(question)
        or _THIS.search(question)
        or (len(content_terms(question)) < 2 and not name_stems(question))
    )


def is_small_talk(question: str) -> bool:
    """Whether `question` asks nothing of any document: a greeting, thanks, "what can you do?", a lone "?"."""
    return _SMALL_TALK.fullmatch(question) is not None


def standalone(question: str, history: Sequence[Turn]) -> str:
    """`question`, with what earlier questions were about put behind it where it refers back.

    The words of the nearest question that stands alone are added, and of the follow-ups between; words that the
    question itself has are not repeated.
    """
    if not history or not is_follow_up(question):
        return question
    carried = [word for turn in referred_to(history) for word in _words_of_substance(turn.question)]
    own = set(content_terms(question))
    added = [word for word in dict.fromkeys(carried) if not (terms := content_terms(word)) or set(terms) - own]
    return f"{question.rstrip()} ({' '.join(added)})" if added else question


def referred_to(history: Sequence[Turn]) -> Sequence[Turn]:
    """The turns that a follow-up can refer to, in order: the last one that stands alone, and those since."""
    last = history[-LOOK_BACK:]
    alone = [number for number, turn in enumerate(last) if not is_follow_up(turn.question)]
    return last[alone[-1] :] if alone else last


def _words_of_substance(text: str) -> list[str]:
    language = language_of(words(text))
    tokens = re.findall(r"[^\s?!.,;:()\"“”？！。，、；：（）؟،।]+", text)
    return [token for token in tokens if words(token) and not is_stop_word(words(token)[0], language)]
