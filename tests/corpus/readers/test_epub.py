"""EPUB: chapters in the order of the spine, read as web pages; locked, broken and hostile books fail clearly."""

from __future__ import annotations

import contextlib
import time
import zipfile
from pathlib import Path

import pytest

from ragft.corpus.base import Document
from ragft.corpus.readers import find_files, read_document, read_here
from ragft.corpus.readers.base import LARGEST_TEXT
from ragft.errors import DocumentError
from tests.corpus.readers.books import ABOUT, CONTAINER, NAMES, book, page

ONE = page("<h1>The Moon</h1><p>The moon pulls the sea.</p>")
TWO = page("<h1>The Ports</h1><p>Brest lies open.</p>")


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks]


def failure(path: Path) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_here(path)
    assert str(path) in caught.value.message
    assert caught.value.fix
    return caught.value


def test_title_authors_year_and_doi_come_from_the_package(tmp_path: Path) -> None:
    document = read_here(book(tmp_path / "b.epub", {"1.xhtml": ONE}))
    assert (document.title, document.authors) == ("Tides of the North", ("Ann Other",))
    assert (document.year, document.doi) == (2019, "10.1000/tides")


def test_of_several_titles_and_dates_the_main_one_and_that_of_publication_are_taken(tmp_path: Path) -> None:
    about = (
        "<dc:title id='s'>A Study</dc:title><dc:title id='m'>Sluices</dc:title>"
        "<meta refines='#m' property='title-type'>main</meta>"
        "<dc:date xmlns:opf='http://www.idpf.org/2007/opf' opf:event='modification'>2024</dc:date>"
        "<dc:date xmlns:opf='http://www.idpf.org/2007/opf' opf:event='publication'>1987</dc:date>"
    )
    document = read_here(book(tmp_path / "b.epub", {"1.xhtml": ONE}, about=about))
    assert (document.title, document.year) == ("Sluices", 1987)


def test_chapters_come_in_the_order_of_the_spine(tmp_path: Path) -> None:
    spine = '<itemref idref="c1"/><itemref idref="c0"/><itemref idref="nowhere"/>'
    document = read_here(book(tmp_path / "b.epub", {"a.xhtml": ONE, "b%20b.xhtml": TWO}, spine=spine))
    assert texts(document) == ["The Ports", "Brest lies open.", "The Moon", "The moon pulls the sea."]
    assert [block.section for block in document.blocks][1] == "The Ports"
    assert {block.page for block in document.blocks} == {0}


def test_tables_formulas_and_notes_are_kept(tmp_path: Path) -> None:
    body = (
        "<h1>Heights</h1><p>It rises 6.2 m<sup><a epub:type='noteref' href='#n'>1</a></sup> in Brest.</p>"
        "<aside epub:type='footnote' id='n'>At springs.</aside>"
        "<table><tr><th>port</th><th>m</th></tr><tr><td>Brest</td><td>6.2</td></tr></table>"
        "<p>Here <math xmlns='http://www.w3.org/1998/Math/MathML'><msup><mi>h</mi><mn>2</mn></msup></math> counts.</p>"
    )
    found = texts(read_here(book(tmp_path / "b.epub", {"1.xhtml": page(body)})))
    assert found[1:] == ["It rises 6.2 m in Brest.", "At springs.", "port | m\nBrest | 6.2", "Here h^2 counts."]


def test_the_table_of_contents_is_not_read_but_names_chapters_without_heading(tmp_path: Path) -> None:
    nav = page("<nav epub:type='toc'><ol><li><a href='1.xhtml#top'>The Tide Mill</a></li></ol></nav><p>Contents</p>")
    bare = page("<p>It turned twice a day.</p>")
    document = read_here(
        book(
            tmp_path / "b.epub",
            {"1.xhtml": bare},
            items='<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
            spine='<itemref idref="n"/><itemref idref="c0"/>',
            others={"OPS/nav.xhtml": nav},
        )
    )
    assert texts(document) == ["The Tide Mill", "It turned twice a day."]
    assert document.blocks[1].section == "The Tide Mill"


def test_a_chapter_with_a_heading_keeps_its_own(tmp_path: Path) -> None:
    nav = page("<nav epub:type='toc'><ol><li><a href='1.xhtml'>Another name</a></li></ol></nav>")
    item = '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    path = book(tmp_path / "b.epub", {"1.xhtml": ONE}, items=item, others={"OPS/nav.xhtml": nav})
    assert texts(read_here(path)) == ["The Moon", "The moon pulls the sea."]


