"""The sentences of the evidence that are shown where not all of it fits: the best of all items, in their order.

A sentence is taken by how much it has to do with the question, the sentence of a better item before its equals. A row
of a table comes whole and with the heads of its columns, "It …" and "This …" with the sentence before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from ragft.answer.base import Evidence
from ragft.answer.checking.support import refers_back, sentence_spans
from ragft.answer.prompts.model_instructions import instructs_model
from ragft.answer.prompts.prompt import evidence_line
from ragft.corpus.tables import headers, is_row

Rank = Callable[[Sequence[str]], Sequence[float]]
"""How much each sentence has to do with the question; higher is better."""

_ITEM = 0.5
"""How much the best sentence of an item counts for its others: what is beside an answer belongs to it."""
_PLACE = 0.06
"""What a sentence loses for each item before its own."""
_COPY = 40
"""Characters from which on a sentence is shown once: neighbouring chunks share some."""


class Counter(Protocol):
    """Counts the tokens that a text has for the model that is asked."""

    def text(self, text: str) -> int:
        """How many tokens `text` has."""
        ...


@dataclass
class _SplitEvidence:
    """One piece of evidence in sentences.

    `companions` are, for each, the places that it is shown with: itself, the rest of its row of a table and the heads
    of the columns, the sentence before where it refers back to that. `heads` are the places of heads.
    """

    evidence: Evidence
    spans: Sequence[tuple[int, int]]
    companions: Sequence[Sequence[int]]
    heads: frozenset[int]
    chosen: set[int] = field(default_factory=set)

    @property
    def text(self) -> str:
        return self.evidence.hit.text

    def piece(self, place: int) -> str:
        return self.text[slice(*self.spans[place])]

    def together(self, place: int) -> str:
        return " ".join(map(self.piece, self.companions[place]))

    def shown(self) -> Evidence:
        """The evidence with its chosen sentences; without an excerpt where that is all of it."""
        if len(self.chosen) == len(sentence_spans(self.text)):
            return replace(self.evidence, excerpt="")
        return replace(self.evidence, excerpt=_join(self.text, self.spans, sorted(self.chosen)) or "…")

    def whole(self) -> Evidence:
        """The evidence with all its sentences."""
        return replace(self, chosen=set(range(len(self.spans)))).shown()


def allowed_spans(text: str, *, allow_instructions: bool) -> list[tuple[int, int]]:
    """The sentences of `text` that may be shown to a model; with `allow_instructions`, also those that instruct it."""
    return [span for span in sentence_spans(text) if allow_instructions or not instructs_model(text[slice(*span)])]


def excerpts(
    evidence: Sequence[Evidence],
    tokens: int,
    counter: Counter,
    rank: Rank | None,
    *,
    allow_instructions: bool,
    from_best: bool = False,
) -> list[Evidence]:
    """`evidence` in at most about `tokens` tokens, items without a good sentence left out.

    At least one sentence stays, even if it is longer than that, unless all instruct a model. The heads of a table can
    exceed the limit, or a wide one would show no row. Without `rank` the first sentences of the first items stay.
    With `from_best`, what an item shows begins with its best sentence: of those before it, none is shown.
    """
    items = [_item(one, allow_instructions) for one in evidence]
    whole = [item.whole() for item in items]
    if sum(counter.text(evidence_line(one)) for one in whole) <= tokens:
        return whole
    used = 0
    for item, place in _by_worth(items, rank):
        if from_best and item.chosen and place < min(item.chosen):
            continue
        added = set(item.companions[place]) - item.chosen
        line = 0 if item.chosen else counter.text(evidence_line(replace(item.evidence, excerpt="…")))
        heads = sum(counter.text(item.piece(one)) for one in added & item.heads)
        cost = line + sum(counter.text(item.piece(one)) for one in added - item.heads)
        if used and used + cost > tokens:
            continue
        item.chosen |= added
        used += cost + heads
    return [item.shown() for item in items if item.chosen] or whole[:1]


def _item(evidence: Evidence, allow_instructions: bool) -> _SplitEvidence:
    text = evidence.hit.text
    spans = allowed_spans(text, allow_instructions=allow_instructions)
    lines = text.split("\n")
    above = headers(lines)
    line_of = [text.count("\n", 0, start) for start, _ in spans]
    companions: list[list[int]] = []
    for place, line in enumerate(line_of):
        wanted = {*above[line], line} if is_row(lines[line]) else set()
        together = [one for one, other in enumerate(line_of) if one == place or other in wanted]
        refers = not wanted and place and line_of[place - 1] == line and refers_back(text[spans[place][0] :])
        companions.append([place - 1, *together] if refers else together)
    heading = {head for line in line_of for head in above[line]}
    return _SplitEvidence(
        evidence, spans, companions, frozenset(place for place, line in enumerate(line_of) if line in heading)
    )


def _by_worth(items: Sequence[_SplitEvidence], rank: Rank | None) -> Iterator[tuple[_SplitEvidence, int]]:
    """(item, place of a sentence), best first; heads of tables and repeated sentences are not among them."""
    places = [(number, place) for number, item in enumerate(items) for place in _places(item)]
    seen: set[str] = set()
    fresh: list[tuple[int, int]] = []
    for number, place in places:
        text = items[number].piece(place)
        if len(text) < _COPY or text not in seen:
            fresh.append((number, place))
        seen.add(text)
    if rank is None:
        scores = [-float(order) for order in range(len(fresh))]
    else:
        scores = list(rank([items[number].together(place) for number, place in fresh]))
        best: dict[int, float] = {}
        for (number, _), score in zip(fresh, scores, strict=True):
            best[number] = max(score, best.get(number, score))
        scores = [s + _ITEM * best[n] - _PLACE * n for s, (n, _) in zip(scores, fresh, strict=True)]
    order = sorted(range(len(fresh)), key=lambda one: (-scores[one], one))
    for number, place in (fresh[one] for one in order):
        yield items[number], place


def _places(item: _SplitEvidence) -> list[int]:
    return [place for place in range(len(item.spans)) if place not in item.heads]


def _join(text: str, spans: Sequence[tuple[int, int]], places: Sequence[int]) -> str:
    """Chosen sentences in order, each on the line that it is on, with an ellipsis where something between them was left
    out."""
    shown = ""
    for number, place in enumerate(places):
        start, end = spans[place]
        if number:
            between = text[spans[places[number - 1]][1] : start]
            shown += (" …" if between.strip() else "") + ("\n" if "\n" in between else " ")
        shown += text[start:end]
    return shown
