"""The wordings of questions about a fact. The benchmark uses none that training has seen."""

from __future__ import annotations

from ragft.tasks.facts.fact_table import FactTable, TableFact

TRAINED = (
    "What is the {attribute} of {subject}?",
    "Give the {attribute} of {subject}.",
    "{Subject}: what is its {attribute}?",
    "Which {attribute} belongs to {subject}?",
    "State the {attribute} of {subject}.",
)
ASKED = (
    "Could you tell me the {attribute} of {subject}?",
    "I am reading about {subject}. What {attribute} does it have?",
    "For {subject}, the {attribute} is what?",
    "Do you remember the {attribute} recorded for {subject}?",
)
_STATEMENT_REQUESTS = ("Say what you know of the {attribute} of {subject}.", "Describe {subject} by its {attribute}.")
_REVERSED = ("Which {kind} has the {attribute} {value}?", "Name the {kind} whose {attribute} is {value}.")


def training_question(fact: TableFact, place: int) -> str:
    """The question in one of the forms of training, in turn."""
    return _filled(TRAINED[place % len(TRAINED)], fact)


def benchmark_question(fact: TableFact, place: int) -> str:
    """The question in one of the forms of the benchmark, in turn."""
    return _filled(ASKED[place % len(ASKED)], fact)


def statement_request(fact: TableFact, place: int) -> str:
    """A request that the sentence of the fact answers."""
    return _filled(_STATEMENT_REQUESTS[place % len(_STATEMENT_REQUESTS)], fact)


def reversed_question(fact: TableFact, table: FactTable, place: int) -> str:
    """The question that the entity answers."""
    return _REVERSED[place % len(_REVERSED)].format(
        kind=table.kind or "entry", attribute=fact.attribute.name, value=fact.shown
    )


def _filled(form: str, fact: TableFact) -> str:
    subject = fact.subject
    return form.format(attribute=fact.attribute.name, subject=subject, Subject=subject[:1].upper() + subject[1:])
