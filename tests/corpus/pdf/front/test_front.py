"""What stands on the first page below the title is left out of the text only where it tells who wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.pdf.base import Line, TextSpan
from ragft.corpus.pdf.front.authors import authors_below
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import BOLD, at, centred, column, pdf, prose

MODELS = ("Pre-OpenAI SOTA", "OpenAI GPT", "BERT of Google", "Institute baseline")


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("counts", [True, False])
def test_a_table_right_below_the_title_keeps_all_its_rows(named: bool, counts: bool, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        centred(canvas, 60, "A Study of Gates and Locks", 17, BOLD)
        if named:
            centred(canvas, 80, "Mira Novak, Noor Haddad", 10)
        y = 110.0
        for row in range(-2 if counts else -1, len(MODELS)):
            at(canvas, 60, y, MODELS[row] if row >= 0 else "System", 10)
            for cell in range(5):
                text = f"{70 + row}.{cell}" if row >= 0 else ("MNLI" if row == -1 else f"{cell}92k")
                at(canvas, 180 + 60 * cell, y, text, 10)
            y += 12
        at(canvas, 60, y + 10, "Table 1: Results on the test sets.", 9)
        column(canvas, 60, y + 40, 470, [prose("gates", 7), prose("locks", 7)])

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    text = " ".join(block.text for block in document.blocks)
    assert all(f"{70 + row}.{cell}" in text for row in range(len(MODELS)) for cell in range(5))
    assert all(model in text for model in MODELS)
    assert document.authors == (("Mira Novak", "Noor Haddad") if named else ())


def test_an_employer_without_names_is_read(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        centred(canvas, 60, "A Study of Gates and Locks", 17, BOLD)
        centred(canvas, 90, "The water company has 4711 gates", 10)
        column(canvas, 60, 140, 470, [prose("gates", 7), prose("locks", 7)])

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    assert any("4711 gates" in block.text for block in document.blocks)


@pytest.mark.parametrize("text", ["Оплата каждый месяц, до десятого", "השכירות היא גבוהה, ועוד", "The rent of it, too"])
def test_a_sentence_with_a_comma_names_no_author(text: str) -> None:
    assert authors_below([line(text)], {}) == ((), [])


@pytest.mark.parametrize(
    ("text", "name"),
    [("MIRA NOVAK, Harbour Board", "Mira Novak"), ("МИРА НОВАК, Порт", "Мира Новак"), ("王明 李华, 北京", "王明 李华")],
)
def test_a_name_in_capitals_before_a_place_is_an_author(text: str, name: str) -> None:
    assert authors_below([line(text)], {})[0] == (name,)


@pytest.mark.parametrize("text", ["By Ada Brenner, 12 March 2024", "Written by Ada Brenner", "Par Ada Brenner"])
def test_a_byline_is_no_part_of_the_name(text: str) -> None:
    assert authors_below([line(text)], {})[0] == ("Ada Brenner",)


def test_heads_of_a_table_and_accounts_are_no_authors() -> None:
    assert authors_below([line("Pos. Beschreibung", "Menge", "Einzelpreis", "Gesamt")], {})[0] == ()
    assert authors_below([line("IBAN DE12 5001 0517 0648 4898 90, BIC INGDDEFF")], {})[0] == ()
    assert authors_below([line("Ada Brenner", "Lin Wei", "Kiel")], {})[0] == ("Ada Brenner", "Lin Wei")


def line(*cells: str) -> Line:
    spans = [TextSpan(text, 60 + 100 * place, 60, 140 + 100 * place, 70, 10) for place, text in enumerate(cells)]
    return Line(spans, page=1, column=0)


@pytest.mark.parametrize("item", ["Hinge M{} zinced", "{:03d} Hinge M{}", "Hinge Alpha{}", "Hinge Alpha"])
def test_items_of_a_list_are_no_authors(item: str, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 60, "Orders of the yard", 11)
        for row in range(6):
            at(canvas, 60, 100 + 20 * row, item.format(row, row), 11)
            at(canvas, 480, 100 + 20 * row, f"{row + 1}.50", 11)

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    assert document.authors == ()
    assert all(item.format(row, row) in document.blocks[-1].text for row in range(6))


def test_raised_numbers_of_affiliations_are_taken_off_names(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        centred(canvas, 60, "A Study of Gates and Locks", 17, BOLD)
        x = 180.0
        for name, mark in (("Mira Novak", "1,2"), ("Noor Haddad", "2")):
            at(canvas, x, 90, name, 11)
            x += canvas.stringWidth(name, "Times-Roman", 11)
            at(canvas, x, 86, mark, 7)
            x += 30
        column(canvas, 60, 140, 470, [prose("gates", 7), prose("locks", 7)])

    assert read_here(pdf(tmp_path / "page.pdf", draw)).authors == ("Mira Novak", "Noor Haddad")
