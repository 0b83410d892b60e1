"""ragft's own words around an answer, in the language of the question. Quotations stay in their original language.

    say("refusal", language_of_question("Wie viel Speicher braucht QLoRA?"))
    ->  "Die Dokumente beantworten diese Frage nicht."

The texts are in `messages.json`, those of answers about the collection under names that begin with `library.`. Counts
stand behind a colon, so that no language needs forms for one and many.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from ragft.corpus.stopwords import ENGLISH, language_of
from ragft.corpus.words import words

LANGUAGES = ("en", "de", "fr", "es", "ko", "zh", "ja")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u11ff]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All messages by language and name."""
    texts: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("messages.json").read_text("utf-8"))
    return texts


def say(name: str, language: str, /, **values: object) -> str:
    """The message `name` with its placeholders filled in.

    Raises:
        KeyError: there is no such message or language, or a value is missing.
    """
    return catalogue()[language][name].format(**values)


def language_of_question(question: str) -> str:
    """The language of LANGUAGES that `question` is asked in; English where it is not one of them.

    A foreign term in an English question ("What does 注意力 mean?") does not make it Chinese, and English terms in a
    Chinese one do not make it English: its function words decide.
    """
    found = words(question)
    if not any(len(word) > 1 and word in ENGLISH for word in found):
        for language, script in (("ja", _KANA), ("ko", _HANGUL), ("zh", _HAN)):
            if script.search(question):
                return language
    language = language_of(found)
    return language if language in LANGUAGES else "en"
