"""Bibliographies that are kept with the index: entries, their documents, and the metadata of these.

They are kept whole, also entries that match no document yet: a file that is ingested later gets its metadata as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ragft.corpus.references.base import Reference
from ragft.index.base import DocumentRecord, MatchedReference, ReferenceReport
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.catalogue.catalogue_reader import CatalogueReader
from ragft.workspace import jsonable

_KEY = "references"


@dataclass(frozen=True)
class Kept:
    """An entry and the id of its document; empty: of none that is indexed."""

    reference: Reference
    document: str = ""


def load_references(catalogue: CatalogueReader) -> dict[str, Kept]:
    """The entries kept, by citation key.

    Raises:
        IndexCorrupted: what is kept does not parse.
    """
    text = catalogue.read_meta(_KEY)
    return parse_references(text) if text else {}


@lru_cache(maxsize=2)
def parse_references(text: str) -> dict[str, Kept]:
    """Entries as they are kept, by citation key; the same text is parsed once. Not to be changed.

    Raises:
        IndexCorrupted: they do not parse.
    """
    from ragft.errors import IndexCorrupted
    from ragft.typed_json import parsed

    try:
        kept = parsed(list[Kept], text)
    except ValueError as error:
        raise IndexCorrupted(
            "the bibliography kept with the index is damaged", fix="ragft ingest PATH --manifest FILE"
        ) from error
    return {one.reference.key: one for one in kept}


def refer(catalogue: Catalogue, references: Sequence[Reference]) -> ReferenceReport | None:
    """Keep `references`, and match those without a document; None where nothing new was given or found."""
    from ragft.corpus.references.match import KnownDocument, match_references

    before = load_references(catalogue)
    if not before and not references:
        return None
    stored = catalogue.document_ids()
    given = {reference.key for reference in references}
    kept = {key: one for key, one in before.items() if key not in given}
    kept = {key: one if one.document in stored else replace(one, document="") for key, one in kept.items()}
    kept |= {reference.key: Kept(reference) for reference in references}
    taken = {one.document for one in kept.values()}
    free = [
        KnownDocument(record.id, record.path, record.title, record.authors, record.year, record.doi or "")
        for record in catalogue.documents()
        if record.is_readable and record.id not in taken
    ]
    matches = match_references([one.reference for one in kept.values() if not one.document], free)
    kept |= {match.reference.key: Kept(match.reference, match.document.id) for match in matches}
    if kept != before:
        import json

        catalogue.write_meta(_KEY, json.dumps(jsonable(list(kept.values())), ensure_ascii=False))
    if not references and not matches:
        return None
    return ReferenceReport(
        matched=tuple(MatchedReference(m.reference.key, m.document.title, m.by) for m in matches),
        unmatched=tuple(sorted(key for key in given if not kept[key].document)),
    )


def with_references(records: Iterable[DocumentRecord], kept: Mapping[str, Kept]) -> list[DocumentRecord]:
    """`records` with the metadata of the bibliography in place of what was read."""
    by_document = {one.document: one.reference for one in kept.values() if one.document}
    return [_overlaid(record, by_document.get(record.id)) for record in records]


def titles_of(kept: Mapping[str, Kept]) -> dict[str, str]:
    """The titles that the bibliography gives, by document."""
    return {one.document: one.reference.title for one in kept.values() if one.document and one.reference.title}


def _overlaid(record: DocumentRecord, reference: Reference | None) -> DocumentRecord:
    if reference is None or not record.is_readable:
        return record
    return replace(
        record,
        title=reference.title or record.title,
        authors=reference.authors or record.authors,
        year=reference.year or record.year,
        doi=reference.doi or record.doi,
        reference=reference,
    )