def test_the_old_table_of_contents_names_chapters_too(tmp_path: Path) -> None:
    ncx = (
        "<ncx xmlns='http://www.daisy.org/z3986/2005/ncx/'><navMap><navPoint><navLabel><text>The Tide Mill</text>"
        "</navLabel><content src='1.xhtml'/></navPoint></navMap></ncx>"
    )
    document = read_here(
        book(
            tmp_path / "b.epub",
            {"1.xhtml": page("<p>It turned twice a day.</p>")},
            items='<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>',
            others={"OPS/toc.ncx": ncx},
        )
    )
    assert document.blocks[1].section == "The Tide Mill"


def test_what_a_style_sheet_of_the_book_hides_is_not_read(tmp_path: Path) -> None:
    text = page(
        "<p>Seen.</p><p>And this, too.</p><p class='no'>Unseen.</p>", '<link rel="stylesheet" href="../s.css"/>'
    )
    path = book(tmp_path / "b.epub", {"text/1.xhtml": text}, others={"OPS/s.css": ".no { display: none }"})
    assert texts(read_here(path)) == ["Seen.", "And this, too."]


def test_sheets_that_a_sheet_imports_count_but_none_outside_the_book(tmp_path: Path) -> None:
    head = (
        '<link rel="stylesheet" href="css/a.css"/><style>@import "css/d.css" print; @import "css/c.css" screen;</style>'
    )
    body = "".join(f"<p class='{name}'>Text {name}.</p>" for name in "abcde")
    sheets = {
        "OPS/css/a.css": "@import 'b.css'; @import '../../../e.css'; .a{display:none}",
        "OPS/css/b.css": ".b{display:none}",
        "OPS/css/c.css": ".c{display:none}",
        "OPS/css/d.css": ".d{display:none}",
        "e.css": ".e{display:none}",
    }
    path = book(tmp_path / "b.epub", {"1.xhtml": page(f"<p>The moon pulls the sea.</p>{body}", head)}, others=sheets)
    assert texts(read_here(path)) == ["The moon pulls the sea.", "Text d.", "Text e."]


def test_rules_for_what_stands_in_the_body_count(tmp_path: Path) -> None:
    head = "<style>.book > .a{display:none} html > body > .b{display:none} body > p:first-child{color:red}</style>"
    text = page("<p>The moon pulls the sea.</p><p class='a'>Not 57.</p><p class='b'>Not 58.</p>", head)
    path = book(tmp_path / "b.epub", {"1.xhtml": text.replace("<body", "<body class='book'")})
    assert texts(read_here(path)) == ["The moon pulls the sea."]


@pytest.mark.parametrize(
    ("namespace", "seen"), [("http://www.w3.org/1998/Math/MathML", "x^2"), ("http://example.org/music", "x squared")]
)
def test_of_several_forms_one_is_read(namespace: str, seen: str, tmp_path: Path) -> None:
    formula = '<math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>x</mi><mn>2</mn></msup></math>'
    case = f'<epub:case required-namespace="{namespace}">{formula}</epub:case>'
    text = page(f"<p>It is:</p><epub:switch>{case}<epub:default><p>x squared</p></epub:default></epub:switch>")
    assert texts(read_here(book(tmp_path / "b.epub", {"1.xhtml": text}))) == ["It is:", seen]


def test_a_chapter_larger_than_64_mib_is_left_out_and_noted(tmp_path: Path) -> None:
    large = page(f"<p>Large.</p><!--{'x' * LARGEST_TEXT}-->")
    document = read_here(book(tmp_path / "b.epub", {"1.xhtml": ONE, "2.xhtml": large}))
    assert texts(document) == ["The Moon", "The moon pulls the sea."]
    assert [note for note in document.warnings if note.endswith("2.xhtml is too large (64 MiB) and left out")]


def test_a_locked_picture_does_not_lock_the_book(tmp_path: Path) -> None:
    cover = locked("OPS/cover.jpg", "http://www.w3.org/2001/04/xmlenc#aes256-cbc")
    others = {"META-INF/encryption.xml": cover, "OPS/cover.jpg": "x"}
    assert texts(read_here(book(tmp_path / "b.epub", {"1.xhtml": ONE}, others=others)))


