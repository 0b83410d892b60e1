"""Which paper a name means."""

from __future__ import annotations

import pytest

from ragft.answer.library.coined import coins
from ragft.answer.library.paper_names import NamedPapers, Names, could_be_missing
from ragft.answer.library.people import by_author
from ragft.answer.library.shelf import papers_of
from ragft.index.base import DocumentRecord
from tests.answer.library.shelves import ALIGN, ATTENTION, DPO, RESNET, ROBERTA, SURVEY, Shelf, library, paper


def find(name: str) -> NamedPapers:
    shelf = library()
    return Names(papers_of(shelf), shelf).find(name)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("roberta", ROBERTA),
        ("the roberta paper", ROBERTA),
        ("the robreta paper", ROBERTA),
        ("dpo", DPO),
        ("the dpo paper", DPO),
        ("direct preference optimization", DPO),
        ("the attention paper", ATTENTION),
        ("attention is all you need", ATTENTION),
        ("the transformer paper", ATTENTION),
        ("the transfomer paper", ATTENTION),
        ("instructgpt", ALIGN),
        ("the paper on following instructions", ALIGN),
        ("the graph rag survey", SURVEY),
        ("the paper by vaswani", ATTENTION),
        ("ouyang's paper on human feedback", ALIGN),
        ("deepresidual", RESNET),
        ("the pref optimization paper", DPO),
    ],
)
def test_a_name_means_its_paper(name: str, meant: DocumentRecord) -> None:
    assert find(name).papers == (meant,)


PATCHES = paper("An Image is Worth 16x16 Words", "Alexey Dosovitskiy", 2021)
MOMENTS = paper("Adam: A Method for Stochastic Optimization", "Diederik Kingma", 2015)
LATER = paper("Patches for All", "Ada Lovelace", 2023)
READER = paper("Passages for Generative Models", "Gautier Izacard", 2020)
EXPLAINED = {
    PATCHES.title: ["The Vision Transformer (ViT) does well.", "ViT reads patches.", "ViT is large.", "It is fast."],
    MOMENTS.title: ["The name Adam is derived from adaptive moment estimation."],
    LATER.title: ["The Vision Transformer (ViT) is older.", "A large language model (LLM) is newer.", "Much is new."],
    READER.title: [*["Passages help."] * 4, "We refer to it as Fusion-in-Decoder.", "Fusion-in-Decoder is fast."],
}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("the vision transformer paper", PATCHES),
        ("the vision transformers paper", PATCHES),
        ("the adaptive moment estimation paper", MOMENTS),
        ("the fusion-in-decoder paper", READER),
    ],
)
def test_a_paper_goes_by_what_it_says_its_name_stands_for(name: str, meant: DocumentRecord) -> None:
    shelf = Shelf(PATCHES, MOMENTS, LATER, READER, passages=EXPLAINED)
    found = Names(shelf.papers, shelf).find(name)
    assert (found.papers, found.sure, found.by_use) == ((meant,), True, False)


def test_an_acronym_that_a_paper_explains_in_passing_is_none_of_its_names() -> None:
    shelf = Shelf(PATCHES, MOMENTS, LATER, READER, passages=EXPLAINED)
    assert Names(shelf.papers, shelf).find("the large language model paper").papers == ()


def test_a_name_that_a_paper_merely_uses_often_is_marked_as_such() -> None:
    found = find("the resnet paper")
    assert (found.papers, found.by_use, found.sure) == ((RESNET,), True, False)


@pytest.mark.parametrize("name", ["the questions in the dataset", "the model", "the context window", "wikipedia"])
def test_what_is_no_paper_is_none(name: str) -> None:
    found = find(name)
    assert not found.sure and not (found.as_paper and found.papers)


def test_words_of_a_title_alone_are_not_taken_for_the_paper() -> None:
    assert not find("language model").sure
    assert not find("attention").sure


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("the elmo paper", True),
        ("the paper by hinton", True),
        ("the questions in the resnet paper", False),
        ("the model", False),
        ("the paper", False),
    ],
)
def test_only_a_plain_name_of_a_paper_can_be_said_to_be_missing(name: str, missing: bool) -> None:
    assert could_be_missing(name) is missing


def test_two_papers_that_fit_are_both_named_and_the_original_is_the_earlier() -> None:
    rag = paper("Retrieval-Augmented Generation for Knowledge-Intensive Tasks", "Patrick Lewis", 2020)
    later = paper("Retrieval-Augmented Generation for Large Models", "Yunfan Gao", 2023)
    shelf = Shelf(rag, later)
    assert set(Names(shelf.papers, shelf).find("the rag paper").papers) == {rag, later}
    assert Names(shelf.papers, shelf).find("the original rag paper").papers == (rag,)


@pytest.mark.parametrize(
    ("passage", "name", "named"),
    [
        ("We call the resulting models InstructGPT.", "instructgpt", True),
        ("This approach, which we call DetectGPT, needs no training.", "DetectGPT", True),
        ("we propose to pivot through Hypothetical Document Embeddings (HyDE).", "hyde", True),
        ("We denote FiD with the above modifications as FiDO.", "fido", True),
        ("We denote FiD with the above modifications as FiDO.", "fid", False),
        ("We propose two simple changes to the FiD architecture.", "FiD", False),
        ("We introduce a cache tailored for RAG.", "rag", False),
        ("We release the dataset.", "dataset", False),
        ("Others call it LoRA.", "lora", False),
    ],
)
def test_a_paper_names_what_it_proposes(passage: str, name: str, named: bool) -> None:
    assert coins(passage, name) is named


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("vaswani", 1),
        ("a. vaswani", 1),
        ("ashish vaswani", 1),
        ("vasvani", 1),
        ("lukasz kaiser", 1),
        ("vaswani et al.", 1),
        ("vaswani and shazeer", 1),
        ("vaswani and sun", 0),
        ("b. vaswani", 0),
        ("hinton", 0),
        ("a", 0),
        ("", 0),
    ],
)
def test_authors_go_by_surname_initials_and_without_accents(name: str, count: int) -> None:
    assert len(by_author([ATTENTION], name)) == count
