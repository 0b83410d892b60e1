"""Candidates for questions: each subject of a document in the forms of `frames`.

Nothing here uses the search: `rows` tries an idea, and drops it if the evidence does not answer it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, zip_longest
from random import Random

from ragft.answer.base import Turn
from ragft.answer.checking.claim_names import names_in
from ragft.corpus.words import words
from ragft.tasks.papers.natural.asked_parts import AskedPart, effect, is_list, listed
from ragft.tasks.papers.natural.document_subject import SourceSentence, Subject
from ragft.tasks.papers.natural.frames import Form, fill_frame, is_spoken, misspelt
from ragft.tasks.papers.natural.sentences import leans
from ragft.tasks.papers.natural.topics import UNSPACED, begins_with, names_term
from ragft.tasks.papers.recipe.angles import Angle, yes_no
from ragft.tasks.papers.recipe.claims import Claim
from ragft.tasks.papers.recipe.kinds import Kind

SHARES: Mapping[Form, float] = {
    "topic": 20, "what": 14, "what_how": 12, "fact": 12, "how": 8, "more": 8, "why": 8, "numbers": 7, "which": 7,
    "does": 6, "keywords": 6, "yes_no": 5, "found": 4, "more_how": 3, "written": 160,
}  # fmt: skip
"""Relative frequency of each form among questions about one subject; "written" is by a capable model."""
MISSPELT = 0.08
MOST = {"fact": 2, "yes_no": 2, "which": 2, "why": 2, "what": 3, "numbers": 3, "does": 3, "found": 3}
"""Most sentences of an answer, for forms that need fewer than the default (4)."""


@dataclass(frozen=True)
class Idea:
    """A question and the requirements for its answer.

    Every sentence of the answer names one of `terms`, and the `anchors` are among the sentences; without `terms` the
    answer consists of the anchors. `most` is the largest number of sentences; `lead` is put before them; `query` is the
    search query if it differs from the question. `sections`: sentences of these chunks count as on the topic.
    """

    question: str
    form: Form
    kind: Kind
    language: str
    document_id: str
    terms: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    most: int = 4
    history: tuple[Turn, ...] = ()
    query: str = ""
    lead: str = ""
    chunk_ids: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Other names of the terms, in small letters."""
    numbers: bool = False
    """Only sentences that state a number."""

    def in_other_words(self) -> list[str]:
        """The question without typing errors, and with each other name of a term in its place ("RAG" written out)."""
        asked = self.query or self.question
        found = [asked] if self.query else []
        for term in self.terms:
            found += [asked.replace(term, alias) for alias in self.aliases if term in asked]
        return found


def ideas_of(
    subjects: Sequence[Subject],
    facts: Sequence[tuple[Claim, Angle]],
    random: Random,
    sentences: Sequence[SourceSentence] = (),
) -> list[Idea]:
    """Every idea of one document, in the order in which they are tried within their form.

    `sentences` are those that an answer may have, also where they are about no subject.
    """
    spoken = [subject for subject in subjects if is_spoken(subject.language)]
    made = [idea for subject in spoken for idea in _of_subject(subject, random)]
    made += _of_sentences(spoken, sentences, random)
    made += [idea for pair in _pairs(spoken) for idea in _of_pair(*pair, random)]
    made += [idea for claim, angle in facts for idea in _of_fact(claim, angle, random)]
    return [_typed(idea, random) if random.random() < MISSPELT else idea for idea in made]


def by_form(by_document: Mapping[str, Sequence[Idea]], seed: str) -> dict[tuple[Kind, Form], list[Idea]]:
    """Ideas by kind and form, documents taking turns."""
    queues: dict[tuple[Kind, Form], dict[str, list[Idea]]] = defaultdict(lambda: defaultdict(list))
    order = sorted(by_document)
    Random(f"documents:{seed}").shuffle(order)  # noqa: S311
    for document in order:
        for idea in by_document[document]:
            queues[idea.kind, idea.form][document].append(idea)
    return {
        key: [idea for idea in chain.from_iterable(zip_longest(*queue.values())) if idea is not None]
        for key, queue in queues.items()
    }


_ASKED = ("number", "definition", "reason", "manner")
"""Angles from which a person would ask; not "What did QLoRA remove?"."""


def facts_of(targets: Iterable[tuple[Claim, Angle]]) -> Iterator[tuple[Claim, Angle]]:
    """Claims with the usual way to ask for each, if there is one that works as a question alone."""
    seen: set[str] = set()
    for claim, angle in sorted(targets, key=lambda pair: pair[1].kind not in _ASKED):
        if claim.text not in seen and (not angle.rest_needed or angle.rest):
            seen.add(claim.text)
            yield claim, angle


