"""What a word is, in any script; the same for index, query, gate, check and metrics."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ragft.corpus.stems import stem
from ragft.corpus.stopwords import is_stop_word, language_of, negations
from ragft.corpus.words import count_words, is_english, meaningful, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The model’s low‑rank adapters don't", ["the", "model", "low", "rank", "adapters", "do"]),
        ("NF4 and 1,410 GPUs", ["nf4", "and", "1410", "gpus"]),
        ("l’eau qu’il a, dell'acqua", ["eau", "il", "a", "acqua"]),
        ("Ankara’nın köprüsü", ["ankara", "nin", "koprusu"]),
        ("snake_case", ["snake", "case"]),
        ("n't", []),
        ("कंप्यूटर में", ["कंप्यूटर", "में"]),
        ("கணினி", ["கணினி"]),
        ("مُهَنْدِس", ["مهندس"]),
        ("哈罗水闸", ["哈罗", "罗水", "水闸"]),
        ("水", ["水"]),
        ("第3章", ["第", "3", "章"]),
        ("データ・モデル", ["デー", "ータ", "モデ", "デル"]),
        ("수문의 볼트", ["수문", "문의", "볼트"]),
        ("ที่นี่", ["ที่นี่"]),
        ("มีท่อ", ["มีท่", "ท่อ"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
def test_a_word_is_never_empty_and_holds_no_space(text: str) -> None:
    assert all(word and not any(c.isspace() for c in word) for word in words(text))


@pytest.mark.parametrize("one", ["हैरो", "கோபுரம்", "തുറമുഖം", "សាលា", "ဗမာစာ", "བོད"])
def test_a_single_consonant_is_no_word_of_a_word_with_vowel_signs(one: str) -> None:
    assert one[0] not in words(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("quantisation", "quantized"),
        ("generalizations", "general"),
        ("running", "run"),
        ("исследование", "исследования"),
        ("μηχανων", "μηχανη"),
        ("والمدرسه", "مدرسه"),
        ("कंप्यूटर", "कंप्यूटरों"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How many bolts does the sluice have?", "en"),
        ("NF4 quantization", "en"),
        ("IL-6 signaling plays a role", "en"),
        ("Vitamin D deficiency effects birth weight", "en"),
        ("pro-inflammatory and pro-apoptotic effects", "en"),
        ("Wie viele Bolzen hat die Schleuse?", "de"),
        ("Combien de boulons compte l'écluse ?", "fr"),
        ("¿Cuántos pernos tiene la esclusa?", "es"),
        ("Quanti bulloni ha la chiusa?", "it"),
        ("Quantos parafusos tem a comporta?", "pt"),
        ("Savağın kaç cıvatası var?", "tr"),
        ("Ile śrub ma śluza i kiedy ją zbudowano?", "pl"),
    ],
)
def test_stop_words_tell_the_language(text: str, language: str) -> None:
    assert language_of(words(text)) == language
    assert is_english(text) is (language == "en")


@pytest.mark.parametrize(
    "text", ["哈罗水闸有多少个螺栓？", "Сколько болтов в шлюзе?", "हैरो में कितने बोल्ट हैं?", "수문에는 볼트가 몇 개?"]
)
def test_other_scripts_are_not_english(text: str) -> None:
    assert not is_english(text)


def test_only_the_list_of_the_texts_own_language_counts() -> None:
    assert "war" in meaningful("When did the war end?")
    assert "war" not in meaningful("Wann war das und wer hat es gesagt?")
    assert "il" in meaningful("The level of IL 6 in blood")


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("哈罗水闸有多少个螺栓？", {"哈罗", "罗水", "水闸", "螺栓"}),
        ("水門のボルトは何本ですか", {"水門", "ボル", "ルト"}),
        ("Сколько болтов в шлюзе?", {"болтов", "шлюзе"}),
        ("हैरो के जलद्वार में कितने बोल्ट हैं?", {"हैरो", "जलद्वार", "बोल्ट"}),
    ],
)
def test_question_words_say_nothing(question: str, kept: set[str]) -> None:
    found = set(meaningful(question))
    assert kept <= found
    assert len(found - kept) <= 2


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("two words", 2),
        ("水闸有二百二十三个螺栓", 6),
        ("수문에는 볼트가 있다", 3),
        ("- . -", 0),
        ("a-b c", 2),
        ("हैरो में", 2),
    ],
)
def test_words_are_counted_as_a_reader_would(text: str, count: int) -> None:
    assert count_words(text) == count


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("It does not move.", 1),
        ("It moves.", 0),
        ("Sie bewegt sich nicht.", 1),
        ("They don’t move, and they can't.", 2),
        ("Elle ne bouge pas.", 1),
        ("No se mueve nunca.", 1),
        ("No se mueve.", 1),
        ("Она не движется.", 1),
        ("它不动。", 1),
        ("動かない。", 1),
        ("यह नहीं हिलता।", 1),
        ("لا يتحرك", 1),
    ],
)
def test_negations_are_known_in_other_languages(text: str, denied: int) -> None:
    found = words(text)
    assert negations(text, found, language_of(found)) == denied


def test_a_stop_word_of_another_language_is_none() -> None:
    assert is_stop_word("hat", "de")
    assert not is_stop_word("hat", "en")


@given(st.text(alphabet=st.characters(max_codepoint=126)))
@example("J`A")
def test_ascii_text_gives_the_words_that_it_gives_among_others(text: str) -> None:
    assert [*words(text), "e"] == words(f"{text} é")
