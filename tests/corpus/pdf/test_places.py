"""Boxes around passages: on their words, whatever lies between what was read and what the page holds."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.pdf import view
from ragft.corpus.pdf.places import boxes_of
from ragft.errors import DocumentError
from tests.corpus.pdfs import HEIGHT, SERIF, WIDTH, Draw, at, pdf, pdf_bytes

SENTENCE = "The efficient filter keeps two adapters in four bits."


def _boxes(draw: Draw, passage: str, before: str = "") -> tuple[list[tuple[float, float, float, float]], float]:
    return boxes_of(pypdfium2.PdfDocument(pdf_bytes(draw))[0], passage, before)


def _is_at(box: tuple[float, float, float, float], x: float, y: float) -> bool:
    """Whether a line set by `at(canvas, x, y, …)` begins in the box."""
    left, top, width, height = box
    return left * WIDTH <= x + 1 < (left + width) * WIDTH and top * HEIGHT < y - 2 < (top + height) * HEIGHT


def test_a_passage_over_lines_and_a_hyphen_has_a_box_a_line() -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 72, 100, "Before it. The efficient fil-")
        at(canvas, 72, 112, "ter keeps two adapters in four")
        at(canvas, 72, 124, "bits. Behind it.")

    boxes, found = _boxes(draw, SENTENCE)
    assert found == 1 and len(boxes) == 3
    assert not _is_at(boxes[0], 72, 100)  # what stands before it is left out
    assert _is_at(boxes[1], 72, 112) and _is_at(boxes[2], 72, 124)


def test_other_spaces_case_and_signs_do_not_matter() -> None:
    boxes, found = _boxes(lambda canvas: at(canvas, 72, 100, SENTENCE), "the EFFICIENT ﬁlter  keeps two‑adapters")
    assert found == 1 and len(boxes) == 1 and _is_at(boxes[0], 72, 100)


def test_of_two_places_the_one_behind_the_same_words_is_meant() -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 72, 100, f"First. {SENTENCE}")
        at(canvas, 72, 300, f"Second. {SENTENCE}")

    (box,), _ = _boxes(draw, SENTENCE, "… Second. ")
    assert box[1] * HEIGHT == pytest.approx(292, abs=6)
    (box,), _ = _boxes(draw, SENTENCE)
    assert box[1] * HEIGHT == pytest.approx(92, abs=6)


def test_what_the_reading_left_out_of_the_middle_has_no_box() -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 72, 100, "The efficient filter keeps two")
        at(canvas, 72, 112, "RUNNING HEAD OF A JOURNAL 17")
        at(canvas, 72, 124, "adapters in four bits.")

    boxes, found = _boxes(draw, SENTENCE)
    assert found == 1 and [round(box[1] * HEIGHT / 12) for box in boxes] == [8, 10]


def test_a_turned_page_has_its_boxes_where_they_are_seen() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.setFont(SERIF, 10)
        canvas.translate(72, 100)
        canvas.rotate(90)
        canvas.drawString(0, 0, SENTENCE)

    (box,), found = _boxes(draw, SENTENCE)  # as it is seen, the text is upright, 100 points from the left
    assert found == 1 and box[0] * WIDTH == pytest.approx(100, abs=2) and box[2] > 10 * box[3]
    assert box[1] * HEIGHT == pytest.approx(64, abs=6)


def test_the_box_of_a_cut_page_counts_from_what_is_shown() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setCropBox((50, 50, WIDTH - 50, HEIGHT - 50))
        at(canvas, 72, 100, SENTENCE)

    (box,), _ = _boxes(draw, SENTENCE)
    assert box[0] * (WIDTH - 100) == pytest.approx(22, abs=2)
    assert box[1] * (HEIGHT - 100) == pytest.approx(42, abs=6)


def test_what_does_not_stand_there_has_no_boxes() -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 72, 100, SENTENCE)

    assert _boxes(draw, "Spring tides come after full moon.") == ([], 0.0)
    assert _boxes(draw, "…") == ([], 0.0)
    assert _boxes(lambda canvas: None, SENTENCE) == ([], 0.0)


def test_a_picture_has_the_width_that_was_asked_for(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", lambda canvas: at(canvas, 72, 100, SENTENCE))
    png = view.render_page(path, 1, 500)
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and int.from_bytes(png[16:20], "big") == 500


def test_boxes_come_by_page(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", lambda canvas: at(canvas, 72, 50, "x"), lambda canvas: at(canvas, 72, 100, SENTENCE))
    found = view.boxes(path, [1, 2, 9], SENTENCE)
    assert found[1] == [] and len(found[2]) == 1 and 9 not in found


def test_a_broken_file_and_a_page_too_far_are_errors(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", lambda canvas: at(canvas, 72, 100, SENTENCE))
    with pytest.raises(DocumentError, match="1 pages"):
        view.render_page(path, 2, 500)
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7\nnothing")
    with pytest.raises(DocumentError, match="cannot be shown"):
        view.render_page(tmp_path / "b.pdf", 1, 500)


def test_a_file_that_takes_more_memory_than_the_limit_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pdf(tmp_path / "a.pdf", lambda canvas: at(canvas, 72, 100, SENTENCE))

    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(view, "_png", full)
    reply = view._answer({"path": str(path), "page": 1, "width": 500})
    assert reply == {"problem": "it takes too much memory"}
