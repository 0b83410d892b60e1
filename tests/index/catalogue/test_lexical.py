from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.index.catalogue.lexical import MAX_TERMS, indexed_text, match_expression, query_terms, ranking_terms


def matches(text: str, query: str) -> bool:
    db = sqlite3.connect(":memory:")
    try:
        db.execute('CREATE VIRTUAL TABLE words USING fts5 (text, tokenize="ascii")')
        db.execute("INSERT INTO words VALUES (?)", (indexed_text(text),))
        expression = match_expression(query_terms(query))
        return bool(expression) and bool(
            db.execute("SELECT count(*) FROM words WHERE words MATCH ?", (expression,)).fetchone()[0]
        )
    finally:
        db.close()


@given(st.text(max_size=80))
def test_any_text_is_a_query_that_sqlite_parses(text: str) -> None:
    matches("some words", text)


@pytest.mark.parametrize(
    "query",
    ['"', "NEAR(a b, 2)", "title:moon", "a AND NOT b", "moon*", "^moon", "); DROP TABLE words; --", "-moon", "\0"],
)
def test_operators_are_words_like_any_other(query: str) -> None:
    assert not matches("nothing of that kind", query)


def test_stop_words_are_dropped_unless_there_is_nothing_else() -> None:
    assert query_terms("What is the cause of the tides?") == ["caus", "tide"]
    assert query_terms("to be or not to be") == ["to", "be", "or", "not"]


def test_a_word_in_two_forms_counts_twice_in_a_ranking_and_one_repeated_counts_once() -> None:
    query = "regulation of replication by replicating vectors, and regulation again"
    assert query_terms(query) == ["regul", "replic", "vector"]
    assert ranking_terms(query) == ["regul", "replic", "replic", "vector"]


def test_words_match_by_their_stem_and_without_accents() -> None:
    assert matches("Running networks in Zürich", "run network zurich")


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("检索增强生成结合了检索和语言模型", "语言模型", True),
        ("检索增强生成结合了检索和语言模型", "图像", False),
        ("言語モデルの微調整について", "微調整", True),
        ("การเรียนรู้ของเครื่อง", "เครื่อง", True),
        ("обучение нейронных сетей", "нейронной сети", True),
        ("हैरो में बोल्ट हैं", "कंप्यूटर", False),
        ("हैरो में बोल्ट हैं", "बोल्ट", True),
        ("கணினி அறிவியல்", "கடல்", False),
        ("كَتَبَ المُهَنْدِسُ", "المهندس", True),
        ("한국어 문서의 볼트는", "볼트가", True),
    ],
)
def test_scripts_without_spaces_can_be_searched(text: str, query: str, found: bool) -> None:
    assert matches(text, query) is found


def test_compatibility_forms_are_folded() -> None:
    assert matches("the eﬃcient ﬁlter", "efficient filter")


def test_a_pasted_page_is_cut_to_a_bounded_query() -> None:
    assert len(query_terms(" ".join(f"word{i}" for i in range(1000)))) == MAX_TERMS
