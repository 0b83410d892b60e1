"""Hebrew and Arabic text is read from right to left, whatever the order that the file draws it in."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.base import Document
from ragft.corpus.pdf.base import TextSpan
from ragft.corpus.pdf.text.right_to_left import from_shown, set_in_order
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import one_page, stream

SIZE, ADVANCE, RIGHT, WIDTH = 10, 6, 540, 600
MIRRORED = str.maketrans("()", ")(")
Piece = str
"""What keeps its direction: a Hebrew or Arabic word, a number, a foreign word, blanks, a mark."""

RENT = [
    "השכירות",
    " ",
    "היא",
    " ",
    "4,500",
    " ",
    "שקלים",
    " ",
    "לחודש",
    ",",
    " ",
    "ועוד",
    " ",
    "12.5%",
    " ",
    "לשנה",
    ".",
]
DATE = ["החוזה", " ", "נחתם", " ", "בתאריך", " ", "01/03/2024", "."]
HYPHEN = ["ישולם", " ", "עד", " ", "ה", "-", "10", " ", "בכל", " ", "חודש", " ", "(", "7", " ", "ימים", ")"]
FOREIGN = ["השוכר", " ", "הוא", " ", "Acme Tools Ltd", " ", "מן", " ", "העיר"]
PERCENT = ["والنسبة", " ", "%12.5", " ", "من", " ", "المبلغ"]  # Arabic shows the sign to the left


def is_right(piece: Piece) -> bool:
    return "\u0590" < piece[0] < "\u0700"


def shown(pieces: Sequence[Piece]) -> str:
    """A line as it looks, from left to right; `pieces` in the order of reading."""
    turned = [piece[::-1] if is_right(piece) else piece for piece in reversed(pieces)]
    return "".join(piece.translate(MIRRORED) if len(piece) == 1 else piece for piece in turned)


def a_page(path: Path, *lines: tuple[int, Sequence[tuple[int, str]]], upside_down: bool = False) -> Path:
    """A page of strings at (x, y), in a font with a character map, drawn one after the other.

    `upside_down`: drawn so, on a page whose /Rotate sets it upright.
    """
    letters = sorted({letter for _, strings in lines for _, text in strings for letter in text})
    codes = {letter: index for index, letter in enumerate(letters, start=1)}
    content = "".join(
        f"BT /F {SIZE} Tf {x} {y} Td <{''.join(f'{codes[c]:02x}' for c in text)}> Tj ET\n"
        for y, strings in lines
        for x, text in strings
    )
    mapped = "".join(f"<{code:02x}> <{ord(letter):04x}>\n" for letter, code in codes.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin begincmap\n1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{mapped}endbfchar\nendcmap end"
    )
    widths = " ".join(["600"] * len(codes))
    font = (
        f"/Font << /F << /Type /Font /Subtype /TrueType /BaseFont /Arial /FirstChar 1 /LastChar {len(codes)} "
        f"/Widths [{widths}] /ToUnicode 5 0 R >> >>"
    )
    page = b"/MediaBox [0 0 600 800]"
    if upside_down:
        content, page = f"-1 0 0 -1 600 800 cm\n{content}", page + b" /Rotate 180"
    path.write_bytes(one_page(content.encode(), font.encode(), page, stream(cmap.encode())))
    return path


def drawn(order: str, pieces: Sequence[Piece], right: int = RIGHT) -> list[tuple[int, str]]:
    """A line that ends at `right`: in one string as it looks, or word by word in the order of reading."""
    line = shown(pieces)
    start = right - ADVANCE * len(line)
    if order == "as it looks":
        return [(start, line)]
    words = [(start + ADVANCE * at, word) for at, word in _words(line)]
    return words[::-1] if order == "word by word from the right" else words


def _words(line: str) -> list[tuple[int, str]]:
    found, at = [], 0
    for word in line.split(" "):
        found.append((at, word))
        at += len(word) + 1
    return [(at, word) for at, word in found if word]


ORDERS = ("as it looks", "word by word from the right", "word by word from the left")


def text_of(document: Document) -> str:
    """With the title, which the first line may be."""
    text = " ".join(block.text for block in document.blocks).replace("\n", " ")
    return text if text.startswith(document.title) else f"{document.title} {text}"


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("pieces", [RENT, DATE, HYPHEN, FOREIGN], ids=["amounts", "date", "hyphen", "foreign"])
def test_a_sentence_is_read_in_order(pieces: list[Piece], order: str, tmp_path: Path) -> None:
    other = ["זה", " ", "כל", " ", "מה", " ", "שכתוב", " ", "כאן", " ", "היום"]
    file = a_page(tmp_path / "x.pdf", (700, drawn(order, pieces)), (600, drawn(order, other)))
    assert "".join(pieces) in text_of(read_here(file))


@pytest.mark.parametrize("pieces", [RENT, DATE, HYPHEN], ids=["amounts", "date", "hyphen"])
def test_numbers_keep_their_digits_on_a_page_that_is_turned(pieces: list[Piece], tmp_path: Path) -> None:
    file = a_page(tmp_path / "x.pdf", *((y, drawn("as it looks", pieces)) for y in (700, 600)), upside_down=True)
    assert "".join(pieces) in text_of(read_here(file))


@pytest.mark.parametrize("order", ORDERS)
def test_a_percent_sign_left_of_a_number_follows_it(order: str, tmp_path: Path) -> None:
    file = a_page(tmp_path / "x.pdf", (700, drawn(order, PERCENT)))
    assert text_of(read_here(file)) == "والنسبة 12.5% من المبلغ"


def test_the_cells_of_a_table_are_read_from_the_right(tmp_path: Path) -> None:
    rows = [("פריט", "כמות", "מחיר"), ("ברגים", "20", "320.50"), ("אומים", "35", "87.10"), ("דיסקיות", "50", "12.90")]
    lines = [
        (700 - 15 * number, [part for cell, right in zip(row, (540, 400, 250), strict=True)
         for part in drawn("as it looks", [cell], right)])
        for number, row in enumerate(rows)
    ]  # fmt: skip
    document = read_here(a_page(tmp_path / "x.pdf", *lines))
    words = " ".join(block.text for block in document.blocks).replace("|", " ").split()
    assert [word for word in words if word.strip("-")] == [cell for row in rows for cell in row]


def test_body_lines_give_no_authors(tmp_path: Path) -> None:
    lines = [["חוזה", " ", "שכירות"], ["דמי", " ", "השכירות", " ", "הם", " ", "4,500"], ["הפיקדון", " ", "הוא"]]
    file = a_page(tmp_path / "x.pdf", *((700 - 40 * n, drawn("as it looks", line)) for n, line in enumerate(lines)))
    assert read_here(file).authors == ()


def test_a_sentence_with_a_foreign_name_gives_no_authors(tmp_path: Path) -> None:
    lines = [
        ["דוח", " ", "הטחנה"],
        ["בספר", " ", "The Old Mill", " ", "מאת", " ", "Smith"],
        ["הוא", " ", "נכתב", " ", "כאן"],
    ]
    file = a_page(tmp_path / "x.pdf", *((700 - 40 * n, drawn("as it looks", line)) for n, line in enumerate(lines)))
    assert read_here(file).authors == ()


def test_a_table_with_drawn_lines_is_read_from_the_right(tmp_path: Path) -> None:
    rows = [("פריט", "כמות", "מחיר"), ("ברגים", "", "320.50"), ("אומים", "35", "87.10"), ("דיסקיות", "50", "12.90")]
    edges = (440, 390, 340, 290)
    lines = [
        (700 - 15 * number, [part for cell, right in zip(row, edges, strict=False) if cell
         for part in drawn("as it looks", [cell], right - 3)])
        for number, row in enumerate(rows)
    ]  # fmt: skip
    file = a_page(tmp_path / "x.pdf", *lines)
    grid = "".join(f"{x} 710 m {x} 650 l S " for x in edges) + "".join(
        f"290 {y} m 440 {y} l S " for y in range(650, 715, 15)
    )
    data = file.read_bytes()
    file.write_bytes(data.replace(b"BT /F", f"{grid}BT /F".encode(), 1))
    [table] = [block.text for block in read_here(file).blocks if block.kind == "table"]
    assert table.split("\n") == [
        "פריט | כמות | מחיר",
        "ברגים |  | 320.50",
        "אומים | 35 | 87.10",
        "דיסקיות | 50 | 12.90",
    ]


def word(text: str, left: float, top: float = 0.0) -> TextSpan:
    return TextSpan(text, left, top, left + ADVANCE * len(text), top + SIZE, SIZE)


def in_order(*texts: str, below: str = "") -> str:
    """The text of words that stand on one line from left to right; `below`: other text of the page."""
    words, left = [], 0.0
    for text in texts:
        words.append(word(text, left))
        left += ADVANCE * (len(text) + 1)
    set_in_order([*words, word(below, 0.0, 50.0)] if below else words, WIDTH)
    return " ".join(item.text for item in sorted(words, key=lambda item: item.left))


@pytest.mark.parametrize(
    ("looks", "reads"),
    [
        (("שקלים", "12,500", "הוא", "המחיר"), "המחיר הוא 12,500 שקלים"),
        ((".01/03/2024", "בתאריך"), "בתאריך 01/03/2024."),
        (("-5", "של", "הפסד"), "הפסד של -5"),
        (("5−", "של", "הפסד"), "הפסד של −5"),
        (("49+", "טלפון"), "טלפון +49"),
        (("%3.5−", "وبنسبة"), "وبنسبة −3.5%"),
        ((".15–10", "הטווח"), "הטווח 10–15."),
        (("03-5551234", "טלפון"), "טלפון 03-5551234"),
        (("2021-2019", "الفترة"), "الفترة 2019-2021"),
        (("$100", "הוא", "המחיר"), "המחיר הוא $100"),
        (("ימים", "12", "500", "של"), "של 12 500 ימים"),
        (("2024", "2023", "בשנים"), "בשנים 2023 2024"),
        (("The", "word", "שלום", "עולם", "is", "a", "greeting"), "The word עולם שלום is a greeting"),
        (("The", "price", "is", "12.5%."), "The price is 12.5%."),
    ],
)
def test_words_of_a_line(looks: tuple[str, ...], reads: str) -> None:
    assert in_order(*looks) == reads


def test_foreign_words_may_prevail_in_a_line() -> None:
    assert in_order(".GPT-4", "and", "BERT", "של", below="שאר העמוד הזה כתוב בעברית") == "של GPT-4 and BERT."


@pytest.mark.parametrize(
    ("looks", "reads"), [("10-ה", "ה-10"), ("%12.5", "%12.5"), ("(7ב", "ב7)"), ("GPT4-ל", "ל-GPT4")]
)
def test_characters_of_a_word_with_digits(looks: str, reads: str) -> None:
    assert from_shown(looks, range(len(looks))) == reads


def test_a_ligature_in_a_word_with_digits() -> None:
    """Its letters have one place."""
    assert from_shown("file12", [0, 0, 6, 12, 18, 24]) == "file12"


@given(st.lists(st.from_regex(r"[א-ת]{1,6}|[1-9][0-9]{0,3}(\.[0-9]{1,2})?%?", fullmatch=True), min_size=1, max_size=9))
def test_numbers_keep_their_digits_and_words_their_order(pieces: list[str]) -> None:
    texts = ["שלום", *(text for piece in pieces for text in (piece, "ו"))]
    assert in_order(*reversed(texts)) == " ".join(texts)


def test_a_line_of_very_many_numbers_takes_no_long_time() -> None:
    words = [word("12", 6.0 * index) for index in range(20_000)]
    began = time.process_time()
    set_in_order([*words, word("שלום", 0.0, 50.0)], WIDTH)
    assert time.process_time() - began < 5


def test_a_number_with_very_many_brackets_takes_no_long_time() -> None:
    began = time.process_time()
    in_order(f"7x{'(' * 100_000}x7", "שלום", below="שאר העמוד הזה כתוב בעברית")
    assert time.process_time() - began < 5
