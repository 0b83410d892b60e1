"""Small digits above or below the line: no number in the text differs from the one a reader sees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.pdf.base import TextSpan
from ragft.corpus.pdf.numbers.raised_digits import level_signs
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import BOLD, HEIGHT, at, column, pdf, prose

Run = tuple[str, float]
"""Text, and its rise in points; it is set small where that is not 0."""
SIZE = 10


def line(canvas: Canvas, y: float, *runs: Run, font: str = "Times-Roman", small: float = 7, gap: float = 0) -> None:
    text = canvas.beginText(60, HEIGHT - y)
    for words, rise in runs:
        text.setFont(font, small if rise else SIZE)
        text.setRise(rise)
        text.textOut(words)
        if gap:
            text.moveCursor(gap, 0)
    canvas.drawText(text)


CASES: list[tuple[tuple[Run, ...], str]] = [
    ((("It costs $320", 0), ("1", 4), (" in all.", 0)), "It costs $320 in all."),
    ((("It costs $320", 0), ("1", 4), (".", 0)), "It costs $320."),
    ((("It costs 12", 0), ("99", 4), (" € in all.", 0)), "It costs 12.99 € in all."),
    ((("It fell to 10", 0), ("-4", 4), (" in the end.", 0)), "It fell to 10^−4 in the end."),
    ((("It fell to 3 x 10", 0), ("12", 4), (", then rose.", 0)), "It fell to 3 x 10^12, then rose."),
    ((("About 20 m", 0), ("2", 4), (" of it.", 0)), "About 20 m^2 of it."),
    ((("The gate", 0), ("3", 4), (" is shut.", 0)), "The gate is shut."),
    ((("It was $98", 0), ("2,3", 4), (" or so.", 0)), "It was $98 or so."),
    ((("Each x", 0), ("2", 4), ("+y", 0), ("2", 4), (" counts.", 0)), "Each x^2+y^2 counts."),
    ((("We take log", 0), ("2", -2), ("10 of it.", 0)), "We take log_2 10 of it."),
    ((("The CO", 0), ("2", -2), (" in 12 rooms.", 0)), "The CO2 in 12 rooms."),
]


FRACTIONS: list[tuple[tuple[Run, ...], str]] = [
    ((("It has 10", 0), ("3.5", 4), (" kelvin.", 0)), "It has 10^3.5 kelvin."),
    ((("It has 2 × 10", 0), ("20.5", 4), (" erg.", 0)), "It has 2 × 10^20.5 erg."),
    ((("It has 10", 0), ("-3.5", 4), (" kelvin.", 0)), "It has 10^−3.5 kelvin."),
    ((("It has 10", 0), ("(5)", 4), (" parts.", 0)), "It has 10^(5) parts."),
    ((("It has 2", 0), ("n+1", 4), (" parts.", 0)), "It has 2^(n+1) parts."),
    ((("It has 2", 0), ("1/2", 4), (" parts.", 0)), "It has 2^(1/2) parts."),
    ((("It is sin(pos/10000", 0), ("2i/d", 4), (") here.", 0)), "It is sin(pos/10000^(2i/d)) here."),
    ((("It falls as d", 0), ("−0.5", 4), (" here.", 0)), "It falls as d^−0.5 here."),
    ((("It falls as t", 0), ("−1/2", 4), (" here.", 0)), "It falls as t^(−1/2) here."),
    ((("The h", 0), ("(l-1)", 4), (" here.", 0)), "The h^(l-1) here."),
    ((("It is 10", 0), ("–4", 4), (" here.", 0)), "It is 10^−4 here."),
    ((("It is 10", 0), ("–", 4), ("9", 4), (" here.", 0)), "It is 10^−9 here."),
    ((("It is 5 L", 0), ("–1", 4), (" s", 0), ("–2", 4), (" here.", 0)), "It is 5 L^−1 s^−2 here."),
    ((("It is 250 cm", 0), ("-1", 4), (" here.", 0)), "It is 250 cm^−1 here."),
    ((("The flow (m", 0), ("3", 4), ("/s) is 12.", 0)), "The flow (m^3/s) is 12."),
    ((("It is 5 m", 0), ("3", 4), ("/s in all.", 0)), "It is 5 m^3/s in all."),
    ((("We find R", 0), ("2", 4), ("=0.98 here.", 0)), "We find R^2=0.98 here."),
    ((("Of 3 x 10", 0), ("-4", 4), ("m", 0), ("3", 4), (" we had none.", 0)), "Of 3 x 10^−4 m^3 we had none."),
    ((("It is E=mc", 0), ("2", 4), (" here.", 0)), "It is E=mc^2 here."),
    ((("Of (CO", 0), ("2", -2), ("eq) it has 12.", 0)), "Of (CO2eq) it has 12."),
    ((("It costs $5.20", 0), ("a", 4), (" in all.", 0)), "It costs $5.20 in all."),
    ((("It counts 12", 0), ("*", 4), (" in all.", 0)), "It counts 12 in all."),
    ((("It costs $5", 0), ("99", 4), (" in all.", 0)), "It costs $5 99 in all."),
    ((("Each has 2048", 0), ("3", 4), (" cells.", 0)), "Each has 2048^3 cells."),
    ((("Each has 1,024", 0), ("3", 4), (" cells.", 0)), "Each has 1,024^3 cells."),
    ((("Each has 1920", 0), ("2", 4), ("were here.", 0)), "Each has 1920^2 were here."),
    ((("The M", 0), ("1.5", -2), ("7 tons.", 0)), "The M_1.5 7 tons."),
    ((("The N", 0), ("2,5", -2), (" is 4.", 0)), "The N_(2,5) is 4."),
    ((("The t", 0), ("0.5", -2), (" is 3.", 0)), "The t_0.5 is 3."),
]


LETTERS: list[tuple[tuple[Run, ...], str]] = [
    ((("The x", 0), ("T", 4), (" is here.", 0)), "The x^T is here."),
    ((("The A", 0), ("T", 4), ("B is here.", 0)), "The A^T B is here."),
    ((("The (a+b)", 0), ("n", 4), (" is here.", 0)), "The (a+b)^n is here."),
    ((("The W", 0), ("ij", -2), (" is here.", 0)), "The W_ij is here."),
    ((("The\xa0W", 0), ("ij", -2), (" is here.", 0)), "The W_ij is here."),
    ((("The x", 0), ("t", -2), (", not the rest.", 0)), "The x_t, not the rest."),
    ((("The p(x", 0), ("i", -2), ("|y", 0), ("i", -2), (") is here.", 0)), "The p(x_i|y_i) is here."),
    ((("The x", 0), ("*", 4), (" is here.", 0)), "The x^* is here."),
    ((("The f", 0), ("(k)", 4), (" is here.", 0)), "The f^(k) is here."),
    ((("The rate is 3", 0), ("a", 4), (" per year.", 0)), "The rate is 3^a per year."),
    ((("The (mean error)", 0), ("2", 4), (" is here.", 0)), "The (mean error)^2 is here."),
    ((("It costs $320", 0), ("12", 4), (" in all.", 0)), "It costs $320^12 in all."),
]


@pytest.mark.parametrize("text", ["Our two men may run to it in the sun.", "THE RAG of the LLM is new.", "It is 2 km."])
def test_words_of_two_or_three_letters_are_left_whole(text: str, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 470, [prose("sluices", 8), text])
        line(canvas, 80, ("T", 0), ("HE", -0.001), (" NORTH GATE", 0))  # small capitals

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    assert text in " ".join(block.text for block in document.blocks)
    assert document.title == "The NORTH GATE"


@pytest.mark.parametrize("font", ["Times-Roman", "Helvetica"])
@pytest.mark.parametrize(("runs", "wanted"), LETTERS, ids=[wanted for _, wanted in LETTERS])
def test_small_letters_keep_their_place(runs: tuple[Run, ...], wanted: str, font: str, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 470, [prose("sluices", 8)])
        line(canvas, 420, *runs, font=font)

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    assert wanted in " ".join([document.title, *(block.text for block in document.blocks)])


@pytest.mark.parametrize("font", ["Times-Roman", "Helvetica"])
@pytest.mark.parametrize(("runs", "wanted"), CASES + FRACTIONS, ids=[wanted for _, wanted in CASES + FRACTIONS])
def test_a_small_digit_does_not_join_the_number_before_it(
    runs: tuple[Run, ...], wanted: str, font: str, tmp_path: Path
) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 470, [prose("sluices", 8)])
        line(canvas, 420, *runs, font=font)

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    text = " ".join([document.title, *(block.text for block in document.blocks)])
    assert re.sub(r"\s+", " ", wanted) in text


RAISED = [(runs, wanted) for runs, wanted in CASES if all(rise >= 0 for _, rise in runs)]


@pytest.mark.parametrize("rise", [2.6, 3.3, 4, 6])
@pytest.mark.parametrize(("runs", "wanted"), RAISED, ids=[wanted for _, wanted in RAISED])
def test_a_raised_digit_as_large_as_the_line(runs: tuple[Run, ...], wanted: str, rise: float, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 470, [prose("sluices", 8)])
        line(canvas, 420, *((text, rise if up else 0) for text, up in runs), small=SIZE)

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    text = " ".join([document.title, *(block.text for block in document.blocks)])
    assert wanted in text


def test_a_raised_mark_as_large_as_the_line_at_its_end(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 470, [prose("sluices", 8)])
        line(canvas, 420, ("The gate costs $320", 0), ("1", 4), small=SIZE)
        line(canvas, 434, ("and the lock costs $19", 0), ("2", 4), (".", 0), small=SIZE)

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    text = " ".join([document.title, *(block.text for block in document.blocks)])
    assert "The gate costs $320 and the lock costs $19." in text


def test_a_mark_painted_after_its_line(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 470, [prose("sluices", 8)])
        width = canvas.stringWidth("The gate costs $320", "Times-Roman", SIZE)
        at(canvas, 60, 420, "The gate costs $320")
        at(canvas, 60 + width + 5, 420, "in all.")
        at(canvas, 60 + width, 416, "1")

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    text = " ".join([document.title, *(block.text for block in document.blocks)])
    assert "The gate costs $320 in all." in text


def test_numbers_that_rise_step_by_step_are_not_raised(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 470, [prose("sluices", 8)])
        line(canvas, 420, ("12", 0), ("34", 3), ("56", 6), small=SIZE)

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    text = " ".join([document.title, *(block.text for block in document.blocks)])
    assert "^" not in text
    assert all(number in text for number in ("12", "34", "56"))


def test_a_raised_digit_that_is_the_first_character_of_its_page(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        line(canvas, 60, ("1", 4), ("University of the Lock, Harrow.", 0))
        column(canvas, 60, 100, 470, [prose("sluices", 8)])

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    text = " ".join([document.title, *(block.text for block in document.blocks)])
    assert "University of the Lock" in text
    assert "1University" not in text


def test_a_small_number_on_the_line_itself_stays_what_it_is(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 470, [prose("sluices", 8)])
        text = canvas.beginText(60, HEIGHT - 420)
        text.setFont("Times-Roman", 10)
        text.textOut("The gate weighs 57")
        text.setFont("Times-Roman", 7)
        text.textOut("25")
        text.setFont("Times-Roman", 10)
        text.textOut(" kg.")
        canvas.drawText(text)

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    assert "weighs 5725 kg" in " ".join([document.title, *(block.text for block in document.blocks)])


def test_raised_digits_in_the_cells_of_a_table(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 470, [prose("sluices", 8)])
        for row in range(4):
            y = 420 + 14 * row
            line(canvas, y, (f"valve {row}", 0))
            canvas.saveState()
            canvas.translate(150, 0)
            line(canvas, y, ("10", 0), (f"{row + 2}", 4))
            canvas.translate(150, 0)
            line(canvas, y, (f"$4{row}0", 0), ("1", 4))
            canvas.restoreState()

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    [table] = [block for block in document.blocks if block.kind == "table"]
    assert table.text.split("\n") == [f"valve {row} | 10^{row + 2} | $4{row}0" for row in range(4)]


def test_more_than_digits_as_large_as_the_line(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 470, [prose("sluices", 8)])
        line(
            canvas, 420, ("The gate has 10", 0), ("3.5", 4), (" kelvin and 10", 0), ("–4", 4), (" bar.", 0), small=SIZE
        )
        line(
            canvas,
            440,
            ("It has 2", 0),
            ("n+1", 4),
            (" and 10000", 0),
            ("2i/d", 4),
            (" and $5.20", 0),
            ("a", 4),
            (" of all.", 0),
            small=SIZE,
        )

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    text = " ".join([document.title, *(block.text for block in document.blocks)])
    assert "It has 2^(n+1) and 10000^(2i/d) and $5.20 of all." in text
    assert "The gate has 10^3.5 kelvin and 10^−4 bar." in text


def test_marks_of_which_most_of_the_line_consists_so_far(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 470, [prose("sluices", 8)])
        runs = [
            ("M 45%", 0),
            ("12–14", 4),
            (" and 33", 0),
            ("12", 4),
            (" of all 1,5", 0),
            ("3", 4),
            (" were found.", 0),
        ]
        line(canvas, 420, *runs)

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    text = " ".join([document.title, *(block.text for block in document.blocks)])
    assert "M 45% and 33^12 of all 1,5^3 were found." in text


def test_an_exponent_behind_a_line_that_is_mostly_lowered(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 60, 100, 470, [prose("sluices", 8)])
        line(canvas, 420, ("P", 0), ("(pos,2i+1)", -2), ("=cos(pos/10000", 0), ("2i/d", 5), (")", 0), (" here.", 0))

    document = read_here(pdf(tmp_path / "page.pdf", draw))
    text = " ".join([document.title, *(block.text for block in document.blocks)])
    assert "cos(pos/10000^(2i/d)) here." in text


def test_prices_of_offers_stand_in_the_rows_of_their_names(tmp_path: Path) -> None:
    offers = [("Olive oil", "12", "99"), ("Bread", "2", "49"), ("Coffee", "7", "95")]

    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 80, "Offers of the week", 30, BOLD)
        for row, (name, whole, cents) in enumerate(offers):
            y, width = 140 + 40 * row, canvas.stringWidth(whole, BOLD, 22)
            at(canvas, 60, y, name, 11)
            at(canvas, 200, y, whole, 22, BOLD)
            at(canvas, 200 + width, y - 8, cents, 11, BOLD)
            at(canvas, 214 + width, y, "€", 22, BOLD)
        column(canvas, 60, 280, 470, [prose("offers", 3)])

    [table] = [block for block in read_here(pdf(tmp_path / "page.pdf", draw)).blocks if block.kind == "table"]
    assert table.text.split("\n") == ["Olive oil | 12.99 €", "Bread | 2.49 €", "Coffee | 7.95 €"]


def test_exponents_one_below_the_other_are_no_cells(tmp_path: Path) -> None:
    """Those of two lines lie as the numbers of narrow columns do."""

    def draw(canvas: Canvas) -> None:
        for number, (one, other) in enumerate((("-3", "-4"), ("-2", "-5"), ("-1", "-6"))):
            line(canvas, 100 + 12 * number, ("10", 0), (one, 4), (" 10", 0), (other, 4))

    text = "\n".join(block.text for block in read_here(pdf(tmp_path / "x.pdf", draw)).blocks)
    assert re.findall(r"10\^−\d", text) == ["10^−3", "10^−4", "10^−2", "10^−5", "10^−1", "10^−6"]


@pytest.mark.parametrize(("left", "top"), [(70.0, 95.0), (72.0, 98.0)])
def test_a_sign_with_a_tall_box_stands_as_high_as_the_digits_behind_it(left: float, top: float) -> None:
    """Old symbol fonts name a box that goes far below the sign; a sign that does not touch digits keeps its own."""
    sign, digits = TextSpan("−", 60, 98, 70, 110, 7), TextSpan("8", left, 95, left + 4, 102, 7)
    level_signs([TextSpan("10", 50, 97, 60, 107, 10), sign, digits])
    assert sign.top == top
