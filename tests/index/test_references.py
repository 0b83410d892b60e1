"""A bibliography given to an ingest: matched, shown in place of what was read, and kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ragft.errors import IndexCorrupted
from ragft.index.base import DocumentRecord
from ragft.index.index import Index

Open = Callable[..., Index]
BIB = """
@article{moon99, title={The Cause of {Tides}}, author={Somerville, Mary}, year={1899}, file={tides.md},
  keywords={sea, moon}}
@misc{adapters, title={Low-rank adapters}, author={Ada Lovelace}, year={2021}}
@misc{later, title={On Soap}, author={Grace Hopper}, year={1950}}
"""


def bibliography(notes: Path, text: str = BIB) -> Path:
    path = notes.parent / "library.bib"
    path.write_text(text)
    return path


def by_name(index: Index) -> dict[str, DocumentRecord]:
    return {Path(record.path).name: record for record in index.documents()}


def test_entries_are_matched_and_what_is_not_is_listed(opened: Open, notes: Path) -> None:
    with opened() as index:
        report = index.ingest([notes], manifest=bibliography(notes)).references
    assert report is not None
    assert [(one.key, one.title, one.by) for one in report.matched] == [
        ("moon99", "Tides", "file"),
        ("adapters", "Low-rank adapters", "title"),
    ]
    assert report.unmatched == ("later",)


def test_an_entry_stands_in_place_of_what_was_read(opened: Open, notes: Path) -> None:
    with opened() as index:
        index.ingest([notes], manifest=bibliography(notes))
        tides = by_name(index)["tides.md"]
        assert (tides.title, tides.authors, tides.year, tides.tags) == (
            "The Cause of Tides",
            ("Mary Somerville",),
            1899,
            ("sea", "moon"),
        )
        assert index.search("Why does the water rise?", 1)[0].title == "The Cause of Tides"


def test_it_is_kept_by_later_ingests_and_given_to_files_that_come_later(opened: Open, notes: Path) -> None:
    with opened() as index:
        index.ingest([notes], manifest=bibliography(notes))
    (notes / "soap.md").write_text("# On Soap\n\nFat and lye make soap.\n")
    (notes / "tides.md").write_text("# Tides\n\nOther words on the moon and the water.\n")
    with opened() as index:
        report = index.ingest([notes]).references
        found = by_name(index)
    assert report is not None and {one.key for one in report.matched} == {"later", "moon99"}
    assert found["soap.md"].authors == ("Grace Hopper",)
    assert found["tides.md"].title == "The Cause of Tides"


def test_an_ingest_that_changes_nothing_says_nothing_of_it(opened: Open, notes: Path) -> None:
    with opened() as index:
        assert index.ingest([notes]).references is None
        index.ingest([notes], manifest=bibliography(notes))
        assert index.ingest([notes]).references is None


def test_an_entry_given_again_replaces_the_one_of_its_key(opened: Open, notes: Path) -> None:
    with opened() as index:
        index.ingest([notes], manifest=bibliography(notes))
        again = "@book{moon99, title={Tides Again}, file={tides.md}}"
        report = index.ingest([notes], manifest=bibliography(notes, again)).references
        assert report is not None and report.unmatched == ()
        assert by_name(index)["tides.md"].title == "Tides Again"
        assert by_name(index)["lora.md"].authors == ("Ada Lovelace",)


def test_what_is_kept_and_damaged_is_said(opened: Open, notes: Path) -> None:
    with opened() as index:
        index.ingest([notes], manifest=bibliography(notes))
        index._catalogue.write_meta("references", "[{")
        with pytest.raises(IndexCorrupted, match="bibliography"):
            index.documents()
