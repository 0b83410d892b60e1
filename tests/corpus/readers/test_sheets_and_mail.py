"""Workbooks, tables in text files, and messages."""

from __future__ import annotations

import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ragft.corpus.base import Document
from ragft.corpus.chunks import chunk_document
from ragft.corpus.readers import find_files, read_document, read_here
from ragft.errors import DocumentError


# ------------------------------------------------------------------------------------------------ workbooks
def workbook(**sheets: list[list[Any]]) -> Any:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return book


def saved(book: Any, folder: Path) -> Path:
    book.save(folder / "b.xlsx")
    return folder / "b.xlsx"


def test_each_sheet_is_a_table_under_its_name(tmp_path: Path) -> None:
    book = workbook(
        Heights=[["port", "metres"], ["Brest", 6.2], [None, None], ["Hull", 7]],
        Days=[[datetime.datetime(2020, 5, 1), True, 0.1 + 0.2]],
    )
    book["Heights"]["C2"], book["Heights"]["C2"].number_format = 0.453, "0.0%"
    book.properties.title, book.properties.creator = "Tides", "Ann Other"
    document = read_here(saved(book, tmp_path))
    assert (document.title, document.authors) == ("Tides", ("Ann Other",))
    assert [(block.kind, block.section, block.text) for block in document.blocks] == [
        ("heading", "Heights", "Heights"),
        ("table", "Heights", "port | metres\nBrest | 6.2 | 45.3%\nHull | 7"),
        ("heading", "Days", "Days"),
        ("table", "Days", "2020-05-01 | TRUE | 0.3"),
    ]


def test_merged_cells_repeat_so_that_each_value_keeps_its_column(tmp_path: Path) -> None:
    rows = [
        ["Flow of 2020"],
        ["Gate", "crew", "open", None],
        ["Harrow", 1, 11, 12],
        [None, 2, 320, 450],
        ["M", None, 5, 6],
    ]
    book = workbook(Flow=rows)
    for area in ("A1:D1", "C2:D2", "A3:A4", "A5:B5"):
        book["Flow"].merge_cells(area)
    assert read_here(saved(book, tmp_path)).blocks[1].text.split("\n") == [
        "Flow of 2020",
        "Gate | crew | open | open",
        "Harrow | 1 | 11 | 12",
        "Harrow | 2 | 320 | 450",
        "M | M | 5 | 6",
    ]


def test_what_is_hidden_is_not_read(tmp_path: Path) -> None:
    book = workbook(Seen=[["a", "b"], ["c", "d"], ["e", "f"]], Old=[["x"]])
    book["Old"].sheet_state = "hidden"
    book["Seen"].row_dimensions[2].hidden = True
    book["Seen"].column_dimensions["B"].hidden = True
    document = read_here(saved(book, tmp_path))
    assert [block.text for block in document.blocks] == ["Seen", "a\ne"]
    assert document.warnings == (
        "hidden sheets are left out: Old",
        "hidden rows, columns and cells are left out (4 values)",
    )


def test_a_group_of_hidden_columns_is_hidden_to_its_last(tmp_path: Path) -> None:
    book = workbook(Seen=[["name", "b", "c", "d", "shown"], ["x", "b1", "c1", "d1", "e1"]], Old=[["x"]])
    book["Seen"].column_dimensions.group("B", "D", hidden=True)
    book["Old"].sheet_state = "veryHidden"
    document = read_here(saved(book, tmp_path))
    assert [block.text for block in document.blocks] == ["Seen", "name | shown\nx | e1"]
    assert document.warnings == (
        "hidden sheets are left out: Old",
        "hidden rows, columns and cells are left out (6 values)",
    )


def test_times_are_shown_and_programs_are_no_authors(tmp_path: Path) -> None:
    moment = datetime.datetime(2020, 5, 1, 10, 30)
    document = read_here(saved(workbook(Days=[[moment, datetime.time(6, 15), 12345678901, 1 / 3]]), tmp_path))
    assert document.blocks[1].text == "2020-05-01T10:30:00 | 06:15:00 | 12345678901 | 0.333333333333"
    assert (document.title, document.authors) == ("b", ())


