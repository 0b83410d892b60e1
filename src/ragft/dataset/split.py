"""Which documents are held out. The split comes before generation: distractors, too, stay on their side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random


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
