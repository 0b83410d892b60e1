"""The package of an EPUB: its metadata, table of contents, and encrypted members."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from ragft.corpus.readers.archives import parse_xml
from ragft.corpus.text import one_line

CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})
_FONT_SCRAMBLING = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
_MOST_BESIDE = 1_000
"""Characters beside its links that a table of contents may have, if these are fewer."""
_TYPE = "{http://www.idpf.org/2007/ops}type"
_YEAR = re.compile(r"\b(1[4-9]\d\d|20\d\d)\b")
_DOI = re.compile(r"\b(10\.\d{4,9}/\S+)")
_WRITES = frozenset({"", "aut", "author", "edt", "trl"})
"""Roles that count as authors; editors and translators only if there is no author."""


@dataclass(frozen=True)
class Package:
    """A book. `spine`: members in reading order; `contents`: names of chapters in the table of contents, by member."""

    title: str
    authors: tuple[str, ...]
    year: int | None
    doi: str | None
    spine: tuple[str, ...]
    contents: Mapping[str, str] = field(default_factory=dict)


def member_beside(member: str, href: str) -> str:
    """The name of the member that a link in `member` leads to; empty where it leads out of the archive."""
    try:
        parts = urlsplit(href.strip())
    except ValueError:  # brackets around what is not an address: http://[
        return ""
    if parts.scheme or parts.netloc or not parts.path:
        return ""
    name = posixpath.normpath(posixpath.join(posixpath.dirname(member), unquote(parts.path)))
    return "" if name.startswith(("/", "..")) else name


def locked_members(archive: zipfile.ZipFile) -> set[str]:
    """Members that are encrypted; fonts that are merely scrambled do not count."""
    if _ENCRYPTION not in archive.namelist():
        return set()
    locked = set()
    for entry in _all(parse_xml(archive.read(_ENCRYPTION)), "EncryptedData"):
        method = next((node.get("Algorithm", "") for node in _all(entry, "EncryptionMethod")), "")
        if method not in _FONT_SCRAMBLING:
            locked |= {unquote(node.get("URI", "")).lstrip("/") for node in _all(entry, "CipherReference")}
    return locked


def read_package(archive: zipfile.ZipFile) -> Package:
    """The package document that the container names first.

    Raises:
        ValueError: none is named, or it is not in the archive.
        lxml.etree.XMLSyntaxError: it is not XML.
    """
    roots = (node.get("full-path", "") for node in _all(parse_xml(archive.read(CONTAINER)), "rootfile"))
    path = next((unquote(root).lstrip("/") for root in roots if root), "")
    if path not in archive.namelist():
        raise ValueError(f"no package document {path}".rstrip())
    root = parse_xml(archive.read(path))
    items = {node.get("id", ""): node for node in _all(root, "item")}
    where = {key: member_beside(path, node.get("href", "")) for key, node in items.items()}
    tables = {key for key, node in items.items() if "nav" in (node.get("properties") or "").split()}
    guide = {member_beside(path, node.get("href", "")) for node in _all(root, "reference") if node.get("type") == "toc"}
    listed = {name for name in guide | {where[key] for key in tables} if _is_contents(archive, name)}
    refs = [node.get("idref", "") for node in _all(root, "itemref")]
    spine = dict.fromkeys(
        where[key]
        for key in refs
        if key in items and items[key].get("media-type", "") in _PAGES and where[key] not in listed
    )
    return Package(
        title=_title(root),
        authors=_authors(root),
        year=_year(root),
        doi=next((found.group(1) for node in _all(root, "identifier") if (found := _DOI.search(_text(node)))), None),
        spine=tuple(name for name in spine if name),
        contents=_contents(archive, root, where, tables),
    )


def _is_contents(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether a page that is called the table of contents is that alone: it may stand on the first pages of a book."""
    tree = parse_xml(archive.read(name), forgiving=True) if name in archive.namelist() else None
    body = next(_all(tree, "body"), None) if tree is not None else None
    if body is None:
        return True
    linked = sum(len(_text(link)) for link in _all(body, "a"))
    return len(_text(body)) - linked <= max(linked, _MOST_BESIDE)


def _title(root: Any) -> str:
    """The title; where there are several, the one that is called the main one, else the first."""
    titles = {node.get("id") or str(place): _text(node) for place, node in enumerate(_all(root, "title"))}
    main = (key for key, value in _refined(root, "title-type") if value == "main")
    return next((titles[key] for key in main if titles.get(key)), next(filter(None, titles.values()), ""))


def _authors(root: Any) -> tuple[str, ...]:
    roles = dict(_refined(root, "role"))
    named: list[tuple[str, str]] = []
    for node in _all(root, "creator"):
        own = next((value for key, value in node.attrib.items() if key.endswith("}role")), "")
        named.append((roles.get(node.get("id", ""), own).casefold(), _text(node)))
    wrote = [name for role, name in named if role in {"", "aut", "author"} and name]
    return tuple(dict.fromkeys(wrote or [name for role, name in named if role in _WRITES and name]))


def _year(root: Any) -> int | None:
    """The year of publication, never that of a change to the file."""
    dates = [
        (next((value for key, value in node.attrib.items() if key.endswith("}event")), ""), _text(node))
        for node in _all(root, "date")
    ]
    dates.sort(key=lambda date: date[0] != "publication")
    years = (_YEAR.search(text) for event, text in dates if event not in {"modification", "creation"})
    return next((int(year.group()) for year in years if year), None)


def _refined(root: Any, name: str) -> Iterator[tuple[str, str]]:
    """(identifier, value) of each `meta` that says more of another element."""
    for node in _all(root, "meta"):
        if node.get("property") == name:
            yield node.get("refines", "").lstrip("#"), _text(node)


def _contents(archive: zipfile.ZipFile, root: Any, where: Mapping[str, str], tables: set[str]) -> dict[str, str]:
    """The first name of each member in the table of contents: EPUB 3's navigation page, else EPUB 2's NCX file."""
    old = (node.get("toc", "") for node in _all(root, "spine"))
    member = next((where[key] for key in [*tables, *old] if key in where), "")
    if member not in archive.namelist():
        return {}
    tree = parse_xml(archive.read(member), forgiving=True)
    names: dict[str, str] = {}
    for href, text in _entries(tree) if tree is not None else ():
        if text and (target := member_beside(member, href)):
            names.setdefault(target, text)
    return names


def _entries(tree: Any) -> Iterator[tuple[str, str]]:
    for point in _all(tree, "navPoint"):
        label = next((_text(node) for node in _all(point, "navLabel")), "")
        yield next((node.get("src", "") for node in _all(point, "content")), ""), label
    lists = [nav for nav in _all(tree, "nav") if nav.get(_TYPE) == "toc"]
    for link in (link for nav in lists or [tree] for link in _all(nav, "a")):
        yield link.get("href", ""), _text(link)


def _all(node: Any, name: str) -> Iterator[Any]:
    """The elements of a name under `node`, in whatever namespace."""
    yield from node.iter(f"{{*}}{name}")


def _text(node: Any) -> str:
    return one_line("".join(node.itertext()))
