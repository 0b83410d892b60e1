"""Catalogue answers: what they say, cite, and leave to the search."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragft.answer.base import Turn
from ragft.answer.library.librarian import CatalogueAnswer, Librarian
from ragft.index.base import DocumentRecord
from tests.answer.library.shelves import ALIGN, ATTENTION, DPO, FAILED, RESNET, ROBERTA, Shelf, library, paper

DATA = Path(__file__).parents[3] / "data" / "natural"


def ask(question: str, *history: Turn) -> CatalogueAnswer:
    found = Librarian(library()).answer(question, history)
    assert found is not None, question
    return found


def cited(found: CatalogueAnswer) -> list[str]:
    return [citation.title for citation in found.citations]


def test_the_papers_are_counted_and_files_that_failed_are_reported() -> None:
    assert ask("How many papers do I have?").text == "You have 7 papers. Files that could not be read: 1."


def test_the_papers_are_listed_each_with_a_citation() -> None:
    found = ask("list my papers")
    assert len(found.citations) == 7 and FAILED.title not in cited(found)
    assert f"- {RESNET.title}, He, Sun, 2015 [" in found.text


def test_authors_are_those_of_the_record() -> None:
    found = ask("Who wrote the RoBERTa paper?")
    assert found.text == f"“{ROBERTA.title}” was written by Yinhan Liu and Myle Ott [1]."
    assert (found.citations[0].document, found.citations[0].pages, found.missing) == (ROBERTA, (1, 1), False)


def test_a_citation_of_the_catalogue_stands_in_the_first_passage_and_opens_it() -> None:
    found = ask("who is the first author of instructgpt")
    citation, evidence = found.citations[0], found.evidence[0]
    assert (citation.chunk_id, citation.quote, citation.start, citation.end) == (evidence.hit.chunk_id, "", 0, 0)
    assert evidence.hit.document_id == ALIGN.id and evidence.hit.text.startswith("We call")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("When was the attention paper published?", f"“{ATTENTION.title}” is from 2017 [1]."),
        ("how many pages does the DPO paper have", f"“{DPO.title}” has 27 pages [1]."),
        ("DOI of InstructGPT?", f"The DOI of “{ALIGN.title}” is 10.1000/inst [1]."),
        ("what is the title of the paper by Vaswani", f"The title is “{ATTENTION.title}” [1]."),
        ("How many authors does the RoBERTa paper have?", f"“{ROBERTA.title}” has 2 authors [1]."),
        ("who is the last author of the dpo paper", f"The last author of “{DPO.title}” is Eric Mitchell [1]."),
        ("which file is the dpo paper in", None),
        (
            "who are the dpo authors",
            f"“{DPO.title}” was written by Rafael Rafailov, Archit Sharma and Eric Mitchell [1].",
        ),
        ("Do I have the DPO paper?", f"Yes: “{DPO.title}” [1]."),
        ("is the attention paper in my library?", f"Yes: “{ATTENTION.title}” [1]."),
        ("do you have the ELMo paper", "None of your 7 papers goes by the name “ELMo”."),
        ("give me the year of the DPO paper", f"“{DPO.title}” is from 2023 [1]."),
    ],
)
def test_a_field_is_answered(question: str, said: str | None) -> None:
    found = Librarian(library()).answer(question)
    assert (found and found.text) == said


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("When was the Notes on Tides paper published?", "The year of “Notes on Tides” is not on record [1]."),
        ("Who wrote Notes on Tides?", "The authors of “Notes on Tides” are not on record [1]."),
        ("Who wrote the ELMo paper?", "None of your 7 papers goes by the name “ELMo”."),
        ("Do I have a paper by Hinton?", "No. By Hinton: none of your 7 papers. Papers without a known author: 1."),
        ("papers before 1990", "Until 1989: none of your 7 papers. Papers without a known year: 1."),
    ],
)
def test_what_is_not_on_record_is_said_and_not_guessed(question: str, said: str) -> None:
    found = ask(question)
    assert (found.text, found.missing) == (said, True)


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("which of my papers are by Eric Mitchell?", [DPO]),
        ("Do I have anything from 2015?", [RESNET]),
        ("which papers are from 2015 to 2017", [ATTENTION, RESNET]),
        ("papers by Rafailov from 2023", [DPO]),
        ("what is the title of the newest model", None),
        ("longest paper", [ALIGN]),
        ("Do any of my papers mention ResNet?", [RESNET, ALIGN]),
        ("is ResNet mentioned in any of my papers?", [RESNET, ALIGN]),
        ("what do I have by Vaswani", [ATTENTION]),
        ("show me everything by Vaswani", [ATTENTION]),
        ("What is my oldest paper?", [RESNET]),
    ],
)
def test_a_set_of_papers_is_listed(question: str, papers: list[DocumentRecord] | None) -> None:
    found = Librarian(library()).answer(question)
    assert (found and cited(found)) == (papers and [one.title for one in papers])


def test_papers_that_are_level_are_all_named() -> None:
    shelf = Shelf(paper("One", year=2020), paper("Two", year=2020), paper("Three", year=2019))
    found = Librarian(shelf).answer("which is the newest paper?")
    assert found is not None and cited(found) == ["One", "Two"]


def test_only_the_chosen_documents_answer() -> None:
    librarian = Librarian(library(), [DPO.id, RESNET.id])
    count, author = librarian.answer("how many papers do i have"), librarian.answer("papers by Vaswani")
    assert count is not None and count.text.startswith("2 of your 7 papers can be asked now.")
    assert author is not None and author.missing


def test_it_is_the_paper_that_was_cited_before() -> None:
    before = Turn("What does RoBERTa change?", "It trains longer [1].", documents=(ROBERTA.id,))
    assert "Yinhan Liu" in ask("who wrote it?", before).text
    assert "2019" in ask("and when was it published?", before).text


def test_it_is_the_paper_of_the_question_before_where_nothing_was_cited() -> None:
    assert "2023" in ask("when was it published?", Turn("Who wrote the DPO paper?", "…")).text


def test_a_short_follow_up_asks_for_another_field_or_another_paper() -> None:
    before = Turn("Who wrote the DPO paper?", "…", documents=(DPO.id,))
    assert "2023" in ask("and when?", before).text
    assert "Kaiming He" in ask("and the ResNet paper?", before).text
    again = Turn("and the ResNet paper?", "…", documents=(RESNET.id,))
    assert "2015" in ask("and when?", before, again).text


def test_a_short_follow_up_to_another_question_is_none_of_ours() -> None:
    before = Turn("How was RoBERTa trained?", "With larger batches [1].", documents=(ROBERTA.id,))
    assert Librarian(library()).answer("and when?", [before]) is None


@pytest.mark.parametrize("question", ["how long is it?", "how old is it?", "when was it released?"])
def test_it_may_be_something_in_a_paper_unless_the_paper_was_asked_about(question: str) -> None:
    contents = Turn("What is the context window of RoBERTa?", "512 tokens [1].", documents=(ROBERTA.id,))
    assert Librarian(library()).answer(question, [contents]) is None
    assert cited(ask(question, Turn("Who wrote RoBERTa?", "…", documents=(ROBERTA.id,)))) == [ROBERTA.title]


@pytest.mark.parametrize("question", ["who wrote it?", "who wrote that?", "wer hat es geschrieben?"])
def test_it_names_nothing_where_no_paper_was_spoken_of(question: str) -> None:
    shelf = Shelf(DPO, RESNET, passages={RESNET.title: ["It is what it is, es ist es."] * 9})
    assert Librarian(shelf).answer(question) is None


def test_it_names_nothing_where_many_papers_were_cited() -> None:
    before = Turn("What is attention?", "…", documents=(DPO.id, ROBERTA.id, RESNET.id, ALIGN.id))
    assert Librarian(library()).answer("who wrote it?", [before]) is None


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote the questions in the dataset?",
        "When was the model trained?",
        "How long is the context window?",
        "What is the title of the dataset?",
        "What did the labelers write?",
        "How many pages does Wikipedia have?",
        "Which authors does the paper cite?",
        "How many papers were retrieved by DPR?",
        "What are the authors of the survey claiming?",
        "Who wrote the paper that introduced attention?",
        "Do I have enough memory for a 65B model?",
        "is there anything about tides in the lora paper?",
        "papers on which the model was trained",
        "papers by the authors",
        "Which papers are from Google?",
        "How many documents are in the corpus?",
        "how many passages are in the index?",
        "how big is the index",
        "Y a-t-il de la musique ?",
        "Gibt es Tabellen über Kosten?",
        "which papers does the survey discuss?",
        "who wrote the code?",
        "how long is the training",
        "title of Table 2",
        "knowledge cutoff date",
        "When was the dataset published?",
        "What is the date of the snapshot?",
        "How old is the youngest labeler?",
        "How many authors contributed labels?",
        "List the authors' claims",
        "Which of the papers in the survey use GPT-4?",
        "Which papers in the survey use GPT-4?",
        "how many papers does the survey cover",
        "what did openai publish",
        "is there a figure about attention?",
        "is there a table on results",
        "do you have data on accuracy?",
        "do I have a choice of encoder",
        "any paper",
        "who",
        "what year",
    ],
)
def test_a_question_about_what_papers_say_is_left_to_the_search(question: str) -> None:
    assert Librarian(library()).answer(question) is None


def test_no_natural_question_about_contents_is_taken_for_one_to_the_catalogue() -> None:
    asked = [
        json.loads(line)
        for name in ("questions", "questions-b", "languages", "documents")
        for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    titles = {source["title"] for question in asked for source in question.get("documents", ())}
    librarian = Librarian(Shelf(*(paper(title, "Ada Lovelace", 2020) for title in sorted(titles))))
    taken = [q["question"] for q in asked if q["kind"] != "metadata" and librarian.answer(q["question"])]
    assert len(asked) > 400 and taken == []


def test_a_paper_from_somebody_is_by_an_author_or_no_question_to_the_catalogue() -> None:
    assert cited(ask("which papers are from Vaswani?")) == [ATTENTION.title]
    assert Librarian(library()).answer("which papers are from Google?") is None


def test_brackets_in_a_title_make_no_key() -> None:
    shelf = Shelf(paper("On Notes [3] in Titles", "Ada Lovelace"))
    found = Librarian(shelf).answer("list my papers")
    assert found is not None and "[3]" not in found.text and found.text.endswith("[1]")
