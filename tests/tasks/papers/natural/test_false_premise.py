"""Questions about a fact, with another thing of its document in place of the right one."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from ragft.tasks.papers.natural.document_subject import Subject
from ragft.tasks.papers.natural.ideas import Idea
from ragft.tasks.papers.natural.make import _swapped

FACT = Idea(
    "How much memory does QLoRA need?", "fact", "grounded", "en", "d", ("QLoRA",), ("QLoRA needs 48 GB of memory.",)
)


def subject(term: str, document: str = "d") -> Subject:
    return Subject(term, "en", document, ())


def test_a_fact_is_asked_of_another_name_of_its_document() -> None:
    made = _swapped(FACT, [subject("QLoRA"), subject("BitFit"), subject("paged memory")], Random(0))
    assert made is not None
    assert made.question == "How much memory does BitFit need?"
    assert (made.kind, made.form, made.terms, made.anchors) == ("refusal", "false_premise", ("BitFit",), ())


def test_nothing_is_swapped_without_another_name_in_the_document() -> None:
    assert _swapped(FACT, [subject("QLoRA"), subject("memory"), subject("BitFit", "another")], Random(0)) is None


def test_only_facts_are_given_a_false_premise() -> None:
    assert _swapped(replace(FACT, form="topic"), [subject("BitFit")], Random(0)) is None
