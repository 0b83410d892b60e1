"""The sample corpus is what its sources set to, looks like papers, and answers the shipped questions where they say."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest

from corpus.sources import typeset

ROOT = Path(__file__).resolve().parents[1]
NAMES = sorted(path.stem for path in typeset.PAPERS.glob("*.pdf"))
TOPICS = [
    "qlora", "rag", "rag_eval", "peft", "prompt_engineering", "vector_db", "rag_security", "instruction_tuning",
    "multihop_rag", "small_llm", "double_quant", "hallucination", "lora", "lora_plus", "ragas",
]  # fmt: skip
FIELDS = {"id", "topic", "question", "keywords", "reference", "documents", "pages"}


def plain(text: str) -> str:
    """Lower case, one space between words, divided words joined: enough to look a phrase up."""
    text = re.sub("\x02\\s*", "", text)  # pdfium's mark for a hyphen at the end of a line
    return re.sub(r"\s+", " ", text.translate(str.maketrans("’“”", '\'""'))).lower()


@cache
def page_texts(name: str) -> list[str]:
    with pdfium.PdfDocument(typeset.PAPERS / f"{name}.pdf") as document:
        return [page.get_textpage().get_text_bounded() for page in document]


@cache
def paper_text(name: str) -> str:
    return plain(" ".join(page_texts(name)))


def lines(name: str) -> list[dict[str, Any]]:
    text = (ROOT / "data" / "benchmark" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


QUESTIONS, ANSWERABLE, UNANSWERABLE = map(lines, ["questions.jsonl", "answerable.jsonl", "unanswerable.jsonl"])
UNKNOWN = lines("unknown-terms.jsonl")


def by_id(row: dict[str, Any]) -> str:
    return str(row["id"])


# The PDFs and their sources.


@pytest.mark.slow
def test_every_pdf_is_what_its_source_sets_to() -> None:
    assert typeset.mismatches() == []


def test_check_names_a_changed_a_missing_and_a_stray_pdf(tmp_path: Path) -> None:
    for name in ("ragas", "lora"):
        shutil.copy(typeset.SOURCES / f"{name}.md", tmp_path)
    changed = (typeset.PAPERS / "ragas.pdf").read_bytes().replace(b"WikiEval", b"WikiEvil")
    (tmp_path / "ragas.pdf").write_bytes(changed)
    (tmp_path / "other.pdf").write_bytes(b"%PDF-1.4")

    assert typeset.mismatches(sources=tmp_path, papers=tmp_path) == [
        "lora.pdf is missing",
        "ragas.pdf is not what ragas.md sets to",
        "other.pdf has no source",
    ]


def test_writing_sets_what_is_missing_and_leaves_the_rest(tmp_path: Path) -> None:
    shutil.copy(typeset.SOURCES / "ragas.md", tmp_path)

    assert typeset.write(sources=tmp_path, papers=tmp_path) == 1
    assert typeset.write(sources=tmp_path, papers=tmp_path) == 0
    assert (tmp_path / "ragas.pdf").read_bytes() == (typeset.PAPERS / "ragas.pdf").read_bytes()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("# No head\n", "no front matter"),
        ("---\ntitle: T\nauthors: A\nyear: 2026\n---\n\nText.\n", "lacks 'running_head'"),
    ],
)
def test_a_source_without_its_head_is_named(tmp_path: Path, source: str, message: str) -> None:
    path = tmp_path / "broken.md"
    path.write_text(source)

    with pytest.raises(typeset.SourceError, match=message) as caught:
        typeset.read_paper(path)
    assert "broken.md" in str(caught.value)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("| a | b |\n| --- | --- |\n| 1 | 2 |\n", "caption"),
        ("One paragraph, and no more.\n", "sets to 1 pages"),
        ("```\ncode\n```\n", "no rule sets the block 'fence'"),
    ],
)
def test_a_source_that_cannot_be_set_as_a_paper_is_refused(body: str, message: str) -> None:
    paper = typeset.Paper("bad", "Bad", "Nobody", 2026, "Bad", "Bad", body)

    with pytest.raises(typeset.SourceError, match=message):
        typeset.typeset(paper)


# What the papers look like.


def test_there_are_at_least_sixteen_papers_one_for_each_topic_and_one_off_topic() -> None:
    assert len(NAMES) >= 16
    assert set(NAMES) - set(TOPICS) == {"tides"}
    assert set(TOPICS) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_has_two_to_four_pages(name: str) -> None:
    assert 2 <= len(page_texts(name)) <= 4


@pytest.mark.parametrize("name", NAMES)
def test_every_page_has_two_columns_and_no_line_crosses_the_gutter(name: str) -> None:
    middle = typeset.PAGE_WIDTH / 2
    with pdfium.PdfDocument(typeset.PAPERS / f"{name}.pdf") as document:
        for number, page in enumerate(document, 1):
            text = page.get_textpage()
            boxes = [text.get_rect(index) for index in range(text.count_rects())]
            body = [box for box in boxes if box[1] > typeset.MARGIN_BOTTOM - 2 and box[3] < typeset.TEXT_TOP]
            if number == 1:  # the title, its authors and the year are set across the page
                abstract = text.search("Abstract").get_next()
                assert abstract is not None
                top = text.get_charbox(abstract[0])[3]
                body = [box for box in body if box[3] <= top + 2]
            left = [box for box in body if box[2] <= middle]
            right = [box for box in body if box[0] >= middle]
            assert len(left) + len(right) == len(body), f"page {number}: a line crosses the gutter"
            assert len(left) >= 3, f"page {number}: nothing on the left"
            assert len(right) >= 3, f"page {number}: nothing on the right"


@pytest.mark.parametrize("name", NAMES)
def test_a_paper_has_abstract_numbered_sections_table_references_running_head_and_page_numbers(name: str) -> None:
    paper = typeset.read_paper(typeset.SOURCES / f"{name}.md")
    pages = page_texts(name)
    whole = "\r\n".join(pages)
    sections = [int(number) for number in re.findall(r"^## (\d+) ", paper.body, re.MULTILINE)]

    assert "\r\nAbstract\r\n" in whole
    assert sections == list(range(1, len(sections) + 1))
    assert len(sections) >= 4
    assert "\r\nTable 1: " in whole
    assert "\r\nReferences\r\n" in whole
    assert re.search(r"arXiv:\d{4}\.\d{5}|\(\d{4}\)\.", whole)
    for number, page in enumerate(pages, 1):
        assert re.search(rf"^{number}\r?$", page, re.MULTILINE), f"no page number on page {number}"
        heads = [line for line in page.splitlines() if line == f"{paper.running_head} {paper.authors}, {paper.year}"]
        assert len(heads) == (number > 1)


@pytest.mark.parametrize("name", NAMES)
def test_no_word_of_the_source_is_lost_in_setting(name: str) -> None:
    """A space or a hyphen lost between two words shows as a word that the source does not have."""
    paper = typeset.read_paper(typeset.SOURCES / f"{name}.md")
    first, *later = page_texts(name)
    bodies = [first, *(page.split("\r\n", 2)[2] for page in later)]  # the page number and the head come first
    whole = re.sub("-\f", "\x02", "\f".join(bodies))
    unbroken = re.sub("\\S*\x02\\s*\\S*", " ", whole)

    def words(text: str) -> set[str]:
        """Words, and what stands on either side of a stop with no space between, such as "ggml.h"."""
        return set(re.findall(r"[^\W\d_]+", plain(text)) + re.findall(r"\w+[.,;:]\w+", plain(text)))

    known = words(f"{paper.title} {paper.authors} {paper.running_head} {typeset.NOTICE} {paper.body}")
    assert words(unbroken) - known == set()
    assert words(paper.body.replace("-", "")) - words(whole.replace("-\r\n", "").replace("-", "")) == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_is_cited_and_every_citation_has_its_reference(name: str) -> None:
    body, _, references = typeset.read_paper(typeset.SOURCES / f"{name}.md").body.partition("## References")
    listed = {int(number) for number in re.findall(r"^(\d+)\. ", references, re.MULTILINE)}
    cited = {int(number) for number in re.findall(r"\[(\d+)\]", body)}

    assert listed == cited
    assert listed


@pytest.mark.parametrize("name", NAMES)
def test_the_largest_type_on_page_one_is_the_title(name: str) -> None:
    with pdfium.PdfDocument(typeset.PAPERS / f"{name}.pdf") as document:
        text = document[0].get_textpage()
        sizes = [pdfium_c.FPDFText_GetFontSize(text.raw, index) for index in range(text.count_chars())]
        top = max(sizes)
        largest = "".join(text.get_text_range(i, 1) for i, size in enumerate(sizes) if size == top)

    title = typeset.read_paper(typeset.SOURCES / f"{name}.md").title
    assert "".join(largest.split()) == "".join(title.split())  # a title of two lines has no space at its break


def test_some_papers_lie_about_their_title_in_the_metadata() -> None:
    wrong = Counter[str]()
    for name in NAMES:
        paper = typeset.read_paper(typeset.SOURCES / f"{name}.md")
        with pdfium.PdfDocument(typeset.PAPERS / f"{name}.pdf") as document:
            claimed = document.get_metadata_value("Title")
        assert claimed == paper.metadata_title
        wrong["empty" if not claimed else "right" if claimed == paper.title else "wrong"] += 1

    assert wrong["empty"] >= 2
    assert wrong["wrong"] >= 3
    assert wrong["right"] >= 6


def test_no_two_papers_share_a_sentence() -> None:
    def sentences(name: str) -> set[str]:
        body = typeset.read_paper(typeset.SOURCES / f"{name}.md").body.partition("## References")[0]
        found = re.split(r"(?<=[.?!:])\s+", plain(body))
        return {sentence for sentence in found if len(sentence.split()) >= 6}

    for one, other in combinations(NAMES, 2):
        assert sentences(one) & sentences(other) == set(), f"{one} and {other}"


# The questions.


def test_the_fifteen_topics_are_asked_about_once_each_in_their_order() -> None:
    assert [row["topic"] for row in QUESTIONS] == TOPICS
    assert QUESTIONS[0]["question"] == "How much GPU memory does QLoRA need for a 65B model?"


def test_every_paper_has_three_more_answerable_questions() -> None:
    counts = Counter(row["topic"] for row in ANSWERABLE)

    assert len(ANSWERABLE) >= 45
    assert set(counts) == set(NAMES)
    assert min(counts.values()) >= 3


def test_ids_and_questions_are_unique_over_all_files() -> None:
    everything = [*QUESTIONS, *ANSWERABLE, *UNANSWERABLE]

    assert len({row["id"] for row in everything}) == len(everything)
    assert len({plain(row["question"]) for row in everything}) == len(everything)


@pytest.mark.parametrize("row", [*QUESTIONS, *ANSWERABLE], ids=by_id)
def test_the_named_pages_hold_every_keyword(row: dict[str, Any]) -> None:
    assert set(row) == FIELDS
    assert 5 <= len(row["keywords"]) <= 6
    assert row["pages"] == sorted(set(row["pages"]))
    for document in row["documents"]:
        assert (typeset.PAPERS / document).exists()
    pages = page_texts(row["documents"][0].removesuffix(".pdf"))
    assert row["pages"]
    assert all(1 <= number <= len(pages) for number in row["pages"])
    named = plain(" ".join(pages[number - 1] for number in row["pages"]))
    for keyword in row["keywords"]:
        assert keyword == keyword.lower()
        assert keyword in named
        assert keyword in plain(row["reference"]), "the reference itself would not score full coverage"


def test_a_question_does_not_repeat_a_sentence_of_the_papers() -> None:
    for row in [*QUESTIONS, *ANSWERABLE]:
        text = paper_text(row["documents"][0].removesuffix(".pdf"))
        assert plain(row["question"]).rstrip("?") not in text, row["id"]


def test_unanswerable_questions_are_enough_of_both_kinds() -> None:
    kinds = Counter(row["kind"] for row in UNANSWERABLE)

    assert set(kinds) == {"off_topic", "close_miss"}
    assert kinds["off_topic"] >= 8
    assert kinds["close_miss"] >= 10
    assert sum("cook" in plain(row["note"]) for row in UNANSWERABLE) >= 2
    assert all(row["answerable"] is False for row in UNANSWERABLE)


@pytest.mark.parametrize("row", [row for row in UNANSWERABLE if row["kind"] == "close_miss"], ids=by_id)
def test_the_subject_of_a_close_miss_is_in_the_corpus_and_the_fact_is_not(row: dict[str, Any]) -> None:
    match = re.match(r"Present: `([^`]+)` \((\w+)\.pdf\)\. Absent: `([^`]+)`\. .+", row["note"])
    assert match, row["note"]
    present, name, absent = match.groups()

    assert plain(present) in paper_text(name)
    assert not re.search(rf"(?<![\w-]){re.escape(plain(absent))}(?!\w)", paper_text(name))


def test_no_paper_is_about_food() -> None:
    food = re.compile(r"\b(cook|cooking|baking|baked|oven|flour|risotto|egg|eggs|sourdough|steak)\b")

    assert {name: food.findall(paper_text(name)) for name in NAMES if food.search(paper_text(name))} == {}


def test_questions_for_unknown_terms_name_what_no_sample_paper_has() -> None:
    """Those over the published papers are checked by the script that asks them, which has an index of these."""
    text = " ".join(paper_text(name) for name in NAMES)
    sample = [row for row in UNKNOWN if row["papers"] == "sample"]
    for row in sample:
        assert any(plain(term) in plain(row["question"]) for term in row["absent"])
        held = [term for term in row["absent"] if re.search(rf"(?<![a-z0-9]){re.escape(plain(term))}", text)]
        assert not held, row["id"]
    assert len(sample) >= 30 and len(UNKNOWN) >= 60
    assert len({row["id"] for row in UNKNOWN}) == len(UNKNOWN)
    assert all(row["answerable"] is False for row in UNKNOWN)
