"""What is taken for a running head, a page number or a line number, and what only looks like one."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Protocol

import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import BOLD, HEIGHT, ITALIC, Draw, at, centred, column, pdf, prose, wrap

LEFT = 60.0


class Sheet(Protocol):
    """Draws the page with this number."""

    def __call__(self, canvas: Canvas, number: int) -> None: ...


def text_of(tmp_path: Path, *pages: Draw) -> str:
    document = read_here(pdf(tmp_path / "paper.pdf", *pages))
    return "\n".join([document.title, *(block.text for block in document.blocks)])


def each(count: int, draw: Sheet, first: Sheet | None = None) -> list[Draw]:
    """`count` pages, each drawn with its number, the first of them by `first` if it is given."""
    return [partial(first if first and number == 1 else draw, number=number) for number in range(1, count + 1)]


@pytest.mark.parametrize("leading", [12.0, 24.0])
def test_a_first_line_that_differs_in_its_numbers_is_kept(leading: float, tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        for row in range(24):
            y = 60 + leading * row
            at(canvas, LEFT, y, f"On sheet {number} we describe bolt family {row} with a torque of {number}{row} Nm.")

    text = text_of(tmp_path, *each(4, draw))
    for number in range(1, 5):
        assert f"On sheet {number} we describe bolt family 0 with" in text
        assert f"On sheet {number} we describe bolt family 23 with" in text


def test_a_last_line_that_comes_again_is_kept_at_the_distance_of_the_text(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        for row, line in enumerate(wrap(prose(f"subject{number}", 90), 470)[:56]):
            at(canvas, LEFT, 90 + 12 * row, line)
        at(canvas, LEFT, 90 + 12 * 56, "All of this was measured twice.")

    assert text_of(tmp_path, *each(3, draw)).count("All of this was measured twice.") == 3


def test_the_head_of_a_table_on_every_page_is_kept(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        for row in range(40):
            cells = ("Country", "Litres", "Share") if row == 0 else (f"land{number}x{row}", f"{row}7", f"0.{row}")
            for cell, x in zip(cells, (60, 220, 380), strict=True):
                at(canvas, x, 60 + 14 * row, cell)

    assert text_of(tmp_path, *each(3, draw)).count("Country | Litres | Share") == 3


def test_the_lettering_of_figures_below_a_running_head_is_kept(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        at(canvas, LEFT, 40, "A Paper Made for Tests", 8, ITALIC)
        at(canvas, 150, 70, "accuracy of small models", 8)
        at(canvas, 350, 70, "accuracy of large models", 8)
        at(canvas, LEFT, 84, f"Figure {number}: What both kinds of models reach.", 10)
        column(canvas, LEFT, 150, 470, [prose(f"subject{number}", 12)])

    def first(canvas: Canvas, number: int) -> None:
        centred(canvas, 80, "Accuracy Made Plain", 17, BOLD)
        column(canvas, LEFT, 150, 470, [prose(f"subject{number}", 12)])

    text = text_of(tmp_path, *each(5, draw, first))
    assert text.count("accuracy of large models") == 4
    assert "A Paper Made for Tests" not in text


def test_headings_that_count_are_no_running_heads(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        at(canvas, LEFT, 60, f"Question {number}", 16, BOLD)
        column(canvas, LEFT, 110, 470, [prose(f"subject{number}", 12)])

    text = text_of(tmp_path, *each(4, draw))
    assert all(f"Question {number}" in text for number in range(2, 5))


def test_roman_page_numbers_in_a_footer_are_dropped(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        column(canvas, LEFT, 90, 470, [prose(f"subject{number}", 12)])
        centred(canvas, HEIGHT - 40, f"Thesis on Gates - {('i', 'ii', 'iii', 'iv')[number - 1]}", 8)

    assert "Thesis on Gates" not in text_of(tmp_path, *each(4, draw))


def test_a_number_at_the_end_of_the_text_is_no_page_number(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for row, line in enumerate(wrap(prose("scores", 90), 470)[:55]):
            at(canvas, LEFT, 90 + 12 * row, line)
        at(canvas, LEFT, 90 + 12 * 55, "The score that the last of the seven teams reached in the end was", 10)
        at(canvas, LEFT, 90 + 12 * 56, "4711", 10)

    assert "in the end was 4711" in text_of(tmp_path, draw).replace("\n", " ")


def test_the_numbers_of_a_tables_rows_are_no_line_numbers(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(1, 21):
            for cell, x in zip((f"{row}", f"valve {row}", f"{row}5 mm"), (60, 140, 300), strict=True):
                at(canvas, x, 80 + 14 * row, cell)

    assert "17 | valve 17 | 175 mm" in text_of(tmp_path, draw)


PROSE = wrap(prose("review", 40), 400)
QUAY = "The board of the harbour opened a new quay for the fleet"


@pytest.mark.parametrize(
    ("numbers", "line", "x"),
    [
        (range(2003, 2021), QUAY + ".", LEFT),
        (range(2003, 2021), QUAY + ".", 520.0),
        (range(1, 19), QUAY + ".", LEFT),
        (range(1, 19), QUAY, LEFT),
        (range(5, 95, 5), "per cent of the last wage are paid to those who worked at sea", LEFT),
        (range(1, 19), "per cent of the last wage are paid to those who worked at sea", LEFT),
    ],
)
def test_numbers_that_rise_beside_sentences_are_no_line_numbers(
    numbers: range, line: str, x: float, tmp_path: Path
) -> None:
    def draw(canvas: Canvas) -> None:
        for row, number in enumerate(numbers):
            at(canvas, x, 100 + 18 * row, f"{number}")
            at(canvas, 130, 100 + 18 * row, line)

    found = text_of(tmp_path, draw).replace("\n", " ").split()
    assert all(f"{number}" in found for number in numbers)


def test_years_beside_prose_are_no_line_numbers(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for row, line in enumerate(PROSE[:30]):
            at(canvas, LEFT, 100 + 12 * row, f"{1990 + row}")
            at(canvas, 130, 100 + 12 * row, line)

    assert all(f"{1990 + row}" in text_of(tmp_path, draw) for row in range(30))


def test_numbers_below_a_head_are_no_line_numbers(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, LEFT, 88, "Verse")
        for row, line in enumerate(PROSE[:30]):
            at(canvas, LEFT, 100 + 12 * row, f"{row + 1}")
            at(canvas, 130, 100 + 12 * row, line)

    assert "29" in text_of(tmp_path, draw)


@pytest.mark.parametrize("x", [30.0, 560.0])
@pytest.mark.parametrize("step", [1, 5])
def test_line_numbers_that_go_on_from_page_to_page_are_dropped(step: int, x: float, tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        for row, line in enumerate(wrap(prose(f"subject{number}", 80), 400)[:60]):
            at(canvas, 90, 80 + 11 * row, line)
            if (row + 1) % step == 0:
                at(canvas, x, 80 + 11 * row, f"{60 * (number - 1) + row + 1}", 8)

    text = text_of(tmp_path, *each(2, draw)).replace("\n", " ")
    assert not {"5", "55", "65", "115"} & set(text.split())
    assert prose("subject2", 7) in text


def test_a_page_set_sideways_is_no_stamp(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(200, 150)
        canvas.rotate(90)
        at(canvas, 0, HEIGHT, "The gate stays closed until Monday.")
        at(canvas, 0, HEIGHT + 14, "Ask the keeper for the key.")

    text = text_of(tmp_path, draw)
    assert "The gate stays closed until Monday." in text
    assert "Ask the keeper for the key." in text


@pytest.mark.parametrize("line", ["Subtotal {} tonnes", "Unit price {} pounds", "Unit price {}", "{} bolts in stock"])
@pytest.mark.parametrize("y", [40.0, HEIGHT - 40])
def test_a_line_that_counts_something_else_is_kept_at_the_edge(line: str, y: float, tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        column(canvas, LEFT, 100, 470, [prose(f"subject{number}", 12)])
        at(canvas, LEFT, y, line.format(999 + number))

    text = text_of(tmp_path, *each(3, draw))
    assert all(line.format(999 + number) in text for number in range(1, 4))


@pytest.mark.parametrize("number", ["Page {} of 4", "– {} –", "Gate Report | {}", "Seite {}", "Gate Report, p. {}"])
def test_page_numbers_with_their_words_are_dropped(number: str, tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        column(canvas, LEFT, 100, 470, [prose(f"subject{number}", 12)])
        centred(canvas, HEIGHT - 40, shown.format(number), 8)

    shown = number
    text = text_of(tmp_path, *each(4, draw))
    assert not any(shown.format(page) in text for page in range(1, 5))


def test_a_line_that_counts_something_else_is_kept_beside_page_numbers(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        at(canvas, LEFT, 40, f"Unit price {number}")
        column(canvas, LEFT, 100, 470, [prose(f"subject{number}", 12)])
        centred(canvas, HEIGHT - 40, f"{number}", 8)

    text = text_of(tmp_path, *each(4, draw))
    assert all(f"Unit price {number}" in text for number in range(1, 5))


@pytest.mark.parametrize(
    "amounts",
    [
        ("1250", "2310", "3405"),
        ("1,250.00", "2,310.00", "3,405.00"),
        ("9 of 20 points", "8 of 20 points", "15 of 20 points"),
    ],
)
def test_a_label_with_the_amount_of_each_page_is_kept_at_the_foot(amounts: tuple[str, ...], tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        column(canvas, LEFT, 100, 470, [prose(f"subject{number}", 12)])
        at(canvas, LEFT, HEIGHT - 50, "Amount due")
        at(canvas, 400, HEIGHT - 50, amounts[number - 1])

    text = text_of(tmp_path, *each(3, draw))
    assert all(f"Amount due | {amount}" in text for amount in amounts)


def test_a_running_head_beside_page_numbers_and_sections_is_dropped(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        at(canvas, LEFT, 40, "Gate Report", 8)
        at(canvas, 250, 40, f"{number}.1 Sluices of canal {number}", 8)
        at(canvas, 500, 40, f"40{number}-{number}", 8)
        column(canvas, LEFT, 100, 470, [prose(f"subject{number}", 12)])

    assert "Gate Report" not in text_of(tmp_path, *each(5, draw))


def test_numbers_alone_that_do_not_count_the_pages_are_kept(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        column(canvas, LEFT, 100, 470, [prose(f"subject{number}", 12)])
        at(canvas, 400, HEIGHT - 50, f"{amounts[number]}")

    amounts = {1: 1250, 2: 2310, 3: 3405}
    text = text_of(tmp_path, *each(3, draw))
    assert all(f"{amount}" in text for amount in amounts.values())


def test_numbers_behind_a_bar_that_do_not_count_the_pages_are_kept(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        column(canvas, LEFT, 100, 470, [prose(f"subject{number}", 12)])
        at(canvas, LEFT, HEIGHT - 40, f"Bolts in stock | {stock[number]}")

    stock = {1: 250, 2: 31, 3: 177, 4: 90}
    text = text_of(tmp_path, *each(4, draw))
    assert all(f"Bolts in stock | {count}" in text for count in stock.values())


def test_the_caption_of_a_table_that_goes_on_is_kept(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        at(canvas, LEFT, 60, "Table 2: Bolts of the gates, continued")
        column(canvas, LEFT, 110, 470, [prose(f"subject{number}", 12)])

    assert text_of(tmp_path, *each(4, draw)).count("Bolts of the gates, continued") == 4


def test_a_line_that_ends_in_a_number_on_one_page_only_is_kept(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        column(canvas, LEFT, 100, 470, [prose(f"subject{number}", 12)])
        if number == 2:
            at(canvas, LEFT, HEIGHT - 40, "Bolts in stock | 2")

    assert "Bolts in stock | 2" in text_of(tmp_path, *each(3, draw))


def test_a_long_line_that_ends_in_the_number_of_its_page_is_kept(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        column(canvas, LEFT, 100, 470, [prose(f"subject{number}", 12)])
        at(canvas, LEFT, HEIGHT - 40, f"{prose(f'remark{number}', 2)[:110]} | {number}", 7)

    text = text_of(tmp_path, *each(4, draw))
    assert all(f"remark{number}" in text for number in range(1, 5))


def test_a_line_that_comes_again_far_from_the_edge_is_kept(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        at(canvas, LEFT, 150, "What the keepers saw")
        column(canvas, LEFT, 200, 470, [prose(f"subject{number}", 12)])

    assert text_of(tmp_path, *each(4, draw)).count("What the keepers saw") == 4


def test_a_line_that_comes_again_at_other_heights_is_kept(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        at(canvas, LEFT, 5 + 25 * number, "What the keepers saw")
        column(canvas, LEFT, 130, 470, [prose(f"subject{number}", 12)])

    assert text_of(tmp_path, *each(3, draw)).count("What the keepers saw") == 3


def test_a_line_on_two_of_many_pages_is_kept(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        if number in {3, 6}:
            at(canvas, LEFT, 40, "What the keepers saw")
        column(canvas, LEFT, 100, 470, [prose(f"subject{number}", 12)])

    assert text_of(tmp_path, *each(8, draw)).count("What the keepers saw") == 2


def test_a_title_that_comes_again_on_every_page_is_the_title(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        at(canvas, LEFT, 60, "Gates of the North", 18, BOLD)
        column(canvas, LEFT, 120, 470, [prose(f"subject{number}", 12)])

    document = read_here(pdf(tmp_path / "paper.pdf", *each(3, draw)))
    assert document.title == "Gates of the North"
    assert "Gates of the North" not in " ".join(block.text for block in document.blocks)


def test_page_numbers_at_the_distance_of_the_text_are_dropped(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        for row, line in enumerate(wrap(prose(f"subject{number}", 90), 470)[:62]):
            at(canvas, LEFT, 60 + 12 * row, line)
        at(canvas, 300, 60 + 12 * 62, str(700 + number))

    text = text_of(tmp_path, *each(4, draw))
    assert not any(str(700 + number) in text for number in range(1, 5))


def test_text_set_sideways_that_is_a_good_part_of_its_page_is_read(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        at(canvas, LEFT, 100, "Gates of the canal")
        canvas.rotate(90)
        canvas.drawString(300, -40, "Drawn by the keeper at the lock")

    assert "Drawn by the keeper at the lock" in text_of(tmp_path, *each(1, draw))


def notes_of(tmp_path: Path, *pages: Draw) -> str:
    return " ".join(read_here(pdf(tmp_path / "paper.pdf", *pages)).warnings)


def test_numbers_of_every_second_line_are_no_line_numbers(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        for row, line in enumerate(wrap(prose(f"subject{number}", 60), 440)[:40]):
            at(canvas, LEFT, 90 + 12 * row, line)
            if row % every == 0:
                at(canvas, 30, 90 + 12 * row, str(row // every + 1), 8)

    every = 1
    assert "line numbers" in notes_of(tmp_path, *each(1, draw))
    every = 2
    assert "line numbers" not in notes_of(tmp_path, *each(1, draw))


def test_numbers_between_two_texts_are_no_line_numbers(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        left, right = wrap(prose("gates", 60), 200), wrap(prose("locks", 60), 200)
        for row in range(30):
            at(canvas, LEFT, 90 + 12 * row, left[row])
            at(canvas, 285, 90 + 12 * row, str(row + 1), 8)
            at(canvas, 320, 90 + 12 * row, right[row])

    assert "line numbers" not in notes_of(tmp_path, *each(1, draw))


@pytest.mark.parametrize("stamp", ["11/29/26, 4:02 PM", "29.11.2026, 16:02", "2026-11-29 16:02"])
def test_when_it_was_printed_is_no_text(stamp: str, tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        at(canvas, 24, 22, stamp, 8)
        at(canvas, 260, 22, "The old mill", 8)
        at(canvas, LEFT, 60, f"Measured on 29.11.2026 in room {number}.")
        column(canvas, LEFT, 90, 450, [prose(f"subject{number}", 9)])

    text = text_of(tmp_path, *each(3, draw))
    assert stamp not in text
    assert "Measured on 29.11.2026 in room 2." in text
