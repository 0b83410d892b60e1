"""All that is seen of a page comes once and in order, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.base import Document
from ragft.corpus.chunks import chunk_document
from ragft.corpus.readers import read_here
from ragft.corpus.readers.html.reader import parse_page
from ragft.errors import DocumentError
from tests.corpus.readers.html.html_pages import PAGES, Made


def read(path: Path, html: str) -> Document:
    path.write_text(html, encoding="utf-8")
    return read_here(path)


def all_text(document: Document) -> str:
    return "\n".join([document.title, *(block.text for block in document.blocks)])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_seen_comes_once_and_in_order(page: Made, tmp_path: Path) -> None:
    text = all_text(read(tmp_path / "x.html", page.html))
    end = 0
    for phrase in page.seen:
        assert phrase in text[end:], text
        end = text.index(phrase, end) + len(phrase)
    assert all(text.count(phrase) == 1 for phrase in page.seen if len(phrase) > 12), text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_nobody_sees_is_not_read(page: Made, tmp_path: Path) -> None:
    text = all_text(read(tmp_path / "x.html", page.html))
    assert [phrase for phrase in page.unseen if phrase in text] == []


_TAGS = (
    "p div section ul li ol table td tr th b i span a em h2 h3 dl dd dt form label details summary blockquote".split()
)


@given(st.lists(st.tuples(st.sampled_from(_TAGS), st.booleans()), max_size=40))
def test_every_word_of_tags_nested_in_any_way_comes_once(marks: list[tuple[str, bool]]) -> None:
    """Ill-nested tables are reordered as browsers do it, so only lists and inline tags are held to their order."""
    source = "".join(f"<{'/' * closing}{tag}> word{number}. " for number, (tag, closing) in enumerate(marks))
    page = parse_page(f"<p>Begin. {source}")
    words = " ".join(block.text for block in page.blocks).split()
    found = [word for word in words if word.startswith("word")]
    expected = [f"word{number}." for number in range(len(marks))]
    assert sorted(found) == sorted(expected)
    if not any(tag in {"table", "td", "tr", "th", "form"} for tag, _ in marks):
        assert found == expected


@pytest.mark.parametrize("page", ["seen <?php x ?>", "seen <?a>", "seen <math><mi>x</mi><?b?></math>"])
def test_a_processing_instruction_is_passed_over(page: str, tmp_path: Path) -> None:
    """The parser gives such a node no name."""
    assert "seen" in all_text(read(tmp_path / "x.html", page))


@given(st.text(alphabet='<>/!-"= abdeimnprstuy?[]&;', max_size=200))
def test_anything_that_looks_like_html_is_read(text: str) -> None:
    parse_page(text)


def test_a_page_of_frames_names_them(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="holds no text") as caught:
        read(tmp_path / "x.html", "<frameset cols=1,1><frame src=menu.html><frame src=body.html></frameset>")
    assert "menu.html, body.html" in str(caught.value.fix)


def test_a_script_that_is_never_closed_costs_no_text(tmp_path: Path) -> None:
    document = read(tmp_path / "x.html", "<html><head><script src=a.js /></head><body><p>The gate is open.</p>")
    assert document.blocks[0].text == "The gate is open."


def test_a_page_that_holds_its_text_for_browsers_without_scripts(tmp_path: Path) -> None:
    document = read(tmp_path / "x.html", "<div id=app></div><noscript><p>The gate is open.</p></noscript>")
    assert document.blocks[0].text == "The gate is open."


def test_much_hidden_text_is_noted(tmp_path: Path) -> None:
    html = "<h1>Gates</h1><p>The gate is open in most winters.</p><p hidden>It leaks.</p>"
    assert read(tmp_path / "x.html", html).warnings == ("hidden text is left out (8 characters)",)


def test_code_keeps_its_indentation_in_chunks(tmp_path: Path) -> None:
    document = read(
        tmp_path / "x.html", "<h1>Gates</h1><pre><code>for g in gates:\n\tif g:\n\t\tg.close()</code></pre>"
    )
    chunks = chunk_document(document, lambda texts: [len(text.split()) for text in texts], max_tokens=99, overlap=0)
    assert chunks[0].text == "for g in gates:\n    if g:\n        g.close()"


@pytest.mark.parametrize(
    ("mathml", "line"),
    [
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>", "(a+b)/2"),
        ("<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>", "x_i^2"),
        ("<msup><mi>e</mi><mrow><mo>−</mo><mi>x</mi><mo>/</mo><mn>2</mn></mrow></msup>", "e^(−x/2)"),
        ("<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>", "∑_(i = 1)^n"),
        ("<mover><mi>x</mi><mo>^</mo></mover>", "x̂"),
        ("<msup><mfrac><mn>2</mn><mn>3</mn></mfrac><mn>2</mn></msup>", "(2/3)^2"),
        ("<msup><mrow><mo>(</mo><mfrac><mn>2</mn><mn>3</mn></mfrac><mo>)</mo></mrow><mn>2</mn></msup>", "(2/3)^2"),
        ("<mo>(</mo><mfrac linethickness='0pt'><mn>5</mn><mn>2</mn></mfrac><mo>)</mo>", "(5; 2)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "√[3]x"),
        ("<mn>3</mn><mo>×</mo><msup><mn>10</mn><mn>6</mn></msup>", "3×10^6"),
        (
            "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd></mtr></mtable>",
            "[1, 0; 0]",
        ),
        ("<mmultiscripts><mi>C</mi><mprescripts/><none/><mn>14</mn></mmultiscripts>", "^14C"),
        ("<mi>sin</mi><mi>x</mi>", "sin x"),
        ("<mn>3</mn><mo>\u2062</mo><msup><mn>10</mn><mn>2</mn></msup>", "3 10^2"),
        ("<mn>3</mn><mo>\u2064</mo><mfrac><mn>1</mn><mn>2</mn></mfrac><mo>\u2062</mo><mi>h</mi>", "3 1/2h"),
        ("<msqrt><mn>2</mn></msqrt><mo>\u2062</mo><mn>3</mn>", "√2 3"),
        ("<msup><mn>25</mn><mo>∘</mo></msup><mi>C</mi>", "25°C"),
        ("<mn>2</mn><mn>3</mn>", "2 3"),
        ("<msup><mi>f</mi><mo>′</mo></msup>", "f′"),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a, b)"),
        ("<mtext>if</mtext><mphantom><mi>q</mi></mphantom><mi>x</mi>", "if x"),
        ("<semantics><annotation encoding='application/x-tex'>{\\displaystyle E=mc}</annotation></semantics>", "E=mc"),
    ],
)
def test_formulas_come_once_as_a_line(mathml: str, line: str) -> None:
    assert parse_page(f"<p>So <math>{mathml}</math> holds.").blocks[0].text == f"So {line} holds."


def paragraphs(html: str) -> list[str]:
    return [block.text for block in parse_page(f"<p>The gate is open in most winters.</p>{html}").blocks][1:]


def test_what_is_hidden_from_screen_readers_alone_is_read() -> None:
    html = "<p>It is 3<span aria-hidden=true>.5</span> m high.</p><div inert><p>It has 223 bolts.</p></div>"
    assert paragraphs(html) == ["It is 3.5 m high.", "It has 223 bolts."]


@pytest.mark.parametrize("name", ["sr-only", "visually-hidden", "a-offscreen"])
def test_a_price_for_screen_readers_and_for_the_eye_comes_once(name: str) -> None:
    html = f"<p>It costs <span class={name}>$12.99</span><span aria-hidden=true>$12.99</span> each.</p>"
    assert paragraphs(html) == ["It costs $12.99 each."]


def test_a_closed_dialogue_and_the_mark_of_a_heading_are_not_read() -> None:
    html = "<div role=dialog aria-hidden=true>Sign in</div><h2>Gates<a aria-hidden=true href='#g'>#</a></h2>"
    assert paragraphs(html) == ["Gates"]


def test_the_labels_of_a_drawing_are_read_apart() -> None:
    html = (
        "<figure><svg><title>no</title><defs><text>no</text></defs><text>12</text><g><text>3<tspan>4</tspan></text></g>"
        "<text style='display:none'>no</text><svg><text>5</text></svg></svg></figure>"
    )
    assert paragraphs(html) == ["12 3 4 5"]


def test_what_stands_in_for_a_script_or_an_object_is_noted() -> None:
    page = parse_page("<p>The gate is open.</p><noscript><p>12 bolts</p></noscript><object data=x.pdf>a copy</object>")
    assert [block.text for block in page.blocks] == ["The gate is open."]
    assert page.notes == ("text of noscript and object elements is left out (12 characters)",)


def test_an_object_that_names_no_file_shows_what_it_holds() -> None:
    assert paragraphs("<object><p>It has 223 bolts.</p></object>") == ["It has 223 bolts."]


def test_the_title_of_a_drawing_is_not_that_of_the_page() -> None:
    assert parse_page("<p><svg><title>Icon</title></svg>The gate is open.</p>").title == ""


def test_a_page_inside_the_page_is_noted() -> None:
    page = parse_page("<p>Seen.</p><iframe srcdoc='<p>Inside.</p>'></iframe><iframe src='x'></iframe>")
    assert [block.text for block in page.blocks] == ["Seen."]
    assert page.notes == ("1 pages inside the page (iframe) are not read",)


def test_the_doi_of_a_page_is_kept_without_its_address(tmp_path: Path) -> None:
    head = "<meta name=citation_doi content='https://doi.org/10.1000/tides'>"
    assert read(tmp_path / "x.html", f"{head}<p>Text.</p>").doi == "10.1000/tides"


@pytest.mark.parametrize("name", ["citation_year", "dc.date.issued", "DCTERMS.issued", "dcterms.date"])
def test_the_year_of_a_page_is_taken_from_what_programs_write(name: str, tmp_path: Path) -> None:
    assert read(tmp_path / "x.html", f"<meta name={name} content='2021-05-03'><p>Text.</p>").year == 2021


def test_a_formula_whose_parts_only_its_style_raises_is_left_out_and_noted() -> None:
    """Its text would be 105."""
    raised = "<span class=msupsub><span class=vlist-t><span class=vlist><span>5</span></span></span></span>"
    shown = f"<span class=katex-html aria-hidden=true><span class=mord>10</span>{raised}</span>"
    page = parse_page(f"<p>At <span class=katex>{shown}</span> m, or <span class=katex><span>7</span></span> m.</p>")
    assert [block.text for block in page.blocks] == ["At m, or 7 m."]
    assert page.notes == ("1 formulas hold no text",)


@pytest.mark.parametrize("named", ["anchor-link", "headerlink", "hash-link", "header-anchor"])
def test_the_signs_of_links_to_headings_are_left_out(named: str) -> None:
    assert parse_page(f"<h1>Gates<a class={named} href='#g'>¶</a></h1><p>It is open.</p>").title == "Gates"
