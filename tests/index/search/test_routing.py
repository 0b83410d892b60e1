from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ragft.corpus.base import Chunk
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.catalogue.naming import LEAST_CHUNKS
from ragft.index.catalogue.records import DocumentRow
from ragft.index.search.routing import described, routes

PAPERS = {
    "lora": (
        "LoRA: Low-Rank Adaptation of Large Models",
        "Edward Hu",
        ["Low-rank adaptation (LoRA) freezes weights.", "LoRA is small.", "LoRA beats adapters."],
    ),
    "dpo": (
        "Direct Preference Optimization of a Language Model",
        "Rafael Rafailov",
        ["We show it.", "Direct preference optimization (DPO) needs no reward.", "DPO wins.", "DPO, PPO.", "PPO lost."],
    ),
    "rag": (
        "Retrieval-Augmented Generation for Knowledge Tasks",
        "Patrick Lewis",
        ["We present retrieval-augmented generation (RAG).", "RAG reads.", "RAG writes."],
    ),
    "survey": (
        "Retrieval-Augmented Generation: A Survey",
        "Yunfan Gao",
        ["Retrieval-augmented generation (RAG) has grown.", "RAG is old.", "RAG is new."],
    ),
    "graph": (
        "Retrieval-Augmented Generation with Graphs",
        "Boci Peng",
        ["Retrieval-augmented generation (RAG) and graphs.", "RAG.", "RAG on graphs."],
    ),
    "virus": (
        "Testing for a Virus",
        "Dorien Rijkaart",
        ["Deoxyribo nucleic acid (DNA) and a polymerase reaction (PCRX).", "DNA, PCRX.", "DNA, PCRX.", "DNA, PCRX."],
    ),
    "cells": ("What Cells Do", "Anna Cell", ["Of DNA."] * 15),
    "genes": ("How Genes Work", "Anna Gene", ["By DNA."] * 15),
    "norm": (
        "Batch Normalization: Faster Training",
        "Sergey Ioffe",
        ["Layers shift.", "We normalise.", "It is done."],
    ),
    "deep": ("Very Deep Learning of Images", "Kaiming He", ["A ResNet is deep."] * 4),
    "patch": ("Images in Patches", "Lucas Beyer", ["Like a ResNet."] * 2),
    "need": (
        "Heads Are What You Need",
        "Ashish Vaswani",
        ["We propose a network, the Transformer.", "The Transformer.", "The Transformer.", "The Transformer."],
    ),
    "later": ("Learning without Recurrence", "Lucas Cho", ["A transformer."] * 20),
}  # fmt: skip
YEARS = {"rag": 2019}


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue.open(tmp_path / "catalogue.sqlite3")) as catalogue:
        with catalogue.transaction():
            for i, (title, author, said) in PAPERS.items():
                texts = [*said, *["And so on."] * (LEAST_CHUNKS - len(said))]
                chunks = [Chunk(f"{i}-{n}", i, n, text, title, "", (1, 1)) for n, text in enumerate(texts)]
                catalogue.add_document(DocumentRow(i, title, (author,), YEARS.get(i, 2020), None, 1), chunks)
        yield catalogue


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("is LoRA or a ResNet faster", {"lora", "deep"}),
        ("LoRA vs RAG", {"lora", "rag"}),
        ("is LoRA faster than the Transformer", {"lora", "need"}),
        ("do LoRA and Rafailov agree", {"lora", "dpo"}),
        ("does the RAG survey by Gao agree with the paper on batch normalization", {"survey", "norm"}),
    ],
)
def test_what_a_named_paper_is_compared_with(catalogue: Catalogue, question: str, wanted: set[str]) -> None:
    assert {route.document_id for route in routes(question, catalogue)} == wanted


@pytest.mark.parametrize("question", ["does LoRA help a ResNet", "why is LoRA in RAG", "the heads of a transformer"])
def test_a_name_that_many_write_is_no_second_paper_where_nothing_is_compared(
    catalogue: Catalogue, question: str
) -> None:
    assert {route.document_id for route in routes(question, catalogue)} <= {"lora"}


