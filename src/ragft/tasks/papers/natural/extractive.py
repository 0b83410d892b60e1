"""Extractive answers: sentences of the prompt that answer the question, without repetition, in order, each with its
key.

    answer = written(idea, choose_sentences(idea, shown_sentences(fitted, rank), most=4))

Sentences are chosen by the ranking that `ask` uses for evidence. Copying the right sentences with their keys is the
easiest behaviour for a small model to learn, and more complete than what it writes by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ragft.answer.checking.support import coverage, sentence_spans
from ragft.answer.checking.terms import content_terms
from ragft.answer.prompts.budget import Fitted
from ragft.answer.prompts.excerpts import Rank
from ragft.tasks.papers.natural.ideas import Idea, has_number
from ragft.tasks.papers.natural.sentences import leans, points, states, with_key
from ragft.tasks.papers.natural.topics import begins_with, is_called, names_term
from ragft.tasks.papers.recipe.claims import plain_sentence

KNOWN = 0.65
"""A sentence is left out if the answer already says more than this share of it."""
BEGINS = 0.3
"""Bonus of a sentence that begins with what is asked for."""
SAYS_IT = 0.5
"""Share of common words from which on two sentences say the same."""
LEAST_WORTH = 0.55
"""A sentence below this share of the best sentence's worth is not part of the answer."""


@dataclass(frozen=True)
class PromptSentence:
    """A sentence of the prompt: its key, its place in the prompt, and its worth for the question.

    `after` is the place of the sentence that it depends on; -1 if it can stand alone.
    """

    text: str
    key: str
    place: int
    chunk_id: str
    document_id: str
    worth: float
    after: int = -1


def shown_sentences(fitted: Fitted, rank: Rank | None) -> list[PromptSentence]:
    """The sentences of the trimmed evidence that an answer can consist of, in the prompt's order."""
    found: list[PromptSentence] = []
    seen: set[str] = set()
    for item in fitted.evidence:
        before: str | None = None
        for start, end in sentence_spans(item.hit.text):
            raw = item.hit.text[start:end]
            text, visible = plain_sentence(raw), raw in item.shown
            usable = visible and states(text) and not points(text) and text.casefold() not in seen
            after = len(found) - 1 if found and found[-1].text == before else -1
            if usable and (after >= 0 or not leans(text)):
                seen.add(text.casefold())
                hit = item.hit
                leaning = after if leans(text) else -1
                found.append(PromptSentence(text, item.key, len(found), hit.chunk_id, hit.document_id, 0.0, leaning))
            before = text if visible else None
    if rank is None or not found:
        return found
    worths = rank([one.text for one in found])
    return [
        PromptSentence(one.text, one.key, one.place, one.chunk_id, one.document_id, float(worth), one.after)
        for one, worth in zip(found, worths, strict=True)
    ]


def choose_sentences(idea: Idea, sentences: Sequence[PromptSentence], most: int) -> list[PromptSentence]:
    """At most `most` sentences that answer `idea`, the direct answer first; none if an anchor is not in the prompt."""
    on_topic = [one for one in sentences if _is_on_topic(idea, one, sentences)]
    anchors = [one for text in idea.anchors for one in on_topic if one.text == text]
    if len(anchors) < len(idea.anchors):
        return []
    chosen = list(anchors)
    for term in idea.terms if len(idea.terms) > 1 else ():  # each thing that is compared has a sentence
        if not any(names_term(term, one.text) for one in chosen):
            own = [one for one in on_topic if names_term(term, one.text)]
            chosen += sorted(own, key=lambda one: -_worth(idea, one))[:1]
    best = max((_worth(idea, one) for one in on_topic), default=0.0)
    for one in sorted(on_topic, key=lambda one: (-_worth(idea, one), one.place)):
        if len(chosen) >= most:
            break
        together = [one] if one.after < 0 else [sentences[one.after], one]
        if any(each not in on_topic for each in together):
            continue
        new = [each for each in together if each not in chosen]
        if len(chosen) + len(new) > most or one in chosen or (_worth(idea, one) < LEAST_WORTH * best and chosen):
            continue
        if all(_is_new(each, chosen) for each in new):
            chosen += new
    opening = [one for one in chosen if one.after < 0 and any(begins_with(term, one.text) for term in idea.terms)]
    first = anchors or sorted(opening, key=lambda one: -one.worth)[:1]
    return [*first, *sorted((one for one in chosen if one not in first), key=lambda one: one.place)]


def written(idea: Idea, chosen: Sequence[PromptSentence]) -> str:
    """The answer that consists of these sentences, each with its key."""
    return " ".join(filter(None, [idea.lead, *(with_key(one.text, one.key) for one in chosen)]))


def nearest(answer: str, sentences: Sequence[PromptSentence]) -> list[PromptSentence]:
    """For each sentence of `answer` the sentence of the prompt that says the same; none if one has no such sentence."""
    found: list[PromptSentence] = []
    for start, end in sentence_spans(answer):
        text = answer[start:end]
        best = max(sentences, key=lambda one: coverage(text, one.text), default=None)
        if best is None or coverage(text, best.text) < SAYS_IT:
            return []
        if best.after >= 0 and sentences[best.after] not in found:
            found.append(sentences[best.after])
        if best not in found:
            found.append(best)
    return found


def _is_on_topic(idea: Idea, one: PromptSentence, sentences: Sequence[PromptSentence]) -> bool:
    if one.text in idea.anchors:
        return True
    if idea.numbers and not has_number(one.text):
        return False
    if idea.chunk_ids:
        return one.chunk_id in idea.chunk_ids
    if any(names_term(term, one.text) for term in idea.terms) or is_called(idea.aliases, one.text):
        return True
    return one.after >= 0 and not idea.numbers and _is_on_topic(idea, sentences[one.after], sentences)


def _worth(idea: Idea, one: PromptSentence) -> float:
    return one.worth + BEGINS * any(begins_with(term, one.text) > 0 for term in idea.terms)


def _is_new(one: PromptSentence, chosen: Collection[PromptSentence]) -> bool:
    said = " ".join(each.text for each in chosen)
    return not said or (coverage(one.text, said) < KNOWN and bool(content_terms(one.text)))
