from __future__ import annotations

from ragft.corpus.acronyms import Acronym
from ragft.index.catalogue.naming import LEAST_CHUNKS, Kind, acronyms_of, key_of, names_of

FILLER = [f"Filler {n}." for n in range(LEAST_CHUNKS)]


def keys(title: str, texts: list[str], kind: Kind, authors: tuple[str, ...] = ()) -> set[str]:
    return {name.key for name in names_of(title, authors, (texts + FILLER)[:LEAST_CHUNKS]) if name.kind == kind}


def test_a_key_leaves_out_case_hyphens_and_spaces() -> None:
    assert key_of("Fusion-in-Decoder") == key_of("fusion in decoder") == "fusionindecoder"


def test_the_part_before_a_colon_is_a_name() -> None:
    assert "tidenet" in keys("TideNet: Predicting the Sea", ["The sea rises."], "own")
    assert "batchnormalization" in keys("Batch Normalization: Why It Works", ["Inputs shift."], "own")


def test_a_word_that_the_text_writes_in_small_letters_is_no_name() -> None:
    assert "attention" not in keys("Attention: A Survey", ["Much attention was paid to attention."], "own")


def test_a_name_that_stands_small_in_an_address_is_one_all_the_same() -> None:
    texts = ["TideNet is at https://example.org/tidenet, and tide@tidenet.org."]
    assert "tidenet" in keys("Tidenet: Predicting the Sea", texts, "own")


def test_a_word_is_a_name_where_it_is_presented_as_one() -> None:
    texts = ["We propose a new simple network, the Transformer.", "The Transformer is fast.", "A Transformer.", "End."]
    assert "transformer" in keys("Heads are enough", texts, "coined")
    assert (
        keys("Heads are enough", ["We use the Transformer.", "The Transformer.", "A Transformer."], "coined") == set()
    )


def test_an_acronym_of_the_title_is_a_name_wherever_it_is_explained() -> None:
    texts = ["First.", *["Filler."] * 4, "So dense passage retrieval (DPR) wins.", "DPR.", "DPR."]
    assert "dpr" in keys("Dense Passage Retrieval for Question Answering", texts, "own")


def test_a_name_that_is_presented_and_kept_in_use_is_coined() -> None:
    texts = ["We call the resulting models InstructGPT.", "InstructGPT is good.", "InstructGPT or GPT-3.", "End."]
    assert "instructgpt" in keys("Training language models", texts, "coined")


def test_a_name_that_is_only_compared_with_is_used() -> None:
    texts = ["Our system beats BM25.", "BM25 is worse.", "BM25 again."]
    assert "bm25" in keys("Dense retrieval", texts, "used")
    assert "bm25" not in keys("Dense retrieval", texts, "coined")


def test_a_numbered_name_counts_for_its_family() -> None:
    texts = ["ResNet-50", "ResNet-101", "ResNet", *FILLER[:5]]
    shares = {name.key: name.share for name in names_of("Deep nets", (), texts)}
    assert shares["resnet"] == 3 / 8


def test_an_abstract_has_no_name_of_its_own() -> None:
    names = names_of("TideNet: Predicting the Sea", (), ["We present TideNet.", "TideNet.", "TideNet."])
    assert {name.kind for name in names} == {"title"}


def test_title_words_and_surnames_are_kept() -> None:
    assert keys("Predicting the Sea", ["x"], "title") == {"predict", "sea"}
    assert keys("Predicting the Sea", ["x"], "author", ("William Thomson", "Ø. Ångström")) == {"thomson", "angstrom"}


def test_acronyms_are_listed_once() -> None:
    assert acronyms_of(["the inner product (IP)", "inner product (IP)"]) == [Acronym("IP", "inner product")]


def test_a_document_without_text_or_title_has_no_name() -> None:
    assert names_of("", (), []) == []