def test_values_too_far_apart_for_a_table_are_refused(tmp_path: Path) -> None:
    book = workbook(Far=[])
    for place in range(1, 2300):
        book["Far"].cell(place, place, place)
    with pytest.raises(DocumentError, match="damaged"):
        read_here(saved(book, tmp_path))


def test_a_merged_area_ends_where_it_ends(tmp_path: Path) -> None:
    book = workbook(Flow=[["Gate", "a", "b"], ["Harrow", 1, 2], [None, 3, 4], [None, 5, 6], ["wide", None, 7]])
    for area in ("A2:A3", "A5:B5"):
        book["Flow"].merge_cells(area)
    assert read_here(saved(book, tmp_path)).blocks[1].text.split("\n") == [
        "Gate | a | b",
        "Harrow | 1 | 2",
        "Harrow | 3 | 4",
        " | 5 | 6",
        "wide | wide | 7",
    ]


def test_two_cells_far_apart_cost_no_cells_between_them(tmp_path: Path) -> None:
    """Why `sheet._cells` is read and not `iter_rows`; a release of openpyxl without it fails here."""
    book = workbook(Far=[["first"]])
    book["Far"]["XFD1048576"] = "last"
    assert read_here(saved(book, tmp_path)).blocks[1].text == "first\n | last"


def test_formulas_that_were_never_computed_hold_nothing(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="holds no values") as caught:
        read_here(saved(workbook(Sums=[["=1+1"]]), tmp_path))
    assert "compute" in (caught.value.fix or "")