def test_the_paper_that_introduces_what_is_named_as_one_thing(catalogue: Catalogue) -> None:
    assert [route.document_id for route in routes("how many heads has the Transformer?", catalogue)] == ["need"]
    assert routes("how many heads do transformers have?", catalogue) == []
    assert routes("how small is the DNA?", catalogue) == []


def test_a_paper_that_only_uses_a_name_most_often_is_not_sure(catalogue: Catalogue) -> None:
    assert [(route.document_id, route.sure) for route in routes("how deep is a ResNet?", catalogue)] == [
        ("deep", False)
    ]
    assert [route.sure for route in routes("how deep is the network of the ResNet paper?", catalogue)] == [True]
    assert [(route.document_id, route.sure) for route in routes("how deep is LoRA?", catalogue)] == [("lora", True)]


@pytest.mark.parametrize(("question", "wanted"), [("the original transformer", "need"), ("the original RAG", "rag")])
def test_the_original_is_the_paper_that_came_first(catalogue: Catalogue, question: str, wanted: str) -> None:
    assert [route.document_id for route in routes(question, catalogue)] == [wanted]


def test_three_papers_can_be_named(catalogue: Catalogue) -> None:
    found = routes("what is common to DPO, LoRA and batch normalization", catalogue)
    assert {route.document_id for route in found} == {"dpo", "lora", "norm"}


def test_of_two_authors_of_a_surname_the_one_named_first_in_his_paper_is_meant(tmp_path: Path) -> None:
    with closing(Catalogue.open(tmp_path / "catalogue.sqlite3")) as catalogue:
        with catalogue.transaction():
            for i, authors in {
                "a": ("Ann Zhai", "Bo Li"),
                "b": ("Bo Li", "Cy Zhai"),
                "c": ("Di Wu", "Cy Zhai"),
            }.items():
                catalogue.add_document(DocumentRow(i, f"Paper {i}", authors, 2020, None, 1), [])
        assert [route.document_id for route in routes("what does Zhai say", catalogue)] == ["a"]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What is LoRA?", {"lora"}),
        ("what is lora", {"lora"}),
        ("how do DPO and LoRA differ", {"dpo", "lora"}),
        ("is batch norm still needed", {"norm"}),
        ("why batchnorm", {"norm"}),
        ("what did Rafailov propose?", {"dpo"}),
        ("according to gao, is it new", {"survey"}),
        ("who wrote the RAG survey", {"survey"}),
        ("the survey on retrieval-augmented generation", {"survey"}),
        ("the paper about retrieval-augmented generation with graphs", {"graph"}),
        ("does RAG help?", set()),
        ("how does DNA repair itself", set()),
        ("how warm is the sea", set()),
        ("", set()),
    ],
)
def test_the_documents_that_a_question_names(catalogue: Catalogue, question: str, wanted: set[str]) -> None:
    assert {route.document_id for route in routes(question, catalogue)} == wanted


def test_the_words_of_the_name_are_returned(catalogue: Catalogue) -> None:
    assert [route.words for route in routes("is batch norm fast", catalogue)] == [{"batch", "norm"}]
    assert [route.words for route in routes("what does the RAG survey say of cats", catalogue)] == [{"rag", "survey"}]


def test_a_whole_question_can_describe_a_paper(catalogue: Catalogue) -> None:
    found = described("summarise low-rank adaptation of large models", catalogue, whole=True)
    assert [route.document_id for route in found] == ["lora"]
    assert described("summarise the weather", catalogue, whole=True) == []


def test_a_long_question_asks_the_catalogue_no_more_often_than_a_short_one(catalogue: Catalogue) -> None:
    statements: list[str] = []
    catalogue._db.set_trace_callback(statements.append)
    routes("which harbours freeze", catalogue)
    short = len(statements)
    routes("which harbours freeze over whenever northern winds blow across shallow inland waters", catalogue)
    assert len(statements) == 2 * short