def test_a_style_sheet_for_print_hides_nothing(tmp_path: Path) -> None:
    links = '<link rel="stylesheet" href="s.css" media="print"/><link rel="alternate stylesheet" href="s.css"/>'
    path = book(
        tmp_path / "b.epub",
        {"1.xhtml": page("<p>Seen on paper and on the screen.</p><p class='no'>Seen.</p>", links)},
        others={"OPS/s.css": ".no{display:none}"},
    )
    assert texts(read_here(path)) == ["Seen on paper and on the screen.", "Seen."]


def test_the_style_sheets_of_a_chapter_are_read_up_to_a_mebibyte_together(tmp_path: Path) -> None:
    links = "".join(f'<link rel="stylesheet" href="{name}.css"/>' for name in ("a", "b"))
    text = page("<p class='a'>Hidden.</p><p class='b'>Beyond the limit, so it is read.</p>", links)
    sheets = {f"OPS/{name}.css": f".{name}{{display:none}}{' ' * 600_000}" for name in ("a", "b")}
    assert texts(read_here(book(tmp_path / "b.epub", {"1.xhtml": text}, others=sheets))) == [
        "Beyond the limit, so it is read."
    ]


def test_a_link_that_is_no_address_costs_its_own_entry_only(tmp_path: Path) -> None:
    nav = page("<nav epub:type='toc'><a href='http://['>Broken</a><a href='1.xhtml'>The Mill</a></nav>")
    item = '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    path = book(tmp_path / "b.epub", {"1.xhtml": page("<p>It turned.</p>")}, items=item, others={"OPS/nav.xhtml": nav})
    assert texts(read_here(path)) == ["The Mill", "It turned."]


@pytest.mark.parametrize("text", [page("<p>Seen.</p>", "<style>" * 40_000), "<p>Seen.</p>" + "<body" * 200_000])
def test_tags_that_never_end_are_looked_through_once(text: str, tmp_path: Path) -> None:
    """They took a minute when each looked for its end up to that of the chapter."""
    started = time.process_time()
    with contextlib.suppress(DocumentError):
        read_here(book(tmp_path / "b.epub", {"1.xhtml": text}))
    assert time.process_time() - started < 20


def test_the_bibliography_of_one_chapter_does_not_swallow_the_next(tmp_path: Path) -> None:
    listed = page("<h1>References</h1><p>A. Other. Tides. 1987.</p>")
    document = read_here(book(tmp_path / "b.epub", {"1.xhtml": listed, "2.xhtml": page("<p>After it.</p>")}))
    assert texts(document) == ["After it."]


def test_a_missing_chapter_is_noted_and_the_others_read(tmp_path: Path) -> None:
    items = '<item id="gone" href="gone.xhtml" media-type="application/xhtml+xml"/>'
    path = book(
        tmp_path / "b.epub", {"1.xhtml": ONE}, items=items, spine='<itemref idref="gone"/><itemref idref="c0"/>'
    )
    document = read_here(path)
    assert document.warnings == ("OPS/gone.xhtml is missing in the file",)
    assert len(document.blocks) == 2


def locked(member: str, method: str) -> str:
    return (
        "<encryption xmlns:e='http://www.w3.org/2001/04/xmlenc#'><e:EncryptedData>"
        f"<e:EncryptionMethod Algorithm='{method}'/><e:CipherData><e:CipherReference URI='{member}'/></e:CipherData>"
        "</e:EncryptedData></encryption>"
    )


