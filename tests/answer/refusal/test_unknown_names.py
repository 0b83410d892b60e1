"""Names of a question that nothing in the collection has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from ragft.answer.asked import AskedDocuments
from ragft.answer.refusal.unknown_names import Known, UnknownNames, find_unknown, has_name, unknown_names
from ragft.corpus.base import Chunk
from ragft.index.base import DocumentRecord
from tests.answer.fakes import NF4, QLORA, hit

HITS = (hit(QLORA), hit(NF4, number=1, title="Direct preference optimization and self-built retrieval (RAG)"))


COMMON = frozenset(
    "what is how does do the paper method memory bits weights optimiser shampoo reviewers adapters".split()
)


def nothing(_: str) -> bool:
    return False


def lacks(word: str, *, rare: bool) -> bool:
    """As an index does that has the words of HITS."""
    there = " ".join(hit.text for hit in HITS).lower()
    return word not in there and not (rare and word in COMMON)


def found(question: str) -> UnknownNames:
    return find_unknown(question, HITS, Known(nothing, lacks))


def decides(question: str) -> bool:
    return found(question).decide


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("What is QLoRA?", ()),
        ("How much memory does GaLore need for a 65B model?", ("GaLore",)),
        ("How does ReLoRA differ from QLoRA?", ("ReLoRA",)),
        ("What is Self-RAG?", ("Self-RAG",)),
        ("What is a RAG-based retrieval?", ()),
        ("How much memory does QLoRA-65B need?", ()),
        ("How does DPO work?", ()),
        ("How many GPUs and which LLMs are needed?", ()),
        ("How many bits does a weight take?", ()),
        ("What are NormalFlaot and NormlFloat?", ()),
        ("Was ist GaLore?", ("GaLore",)),
        ("GaLore란 무엇인가?", ("GaLore",)),
        ("How do QLoRAs compare with GaLores?", ("GaLores",)),
        ("Welche Einschränkungen nennt die QLoRA-Arbeit?", ()),
        ("Welche Einschränkungen nennt die GaLore-Arbeit?", ("GaLore",)),
    ],
)
def test_names_that_nothing_has(question: str, unknown: tuple[str, ...]) -> None:
    assert unknown_names(question, HITS, nothing) == unknown


def test_a_name_elsewhere_in_the_collection_is_known() -> None:
    assert unknown_names("What is GaLore?", HITS, {"GaLore"}.__contains__) == ()


def test_a_question_with_one_part_about_known_things_is_asked() -> None:
    assert not decides("What is QLoRA, and how much memory does GaLore need?")
    assert decides("What is Medusa, and how much memory does GaLore need?")


def test_a_question_with_an_unknown_subject_is_not_asked() -> None:
    assert decides("How does ReLoRA differ from QLoRA?")
    assert decides("What memory does the ReLoRA method need beside QLoRA?")


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Tell me about GaLore and QLoRA", ("GaLore",)),
        ("What are QLoRA and GaLore?", ("GaLore",)),
        ("What is GaLore, and how much memory does QLoRA need?", ("GaLore",)),
        ("Does QLoRA run on my MacBook?", ("MacBook",)),
        ("tell me about bitnet and QLoRA", ()),
    ],
)
def test_a_question_for_something_else_too_is_asked_and_what_is_unknown_is_known(
    question: str, names: tuple[str, ...]
) -> None:
    assert found(question) == UnknownNames(names, decide=False)


@pytest.mark.parametrize(
    "question",
    [
        "How does QLoRA compare with full finetuning on a MacBook?",
        "Compare NormalFloat and QLoRA for my Kaggle project",
        "What is the difference between QLoRA and NormalFloat according to Hinton?",
        "What is the difference between QLoRA and DPO (see SuperBench)?",
        "Was ist der Unterschied zwischen QLoRA und DPO auf einem MacBook?",
    ],
)
def test_a_name_beside_a_comparison_of_known_things_is_no_side_of_it(question: str) -> None:
    assert found(question).names and not decides(question)


@pytest.mark.parametrize(
    "question",
    [
        "Tell me about GaLore",
        "Tell me about GaLore and Medusa",
        "What does the QLoRA paper say about GaLore?",
        "Compare GaLore with QLoRA",
        "How does QLoRA differ from GaLore?",
        "QLoRA vs. GaLore",
        "Is GaLore or QLoRA better?",
        "Was ist der Unterschied zwischen QLoRA und GaLore?",
        "比较 QLoRA 和 GaLore",
    ],
)
def test_an_unknown_subject_or_side_of_a_comparison_decides(question: str) -> None:
    assert decides(question) and "GaLore" in found(question).names


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("what is bitnet", "bitnet"),
        ("what is nf4", "nf4"),
        ("What is bitnet?", "bitnet"),
        ("how does bitnet work?", "bitnet"),
        ("how many bits does bitnet use per weight", "bitnet"),
        ("what does bitnet stand for", "bitnet"),
        ("explain bitnet", "bitnet"),
        ("what is shampoo?", "shampoo"),
        ("how is medusa trained", "medusa"),
    ],
)
def test_a_name_in_small_letters_that_is_the_subject_decides(question: str, name: str) -> None:
    assert found(question) == UnknownNames((name,), decide=True)


@pytest.mark.parametrize(
    "question",
    [
        "what is qlora",
        "what is memory",
        "what is tokenization",
        "How does overfitting happen?",
        "Is dropout used?",
        "Is hyperparameter tuning described?",
        "What was deduplicated in the corpus?",
        "how does the optimizer work",
        "what is finetuning",
        "what is a fine tune",
        "what is dpo",
        "what is quantiles",
        "what is normalflaot",
        "how much memory does shampoo need",
        "how do hobbyists use qlora",
        "what does a hobbyist need for qlora",
        "what is it",
        "was ist quantisierung",
        "qu'est-ce que la quantification",
    ],
)
def test_other_words_in_small_letters_are_no_unknown_names(question: str) -> None:
    assert not decides(question)


def test_a_collection_in_another_language_lacks_no_english_word() -> None:
    german = (hit("Die Gewichte sind in vier Bits eingefroren, und die Gradienten fliessen in kleine Adapter."),)
    assert not find_unknown("what is quantisation", german, Known(nothing, lacks)).names


@pytest.mark.parametrize("question", ["GA4 是什么?", "GA4란 무엇인가?", "GA4とは何ですか?"])
def test_a_name_among_signs_without_case_is_a_name(question: str) -> None:
    assert decides(question)


@pytest.mark.parametrize(
    "question",
    [
        "Does QLoRA run on my MacBook?",
        "Answer in German: how many bits does a weight take?",
        "ELI5: how many bits does a weight take?",
        "How many bits does a weight take? Explain it for a PhD student, in LaTeX.",
        "How many bits does a weight take according to Table 2 and Figure 3?",
        "HOW MANY BITS DOES A WEIGHT TAKE?",
        "How many bits did a weight take in January?",
        "What would Einstein say about QLoRA?",
    ],
)
def test_a_question_that_does_not_turn_on_a_name_is_asked(question: str) -> None:
    assert not decides(question)


@pytest.mark.parametrize(
    ("text", "name", "there"),
    [
        ("a property of scanned pages", "RoPE", False),
        ("scanned pages", "ScaNN", False),
        ("as GPT 3 does", "GPT-3", True),
        ("as GPT-3.5 and GPT3s do", "GPT3", True),
        ("as GPT-35 does", "GPT-3", False),
        ("the 65B model of LLaMA", "LLaMA-65B", True),
        ("an adapter for LLaMA", "LLaMA-Adapter", False),
        ("many LoRAs", "LoRA", True),
        ("as ViT does", "ViTs", True),
        ("as GPT-3 does, in 5 steps", "GPT-5", False),
        ("Adam takes 2 steps", "Adam-2", False),
        ("Mixtral 8×7B", "Mixtral-8x7B", True),
    ],
)
def test_a_name_is_words_of_its_own(text: str, name: str, there: bool) -> None:
    assert has_name(text, name) is there


@dataclass
class _Shelf:
    """An index of one paper, which does not find it."""

    def holding(self, phrases: Sequence[str], documents: object = None) -> list[Chunk]:
        return [Chunk("c", "d", 0, "GaLore projects gradients.", "", "", (1, 1))] if phrases == ["GaLore"] else []

    def documents(self) -> list[DocumentRecord]:
        return [DocumentRecord("d", "/papers/medusa.pdf", "On Heads", ("Ann Zhao",), 2024, 4, 3, "indexed")]

    def __getattr__(self, name: str) -> object:
        return lambda *_, **__: None


@pytest.mark.parametrize(("name", "there"), [("GaLore", True), ("Zhao", True), ("Medusa", True), ("Mamba", False)])
def test_passages_titles_authors_and_files_of_the_whole_collection_are_looked_through(name: str, there: bool) -> None:
    documents = AskedDocuments.of(_Shelf(), ["another"])  # type: ignore[arg-type]
    assert documents.known.holds(name) is there


@pytest.mark.parametrize(
    "question",
    [
        "what is rotary position embedding?",
        "What are ring lasers",
        "explain stochastic depth",
        "how does mixture of depths work?",
        "what does early exit decoding mean?",
    ],
)
def test_a_term_of_several_words_that_nothing_has_is_unknown(question: str) -> None:
    unknown = found(question)
    assert unknown.decide
    assert unknown.names[0] in question


@pytest.mark.parametrize(
    "question",
    [
        "what are open problems?",  # asked of papers in general
        "what is regular fine tuning?",  # "A regular fine-tune"
        "what is a normal float?",  # NormalFloat
        "what is the adapter of small gradients?",  # no bare term: an article that points at something
        "what is quantile distribution?",  # "quantiles of a normal distribution"
        "what is memroy of gradients?",  # a typing error
        "what is training by rotary weights?",  # more than a term
        "how does memory of rotary weights relate to speed?",
        "was ist rotary position embedding?",
    ],
)
def test_a_term_of_words_that_are_there_may_go_by_another_name(question: str) -> None:
    assert not decides(question)


@pytest.mark.parametrize("name", ["flash attention", "llama-65b"])
def test_a_name_in_small_letters_is_looked_for_whole(name: str) -> None:
    assert has_name(f"We use {name}.", name)
    assert not has_name("Attention needs memory, a flash does not. A llama weighs 65 kg.", name)
