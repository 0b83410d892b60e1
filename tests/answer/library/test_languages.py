"""The same questions in the other languages, answered in them."""

from __future__ import annotations

import pytest

from ragft.answer.library.librarian import Librarian
from tests.answer.library.shelves import library


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Wie viele Papers habe ich?", "Sie haben 7 Papers."),
        ("Wer hat das RoBERTa-Paper geschrieben?", "wurde geschrieben von Yinhan Liu und Myle Ott [1]."),
        ("Wann wurde das DPO-Paper veröffentlicht?", "ist von 2023 [1]."),
        ("Wie viele Seiten hat das Attention-Paper?", "hat 15 Seiten [1]."),
        ("Welche meiner Papers sind von Mitchell?", "Von Mitchell: 1 von 7 Papers."),
        ("Welche Papers sind aus 2015?", "Aus 2015: 1 von 7 Papers."),
        ("Habe ich etwas von Hinton?", "Nein. Von Hinton: keines von 7 Papers."),
        ("Welches meiner Papers ist das älteste?", "Das älteste, von 2015:"),
        ("Combien d’articles ai-je ?", "Vous avez 7 articles."),
        ("Qui a écrit l’article RoBERTa ?", "a été écrit par Yinhan Liu et Myle Ott [1]."),
        ("Quand a été publié l’article DPO ?", "date de 2023 [1]."),
        ("Combien de pages a l’article InstructGPT ?", "a 68 pages [1]."),
        ("Ai-je un article de Vaswani ?", "Oui. De Vaswani : 1 de vos 7 articles."),
        ("Quels articles parlent de ResNet ?", "Avec « ResNet » : 2 de vos 7 articles."),
        ("¿Cuántos artículos tengo?", "Tiene 7 artículos."),
        ("¿Quién escribió el artículo de RoBERTa?", "fue escrito por Yinhan Liu y Myle Ott [1]."),
        ("¿En qué año se publicó RoBERTa?", "es de 2019 [1]."),
        ("¿Cuántas páginas tiene el artículo de InstructGPT?", "tiene 68 páginas [1]."),
        ("¿Tengo algo de Vaswani?", "Sí. De Vaswani: 1 de sus 7 artículos."),
        ("논문이 몇 편 있어?", "논문이 7편 있습니다."),
        ("RoBERTa 논문의 저자는 누구인가요?", "저자: Yinhan Liu 및 Myle Ott [1]."),
        ("RoBERTa 논문은 언제 발표됐어?", "연도: 2019 [1]."),
        ("我有多少篇论文？", "共有 7 篇论文。"),
        ("谁写了RoBERTa论文？", "作者：Yinhan Liu、Myle Ott [1]."),
        ("RoBERTa是哪一年发表的？", "年份：2019 [1]."),
        ("哪些论文提到了ResNet？", "提到“ResNet”：7 篇中有 2 篇。"),
        ("論文はいくつありますか？", "論文は 7 件あります。"),
        ("RoBERTaの著者は誰ですか？", "著者：Yinhan Liu、Myle Ott [1]."),
        ("RoBERTaはいつ発表されましたか？", "年：2019 [1]."),
    ],
)
def test_the_answer_is_in_the_language_of_the_question(question: str, said: str) -> None:
    found = Librarian(library()).answer(question)
    assert found is not None and said in found.text


@pytest.mark.parametrize(
    "question",
    [
        "Wie viele Papers wurden von DPR gefunden?",
        "Wer hat die Fragen im Datensatz geschrieben?",
        "Wann wurde das Modell trainiert?",
        "Qui a écrit les questions du jeu de données ?",
        "Combien de pages ont été lues ?",
        "¿Quién escribió las preguntas del conjunto?",
        "¿Cuándo se publicó el conjunto de datos?",
        "이 모델은 언제 학습됐어?",
        "这个模型是什么时候训练的？",
        "このモデルは何を学習しますか？",
    ],
)
def test_a_question_about_contents_is_left_to_the_search_in_every_language(question: str) -> None:
    assert Librarian(library()).answer(question) is None
