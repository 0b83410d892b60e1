"""EPUB files made for the tests."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
ABOUT = (
    "<dc:title>Tides of the North</dc:title><dc:creator id='a'>Ann Other</dc:creator>"
    "<dc:creator id='b'>Ida Drawer</dc:creator><meta refines='#b' property='role'>ill</meta>"
    "<dc:date>2019-05-01</dc:date><dc:identifier>doi:10.1000/tides</dc:identifier>"
)
NAMES = 'xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def page(body: str, head: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>x</title>{head}</head><body>{body}</body></html>'
    )


def book(
    path: Path,
    chapters: Mapping[str, str],
    *,
    about: str = ABOUT,
    others: Mapping[str, str] | None = None,
    items: str = "",
    spine: str = "",
) -> Path:
    """An EPUB of `chapters` (name to XHTML) in their order; `others` are further members by their full name."""
    listed = "".join(f'<item id="c{i}" href="{n}" media-type="application/xhtml+xml"/>' for i, n in enumerate(chapters))
    order = spine or "".join(f'<itemref idref="c{i}"/>' for i in range(len(chapters)))
    package = f"<package {NAMES}><metadata>{about}</metadata><manifest>{listed}{items}</manifest>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OPS/book.opf", f"{package}<spine toc='ncx'>{order}</spine></package>")
        for name, text in chapters.items():
            archive.writestr(f"OPS/{name.replace('%20', ' ')}", text)
        for name, text in (others or {}).items():
            archive.writestr(name, text)
    return path
