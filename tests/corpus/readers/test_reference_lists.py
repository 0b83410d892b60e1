"""Reference lists are left out and noted; what only stands under such a heading is read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import docx
import pptx
import pytest
from pptx.util import Inches

from ragft.corpus.base import Block, Document
from ragft.corpus.readers import read_here
from ragft.corpus.readers.reference_lists import without_references
from tests.corpus.readers.books import book, page

ENTRIES = ("[1] A. Other. Tides. 1987.", "[2] P. Son. Gates. Sea Press, 1991.")
PEOPLE = ("Dr. Per Son, Harbour Board, tel. 22 33 44 55, led my team of 14.",)
NOTE = "left out: reference list (2 entries, section References)"


def heading(text: str, level: int = 1) -> Block:
    return Block(text, 0, "heading", text, level)


def texts(blocks: Iterable[Block]) -> list[str]:
    return [block.text for block in blocks]


def paragraphs(*found: str) -> list[Block]:
    return [Block(text, 0, section="References") for text in found]


OPENING = [heading("Gates"), Block("They open.", 0, section="Gates")]
LIST = [heading("References"), *paragraphs(*ENTRIES)]


def as_html(lines: tuple[str, ...]) -> bytes:
    body = "".join(f"<p>{line}</p>" for line in lines)
    return f"<h1>T</h1><p>Text.</p><h2>References</h2>{body}<h2>Next</h2><p>End.</p>".encode()


def as_markdown(lines: tuple[str, ...]) -> bytes:
    return "\n\n".join(["# T", "Text.", "## References", *lines, "## Next", "End."]).encode()


def as_text(lines: tuple[str, ...]) -> bytes:
    return "\n\n".join(["T", "Text.", "References", *lines, "2 Next", "End."]).encode()


def as_latex(lines: tuple[str, ...]) -> bytes:
    body = "\n\n".join(lines)
    parts = rf"Text.\section*{{References}}{body}\section*{{Next}}End."
    return rf"\documentclass{{article}}\begin{{document}}{parts}\end{{document}}".encode()


WRITERS = {"a.html": as_html, "a.md": as_markdown, "a.txt": as_text, "a.tex": as_latex}


def read(tmp_path: Path, name: str, lines: tuple[str, ...]) -> Document:
    (tmp_path / name).write_bytes(WRITERS[name](lines))
    return read_here(tmp_path / name)


@pytest.mark.parametrize("name", WRITERS)
def test_a_list_is_left_out_and_noted(name: str, tmp_path: Path) -> None:
    document = read(tmp_path, name, ENTRIES)
    assert not {"References", *ENTRIES} & set(texts(document.blocks))
    assert document.blocks[-1].text == "End."
    assert document.warnings == (NOTE,)


@pytest.mark.parametrize("name", WRITERS)
def test_people_who_give_a_reference_are_read(name: str, tmp_path: Path) -> None:
    document = read(tmp_path, name, PEOPLE)
    assert ("References", PEOPLE[0]) in [(block.section, block.text) for block in document.blocks]
    assert document.warnings == ()


@pytest.mark.parametrize(("lines", "kept"), [(ENTRIES, 0), (PEOPLE, 2)])
def test_word(lines: tuple[str, ...], kept: int, tmp_path: Path) -> None:
    file = docx.Document()
    file.add_paragraph("Text.")
    file.add_heading("References", 1)
    for line in lines:
        file.add_paragraph(line)
    file.save(str(tmp_path / "a.docx"))
    document = read_here(tmp_path / "a.docx")
    assert len(document.blocks) == 1 + kept
    assert document.warnings == (() if kept else (NOTE,))


@pytest.mark.parametrize(("lines", "kept"), [(ENTRIES, False), (PEOPLE, True)])
def test_slides_and_their_notes(lines: tuple[str, ...], kept: bool, tmp_path: Path) -> None:
    deck = pptx.Presentation()
    for title, body in (("Gates", ["They open."]), ("References", lines)):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = title
        frame = slide.shapes.add_textbox(0, Inches(2), Inches(6), Inches(2)).text_frame
        frame.text = "\n".join(body)
        slide.notes_slide.notes_text_frame.text = f"Say {title}."
    deck.save(str(tmp_path / "a.pptx"))
    document = read_here(tmp_path / "a.pptx")
    seen = " ".join(texts(document.blocks))
    assert (lines[0] in seen) == kept
    assert "Say References." in seen
    assert document.warnings == (() if kept else (f"{NOTE[:-1]}, slide 2)",))


def test_a_chapter_that_the_table_of_contents_calls_references(tmp_path: Path) -> None:
    chapters = {"1.xhtml": page("<h1>References</h1>" + "".join(f"<p>{line}</p>" for line in ENTRIES))}
    document = read_here(book(tmp_path / "a.epub", chapters | {"2.xhtml": page("<p>After it.</p>")}))
    assert texts(document.blocks) == ["After it."]
    assert document.warnings == (NOTE,)


@pytest.mark.parametrize("lines", [ENTRIES, PEOPLE])
def test_a_message_is_read_whole(lines: tuple[str, ...], tmp_path: Path) -> None:
    head = "From: a@x.example\nSubject: Gates\nContent-Type: text/html; charset=utf-8\n\n"
    body = "<h3>References</h3>" + "".join(f"<p>{line}</p>" for line in lines) + "<p>Yours, Ann</p>"
    (tmp_path / "a.eml").write_text(head + body)
    found = texts(read_here(tmp_path / "a.eml").blocks)
    assert found[1:] == ["References", *lines, "Yours, Ann"]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_an_appendix_of_any_depth_ends_it(level: int) -> None:
    behind = [heading("Appendix A", level), Block("17.3 percent", 0), heading("Data", level + 1), Block("N = 4", 0)]
    blocks, notes = without_references([*OPENING, *LIST, *behind])
    assert blocks == [*OPENING, *behind]
    assert notes == (NOTE,)


def test_what_follows_a_deeper_heading_is_judged_on_its_own() -> None:
    deeper = [heading("Books", 2), *paragraphs(ENTRIES[0]), heading("Contact", 2), Block("call 5566", 0)]
    blocks, notes = without_references([*OPENING, *LIST, *deeper])
    assert texts(blocks) == ["Gates", "They open.", "Contact", "call 5566"]
    assert notes == ("left out: reference list (3 entries, section References)",)


def test_a_heading_stays_with_what_is_read_under_it() -> None:
    manual = [heading("Reference"), heading("open()", 2), Block("Retries 5 times.", 0)]
    assert without_references(manual) == (manual, ())


def test_tables_among_entries_and_paragraphs_behind_them_stay_in_the_section_before() -> None:
    table = Block("run | hits\n3 | 0.37", 0, "table", "References")
    blocks, _ = without_references([*OPENING, *LIST, table, *paragraphs(ENTRIES[0], "Languages", "Norwegian")])
    assert texts(blocks[2:]) == [table.text, "Languages", "Norwegian"]
    assert {block.section for block in blocks} == {"Gates"}


def test_a_table_of_entries_is_a_list() -> None:
    table = Block("\n".join(entry.replace("] ", "] | ") for entry in ENTRIES), 0, "table", "References")
    assert without_references([*OPENING, heading("References"), table]) == (OPENING, (NOTE,))


def test_a_document_that_consists_of_a_list_is_kept_but_no_part_of_one() -> None:
    assert without_references(LIST) == (LIST, ())
    assert without_references(LIST, is_part=True) == ([], (NOTE,))
