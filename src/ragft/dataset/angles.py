"""How a sentence can be asked for: the beginning of the question, and what only the answer may say.

A small model asked for "a question" writes one that the sentence does not answer. Given the beginning ("How many data
sets") by code, which has seen that the sentence states a number of data sets, it only has to finish it, and the check
knows which words would give the answer away.

    angles("The BEIR collection brings together 18 data sets from many domains.")
    -> Angle("What does the BEIR collection bring", "object", ...), Angle("How many data sets", "number", ...)
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from ragft.answer.terms import STOP_WORDS

AngleKind = Literal["number", "definition", "object", "reason", "manner"]


@dataclass(frozen=True)
class Angle:
    """A question's beginning, and the part of the sentence that is the answer and must stay out of the question."""

    start: str
    kind: AngleKind
    subject: str
    focus: str


# Verbs by their base form that papers use of methods and things. A closed list: a word taken for a verb that is none
# gives a broken question, and a missed verb only costs a sentence.
_VERBS = """
achieve add adapt address affect aggregate align allow apply assign assume attend augment avoid balance begin
benefit break bring build cache calculate capture carry cause change choose collect combine compare compress compute
concatenate condition connect consist contain control convert copy cost cover create cut decode decompose decrease
define deliver demonstrate depend describe detect determine discard distribute divide double drop embed employ enable
encode encourage enforce enhance ensure estimate evaluate examine exceed exclude expand exploit express extend extract
face fail filter find fit focus follow form freeze fuse generate give guide handle help hide hold identify ignore
implement improve include incorporate increase index inject insert integrate introduce involve judge keep label lack
lead learn leave leverage limit link load lose lower maintain map mark mask match maximise maximize measure merge
minimise minimize mix model modify monitor move multiply need normalise normalize offer operate optimise optimize
organise organize outperform parse pass penalise penalize perform plant poison predict prefer prepend prevent process
produce project propose protect provide prune quantise quantize query raise rank reach read receive recommend record
reduce refine reject rely remove reorder repeat replace report represent require rerank reside resolve restrict
retrieve return reuse reveal reward rewrite run sample save scale score search select send separate serve set share
shift shorten show shrink simplify skip slow solve sort speed split start steer stop store strengthen suffer suggest
summarise summarize supply support surpass swap tackle target teach test train transfer transform translate treat tune
turn update upload use vary weigh weight widen work yield
""".split()
_IRREGULAR_PAST = {
    "became": "become", "began": "begin", "brought": "bring", "built": "build", "chose": "choose", "cut": "cut",
    "found": "find", "gave": "give", "held": "hold", "kept": "keep", "led": "lead", "left": "leave", "lost": "lose",
    "ran": "run", "rose": "rise", "set": "set", "showed": "show", "taught": "teach", "took": "take",
}  # fmt: skip
# "model", "test", "index", "form", … are as often nouns: as plural verbs ("models", "tests") they are not trusted.
_NOUNS = frozenset(
    "benefit cache change cost cover copy control condition process test form index label limit link load map mark "
    "mask match measure mix model need offer pass project query rank record report return reward run sample scale score "
    "search set share shift speed split start stop store supply support swap target train transfer turn update use "
    "weight work yield focus filter balance cause guide lead drop embed embedding".split()
)


def _third(base: str) -> str:
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + "s"


_SINGULAR = {_third(base): base for base in _VERBS}
_PLURAL = {base: base for base in _VERBS if base not in _NOUNS}
_DETERMINER = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
_LINKING = {"is": "is", "are": "are", "was": "was", "were": "were"}
_TOKEN = re.compile(r"[^\s,]+|,")
_WORD_ONLY = re.compile(r"^[\w.+’'\-/]+$")
_REASON = re.compile(r",?\s\b(because|so that|in order to)\b\s", re.IGNORECASE)
_MANNER = re.compile(r",?\s\b(by)\s+\w+ing\b", re.IGNORECASE)
_COUNT = re.compile(
    r"(?<![\w.,$€£-])((?:\d[\d,]*(?:\.\d+)?|two|three|four|five|six|seven|eight|nine|ten|"
    r"eleven|twelve|sixteen|twenty)"
    r"(?:\s+(?:million|billion|trillion|thousand|hundred))?)\s+"
    r"((?:[a-z][a-z-]+\s+){0,2}?[a-z][a-z-]+s)\b(?=[\s,.])"
)
_NO_COUNT = frozenset("times is as was has does this plus versus bits points percent years hours days weeks".split())
_FUNCTION = STOP_WORDS | frozenset("per of in on at by for with from to as than while if when where".split())


