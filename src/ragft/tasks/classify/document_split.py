"""Training, validation and test, with near-duplicates on one side.

A form letter in two copies, one in training and one in the test, measures memory: such documents form a group, and a
group is never divided.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from ragft.corpus.duplicates import BINS, SAME_PAPER, fingerprint_of, similarities
from ragft.dataset.split import chained
from ragft.errors import InputError
from ragft.log import log
from ragft.tasks.classify.base import LabelledDocument, Split, labels_of
from ragft.tasks.classify.scores import MOST_LABELS

if TYPE_CHECKING:
    from ragft.setting_sections import ClassifySettings


def near_duplicates(texts: Sequence[str]) -> list[int]:
    """The group of each text: texts whose five-word shingles are alike to `SAME_PAPER` share one, chained."""
    import numpy as np

    prints = np.array([fingerprint_of([text]) for text in texts], np.uint32).reshape(-1, BINS)
    root = chained(
        (int(other), place)
        for place in range(1, len(texts))
        for other in np.flatnonzero(similarities(prints[:place], prints[place]) >= SAME_PAPER)
    )
    return [root(place) for place in range(len(texts))]


def divide(documents: Sequence[LabelledDocument], settings: ClassifySettings, seed: int) -> list[LabelledDocument]:
    """The documents with their split, in a shuffled order.

    What is given a split in the data keeps it, and its near-duplicates follow; where the data put near-duplicates on
    two sides, those on the weaker side (training, then validation) are left out. Of every class one group at least is
    trained on. Documents of no class are divided between validation and test.

    Raises:
        InputError: there are fewer than two classes or more than `MOST_LABELS`, one has no document to train on, or
            there is none to test on.
    """
    count = len(labels_of(documents))
    if count < 2:
        raise InputError("the documents have fewer than two classes", fix="give labelled documents of two or more")
    if count > MOST_LABELS:
        raise InputError(
            f"the documents have {count} classes, and at most {MOST_LABELS} can be distinguished",
            fix="name a column with fewer labels, or put classes together",
        )
    order = list(documents)
    Random(f"classify:{seed}").shuffle(order)  # noqa: S311
    groups: dict[int, list[LabelledDocument]] = defaultdict(list)
    for group, document in zip(near_duplicates([one.text for one in order]), order, strict=True):
        groups[group].append(document)
    _warn_of_contradictions(list(groups.values()))
    room = _room(order, settings)
    divided: list[LabelledDocument] = []
    for members in groups.values():
        side = _side(members, room)
        divided += [replace(one, split=side) for one in members if one.split in {"", side} or one.is_outside]
    if lost := len(order) - len(divided):
        log.warning(
            f"{lost} documents are left out: the data have a near-duplicate of each on another side of the split"
        )
    if missing := sorted(set(labels_of(divided)) - {one.label for one in divided if one.split == "train"}):
        raise InputError(
            f"no document of the class {missing[0]!r} is left to train on", fix="give more documents of it"
        )
    kept = _capped(divided, settings)
    _need_judged(kept)
    return kept


def _room(documents: Sequence[LabelledDocument], settings: ClassifySettings) -> Mapping[str, Counter[Split]]:
    """How many more documents of each class validation and test may take; what is outside is not trained on."""
    room: dict[str, Counter[Split]] = {}
    for label, count in Counter(one.label for one in documents).items():
        outside = LabelledDocument("", label).is_outside
        shares = (0.5, 0.5) if outside else (settings.validation, settings.test)
        least = 1 if count >= 3 or outside else 0
        validation, test = (max(least, round(share * count)) for share in shares)
        room[label] = Counter({"train": 0 if outside else 1, "test": test, "validation": validation})
    return room


def _side(group: Sequence[LabelledDocument], room: Mapping[str, Counter[Split]]) -> Split:
    """The side of a group: as the data say, else where there is room for all of it; counts it there."""
    sides: tuple[Split, ...] = ("test", "validation", "train")
    given = {one.split for one in group}
    outside = group[0].is_outside
    if found := next((side for side in sides if side in given), None):
        return "validation" if outside and found == "train" else found
    left = room[group[0].label]
    if left["train"] > 0:
        left["train"] = 0
        return "train"
    fitting = [side for side in sides[:2] if left[side] >= len(group)]
    side: Split = fitting[0] if fitting else ("test" if outside else "train")
    left[side] -= len(group)
    return side


def _capped(divided: Sequence[LabelledDocument], settings: ClassifySettings) -> list[LabelledDocument]:
    """At most so many of each class to train on, and so many to calibrate and to test on."""
    taken: Counter[str] = Counter()
    kept = []
    for one in divided:
        key, most = (one.label, settings.per_class) if one.split == "train" else (f"/{one.split}", settings.judged)
        taken[key] += 1
        if not most or taken[key] <= most:
            kept.append(one)
    return kept


def _need_judged(divided: Sequence[LabelledDocument]) -> None:
    """Documents of a class are needed in the test; without any in validation, nothing is calibrated."""
    sides = {one.split for one in divided if not one.is_outside}
    if "test" not in sides:
        raise InputError(
            "no document of a class is left to test on",
            fix='give three or more documents of a class that differ, or mark some of each with "split": "test"',
        )
    if "validation" not in sides:
        log.warning(
            "no document of a class is left for validation: no probability will be calibrated, and none too low to "
            'give a label; more documents of each class help, or some marked with "split": "validation"'
        )


def _warn_of_contradictions(groups: Sequence[Sequence[LabelledDocument]]) -> None:
    mixed = [group for group in groups if len({one.label for one in group}) > 1]
    if mixed:
        first = mixed[0]
        other = next(one for one in first if one.label != first[0].label)
        log.warning(
            f"{len(mixed)} groups of near-duplicates have more than one label, such as {first[0].origin} "
            f"({first[0].label}) and {other.origin} ({other.label})"
        )
