"""Which questions want a whole text summarised."""

from __future__ import annotations

import pytest

from ragft.answer.summary.summary_questions import (
    asks_for_summary,
    asks_for_whole,
    names_no_text,
    points_at_text,
)


@pytest.mark.parametrize(
    "question",
    [
        "Summarise this",
        "Summarize the DPO paper.",
        "Give me a summary of the survey on tides",
        "Fasse das DPO-Paper zusammen.",
        "Résume l'article sur DPO",
        "Resume el artículo de DPO",
        "DPO 논문을 요약해 줘",
        "总结 DPO 论文",
        "DPOの論文を要約して",
        "tl;dr of DPO",
        "What are the main points of DPO?",
        "Überblick über das DPO-Paper",
        "L'essentiel de DPO",
        "Los puntos principales de DPO",
        "DPO의 요점",
        "DPO论文的大意",
        "DPOの要点は？",
    ],
)
def test_a_summary_of_a_whole_text_is_recognised_in_seven_languages(question: str) -> None:
    assert asks_for_summary(question) and asks_for_whole(question)


@pytest.mark.parametrize(
    "question",
    [
        "What did Tessa find?",
        "What does the policy cover?",
        "¿Qué dice el artículo 5?",
        "How are the contributions of each layer measured?",
        "Is there an overview of fees?",
        "What summary statistics are reported?",
        "Was sagt Paragraph 5?",
    ],
)
def test_a_detail_of_a_text_is_no_summary(question: str) -> None:
    assert not asks_for_summary(question) and not points_at_text(question)


@pytest.mark.parametrize(
    "question",
    [
        "Summarise DPO in one sentence",
        "Short summary of the survey, please.",
        "Can you summarise the HyDE paper briefly?",
        "Sum up the Fusion-in-Decoder paper in two sentences.",
        "Fasse DPO kurz zusammen",
        "Summarise the limitations of DPO",
        "Summarise the results of the DPO paper",
        "What is the batch size?",
        "Which summary statistics do they report?",
        "What is the main idea of REALM?",
    ],
)
def test_its_gist_a_part_of_it_or_a_detail_is_not_read_part_by_part(question: str) -> None:
    assert not asks_for_whole(question)


@pytest.mark.parametrize(
    ("question", "points"),
    [
        ("Summarise this", True),
        ("tl;dr", True),
        ("What is it about?", True),
        ("Give me a summary of the main results on quantisation", True),
        ("Fasse den Text in drei Sätzen zusammen", True),
        ("Résume ce texte en trois phrases", True),
        ("Resume el texto", True),
        ("이 글을 요약해 주세요", True),
        ("请总结全文", True),
        ("この文書を要約してください", True),
        ("Which optimiser is used for the adapters?", False),
        ("Which summary statistics are reported for the adapters?", False),
        ("How does training resume after a crash of the machine?", False),
        ("Wie viel Speicher braucht QLoRA?", False),
    ],
)
def test_questions_that_only_point_at_the_text(question: str, points: bool) -> None:
    assert points_at_text(question) is points


@pytest.mark.parametrize(
    "question",
    [
        "Summarise this",
        "Summarize this text",
        "Give me the main points",
        "tl;dr",
        "What is this about?",
        "Fasse das zusammen",
        "Bitte fassen Sie diesen Text zusammen.",
        "Résume ce texte",
        "Resume esto",
        "이것을 요약해 줘",
        "总结一下",
        "これを要約して",
        "Summarise the paper",
        "Summarise the main findings",
        "Summarise the document in 5 bullets, please",
        "Fasse den Text zusammen",
        "Fasse den Text in drei Sätzen zusammen",
        "Kannst du das zusammenfassen?",
        "Résumez ce document",
        "Résumez ce texte en trois phrases",
        "Resume este documento",
        "이 글을 요약해 주세요",
        "请总结这段文字",
        "请总结全文",
        "これを3行で要約して",
        "この文書を要約してください",
    ],
)
def test_a_summary_of_this_needs_a_text(question: str) -> None:
    assert names_no_text(question)


@pytest.mark.parametrize(
    "question",
    [
        "Summarise the DPO paper",
        "Summarise the literature on pruning",
        "Fasse das DPO-Paper zusammen",
        "Résume l'article DPO",
        "总结一下DPO",
        "DPOの論文を要約して",
        "DPO 논문을 요약해 줘",
        "Resume el artículo de DPO",
        "Fasse die Literatur zu Gezeiten zusammen",
        "Summarise the results of the DPO paper",
        "What is quantisation?",
        "What limits it?",
    ],
)
def test_a_question_of_something_needs_none(question: str) -> None:
    assert not names_no_text(question)
