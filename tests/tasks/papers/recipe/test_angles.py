"""The beginnings of questions that code derives from a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.tasks.papers.recipe.angles import angles, yes_no


@pytest.mark.parametrize(
    ("sentence", "start"),
    [
        ("Dense retrieval finds paraphrases and misses names.", "What does dense retrieval find"),
        ("The BEIR collection brings together 18 data sets.", "What does the BEIR collection bring together"),
        (
            "The BEIR collection brings together 18 data sets.",
            "How many data sets does the BEIR collection bring together",
        ),
        ("Faithfulness is the number of supported statements.", "What is faithfulness"),
        ("The base weights are quantised in blocks of 64.", "What are the base weights quantised in"),
        ("The old fort was replaced with a castle.", "What was the old fort replaced with"),
        ("The clock tower was built in 1896.", "When was the clock tower built"),
        ("The HotPotQA set is collected by asking for two documents.", "How is the HotPotQA set collected"),
        ("QLoRA saves memory by keeping the base weights frozen.", "How does QLoRA save"),
        ("BM25 favours rare words because they say more about a topic.", "Why does BM25 favour"),
        ("RAG-Token may change its source with every token.", "What may RAG-Token change"),
        ("Ragas showed that evaluation is possible without gold answers.", "What did Ragas show"),
        ("The BEIR collection brings together 18 data sets.", "What brings together 18 data sets"),
        (
            "Multi-hop questions break the usual assumption of lexical similarity.",
            "What breaks the usual assumption of lexical similarity",
        ),
        (
            "RAG-Token may mix retrieved passages about distant topics.",
            "What may mix retrieved passages about distant topics",
        ),
        (
            "QLoRA removed expensive memory requirements of training, and time.",
            "What removed expensive memory requirements of training",
        ),
        ("Fusion relies on ranks alone.", "What does Fusion rely on"),
        ("The training set held about 7 billion tokens.", "How many tokens did the training set hold"),
    ],
)
def test_the_beginning_fits_the_sentence(sentence: str, start: str) -> None:
    assert start in [angle.start for angle in angles(sentence, {"fusion", "ragas", "qlora"})]


@pytest.mark.parametrize(
    "sentence",
    [
        "The planted passages read naturally.",  # no object
        "Results from two judges cannot be compared.",  # a noun that looks like a verb
        "A model of four billion parameters needs care.",  # the number belongs to a name
        "Scales stored apart would be awkward there.",  # a participle
        "The two corrections address different defects.",  # a subject that needs its neighbours
        "Encoding was the strongest.",  # a superlative is no definition
        "Curves show the error of each network.",  # which curves?
        "The system adeptly combines two memories.",  # which system?
        "Validated expanded queries exhibit higher reliability.",  # two participles, no verb
        "Determining whether the edited model retains knowledge takes tests.",  # a clause for a subject
        "RAG-T The middle ear is the portion inside the eardrum.",  # a heading that ran into its paragraph
        "Generative Retrieval Generative search is a new class of methods.",
        "The contrastive encoder gets saturated with many languages.",  # no verb of its own
        "The process iterates until a candidate response passes the check.",  # the verb of a clause
        "Vague information needs (buying a gift) challenge a search engine.",  # a noun again
        "Recent work shows that the step takes milliseconds.",  # which work?
        "The experimental results show that caching helps.",  # of which experiment?
        "The verifier performs better on long answers.",  # better is no object
        "Learning long-range dependencies is a key challenge in translation.",  # no definition
        "Protecting privacy is paramount in such systems.",  # no participle
    ],
)
def test_what_only_looks_like_it_is_left_alone(sentence: str) -> None:
    assert [angle.kind for angle in angles(sentence)] in ([], ["object"])
    assert not angles(sentence) or sentence.startswith("A model of four billion")


@pytest.mark.parametrize(
    "sentence",
    [
        "Hired annotators compare the answers of two models.",  # "What compares…?" – people do
        "Extensive experiments show large gains in factual accuracy.",  # no answer to anything
        "Dense retrieval finds paraphrases.",  # so do other things
        "Author ordering determined by coin flip over a Google Hangout.",  # no sentence
        "A good reader must weigh long documents (such as papers) at once.",  # half a bracket
        "LoRA is the best known of adapter methods.",  # no deed
    ],
)
def test_not_every_subject_can_be_asked_for(sentence: str) -> None:
    assert "subject" not in [angle.kind for angle in angles(sentence)]


def test_a_name_keeps_its_capital_and_a_common_word_does_not() -> None:
    assert angles("Plain abstention converts a mistake into a gap.")[0].start == "What does plain abstention convert"
    assert angles("Natural Questions comprises real queries.")[0].start == "What does Natural Questions comprise"
    assert angles("Doodson describes the constituents of tides.", {"doodson"})[0].start == "What does Doodson describe"
    assert angles("LoRA freezes the weights of the base.")[0].start == "What does LoRA freeze"


@given(st.text(max_size=200))
def test_no_text_breaks_it_and_the_focus_stands_in_the_sentence(text: str) -> None:
    for angle in angles(text):
        assert angle.focus in text
        assert angle.rest in text


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("HNSW keeps a layered graph in main memory.", "Does HNSW keep a layered graph in main memory?"),
        ("RAG-Token may change its source with every token.", "May RAG-Token change its source with every token?"),
        ("TinyLlama trained 1.1 billion parameters.", "Did TinyLlama train 1.1 billion parameters?"),
        ("Curves show that it works.", None),
        ("HNSW keeps a graph and reads it from disk.", None),
    ],
)
def test_a_sentence_becomes_a_question_for_yes_or_no(sentence: str, question: str | None) -> None:
    assert yes_no(sentence) == question