def test_a_broken_workbook(tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04broken")
    with pytest.raises(DocumentError, match="cut short or no XLSX"):
        read_here(tmp_path / "b.xlsx")


# ------------------------------------------------------------------------------------------------ text tables
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", 'port,metres\nBrest,"6,2"\n\nHull,7\n'),
        ("a.csv", "port;metres\nBrest;6,2\nHull;7\n"),
        ("a.tsv", "port\tmetres\nBrest\t6,2\nHull\t7\n"),
    ],
)
def test_a_table_is_read_whatever_divides_its_cells(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    [block] = read_here(tmp_path / name).blocks
    assert (block.kind, block.text) == ("table", "port | metres\nBrest | 6,2\nHull | 7")


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("a.csv", "port|metres\nBrest|6,2\nHull|7\n", ["port | metres", "Brest | 6,2", "Hull | 7"]),
        ("a.TSV", "port\tmetres, low\nBrest\t6,2\n", ["port | metres, low", "Brest | 6,2"]),
        ("a.csv", "\n\na;b\n1;2\n", ["a | b", "1 | 2"]),
        ("a.csv", "a;b\n1;2,2,2,2\n", ["a | b", "1 | 2,2,2,2"]),
        (
            "a.csv",
            "Sales, by port\n\nport;sales\nHull;1.234,50\nBrest;2,5\n",
            ["Sales, by port", "port | sales", "Hull | 1.234,50", "Brest | 2,5"],
        ),
        (
            "a.csv",
            "Made on 3 May, noon\nport\tmetres\nHull\t1,5\nBrest\t2,5\n",
            ["Made on 3 May, noon", "port | metres", "Hull | 1,5", "Brest | 2,5"],
        ),
        ("a.csv", "1,5;2,25\n-3,75;4,5 %\n", ["1,5 | 2,25", "-3,75 | 4,5 %"]),
        ("a.csv", '"Length, m";"Width, m"\n1,5;2,25\n3,75;4,5\n', ["Length, m | Width, m", "1,5 | 2,25", "3,75 | 4,5"]),
        ("a.csv", "port,kinds\nHull,a;b\nBrest,c;d\n", ["port | kinds", "Hull | a;b", "Brest | c;d"]),
        ("a.csv", "1,2,3;4,5\n6,7,8;9,0\n", ["1 | 2 | 3;4 | 5", "6 | 7 | 8;9 | 0"]),
        ("a.csv", "a;b\n" + "1;2\n" * 30 + "a note, with commas\n", ["a | b", *["1 | 2"] * 30, "a note, with commas"]),
    ],
)
def test_what_divides_cells_is_seen_in_the_first_lines(name: str, text: str, lines: list[str], tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert read_here(tmp_path / name).blocks[0].text.split("\n") == lines


@pytest.mark.parametrize("first", ["sep=;", "SEP=;\r", '"sep=;"', "\ufeffsep=;"])
def test_the_first_line_may_name_what_divides_cells(first: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{first}\na,b,c;d,e,f\n1,2,3;4,5,6\n", encoding="utf-8", newline="")
    assert read_here(tmp_path / "a.csv").blocks[0].text == "a,b,c | d,e,f\n1,2,3 | 4,5,6"


@pytest.mark.parametrize(
    ("text", "line"), [('a,b\n"1,2\n3,4\n', 2), ('sep=,\na,b\n1,"2\n3,4', 3), ('"a\nb",c\nd,"', 3)]
)
def test_a_quote_that_is_not_closed_is_noted(text: str, line: int, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text)
    document = read_here(tmp_path / "a.csv")
    note = f"a quote of the row that begins in line {line} is not closed: the rest of the file is one cell"
    assert document.warnings == (note,)
    assert "\ufdd4" not in document.blocks[0].text


def test_quotes_that_are_closed_are_not_noted(tmp_path: Path) -> None:
    for text in ('a,"b"', 'a,"b"\n', 'a,"b\n\nc"\r\n', 'a,5" pipe\n'):
        (tmp_path / "a.csv").write_text(text)
        assert read_here(tmp_path / "a.csv").warnings == ()


def test_a_long_cell_is_read_and_one_without_end_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"a,b\n{'x' * 200_000},2\n")
    assert read_here(tmp_path / "a.csv").blocks[0].text.endswith("x | 2")
    (tmp_path / "a.csv").write_text(f"a,b\n{'x' * 1_100_000},2\n")
    with pytest.raises(DocumentError, match="not a table that can be read") as caught:
        read_here(tmp_path / "a.csv")
    assert caught.value.fix == "save it as CSV again"


def test_a_table_without_values_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(",,\n,,\n")
    with pytest.raises(DocumentError, match="holds no values"):
        read_here(tmp_path / "a.csv")


def test_every_chunk_of_a_long_table_begins_with_its_head(tmp_path: Path) -> None:
    rows = "".join(f"station {i},{i},{i * 2}\n" for i in range(200))
    (tmp_path / "a.csv").write_text(f"station,low,high\n{rows}")
    chunks = chunk_document(
        read_here(tmp_path / "a.csv"), lambda texts: [len(t.split()) for t in texts], max_tokens=80, overlap=0
    )
    assert len(chunks) > 5
    assert all(chunk.text.startswith("station | low | high\n") for chunk in chunks)


def test_text_tables_are_read_where_they_are_named_and_not_found_in_folders(tmp_path: Path) -> None:
    path = tmp_path / "manifest.csv"
    path.write_text("path,title\na.pdf,A\n")
    (tmp_path / "a.md").write_text("# A\n\nText.")
    assert [found.name for found in find_files([tmp_path])] == ["a.md"]
    assert find_files([path]) == [path]


# ------------------------------------------------------------------------------------------------ messages
def message(path: Path, text: str = "", html: str = "", **head: str) -> Path:
    made = EmailMessage()
    for name, value in {"From": "Ann Other <ann@x.org>", "To": "bo@x.org", "Subject": "Tides", **head}.items():
        made[name] = value
    made.set_content(text) if text else made.set_content(html, subtype="html")
    if text and html:
        made.add_alternative(html, subtype="html")
    made.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="tides.pdf")
    (path / "m.eml").write_bytes(bytes(made))
    return path / "m.eml"


