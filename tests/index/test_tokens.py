"""Token ids put together from those of words are the tokeniser's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from ragft.index.encoders import tokens
from ragft.index.encoders.local_models import find_sentence_model
from ragft.index.encoders.tokens import Tokens

MINILM = find_sentence_model("minilm").folder / "tokenizer.json"


@pytest.fixture(scope="module")
def asked() -> Callable[[str], list[int]]:
    """The ids of a text as the tokeniser itself gives them."""
    tokeniser = Tokenizer.from_file(str(MINILM))
    tokeniser.no_truncation()
    tokeniser.no_padding()
    return lambda text: list(tokeniser.encode(text).ids)


@given(
    text=st.text(
        st.sampled_from("ab Z.,-'’é\u0301\u00a0\u0085\x0b\x1c\u200b\u3000\u2028中文한กำ\n\t\r\x00\ufffdİßﬁ😀[]")
    )
)
def test_the_ids_of_a_text_are_those_of_its_words(text: str, asked: Callable[[str], list[int]]) -> None:
    assert Tokens(MINILM).ids([text]) == [asked(text)]


@pytest.mark.parametrize("text", ["[CLS] within [SEP]", "a[MASK]b", "x" * 120, "", "\n", "naïve\x85word a\x1cb"])
def test_special_tokens_long_words_and_odd_blanks_are_as_the_tokeniser_has_them(
    text: str, asked: Callable[[str], list[int]]
) -> None:
    assert Tokens(MINILM).ids([text]) == [asked(text)]


def test_a_word_is_tokenised_once(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Tokens(MINILM)
    known.ids(["the sluice is shut", "the sluice"])
    monkeypatch.setattr(known, "_tokenizer", None)
    assert known.ids(["shut the sluice"]) == [[101, *known._known["shut"], 1996, *known._known["sluice"], 102]]


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch, asked: Callable[[str], list[int]]) -> None:
    monkeypatch.setattr(tokens, "_KEPT_WORDS", 10)
    known = Tokens(MINILM)
    for start in range(0, 100, 5):
        text = " ".join(map(str, range(start, start + 5)))
        assert known.ids([text]) == [asked(text)]
    assert len(known._known) <= 15


def test_another_tokeniser_is_asked_for_whole_texts(tmp_path: Path) -> None:
    made = Tokenizer(WordLevel({"?": 0, "a": 1, "b": 2, "<s>": 3}, unk_token="?"))
    made.pre_tokenizer = Whitespace()
    made.post_processor = TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 3)])
    made.save(str(tmp_path / "tokenizer.json"))
    known = Tokens(tmp_path / "tokenizer.json")
    assert known.ids(["a b", "b", "a b"]) == [[3, 1, 2], [3, 2], [3, 1, 2]]
    assert set(known._known) == {"a b", "b"}
