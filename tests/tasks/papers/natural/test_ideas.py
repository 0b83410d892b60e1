"""What a subject can be asked for."""

from __future__ import annotations

from random import Random

import pytest

from ragft.corpus.base import Chunk
from ragft.tasks.papers.natural.ideas import Idea, _are_contrasted, by_form, facts_of, has_number, ideas_of
from ragft.tasks.papers.natural.topics import subjects_by_document
from ragft.tasks.papers.recipe.targets import targets_by_document

TEXT = (
    "Dense Passage Retrieval, or DPR, encodes questions and passages with two networks and compares them. "
    "On Natural Questions DPR found the answer in 78.4% of cases, whereas BM25 found it in 59.1%. "
    "BM25 ranks documents by the frequency of their words and by their length. "
    "Training DPR took 24 hours on eight cards."
)
REASON = "Generation speed on a processor is bounded by memory bandwidth, since every weight is read once per token."


def ideas(text: str = TEXT) -> list[Idea]:
    chunk = Chunk("c", "d", 0, text, "Retrieval", "Search", (1, 1))
    return ideas_of(subjects_by_document([chunk])["d"], [], Random(0))


def of_form(form: str) -> list[Idea]:
    return [idea for idea in ideas() if idea.form == form]


def test_a_definition_is_asked_for_by_its_term_and_anchors_the_answer() -> None:
    asked = next(idea for idea in of_form("what") if idea.terms == ("DPR",))
    assert "DPR" in (asked.query or asked.question)
    assert asked.anchors[0].startswith("Dense Passage Retrieval, or DPR,")


def test_two_things_that_a_sentence_sets_against_each_other_are_compared() -> None:
    compared = of_form("compare")
    assert [idea.terms for idea in compared] == [("DPR", "BM25")]
    assert compared[0].kind == "synthesis"


def test_a_method_is_not_compared_with_what_it_was_tested_on() -> None:
    text = (
        "HyDE ranks better than BM25 on every set, although BM25 was tuned on MS-MARCO. HyDE writes a document first. "
        "The MS-MARCO collection has questions of a search engine. BM25 counts words, and HyDE was tried on MS-MARCO."
    )
    assert [idea.terms for idea in ideas(text) if idea.form == "compare"] == [("HyDE", "BM25")]


@pytest.mark.parametrize(
    ("text", "one", "other", "expected"),
    [
        ("Unlike RNNs, CNNs read a whole sequence at once.", "RNN", "CNN", True),
        ("Unlike RNNs, CNNs read a whole sequence at once.", "RNNs", "CNNs", True),
        ("RAG and REALM differ in how they decode.", "RAG", "REALM", True),
        ("Compared to BM25, the dense retriever DPR finds paraphrases.", "BM25", "DPR", True),
        ("In contrast to BM25, DPR finds paraphrases.", "BM25", "DPR", True),
        ("Im Gegensatz zu BM25 findet DPR auch Umschreibungen.", "DPR", "BM25", True),
        ("DPR findet mehr Umschreibungen als BM25.", "DPR", "BM25", True),
        ("Atlas outperforms PaLM on TriviaQA.", "Atlas", "TriviaQA", False),
        ("HyDE does worse on TREC.", "HyDE", "TREC", False),
        ("FLARE is compared on 2Wiki with four baselines.", "FLARE", "2Wiki", False),
        ("Compared to SGLang, RAGCache reduces the TTFT by 3.5 times.", "SGLang", "TTFT", False),
    ],
)
def test_names_are_contrasted_where_one_stands_against_the_other(
    text: str, one: str, other: str, expected: bool
) -> None:
    assert _are_contrasted(text, (one, other), "en") is expected


def test_two_things_are_asked_for_together_where_a_sentence_is_about_one_of_them() -> None:
    text = TEXT + "Users of a web index ask for DPR and for the HNSW graph at once. The HNSW graph stores links."
    pairs = {idea.terms for idea in ideas(text) if idea.kind == "synthesis"}
    assert ("DPR", "BM25") in pairs
    assert not any("HNSW" in " ".join(terms) for terms in pairs), "they are only named together in passing"


def test_how_a_thing_works_is_answered_by_what_it_does() -> None:
    text = (
        "HNSW is an index that most vector databases of today offer to their users. "
        "HNSW connects each vector to a few of its neighbours and arranges them in layers."
    )
    asked = {idea.form: idea.anchors[0] for idea in ideas(text) if idea.form in ("what", "how")}
    assert asked["what"].startswith("HNSW is an index")
    assert asked["how"].startswith("HNSW connects")


def test_lists_and_reasons_are_asked_for() -> None:
    text = "RGB tests four abilities: noise robustness, negative rejection and counting. RGB keeps the noise apart."
    asked = [idea for idea in ideas(text) if idea.form == "which"]
    assert [idea.question.partition(" ")[2] for idea in asked] == ["four abilities does RGB test?"]
    assert asked[0].anchors[0].startswith("RGB tests")
    chunk = Chunk("c", "d", 0, REASON, "Search", "Speed", (1, 1))
    facts = list(facts_of((target.claim, target.angle) for target in targets_by_document([chunk])["d"]))
    (why,) = [idea for idea in ideas_of([], facts, Random(0)) if idea.form == "why"]
    assert why.question == "Why is generation speed on a processor bounded by memory bandwidth?"
    assert why.anchors == (REASON,)


def test_a_list_that_a_verb_acts_on_is_asked_for() -> None:
    text = "A tidal bore needs a large range, a narrowing channel and a shallow river."
    chunk = Chunk("c", "d", 0, text, "Tides", "Bores", (1, 1))
    facts = list(facts_of((target.claim, target.angle) for target in targets_by_document([chunk])["d"]))
    asked = [idea.question for idea in ideas_of([], facts, Random(0)) if idea.form == "which"]
    assert asked == ["What does a tidal bore need?"]


def test_numbers_are_asked_for_where_two_sentences_have_them() -> None:
    assert [idea.terms for idea in of_form("numbers")] == [("DPR",)]
    assert has_number("It took 24 hours.")
    assert not has_number("GPT-4 came out in 2023.")
    assert not has_number("In step 2 a reward model is trained.")


def test_a_follow_up_has_a_first_question_answered_before_it() -> None:
    follow_up = of_form("more")[0]
    assert follow_up.history[0].answer in TEXT


def test_the_same_question_in_other_words_names_what_the_term_stands_for() -> None:
    idea = Idea("Waht is RAG", "what", "grounded", "en", "d", ("RAG",), query="What is RAG?", aliases=("retrieval",))
    assert idea.in_other_words() == ["What is RAG?", "What is retrieval?"]


def test_documents_take_turns_within_a_form() -> None:
    def topic(document: str, number: int) -> Idea:
        return Idea(f"{document}{number}", "topic", "grounded", "en", document)

    queues = by_form({"a": [topic("a", 1), topic("a", 2)], "b": [topic("b", 1)]}, "0")
    order = [idea.document_id for idea in queues["grounded", "topic"]]
    assert sorted(order[:2]) == ["a", "b"]
    assert order[2] == "a"
