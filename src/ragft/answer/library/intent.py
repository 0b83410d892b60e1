"""What a question asks of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Ask = Literal[
    "list",
    "count",
    "have",
    "authors",
    "first_author",
    "last_author",
    "author_count",
    "year",
    "pages",
    "doi",
    "title",
    "file",
    "has",
    "newest",
    "oldest",
    "longest",
    "shortest",
    "most_authors",
]
"""`list`, `count` and `have` ask for a set of papers, the fields for a field of one (`has`: whether it is there), the
others pick one."""

FIELDS = frozenset(
    ("authors", "first_author", "last_author", "author_count", "year", "pages", "doi", "title", "file", "has"),
)
EXTREMES = frozenset(("newest", "oldest", "longest", "shortest", "most_authors"))


@dataclass(frozen=True)
class Years:
    """Years from `first` to `last`, both included; None: no limit on that side."""

    first: int | None = None
    last: int | None = None

    @property
    def limited(self) -> bool:
        """Whether any year lies outside."""
        return self.first is not None or self.last is not None

    def __contains__(self, year: int) -> bool:
        return (self.first is None or self.first <= year) and (self.last is None or year <= self.last)


@dataclass(frozen=True)
class Intent:
    """One question to the catalogue. Names and subjects are as the question has them, folded.

    `paper` names the paper whose field is asked for; `refers_back`: it is the one talked about before. `author`,
    `about`, `years`, `surveys` and `single_author` narrow a set of papers. `central`: `about` has to be what a paper
    deals with, and not only mentioned in it. `guarded`: it is a question to the catalogue only where that
    knows the author.
    """

    ask: Ask
    paper: str = ""
    refers_back: bool = False
    author: str = ""
    about: str = ""
    central: bool = False
    years: Years = Years()
    surveys: bool = False
    single_author: bool = False
    guarded: bool = False
    language: str = "en"

    @property
    def narrowed(self) -> bool:
        """Whether only some papers are meant."""
        return bool(self.author or self.about or self.surveys or self.single_author) or self.years.limited
