"""Definitions, summaries and comparisons are seen in eight languages beside English."""

from __future__ import annotations

import pytest

from ragft.index.search.foreign_question import Aim
from ragft.index.search.question import aim_of, asks_what, compares

ASKED: dict[Aim, tuple[str, ...]] = {
    "definition": (
        "Was ist LoRA?",
        "Was bedeutet LoRA genau?",
        "Erkläre LoRA",
        "C'est quoi LoRA ?",
        "Qu'est-ce que LoRA ?",
        "¿Qué es LoRA?",
        "Cos'è LoRA?",
        "O que é LoRA?",
        "什么是LoRA?",
        "LoRA是什么?",
        "LoRAとは何ですか？",
        "LoRA가 뭐예요?",
    ),
    "summary": (
        "Fasse das LoRA-Paper zusammen",
        "Worum geht es in dem LoRA-Artikel?",
        "Résume l'article LoRA en deux phrases",
        "De quoi parle l'article LoRA ?",
        "Resume el artículo de LoRA",
        "¿De qué trata el paper de LoRA?",
        "Riassumi l'articolo LoRA",
        "Resuma o artigo LoRA",
        "总结一下LoRA论文",
        "LoRAの論文を簡単にまとめてください。",
        "LoRA 논문을 짧게 요약해 주세요.",
    ),
    "detail": (
        "Was ist der Rang in LoRA?",
        "Wie viele Parameter hat LoRA?",
        "Quel est le rang de LoRA ?",
        "¿Qué rango usa LoRA?",
        "Qual è il rango di LoRA?",
        "LoRA用了多少参数?",
        "LoRA的秩是什么?",
        "LoRAはいくつのパラメータを使いますか？",
        "LoRA는 파라미터가 몇 개예요?",
        "Сколько параметров у LoRA?",
    ),
}


@pytest.mark.parametrize(("aim", "question"), [(aim, question) for aim, asked in ASKED.items() for question in asked])
def test_the_aim_is_read_off_the_words_of_other_languages(aim: Aim, question: str) -> None:
    assert aim_of(question, {"lora"}) == aim
    assert asks_what(question) or aim != "definition"


@pytest.mark.parametrize(
    "question",
    [
        "Was unterscheidet LoRA von QLoRA?",
        "Vergleiche LoRA mit Adaptern",
        "Quelle est la différence entre LoRA et QLoRA ?",
        "¿En qué se diferencian LoRA y QLoRA?",
        "LoRA和QLoRA有什么不同?",
        "LoRAとQLoRAの違いは何ですか?",
        "LoRA와 QLoRA의 차이는?",
    ],
)
def test_comparisons_are_seen_in_other_languages(question: str) -> None:
    assert compares(question, {"lora"})
    assert not compares("Was ist LoRA?", {"lora"})
