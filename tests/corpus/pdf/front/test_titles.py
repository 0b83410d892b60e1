"""Titles of papers set in the house styles of publishers; each page one is drawn as that style lays it out."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.corpus.readers import read_here
from tests.corpus.pdfs import BOLD, HEIGHT, ITALIC, SANS, Draw, at, centred, column, pdf, prose

ABSTRACT = prose("sampling", 5)
BODY = ["#1 Introduction", prose("sampling"), prose("decoding"), prose("routing")]


def two_columns(canvas: Canvas, y: float) -> None:
    column(canvas, 60, y, 230, ["#Abstract", ABSTRACT, *BODY])
    column(canvas, 306, y, 230, [prose("pruning", 9), prose("caching", 9)])


def arxiv_stamp(canvas: Canvas, text: str) -> None:
    canvas.saveState()
    canvas.translate(30, 250)
    canvas.rotate(90)
    canvas.setFont("Times-Roman", 20)
    canvas.drawString(0, 0, text)
    canvas.restoreState()


def conference(canvas: Canvas) -> None:
    arxiv_stamp(canvas, "arXiv:2103.01234v2 [cs.LG] 4 May 2021")
    centred(canvas, 80, "Sparse Routing Networks for Streaming Translation", 14.4, BOLD)
    centred(canvas, 110, "Ada Quill    Bo Lindqvist    Chen Wei", 12, BOLD)
    centred(canvas, 125, "University of Nowhere", 12)
    two_columns(canvas, 180)


def workshop_note(canvas: Canvas) -> None:
    at(canvas, 60, 40, "Published as a conference paper at ICLR 2022", 10)
    at(canvas, 60, 80, "Counting What Was Forgotten:", 17)
    at(canvas, 60, 100, "A Probe for Continual Learners", 17)
    at(canvas, 60, 125, "Dana Okafor & Émile Roux", 10, BOLD)
    column(canvas, 60, 190, 470, ["#Abstract", ABSTRACT, *BODY])


def ieee(canvas: Canvas) -> None:
    at(canvas, 60, 30, "IEEE TRANSACTIONS ON MADE-UP SYSTEMS, VOL. 12, NO. 3, MARCH 2019", 7)
    at(canvas, 530, 30, "1", 7)
    centred(canvas, 70, "Adaptive Beam Shaping for", 24)
    centred(canvas, 97, "Underwater Acoustic Links", 24)
    centred(canvas, 125, "Franz Huber, Member, IEEE, and Grace Imani", 11)
    column(canvas, 60, 170, 230, [f"Abstract—{ABSTRACT}", "#I. INTRODUCTION", prose("beams", 8)])
    column(canvas, 306, 170, 230, [prose("sonar", 9), prose("arrays", 9)])


def elsevier(canvas: Canvas) -> None:
    centred(canvas, 40, "Pattern Matters 88 (2020) 104–118", 8)
    centred(canvas, 70, "Contents lists available at ScienceDirect", 8)
    centred(canvas, 95, "Pattern Matters", 20)
    centred(canvas, 115, "journal homepage: www.elsevier.example/locate/pama", 8)
    at(canvas, 60, 160, "A margin-based view of clustering under label noise", 13.5)
    at(canvas, 60, 185, "Hana Sato a, Igor Petrov b,*", 11)
    at(canvas, 60, 200, "a Institute of Patterns, Kyoto, Japan", 7, ITALIC)
    column(canvas, 60, 240, 470, ["#Abstract", ABSTRACT, *BODY])


def journal_of_science(canvas: Canvas) -> None:
    at(canvas, 60, 40, "ARTICLE", 16, SANS)
    at(canvas, 60, 55, "https://doi.org/10.1038/s00000-021-00001-x", 8, SANS)
    at(canvas, 400, 55, "OPEN", 14, SANS)
    at(canvas, 60, 90, "Deep-sea currents reshape", 26, "Helvetica-Bold")
    at(canvas, 60, 120, "the carbon budget", 26, "Helvetica-Bold")
    at(canvas, 60, 150, "Jonas Berg1, Kavita Rao2 & Luis Ortega1", 10, SANS)
    two_columns(canvas, 200)


def megajournal(canvas: Canvas) -> None:
    at(canvas, 60, 50, "RESEARCH ARTICLE", 10, "Helvetica-Bold")
    at(canvas, 200, 90, "Sleep, screens and the school timetable: A cohort", 16, "Helvetica-Bold")
    at(canvas, 200, 112, "study of twelve cities", 16, "Helvetica-Bold")
    at(canvas, 200, 140, "Mira Novak1*, Noor Haddad2", 10, SANS)
    column(canvas, 200, 190, 330, ["#Abstract", ABSTRACT, *BODY])


def small_publisher(canvas: Canvas) -> None:
    at(canvas, 60, 70, "Article", 10, ITALIC)
    at(canvas, 60, 95, "Low-Cost Sensors for Urban Air: Calibration in the Field", 18, BOLD)
    at(canvas, 60, 120, "Olga Pinto 1, Per Qvist 2,* and Rui Silva 1", 10, BOLD)
    column(canvas, 200, 180, 330, [f"Abstract: {ABSTRACT}", *BODY])


def letters(canvas: Canvas) -> None:
    at(canvas, 60, 40, "Journal of Invented Learning Research 4 (2003) 933-969", 8)
    at(canvas, 350, 40, "Submitted 1/02; Published 11/03", 8)
    centred(canvas, 90, "Bounds for Lazy Learners", 14.3, BOLD)
    at(canvas, 60, 120, "Sven Tor", 10, BOLD)
    centred(canvas, 160, "Abstract", 12, BOLD)
    column(canvas, 80, 180, 430, [ABSTRACT])
    column(canvas, 60, 300, 470, BODY)


def plain_capitals(canvas: Canvas) -> None:
    centred(canvas, 90, "ON THE STABILITY OF SMALL BRIDGES", 12, BOLD)
    centred(canvas, 120, "Uma Varga", 12)
    column(canvas, 72, 160, 450, ["#ABSTRACT", ABSTRACT, "#1. INTRODUCTION", prose("bridges", 12)], size=12)


def cover_date(canvas: Canvas) -> None:
    at(canvas, 60, 40, "Technical Report TR-88-12", 12)
    at(canvas, 450, 40, "March 1998", 12)
    centred(canvas, 180, "Scheduling Without Clocks", 20, BOLD)
    centred(canvas, 210, "Wanda Xu", 12)
    column(canvas, 72, 260, 450, ["#Abstract", ABSTRACT, *BODY])


def permission_note(canvas: Canvas) -> None:
    centred(canvas, 50, "Provided proper attribution is given, the owner grants permission to", 12)
    centred(canvas, 64, "reproduce the tables of this paper in scholarly works.", 12)
    centred(canvas, 120, "One Head Is Enough", 17, BOLD)
    centred(canvas, 160, "Yara Zidan", 10, BOLD)
    column(canvas, 72, 220, 450, ["#Abstract", ABSTRACT, *BODY])


def drop_cap(canvas: Canvas) -> None:
    centred(canvas, 80, "Memory Traffic in Tree Search", 22)
    centred(canvas, 110, "Abel Bron and Cora Dahl", 11)
    column(canvas, 60, 150, 230, [f"Abstract—{ABSTRACT}"])
    at(canvas, 60, 330, "T", 40)
    column(canvas, 90, 320, 200, ["his paper looks at memory. " + prose("memory", 7)])
    column(canvas, 306, 150, 230, [prose("search", 9), prose("trees", 9)])


def masthead_larger_than_title(canvas: Canvas) -> None:
    at(canvas, 60, 40, "Brown et al. Annals of Imaginary Medicine (2019) 20:123", 8, SANS)
    at(canvas, 60, 75, "Annals of Imaginary Medicine", 24, SANS)
    at(canvas, 60, 110, "RESEARCH", 12, "Helvetica-Bold")
    at(canvas, 450, 110, "Open Access", 12, "Helvetica-Bold")
    at(canvas, 60, 150, "Walking speed predicts recovery after", 20, "Helvetica-Bold")
    at(canvas, 60, 172, "fractures of the wrist", 20, "Helvetica-Bold")
    at(canvas, 60, 200, "Tom Brown1, Ursula Klein2* and Vito Russo1", 11, SANS)
    column(canvas, 60, 240, 470, ["#Abstract", ABSTRACT, *BODY])


def logo_of_one_word(canvas: Canvas) -> None:
    at(canvas, 60, 60, "nonsense", 42, BOLD)
    at(canvas, 60, 110, "Rivers remember the last ice age", 22, BOLD)
    at(canvas, 60, 140, "Xenia Young & Zoe Adams", 10)
    column(canvas, 60, 200, 470, ["#Abstract", ABSTRACT, *BODY])


def nature_banner(canvas: Canvas) -> None:
    at(canvas, 60, 45, "nature communications", 30, SANS)
    at(canvas, 60, 70, "Article", 12, SANS)
    at(canvas, 400, 70, "https://doi.org/10.1038/s00000-021-00000-0", 8, SANS)
    at(canvas, 60, 110, "Wind tunnels without wind reveal", 24, SANS)
    at(canvas, 60, 138, "how seeds choose where to land", 24, SANS)
    at(canvas, 60, 165, "Uma Ruiz¹, Viktor Sand², Wen Tao¹", 10, SANS)
    two_columns(canvas, 220)


def proceedings_banner(canvas: Canvas) -> None:
    arxiv_stamp(canvas, "arXiv:2103.01234v2 [cs.LG] 4 May 2021")
    at(canvas, 60, 40, "Proceedings of Made-Up Learning Research vol 139:1–12, 2021", 9)
    at(canvas, 330, 40, "38th International Conference on Made-Up Learning", 9)
    centred(canvas, 85, "Retrieval-", 14.3, BOLD)
    centred(canvas, 102, "Augmented Gardening", 14.3, BOLD)
    centred(canvas, 130, "Ann Other", 10, BOLD)
    centred(canvas, 142, "ann@example.org", 9)
    two_columns(canvas, 190)


def capitals_over_capitals(canvas: Canvas) -> None:
    centred(canvas, 80, "ON THE ZEROS OF POLYNOMIALS", 12, BOLD)
    centred(canvas, 95, "WITH FORGETFUL COEFFICIENTS", 12, BOLD)
    centred(canvas, 120, "J. R. SMITH AND K. DOE", 12)
    column(
        canvas, 90, 160, 420, [f"Abstract. {prose('zeros', 5)}", "#1. Introduction", prose("roots"), prose("signs")], 10
    )


def bold_as_small_as_the_text(canvas: Canvas) -> None:
    centred(canvas, 90, "A Short Note on Long Queues", 10, BOLD)
    centred(canvas, 110, "Ann Other", 10)
    column(canvas, 72, 150, 450, [prose("queues"), prose("servers"), prose("arrivals")])


def report_series(canvas: Canvas) -> None:
    centred(canvas, 60, "Technical Report TR-2003-17", 20, BOLD)
    centred(canvas, 82, "Institute of Made-Up Computing", 14)
    centred(canvas, 140, "Garbage Collection for the Patient", 18, BOLD)
    centred(canvas, 170, "Ann Other and Per Son", 12)
    column(canvas, 72, 230, 450, ["#Abstract", ABSTRACT, *BODY])


def repository_cover(canvas: Canvas) -> None:
    centred(canvas, 60, "HAL", 40, BOLD)
    centred(canvas, 80, "open science", 12)
    centred(canvas, 130, "Measuring Shade in Old Orchards", 17, BOLD)
    centred(canvas, 155, "Ann Other, Per Son", 12)
    at(canvas, 72, 200, "To cite this version:", 10, BOLD)
    column(canvas, 72, 220, 450, ["Ann Other, Per Son. Measuring Shade in Old Orchards. 2019. hal-0123456"])
    at(canvas, 72, 300, "HAL Id: hal-0123456", 14, BOLD)
    at(canvas, 72, 320, "https://hal.example/hal-0123456", 12)
    column(canvas, 72, 380, 450, [prose("deposit", 4)])


def preprint_server(canvas: Canvas) -> None:
    at(
        canvas,
        60,
        20,
        "bioRxiv preprint doi: https://doi.org/10.1101/2021.01.01.425001; this version posted January 2, 2021",
        7,
    )
    for number in range(1, 41):
        at(canvas, 30, 60 + 15 * number, str(number), 8)
    at(canvas, 60, 75, "Gut bacteria of urban pigeons differ by district", 14, BOLD)
    at(canvas, 60, 100, "Ann Other1, Per Son2", 11)
    column(canvas, 60, 150, 450, ["#Abstract", ABSTRACT, *BODY])


def research_article_label(canvas: Canvas) -> None:
    at(canvas, 60, 40, "RESEARCH ARTICLE", 16, BOLD)
    at(canvas, 180, 40, "COMPUTER SCIENCES", 16)
    at(canvas, 480, 40, "OPEN ACCESS", 16, BOLD)
    at(canvas, 60, 80, "Crowds forget faster than their members", 22, BOLD)
    at(canvas, 60, 105, "Ann Othera,1, Per Sonb, and Li Weia", 11, BOLD)
    two_columns(canvas, 180)


def two_sizes(canvas: Canvas) -> None:
    centred(canvas, 80, "FLOODPLAIN:", 24, BOLD)
    centred(canvas, 108, "A Benchmark for Rivers That Move", 18, BOLD)
    centred(canvas, 135, "Ann Other and Per Son", 12)
    column(canvas, 72, 190, 450, ["#Abstract", ABSTRACT, *BODY])


def title_over_both_margins(canvas: Canvas) -> None:
    at(canvas, 40, 70, "What the Attention Heads of a Very Small Transformer Learn When Nobody Tells", 14, BOLD)
    at(canvas, 40, 88, "Them Which of Two Nearly Identical Languages They Are About to Translate", 14, BOLD)
    at(canvas, 40, 115, "Ann Other", 11)
    two_columns(canvas, 170)


STYLES: dict[str, Draw] = {
    "Sparse Routing Networks for Streaming Translation": conference,
    "Counting What Was Forgotten: A Probe for Continual Learners": workshop_note,
    "Adaptive Beam Shaping for Underwater Acoustic Links": ieee,
    "A margin-based view of clustering under label noise": elsevier,
    "Deep-sea currents reshape the carbon budget": journal_of_science,
    "Sleep, screens and the school timetable: A cohort study of twelve cities": megajournal,
    "Low-Cost Sensors for Urban Air: Calibration in the Field": small_publisher,
    "Bounds for Lazy Learners": letters,
    "ON THE STABILITY OF SMALL BRIDGES": plain_capitals,
    "Scheduling Without Clocks": cover_date,
    "One Head Is Enough": permission_note,
    "Memory Traffic in Tree Search": drop_cap,
    "Walking speed predicts recovery after fractures of the wrist": masthead_larger_than_title,
    "Rivers remember the last ice age": logo_of_one_word,
    "Wind tunnels without wind reveal how seeds choose where to land": nature_banner,
    "Retrieval-Augmented Gardening": proceedings_banner,
    "ON THE ZEROS OF POLYNOMIALS WITH FORGETFUL COEFFICIENTS": capitals_over_capitals,
    "A Short Note on Long Queues": bold_as_small_as_the_text,
    "Garbage Collection for the Patient": report_series,
    "Measuring Shade in Old Orchards": repository_cover,
    "Gut bacteria of urban pigeons differ by district": preprint_server,
    "Crowds forget faster than their members": research_article_label,
    "FLOODPLAIN: A Benchmark for Rivers That Move": two_sizes,
    "What the Attention Heads of a Very Small Transformer Learn When Nobody Tells Them Which of Two Nearly Identical "
    "Languages They Are About to Translate": title_over_both_margins,
}


@pytest.mark.parametrize("title", STYLES, ids=lambda title: STYLES[title].__name__)
def test_title_of_a_house_style(title: str, tmp_path: Path) -> None:
    path = pdf(tmp_path / "2005.00001.pdf", STYLES[title], title="Microsoft Word - final_v3.docx")
    assert read_here(path).title == title


@pytest.mark.parametrize("metadata", ["untitled", "paper.dvi", "Microsoft Word - x.doc", "main", "10.1000/j.1"])
def test_useless_metadata_is_not_a_title(metadata: str, tmp_path: Path) -> None:
    path = pdf(tmp_path / "x.pdf", lambda canvas: column(canvas, 72, 90, 450, [prose("tides", 12)]), title=metadata)
    assert metadata not in read_here(path).title


def test_metadata_steps_in_where_the_page_has_only_running_text(tmp_path: Path) -> None:
    path = pdf(
        tmp_path / "x.pdf",
        lambda canvas: column(canvas, 72, 90, 450, [prose("tides", 12)]),
        title="Tides and Their Causes",
    )
    assert read_here(path).title == "Tides and Their Causes"


def test_small_capitals_become_a_title_in_mixed_case(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        x = 72.0
        for word in ("Slow", "Roads", "to", "Rome"):
            for index, char in enumerate(word):
                size = 17 if index == 0 and word[0].isupper() else 13.6
                canvas.setFont("Times-Roman", size)
                canvas.drawString(x, HEIGHT - 90, char.upper())
                x += canvas.stringWidth(char.upper(), "Times-Roman", size)
            x += 5
        column(canvas, 72, 150, 450, ["#Abstract", ABSTRACT, *BODY])

    assert read_here(pdf(tmp_path / "x.pdf", draw)).title == "Slow Roads to Rome"


def test_footnote_mark_is_no_part_of_the_title(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 72, 90, "A Title With a Thanks Note", 16, BOLD)
        width = canvas.stringWidth("A Title With a Thanks Note", BOLD, 16)
        at(canvas, 72 + width, 85, "*", 9)
        column(canvas, 72, 150, 450, ["#Abstract", ABSTRACT, *BODY])

    assert read_here(pdf(tmp_path / "x.pdf", draw)).title == "A Title With a Thanks Note"


@pytest.mark.parametrize(
    "title",
    [
        "Abstract Meaning Representation for Parsing",
        "Draft & Verify: Lossless Acceleration by Guessing",
        "University Admissions and Luck",
        "Why? A Report on Reports",
        "Journal Clubs Considered Helpful",
        "BERT",
        "Preprints Are Papers Too",
    ],
)
def test_titles_that_begin_like_something_else(title: str, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        centred(canvas, 90, title, 16, BOLD)
        centred(canvas, 115, "Ann Other", 11)
        column(canvas, 72, 160, 450, ["#Abstract", ABSTRACT, *BODY])

    assert read_here(pdf(tmp_path / "x.pdf", draw)).title == title


@pytest.mark.parametrize(
    ("note", "year"),
    [
        ("Published as a conference paper at ICLR 2015", 2015),
        ("© 2011 The Authors", 2011),
        ("34th Conference on Many Things (NeurIPS 2020), Vancouver, Canada.", 2020),
        ("Invented Letters, Vol. 8, June 1999", 1999),
        ("12 March 2007", 2007),
        ("2013", 2013),
        ("(2013)", 2013),
        ("20131", None),
        ("was presented before (Smith et al., 2016) and later", None),
        ("The Journal of Nothing has no year", None),
    ],
)
def test_year(note: str, year: int | None, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        centred(canvas, 90, "A Paper Made for Tests", 16, BOLD)
        at(canvas, 72, 140, note, 9)
        column(canvas, 72, 160, 450, ["#Abstract", ABSTRACT, *BODY])

    assert read_here(pdf(tmp_path / "x.pdf", draw)).year == year


def test_a_year_on_a_line_of_its_own_below_the_abstract_is_not_that_of_the_paper(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        centred(canvas, 90, "A Paper Made for Tests", 16, BOLD)
        column(canvas, 72, 160, 450, ["#Abstract", ABSTRACT, "#1 Floods", "2013", prose("sampling")])

    assert read_here(pdf(tmp_path / "x.pdf", draw)).year is None


def test_a_title_of_several_words_above_a_label_is_no_logo(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 80, "Rivers Remember the Ice", 26, BOLD)
        at(canvas, 60, 110, "Research Article", 12)
        at(canvas, 60, 150, "What we did in the field", 18, BOLD)
        column(canvas, 60, 200, 470, ["#Abstract", ABSTRACT, *BODY])

    assert read_here(pdf(tmp_path / "x.pdf", draw)).title == "Rivers Remember the Ice"


def test_large_lettering_at_the_foot_is_no_title(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 80, "Rivers Remember the Ice", 16, BOLD)
        column(canvas, 60, 130, 470, ["#Abstract", ABSTRACT])
        at(canvas, 60, 720, "Winner of the Great Prize", 30, BOLD)

    assert read_here(pdf(tmp_path / "x.pdf", draw)).title == "Rivers Remember the Ice"


def test_names_below_a_logo_are_no_title(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 60, 60, "nonsense", 42, BOLD)
        at(canvas, 60, 110, "Xenia Young and Zoe Adams", 20)
        at(canvas, 60, 150, "Rivers remember the last ice age", 18, BOLD)
        column(canvas, 60, 200, 470, ["#Abstract", ABSTRACT, *BODY])

    assert read_here(pdf(tmp_path / "x.pdf", draw)).title == "Rivers remember the last ice age"
