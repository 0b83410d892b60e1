"""Sentences in another language than their source: only numbers, names and Latin terms can be compared."""

from __future__ import annotations

import pytest

from ragft.answer.checker import Checked, check
from ragft.answer.checking.other_language import SharedFacts, in_another_language, language_written_in, shared_facts
from ragft.answer.checking.support import Supporter
from ragft.answer.shown.marks import mark
from tests.answer.fakes import evidence

TEXT = "QLoRA needs a single GPU with 48 GB of memory for a 65B model. LoRA was published in 2021."
SENTENCES = {
    "de": ("Wie viel Speicher braucht QLoRA?", "Mit QLoRA braucht man für ein 65B-Modell nur 48 GB Speicher"),
    "fr": ("Combien de mémoire faut-il pour QLoRA ?", "Avec QLoRA, il faut 48 GB de mémoire pour un modèle 65B"),
    "es": ("¿Cuánta memoria necesita QLoRA?", "Con QLoRA se necesitan 48 GB de memoria para un modelo 65B"),
    "ko": ("QLoRA는 메모리가 얼마나 필요합니까?", "QLoRA는 65B 모델에 48 GB의 메모리가 필요합니다"),
    "zh": ("QLoRA 需要多少内存？", "QLoRA 对 65B 模型需要 48 GB 内存"),
    "ja": ("QLoRAにはどのくらいのメモリが必要ですか。", "QLoRAは65Bモデルに48 GBのメモリを必要とします"),
}


def run(question: str, raw: str) -> Checked:
    return check(f"{raw} [1].", evidence(TEXT), question=question, supporter=Supporter(), threshold=0.6)


@pytest.mark.parametrize("language", SENTENCES)
def test_names_and_numbers_that_stand_in_the_source_are_said_to_be_all_that_was_checked(language: str) -> None:
    checked = run(*SENTENCES[language])
    assert [(s.verdict, s.supported, s.keys) for s in checked.sentences] == [("other_language", False, ("1",))]
    assert checked.text.endswith(mark("other_language", language))
    assert checked.by_names
    assert not checked.grounded


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize(("right", "wrong"), [("48 GB", "24 GB"), ("QLoRA", "AdaLoRA")])
def test_a_name_or_number_that_differs_is_never_checked(language: str, right: str, wrong: str) -> None:
    question, raw = SENTENCES[language]
    checked = run(question, raw.replace(right, wrong))
    assert [s.verdict for s in checked.sentences] == ["not_found"]
    assert checked.citations == ()


def test_a_decimal_with_a_comma_is_the_one_with_a_full_stop() -> None:
    assert shared_facts("Der Wert ist α = 0,001 und nicht mehr", "a rate of 0.001", "") == SharedFacts(1, 0)
    assert shared_facts("JFT 数据集有 3.03 亿张图片", "JFT has 303M images", "") == SharedFacts(1, 1)


def test_a_word_in_latin_letters_within_another_script_has_to_be_in_the_source() -> None:
    sentence = "QLoRA 使用 quantization 方法"
    assert shared_facts(sentence, "QLoRA needs quantization", "") == SharedFacts(0, 2)
    assert shared_facts(sentence, "QLoRA needs memory", "") is None


def test_languages_are_distinguished_by_script_and_function_words() -> None:
    assert in_another_language("Das ist der Speicher und nicht mehr", "This is the memory of it")
    assert not in_another_language("QLoRA: 48 GB", "Das ist der Speicher und nicht mehr")
    assert not in_another_language("The 注意力 model is the best of all models", "This is the memory of it")


@pytest.mark.parametrize(
    "sentence",
    [
        "QLoRA erfindet in 41 % der Fälle etwas, und GPT-3 nur in 21 %",
        "QLoRA invente dans 41 % des cas, et GPT-3 dans 21 %",
        "QLoRA inventa en el 41 % de los casos y GPT-3 en el 21 %",
        "QLoRA는 41%의 경우에, GPT-3는 21%의 경우에 지어냅니다",
        "QLoRA 有 41% 的情况编造信息，而 GPT-3 为 21%",
        "QLoRAは41%の場合に、GPT-3は21%の場合に捏造します",
    ],
)
def test_values_that_changed_places_are_not_cited_in_any_language(sentence: str) -> None:
    """The source has them the other way round, and the right sentence is cited."""
    source = "QLoRA models make up what is not in the input half as often as GPT-3 (a 21% vs. 41% rate)."
    for text, right in ((sentence, False), (_exchanged(sentence), True)):
        checked = check(f"{text} [1].", evidence(source), question=sentence, supporter=Supporter(), threshold=0.6)
        assert [one.verdict == "other_language" for one in checked.sentences] == [right]
        assert bool(checked.citations) is right


def _exchanged(text: str) -> str:
    return text.replace("41", "\0").replace("21", "41").replace("\0", "21")


@pytest.mark.parametrize("sentence", ["QLoRA는 정보를 지어냅니다", "QLoRA 编造信息", "QLoRAは情報を捏造します"])
def test_a_single_name_is_worth_no_citation(sentence: str) -> None:
    checked = run(sentence, sentence)
    assert [one.verdict for one in checked.sentences] == ["other_language"]
    assert checked.citations == ()
    assert not checked.by_names


@pytest.mark.parametrize("text", ["EN-DE BLEU 28.4", "Attention(Q,K,V)=softmax", "EN-FR BLEU: 41.8"])
def test_abbreviations_and_symbols_are_of_no_language(text: str) -> None:
    assert language_written_in(text) == ""


@pytest.mark.parametrize("text", ["DER HUND UND DIE KATZE", "Der Hund und die GPU", "der hund und die katze"])
def test_capitals_hide_no_language(text: str) -> None:
    assert language_written_in(text) == "de"
