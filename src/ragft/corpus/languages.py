"""Detects the language of a text, by its script or by its stop words."""

from __future__ import annotations

import re

from ragft.corpus.stopwords import language_of
from ragft.corpus.words import words

_SCRIPTS = {
    "ja": "\u3041-\u3096\u30a1-\u30fa",
    "ko": "\uac00-\ud7a3\u1100-\u11ff",
    "zh": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
    "ru": "\u0400-\u052f",
    "ar": "\u0600-\u06ff\u0750-\u077f",
    "he": "\u0590-\u05ff",
    "el": "\u0370-\u03ff",
    "hi": "\u0900-\u097f",
    "th": "\u0e00-\u0e7f",
}
LETTERS = {language: re.compile(f"[{letters}]") for language, letters in _SCRIPTS.items()}
"""A pattern for a letter of each non-Latin script, by the language that the script stands for."""
_LEAST = 0.2
"""The share of a script's letters from which a text is in it: formulas have Greek ones, questions English names."""
_LEAST_KANA = 0.05


def language_in(text: str) -> str:
    """The language of a text as a code ("en", "de", "ja"); one for all languages of a script that is not Latin."""
    letters = sum(map(str.isalpha, text)) or 1
    for language, script in LETTERS.items():
        least = _LEAST_KANA if language == "ja" else _LEAST
        if len(script.findall(text)) >= least * letters:
            return language
    return language_of(words(text))
