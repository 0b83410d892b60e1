"""Small PDFs made for the tests, set the way publishers set papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
SERIF, BOLD, ITALIC, SANS = "Times-Roman", "Times-Bold", "Times-Italic", "Helvetica"

Draw = Callable[[Canvas], None]


def pdf(path: Path, *pages: Draw, title: str = "", author: str = "", **options: object) -> Path:
    """Write a PDF with one page for each function."""
    path.write_bytes(pdf_bytes(*pages, title=title, author=author, **options))
    return path


def pdf_bytes(*pages: Draw, title: str = "", author: str = "", **options: object) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, **options)
    if title:
        canvas.setTitle(title)
    if author:
        canvas.setAuthor(author)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def centred(canvas: Canvas, y: float, text: str, size: float, font: str = SERIF) -> None:
    """A line in the middle, `y` points below the top of the page."""
    canvas.setFont(font, size)
    canvas.drawCentredString(WIDTH / 2, HEIGHT - y, text)


def at(canvas: Canvas, x: float, y: float, text: str, size: float = 10, font: str = SERIF) -> None:
    """A line at `x`, `y` points below the top of the page."""
    canvas.setFont(font, size)
    canvas.drawString(x, HEIGHT - y, text)


def wrap(text: str, width: float, size: float = 10, font: str = SERIF) -> list[str]:
    """Words filled into lines of `width` points."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and stringWidth(longer, font, size) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def column(
    canvas: Canvas, x: float, y: float, width: float, paragraphs: Sequence[str], size: float = 10, font: str = SERIF
) -> float:
    """Paragraphs under one another, indented after the first; a text that begins with `#` is a heading. Returns y."""
    for index, text in enumerate(paragraphs):
        if text.startswith("#"):
            y += 8
            at(canvas, x, y, text.lstrip("# "), size + 2, BOLD)
            y += size * 1.6
            continue
        for number, line in enumerate(wrap(text, width - 12, size, font)):
            at(canvas, x + (12 if number == 0 and index else 0), y, line, size, font)
            y += size * 1.2
    return y


def prose(topic: str, sentences: int = 6) -> str:
    """Different sentences about a topic, long enough to fill lines."""
    parts = (
        "we describe how {t} behaves when the number of examples grows and the budget stays the same",
        "earlier work on {t} measured only the mean and left out how far single runs are spread",
        "the second experiment repeats the first with other seeds, which changes {t} very little",
        "a plain baseline explains most of the effect that was ascribed to {t} before",
        "all code that computes {t} is deterministic and takes about a minute on a laptop",
        "we therefore think that {t} deserves a longer study with more careful controls",
        "readers who only want the outcome for {t} may skip the derivation that follows",
    )
    return " ".join(f"{parts[i % len(parts)].format(t=topic)}.".capitalize() for i in range(sentences))


def form_bomb(levels: int, width: int) -> bytes:
    """A tiny PDF that draws one word `width ** (levels - 1)` times: forms that each draw the next one many times."""
    font = b"/Font << /A << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /XObject << /F 5 0 R >> >> >>",
        b"<< /Length 5 >> stream\n/F Do\nendstream",
    ]
    for level in range(levels):
        last = level == levels - 1
        content = b"BT /A 9 Tf 50 50 Td (bomb) Tj ET" if last else b" ".join([b"/F Do"] * width)
        resources = font if last else b"/XObject << /F %d 0 R >>" % (len(objects) + 2)
        head = b"<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << %s >> /Length %d >>"
        objects.append(head % (resources, len(content)) + b" stream\n" + content + b"\nendstream")
    return raw_pdf(*objects)


def one_page(content: bytes, resources: bytes, page: bytes = b"/MediaBox [0 0 600 800]", *more: bytes) -> bytes:
    """A PDF of one page with this content stream; `more` are objects from number 5 on."""
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R %s /Resources << %s >> >>" % (page, resources),
        stream(content),
        *more,
    )


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object with these entries besides its length."""
    return b"<< %s /Length %d >> stream\n%s\nendstream" % (entries, len(data), data)


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    data, offsets = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + tail