def test_a_message_has_title_author_year_and_text(tmp_path: Path) -> None:
    document = read_here(
        message(tmp_path, "The moon\npulls.\n\nTwice a day é.", Date="Fri, 01 May 2020 10:00:00 +0200")
    )
    assert (document.title, document.authors, document.year) == ("Tides", ("Ann Other",), 2020)
    assert [block.text for block in document.blocks] == [
        "From: Ann Other <ann@x.org>; To: bo@x.org; Date: Fri, 01 May 2020 10:00:00 +0200; Subject: Tides",
        "The moon pulls.",
        "Twice a day é.",
    ]
    assert document.warnings == ("attachments are not read: tides.pdf",)


def test_the_plain_form_comes_before_html_and_html_is_read_as_a_page(tmp_path: Path) -> None:
    page = "<p>Seen.</p><p hidden>Unseen.</p><table><tr><th>a</th><td>1</td></tr></table>"
    assert [block.text for block in read_here(message(tmp_path, html=page)).blocks][1:] == ["Seen.", "a | 1"]
    assert [block.text for block in read_here(message(tmp_path, "Seen: a, 1.", page)).blocks][1:] == ["Seen: a, 1."]


def test_what_is_no_message_and_a_date_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "m.eml").write_text("just text")
    with pytest.raises(DocumentError, match="not a message"):
        read_here(tmp_path / "m.eml")
    for date in ("yesterday", f"Fri, {'9' * 30} May 2020 10:00:00 +0200", "Fri, 01 May 2020 10:00:00 +9999999999999"):
        (tmp_path / "m.eml").write_text(f"Subject: A\nDate: {date}\n\nText.")
        assert read_here(tmp_path / "m.eml").year in {None, 2020}
    assert read_document(tmp_path / "m.eml").title == "A"


def test_a_first_part_that_ends_within_a_line_does_not_decide_what_divides_cells(tmp_path: Path) -> None:
    row = f"Wide, {'old ' * 250};a;b;c\n"
    (tmp_path / "a.csv").write_text(row * 40)
    assert read_here(tmp_path / "a.csv").blocks[0].text.split("\n")[0].endswith("old | a | b | c")