def _of_subject(subject: Subject, random: Random) -> Iterator[Idea]:
    def idea(form: Form, anchor: SourceSentence | None = None, **changes: object) -> Idea:
        question = fill_frame(form, subject.language, random, term=subject.shown, the=subject.the)
        made = Idea(
            question,
            form,
            "grounded",
            subject.language,
            subject.document_id,
            terms=() if subject.heading else (subject.term,),
            anchors=(anchor.text,) if anchor else (),
            most=MOST.get(form, 4),
            chunk_ids=tuple(dict.fromkeys(one.chunk.id for one in subject.sentences)) if subject.heading else (),
            aliases=subject.aliases,
        )
        return replace(made, **changes)  # type: ignore[arg-type]

    statement, does, found = subject.statement, subject.deed, subject.first("found")
    several = len(subject.sentences) > 1
    if statement is not None:
        yield idea("what", statement)
        if does or (several and _is_name(subject.term)):
            yield idea("what_how", statement)
    if does is not None:
        yield idea("how" if several else "does", does)
    if found is not None:
        yield idea("found", found)
    if several:
        yield idea("topic")
        if sum(has_number(one.text) for one in subject.sentences) > 1 and not subject.heading:
            yield idea("numbers", numbers=True)
        if not subject.heading:
            yield _follow_up(subject, idea("more"), random)
            if does is not None and does is not subject.sentences[0]:
                yield _follow_up(subject, idea("more_how", does), random)


def _of_sentences(subjects: Sequence[Subject], sentences: Sequence[SourceSentence], random: Random) -> Iterator[Idea]:
    """Questions for what sentences list and give a reason for, about the first subject that they fit."""
    about: dict[str, list[Subject]] = {sentence.text: [] for sentence in sentences}
    for subject in subjects:
        for sentence in () if subject.heading else subject.sentences:
            about.setdefault(sentence.text, []).append(subject)
    for text in (text for text in about if subjects and not leans(text, counted=True)):
        ways: tuple[tuple[Form, AskedPart], ...] = (("which", listed), ("why", effect))
        for form, asked in ways:
            fitting = ((one, parts) for one in [*about[text], None]
                       if (parts := asked(text, one.term if one else "", subjects[0].language)))  # fmt: skip
            for one, parts in islice(fitting, 1):
                question = fill_frame(form, subjects[0].language, random, **parts)
                yield Idea(
                    question, form, "grounded", subjects[0].language, subjects[0].document_id,
                    (one.term,) if one else (), (text,), MOST[form], aliases=one.aliases if one else (),
                )  # fmt: skip


def _follow_up(subject: Subject, idea: Idea, random: Random) -> Idea:
    """A second question of a conversation whose first one was answered with the subject's first sentence."""
    statements = [sentence for _, sentence in subject.led if sentence.text not in idea.anchors]
    first = (statements or [one for one in subject.sentences if one.text not in idea.anchors])[0]
    form: Form = "what" if subject.first("defines") else "topic"
    asked = fill_frame(form, subject.language, random, term=subject.shown, the=subject.the)
    return replace(idea, history=(Turn(asked, first.text),))


def _pairs(subjects: Sequence[Subject]) -> Iterator[tuple[Subject, Subject, SourceSentence]]:
    """Pairs of subjects that a sentence of the document names together."""
    named = [subject for subject in subjects if not subject.heading]
    used: Counter[str] = Counter()
    for place, first in enumerate(named):
        for second in named[place + 1 :]:
            one, other = first.term.casefold(), second.term.casefold()
            if one in other or other in one or set(first.aliases) & {*second.aliases, " ".join(words(other))}:
                continue
            both = [one for one in first.sentences if names_term(second.term, one.text)]
            both = both if len(both) > 1 else [one for one in both if _is_about(one.text, first, second)]
            if both and used[first.term] < 2 and used[second.term] < 2:
                used.update((first.term, second.term))
                terms = first.term, second.term
                contrasting = (one for one in both if _are_contrasted(one.text, terms, first.language))
                yield first, second, next(contrasting, both[0])


def _is_about(text: str, *subjects: Subject) -> bool:
    """Whether a sentence begins with one of these subjects, or sets things against each other."""
    return _CONTRASTS.search(text) is not None or any(begins_with(subject.term, text) for subject in subjects)


def _of_pair(first: Subject, second: Subject, both: SourceSentence, random: Random) -> Iterator[Idea]:
    a, b = first.shown, second.shown
    language, terms = first.language, (first.term, second.term)
    aliases = (*first.aliases, *second.aliases)
    names = all(_is_name(term) and " " not in term for term in terms)
    form: Form = "compare" if names and _are_contrasted(both.text, terms, language) else "both"
    question = fill_frame(form, language, random, a=a, b=b)
    idea = Idea(question, form, "synthesis", language, first.document_id, terms, (both.text,), aliases=aliases)
    yield idea
    typed = fill_frame("keywords", language, random, term=first.term, other=second.term)
    yield replace(idea, question=typed, form="keywords", kind="grounded", most=3)