def test_a_protected_book_is_refused_and_scrambled_fonts_are_no_protection(tmp_path: Path) -> None:
    aes = locked("OPS/1.xhtml", "http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    path = book(tmp_path / "a.epub", {"1.xhtml": ONE}, others={"META-INF/encryption.xml": aes})
    assert "protected against copying (DRM)" in failure(path).message
    font = locked("OPS/f.otf", "http://www.idpf.org/2008/embedding")
    free = book(tmp_path / "b.epub", {"1.xhtml": ONE}, others={"META-INF/encryption.xml": font})
    assert len(read_here(free).blocks) == 2


def test_links_out_of_the_archive_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret.xhtml").write_text(page("<p>Secret.</p>"))
    names = ["../../secret.xhtml", str(tmp_path / "secret.xhtml"), (tmp_path / "secret.xhtml").as_uri()]
    items = "".join(f'<item id="s{i}" href="{n}" media-type="application/xhtml+xml"/>' for i, n in enumerate(names))
    spine = "".join(f'<itemref idref="s{i}"/>' for i in range(len(names))) + '<itemref idref="c0"/>'
    path = book(tmp_path / "b.epub", {"1.xhtml": ONE}, items=items, spine=spine)
    assert "Secret" not in " ".join(texts(read_here(path)))


def with_entities(path: Path, entities: str, title: str) -> Path:
    package = (
        f"<!DOCTYPE p [{entities}]><package {NAMES}><metadata><dc:title>{title}</dc:title></metadata><manifest>"
        "<item id='c0' href='1.xhtml' media-type='application/xhtml+xml'/></manifest>"
        "<spine><itemref idref='c0'/></spine></package>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OPS/book.opf", package)
        archive.writestr("OPS/1.xhtml", ONE)
    return path


def test_entities_of_files_are_not_resolved(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("password")
    entity = f"<!ENTITY s SYSTEM '{(tmp_path / 'secret').as_uri()}'>"
    assert "password" not in read_here(with_entities(tmp_path / "b.epub", entity, "A&s;B")).title


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    bombs = "".join(f'<!ENTITY b{i} "{f"&b{i - 1};" * 10 if i else "boom"}">' for i in range(12))
    assert "is damaged" in failure(with_entities(tmp_path / "b.epub", bombs, "&b11;")).message


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_book_that_is_cut_short(share: float, tmp_path: Path) -> None:
    whole = book(tmp_path / "whole.epub", {"1.xhtml": ONE}).read_bytes()
    path = tmp_path / "b.epub"
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "cut short or no EPUB" in failure(path).message


def test_an_archive_of_another_kind(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.epub", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "no EPUB file" in failure(tmp_path / "b.epub").message


@pytest.mark.parametrize(
    "package", ["no xml", "<package/>", f"<package {NAMES}><metadata>{ABOUT}</metadata></package>"]
)
def test_a_package_that_is_broken_or_empty(package: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.epub", "w") as archive:
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OPS/book.opf", package)
    caught = failure(tmp_path / "b.epub")
    assert "is damaged" in caught.message or "holds no text" in caught.message


@pytest.mark.slow
def test_a_book_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    path = book(tmp_path / "b.epub", {"1.xhtml": ONE})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("OPS/big.xhtml", "w") as member:
        for _ in range(520):
            member.write(bytes(1 << 20))
    assert "unpacks to more than 512 MiB" in failure(path).message


def test_books_are_found_in_folders_and_read_by_the_pool(tmp_path: Path) -> None:
    path = book(tmp_path / "b.epub", {"1.xhtml": ONE})
    assert find_files([tmp_path]) == [path]
    assert read_document(path).title == "Tides of the North"


def test_the_numbers_of_printed_pages_are_no_text(tmp_path: Path) -> None:
    body = (
        '<p>It cost $3<span epub:type="pagebreak" id="p13">13</span>4 then.</p>'
        '<p>It <span role="doc-pagebreak">14</span>leaks.</p>'
        '<section epub:type="bodymatter pagebreak"><p>A chapter that a mark stands around is read.</p></section>'
    )
    document = read_here(book(tmp_path / "b.epub", {"1.xhtml": page(body)}))
    assert texts(document)[-3:] == ["It cost $34 then.", "It leaks.", "A chapter that a mark stands around is read."]


@pytest.mark.parametrize(
    ("roles", "authors"),
    [
        (("aut", "edt"), ("Ann 0",)),
        (("ill", "author"), ("Ann 1",)),
        (("edt", "trl", "ill"), ("Ann 0", "Ann 1")),
        (("", "AUT"), ("Ann 0", "Ann 1")),
    ],
)
def test_who_wrote_comes_before_who_edited(roles: tuple[str, ...], authors: tuple[str, ...], tmp_path: Path) -> None:
    name = "xmlns:opf='http://www.idpf.org/2007/opf' opf:role"
    about = "".join(f"<dc:creator {name}='{role}'>Ann {n}</dc:creator>" for n, role in enumerate(roles))
    about += f"<dc:creator {name}='{roles[0]}'>Ann 0</dc:creator><dc:title>T</dc:title>"
    assert read_here(book(tmp_path / "b.epub", {"1.xhtml": ONE}, about=about)).authors == authors


def test_the_year_is_never_that_of_the_file(tmp_path: Path) -> None:
    name = "xmlns:opf='http://www.idpf.org/2007/opf' opf:event"
    about = f"<dc:title>T</dc:title><dc:date {name}='creation'>2021</dc:date>"
    assert read_here(book(tmp_path / "b.epub", {"1.xhtml": ONE}, about=about)).year is None
    assert read_here(book(tmp_path / "b.epub", {"1.xhtml": ONE}, about=f"{about}<dc:date>1987</dc:date>")).year == 1987


def test_a_chapter_that_stands_twice_in_the_spine_is_read_once_and_pages_of_any_kind(tmp_path: Path) -> None:
    path = book(
        tmp_path / "b.epub",
        {"1.xhtml": ONE},
        others={"OPS/2.html": page("<p>It falls.</p>"), "OPS/p.css": "p"},
        items="<item id='h' href='2.html' media-type='text/html'/><item id='s' href='p.css' media-type='text/css'/>",
        spine="<itemref idref='c0'/><itemref idref='s'/><itemref idref='h'/><itemref idref='c0'/>",
    )
    assert texts(read_here(path)) == [*texts(read_here(book(tmp_path / "a.epub", {"1.xhtml": ONE}))), "It falls."]


def test_a_chapter_in_an_old_encoding_or_none_at_all(tmp_path: Path) -> None:
    path = book(tmp_path / "b.epub", {"1.xhtml": ONE})
    old = '<?xml version="1.0" encoding="koi8-r"?><html><body><p>Шлюз стар.</p></body></html>'.encode("koi8-r")
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for data, said, notes in (
        (old, "Шлюз стар.", ()),
        (b"a\0b" * 40, "", ("OPS/2.xhtml is not a text file (it holds zero bytes), and left out",)),
        (b"<p>It <s>sank</s> rises.</p>", "It rises.", ("struck text is left out (4 characters)",)),
        (b"<p>It rises to 5 \xb0C \x96 now.</p>", "It rises to 5 °C – now.", None),
    ):
        listed = b"<item id='x' href='2.xhtml' media-type='application/xhtml+xml'/></manifest>"
        package = members["OPS/book.opf"].replace(b"</manifest>", listed)
        whole = {**members, "OPS/book.opf": package.replace(b"</spine>", b"<itemref idref='x'/></spine>")}
        with zipfile.ZipFile(path, "w") as archive:
            for name, held in {**whole, "OPS/2.xhtml": data}.items():
                archive.writestr(name, held)
        document = read_here(path)
        assert texts(document)[-1] == said or not said
        assert document.warnings == notes if notes is not None else "a guess" in document.warnings[0]


def test_a_long_name_in_the_table_of_contents_is_no_heading(tmp_path: Path) -> None:
    def headings(name: str) -> list[str]:
        nav = page(f"<nav epub:type='toc'><a href='1.xhtml#a'>{name}</a><a href='1.xhtml'>Second</a></nav>")
        items = "<item id='n' href='nav.xhtml' media-type='application/xhtml+xml' properties='nav'/>"
        plain = page("<p>It rises twice a day.</p>")
        path = book(tmp_path / "b.epub", {"1.xhtml": plain}, others={"OPS/nav.xhtml": nav}, items=items)
        return [block.text for block in read_here(path).blocks if block.kind == "heading"]

    assert headings("The moon") == ["The moon"]
    assert headings("moon " * 50) == []


def test_a_guide_names_a_table_of_contents_that_is_not_read(tmp_path: Path) -> None:
    path = book(tmp_path / "b.epub", {"toc.xhtml": page("<p>Contents</p>"), "1.xhtml": ONE})
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["OPS/book.opf"] = members["OPS/book.opf"].replace(b"</package>", GUIDE)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    assert "Contents" not in texts(read_here(path))


GUIDE = b"<guide><reference type='toc' href='toc.xhtml#toc'/></guide></package>"


@pytest.mark.parametrize("called", ["guide", "nav"])
def test_a_table_of_contents_on_a_page_with_text_costs_no_text(called: str, tmp_path: Path) -> None:
    """As in books of Project Gutenberg, where it stands on the first pages of the first chapter."""
    first = page("<p><a href='1.xhtml'>The Mill</a></p>" + "<p>The sluice was open.</p>" * 60)
    path = book(tmp_path / "b.epub", {"toc.xhtml": first, "1.xhtml": ONE})
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    package = members["OPS/book.opf"]
    if called == "guide":
        package = package.replace(b"</package>", GUIDE)
    else:
        package = package.replace(b'href="toc.xhtml"', b'href="toc.xhtml" properties="nav"')
        assert b"properties" in package
    members["OPS/book.opf"] = package
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    assert texts(read_here(path)).count("The sluice was open.") == 60
