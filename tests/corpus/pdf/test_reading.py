"""What comes out of a PDF: order, words, furniture, sections, references. Real PDFs, drawn by the tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.base import Document
from ragft.corpus.readers import read_here
from tests.corpus.pdfs import BOLD, HEIGHT, ITALIC, WIDTH, Draw, at, centred, column, pdf, prose, wrap

LEFT, RIGHT = 60.0, 306.0
ENTRIES = [
    f"[{n}] A. Author{n} and B. Writer. A title about subject {n}. In Proceedings of the {n}th Conference, pages "
    f"{n}0–{n}9, 20{n:02d}."
    for n in range(1, 16)
]


def text_of(document: Document) -> str:
    return "\n".join(block.text for block in document.blocks)


def front(canvas: Canvas) -> None:
    centred(canvas, 80, "A Paper Made for Tests", 17, BOLD)
    centred(canvas, 105, "Ann Other and Per Son", 11)


def read(tmp_path: Path, *pages: Draw, **options: str) -> Document:
    return read_here(pdf(tmp_path / "paper.pdf", *pages, **options))


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        front(canvas)
        left, right = wrap(prose("harbours", 9), 228), wrap(prose("canals", 9), 228)
        # Line by line across the page, as some typesetters write it: the order of the file must not matter.
        for row, (one, other) in enumerate(zip(left, right, strict=False)):
            at(canvas, LEFT, 160 + 12 * row, one)
            at(canvas, RIGHT, 160 + 12 * row, other)

    text = text_of(read(tmp_path, draw)).replace("\n", " ")
    assert prose("harbours", 6) in text
    assert prose("canals", 6) in text
    assert text.index("harbours") < text.index("canals")
    assert text.rindex("harbours") < text.index("canals")


@pytest.mark.parametrize("lower", [0.0, 5.0])
def test_a_passage_in_columns_on_a_page_of_full_lines(lower: float, tmp_path: Path) -> None:
    """The lines of the left column may stand a little lower than those of the right one."""

    def draw(canvas: Canvas) -> None:
        front(canvas)
        end = column(canvas, LEFT, 160, 485, [prose("harbours", 9)])
        column(canvas, LEFT, end + 20 + lower, 232, [prose("canals", 3)])
        column(canvas, RIGHT, end + 20, 232, [prose("locks", 3)])
        column(canvas, LEFT, end + 160, 485, [prose("weirs", 9)])

    text = text_of(read(tmp_path, draw)).replace("\n", " ")
    places = [text.index(prose(topic, count)) for topic, count in (("harbours", 9), ("canals", 3), ("locks", 3))]
    assert places == sorted(places)
    assert text.index(prose("weirs", 9)) > places[-1]


def test_text_beside_a_figure_and_its_caption_is_not_interrupted(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        front(canvas)
        lines = wrap(prose("harbours", 30), 485)
        for row, line in enumerate(lines[:8]):
            at(canvas, LEFT, 160 + 12 * row, line)
        beside = wrap(prose("canals", 9), 330)
        for row, line in enumerate(beside):
            at(canvas, LEFT, 160 + 12 * (8 + row), line)
        column(canvas, LEFT + 350, 258, 140, ["Figure 6: The canals in spring, and what they carry to the sea."])
        for row, line in enumerate(lines[8:]):
            at(canvas, LEFT, 160 + 12 * (8 + len(beside) + row), line)

    text = text_of(read(tmp_path, draw)).replace("\n", " ")
    assert prose("canals", 9) in text
    assert "The canals in spring, and what they carry to the sea." in text


def test_wide_figure_divides_the_columns(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        front(canvas)
        column(canvas, LEFT, 160, 230, [prose("alpha", 5)])
        column(canvas, RIGHT, 160, 230, [prose("beta", 5)])
        for row, line in enumerate(wrap("Figure 1: " + prose("the gamma curve", 3), WIDTH - 120)):
            at(canvas, LEFT, 420 + 12 * row, line)
        column(canvas, LEFT, 520, 230, [prose("delta", 5)])
        column(canvas, RIGHT, 520, 230, [prose("epsilon", 5)])

    document = read(tmp_path, draw)
    text = text_of(document)
    order = [text.index(word) for word in ("alpha", "beta", "gamma", "delta", "epsilon")]
    assert order == sorted(order)
    [caption] = [block for block in document.blocks if block.kind == "caption"]
    assert caption.text == "Figure 1: " + prose("the gamma curve", 3)


def test_three_columns(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        front(canvas)
        for index, topic in enumerate(("copper", "silver", "golden")):
            column(canvas, 50 + 170 * index, 160, 160, [prose(topic, 9)])

    text = text_of(read(tmp_path, draw)).replace("\n", " ")
    for topic in ("copper", "silver", "golden"):
        assert prose(topic, 7) in text


def test_hyphens_at_line_ends(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        front(canvas)
        lines = (
            "The whole generation was measured, and a state-of-the-art method was used in the re-",
            "trieval of passages; every gener-",
            "ation was kept, with a state-of-the-",
            "art encoder, GPT-",
            "4 as the judge and a question-",
            "answering set. One question and one answering machine were enough for us to see it.",
        )
        for row, line in enumerate(lines):
            at(canvas, LEFT, 160 + 12 * row, line)

    text = text_of(read(tmp_path, draw))
    for wanted in (
        "the retrieval of",
        "every generation was",
        "state-of-the-art encoder",
        "GPT-4 as",
        "question-answering",
    ):
        assert wanted in text


def test_running_heads_footers_and_page_numbers_are_dropped(tmp_path: Path) -> None:
    def page(number: int) -> Draw:
        def draw(canvas: Canvas) -> None:
            if number == 1:
                front(canvas)
            else:
                at(canvas, LEFT, 30, f"Tests, Vol. 7, p. {number}" if number % 2 else "Other and Son", 8, ITALIC)
            at(canvas, LEFT, HEIGHT - 40, "Draft of the Test Society", 8)
            centred(canvas, HEIGHT - 25, f"{number + 40}", 9)
            column(canvas, LEFT, 150, 470, [prose(f"subject{number}", 12), prose(f"matter{number}", 12)])

        return draw

    document = read(tmp_path, *(page(number) for number in range(1, 8)))
    text = text_of(document)
    for furniture in ("Vol. 7", "Other and Son", "Draft of the Test Society", "41", "47"):
        assert furniture not in text
    assert document.title == "A Paper Made for Tests"
    assert document.pages == 7
    assert {block.page for block in document.blocks} == set(range(1, 8))


def test_heads_of_a_short_paper_go_by_their_page_numbers(tmp_path: Path) -> None:
    """On three pages neither the head of the left nor that of the right pages comes twice."""

    def page(number: int) -> Draw:
        def draw(canvas: Canvas) -> None:
            if number == 1:
                front(canvas)
            elif number % 2:
                at(canvas, LEFT, 40, "A Paper Made for Tests", 8, ITALIC)
                at(canvas, 520, 40, f"{number + 6}", 8)
            else:
                at(canvas, LEFT, 40, f"{number + 6} A. Other and P. Son", 8, ITALIC)
            column(canvas, LEFT, 120, 470, [prose(f"subject{number}", 12), prose(f"matter{number}", 12)])

        return draw

    text = text_of(read(tmp_path, *(page(number) for number in range(1, 4))))
    assert "A. Other and P. Son" not in text
    assert "A Paper Made for Tests" not in text
    assert "subject2" in text
    assert "subject3" in text


def test_a_last_line_that_ends_in_a_number_is_kept(tmp_path: Path) -> None:
    def page(number: int) -> Draw:
        def draw(canvas: Canvas) -> None:
            y = column(canvas, LEFT, 90, 470, [prose(f"subject{number}{part}", 9) for part in range(3)])
            for line in wrap(prose(f"end{number}", 30), 458):
                if y > HEIGHT - 60:
                    break
                at(canvas, LEFT, y, line)
                y += 12
            at(canvas, LEFT, y, f"as the measurements show in Table {number}")

        return draw

    text = text_of(read(tmp_path, *(page(number) for number in range(1, 4))))
    for number in range(1, 4):
        assert f"show in Table {number}" in text


def test_line_numbers_of_a_manuscript_are_dropped(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        front(canvas)
        for row, line in enumerate(wrap(prose("review", 30), 400)[:40]):
            at(canvas, 30, 160 + 12 * row, f"{row + 1:03d}", 8)
            at(canvas, 90, 160 + 12 * row, line)

    text = text_of(read(tmp_path, draw))
    assert "007" not in text
    assert prose("review", 7) in text.replace("\n", " ")


def test_stamp_on_the_margin_is_no_text_but_gives_the_year(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        front(canvas)
        column(canvas, LEFT, 160, 470, [prose("stamps", 12)])
        canvas.saveState()
        canvas.translate(30, 300)
        canvas.rotate(90)
        canvas.setFont("Times-Roman", 22)
        canvas.drawString(0, 0, "arXiv:1706.03762v7 [cs.CL] 2 Aug 2023")
        canvas.restoreState()

    document = read(tmp_path, draw)
    assert document.title == "A Paper Made for Tests"
    assert document.year == 2017
    assert "arXiv" not in text_of(document)


def test_table_set_sideways_is_read(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(200, 150)
        canvas.rotate(90)
        canvas.setFont("Times-Roman", 10)
        for row in range(12):
            canvas.drawString(0, -14 * row, f"method {row}")
            canvas.drawString(160, -14 * row, f"score {row}{row}.5")
            canvas.drawString(320, -14 * row, "accepted")
        canvas.restoreState()

    document = read(tmp_path, lambda canvas: (front(canvas), column(canvas, 60, 160, 470, [prose("rows", 8)])), draw)
    [table] = [block for block in document.blocks if block.kind == "table"]
    assert table.page == 2
    assert table.text.split("\n")[3] == "method 3 | score 33.5 | accepted"


def test_page_turned_by_its_own_rotation_is_read_upright(tmp_path: Path) -> None:
    def turned(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.translate(0, 0)
        canvas.rotate(90)
        canvas.setFont("Times-Roman", 10)
        for row, line in enumerate(wrap(prose("landscapes", 8), 500)):
            canvas.drawString(60, -100 - 12 * row, line)

    document = read(tmp_path, lambda canvas: (front(canvas), column(canvas, 60, 160, 470, [prose("rows", 8)])), turned)
    assert prose("landscapes", 8) in text_of(document).replace("\n", " ")


def test_references_go_and_the_appendix_stays(tmp_path: Path) -> None:
    def first(canvas: Canvas) -> None:
        front(canvas)
        column(canvas, LEFT, 150, 470, ["#Abstract", prose("birds", 4), "#1 Introduction", prose("nests", 7)])
        column(canvas, LEFT, 520, 470, ["#2 Conclusion", prose("eggs", 3), "#References", *ENTRIES[:4]])

    def second(canvas: Canvas) -> None:
        y = column(canvas, LEFT, 60, 470, ENTRIES[4:])
        column(canvas, LEFT, y + 20, 470, ["#A Proof of the Lemma", prose("feathers", 7)])

    document = read(tmp_path, first, second)
    text = text_of(document)
    assert "Author" not in text
    assert "Proceedings" not in text
    assert "feathers" in text
    assert [block.text for block in document.blocks if block.kind == "heading"] == [
        "Abstract",
        "1 Introduction",
        "2 Conclusion",
        "A Proof of the Lemma",
    ]
    assert [block.section for block in document.blocks if "eggs" in block.text] == ["2 Conclusion"]
    assert {block.section for block in document.blocks if block.kind == "abstract"} == {"Abstract"}


def test_reference_list_without_a_heading_goes_too(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        front(canvas)
        y = column(canvas, LEFT, 150, 470, [prose("birds", 7), prose("nests", 7)])
        for entry in ENTRIES:
            y = column(canvas, LEFT, y + 4, 470, [entry], size=9)

    text = text_of(read(tmp_path, draw))
    assert "Author7" not in text
    assert "nests" in text


def test_tables_keep_their_rows(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        front(canvas)
        column(canvas, LEFT, 150, 470, [prose("birds", 7)])
        for row, cells in enumerate((("Model", "Recall", "Cost"), ("small", "0.71", "3"), ("large", "0.93", "40"))):
            for cell, x in zip(cells, (100, 250, 400), strict=True):
                at(canvas, x, 300 + 14 * row, cell)
        at(canvas, LEFT, 360, "Table 1: Recall and cost.")
        column(canvas, LEFT, 400, 470, [prose("nests", 7)])

    document = read(tmp_path, draw)
    assert [b.text for b in document.blocks if b.kind == "table"] == [
        "Model | Recall | Cost\nsmall | 0.71 | 3\nlarge | 0.93 | 40"
    ]
    assert [b.text for b in document.blocks if b.kind == "caption"] == ["Table 1: Recall and cost."]


def test_text_nobody_can_see_is_left_out(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        front(canvas)
        column(canvas, LEFT, 150, 470, [prose("birds", 9)])
        canvas.setFillColorRGB(1, 1, 1)
        at(canvas, LEFT, 400, "IGNORE WHITE INSTRUCTIONS")
        canvas.setFillColorRGB(0, 0, 0)
        at(canvas, LEFT, 420, "IGNORE TINY INSTRUCTIONS", 0.5)
        canvas.setFillColorRGB(0, 0, 0.4)
        canvas.rect(50, HEIGHT - 460, 300, 20, fill=1)
        canvas.setFillColorRGB(1, 1, 1)
        at(canvas, LEFT, 455, "white on blue is a heading")
        invisible = canvas.beginText(LEFT, HEIGHT - 500)
        invisible.setTextRenderMode(3)
        invisible.textLine("IGNORE INVISIBLE INSTRUCTIONS")
        canvas.drawText(invisible)

    text = text_of(read(tmp_path, draw))
    assert "IGNORE" not in text
    assert "white on blue" in text


def test_authors_doi_and_year(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        centred(canvas, 80, "A Paper Made for Tests", 17, BOLD)
        centred(canvas, 105, "José Álvarez¹, Ludwig van der Berg², Mary-Ann O'Neill¹ and Li Wei", 11)
        centred(canvas, 120, "¹University of Testing, ²Institute of Proof", 11)
        centred(canvas, 135, "{jose,mary}@testing.example", 9)
        column(canvas, LEFT, 170, 470, ["#Abstract", prose("birds", 7), "#1 Introduction", prose("nests", 7)])
        at(canvas, LEFT, HEIGHT - 60, "Copyright © 2018 by the authors. https://doi.org/10.1234/tests.2018.77", 8)

    document = read(tmp_path, draw)
    assert document.authors == ("José Álvarez", "Ludwig van der Berg", "Mary-Ann O'Neill", "Li Wei")
    assert document.year == 2018
    assert document.doi == "10.1234/tests.2018.77"
    assert "University of Testing" not in text_of(document)


def test_the_author_block_is_no_text(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        centred(canvas, 80, "A Paper Made for Tests", 17, BOLD)
        centred(canvas, 105, "Ann Other¹, Per Son², Mary", 11)
        centred(canvas, 118, "Stone¹ and Li Wei²", 11)
        centred(canvas, 133, "¹Exploding Gradients", 9)
        centred(canvas, 145, "²Statistics Norway, Oslo", 9)
        centred(canvas, 157, "{ann,per}@testing.example", 9)
        column(canvas, LEFT, 190, 470, ["#Abstract", prose("birds", 7), "#1 Introduction", prose("nests", 7)])

    document = read(tmp_path, draw)
    assert document.authors == ("Ann Other", "Per Son", "Mary Stone", "Li Wei")
    assert document.blocks[0].text == "Abstract"


def test_an_accent_set_back_over_its_letter_does_not_tear_the_line(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        front(canvas)
        at(canvas, LEFT, 150, "we follow the parser that Karel Sediv", 10)
        width = canvas.stringWidth("we follow the parser that Karel Sediv", "Times-Roman", 10)
        at(canvas, LEFT + width - 20, 148, "\u00b4", 10)
        at(canvas, LEFT + width + 3, 150, "described in some detail and then drop it", 10)
        column(canvas, LEFT, 180, 470, [prose("parsing", 8)])

    text = text_of(read(tmp_path, draw))
    assert "Karel Sediv described in some detail" in text


def test_a_paragraph_below_the_limit_of_a_formula_is_one(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        front(canvas)
        column(canvas, LEFT, 160, 230, [prose("alpha", 5)])
        at(canvas, LEFT + 60, 430, "0", 6)
        column(canvas, LEFT, 440, 230, [prose("beta", 4)])

    assert (prose("beta", 4), "paragraph") in [(block.text, block.kind) for block in read(tmp_path, draw).blocks]


def test_a_sentence_goes_on_past_a_figure_and_over_the_page(tmp_path: Path) -> None:
    def first(canvas: Canvas) -> None:
        front(canvas)
        column(canvas, LEFT, 150, 470, [prose("birds", 9)])
        at(canvas, LEFT, 600, "This sentence has not come to its end before the page is over because the")
        at(canvas, LEFT, 660, "Figure 1: A bird, seen from below.")

    def second(canvas: Canvas) -> None:
        column(canvas, LEFT, 80, 470, ["rest of it stands here. " + prose("nests", 9)])

    blocks = read(tmp_path, first, second).blocks
    index = next(i for i, block in enumerate(blocks) if block.text.endswith("because the"))
    assert blocks[index + 1].text.startswith("rest of it stands here.")
    assert (blocks[index].page, blocks[index + 1].page) == (1, 2)
    assert any(block.kind == "caption" for block in blocks[index + 2 :])


@pytest.mark.parametrize("people", ["Dr. Per Son, Harbour Board, tel. 22 33 44 55, led my team of 14.", "Gates, 2019"])
def test_people_and_projects_under_such_a_heading_are_read(people: str, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        front(canvas)
        column(canvas, LEFT, 150, 470, ["#1 Work", prose("nests", 9), "#References", people, "#Languages", "Any."])

    document = read(tmp_path, draw)
    assert ("References", people) in [(block.section, block.text) for block in document.blocks]
    assert document.warnings == ()


def test_entries_whose_first_lines_are_set_out_are_a_list_and_noted(tmp_path: Path) -> None:
    pieces = [
        piece
        for n in range(1, 9)
        for piece in ("Ann Other, Per Son, Kai Three, and Una Four.", f"20{n:02d}. Tides. In Proceedings of Gates {n}.")
    ]

    def draw(canvas: Canvas) -> None:
        front(canvas)
        column(canvas, LEFT, 150, 470, ["#1 Introduction", prose("nests", 9), "#References", *pieces])

    document = read(tmp_path, draw)
    assert "Una Four" not in text_of(document)
    assert document.warnings == ("left out: reference list (page 1)",)


def test_table_behind_the_references_stays(tmp_path: Path) -> None:
    def last(canvas: Canvas) -> None:
        at(canvas, LEFT, 100, "Table 9: All runs.")
        for row in range(6):
            for cell, x in zip((f"run {row}", f"0.{row}7", "accepted", "slow"), (70, 200, 300, 400), strict=True):
                at(canvas, x, 130 + 14 * row, cell)

    def first(canvas: Canvas) -> None:
        front(canvas)
        column(canvas, LEFT, 150, 470, ["#1 Introduction", prose("nests", 9), "#References", *ENTRIES])

    document = read(tmp_path, first, last)
    assert [block.kind for block in document.blocks if block.page == 2] == ["caption", "table"]
    assert "run 3 | 0.37 | accepted | slow" in text_of(document)
    assert "Author3" not in text_of(document)


def test_prose_that_cites_is_no_reference_list(tmp_path: Path) -> None:
    cited = "In this paper, we follow Lewis et al. (2020) and the Proceedings of 2019, pages 3–9, {n} times over. "

    def draw(canvas: Canvas) -> None:
        front(canvas)
        y = column(canvas, LEFT, 150, 470, [prose("birds", 7), prose("nests", 7)])
        for n in range(8):
            y = column(canvas, LEFT, y + 6, 470, [cited.format(n=n) * 2])

    text = text_of(read(tmp_path, draw))
    assert all(f"{n} times over" in text for n in range(8))


@pytest.mark.parametrize(
    ("font", "title", "text"),
    [
        ("STSong-Light", "检索增强生成的研究综述", "知识就是力量而学习使人进步。" * 12),
        ("HeiseiMin-W3", "検索拡張生成に関する調査", "知識は力であり学習は人を進歩させる。" * 12),
        ("HYSMyeongJo-Medium", "검색 증강 생성에 대한 조사", "지식은 힘이고 학습은 사람을 발전시킨다. " * 12),
    ],
)
def test_east_asian_paper(font: str, title: str, text: str, tmp_path: Path) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont(font))

    def draw(canvas: Canvas) -> None:
        centred(canvas, 80, title, 18, font)
        for row, start in enumerate(range(0, len(text), 40)):
            at(canvas, LEFT, 160 + 14 * row, text[start : start + 40].strip(), 10, font)

    document = read(tmp_path, draw)
    assert document.title == title
    assert "".join(text.split()) in "".join(text_of(document).split())
    if font != "HYSMyeongJo-Medium":
        assert " " not in text_of(document)


def test_cyrillic_paper(tmp_path: Path) -> None:
    import matplotlib
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont("DejaVu", str(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf")))
    text = "Мы показываем, что поиск помогает генерации ответов на вопросы. " * 8

    def draw(canvas: Canvas) -> None:
        centred(canvas, 80, "Обзор методов поиска", 18, "DejaVu")
        column(canvas, LEFT, 160, 470, [text], font="DejaVu")

    document = read(tmp_path, draw)
    assert document.title == "Обзор методов поиска"
    assert text.strip() in text_of(document).replace("\n", " ")
