"""The natural questions that ship: each can be read, and its evidence stands on the pages it names."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from ragft.benchmark.retrieval.evidence import shows
from ragft.benchmark.retrieval.natural_questions import AnswerDocument, NaturalQuestion, load_natural

ROOT = Path(__file__).resolve().parents[2]
NATURAL = ROOT / "data" / "natural"
SHARED = Path(os.environ.get("RAGFT_SHARED_DATA", ROOT.parent / "shared" / "data")) / "papers" / "good"
FOLDERS = {"sample": ROOT / "corpus" / "papers", "papers": SHARED, "languages": NATURAL / "documents"}
WRITTEN = {*NATURAL.glob("answers*.jsonl"), *NATURAL.glob("wrong*.jsonl"), NATURAL / "refusals.jsonl"}
FILES = sorted(set(NATURAL.glob("*.jsonl")) - WRITTEN)
LONGEST_EVIDENCE = 6
"""Words: a fact, not a sentence of somebody else's paper."""


def questions() -> list[NaturalQuestion]:
    return [q for path in FILES for q in load_natural(path)]


@cache
def papers(corpus: str) -> dict[str, Path]:
    """The corpus's files by the first 16 characters of their digest."""
    return {hashlib.sha256(path.read_bytes()).hexdigest()[:16]: path for path in FOLDERS[corpus].iterdir()}


@cache
def page_texts(path: Path) -> list[str]:
    if path.suffix == ".md":
        return [path.read_text(encoding="utf-8")]
    with pdfium.PdfDocument(path) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def test_ids_are_unique_over_all_files() -> None:
    assert [name for name, count in Counter(q.id for q in questions()).items() if count > 1] == []


@pytest.mark.parametrize("field", ["style", "kind"])
def test_the_readme_counts_what_is_there(field: str) -> None:
    readme = (NATURAL / "README.md").read_text(encoding="utf-8")
    first = {"style": "plain", "kind": "definition"}[field]
    heading, _, *lines = re.findall(rf"^\| \| {first} .*\n(?:\|.*\n)+", readme, re.MULTILINE)[0].splitlines()
    names = heading.strip("| ").split(" | ")
    table = {}
    for line in lines:
        file, *counts = line.strip("| ").split(" | ")
        table[file.strip("`")] = dict(zip(names, map(int, counts), strict=True))
    counted = {path.name: Counter(getattr(q, field) for q in load_natural(path)) for path in FILES}
    assert table == {file: {name: counts[name] for name in names} for file, counts in counted.items()}
    assert all(set(counts) <= set(names) for counts in counted.values())


def test_evidence_is_short() -> None:
    strings = [
        string for q in questions() for source in q.documents for strings in source.evidence for string in strings
    ]
    assert [string for string in strings if len(string.split()) > LONGEST_EVIDENCE] == []


@pytest.mark.slow
@pytest.mark.parametrize("corpus", ["sample", "papers", "languages"])
def test_evidence_stands_on_the_pages_named_and_every_page_has_some(corpus: str) -> None:
    if not FOLDERS[corpus].is_dir():
        pytest.skip(f"shared data absent: no {FOLDERS[corpus]}")
    wrong = []
    for question in questions():
        if question.corpus == corpus:
            wrong += [(question.id, fault) for source in question.documents for fault in _faults(source, corpus)]
    assert wrong == []


def _faults(source: AnswerDocument, corpus: str) -> list[str]:
    path = papers(corpus).get(source.sha256)
    if path is None:
        return [f"no file of digest {source.sha256!r}"]
    texts = page_texts(path)
    if any(page > len(texts) for page in source.pages):
        return [f"has {len(texts)} pages"]
    pages = [texts[page - 1] for page in source.pages]
    named = pages if path.suffix == ".pdf" else texts
    faults = [f"not there: {one}" for one in source.evidence if not any(shows(text, [one]) for text in named)]
    return faults + [
        f"nothing on page {page}"
        for page, text in zip(source.pages, pages, strict=True)
        if source.evidence and not shows(text, source.evidence)
    ]
