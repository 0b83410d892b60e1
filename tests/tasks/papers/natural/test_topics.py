"""What documents speak of."""

from __future__ import annotations

import pytest

from ragft.corpus.base import Chunk
from ragft.tasks.papers.natural.document_subject import Subject
from ragft.tasks.papers.natural.topics import begins_with, names_term, plural, subjects_by_document


def chunk(text: str, *, document: str = "d", section: str = "Method", number: int = 0) -> Chunk:
    return Chunk(f"{document}{number}", document, number, text, "A title", section, (1, 1))


def subjects(text: str, **more: str) -> dict[str, Subject]:
    return {one.term: one for one in subjects_by_document([chunk(text, **more)])["d"]}


def test_a_definition_names_its_term() -> None:
    found = subjects("Faithfulness is the number of supported statements divided by the number of all statements.")
    assert found["faithfulness"].first("defines") is not None


def test_what_a_method_does_is_distinguished_from_its_result() -> None:
    found = subjects(
        "PoisonedRAG plants passages that are made for one target question. PoisonedRAG outperforms random attacks by "
        "far in every setting."
    )
    does, result = found["PoisonedRAG"].first("does"), found["PoisonedRAG"].first("found")
    assert does is not None and "plants" in does.text
    assert result is not None and "outperforms" in result.text


def test_a_noun_behind_a_name_is_no_verb() -> None:
    found = subjects("A LLaMA model with 65 billion parameters was tuned on examples. LLaMA came from Meta in 2023.")
    assert found["LLaMA"].first("does") is None


def test_a_phrase_that_comes_again_is_a_term() -> None:
    found = subjects(
        "With gradient checkpointing the memory of a long sequence shrinks. The cost of gradient checkpointing is a "
        "second forward pass."
    )
    assert len(found["gradient checkpointing"].sentences) == 2


def test_a_short_form_and_what_it_stands_for_are_one() -> None:
    found = subjects(
        "Mean reciprocal rank (MRR) averages one over the rank of the first hit. MRR is close to what a reader of a "
        "list feels."
    )
    assert found["MRR"].aliases == ("mean reciprocal rank",)
    assert found["MRR"].first("defines") is not None


def test_what_many_documents_speak_of_is_too_vague() -> None:
    text = "The training data decide the outcome of the tuning. More training data help the small models as well."
    found = subjects_by_document([chunk(text, document=name) for name in "abcd"])
    assert all("training data" not in [one.term for one in its] for its in found.values())


def test_a_term_is_shown_as_the_text_uses_it() -> None:
    found = subjects(
        "A spring tide follows the full moon after two days. At a spring tide the range of the water is largest. The "
        "BEIR collection brings many sets together. Systems were compared on the BEIR collection by its authors."
    )
    assert found["spring tide"].shown == "spring tides"
    assert found["BEIR collection"].shown == "the BEIR collection"


def test_a_short_form_has_the_number_that_the_text_uses_most() -> None:
    found = subjects(
        "Large language models (LLMs) are networks that predict the next word of a text. LLMs answer questions from "
        "what they learned in training. One LLM may need a graphics processor. RAG reads documents before it answers. "
        "Some RAGs read a graph of facts, and RAG reads each of them."
    )
    assert "LLM" not in found
    assert found["LLMs"].first("defines") is not None
    assert found["LLMs"].aliases == ("large language models",)
    assert "RAGs" not in found
    assert found["RAG"].shown == "RAG"


def test_a_short_form_in_the_plural_is_defined_in_korean_and_german() -> None:
    korean = subjects("LLMs는 다음 단어를 예측하도록 학습된 아주 큰 신경망이다. LLMs는 질문에 답할 수 있다.")
    assert korean["LLMs"].first("defines") is not None
    german = subjects("Große Sprachmodelle (LLMs) sind neuronale Netze für Texte. Die LLMs antworten auf viele Fragen.")
    assert german["LLMs"].shown == "LLMs"


def test_a_word_that_no_one_counts_has_no_plural() -> None:
    found = subjects(
        "For each Wikipedia article the passages have a hundred words. The dump of Wikipedia is from December 2018. We "
        "read Wikipedia twice. A Wikipedia page was cut where it was long. For a training data point the loss is kept "
        "in memory. The training data are shuffled before each epoch."
    )
    assert found["training data"].shown in ("training data", "the training data")
    assert found["Wikipedia"].shown == "Wikipedia"


