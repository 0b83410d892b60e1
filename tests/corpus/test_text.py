"""Cleaning, sentences, words."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ragft.corpus.text import sanitise, split_sentences, tokens_for_matching


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("ﬁne eﬃcient ﬂow ﬀ ﬅ", "fine efficient flow ff st"),
        ("zero\u200bwidth\u2060 joi\u200dner\ufeff", "zerowidth joiner"),
        ("abc\u202edef\u202c \u2066ghi\u2069", "abcfed ghi"),
        ("soft\u00adhyphen", "softhyphen"),
        ("bell\x07 esc\x1b[31m", "bell esc[31m"),
        ("tag\U000e0041\U000e0042", "tag"),
        ("e\u0301tude", "étude"),
        ("Rockt¨aschel", "Rocktäschel"),
        ("no\u00a0break\u2003em\ttab", "no break em tab"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("𝑘 nearest 𝐃ocuments", "k nearest Documents"),
        ("lone \ud800 half", "lone ? half"),
    ],
)
def test_sanitise(raw: str, clean: str) -> None:
    assert sanitise(raw) == clean


@example("¨¸A")
@example("`a`")
@example("¨ ¸ A")
@given(st.text())
def test_sanitise_is_idempotent_and_nfc(text: str) -> None:
    once = sanitise(text)
    assert sanitise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert all(char == "\n" or unicodedata.category(char) != "Cc" for char in once)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("As Lewis et al. show, it works. Next.", ["As Lewis et al. show, it works.", "Next."]),
        ("See Fig. 3 and Eq. 4. Then stop.", ["See Fig. 3 and Eq. 4.", "Then stop."]),
        ("Rates of 0.5 and 1.25 were tried. None won.", ["Rates of 0.5 and 1.25 were tried.", "None won."]),
        ("It holds, e.g. for graphs, i.e. trees. Good.", ["It holds, e.g. for graphs, i.e. trees.", "Good."]),
        ("This is known [3]. It was shown in [4, 5]. Yes.", ["This is known [3].", "It was shown in [4, 5].", "Yes."]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("D. P. Kingma and J. Ba wrote it. We cite it.", ["D. P. Kingma and J. Ba wrote it.", "We cite it."]),
        ("We use GPT-3.5 vs. GPT-4. Both ran.", ["We use GPT-3.5 vs. GPT-4.", "Both ran."]),
        ("知识就是力量。学习使人进步！对吗？", ["知识就是力量。", "学习使人进步！", "对吗？"]),
        ("هل هذا صحيح؟ نعم هو كذلك.", ["هل هذا صحيح؟", "نعم هو كذلك."]),
        ("Это первое. Это второе.", ["Это первое.", "Это второе."]),
        ("यह पहला है। यह दूसरा है॥", ["यह पहला है।", "यह दूसरा है॥"]),
        ("یہ پہلا ہے۔ کیا یہ دوسرا ہے؟", ["یہ پہلا ہے۔", "کیا یہ دوسرا ہے؟"]),
        ("これは一つ目です。「二つ目。」三つ目！", ["これは一つ目です。", "「二つ目。」", "三つ目！"]),
        ("ဤသည်ပထမ။ဤသည်ဒုတိယ။", ["ဤသည်ပထမ။", "ဤသည်ဒုတိယ။"]),
        ("នេះទីមួយ។ នេះទីពីរ។", ["នេះទីមួយ។", "នេះទីពីរ។"]),
        ("ይህ አንድ ነው። ይህ ሁለት ነው።", ["ይህ አንድ ነው።", "ይህ ሁለት ነው።"]),
        ("Սա առաջինն է։ Սա երկրորդն է։", ["Սա առաջինն է։", "Սա երկրորդն է։"]),
        ("Paragraph one\n\nparagraph two", ["Paragraph one", "paragraph two"]),
        ("Apples, pears, etc. We ate. It was U.S. money.", ["Apples, pears, etc.", "We ate.", "It was U.S. money."]),
    ],
)
def test_split_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text())
def test_sentences_hold_everything_but_space(text: str) -> None:
    spans = split_sentences(text)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


def test_sentences_of_a_long_text_take_linear_time() -> None:
    assert len(split_sentences("This is one sentence. " * 50_000)) == 50_000


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The BM25-score of LoRA+ is 0.5!", ["the", "bm25-score", "of", "lora", "is", "0.5"]),
        ("Straße café", ["strasse", "café"]),
        ("知识graph", ["知", "识", "graph"]),
        ("", []),
    ],
)
def test_tokens_for_matching(text: str, tokens: list[str]) -> None:
    assert tokens_for_matching(text) == tokens


def test_letters_that_a_c_locale_left_as_bytes_are_read_as_utf8() -> None:
    argument = "What is 水車, Müller?".encode().decode("ascii", "surrogateescape")
    assert sanitise(argument) == "What is 水車, Müller?"
