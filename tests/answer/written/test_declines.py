"""Refusals of models in the languages that ragft speaks, and answers that deny something and are none."""

from __future__ import annotations

import json

import pytest

from ragft.answer.prompts.prompt import is_refusal
from ragft.answer.shown.messages import LANGUAGES, say
from ragft.data import shipped

REFUSALS = [
    "Die Quellen beantworten diese Frage nicht.",
    "Die Dokumente enthalten keine Informationen darüber.",
    "Diese Frage kann anhand der Quellen nicht beantwortet werden.",
    "In den Quellen wird das nicht erwähnt.",
    "Dazu gibt es in den bereitgestellten Texten keine Angaben: Die Texte nennen keine Zahl.",
    "Les sources ne répondent pas à cette question.",
    "Les documents ne contiennent aucune information à ce sujet.",
    "Le texte ne mentionne pas le prix.",
    "Je ne sais pas.",
    "Las fuentes no responden a esta pregunta.",
    "Los documentos no contienen información sobre eso.",
    "No hay información sobre ello en los documentos.",
    "El texto no menciona el precio.",
    "출처에는 이 질문에 대한 답이 없습니다.",
    "문서에서 해당 정보를 찾을 수 없습니다.",
    "제공된 정보로는 이 질문에 답할 수 없습니다.",
    "来源没有回答这个问题。",
    "文献中没有提到这一点。",
    "根据所给信息无法回答该问题。",
    "資料中並未提及價格。",
    "出典にはこの質問への答えがありません。",
    "文書には記載されていません。",
    "この質問には答えられません。",
]
ANSWERS = [
    "Das Modell enthält keine Schleifen und beantwortet Fragen ohne Feinabstimmung.",
    "QLoRA benötigt 48 GB; die Gewichte werden nicht verändert.",
    "Der Code von QLoRA ist nicht verfügbar.",
    "Die Frage ist nicht neu: Transformer brauchen keine Rekurrenz.",
    "Le modèle ne contient aucune récurrence.",
    "Les poids ne changent pas pendant l'entraînement.",
    "El modelo no contiene recurrencias y no usa convoluciones.",
    "Los pesos no cambian durante el entrenamiento.",
    "이 모델에는 순환 구조가 없습니다.",
    "가중치는 학습 중에 바뀌지 않습니다.",
    "该模型没有循环结构。",
    "训练时权重不变，不能更新。",
    "このモデルには再帰がありません。",
    "重みは学習中に変化しない。",
    "Die Schleuse von Harrow hat 223 Bolzen aus Bronze.",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_refusals_in_other_languages_are_recognised(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize("text", ANSWERS)
def test_sentences_that_deny_something_are_answers(text: str) -> None:
    assert not is_refusal(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_ragfts_own_refusal_is_recognised_in_every_language(language: str) -> None:
    assert is_refusal(say("refusal", language))
    assert not is_refusal(say("from_the_sources", language, quote="“QLoRA needs 48 GB.” [1]"))


def test_the_refusals_that_ship_are_known_and_the_answers_are_none() -> None:
    def written(*names: str) -> list[str]:
        lines = [line for name in names for line in shipped(f"natural/{name}.jsonl").read_text("utf-8").splitlines()]
        return [row["answer"].replace("[?]", "") for row in map(json.loads, lines) if row.get("answer")]

    assert sum(map(is_refusal, written("refusals"))) >= 59
    assert not [text for text in written("answers", "wrong", "answers-languages", "questions") if is_refusal(text)]
