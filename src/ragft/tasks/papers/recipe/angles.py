"""How a sentence can be asked for: the beginning of the question, and what only the answer may say.

A small model asked for "a question" writes one that the sentence does not answer. Given the beginning by code, which
has seen who does what in the sentence, it only has to end it, with words of the sentence or none.

    angles("The BEIR collection brings together 18 data sets from many domains.")
    -> Angle("What does the BEIR collection bring together", "object", ...),
       Angle("How many data sets does the BEIR collection bring together", "number", ...),
       Angle("What brings together 18 data sets from many domains", "subject", ...)

Asked for its object alone a sentence begins as its question does, and a model tuned on such pairs learns to say the
question back. Asked for its subject it does not: the answer then has to be found in the source.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from ragft.answer.checking.terms import content_terms, quantities
from ragft.corpus.stems import stem
from ragft.corpus.stopwords import ENGLISH
from ragft.tasks.papers.recipe.verb_forms import (
    ARTICLES,
    FORMS,
    LINKING,
    MODALS,
    NO_OBJECT,
    PARTICLES,
    PAST,
    PREPOSITIONS,
    SAYING,
    VERBS,
    as_asked_of,
    auxiliary,
    has_verb,
    is_verb,
)

AngleKind = Literal["number", "definition", "object", "reason", "manner", "subject"]


@dataclass(frozen=True)
class Angle:
    """A question's beginning (`start`), and two parts of the sentence.

    `focus` is the answer, which must stay out of the question. `rest` holds the words that may follow the beginning;
    where `rest_needed` the question is incomplete without the first of them.
    """

    start: str
    kind: AngleKind
    focus: str
    rest: str = ""
    rest_needed: bool = False


_DETERMINER = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
_TOKEN = re.compile(r"[^\s,]+|,")
_WORD_ONLY = re.compile(r"^[\w.+’'\-/]+$")
_REASON = re.compile(r",?\s(?:because|in order to)\s|(?<!,)\sso that\s|,\ssince\s(?!\d|then\b)", re.IGNORECASE)
"""Not ", so that …", which mostly says what follows."""
_MANNER = re.compile(r",?\s\bby\s+\w+ing\b", re.IGNORECASE)
_DEFINITION = re.compile(r"(?:an?|the)\s+\w+")
_WEAK_DEFINITION = re.compile(
    r"(?:the (?:same|only|most|least|\w+est|first|last|second)|an? (?:little|lot|bit|few|more|less)|"
    r"an? (?:[\w-]+ )?(?:challenge|problem|issue|concern|factor|way|matter|question|topic|step|part|goal))\b"
)
_PARTICIPLE = re.compile(
    r"(?:(?:often|usually|then|always|therefore) )?(?!paramount|important|different|present|dependent|consistent|"
    r"relevant|apparent|evident|equivalent)(\w+(?:ed|en|lt|wn|pt|nt|ade|ound))\s+"
    r"(by|as|with|from|in|on|at|through|over)\s"
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d\b")
_GLUED_HEADING = re.compile(r"\w (?:The|An?|In|On|We|Our|This|These|It|For|To)\b")
"""A run-in heading that the reader could not tell from its paragraph: "The middle ear The middle ear is…"."""
_CONTEXT = re.compile(
    r"(?:the|an?)?\s*(?:most|least|last|first|second|third|fourth|two|three|four|same|original|whole|new|other|next|"
    r"previous|recent|prior|existing|future|common|smaller|larger|later|earlier|published|proposed|short|main|central|usual|simple|simplest|resulting|entire|current|"
    r"final|remaining|rest|latter|former)\b",
    re.IGNORECASE,
)
"""How a subject begins that only its neighbours explain: "the two corrections", "a third family"."""
_COUNT = re.compile(
    r"(?:(?:about|around|roughly|nearly|almost|only|over|some|all|more than|at least|up to|close to|exactly) )*"
    r"(?P<number>(?:\d[\d,]*(?:\.\d+)?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|sixteen|twenty)"
    r"(?:\s+(?:million|billion|trillion|thousand|hundred))?)\s+"
    r"(?P<noun>[a-z][a-z-]+(?:\s+[a-z][a-z-]+){0,2})\b"
)
_CLAUSE_END = re.compile(
    r",|\s(?:which|whose|but|while|whereas|because|so|although|and (?:is|are|was|were|has|have))\s"
)
_NOT_ASKED_FOR = frozenset(
    "researchers people authors annotators humans users labelers labellers workers experts scientists participants "
    "engineers students judges attackers practitioners readers developers team group experiments results directions "
    "findings studies observations evaluations works analysis analyses researches".split()
)
"""Subjects that are people, or no answer: "What shows improvements?" – "experiments do"."""
_LEAST_SAID, _MOST_SAID = 4, 14
"""Terms that what is said must have for its subject to be one thing alone (one less with a name or number among
them), and words it may have."""
_CUTS_SUBJECT = frozenset("that which who where when to or until if because while than as".split())
"""Words after which the verb found is not the sentence's own."""
_PASSIVE = frozenset("get gets got be been being become becomes remain remains has have had".split())
_NO_THING = frozenset("better worse well best faster slower".split())
_NO_COUNT = frozenset("times is as was has does this plus versus bits points percent years hours days weeks".split())


