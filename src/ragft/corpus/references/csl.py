"""CSL-JSON, as Zotero and others export it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ragft.corpus.references.base import Reference, arxiv_id, plain_doi, year_in
from ragft.corpus.text import one_line, one_title
from ragft.errors import InputError

_KINDS = {
    "article-journal": "article",
    "paper-conference": "inproceedings",
    "chapter": "incollection",
    "book": "book",
    "thesis": "phdthesis",
    "report": "techreport",
}


class _Name(BaseModel):
    model_config = ConfigDict(extra="ignore")

    family: str = ""
    given: str = ""
    literal: str = ""
    particle: str = Field(default="", alias="non-dropping-particle")

    def plain(self) -> str:
        parts = (self.given, self.particle, self.family)
        return one_line(self.literal or " ".join(part for part in parts if part))


class _Date(BaseModel):
    model_config = ConfigDict(extra="ignore")

    parts: list[list[int | str | None]] = Field(default_factory=list, alias="date-parts")
    raw: str = ""
    literal: str = ""

    def year(self) -> int | None:
        first = str(self.parts[0][0]) if self.parts and self.parts[0] else ""
        return year_in(first or self.raw or self.literal)


class _CslItem(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True, coerce_numbers_to_str=True)

    id: str = ""
    citation_key: str = Field(default="", alias="citation-key")
    type: str = ""
    title: str = ""
    author: list[_Name] = Field(default_factory=list)
    issued: _Date = Field(default_factory=_Date)
    doi: str = Field(default="", alias="DOI")
    url: str = Field(default="", alias="URL")
    container: str = Field(default="", alias="container-title")
    volume: str = ""
    issue: str = ""
    page: str = ""
    publisher: str = ""
    number: str = ""
    note: str = ""
    keyword: str = ""
    file: str = ""


def read_csl(text: str, where: str) -> list[Reference]:
    """The items of a CSL-JSON file.

    Raises:
        InputError: it is not a list of such items; names the first that is not one.
    """
    try:
        items = TypeAdapter(list[_CslItem]).validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(
            f"manifest {where}{', item ' + place if place else ''}: {first['msg']}",
            fix="export the library as CSL JSON, or as BibTeX",
        ) from error
    return [_reference(item, at) for at, item in enumerate(items, start=1)]


def _reference(item: _CslItem, number: int) -> Reference:
    own_id = item.id.rsplit("/", 1)[-1]  # Zotero's own ids are addresses
    return Reference(
        key=one_line(item.citation_key or _key_in(item.note) or own_id) or f"item{number}",
        kind=_KINDS.get(item.type, "misc"),
        title=one_title(item.title),
        authors=tuple(name for one in item.author if (name := one.plain())),
        year=item.issued.year(),
        doi=plain_doi(item.doi),
        arxiv=_arxiv(item),
        url=item.url.strip(),
        venue=one_line(item.container),
        volume=one_line(item.volume),
        number=one_line(item.issue),
        pages=one_line(item.page),
        publisher=one_line(item.publisher),
        files=(item.file,) if item.file else (),
        tags=tuple(tag for part in item.keyword.replace(";", ",").split(",") if (tag := one_line(part))),
    )


def _arxiv(item: _CslItem) -> str:
    texts: tuple[Any, ...] = (item.number, item.doi, item.url, item.note, item.publisher)
    return next((found for text in texts if "arxiv" in text.lower() and (found := arxiv_id(text))), "")


def _key_in(note: str) -> str:
    """The key that Better BibTeX writes into the field Extra: "Citation Key: lewis2020"."""
    for line in note.splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "citation key":
            return value.strip()
    return ""
