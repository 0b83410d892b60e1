"""Which papers deal with a subject, which name it in passing, and which are near in meaning."""

from __future__ import annotations

import pytest

from ragft.answer.library.librarian import CatalogueAnswer, Librarian
from ragft.answer.library.subjects import other_forms, treatments
from ragft.corpus.base import Chunk
from tests.answer.library.shelves import Shelf, paper

HUMAN = paper("Learning from Human Judgement", "Long Ouyang", 2022, pages=9)
OTHER = paper("On Bread", "Ada Baker", 2019, pages=4)
MADE = paper("Robot Prose", "Eve Moore", 2023, pages=4)
PASSAGES = {
    HUMAN.title: [
        "We use reinforcement learning from human feedback (RLHF) to train models.",
        "RLHF needs labelers. It is costly.",
    ],
    OTHER.title: ["Bread is baked.", "Dough rises.", "Salt.", "Unlike RLHF, baking needs no labelers."],
    MADE.title: ["What computers wrote is told from what people wrote."],
}


def shelf() -> Shelf:
    return Shelf(HUMAN, OTHER, MADE, passages=PASSAGES)


def ask(question: str) -> CatalogueAnswer:
    found = Librarian(shelf()).answer(question)
    assert found is not None
    return found


def test_papers_that_name_a_subject_come_with_their_passages_page_and_quote() -> None:
    found = ask("which of my papers mention RLHF?")
    assert found.text == (
        "With “RLHF”: 2 of your 3 papers.\n"
        f"- {HUMAN.title}, Ouyang, 2022: 2 passages, p. 1 [1]\n"
        f"- {OTHER.title}, Baker, 2019: 1 passage, p. 4 [2]"
    )
    assert [citation.document_id for citation in found.citations] == [HUMAN.id, OTHER.id]


def test_a_quote_stands_in_the_passage_that_is_cited() -> None:
    found = ask("which of my papers mention RLHF?")
    quote = found.citations[1]
    text = found.evidence[1].hit.text
    assert quote.quote == text[quote.start : quote.end] == "Unlike RLHF, baking needs no labelers."
    assert quote.pages == (4, 4)


def test_a_paper_about_a_subject_has_it_at_its_beginning_and_others_are_counted() -> None:
    found = ask("papers about RLHF")
    assert found.text.startswith("About “RLHF”: 1 of your 3 papers. Named in passing by 1 more.")
    assert [citation.title for citation in found.citations] == [HUMAN.title]


def test_what_an_acronym_stands_for_counts_as_well() -> None:
    spelt = treatments([HUMAN, OTHER], shelf(), "reinforcement learning from human feedback")
    assert {one.paper.title: one.passages for one in spelt} == {HUMAN.title: 2, OTHER.title: 1}


@pytest.mark.parametrize(
    ("text", "subject", "form"),
    [
        ("We use low-rank adaptation (LoRA).", "low-rank adaptation", ["LoRA"]),
        ("By low-rank adaptation (ADA).", "low-rank adaptation", []),
        ("Low-rank adaptation, or LoRA, trains little.", "low-rank adaptation", ["LoRA"]),
        ("Low-rank adaptation, or more, trains little.", "low-rank adaptation", []),
        ("An agent based on human feedback (HF).", "hf", ["human feedback"]),
        ("Knowledge graphs (KGs) help.", "knowledge graphs", ["KG"]),
        ("Some models (see below) help.", "see", []),
        ("The method (RAG) helps.", "rag", []),
    ],
)
def test_an_acronym_is_what_the_initials_before_it_spell(text: str, subject: str, form: list[str]) -> None:
    assert other_forms([Chunk("c", "d", 0, text, "t", "", (1, 1))], subject) == form


def test_where_no_paper_has_the_words_those_of_the_same_meaning_are_named_as_such() -> None:
    found = ask("Do I have a paper about what machines wrote?")
    assert found.text.startswith("Yes. About “what machines wrote”: 1 of your 3 papers. Found by meaning")
    assert [citation.title for citation in found.citations] == [MADE.title]


def test_a_paper_that_only_names_the_subject_is_not_about_it() -> None:
    found = ask("do I have a paper about labelers by Baker?")
    assert found.text.startswith("By Baker, about “labelers”: none of your 3 papers; named in passing by 1.")


def test_a_stem_in_common_is_no_mention() -> None:
    made = Shelf(OTHER, MADE, passages={OTHER.title: ["An optimizer is used."], MADE.title: ["The optimal one."]})
    assert [one.paper for one in treatments([OTHER, MADE], made, "optimizers")] == [OTHER]


def test_several_stems_near_each_other_are_one() -> None:
    made = Shelf(OTHER, passages={OTHER.title: ["A low-rank adapter is small."]})
    assert [one.paper for one in treatments([OTHER], made, "low-rank adaptation")] == [OTHER]


def test_a_slip_in_a_subject_is_undone_and_shown() -> None:
    made = Shelf(OTHER, passages={OTHER.title: ["A transformer bakes."]})
    found = Librarian(made).answer("papers about the transfomer")
    assert found is not None and found.text.startswith("About “the transformer”: 1 of your 1 papers.")


def test_an_honest_none() -> None:
    found = ask("do I have anything on quantum computing?")
    assert (found.text, found.missing) == ("No. About “quantum computing”: none of your 3 papers.", True)


def test_a_search_in_another_language_says_that_it_looked_for_the_words() -> None:
    found = ask("Habe ich ein Paper über Quantencomputer?")
    assert found.text.endswith("Gesucht wurde nur nach diesen Wörtern.") and found.missing