def angles(sentence: str, common: Collection[str] = frozenset()) -> tuple[Angle, ...]:
    """Every way `sentence` can be asked for that code is sure of, clauses before counts.

    Args:
        common: words that the corpus also writes in small letters; only these lose the capital they have at the
            beginning of the sentence when they stand inside the question.
    """
    parsed = _subject_and_verb(sentence)
    return (*(_clauses(*parsed, common) if parsed else ()), *_numbers(sentence))


def _numbers(sentence: str) -> list[Angle]:
    found = []
    for match in _COUNT.finditer(sentence):
        noun = match[2]
        words = noun.split()
        if words[-1] in _NO_COUNT or any(word in _FUNCTION for word in words):
            continue
        found.append(Angle(f"How many {noun}", "number", "", match[1]))
    return found


def _clauses(subject: str, verb: str, rest: str, common: Collection[str]) -> list[Angle]:
    first = subject.split(maxsplit=1)[0]
    small = _DETERMINER.match(subject) or first.lower() in common
    asked = subject[0].lower() + subject[1:] if small else subject
    auxiliary, base = _auxiliary(verb)
    body = rest.rstrip(". ")
    found = []
    if reason := _REASON.search(body):
        found.append(Angle(f"Why {auxiliary} {asked}", "reason", subject, body[reason.start() :]))
    elif manner := _MANNER.search(body):
        found.append(Angle(f"How {auxiliary} {asked}", "manner", subject, body[manner.start() :]))
    elif verb in _LINKING:
        if re.match(r"(?:an?|the)\s+\w+", body) and not re.match(r"the (?:same|only|most|least)\b", body):
            found.append(Angle(f"What {auxiliary} {asked}", "definition", subject, body))
        elif participle := re.match(
            r"(\w+(?:ed|en|lt|wn))\s+(?:by|as|with|from|in|on|at|through|into|to|over)\s", body
        ):
            found.append(Angle(f"How {auxiliary} {asked} {participle[1]}", "manner", subject, body[participle.end() :]))
    elif base:
        found.append(Angle(f"What {auxiliary} {asked} {base}", "object", subject, body))
    return found


def _auxiliary(verb: str) -> tuple[str, str]:
    """The helping verb of a question, and the base form of the sentence's own verb (empty for a form of be)."""
    low = verb.lower()
    if low in _LINKING:
        return low, ""
    if low in _SINGULAR:
        return "does", _SINGULAR[low]
    if low in _PLURAL:
        return "do", _PLURAL[low]
    if low in {"can", "could", "may", "might", "must", "should", "will"}:
        return low, ""
    return "did", _IRREGULAR_PAST.get(low, "")


def _subject_and_verb(sentence: str) -> tuple[str, str, str] | None:
    """The words before the first verb, the verb, and what follows; None where that is not certain."""
    tokens = list(_TOKEN.finditer(sentence))
    for place, token in enumerate(tokens[:9]):
        word = token[0]
        if word == "," or not _WORD_ONLY.match(word.rstrip(".")):
            return None
        low = word.lower()
        if place == 0:
            continue
        is_verb = low in _LINKING or low in _SINGULAR or (low in _PLURAL and tokens[place - 1][0].lower().endswith("s"))
        if low in _IRREGULAR_PAST and low not in {"set", "left", "cut"}:
            is_verb = True
        if not is_verb:
            if low in {"that", "which", "who", "where", "when", "to", "and", "or"}:
                return None  # a longer subject than this reads safely
            continue
        if low.rstrip("s") in _NOUNS and low in _SINGULAR and tokens[place + 1 : place + 2]:
            following = tokens[place + 1][0].lower()
            if following in _LINKING or following in _SINGULAR or following in {"of", "in", "for", "and", "that", "to"}:
                continue  # "models are", "scores of": a noun
        subject = sentence[: token.start()].strip()
        rest = sentence[token.end() :].strip()
        return (subject, word, rest) if _is_subject(subject) and rest else None
    return None


def _is_subject(subject: str) -> bool:
    words = subject.split()
    if not 1 <= len(words) <= 7 or words[-1].lower() in _FUNCTION:
        return False
    content = [w for w in words if w.lower() not in _FUNCTION]
    return bool(content) and (len(content) > 1 or (content[0][0].isupper() and not _DETERMINER.match(subject)))
