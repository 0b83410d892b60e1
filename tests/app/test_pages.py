"""Documents for reading: pages, files, and what clients send."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.app.application import Application, open_application
from ragft.app.pages import safe_name
from ragft.errors import InputError, NotFoundError
from ragft.machine import is_portable

LONG = "\n\n".join(
    f"Paragraph {number} says that the tide of day {number} was {number * 3} centimetres high at the old pier."
    for number in range(60)
)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Application]:
    with open_application(tmp_path / "ws") as opened:
        yield opened


def test_the_pages_of_a_document_are_its_text_once(app: Application, tmp_path: Path) -> None:
    (tmp_path / "tides.md").write_text(f"# Tides\n\n{LONG}\n", "utf-8")
    app.ingest([tmp_path / "tides.md"])
    (page,) = app.documents.pages("tides.md")
    for number in range(60):
        assert page.text.count(f"tide of day {number} was") == 1, number


def test_pages_of_a_pdf_are_found_by_their_numbers(app: Application, tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "three.pdf"))
    for number in (1, 2, 3):
        canvas.drawString(72, 740, "Sheets with numbers")
        canvas.drawString(72, 700, f"This is what stands on the sheet with the number {number} of the paper.")
        canvas.showPage()
    canvas.save()
    app.ingest([tmp_path / "three.pdf"])
    assert [page.page for page in app.documents.pages("three.pdf")] == [1, 2, 3]
    (second,) = app.documents.pages("three.pdf", 2, 2)
    assert "the number 2" in second.text and "the number 1" not in second.text
    with pytest.raises(NotFoundError, match="no page 9"):
        app.documents.pages("three.pdf", 9)


def test_a_file_is_given_only_as_long_as_it_is_what_was_read(app: Application, tmp_path: Path) -> None:
    paper, secret = tmp_path / "paper.md", tmp_path / "secret.txt"
    paper.write_text("# On tides\n\nTides rise twice a day at the pier.\n", "utf-8")
    secret.write_text("the key of the house", "utf-8")
    app.ingest([paper])
    assert app.documents.file("paper.md") == paper
    paper.unlink()
    paper.symlink_to(secret)
    with pytest.raises(NotFoundError, match="has changed"):
        app.documents.file("paper.md")


def test_what_a_client_sends_is_kept_in_one_folder(app: Application, tmp_path: Path) -> None:
    one = app.documents.receive("../../etc/tides.md", io.BytesIO(b"# One\n"))
    same = app.documents.receive("tides.md", io.BytesIO(b"# One\n"))
    other = app.documents.receive("tides.md", io.BytesIO(b"# Other\n"))
    assert one == same == tmp_path / "ws" / "uploads" / "tides.md"
    assert other.parent == one.parent and other != one
    assert sorted(path.name for path in one.parent.iterdir()) == sorted([one.name, other.name])
    with pytest.raises(InputError, match="is not a paper"):
        app.documents.receive("run.exe", io.BytesIO(b""))


def test_to_discard_a_document_deletes_its_file_only_where_it_was_sent(app: Application, tmp_path: Path) -> None:
    own = tmp_path / "own.md"
    own.write_text("# Own\n\nThe moon pulls the oceans of the earth.\n", "utf-8")
    sent = app.documents.receive("sent.md", io.BytesIO(b"# Sent\n\nThe sun pulls the oceans of the earth, too.\n"))
    app.ingest([own, sent])
    app.documents.discard("own.md")
    app.documents.discard("sent.md")
    assert own.exists() and not sent.exists()


def test_a_document_is_read_again(app: Application, tmp_path: Path) -> None:
    own = tmp_path / "own.md"
    own.write_text("# Own\n\nThe moon pulls the oceans of the earth.\n", "utf-8")
    app.ingest([own])
    document = app.documents.get("own.md")

    def stop(*_: object) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        app.documents.reread("own.md", progress=stop)
    assert app.documents.get("own.md") == document and app.documents.pages("own.md")
    report = app.documents.reread("own.md")
    assert (report.updated, report.documents) == (1, 1)
    own.unlink()
    with pytest.raises(NotFoundError, match="is gone"):
        app.documents.reread("own.md")
    assert len(app.documents.list()) == 1


@given(st.text(max_size=300) | st.from_regex(r"(\.\.[/\\]|[A-Z]:|con|nul|\x00| ){1,5}[a-z.]{0,9}(\.pdf|\.md)?"))
def test_no_name_leaves_the_folder(name: str) -> None:
    plain = safe_name(name)
    assert is_portable(plain)
    assert PurePosixPath(plain).name == plain and PureWindowsPath(plain).name == plain
