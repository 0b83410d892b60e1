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
from itertools import takewhile
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
accept achieve act add adapt address affect aggregate align allow apply assign assume attend augment avoid balance begin
benefit break bring build cache calculate capture carry cause change choose collect combine compare compress compute
concatenate condition connect consist contain control convert copy cost cover create cut decode decompose decrease
define deliver demonstrate depend describe detect determine discard distribute divide double drop embed employ enable
encode encourage enforce enhance ensure estimate evaluate examine exceed exclude expand exploit express extend extract
face fail favor favour filter find fit focus follow form freeze fuse generate give guide handle help hide hold identify ignore
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
_PARTICLES = frozenset("together down up out apart away off back".split())
_PREPOSITIONS = {
    "rely": "on", "depend": "on", "consist": "of", "lead": "to", "focus": "on", "benefit": "from", "suffer": "from",
    "rest": "on", "start": "from", "begin": "with", "attend": "to",
    "condition": "on", "connect": "to", "map": "to", "reside": "in", "adapt": "to",
}  # fmt: skip
_SAYING = frozenset("show find suggest demonstrate propose report reveal predict".split())
_NO_OBJECT = STOP_WORDS - frozenset("a an the its their his her two all both each every many several more most".split())
_IRREGULAR_PAST = {
    "became": "become", "began": "begin", "brought": "bring", "built": "build", "chose": "choose", "cut": "cut",
    "found": "find", "gave": "give", "held": "hold", "kept": "keep", "led": "lead", "left": "leave", "lost": "lose",
    "ran": "run", "rose": "rise", "set": "set", "showed": "show", "taught": "teach", "took": "take",
}  # fmt: skip
# "model", "test", "index", "form", … are as often nouns: as plural verbs ("models", "tests") they are not trusted.
_NOUNS = frozenset(
    "benefit cache change cost cover copy control condition process test form index label limit link load map mark "
    "mask match measure mix model need offer pass project query rank record report return reward run sample scale "
    "score search set share shift speed split start stop store supply support swap target train transfer turn update "
    "use weight work yield focus filter balance cause guide lead drop embed judge hold project "
    "result account answer call".split()
)


def _third(base: str) -> str:
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + "s"


def _past(base: str) -> str:
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ied"
    return base + "ed"


