"""What a sentence lists or gives a reason for, in the languages of the frames."""

from __future__ import annotations

from random import Random

import pytest

from ragft.tasks.papers.natural.asked_parts import effect, is_list, listed
from ragft.tasks.papers.natural.frames import fill_frame

LISTS = [
    ("en", "RGB", "RGB tests four abilities: robustness, rejection and counting.", "four abilities does RGB test?"),
    ("en", "queries", "Queries come in four types: inference, comparison, and null.", "four types do queries come in?"),
    ("en", "", "Four resources are at stake in adaptation: memory, storage and time.",
     "four resources are at stake in adaptation?"),
    ("en", "index", "The index has two parts: a graph, a list and a table.", "two parts does the index have?"),
    ("de", "Datensatz", "Der Datensatz prüft vier Fähigkeiten: Robustheit, Ablehnung und Zählen.",
     "Welche vier Fähigkeiten prüft der Datensatz?"),
    ("de", "Größen", "Vier Größen stehen auf dem Spiel: Speicher, Zeit und Platz.",
     "Welche vier Größen stehen auf dem Spiel?"),
    ("fr", "RGB", "RGB teste quatre capacités : la robustesse, le refus et le calcul.",
     "Peux-tu nommer les quatre capacités que RGB teste ?"),
    ("fr", "jeu", "Quatre ressources sont en jeu dans l’adaptation : la mémoire, le temps et la place.",
     "Peux-tu nommer les quatre ressources qui sont en jeu dans l’adaptation ?"),
    ("es", "RGB", "RGB prueba cuatro capacidades: la robustez, el rechazo y el cálculo.",
     "¿Qué cuatro capacidades prueba RGB?"),
    ("zh", "RGB", "RGB测试四种能力：噪声鲁棒性、负面拒绝和信息整合。", "RGB测试哪四种能力？"),
    ("ja", "RGB", "RGBは、頑健さ、拒否、統合の三つの能力を測る。", "RGBはどの三つの能力を測るのですか？"),
    ("ko", "RGB", "RGB는 강건성, 거부, 정보 통합의 세 가지 능력을 측정한다.",
     "RGB는 어떤 세 가지 능력을 측정한다고 하나요?"),
]  # fmt: skip
REASONS = [
    ("en", "", "Generation speed is bounded by memory bandwidth, since every weight is read once per token.",
     "Why is generation speed bounded by memory bandwidth?"),
    ("en", "Ragas", "Ragas needs no reference because it reads every statement alone.",
     "Why does Ragas need no reference?"),
    ("de", "dichte Suche", "Die dichte Suche findet Umschreibungen, weil sie Vektoren vergleicht.",
     "findet die dichte Suche Umschreibungen?"),
    ("fr", "recherche dense", "La recherche dense trouve les paraphrases, parce qu'elle compare des vecteurs.",
     "Pourquoi la recherche dense trouve les paraphrases ?"),
    ("es", "búsqueda densa", "La búsqueda densa encuentra paráfrasis porque compara vectores.",
     "¿Por qué la búsqueda densa encuentra paráfrasis?"),
    ("zh", "HNSW", "HNSW的搜索速度很快，因为它只访问少数节点。", "为什么HNSW的搜索速度很快？"),
    ("ja", "HNSW", "HNSWは層状のグラフを使うため、検索が速い。", "なぜHNSWは検索が速いのですか？"),
    ("ko", "HNSW", "HNSW는 층 구조를 쓰기 때문에 검색이 빠르다.", "왜 HNSW는 검색이 빠르다고 하나요?"),
    ("ko", "LoRA", "LoRA는 작은 행렬만 학습하므로 가벼운 방법이다.", "왜 LoRA는 가벼운 방법이라고 하나요?"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "term", "text", "question"), LISTS)
def test_what_is_listed_is_asked_for(language: str, term: str, text: str, question: str) -> None:
    parts = listed(text, term, language)
    assert parts is not None
    made = fill_frame("which", language, Random(0), **parts)
    assert made.endswith(question)


@pytest.mark.parametrize(("language", "term", "text", "question"), REASONS)
def test_a_reason_is_asked_for_by_what_it_explains(language: str, term: str, text: str, question: str) -> None:
    parts = effect(text, term, language)
    assert parts is not None
    assert fill_frame("why", language, Random(0), **parts).endswith(question)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "RGB tests four abilities of a model with care."),
        ("en", "RGB says it: tests are good, and others are bad."),
        ("en", "RGB is four tests: one, two and three."),
        ("en", "Two things follow: speed, recall and memory."),
        ("de", "RGB prüft Fähigkeiten: Robustheit, Ablehnung und Zählen."),
        ("zh", "RGB测试四种能力，并且给出结果。"),
        ("ru", "RGB проверяет четыре способности: раз, два и три."),
    ],
)
def test_a_sentence_without_a_list_of_a_kind_is_not_asked_for_one(language: str, text: str) -> None:
    assert listed(text, "RGB", language) is None


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "RGB is hard, so that models fail."), ("de", "RGB ist ein Satz von Fragen."), ("ko", "RGB는 빠르다.")],
)
def test_a_sentence_without_a_reason_is_not_asked_for_one(language: str, text: str) -> None:
    assert effect(text, "RGB", language) is None


def test_what_a_thing_does_one_after_the_other_is_no_list() -> None:
    assert is_list("a large range, a narrowing channel and a river low enough to be overtaken.")
    assert not is_list("the pretrained weights, learns two matrices and begins from zero.")
    assert not is_list("questions and passages.")
