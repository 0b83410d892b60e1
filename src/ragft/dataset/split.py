"""Which documents are held out. The split comes before generation: distractors, too, stay on their side."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import chain
from random import Random
from typing import TypeVar

from ragft.dataset.base import Row
from ragft.dataset.store import row_id

Member = TypeVar("Member", bound=Hashable)


def split_documents(documents: Sequence[str], share: float, seed: int) -> tuple[frozenset[str], frozenset[str]]:
    """(training, held-out) document ids, disjoint.

    Two documents at least are held out where there are eight or more, so that synthesis and refusals from another
    paper can be validated; none where there are fewer than three, or `share` is 0.
    """
    ordered = sorted(documents)
    Random(f"split:{seed}").shuffle(ordered)  # noqa: S311
    if not share or len(ordered) < 3:
        return frozenset(ordered), frozenset()
    count = max(round(share * len(ordered)), 2 if len(ordered) >= 8 else 1)
    return frozenset(ordered[count:]), frozenset(ordered[:count])


def counts(total: int, mix: Mapping[str, float]) -> dict[str, int]:
    """`total` in the proportions of `mix`, by largest remainders; the parts add up to `total`."""
    weight = sum(mix.values())
    exact = {name: total * share / weight for name, share in mix.items()}
    parts = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (parts[name] - exact[name], name))
    for name in by_remainder[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def split_rows(rows: Sequence[Row], share: float, seed: int) -> tuple[list[Row], list[Row]]:
    """(training, held-out) rows, no group on both sides.

    Rows that share a group (a document, where they name none) stay together, whichever way they are chained; whole
    groups are held out until `share` of the rows is reached. Rows without any (replay, imported ones) are their own
    groups. The largest group always trains, so a set that hangs together in one piece gives no held-out rows.
    """
    groups = _groups(rows)
    order = sorted(groups, key=lambda group: (len(group), group[0]))[: len(groups) - 1]
    Random(f"rows:{seed}").shuffle(order)  # noqa: S311
    wanted = round(share * len(rows))
    chosen: set[int] = set()
    for group in order:
        if len(chosen) + len(group) <= wanted:
            chosen.update(group)
    train = [row for place, row in enumerate(rows) if place not in chosen]
    return train, [row for place, row in enumerate(rows) if place in chosen]


def _groups(rows: Sequence[Row]) -> list[list[int]]:
    """Places of rows that hang together by their groups, which mostly are documents."""
    root = chained((group, row.kept_together[0]) for row in rows for group in row.kept_together[1:])
    groups: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        key = root(row.kept_together[0]) if row.kept_together else f"row {place}"
        groups.setdefault(key, []).append(place)
    return list(groups.values())


def chained(links: Iterable[tuple[Member, Member]]) -> Callable[[Member], Member]:
    """A function that gives the same member for all that are linked, however long the chain (union-find)."""
    parent: dict[Member, Member] = {}

    def root(member: Member) -> Member:
        parent.setdefault(member, member)
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    for one, other in links:
        parent[root(one)] = root(other)
    return root


def mix_rows(sets: Sequence[tuple[Sequence[Row], float]], seed: int) -> list[Row]:
    """Rows of several sets in the given shares, as many as the scarcest set allows; repeated rows once."""
    total = sum(share for _, share in sets)
    shares = [share / total for _, share in sets]
    size = min(len(rows) / share for (rows, _), share in zip(sets, shares, strict=True) if share)
    random = Random(f"mix:{seed}")  # noqa: S311
    parts = (random.sample(list(rows), round(size * share)) for (rows, _), share in zip(sets, shares, strict=True))
    mixed = distinct(chain.from_iterable(parts))
    random.shuffle(mixed)
    return mixed


def distinct(rows: Iterable[Row]) -> list[Row]:
    """`rows` without those that teach what an earlier one teaches."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row_id(row), row)
    return list(first.values())


def unseen(held_out: Iterable[Row], train: Sequence[Row]) -> list[Row]:
    """Those of `held_out` that share neither a group nor their own words with a row of `train`; each once."""
    groups = {group for row in train for group in row.kept_together}
    taught = {row_id(row) for row in train}
    return [
        row for row in distinct(held_out) if not groups.intersection(row.kept_together) and row_id(row) not in taught
    ]