# Of the words that are nouns as well only those whose -s form is hardly ever a plural noun in such a place.
_SINGULAR = {
    _third(base): base for base in _VERBS if base not in _NOUNS or base in {"use", "need", "offer", "cover", "cost"}
}
_PAST = {_past(base): base for base in _VERBS}
_MODALS = frozenset("can could may might must should will would".split())
_PLURAL = {base: base for base in _VERBS if base not in _NOUNS}
_DETERMINER = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
_LINKING = {"is": "is", "are": "are", "was": "was", "were": "were"}
_TOKEN = re.compile(r"[^\s,]+|,")
_WORD_ONLY = re.compile(r"^[\w.+’'\-/]+$")
_REASON = re.compile(r",?\s\b(because|so that|in order to)\b\s", re.IGNORECASE)
_MANNER = re.compile(r",?\s\b(by)\s+\w+ing\b", re.IGNORECASE)
_DEFINITION = re.compile(r"(?:an?|the)\s+\w+")
_WEAK_DEFINITION = re.compile(r"(?:the (?:same|only|most|least|\w+est|first|last|second)|an? (?:little|lot|bit|few))\b")
_PARTICIPLE = re.compile(
    r"(?:(?:often|usually|then|always|therefore) )?(\w+(?:ed|en|lt|wn|pt|nt|ade|ound))\s+"
    r"(?:by|as|with|from|in|on|at|through|into|to|over)\s"
)
_CONTEXT = re.compile(
    r"(?:the|an?)?\s*(?:most|least|last|first|second|third|fourth|two|three|four|same|original|whole|new|other|next|"
    r"previous|later|earlier|published|proposed|short|main|central|usual|simple|simplest|resulting|entire|current|final|remaining|rest|latter|former)\b",
    re.IGNORECASE,
)
"""How a subject begins that only its neighbours explain: "the two corrections", "a third family"."""
_HEDGES = frozenset(
    "about around roughly nearly almost only over some all its their the up to close just exactly".split()
)
_COUNTING = frozenset("into on together has have had contains using asked used trained reported took listed".split())
_COUNT = re.compile(
    r"(?<![\w.,$€£-])((?:\d[\d,]*(?:\.\d+)?|two|three|four|five|six|seven|eight|nine|ten|"
    r"eleven|twelve|sixteen|twenty)"
    r"(?:\s+(?:million|billion|trillion|thousand|hundred))?)\s+"
    r"([a-z][a-z-]+(?:\s+[a-z][a-z-]+){0,2})\b"
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
    found: list[Angle] = []
    if _CONTEXT.match(sentence):
        return found
    for match in _COUNT.finditer(sentence):
        words = list(takewhile(lambda word: word not in _FUNCTION, match[2].split()))
        while words and not words[-1].endswith("s"):
            words.pop()
        if words and words[-1] not in _NO_COUNT and _is_counted(sentence[: match.start()]):
            found.append(Angle(f"How many {' '.join(words)}", "number", "", match[1]))
    return found


def _is_counted(before: str) -> bool:
    """Whether a number after these words is what the sentence states, not part of a name ("a model of two parts")."""
    plain = [word.lower().strip(",") for word in before.split()]
    while plain and plain[-1] in _HEDGES:
        plain.pop()
    if not plain:
        return False
    last = plain[-1]
    return last in _SINGULAR or last in _PLURAL or last in _LINKING or last in _IRREGULAR_PAST or last in _COUNTING


def _clauses(subject: str, verb: str, rest: str, common: Collection[str]) -> list[Angle]:
    first = subject.split(maxsplit=1)[0]
    small = _DETERMINER.match(subject) or all(part in common for part in first.lower().split("-"))
    asked = subject[0].lower() + subject[1:] if small else subject
    body = rest.rstrip(". ")
    if verb.lower() in _MODALS:
        acting, _, body = body.partition(" ")
        auxiliary, base = verb.lower(), acting if acting in _VERBS else ""
        if not base:
            return []
    else:
        auxiliary, base = _auxiliary(verb)
    found = []
    if (reason := _REASON.search(body)) and _is_plain(body[: reason.start()]):
        found.append(Angle(f"Why {auxiliary} {asked}", "reason", subject, body[reason.start() :]))
    elif (manner := _MANNER.search(body)) and _is_plain(body[: manner.start()]):
        found.append(Angle(f"How {auxiliary} {asked}", "manner", subject, body[manner.start() :]))
    elif verb in _LINKING:
        if verb in {"is", "are"} and _DEFINITION.match(body) and not _WEAK_DEFINITION.match(body):
            found.append(Angle(f"What {auxiliary} {asked}", "definition", subject, body))
        elif participle := re.match(
            r"(\w+(?:ed|en|lt|wn))\s+(?:by|as|with|from|in|on|at|through|into|to|over)\s", body
        ):
            found.append(Angle(f"How {auxiliary} {asked} {participle[1]}", "manner", subject, body[participle.end() :]))
    elif base and (stated := _object(base, body)):
        particle, focus = stated
        found.append(Angle(f"What {auxiliary} {asked} {base}{particle}", "object", subject, focus))
    return found


def _is_plain(clause: str) -> bool:
    """Whether a clause is a single one: what follows it then belongs to the sentence's own verb."""
    return "," not in clause and " and " not in clause and " that " not in clause


def _object(verb: str, body: str) -> tuple[str, str] | None:
    """What the verb acts on: its particle or preposition with a space before it, and the rest; None where the verb
    stands alone ("the passages read naturally")."""
    first, _, rest = body.partition(" ")
    low = first.lower().strip(",")
    if low in _PARTICLES and rest:
        return f" {low}", rest
    if low == _PREPOSITIONS.get(verb) and rest:
        return f" {low}", rest
    if low == "that":
        return ("", body) if verb in _SAYING else None
    if low in _NO_OBJECT or low.endswith("ly"):
        return None
    return "", body


def _auxiliary(verb: str) -> tuple[str, str]:
    """The helping verb of a question, and the base form of the sentence's own verb (empty for a form of be)."""
    low = verb.lower()
    if low in _LINKING:
        return low, ""
    if low in _SINGULAR:
        return "does", _SINGULAR[low]
    if low in _PLURAL:
        return "do", _PLURAL[low]
    return "did", _IRREGULAR_PAST.get(low) or _PAST.get(low, "")


def _subject_and_verb(sentence: str) -> tuple[str, str, str] | None:
    """The words before the first verb, the verb, and what follows; None where that is not certain."""
    tokens = list(_TOKEN.finditer(sentence))
    for place, token in enumerate(tokens[:9]):
        word = token[0]
        low = word.lower()
        if word == "," or not _WORD_ONLY.match(word.rstrip(".")):
            return None
        if place == 0:
            continue
        if _is_verb(low, tokens[place - 1][0].lower()):
            following = tokens[place + 1][0].lower() if place + 1 < len(tokens) else ""
            if following in _LINKING or following in {"of", "and", "or"}:
                return None  # a noun after all: "scores of", "uses and"
            subject, rest = sentence[: token.start()].strip(), sentence[token.end() :].strip()
            said = rest.startswith("that ")
            if low in _PAST and not said and (_has_verb(rest) or subject.split()[0].endswith("ing")):
                return None  # a participle: "scales stored apart would be awkward"
            return (subject, word, rest) if _is_subject(subject) and rest else None
        if low in {"that", "which", "who", "where", "when", "to", "or"}:
            return None  # a longer subject than this reads safely
        if low == "and" and not (tokens[place - 1][0][0].isupper() and tokens[place + 1][0][:1].isupper()):
            return None
    return None


def _is_verb(word: str, before: str) -> bool:
    if word in _LINKING or word in _MODALS or word in _SINGULAR or word in _IRREGULAR_PAST:
        return word not in {"set", "left", "cut"}
    if word in _PAST:
        return before not in _FUNCTION
    return word in _PLURAL and before.endswith("s")


def _has_verb(clause: str) -> bool:
    words = clause.lower().partition(",")[0].split()[:12]
    return any(word in _LINKING or word in _MODALS or word in _SINGULAR for word in words)


def _is_subject(subject: str) -> bool:
    words = subject.split()
    if not 1 <= len(words) <= 7 or words[-1].lower() in _FUNCTION or _CONTEXT.match(subject):
        return False
    content = [w for w in words if w.lower() not in _FUNCTION]
    return bool(content) and (len(content) > 1 or (content[0][0].isupper() and not _DETERMINER.match(subject)))
