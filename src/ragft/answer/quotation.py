"""What is quoted where a model gave no usable answer: the sentences of one document that answer best.

citations = quotable(evidence, closest, lambda sentence: probability(sentence) >= 0.44)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ragft.answer.base import Citation, Evidence
from ragft.answer.checking.support import coverage, is_caption, refers_back
from ragft.answer.question_kind import answer_type, holds_type
from ragft.answer.refusal.features import Closest, ClosestSentence
from ragft.answer.written.citation_keys import cite, without_repeats
from ragft.corpus.back_matter import in_back_matter
from ragft.corpus.labels_only import is_in_labels, is_label_row
from ragft.corpus.tables import is_row

MOST_SENTENCES = 3
"""Sentences that are quoted together."""
REPEATS = 0.75
"""Share of a sentence's words and numbers in those chosen before it, from which on it says the same."""
NEAR = 0.1
"""How much less close to the question than the best a sentence may be that is quoted beside it."""
LONGEST_HEADING = 8
"""Words of a line without a full stop that is not quoted in place of an answer."""
TYPE_BONUS = 0.1
"""What it is worth to a quotable sentence that it states the kind of thing asked for."""
_SENTENCE_END = re.compile(r"[.!?…。！？।॥؟۔።][\"'”’»)\]]*$")


def quotable(
    evidence: Sequence[Evidence],
    closest: Closest,
    answers: Callable[[ClosestSentence], bool],
    *,
    most: int = MOST_SENTENCES,
) -> tuple[Citation, ...]:
    """The sentence of `evidence` that answers best, with others of its document, `most` in all, in their order there.

    Of equals one comes first that states the kind of thing asked for. The others are nearly as close to the question,
    one by one judged to answer it (`answers`), and say something new. Thanks, funding and who did what are quoted where
    they answer and the best of the others does not.
    """
    ranked = _ranked(evidence, closest)
    if not ranked:
        return ()
    about = [one for one in ranked if not _is_back_matter(one)]
    thanks = [one for one in ranked if one not in about]
    best = next((one for one in (*about[:1], *thanks) if answers(one)), (about or thanks)[0])
    chosen = [best]
    for one in about:
        if (
            len(chosen) < most
            and one.hit.document_id == best.hit.document_id
            and one.score >= best.score - NEAR
            and not refers_back(one.text)
            and coverage(one.text, "\n".join(other.text for other in chosen)) < REPEATS
            and answers(one)
        ):
            chosen.append(one)
    items = {item.hit.chunk_id: item for item in evidence}
    chosen.sort(key=lambda one: (one.hit.position, one.start))
    cited = [cite(one.text, items[one.hit.chunk_id], aligned=True) for one in chosen]
    return without_repeats([citation for citation in cited if citation is not None])


def _ranked(evidence: Sequence[Evidence], closest: Closest) -> list[ClosestSentence]:
    """The sentences that may be quoted, best first."""
    question = closest.question
    kind = answer_type(question)
    near = closest.among([item.hit for item in evidence])
    found = [one for one in near if not _is_label(one)]
    return sorted(found, key=lambda one: -(one.score + TYPE_BONUS * holds_type(kind, one.text, question)))


def _is_back_matter(sentence: ClosestSentence) -> bool:
    return in_back_matter(sentence.start, sentence.hit.text, sentence.hit.section)


def _is_label(sentence: ClosestSentence) -> bool:
    """Whether it states nothing: a heading, a caption, the head of a table, authors and their addresses, an axis."""
    text = sentence.text
    return (
        _is_heading(text) or is_caption(text) or is_label_row(text) or is_in_labels(sentence.hit.text, sentence.start)
    )


def _is_heading(text: str) -> bool:
    """Whether a line without a full stop is too short to be anything else."""
    return not _SENTENCE_END.search(text) and not is_row(text) and len(text.split()) <= LONGEST_HEADING
