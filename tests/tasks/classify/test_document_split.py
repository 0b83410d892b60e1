"""Near-duplicates on one side, every class trained on, the data's own split kept."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from ragft.errors import InputError
from ragft.setting_sections import ClassifySettings
from ragft.tasks.classify.base import LabelledDocument, Split
from ragft.tasks.classify.document_split import divide, near_duplicates
from ragft.tasks.classify.scores import MOST_LABELS

LONG = "the tenant shall pay the rent of {} on the first day of every month to the landlord at the address above and"


def letters(label: str, count: int) -> list[LabelledDocument]:
    return [
        LabelledDocument(f"{label} {n} " + " ".join(f"{label}{n}w{k}" for k in range(20)), label) for n in range(count)
    ]


def test_texts_that_are_nearly_the_same_are_one_group_and_others_are_not() -> None:
    lease = " ".join(LONG.format(f"room{k}") for k in range(20))
    texts = [lease, "something else altogether that nobody wrote before", lease.replace("room19", "room23")]
    first, second, third = near_duplicates(texts)
    assert first == third != second


def test_no_group_of_near_duplicates_is_on_two_sides() -> None:
    documents = []
    for n in range(20):
        text = " ".join(f"w{n}x{k}" for k in range(60))
        documents += [LabelledDocument(f"{text} {copy}", "a" if n % 2 else "b", f"{n}") for copy in ("one", "two")]
    sides = defaultdict(set)
    for one in divide(documents, ClassifySettings(), 0):
        sides[one.origin].add(one.split)
    assert len(sides) == 20 and all(len(found) == 1 for found in sides.values())
    assert {side for found in sides.values() for side in found} == {"train", "validation", "test"}


def test_each_class_is_divided_by_the_shares_and_what_is_outside_is_not_trained_on() -> None:
    documents = [*letters("a", 20), *letters("b", 20), *letters("unknown", 10)]
    counts = Counter((one.label, one.split) for one in divide(documents, ClassifySettings(), 3))
    assert counts["a", "train"] == counts["b", "train"] == 13
    assert counts["a", "test"] == 4 and counts["a", "validation"] == 3
    assert counts["unknown", "train"] == 0 and counts["unknown", "test"] == counts["unknown", "validation"] == 5


def test_the_split_of_the_data_is_kept() -> None:
    documents = [*letters("a", 6), *letters("b", 6)]
    given = [
        LabelledDocument(one.text, one.label, one.origin, "test" if n % 3 == 0 else "train")
        for n, one in enumerate(documents)
    ]
    assert {one.text: one.split for one in divide(given, ClassifySettings(), 0)} == {
        one.text: one.split for one in given
    }


def test_of_near_duplicates_that_the_data_put_on_two_sides_the_test_keeps_its_own(
    caplog: pytest.LogCaptureFixture,
) -> None:
    copy = " ".join(f"word{k}" for k in range(40))
    pair = [LabelledDocument(f"{copy} {end}", "a", split=side) for end, side in (("x", "train"), ("y", "test"))]
    with caplog.at_level(logging.WARNING, logger="ragft"):
        found = divide([*letters("a", 3), *letters("b", 3), *pair], ClassifySettings(), 0)
    assert [one for one in found if copy in one.text] == [pair[1]]
    assert "1 documents are left out" in caplog.text


def test_what_belongs_to_no_class_is_never_trained_on_whatever_the_data_say() -> None:
    outside = [LabelledDocument(one.text, "oos", split="train") for one in letters("oos", 4)]
    found = divide([*letters("a", 4), *letters("b", 4), *outside], ClassifySettings(), 0)
    assert {one.split for one in found if one.is_outside} == {"validation"}


def test_a_class_of_one_document_is_trained_on() -> None:
    found = divide([*letters("a", 1), *letters("b", 9)], ClassifySettings(), 0)
    assert {one.split for one in found if one.label == "a"} == {"train"}


def test_the_caps_leave_so_many_of_each_class_and_side() -> None:
    found = divide([*letters("a", 40), *letters("b", 40)], ClassifySettings(per_class=5, judged=6), 0)
    assert Counter(one.split for one in found) == {"train": 10, "validation": 6, "test": 6}


def test_one_class_and_a_class_without_training_documents_are_refused() -> None:
    with pytest.raises(InputError, match="fewer than two classes"):
        divide(letters("a", 5), ClassifySettings(), 0)
    only_test = [LabelledDocument(one.text, one.label, "", "test") for one in letters("b", 3)]
    with pytest.raises(InputError, match="no document of the class 'b'"):
        divide([*letters("a", 5), *only_test], ClassifySettings(), 0)


def test_more_classes_than_can_be_scored_are_refused() -> None:
    documents = [LabelledDocument(f"text {n}", f"class {n}") for n in range(MOST_LABELS + 1)]
    with pytest.raises(InputError, match="4097 classes, and at most 4096"):
        divide(documents, ClassifySettings(), 0)


def test_copies_with_two_labels_are_reported(caplog: pytest.LogCaptureFixture) -> None:
    copy = " ".join(f"word{k}" for k in range(30))
    documents = [
        *letters("a", 3),
        *letters("b", 3),
        LabelledDocument(copy, "a", "x.txt"),
        LabelledDocument(copy, "b", "y.txt"),
    ]
    with caplog.at_level(logging.WARNING, logger="ragft"):
        divide(documents, ClassifySettings(), 0)
    assert "more than one label" in caplog.text and "x.txt" in caplog.text and "y.txt" in caplog.text


@pytest.mark.parametrize(
    "documents",
    [
        [*letters("a", 2), *letters("b", 2)],
        [replace(one, split="train") for one in [*letters("a", 9), *letters("b", 9)]],
        [LabelledDocument("the same text", label) for label in "ab" for _ in range(9)],
        [*letters("a", 2), *letters("b", 2), *letters("unknown", 6)],
    ],
    ids=["two of each class", "all for training", "one text", "only documents of no class to test"],
)
def test_documents_that_leave_none_of_a_class_to_test_on_are_refused(documents: list[LabelledDocument]) -> None:
    if len({one.text for one in documents}) == 1:
        documents = [*documents, *letters("b", 1)]
    with pytest.raises(InputError, match="left to test on") as caught:
        divide(documents, ClassifySettings(), 0)
    assert "three or more documents" in caught.value.fix and '"split": "test"' in caught.value.fix


def test_without_validation_documents_a_warning_says_that_nothing_is_calibrated(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sides: tuple[Split, ...] = ("train", "test")
    documents = [replace(one, split=sides[n % 2]) for label in "ab" for n, one in enumerate(letters(label, 4))]
    with caplog.at_level(logging.WARNING, logger="ragft"):
        divide([*documents, *letters("unknown", 4)], ClassifySettings(), 0)
    assert "no probability will be calibrated" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.WARNING, logger="ragft"):
        divide([*letters("a", 9), *letters("b", 9)], ClassifySettings(), 0)
    assert not caplog.text
