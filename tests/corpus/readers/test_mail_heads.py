"""Messages whose encoding is missing or declared wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here

BODY = "Насос стоит 930 рублей, и его привезут в мае вместе с новыми трубами."
GUESS = ("its encoding is not known: read as Windows-1251, a guess",)


def read(folder: Path, head: bytes, body: bytes) -> Document:
    (folder / "m.eml").write_bytes(b"From: a@x.org\n" + head + b"\n\n" + body)
    return read_here(folder / "m.eml")


@pytest.mark.parametrize("kind", [b"", b"Content-Type: text/plain", b"Content-Type: text/plain; charset=US-ASCII"])
def test_an_encoding_that_no_label_names_is_detected_and_noted(kind: bytes, tmp_path: Path) -> None:
    document = read(tmp_path, b"Subject: Pump\n" + kind if kind else b"Subject: Pump", BODY.encode("cp1251"))
    assert [block.text for block in document.blocks][1:] == [BODY]
    assert document.warnings == GUESS


@pytest.mark.parametrize(
    ("label", "codec", "notes"), [(b"us-ascii", "cp1251", GUESS), (b"koi8-r", "koi8-r", ()), (b"koi8-r", "utf-8", ())]
)
def test_headers_without_an_encoding_are_read_in_that_of_the_text(
    label: bytes, codec: str, notes: tuple[str, ...], tmp_path: Path
) -> None:
    head = "Subject: Насос №4\n  и труба\n".replace("№", "" if codec == "koi8-r" else "№").encode(codec)
    document = read(tmp_path, head + b"Content-Type: text/plain; charset=" + label, BODY.encode(codec))
    assert document.title.replace("№", "") == "Насос 4 и труба"
    assert document.blocks[1].text == BODY
    assert document.warnings == notes


def test_a_name_without_an_encoding_is_the_author(tmp_path: Path) -> None:
    head = "From: Jörg Müller <j@x.org>\nContent-Type: text/plain; charset=iso-8859-1".encode("latin-1")
    (tmp_path / "m.eml").write_bytes(head + "\n\nDie Länge beträgt 5 m.".encode("latin-1"))
    document = read_here(tmp_path / "m.eml")
    assert (document.authors, document.warnings) == (("Jörg Müller",), ())


def test_the_head_of_a_message_inside_has_its_own_encoding(tmp_path: Path) -> None:
    inner = b"Subject: " + "Насос".encode("cp1251") + b"\n\n" + BODY.encode("cp1251")
    document = read(tmp_path, b"Subject: Fwd\nMIME-Version: 1.0\nContent-Type: message/rfc822", inner)
    assert [block.text for block in document.blocks][1:] == ["Subject: Насос", BODY]
    assert document.warnings == GUESS


def test_a_header_that_is_no_text_does_not_fail(tmp_path: Path) -> None:
    document = read(tmp_path, b"Subject: \xff\xfe\x81\x00\x8d\x8f", b"The gate is open.")
    assert document.blocks[1].text == "The gate is open."