@pytest.mark.parametrize(
    ("term", "expected"),
    [("spring tide", "spring tides"), ("search query", "search queries"), ("beam search", "beam searches"),
     ("index", "indexes"), ("survey", "surveys")],
)  # fmt: skip
def test_the_plural_of_a_term(term: str, expected: str) -> None:
    assert plural(term) == expected


def test_nouns_in_ed_are_counted_and_participles_are_not() -> None:
    seeds = subjects("A random seed decides the order of the rows. With another random seed the order changes.")
    assert seeds["random seed"].shown == "random seeds"
    others = subjects("A generic pre-trained model is tuned first. Each generic pre-trained model is then compared.")
    assert all(not one.shown.endswith("traineds") for one in others.values())


def test_words_with_a_verb_among_them_are_no_term() -> None:
    text = "Such models struggle with rare facts, and they enhance reasoning. "
    other = "Where models struggle, a search helps to enhance reasoning about facts."
    assert not {"models struggle", "enhance reasoning"} & subjects(text + other).keys()


def test_a_noun_that_is_a_verb_too_may_begin_a_term() -> None:
    text = "The compute budget is fixed before the training. Half of the compute budget goes into the search."
    assert "compute budget" in subjects(text)


def test_an_adjective_made_of_a_name_is_no_name() -> None:
    text = "An LLM-based agent plans its steps before it acts. In tests an LLM-based agent found more than a search."
    assert "LLM-based" not in subjects(text)


def test_the_beginning_of_a_title_is_no_name() -> None:
    text = "The film Gone with the Wind was made in 1939. A musical called Gone with the Wind opened in London."
    assert "Gone" not in subjects(text)


def test_what_everybody_knows_is_a_subject_only_of_a_text_that_defines_it() -> None:
    text = "Storms of the North Sea broke the dykes in winter. The North Sea has tides of more than three metres."
    assert "North Sea" not in subjects(text)
    assert "North Sea" in subjects(f"The North Sea is a shallow part of the Atlantic Ocean. {text}")


def test_a_verb_that_says_little_is_no_statement_of_what_a_thing_does() -> None:
    need = subjects("HNSW needs a lot of main memory for all of its links. HNSW is common in vector databases.")["HNSW"]
    assert (need.deed, need.statement) == (None, None)
    does = subjects("HNSW connects each vector to a few of its neighbours. HNSW is common in vector databases.")["HNSW"]
    assert does.deed is not None


def test_a_heading_that_names_its_section_is_a_subject() -> None:
    text = "Refusal costs answers where the limit is high. Uncertainty can be read from several samples of an answer."
    assert subjects(text, section="3 Refusal and uncertainty")["refusal and uncertainty"].heading
    assert "a question nobody asked" not in subjects(text, section="A question nobody asked")


def test_example_prompts_of_an_appendix_are_no_subjects() -> None:
    text = "HNSW connects each vector to a few of its neighbours. HNSW is common in vector databases."
    assert "HNSW" in subjects(text)
    assert not subjects_by_document([chunk(text, section="D Prompts and Few-shot exemplars")])["d"]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Der Wissensgraph ist ein Netz aus Begriffen und ihren Beziehungen.", "Wissensgraph"),
        ("La distillation est une méthode qui transfère les connaissances d'un modèle à un autre.", "distillation"),
        ("La destilación es un método que transfiere el conocimiento de un modelo a otro modelo.", "destilación"),
        ("검색 증강 생성은 모델이 답하기 전에 문서를 먼저 찾아 읽게 한다.", "검색 증강 생성"),
        ("检索增强生成是一种让模型先查阅文档再回答问题的方法。", "检索增强生成"),
        ("検索拡張生成は、モデルが回答する前に文書を検索して読む手法である。", "検索拡張生成"),
    ],
)  # fmt: skip
def test_terms_are_found_in_every_language(text: str, term: str) -> None:
    assert term in subjects(text)


def test_a_name_is_itself_only_as_it_is_written() -> None:
    assert names_term("RAG", "RAG reads first.")
    assert not names_term("RAG", "a rag on the floor")
    assert not names_term("LoRA", "QLoRA keeps the weights.")
    assert names_term("spring tide", "Spring tides are high.")
    assert begins_with("LoRA", "LoRA freezes W.") == 4
    assert not begins_with("LoRA", "With LoRA nothing changes.")
