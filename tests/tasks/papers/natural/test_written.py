"""Pairs that a capable model writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragft.answer.written.citation_keys import parse_keys, strip_keys
from ragft.corpus.base import Chunk
from ragft.dataset.inspect import validate
from ragft.dataset.store import TRAIN, read_rows
from ragft.engine.base import ChatRequest
from ragft.engine.scripted import ScriptedEngine
from ragft.index.index import Index
from ragft.tasks.papers.natural.written import pairs_in, pairs_request, passages, question_fault
from ragft.tasks.papers.row_check import check_row
from tests.tasks.papers.natural.test_make import make

PASSAGE = "HNSW keeps a layered graph of neighbours in main memory. It offers the best balance of speed and recall."
CHUNK = Chunk("c", "d", 0, PASSAGE, "Vector search", "Indexes", (1, 1))


def reply(*pairs: tuple[str, str]) -> str:
    return json.dumps({"pairs": [{"question": question, "answer": answer} for question, answer in pairs]})


def write_pairs(request: ChatRequest) -> str:
    """What a capable model does: asks for what the passage begins with, and answers with its first long sentence."""
    text = request.messages[-1].content
    if "Text, from" not in text:
        return "Plain words about it, and nothing else."
    sentences = [one.strip() for one in text.rpartition("”:\n")[2].split(". ")]
    sentence = max(sentences, key=len)
    return reply((f"Could you explain {' '.join(sentence.split()[:6])}?", f"{sentence.rstrip('.')}."))


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        ("What does HNSW keep in main memory?", None),
        ("Explain how HNSW works.", None),
        ("What does the text say about HNSW?", "points_at_the_text"),
        ("Was hält HNSW im Speicher und warum ist das so?", "other_language"),
        ("What is it?", "unnamed_subject"),
        ("HNSW", "malformed"),
        ("Does HNSW keep a layered graph of neighbours in main memory?", "gives_answer_away"),
    ],
)
def test_a_question_that_nobody_would_ask_is_no_good(question: str, fault: str | None) -> None:
    assert question_fault(question, "HNSW keeps a layered graph of neighbours in main memory.", PASSAGE) == fault


@pytest.mark.parametrize("text", ["", "no", "[]", '{"pairs": 3}', '{"pairs": [1, {"question": 2}]}', reply(("", "x"))])
def test_a_reply_without_pairs_gives_none(text: str) -> None:
    assert list(pairs_in(text, CHUNK)) == []


def test_requests_begin_alike_and_end_with_the_passage() -> None:
    other = Chunk("e", "d", 1, PASSAGE.replace("HNSW", "IVF"), "Vector search", "Indexes", (1, 1))
    first, second = (pairs_request("m", one, seed=0, num_ctx=4096).messages[-1].content for one in (CHUNK, other))
    shared = next(n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b)
    assert first[shared:].startswith("HNSW")


def test_a_passage_without_whole_sentences_is_worth_no_call() -> None:
    scrap = Chunk("f", "d", 2, "M2 | Moon | 12.42\nS2 | Sun | 12.00", "Tides", "Table", (1, 1))
    assert passages([CHUNK, scrap]) == [] or passages([CHUNK, scrap]) == [CHUNK]
    assert scrap not in passages([CHUNK, scrap])


def test_the_models_answer_gets_its_keys_and_becomes_the_rows(index: Index, tmp_path: Path) -> None:
    make(index, tmp_path / "set", ScriptedEngine(write_pairs), answers="model", replay=0)
    assert validate(tmp_path / "set", checks=[check_row]) == []
    rows = [row for row in read_rows(tmp_path / "set" / TRAIN) if row.form == "written" and row.kind == "grounded"]
    assert len(rows) >= 5
    for row in rows:
        answer = row.completion[0]["content"]
        assert parse_keys(answer)
        source = " ".join(index.chunk(row.oracle_ids[0]).text.split())
        assert strip_keys(answer)[0].rstrip(".")[:40] in source


def test_an_invented_answer_gives_no_row(index: Index, tmp_path: Path) -> None:
    def invents(request: ChatRequest) -> str:
        subject = " ".join(request.messages[-1].content.rpartition("”:\n")[2].split()[:4])
        return reply((f"Could you explain {subject}?", "Cheese is made of milk from 37 cows on Mars."))

    report = make(index, tmp_path / "set", ScriptedEngine(invents), answers="model", replay=0)
    assert not [row for row in read_rows(tmp_path / "set" / TRAIN) if row.form == "written" and row.kind != "refusal"]
    assert report.rejected["unsupported"] > 0


def test_a_small_generator_is_asked_for_no_pairs(index: Index, tmp_path: Path) -> None:
    engine = ScriptedEngine(write_pairs)
    make(index, tmp_path / "set", engine, replay=0)
    assert not any("Text, from" in request.messages[-1].content for request in engine.requests)