def angles(sentence: str, names: Collection[str] = frozenset()) -> tuple[Angle, ...]:
    """Every way `sentence` can be asked for that code is sure of.

    Args:
        names: words that the corpus writes with a capital inside a sentence, in small letters; any other word loses
            the capital it has at the beginning of the sentence when it stands inside the question.
    """
    parsed = _subject_and_verb(sentence)
    if parsed is None:
        return ()
    found = _clauses(*parsed, names)
    if not _is_specific(parsed[0], names):
        return tuple(angle for angle in found if angle.kind == "definition")
    return (*found, *_subject(*parsed))


def yes_no(sentence: str, names: Collection[str] = frozenset()) -> str | None:
    """A question that `sentence` answers with yes; None where its grammar is not certain.

    >>> yes_no("HNSW keeps a layered graph in main memory, which is fast.")
    'Does HNSW keep a layered graph in main memory?'
    """
    parsed = _subject_and_verb(sentence)
    if parsed is None or not _is_specific(parsed[0], names):
        return None
    subject, verb, rest = parsed
    helping, base = (verb.lower(), "") if verb.lower() in MODALS else auxiliary(verb)
    clause = _CLAUSE_END.split(rest.rstrip(". "), maxsplit=1)[0]
    if not _is_plain(clause) or not 2 <= len(clause.split()) <= _MOST_SAID:
        return None
    asked = " ".join(filter(None, (helping, _inside(subject, names), base, clause)))
    return f"{asked[0].upper()}{asked[1:]}?"


def _subject(subject: str, verb: str, rest: str) -> list[Angle]:
    """What does what is said: "What brings together 18 data sets?". Nothing where too little is said, or by people."""
    acting, said = verb.lower(), rest
    if acting in LINKING:
        return []
    if acting in MODALS:
        acting, _, said = rest.partition(" ")
    if acting not in FORMS or subject.rsplit(maxsplit=1)[-1].lower() in _NOT_ASKED_FOR:
        return []
    clause = _CLAUSE_END.split(said.rstrip(". "), maxsplit=1)[0]
    if (
        "(" in clause
        or len(clause.split()) > _MOST_SAID
        or (acting in PAST and clause.split()[0] in ENGLISH - ARTICLES)
    ):
        return []  # the last: a participle, "was determined by…" without its "was"
    named = bool(re.search(r"[A-Z\d]", clause))
    if len(set(content_terms(clause))) + len(quantities(clause)) + named < _LEAST_SAID:
        return []
    asked = f"{verb.lower()} {acting}" if verb.lower() in MODALS else as_asked_of(acting)
    return [Angle(f"What {asked} {clause}", "subject", subject)]


def _clauses(subject: str, verb: str, rest: str, names: Collection[str]) -> list[Angle]:
    body = rest.rstrip(". ")
    if verb.lower() in MODALS:
        acting, _, body = body.partition(" ")
        helping, base = verb.lower(), acting if acting in VERBS else ""
        if not base:
            return []
    else:
        helping, base = auxiliary(verb)
    asked = f"{helping} {_inside(subject, names)}"
    if (found := _REASON.search(body)) and _is_plain(clause := body[: found.start()]):
        return [Angle(f"Why {asked} {base}".rstrip(), "reason", body[found.start() :], clause, bool(clause))]
    if base and (found := _MANNER.search(body)) and _is_plain(clause := body[: found.start()]):
        return [Angle(f"How {asked} {base}", "manner", body[found.start() :], clause, bool(clause))]
    if not base:
        return _states(asked, verb.lower(), body)
    stated = _object(base, body)
    if stated is None:
        return []
    particle, focus = stated
    made = [Angle(f"What {asked} {base}{particle}", "object", focus, _CLAUSE_END.split(focus, maxsplit=1)[0])]
    if count := _COUNT.match(focus):
        words = list(takewhile(lambda word: word not in ENGLISH, count["noun"].split()))
        while words and not words[-1].endswith("s"):
            words.pop()
        if words and words[-1] not in _NO_COUNT:
            noun = " ".join(words)
            after = focus[count.start("noun") + len(noun) :]
            made.append(Angle(f"How many {noun} {asked} {base}{particle}", "number", count["number"], after))
    return made


