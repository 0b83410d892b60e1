"""What is asked of a zip archive before anything in it is unpacked."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from ragft.corpus.readers.archives import check_archive, parse_xml
from ragft.corpus.readers.base import SourceFile
from ragft.errors import DocumentError


def archive(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name in names:
            made.writestr(name, "text")
    return path


def problem(path: Path) -> tuple[str, str]:
    with pytest.raises(DocumentError) as caught:
        check_archive(SourceFile(path, "x"), "a/main.xml", "DOCX", old=".doc")
    return caught.value.message.removeprefix(str(path)).strip(), caught.value.fix or ""


def test_a_sound_archive_passes(tmp_path: Path) -> None:
    check_archive(SourceFile(archive(tmp_path / "x.docx", "a/main.xml"), "x"), "a/main.xml", "DOCX")


def test_a_folder_is_asked_for_with_a_slash(tmp_path: Path) -> None:
    source = SourceFile(archive(tmp_path / "x.docx", "a/main2.xml"), "x")
    check_archive(source, "a/", "DOCX")
    with pytest.raises(DocumentError, match="no DOCX file"):
        check_archive(source, "a", "DOCX")


def test_each_fault_is_named_with_what_helps(tmp_path: Path) -> None:
    path = tmp_path / "x.docx"
    path.touch()
    assert problem(path) == ("is empty (0 bytes)", "replace the file")
    path.write_bytes(b"\xd0\xcf\x11\xe0 and more")
    save = "open it in the program it was made with and save it as .docx, without a password"
    assert problem(path) == ("is encrypted or an old .doc", save)
    path.write_bytes(archive(path, "a/main.xml").read_bytes()[:-30])
    assert problem(path) == ("is cut short or no DOCX file", "fetch it again")
    archive(path, "a/main.txt")
    assert problem(path) == ("is a zip archive but no DOCX file", "unpack it, and give the files in it")


def test_an_archive_with_a_password_is_named(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.docx", "a/main.xml")
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02") + 8
    data[at : at + 2] = struct.pack("<H", 1)
    path.write_bytes(bytes(data))
    assert problem(path) == ("is locked with a password", "save a copy without one")


@pytest.mark.parametrize(("name", "most"), [("a/b.XML", 512), ("a/film.mp4", 2048)])
def test_what_would_unpack_to_too_much_is_refused(name: str, most: int, tmp_path: Path) -> None:
    path = archive(tmp_path / "x.docx", "a/main.xml", name)
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", (most << 20) + 1)
    path.write_bytes(bytes(data))
    assert problem(path) == (f"unpacks to more than {most} MiB", "split it into smaller files")


def test_xml_is_read_without_entities_and_past_errors_only_where_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("223 bolts")
    entity = f'<!DOCTYPE a [<!ENTITY e SYSTEM "{(tmp_path / "secret").as_uri()}">]><a>&e;</a>'
    assert "223" not in "".join(parse_xml(entity.encode()).itertext())
    with pytest.raises(etree.XMLSyntaxError):
        parse_xml(b"<a><b></a>")
    assert parse_xml(b"<a><b>57</b><c></a>", forgiving=True).findtext("b") == "57"
