"""The page of a citation is that of its quote, with what is printed on it."""

from __future__ import annotations

from pathlib import Path

from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from ragft.answer.base import Citation, Evidence
from ragft.answer.shown.render import place
from ragft.answer.written.citation_keys import cite
from ragft.corpus.base import Chunk, Document, pages_of
from ragft.corpus.chunks import chunk_document
from ragft.corpus.readers import read_here
from ragft.index.base import Hit
from tests.corpus.pdfs import Draw, column, pdf, prose

FACT = "The gate at Harrow is held by 223 bolts of steel."


def count_tokens(texts: list[str]) -> list[int]:
    return [len(text.split()) + 2 for text in texts]


def thesis(path: Path, *, labelled: bool) -> Document:
    """Six pages, the fact on the fourth; labelled i, ii, 1, 2, 3, 4."""

    def sheet(number: int) -> Draw:
        def draw(canvas: Canvas) -> None:
            texts = [prose(f"matter {number}", 2), *([FACT] if number == 4 else [])]
            column(canvas, 60, 100, 470, texts)

        return draw

    pdf(path, *(sheet(number) for number in range(1, 7)))
    if labelled:
        writer = PdfWriter(clone_from=PdfReader(path))
        writer.set_page_label(0, 1, style="/r")
        writer.set_page_label(2, 5, style="/D")
        writer.write(path)
    return read_here(path)


def citation_of(document: Document, sentence: str) -> Citation:
    chunks = chunk_document(document, count_tokens, max_tokens=400, overlap=0)  # type: ignore[arg-type]
    [chunk] = [chunk for chunk in chunks if sentence in chunk.text]
    assert chunk.pages[1] > chunk.pages[0]
    found = cite(sentence, Evidence("1", hit_of(chunk)))
    assert found is not None
    return found


def hit_of(chunk: Chunk) -> Hit:
    return Hit(
        1, 1.0, chunk.id, chunk.document_id, chunk.title, chunk.pages, chunk.section, chunk.text,
        page_starts=chunk.page_starts,
    )  # fmt: skip


def test_a_citation_names_the_page_of_its_quote(tmp_path: Path) -> None:
    citation = citation_of(thesis(tmp_path / "thesis.pdf", labelled=False), FACT)
    assert citation.pages == (4, 4)
    assert place("Thesis", citation.pages, "", citation.page_labels) == "Thesis, p. 4"


def test_it_gives_what_is_printed_on_the_page(tmp_path: Path) -> None:
    citation = citation_of(thesis(tmp_path / "thesis.pdf", labelled=True), FACT)
    assert citation.page_labels == ("2", "2")
    assert place("Thesis", citation.pages, "", citation.page_labels) == "Thesis, p. 2 (page 4 of the file)"


def test_roman_labels(tmp_path: Path) -> None:
    document = thesis(tmp_path / "thesis.pdf", labelled=True)
    assert document.page_labels == ("i", "ii", "1", "2", "3", "4")


def test_a_quote_over_two_pages_names_both() -> None:
    starts = ((0, 3, ""), (40, 4, ""), (90, 5, ""))
    assert [page for _, page, _ in pages_of(starts, 10, 30)] == [3]
    assert [page for _, page, _ in pages_of(starts, 30, 60)] == [3, 4]
    assert [page for _, page, _ in pages_of(starts, 40, 90)] == [4]
    assert pages_of((), 0, 10) == ()


def test_a_sentence_that_turns_the_page_is_divided_where_it_does() -> None:
    from ragft.corpus.base import Block

    blocks = (Block("All of it begins here and", 1), Block("goes on there. It ends.", 2))
    [chunk] = chunk_document(
        Document("d", "d.pdf", "", blocks),
        count_tokens,  # type: ignore[arg-type]
        max_tokens=100,
        overlap=0,
    )
    assert [(chunk.text[offset:][:4], page) for offset, page, _ in chunk.page_starts] == [("All ", 1), ("goes", 2)]