def _states(asked: str, verb: str, body: str) -> list[Angle]:
    """Angles of a sentence with a form of be: what something is, or how it is done."""
    if verb in {"is", "are"} and _DEFINITION.match(body) and not _WEAK_DEFINITION.match(body):
        return [Angle(f"What {asked}", "definition", body)]
    if participle := _PARTICIPLE.match(body):
        done, preposition, focus = participle[1], participle[2], body[participle.end() :]
        if preposition == "in" and _YEAR.match(focus):
            return [Angle(f"When {asked} {done}", "manner", focus)]
        if preposition in {"by", "through"} and focus.split()[0].endswith("ing"):
            return [Angle(f"How {asked} {done}", "manner", focus, focus)]
        return [Angle(f"What {asked} {done} {preposition}", "manner", focus)]
    return []


def _is_specific(subject: str, names: Collection[str]) -> bool:
    """Whether a reader knows what the subject is: more than one word with a meaning, or a name.

    "Curves show…" begins with a capital only because the sentence does, and "the system adeptly" is a system.
    """
    content = [word for word in subject.split() if word.lower() not in ENGLISH and not word.endswith("ly")]
    if len(content) != 1:
        return len(content) > 1
    return not content[0][1:].islower() or content[0].lower() in names


def _inside(subject: str, names: Collection[str]) -> str:
    """The subject as it stands inside a sentence: a capital only where it is a name's."""
    first, *others = subject.split(maxsplit=2)
    if others and others[0][:1].isupper() and others[0][1:2].islower() and not _DETERMINER.match(subject):
        return subject  # "Natural Questions"
    plain = first[1:].islower() or len(first) == 1
    if _DETERMINER.match(subject) or (plain and first.lower().removesuffix("’s") not in names):
        return subject[0].lower() + subject[1:]
    return subject


def _is_plain(clause: str) -> bool:
    """Whether a clause is a single one: what follows it then belongs to the sentence's own verb."""
    return "," not in clause and " and " not in clause and " that " not in clause


def _object(verb: str, body: str) -> tuple[str, str] | None:
    """What the verb acts on: its particle or preposition with a space before it, and the rest; None where the verb
    stands alone ("the passages read naturally")."""
    first, _, rest = body.partition(" ")
    low = first.lower().strip(",")
    if rest and (low in PARTICLES or low == PREPOSITIONS.get(verb)):
        return f" {low}", rest
    if low == "that":
        return ("", body) if verb in SAYING else None
    if low in NO_OBJECT or low.endswith("ly") or low in _NO_THING or (verb, low) == ("give", "rise"):
        return None
    return "", body


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
        if is_verb(low, tokens[place - 1][0].lower()):
            following = tokens[place + 1][0].lower() if place + 1 < len(tokens) else ""
            if following in LINKING or following in {"of", "and", "or"} or following.startswith("("):
                return None  # a noun after all: "scores of", "uses and", "needs (such as…)"
            subject, rest = sentence[: token.start()].strip(), sentence[token.end() :].strip()
            said = rest.startswith("that ")
            if low in PAST and not said and (has_verb(rest) or subject.split()[0].endswith("ing")):
                return None  # a participle: "scales stored apart would be awkward"
            return (subject, word, rest) if _is_subject(subject) and rest[:1] not in {"", ","} else None
        if low in _CUTS_SUBJECT:
            return None  # a longer subject than this reads safely
        if low == "and" and not (tokens[place - 1][0][0].isupper() and tokens[place + 1][0][:1].isupper()):
            return None
    return None


def _is_subject(subject: str) -> bool:
    words = subject.split()
    if not 1 <= len(words) <= 7 or words[-1].lower() in ENGLISH or _CONTEXT.match(subject):
        return False
    content = [w for w in words if w.lower() not in ENGLISH]
    stems = [stem(w.lower()) for w in content]
    if "whether" in words or _GLUED_HEADING.search(subject) or len(set(stems)) < len(stems):
        return False
    if len(words) == 1 and words[0].endswith("ed"):
        return False  # a participle: "Validated expanded queries show…"
    if words[-1].lower() in _PASSIVE or {"other", "results", "experiments"} & {word.lower() for word in words}:
        return False  # "the encoder gets saturated"; "the other task", other than what? "the results", of what?
    return bool(content) and (len(content) > 1 or (content[0][0].isupper() and not _DETERMINER.match(subject)))
