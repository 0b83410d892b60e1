"""Style sheets in files beside a page count like its own; nothing outside its folder is opened."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import prose

LINK = '<link rel="stylesheet" href="look.css">'
SHOWN = f"<p>{prose('sluices')}</p>"


def read(folder: Path, sheets: dict[str, str], head: str = LINK, body: str = "<p class=x>SECRET words</p>") -> str:
    for name, sheet in sheets.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sheet, encoding="utf-8")
    page = folder / "site" / "page.html"
    page.parent.mkdir(exist_ok=True)
    page.write_text(f"<html><head>{head}</head><body><h1>Sluices</h1>{SHOWN}{body}</body></html>", encoding="utf-8")
    return " ".join(block.text for block in read_here(page).blocks)


HIDING = {
    "white on paper": ".x { color: white }",
    "white on white": "body { background: #fff } .x { color: #ffffff }",
    "black on black": "body { background: white } .x { color: #000; background: black }",
    "display": ".x { display: none }",
    "opacity": ".x { opacity: 0 }",
    "hairline": ".x { transform: scaleX(0.01) }",
    "hairline by a matrix": ".x { transform: matrix(0.01, 0, 0, 1, 0, 0) }",
    "flat": ".x { scale: 1 0.01 }",
}


@pytest.mark.parametrize("name", HIDING)
def test_what_a_sheet_beside_the_page_hides_is_not_read(name: str, tmp_path: Path) -> None:
    assert "SECRET" not in read(tmp_path, {"site/look.css": HIDING[name]})


@pytest.mark.parametrize("sheet", ["body { background: navy } .x { color: white }", ".x { transform: scaleX(0.6) }"])
def test_what_a_sheet_beside_the_page_shows_is_read(sheet: str, tmp_path: Path) -> None:
    assert "SECRET" in read(tmp_path, {"site/look.css": sheet})


def test_what_a_sheet_raises_is_raised(tmp_path: Path) -> None:
    body = "<p>It fell to 10<span class=x>4</span> and cost $320<span class=x>1</span>.</p>"
    text = read(tmp_path, {"site/look.css": ".x { vertical-align: super }"}, body=body)
    assert "It fell to 10^4 and cost $320." in text


@pytest.mark.parametrize(
    "link",
    [
        "<link href=look.css rel=stylesheet>",
        "<LINK REL='StyleSheet' HREF='look.css?v=3' media=screen />",
        '<link rel="stylesheet preload" href="./look.css#top">',
        '<link rel="stylesheet" href="a%20folder/more.css">',
        "<style>p { margin: 0 }</style><link rel=stylesheet href='importing.css'>",
    ],
)
def test_however_a_sheet_is_linked(link: str, tmp_path: Path) -> None:
    hiding = ".x { display: none }"
    sheets = {
        "site/look.css": hiding,
        "site/a folder/more.css": hiding,
        "site/importing.css": "@import url('look.css');",
    }
    assert "SECRET" not in read(tmp_path, sheets, head=link)


@pytest.mark.parametrize(
    ("rule", "read_out"),
    [
        ("@import 'look.css' screen;", False),
        ("@import url(look.css) supports(display: grid) (min-width: 600px);", False),
        ("@import url(look.css) layer(base) screen;", False),
        ("@import 'look.css' print;", True),
        ("@import 'look.css' supports(not (display: grid));", True),
        ("@import 'look.css' layer; p { display: block }", True),
    ],
)
def test_a_sheet_counts_as_it_is_imported(rule: str, read_out: bool, tmp_path: Path) -> None:
    sheets = {"site/look.css": ".x { display: none }", "site/importing.css": rule}
    assert ("SECRET" in read(tmp_path, sheets, head="<link rel=stylesheet href=importing.css>")) == read_out
    assert ("SECRET" in read(tmp_path, sheets, head=f"<style media=screen>{rule}</style>")) == read_out


@pytest.mark.parametrize(
    "link",
    [
        "<link rel=stylesheet href=../look.css>",
        "<link rel=stylesheet href=/look.css>",
        "<link rel=stylesheet href=https://example.org/look.css>",
        "<link rel=stylesheet href=file:look.css>",
        "<link rel=stylesheet href='%2e%2e/look.css'>",
        "<link rel=stylesheet href=outside.css>",
        "<link rel=stylesheet href=missing.css>",
        "<link rel=stylesheet href='look%00.css'>",
        "<link rel=stylesheet href=.>",
        "<link rel='alternate stylesheet' href=mine.css>",
        "<link rel=stylesheet media=print href=mine.css>",
        "<link rel=icon href=mine.css>",
        "<link rel=stylesheet href=round.css>",
    ],
)
def test_sheets_that_do_not_count_or_lie_elsewhere_are_not_read(link: str, tmp_path: Path) -> None:
    hiding = ".x { display: none }"
    sheets = {
        "look.css": hiding,
        "site/mine.css": hiding,
        "site/round.css": "@import 'round.css'; @import '../look.css';",
    }
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "outside.css").symlink_to(tmp_path / "look.css")
    assert "SECRET" in read(tmp_path, sheets, head=link)


def test_white_text_stays_where_another_sheet_may_paint_the_ground(tmp_path: Path) -> None:
    head = LINK + "<link rel=stylesheet href=https://example.org/theme.css>"
    assert "SECRET" in read(tmp_path, {"site/look.css": ".x { color: white }"}, head=head)


def test_a_sheet_that_is_too_large_is_left(tmp_path: Path) -> None:
    assert "SECRET" in read(tmp_path, {"site/look.css": ".x { display: none }" + " " * (1 << 20)})


@pytest.mark.parametrize("place", ["{}", "@import {} a", "@import a{}", "@import url({}a", "@import url(a{}"])
def test_an_import_is_looked_through_once(place: str, tmp_path: Path) -> None:
    """Blanks behind an address were divided in every way: half a million took hours."""
    sheet = f".x {{ display: none }} {place.format(' ' * 500_000)}"
    assert "SECRET" not in read(tmp_path, {"site/look.css": sheet})
    assert "SECRET" not in read(tmp_path, {"site/look.css": sheet.replace(" " * 9, "a" * 9)})


@pytest.mark.parametrize(
    "rule", ["@import 'a.css';", '@import url( "a.css" ) ;', "@import url(a.css)screen;", "@import 'a.css' screen ;"]
)
def test_an_import_may_be_written_with_blanks(rule: str, tmp_path: Path) -> None:
    assert "SECRET" not in read(tmp_path, {"site/look.css": rule, "site/a.css": ".x { display: none }"})


@pytest.mark.slow
@pytest.mark.parametrize("unit", [" ", "@a", "a-", "/*", ":before"])
def test_a_sheet_is_looked_through_once(unit: str, tmp_path: Path) -> None:
    """Half a megabyte of blanks behind the last rule took minutes."""
    sheet = f".x{{display:none}} .y{{color:white}} {unit * (500_000 // len(unit))}"
    started = time.process_time()
    assert "SECRET" not in read(tmp_path, {"site/look.css": sheet})
    assert time.process_time() - started < 20


@pytest.mark.parametrize(("blanks", "hidden"), [(700_000, False), (300_000, True)])
def test_sheets_are_read_up_to_a_mebibyte_together(blanks: int, hidden: bool, tmp_path: Path) -> None:
    sheets = {"site/look.css": " " * blanks, "site/more.css": ".x { display: none }" + " " * blanks}
    text = read(tmp_path, sheets, head=LINK + LINK.replace("look.css", "more.css"))
    assert ("SECRET" not in text) == hidden
