"""Dividing and joining."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ragft.dataset.base import Row
from ragft.dataset.split import chained, counts, distinct, mix_rows, split_documents, split_rows, unseen


def row(number: int, *documents: str) -> Row:
    return Row(
        ({"role": "user", "content": str(number)},),
        ({"role": "assistant", "content": "a"},),
        "grounded",
        document_ids=documents,
    )


@given(st.sets(st.text(min_size=1), max_size=40), st.floats(0, 0.5), st.integers())
def test_documents_are_on_one_side_each(documents: set[str], share: float, seed: int) -> None:
    train, held_out = split_documents(sorted(documents), share, seed)
    assert train | held_out == documents
    assert not train & held_out
    assert bool(held_out) == (share > 0 and len(documents) >= 3)


@given(st.integers(0, 5000), st.dictionaries(st.text(), st.floats(0.01, 1), min_size=1, max_size=5))
def test_counts_add_up_and_keep_the_proportions(total: int, mix: dict[str, float]) -> None:
    parts = counts(total, mix)
    assert sum(parts.values()) == total
    for name, share in mix.items():
        assert abs(parts[name] - total * share / sum(mix.values())) < 1


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=3), max_size=30), st.floats(0, 0.5), st.integers())
def test_rows_that_share_a_document_stay_together(documents: list[list[str]], share: float, seed: int) -> None:
    rows = [row(number, *names) for number, names in enumerate(documents)]
    train, held_out = split_rows(rows, share, seed)
    assert len(train) + len(held_out) == len(rows)
    assert not {d for r in train for d in r.document_ids} & {d for r in held_out for d in r.document_ids}
    assert len(held_out) <= round(share * len(rows))


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=2), max_size=30), st.floats(0, 0.5), st.integers())
def test_rows_that_share_a_group_stay_together_whatever_their_documents(
    groups: list[list[str]], share: float, seed: int
) -> None:
    rows = [replace(row(number, f"d{number % 5}"), groups=tuple(names)) for number, names in enumerate(groups)]
    train, held_out = split_rows(rows, share, seed)
    assert not {g for r in train for g in r.groups} & {g for r in held_out for g in r.groups}
    assert unseen(held_out, train) == distinct(held_out)


def test_a_mix_has_its_shares_and_no_row_twice() -> None:
    first, second = [row(n) for n in range(80)], [row(n) for n in range(100, 150)]
    mixed = mix_rows([(first, 0.75), (second, 0.25)], seed=1)
    assert len(mixed) == 107
    assert sum(r in first for r in mixed) == 80
    assert mix_rows([(first, 0.75), (second, 0.25)], seed=1) == mixed
    assert len(mix_rows([(first, 0.5), (first, 0.5)], seed=1)) <= 80


def test_what_is_trained_on_is_not_held_out() -> None:
    train = [row(1, "a"), row(2)]
    held_out = [row(3, "a", "b"), row(4, "b"), row(2), row(5), row(5)]
    assert unseen(held_out, train) == [row(4, "b"), row(5)]


def test_a_row_that_stands_twice_is_taken_once() -> None:
    assert distinct([row(1, "a"), row(2), row(1, "b")]) == [row(1, "a"), row(2)]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=20))
def test_what_is_linked_has_the_same_root_and_nothing_else(links: list[tuple[int, int]]) -> None:
    root = chained(links)
    reached = {n: {n} for n in range(21)}
    for _ in range(21):
        for a, b in links:
            reached[a] = reached[b] = reached[a] | reached[b]
    for one in range(21):
        for other in range(21):
            assert (root(one) == root(other)) == (other in reached[one] or one in reached[other])
