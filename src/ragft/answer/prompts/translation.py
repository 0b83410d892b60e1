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
from ragft.corpus.languages import language_in
from ragft.corpus.text import one_line
from ragft.corpus.words import is_english
from ragft.engine.base import ChatRequest, Engine, Message, Options
from ragft.errors import EngineError

SOURCE_LANGUAGE = "en"
"""What is translated into: what the encoder reads."""
TOKENS = 96
_LONGEST = 400
_SYSTEM = "You translate questions."
_ORDER = (
    "Translate this question about research papers into English. Keep names, abbreviations and numbers as they are. "
    "Write only the English question, on one line."
)
_LABEL = re.compile(
    r"^\W*(?:translation|translated question|english(?: question| translation)?)\s*[:：]\s*",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?a:\w*[A-Z]\w*[A-Z0-9]\w*|\w*\d\w*)")
"""Abbreviations, names with a capital inside, and numbers: these stay in every language."""


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
        request = ChatRequest(self.model, messages, options.with_(num_predict=TOKENS, stop=("\n\n",)), think=False)
        try:
            reply = "".join(chunk.content for chunk in self.engine.chat(request) if not chunk.thinking)
        except EngineError:
            return None  # what is wrong with the engine shows when it is asked for the answer
        return as_translation(question, reply)


def as_translation(question: str, reply: str) -> str | None:
    """The translation in a model's `reply`; None if it is unusable: wrong language, empty, or a name is lost."""
    lines = [line for line in map(one_line, reply.splitlines()) if line]
    text = _LABEL.sub("", lines[0]).strip(" \"“”'*`") if lines else ""
    if not text or len(text) > _LONGEST or text.casefold() == question.casefold():
        return None
    if not is_english(text) or language_in(text) != SOURCE_LANGUAGE:
        return None
    kept = text.casefold()
    return text if all(name.casefold() in kept for name in _NAME.findall(question)) else None
