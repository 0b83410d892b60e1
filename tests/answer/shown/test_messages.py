"""ragft's own words: complete in every language, and in that of the question."""

from __future__ import annotations

import re

import pytest

from ragft.answer.asked import AskedDocuments, AskedModel
from ragft.answer.assistant import Assistant
from ragft.answer.prompts.form import REFUSAL
from ragft.answer.shown.messages import LANGUAGES, catalogue, language_of_question, say
from ragft.answer.shown.notes import footer
from ragft.setting_sections import AnswerSettings
from tests.answer.fakes import QLORA, Player, Shelf, hit
from tests.answer.languages import SAMPLES

CHICKEN = {
    "en": "How long should I roast a chicken?",
    "de": "Wie lange soll ich ein Hähnchen braten?",
    "fr": "Combien de temps faut-il rôtir un poulet ?",
    "es": "¿Cuánto tiempo hay que asar un pollo?",
    "ko": "닭고기는 얼마나 오래 구워야 합니까?",
    "zh": "烤鸡需要多长时间？",
    "ja": "鶏肉はどのくらいの時間焼けばよいですか。",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_message_with_the_same_placeholders(language: str) -> None:
    def places(text: str) -> list[str]:
        return sorted(re.findall(r"\{(\w+)\}", text))

    english, other = catalogue()["en"], catalogue()[language]
    assert list(other) == list(english)
    assert {name: places(text) for name, text in other.items()} == {name: places(english[name]) for name in english}
    assert language == "en" or all(
        other[name] != english[name] for name in english if not name.startswith(("place", "library.passages"))
    )


def test_the_english_refusal_is_the_one_that_models_are_trained_on() -> None:
    assert say("refusal", "en") == REFUSAL


@pytest.mark.parametrize("language", SAMPLES)
def test_the_language_of_a_question(language: str) -> None:
    expected = language if language in LANGUAGES else "en"
    assert language_of_question(SAMPLES[language].question) == expected


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What does 注意力 mean?", "en"),
        ("QLoRA 65B 模型需要多少 GPU memory？", "zh"),
        ("LoRA とは何ですか", "ja"),
        ("QLoRA의 메모리는?", "ko"),
        ("QLoRA?", "en"),
        ("", "en"),
        ("Was ist NF4?", "de"),
    ],
)
def test_terms_of_another_language_do_not_decide(question: str, language: str) -> None:
    assert language_of_question(question) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_and_its_nearest_place_are_in_the_language_of_the_question(language: str) -> None:
    settings = AnswerSettings(gate=0.99)
    answer = Assistant(AskedModel(Player(), "tiny"), AskedDocuments(Shelf(hit(QLORA), hit(QLORA))), settings).ask(
        CHICKEN[language]
    )
    place = say("place", language, title="On QLoRA", page=2)
    assert answer.refused
    assert answer.answer == f"{say('refusal', language)} {say('nearest', language, places=place)}"


def test_a_greeting_is_answered_in_its_language() -> None:
    answer = Assistant(AskedModel(Player(), "tiny"), AskedDocuments(Shelf()), AnswerSettings()).ask("¿Hola?")
    assert answer.reason == "no_question"


def test_a_quotation_stays_in_the_language_of_the_source() -> None:
    question = "Wie viel GPU memory braucht QLoRA für a 65B model on a single GPU?"
    settings = AnswerSettings(gate=0.0, judgement=0.0)
    answer = Assistant(
        AskedModel(Player("Zehn Katzen.", "Zehn Katzen."), "tiny"), AskedDocuments(Shelf(hit(QLORA))), settings
    ).ask(question)
    if answer.metrics.quoted:
        assert answer.answer.startswith("Aus den Quellen: “QLoRA brings")
    assert answer.metrics.quoted
    assert footer(answer)[0].startswith("Das Modell gab keine Antwort")
