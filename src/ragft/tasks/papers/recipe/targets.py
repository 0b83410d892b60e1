"""The candidates for questions: every claim of the corpus with the ways to ask for it, in the order of trial."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from random import Random

from ragft.answer.checking.support import sentence_spans
from ragft.answer.checking.terms import content_terms
from ragft.corpus.base import Chunk
from ragft.tasks.papers.recipe.angles import angles
from ragft.tasks.papers.recipe.claims import Claim, claims_of
from ragft.tasks.papers.recipe.compose import Target


def targets_by_document(chunks: Sequence[Chunk]) -> dict[str, list[Target]]:
    """What can be asked for, by document: first every claim from one angle, then from its others.

    Which angle comes first goes round, so that no kind of question outweighs the rest.
    """
    small = {word for chunk in chunks for word in chunk.text.split() if word.islower()}
    names = {name for chunk in chunks for name in capitalised_words(chunk.text)} - small
    by_document: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims_of(chunks):
        by_document[claim.chunk.document_id].append(claim)
    made: dict[str, list[Target]] = {}
    for document, claims in by_document.items():
        options = [[Target(claim, angle) for angle in angles(claim.text, names)] for claim in claims]
        turned = (_turned(ways, place) for place, ways in enumerate(filter(None, options)))
        made[document] = [target for tier in zip_longest(*turned) for target in tier if target is not None]
    return made


def in_turn(by_document: Mapping[str, list[Target]], documents: frozenset[str], seed: int) -> list[Target]:
    """Targets of `documents` in turn, one of each, so that a small set does not come from one paper alone."""
    shuffled = []
    for document in sorted(documents):
        targets = list(by_document[document])
        half = len({target.claim.text for target in targets})
        first, second = targets[:half], targets[half:]
        for part in (first, second):
            Random(f"claims:{seed}:{document}").shuffle(part)  # noqa: S311
        shuffled.append([*first, *second])
    Random(f"documents:{seed}").shuffle(shuffled)  # noqa: S311
    return [target for target in chain.from_iterable(zip_longest(*shuffled)) if target is not None]


def _turned(ways: list[Target], place: int) -> list[Target]:
    first = place % len(ways)
    return ways[first:] + ways[:first]


def common_terms(texts: Sequence[str]) -> set[str]:
    """Terms of more than an eighth of the texts: two claims that share only these have no subject in common."""
    seen = Counter(term for text in texts for term in set(content_terms(text)))
    return {term for term, count in seen.items() if count > max(2, len(texts) / 8)}


def capitalised_words(text: str) -> Iterator[str]:
    """Words that `text` writes with a capital where no sentence begins, in small letters."""
    beginnings = {start for start, _ in sentence_spans(text)}
    for match in re.finditer(r"(?<=[a-z,] )[A-Z][\w-]*", text):
        if match.start() not in beginnings:
            yield match[0].lower()
