"""The names of a document: from its title, an acronym that it explains, or a name that it introduces and keeps using.

    names_of("LoRA: Low-Rank Adaptation of Large Language Models", ["Edward Hu"], texts)
        ->  [Name("lora", "own", 1.0), …, Name("adapt", "title", 1.0), …, Name("hu", "author", 1.0)]

The names are made once, when a document is stored; `routing` finds the documents that a question names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ragft.corpus.acronyms import Acronym, acronyms
from ragft.corpus.stems import stem
from ragft.corpus.stopwords import ENGLISH, FUNCTION_WORDS
from ragft.corpus.words import words

Kind = Literal["own", "coined", "used", "title", "author"]
"""How a name belongs to its document.

"own": the title or its first part, a name in the title, an acronym of it. "coined": a name that the document explains
or introduces in its beginning and keeps using. "used": a name used often. "title": a word of the title, by its stem.
"author": a surname.
"""

LEAST_CHUNKS = 8
"""Least chunks of a document that gets names from its text: an abstract shares its words with many others."""
_HEAD_CHUNKS = 4
_LEAST_USES = 3
_LEAST_SHARE = 0.1
_LONGEST_TITLE = 6
"""Most words of a title that is a name as a whole."""
_SUBTITLE = re.compile(r"\s*[:–—]\s+|\s+-\s+")
_RUN = re.compile(r"[\w-]+")
_NAME = re.compile(
    r"\b(?=[\w-]*[A-Z][\w-]*[A-Z0-9]|[\w-]*[a-z][\w-]*[A-Z])[A-Za-z][\w-]{2,30}\b"  # BERT, HyDE, vLLM, Auto-RAG
)
_PRESENTED = re.compile(
    r"\b(?:propose|introduce|present|call|dub|name|term|develop|overview of|survey of)[ds]?(?:ed)?\b(.{0,90})",
    re.DOTALL,
)
_PRESENTED_WORD = re.compile(r"\bthe ([A-Z][a-z]{3,30})\b(?! [A-Z])")
"""A name that is written like a word, after an introduction: "a new architecture, the Transformer"."""


@dataclass(frozen=True)
class Name:
    """A name by its key, and the share of the document's chunks that use it."""

    key: str
    kind: Kind
    share: float


def key_of(name: str) -> str:
    """The key by which names are compared: folded letters and digits, without hyphens and spaces."""
    return "".join(words(name))


def names_of(title: str, authors: Iterable[str], texts: Sequence[str]) -> list[Name]:
    """The names of a document whose chunks have `texts`, each key once for every kind."""
    found: dict[tuple[str, Kind], float] = {}
    names = [*_words_of(title, authors)]
    if len(texts) >= LEAST_CHUNKS:
        names += [*_by_title(title, texts), *_by_use(title, texts)]
    for name in names:
        found.setdefault((name.key, name.kind), name.share)
    return [Name(key, kind, share) for (key, kind), share in found.items() if key]


def acronyms_of(texts: Iterable[str]) -> list[Acronym]:
    """The acronyms that a document explains, each once."""
    return list(dict.fromkeys(found for text in texts for found in acronyms(text)))


def first_part(title: str) -> str:
    """`title` up to a colon or dash."""
    return _SUBTITLE.split(title, maxsplit=1)[0]


def _by_title(title: str, texts: Sequence[str]) -> Iterator[Name]:
    for name in (first_part(title), title):
        if len(words(name)) <= _LONGEST_TITLE and not _is_plain_word(name, texts):
            yield Name(key_of(name), "own", 1.0)


def _words_of(title: str, authors: Iterable[str]) -> Iterator[Name]:
    for word in words(title):
        if word not in FUNCTION_WORDS:
            yield Name(stem(word), "title", 1.0)
    for author in authors:
        if parts := words(author):
            yield Name(parts[-1], "author", 1.0)


def _is_plain_word(name: str, texts: Sequence[str]) -> bool:
    """Whether `name` is one word that the document also writes in small letters, other than in addresses."""
    word = re.escape(name.strip().lower())
    return " " not in name.strip() and any(re.search(rf"(?<![\w/@.-]){word}(?![\w/@-]|\.\w)", text) for text in texts)


def _by_use(title: str, texts: Sequence[str]) -> Iterator[Name]:
    """Names as they are written in the text, with the share of the chunks that use them."""
    head = " ".join(texts[:_HEAD_CHUNKS])
    words_presented = _presented_words(head)
    uses = Counter(name for text in texts for name in _written(text) | _capitalised(text, words_presented))
    by_title = _explained_by_title(title, texts)
    in_title, introduced = _written(title), _introduced(head) | {key_of(word) for word in words_presented}
    for name, count in uses.items():
        share = count / len(texts)
        often = count >= _LEAST_USES and share >= _LEAST_SHARE
        if (name in in_title and count > 1) or (often and name in by_title):
            yield Name(name, "own", share)
        elif often:
            yield Name(name, "coined" if name in introduced else "used", share)


def _introduced(text: str) -> set[str]:
    """Names that `text` explains, "a Vision Transformer (ViT)", or presents, "which we call InstructGPT"."""
    explained = {key_of(found.short) for found in acronyms(text)}
    return explained | {name for match in _PRESENTED.finditer(text) for name in _written(match[1])}


def _presented_words(text: str) -> set[str]:
    return {word for match in _PRESENTED.finditer(text) for word in _PRESENTED_WORD.findall(match[1])}


def _capitalised(text: str, names: Iterable[str]) -> set[str]:
    """Keys of those of `names` that `text` writes as names."""
    return {key_of(name) for name in names if re.search(rf"\b{name}\b", text)}


def _explained_by_title(title: str, texts: Iterable[str]) -> set[str]:
    """Acronyms of which at least two words are in `title`."""
    stems = {stem(word) for word in words(title) if word not in FUNCTION_WORDS}
    return {
        key_of(found.short)
        for text in texts
        for found in acronyms(text)
        if len(stems & {stem(word) for word in found.long.split()}) > 1
    }


def _written(text: str) -> set[str]:
    """Keys of the names in `text`; of ResNet-50 also ResNet."""
    runs = (run for run in _RUN.findall(text) if not run.islower())  # a name has a capital, few words have
    found = [name for run in runs for name in _NAME.findall(run) if name.lower() not in ENGLISH]
    families = [family for name in found if (family := name.split("-")[0]) != name and _NAME.fullmatch(family)]
    return set(map(key_of, found + families))
