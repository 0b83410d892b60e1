from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.stems import stem
from ragft.index.index import Index
from ragft.index.search.spelling import TextVocabulary, corrected, inflected_from

TEXT = (
    "What is the attention mask, and how often did annotators of the first question with decomposition agree on "
    "hedging, accuracy, learning rate and bottleneck blocks of DetectGPT? The offer was people's."
)
HAS = set(TEXT.lower().replace(",", "").replace("?", "").replace(".", "").replace("'s", "").split())


class Known:
    """The words of `TEXT`."""

    def lacking(self, stems: Collection[str]) -> set[str]:
        return set(stems) - set(map(stem, HAS))

    def frequencies(self, stems: Collection[str]) -> dict[str, float]:
        return {found: 0.1 for found in map(stem, HAS) if found in stems}

    def writes(self, word: str) -> bool:
        return word in HAS

    def is_word(self, word: str) -> bool:
        return word in {"fog", "tide"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("waht is teh atention mask", "what is the attention mask"),
        ("Waht is the mask", "What is the mask"),
        ("how ofen did anotators agree", "how often did annotators agree"),
        ("queston decompositon of the first", "question decomposition of the first"),
        ("the acuracy of the learnign rate", "the accuracy of the learning rate"),
        ("how do poeple agree on botleneck blocks", "how do people agree on bottleneck blocks"),
        ("is detecgpt the first", "is detectgpt the first"),
        ("the accorecy of accuracg", "the accorecy of accuracy"),
        ("how does acuracy@10 agree", "how does accuracy@10 agree"),
        ("wehn and whihc accuracy", "when and which accuracy"),  # words of every question, which no chunk has
    ],
)
def test_one_slip_a_word_is_undone(typed: str, meant: str) -> None:
    assert corrected(typed, Known()) == meant


@pytest.mark.parametrize(
    "query",
    [
        "what is the attention mask",
        "how is the fog of the tide",
        "the Anotator of the first question",
        "the ATENTION mask",
        "the atention2 mask of v2atention",
        "the first of a@atention or atention.py",
        "what is a dask",
        "cant the first agree",
        "the first (ofen) agree",
        "wie ist die acuracy der Frage",
        "atention acuracy",
        "",
        "?!",
    ],
)
def test_names_words_that_are_known_and_other_languages_are_left_alone(query: str) -> None:
    assert corrected(query, Known()) == query


@pytest.mark.parametrize(
    ("form", "word"),
    [("loaves", "loaf"), ("knives", "knife"), ("bakers", "baker"), ("baked", "bake"), ("churches", "church")],
)
def test_a_form_is_known_by_its_word(form: str, word: str) -> None:
    assert word in inflected_from(form)


@pytest.mark.parametrize("slip", ["studys", "churchs", "traned", "tuneing", "its", "s", "learnign"])
def test_what_is_spelt_wrong_is_no_form(slip: str) -> None:
    assert not {"study", "church", "tran", "tune", "it"} & set(inflected_from(slip))


def test_the_words_of_a_text_are_right_and_what_is_meant_by_others() -> None:
    text = TextVocabulary.of(
        ["Joe the baker sold 412 loaves in May.", "His shop closes at six."], {"love"}.__contains__
    )
    assert corrected("How many loaves did the baker of the shop sell", text).endswith(
        "loaves did the baker of the shop sell"
    )
    assert corrected("when does the shpo close", text) == "when does the shop close"
    assert corrected("did the baker love the shop", text) == "did the baker love the shop"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("runing", "running"), ("cuting", "cuting"), ("the planed", "the planned")],
)
def test_a_consonant_that_was_not_doubled_is_where_the_text_has_it_so(typed: str, meant: str) -> None:
    text = TextVocabulary.of(["Who planned it was running from the beginning."], {"rune", "cute"}.__contains__)
    assert corrected(f"who was {typed}", text) == f"who was {meant}"


def test_a_word_that_is_right_itself_is_doubled_nowhere() -> None:
    text = TextVocabulary.of(["He was hopping from the beginning."], {"hoping"}.__contains__)
    assert corrected("who was hoping from the beginning", text) == "who was hoping from the beginning"


@given(st.text(alphabet="abt etnio'.A1ü-", max_size=40))
def test_it_never_fails_and_changes_letters_only(query: str) -> None:
    found = corrected(query, Known())
    assert [c for c in found if not c.isalpha()] == [c for c in query if not c.isalpha()]


def test_a_search_finds_what_was_meant(opened: Callable[..., Index], notes: Path) -> None:
    index = opened()
    index.ingest([notes])
    assert index.corrected("why do the ocaens rise") == "why do the oceans rise"
    assert index.search("a frozen wegiht matirx of the two", 1)[0].title == "Low-rank adapters"


def test_a_lexical_search_needs_no_encoder_for_it(opened: Callable[..., Index], notes: Path) -> None:
    opened().ingest([notes])
    index = opened(mode="lexical", encoder="/nowhere")
    assert index.search("a frozen wegiht matirx of the two", 1)[0].title == "Low-rank adapters"


def test_forms_of_words_that_the_encoder_knows_are_left_alone(opened: Callable[..., Index], notes: Path) -> None:
    (notes / "loves.md").write_text("# Loves\n\nOne of the loves of the baker is told here, and of no other.\n")
    index = opened()
    index.ingest([notes])
    assert index.corrected("how many loaves did he sell") == "how many loaves did he sell"
