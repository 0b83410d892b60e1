"""A question in another language than the documents, put into theirs by the model.

By words such a question finds what it shares with the documents, names and numbers, and by meaning only what a
multilingual encoder reads in both. A capable model translates it, asked once and briefly; what it writes is
only searched with, and shown to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from ragft.answer.escape import as_question
from ragft.answer.prompts.brief_requests import brief_reply, first_line, folded_names
from ragft.corpus.languages import language_in
from ragft.corpus.words import is_english
from ragft.engine.base import Engine, Message, Options

SOURCE_LANGUAGE = "en"
"""What is translated into: what the encoder reads."""
_SYSTEM = "You translate questions."
_ORDER = (
    "Translate this question about research papers into English. Keep names, abbreviations and numbers as they are. "
    "Write only the English question, on one line."
)
_LABEL = re.compile(
    r"^\W*(?:translation|translated question|english(?: question| translation)?)\s*[:：]\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Translator:
    """`reads` tells which languages the encoder knows, `languages` gives those of the documents; `able`: the model."""

    engine: Engine
    model: str
    reads: Callable[[str], bool]
    languages: Callable[[], Collection[str]]
    able: bool = False

    def is_foreign(self, question: str) -> bool:
        """Whether no document is in the language of `question`, so that its words find nothing."""
        found = self.languages()
        return SOURCE_LANGUAGE in found and language_in(question) not in found

    def translate(self, question: str, options: Options) -> str | None:
        """`question` in English; None where the model is not able to, or what it writes cannot be a translation."""
        if not self.able:
            return None
        messages = (Message("system", _SYSTEM), Message("user", f"{_ORDER}\n\nQuestion: {as_question(question)}"))
        return as_translation(question, brief_reply(self.engine, self.model, messages, options))


def as_translation(question: str, reply: str) -> str | None:
    """The translation in a model's `reply`; None if it is unusable: wrong language, empty, or a name is lost."""
    text = first_line(reply, _LABEL)
    if not text or text.casefold() == question.casefold():
        return None
    if not is_english(text) or language_in(text) != SOURCE_LANGUAGE:
        return None
    kept = text.casefold()
    return text if all(name in kept for name in folded_names(question)) else None
