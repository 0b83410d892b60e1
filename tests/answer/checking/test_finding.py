"""Which source supports a sentence, and with what verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.checking.finding import Finding, find_support, sources_of
from ragft.answer.checking.support import Supporter
from ragft.answer.prompts.prompt import assign_keys
from tests.answer.fakes import NF4, OPTIMISERS, QLORA, evidence, hit

SOURCES = sources_of(evidence(QLORA, NF4, OPTIMISERS))
QUESTION = "How much GPU memory does QLoRA need for a 65B model?"


def find(sentence: str, *named: str, supporter: Supporter | None = None) -> Finding:
    sources = tuple(SOURCES.values())
    return find_support(sentence, QUESTION, [SOURCES[key] for key in named], sources, supporter or Supporter(), 0.6)


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("QLoRA brings the job down to a single GPU with 48 GB of memory.", "supported"),
        ("QLoRA brings the job down to a single GPU with 780 GB of memory.", "partly"),
        ("Bread dough rises for twelve hours in a warm kitchen.", "not_found"),
        ("The weights are not frozen in four bits, and gradients flow into small adapters.", "contradicted"),
    ],
)
def test_each_verdict(sentence: str, verdict: str) -> None:
    assert find(sentence, "1").verdict == verdict


def test_only_what_is_supported_may_be_cited() -> None:
    assert [item.key for item in find("Double quantisation saves about 0.37 bits per parameter.", "1").evidence] == [
        "2"
    ]
    assert find("QLoRA brings the job down to a single GPU with 780 GB of memory.", "1").evidence == ()


def test_what_is_asked_for_and_not_there_is_not_found_under_another_name() -> None:
    sentence = "Lumen jobs come down to a single GPU with 48 GB of memory."
    sources = tuple(SOURCES.values())
    for question, verdict in (("How much do the Lumen jobs need?", "not_found"), (QUESTION, "supported")):
        assert find_support(sentence, question, sources, sources, Supporter(), 0.6).verdict == verdict


THANKS = replace(hit(f"{QLORA} The work was paid by the Harbour Board."), section="Acknowledgements")
LONG_JOB = "A regular fine-tune of a 65B model takes more than 780 GB."


@pytest.mark.parametrize(
    ("sentence", "named", "cited"),
    [
        (LONG_JOB, "", "2"),
        ("The work was paid by the Harbour Board.", "", "1"),
        (LONG_JOB, "1", "1"),  # what the model itself cites stays where it supports the sentence
        (LONG_JOB, "2", "2"),
        (LONG_JOB, "12", "12"),
        ("The work was paid by the Harbour Board.", "2", "1"),
    ],
)
def test_thanks_and_funding_are_cited_where_named_or_where_nothing_else_supports_a_sentence(
    sentence: str, named: str, cited: str
) -> None:
    sources = sources_of(assign_keys([THANKS, hit(QLORA, number=1)]))
    keys = [sources[key] for key in named]
    found = find_support(sentence, QUESTION, keys, tuple(sources.values()), Supporter(), 0.6)
    assert "".join(item.key for item in found.evidence) == cited
    assert found.aligned is not (named == cited)


def test_two_named_sources_that_support_a_sentence_together_stay() -> None:
    thanks = replace(hit("The Harbour Board of Bergen paid the work."), section="Funding")
    halves = [thanks, hit("Keepers of twelve locks counted boats by hand.", number=1)]
    whole = hit("The Harbour Board of Bergen paid keepers of twelve locks, who counted boats.", number=2)
    sources = sources_of(assign_keys([*halves, whole]))
    sentence = "The Harbour Board of Bergen paid keepers of twelve locks that counted boats."
    named = [sources["1"], sources["2"]]
    found = find_support(sentence, "Who paid whom?", named, tuple(sources.values()), Supporter(), 0.6)
    assert [item.key for item in found.evidence] == ["1", "2"]


def test_a_model_that_reads_for_meaning_needs_no_words_in_common_but_the_numbers() -> None:
    def entail(_: str, premises: Sequence[str]) -> list[float]:
        return [0.9] * len(premises)

    supporter = Supporter(entail=entail)
    assert (
        find("Adaptation became affordable on modest consumer hardware.", "1", supporter=supporter).verdict
        == "supported"
    )
    assert find("Adaptation became affordable with 96 GB of hardware.", "1", supporter=supporter).verdict == "not_found"


def test_clauses_of_several_passages_are_as_well_supported_as_the_worst_of_them() -> None:
    found = find(
        "Paged optimisers move optimiser state to disk, and double quantisation saves about 0.37 bits per parameter."
    )
    assert found.verdict == "supported"
    assert [item.key for item in found.evidence] == ["3", "2"]
    assert found.support == pytest.approx(0.8)


def test_half_a_sentence_is_found_in_part() -> None:
    found = find("Paged optimisers move optimiser state to the CPU, and gradients boil soup in small pots.")
    assert (found.verdict, found.support, found.evidence) == ("partly", 0.5, ())


@pytest.mark.parametrize(
    ("title", "verdict", "support"), [("On adapters", "not_found", 0.3), ("On QLoRA", "supported", 0.86)]
)
def test_a_name_that_is_elsewhere_in_the_passage_does_not_support_what_is_said_of_another(
    title: str, verdict: str, support: float
) -> None:
    text = "AdaLoRA needs little memory on each graphics card. Later work differs. No more is said. QLoRA is newer."
    sources = tuple(sources_of(assign_keys([hit(text, title=title)])).values())
    found = find_support(
        "QLoRA needs little memory on each graphics card.", QUESTION, sources, sources, Supporter(), 0.6
    )
    assert (found.verdict, found.support) == (verdict, pytest.approx(support))


@pytest.mark.parametrize(("name", "verdict", "keys"), [("LoRA", "other_language", ["1"]), ("QLoRA", "partly", [])])
def test_names_and_numbers_in_another_language_are_those_of_one_thing(name: str, verdict: str, keys: list[str]) -> None:
    text = "QLoRA needs 48 GB of memory. LoRA needs 780 GB of memory."
    sources = tuple(sources_of(assign_keys([hit(text, title="On adapters")])).values())
    sentence = f"Mit {name} braucht man für ein Modell 780 GB Speicher"
    found = find_support(sentence, QUESTION, [], sources, Supporter(), 0.6)
    assert (found.verdict, [item.key for item in found.evidence]) == (verdict, keys)
    assert found.aligned is bool(keys)
    assert not find_support(sentence, QUESTION, sources, sources, Supporter(), 0.6).aligned


TABLE = (
    "Table 2: Boats a day at two locks.\nLock | spring | autumn\nHaro | 38.5 | 22.1\nMira | 41.6 | 30.8\n"
    "Keepers counted them by hand."
)


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Haro has 38.5 in spring.", "supported"),
        ("Haro has 22.1 in spring.", "not_found"),
        ("Mira has 38.5 in spring.", "not_found"),
        ("Tessa has 38.5 in spring.", "not_found"),
        ("Haro has 38.5 in rain.", "not_found"),
        ("Haro does not have 38.5 in spring.", "partly"),
    ],
)
def test_a_cell_states_what_its_row_and_its_heads_say(sentence: str, verdict: str) -> None:
    sources = tuple(sources_of(assign_keys([hit(TABLE, title="On locks")])).values())
    finding = find_support(sentence, "How many boats a day pass Haro?", sources, sources, Supporter(), 0.6)
    assert finding.verdict == verdict


def test_a_cell_answers_no_question_about_something_else() -> None:
    sources = tuple(sources_of(assign_keys([hit(TABLE, title="On locks")])).values())
    found = find_support("Haro has 38.5 in spring.", "Who painted the fence?", sources, sources, Supporter(), 0.6)
    assert found.verdict != "supported"


WORDS = st.lists(
    st.sampled_from("single GPU memory adapters weights frozen optimiser 48 bits bread".split()), min_size=1
)


def _embed_by_letters(texts: Sequence[str]) -> np.ndarray:
    """Unit vectors of the counts of some letters: any two texts are close to each other, no two alike."""
    rows = np.array([[1.0 + text.count(letter) for letter in "aeiorst"] for text in texts], dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@given(WORDS, st.lists(WORDS, min_size=1, max_size=4))
def test_the_first_of_the_best_sources_is_cited_in_whichever_order_they_are_asked(
    claim: list[str], texts: list[list[str]]
) -> None:
    sentence = f"The {' '.join(claim)}."
    sources = tuple(sources_of(evidence(*(f"The {' '.join(text)}." for text in texts))).values())
    supporter = Supporter(_embed_by_letters)
    scores = [find_support(sentence, "", [], [source], supporter, 0.6).support for source in sources]
    found = find_support(sentence, "", [], sources, supporter, 0.6)
    assert found.support == max(scores)
    assert [item.key for item in found.evidence] in ([], [str(1 + scores.index(max(scores)))])
