"""PDF files: opened by pdfium, repaired by pypdf where pdfium cannot."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from ragft.corpus.base import Document
from ragft.corpus.readers.base import SourceFile
from ragft.errors import DocumentError

_PASSWORD_ERROR, _SECURITY_ERROR = 4, 5
_LARGEST = 2 * 1024**3
_HEAD = 1024
_TAIL = 4096
_GIVE_IT = "passwords=WORD, or a manifest with a password column"


def read(source: SourceFile) -> Document:
    """Read a PDF.

    Raises:
        DocumentError: it is empty, no PDF, cut short, damaged, encrypted with a password not given, or without text.
    """
    tail = _tail(source.path)
    complete = b"%%EOF" in tail or b"startxref" in tail
    pdf, repaired = _open(source, complete)
    try:
        from ragft.corpus.pdf.document import read_pdf

        document = read_pdf(pdf, source, repaired=repaired or not complete)
    finally:
        pdf.close()
    return document


def _tail(path: Path) -> bytes:
    """The last bytes of the file, after a check that it is a PDF."""
    size = path.stat().st_size
    if size == 0:
        raise DocumentError(f"{path} is empty (0 bytes)", fix="fetch the file again")
    if size > _LARGEST:
        raise DocumentError(f"{path} is too large ({size >> 20} MiB)", fix="split it")
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
        handle.seek(max(0, size - _TAIL))
        tail = handle.read()
    if b"%PDF-" not in head:
        start = head.lstrip()[:200].lower()
        what = "an HTML page" if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start else "not a PDF"
        fix = "rename it to .html, or fetch the PDF again" if what != "not a PDF" else "check where it comes from"
        raise DocumentError(f"{path} is {what}", fix=fix)
    return tail


def _open(source: SourceFile, complete: bool) -> tuple[Any, bool]:
    """The opened file, and whether it had to be repaired."""
    import pypdfium2

    try:
        return _checked(pypdfium2.PdfDocument(source.path, password=None)), False
    except pypdfium2.PdfiumError as error:
        if _is_password(error):
            return _open_encrypted(source), False
        if getattr(error, "err_code", None) == _SECURITY_ERROR:
            raise DocumentError(
                f"{source.path} is encrypted in a way that only its recipients' certificates or another program undo",
                fix="open it in the program it was made for, and save it without encryption",
            ) from error
    if not complete:
        raise _broken(source.path, complete)
    repaired = _repaired(source)
    if repaired is None:
        raise _broken(source.path, complete)
    try:
        return _checked(pypdfium2.PdfDocument(repaired)), True
    except pypdfium2.PdfiumError as error:
        raise _broken(source.path, complete) from error


def _checked(pdf: Any) -> Any:
    import pypdfium2

    if not any(_has_page(pdf, index) for index in range(len(pdf))):
        raise pypdfium2.PdfiumError("no pages")
    return pdf


def _has_page(pdf: Any, index: int) -> bool:
    """Whether the page tree leads to this page; its content is not read."""
    import pypdfium2

    try:
        pdf.get_page_size(index)
    except pypdfium2.PdfiumError:
        return False
    return True


def _is_password(error: Exception) -> bool:
    return getattr(error, "err_code", None) == _PASSWORD_ERROR or "password" in str(error).casefold()


def _open_encrypted(source: SourceFile) -> Any:
    import pypdfium2

    if source.password:
        try:
            return _checked(pypdfium2.PdfDocument(source.path, password=source.password))
        except pypdfium2.PdfiumError as error:
            if not _is_password(error):
                raise _broken(source.path, complete=True) from error
            raise DocumentError(f"the password given for {source.path} is wrong", fix=_GIVE_IT) from error
    raise DocumentError(f"{source.path} is encrypted", fix=_GIVE_IT)


def _broken(path: Path, complete: bool) -> DocumentError:
    size = path.stat().st_size
    if complete:
        return DocumentError(f"{path} is damaged: its pages cannot be found", fix="fetch the file again")
    return DocumentError(f"{path} is cut short: it ends after {size:,} bytes in mid-file", fix="fetch the file again")


def _repaired(source: SourceFile) -> bytes | None:
    """The file rewritten by pypdf, which tolerates other faults than pdfium."""
    import pypdf

    try:
        writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(source.path, strict=False))
        if not writer.pages:
            return None
        buffer = io.BytesIO()
        writer.write(buffer)
    except Exception:  # whatever a broken file makes the library stumble over
        return None
    return buffer.getvalue()
