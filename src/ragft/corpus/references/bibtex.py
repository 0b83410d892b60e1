"""BibTeX, also as Zotero and JabRef write it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ragft.corpus.readers.latex.reader import line_of
from ragft.corpus.references.base import Reference, arxiv_id, plain_doi, year_in
from ragft.corpus.text import one_title, sanitise

if TYPE_CHECKING:
    from pybtex.database import Entry, Person

_WRITTEN = re.compile(r"\\\(|\$[^$]+\$|\\[A-Za-z]{3}")
"""A formula or a command that is not an accent."""
_BARE = re.compile(r"(?<!\\)[%&#]")
_DOLLAR = re.compile(r"(?<!\\)\$")
_COMMAND = re.compile(r"\\[a-zA-Z]+\*?[ \t]?")
_SPACED_ACCENT = re.compile(r"\{(\\[a-zA-Z]) ([a-zA-Z])\}")
_UNESCAPED = r"(?<!\\){}"
_SUFFIX = re.compile(r"\.\w{1,5}$")


def read_bibtex(text: str) -> tuple[list[Reference], list[str]]:
    """The entries of a BibTeX file, and one line for each that could not be read or repeats a key."""
    from pybtex import errors
    from pybtex.database import parse_string

    with errors.capture() as problems:
        found = parse_string(text, "bibtex")
    references = [_reference(key, entry) for key, entry in found.entries.items()]
    return references, [" ".join(str(problem).split()) for problem in problems]


def _reference(key: str, entry: Entry) -> Reference:
    fields = {name.lower(): str(value) for name, value in entry.fields.items()}
    authors = [_name(person) for person in entry.persons.get("author", entry.persons.get("editor", []))]
    eprint = fields.get("eprint", "") if fields.get("archiveprefix", "arxiv").lower() == "arxiv" else ""
    return Reference(
        key=key,
        kind=entry.type.lower(),
        title=one_title(plain_text(fields.get("title", ""))),
        authors=tuple(name for name in authors if name and name != "others"),
        year=year_in(fields.get("year", "") or fields.get("date", "")),
        doi=plain_doi(plain_text(fields.get("doi", ""))),
        arxiv=arxiv_id(eprint) or _arxiv_in(fields),
        url=fields.get("url", "").strip(),
        venue=_first(fields, "journal", "journaltitle", "booktitle", "school", "institution", "howpublished"),
        volume=_first(fields, "volume"),
        number=_first(fields, "number", "issue"),
        pages=_first(fields, "pages"),
        publisher=_first(fields, "publisher"),
        files=_files(fields.get("file", "")),
        tags=_tags(fields.get("keywords", ""), fields.get("groups", "")),
    )


def _tags(*lists: str) -> tuple[str, ...]:
    """Key words and JabRef's groups, each once."""
    parts = (plain_text(part) for text in lists for part in re.split(r"[;,]", text))
    return tuple(dict.fromkeys(filter(None, parts)))


def plain_text(latex: str) -> str:
    """`latex` without its braces and commands, its accents as letters."""
    from pybtex.richtext import Text

    try:
        text = _set(latex) if _WRITTEN.search(latex) else str(Text.from_latex(_SPACED_ACCENT.sub(r"{\1{\2}}", latex)))
    except Exception:  # whatever LaTeX it does not know is no reason to lose an entry
        text = latex.replace("{", "").replace("}", "")
    return " ".join(sanitise(_COMMAND.sub("", text)).split())


def _set(latex: str) -> str:
    """`latex` with its formulas and symbols as LaTeX sets them; what BibTeX need not escape is escaped first."""
    latex = _BARE.sub(lambda sign: f"\\{sign.group()}", latex)
    is_money = len(_DOLLAR.findall(latex)) % 2 == 1  # which ends no formula
    return line_of(_DOLLAR.sub(r"\$", latex) if is_money else latex)


def _name(person: Person) -> str:
    parts = (person.first_names, person.middle_names, person.prelast_names, person.last_names, person.lineage_names)
    return " ".join(plain_text(word) for part in parts for word in part)


def _first(fields: Mapping[str, str], *names: str) -> str:
    return next((plain_text(fields[name]) for name in names if fields.get(name)), "")


def _arxiv_in(fields: Mapping[str, str]) -> str:
    """The identifier in a DOI of arXiv's, in an address, or in "arXiv preprint arXiv:2005.11401"."""
    texts = (fields.get(name, "") for name in ("doi", "url", "journal", "note", "howpublished", "number"))
    return next((found for text in texts if "arxiv" in text.lower() and (found := arxiv_id(text))), "")


def _files(text: str) -> tuple[str, ...]:
    r"""The paths in `path`, `path;path`, JabRef's `text:path:PDF` and Zotero's `text:path:application/pdf;…`."""
    found: list[str] = []
    for item in re.split(_UNESCAPED.format(";"), text):
        parts = [re.sub(r"\\(.)", r"\1", part).strip() for part in re.split(_UNESCAPED.format(":"), item)]
        named = [part for part in parts if _SUFFIX.search(part)]
        if len(parts) > 1 and len(parts[0]) == 1 and parts[0].isalpha():  # C:\papers\x.pdf
            named = [item.strip()]
        found += named[:1]
    return tuple(found)