_CONTRASTS = re.compile(
    r"\b(?:than|whereas|while|against|unlike|in contrast|versus|compared|instead of|beats?|outperform\w*|ahead of|"
    r"behind|differ\w*|replac\w+|better|worse|als|während|hingegen|gegenüber|im gegensatz|unterscheid\w+|tandis|"
    r"contrairement|alors que|mientras|diferencia|frente a|más que|plus que)\b|보다|반면|달리|比|相较|不同|より|"
    r"一方|対し|異な",
    re.IGNORECASE,
)
_CLAUSE = r"(?:^(?:\S+ ){0,4}|, (?:(?!\S*s )\S+ ){0,3})"
"""What may stand before the name that begins a clause; behind a comma no verb ("reduces the TTFT")."""
_TO_NAME = r"(?: (?:to|with|from|zu))?(?: (?!(?:\w+ing|on|in|for|at|by|over|across|of)\b)[^\s,]+){0,2} "
_DIFFER = r" (?:and|und|et|y) (?:the )?{} (?:differ|unterscheiden|diffèrent|difieren)"


def _are_contrasted(text: str, terms: tuple[str, str], language: str) -> bool:
    """Whether a sentence sets two names against each other: one stands behind a word of contrast and the other begins a
    clause ("Unlike REALM, RAG …"). A sentence that only contrasts something may name a method and its test set.

    Korean, Chinese and Japanese put the word of contrast behind the name; there it is enough that there is one.
    """
    if language in UNSPACED:
        return _CONTRASTS.search(text) is not None
    behind = rf"(?:{_CONTRASTS.pattern}){_TO_NAME}"
    names = [rf"{re.escape(term)}s?(?!\w)" for term in terms]
    return any(
        re.search(f"{one}{_DIFFER.format(other)}", text)
        or (re.search(f"{behind}{one}", text, re.IGNORECASE) and re.search(f"{_CLAUSE}{other}", text))
        for one, other in (names, names[::-1])
    )


_MODAL = ("May ", "Might ", "Could ", "Should ", "Must ", "Would ")
_NUMBER = re.compile(r"(?<![\w.-])\d")
_STEP_NUMBER = re.compile(
    r"\b(?:step|stage|phase|part|case|question|example|item|chapter|type|group) \d+\b", re.IGNORECASE
)


def has_number(text: str) -> bool:
    """Whether `text` states a number in digits that is not part of a name, a year, or the number of a step or item."""
    text = _STEP_NUMBER.sub("", text)
    return any(not re.match(r"(?:1[5-9]|20)\d\d(?!\d)", text[found.start() :]) for found in _NUMBER.finditer(text))


def _is_name(term: str) -> bool:
    return any(c.isupper() or c.isdigit() for c in term[1:])


def _of_fact(claim: Claim, angle: Angle, random: Random) -> Iterator[Idea]:
    """The question that the grammar of the claim gives, and, if possible, a yes-no question."""
    question = f"{angle.start} {angle.rest}?" if angle.rest_needed else f"{angle.start}?"
    about = tuple(names_in(claim.text))[:2]
    document = claim.chunk.document_id
    idea = Idea(question, "fact", "grounded", "en", document, about, (claim.text,), MOST["fact"])
    if angle.kind == "reason":
        yield replace(idea, form="why", most=MOST["why"])
    elif angle.kind == "object" and is_list(angle.focus):
        yield replace(idea, form="which", most=MOST["which"])
    elif (angle.kind == "definition" and " of " not in question) or (
        angle.kind in _ASKED and names_in(f". {question}")
    ):
        yield idea
    if (asked := yes_no(claim.text)) and not asked.startswith(_MODAL):
        wrong = _with_another_number(asked, random)
        yield replace(idea, question=wrong or asked, query=asked, form="yes_no", lead="No." if wrong else "Yes.")


def _with_another_number(question: str, random: Random) -> str:
    """`question` with its first number changed, so that its answer is no; empty if it has no number."""
    found = _NUMBER.search(question)
    number = re.match(r"\d{1,6}(?![\w.,-])", question[found.start() :]) if found else None
    if found is None or number is None:
        return ""
    other = int(number[0]) * random.choice((2, 3, 5)) + random.randint(0, 1)
    return f"{question[: found.start()]}{other}{question[found.start() + number.end() :]}"


def _typed(idea: Idea, random: Random) -> Idea:
    """The idea with its question as it is typed in a hurry; what is searched for is spelt right, as `ask` does."""
    return replace(idea, question=misspelt(idea.question, random), query=idea.query or idea.question)