def test_signs_in_a_file_of_tabs_divide_no_cells(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("a, b, c\tx\nd, e, f\tyz\n")
    assert read_here(tmp_path / "a.tsv").blocks[0].text == "a, b, c | x\nd, e, f | yz"


def test_a_sender_without_a_name_is_its_address(tmp_path: Path) -> None:
    (tmp_path / "m.eml").write_text("From: ann@example.org\nSubject: Tides\n\nThey rise.\n")
    assert read_here(tmp_path / "m.eml").authors == ("ann@example.org",)


def mail(folder: Path, text: bytes) -> Document:
    (folder / "m.eml").write_bytes(text)
    return read_here(folder / "m.eml")


def test_text_is_decoded_by_the_charset_of_its_part(tmp_path: Path) -> None:
    head = b"From: a@x.org\r\nCc: bo@x.org\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n"
    document = mail(tmp_path, head + "Шлюз\r\nстар.\r\n\r\nОн течёт.".encode("koi8-r"))
    assert [block.text for block in document.blocks] == ["From: a@x.org; Cc: bo@x.org", "Шлюз стар.", "Он течёт."]
    assert document.title == "m"


def test_mail_in_utf_7_is_decoded(tmp_path: Path) -> None:
    head = b"Subject: Rates\nContent-Type: text/plain; charset=unicode-1-1-utf-7\n\n"
    assert mail(tmp_path, head + b"It costs +AKM-320, 1 +- 1 is 2.").blocks[1].text == "It costs £320, 1 + 1 is 2."
    assert mail(tmp_path, head + b"It costs +!320.").blocks[1].text == "It costs +!320.", "no UTF-7 at all"


def test_the_first_of_two_subjects_counts_and_a_date_that_is_none_is_shown(tmp_path: Path) -> None:
    date = f"Fri, {'9' * 30} May 2020 10:00:00 +0200"
    document = mail(tmp_path, f"Subject: Tides\nSubject: Other\nDate: {date}\n\nThey rise.".encode())
    assert document.blocks[0].text == f"Date: {date}; Subject: Tides"


def test_a_message_of_an_attachment_alone_is_its_head(tmp_path: Path) -> None:
    body = b"Subject: Tides\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    document = mail(tmp_path, body + b"Content-Type: application/pdf\nContent-Disposition: attachment\n\nx\n--b--\n")
    assert [block.text for block in document.blocks] == ["Subject: Tides"]
    assert document.warnings == ("attachments are not read: application/pdf",)


def test_a_body_that_is_no_text_is_noted(tmp_path: Path) -> None:
    document = mail(tmp_path, b"Subject: Tides\n\n" + bytes(range(256)) * 20)
    assert [block.text for block in document.blocks] == ["Subject: Tides"]
    assert document.warnings == ("the text is in no encoding that can be recognised, and left out",)


def test_notes_of_a_page_in_a_message_are_kept(tmp_path: Path) -> None:
    head = b"Subject: Tides\nContent-Type: text/html; charset=utf-8\n\n"
    document = mail(tmp_path, head + b"<o:p>Seen.</o:p><p>It has <del>wrong</del> bolts.</p>")
    assert [block.text for block in document.blocks] == ["Subject: Tides", "Seen.", "It has bolts."]
    assert document.warnings == ("struck text is left out (5 characters)",)


@pytest.mark.parametrize("boundary", ["; boundary=b", ""])
def test_a_body_without_the_line_that_divides_its_parts_is_read(boundary: str, tmp_path: Path) -> None:
    head = f"Subject: Tides\nMIME-Version: 1.0\nContent-Type: multipart/mixed{boundary}\n\n"
    document = mail(tmp_path, f"{head}They rise.\n\nThey fall.\n".encode())
    assert [block.text for block in document.blocks] == ["Subject: Tides", "They rise.", "They fall."]
    assert document.warnings == (
        "the parts of the message are not divided as its head says: they are read as one text",
    )


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\n\n", b"\r\n\r\nFrom ann@x.org Fri May  1 10:00:00 2020\r\n"])
def test_what_an_export_leaves_before_the_first_header_is_passed_over(before: bytes, tmp_path: Path) -> None:
    document = mail(tmp_path, before + b"Subject: Tides\n\nThey rise.\n")
    assert [block.text for block in document.blocks] == ["Subject: Tides", "They rise."]
    assert document.warnings == ()


def test_several_messages_in_one_file_are_noted(tmp_path: Path) -> None:
    one = b"From ann@x.org Fri May  1 10:00:00 2020\nSubject: Tides\n\nFrom here they rise.\n\n"
    assert mail(tmp_path, one * 3).warnings == (
        "the file holds 3 messages, read as one: save each as a file of its own",
    )
    assert mail(tmp_path, one).warnings == ()


def test_lines_cut_within_a_number_are_joined_where_the_message_says_so(tmp_path: Path) -> None:
    head = b"Subject: A\nContent-Type: text/plain; format=flowed; delsp=yes\n\n"
    text = b"There are 12 \n345 bolts and  \nnuts.\n-- \nAnn"
    assert mail(tmp_path, head + text).blocks[1].text == "There are 12345 bolts and nuts. -- Ann"
    kept = mail(tmp_path, head.replace(b"; delsp=yes", b"") + text)
    assert kept.blocks[1].text == "There are 12 345 bolts and nuts. -- Ann"


@pytest.mark.parametrize("head", ["", "Content-Type: text/plain; format=flowed; delsp=yes\n"])
@pytest.mark.parametrize("between", ["\n\n", "\n \n", "\n\t\n", "\r\n \r\n", "\r\n\r\n"])
def test_a_blank_line_ends_a_paragraph_of_a_message(head: str, between: str, tmp_path: Path) -> None:
    read = mail(tmp_path, f"Subject: A\n{head}\nThere are 12 bolts.{between}345 nuts lie here.".encode())
    assert [block.text for block in read.blocks[1:]] == ["There are 12 bolts.", "345 nuts lie here."]
