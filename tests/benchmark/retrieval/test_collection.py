from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from ragft.benchmark.retrieval.collection import (
    _workspace,
    average_precision,
    benchmark_retrieval,
    ndcg,
    read_qrels,
    recall_at,
    reciprocal_rank_at,
)
from ragft.corpus.chunks import CHUNKER_VERSION
from ragft.errors import InputError, NotFoundError
from ragft.setting_sections import IndexSettings


def test_metrics_by_hand() -> None:
    ranked, relevance = ["a", "b", "c", "d"], {"b": 2, "d": 1, "x": 1, "c": 0}
    ideal = 2 + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg(ranked, relevance, 10) == pytest.approx((2 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert ndcg(ranked, relevance, 1) == 0
    assert reciprocal_rank_at(ranked, relevance, 10) == 0.5
    assert recall_at(ranked, relevance, 2) == pytest.approx(1 / 3)
    assert average_precision(ranked, relevance) == pytest.approx((1 / 2 + 2 / 4) / 3)


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    (folder / "qrels").mkdir(parents=True)
    corpus = [
        {"_id": "t", "title": "Tides", "text": "The moon pulls the oceans twice a day."},
        {"_id": "b", "title": "Bread", "text": "Flour and water ferment for a week."},
        {"_id": "e", "title": "", "text": ""},
    ]
    queries = [{"_id": "1", "text": "why do oceans rise"}, {"_id": "2", "text": "sourdough starter"}]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in corpus))
    (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in queries))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n1\tt\t1\n2\tb\t1\n")
    return folder


def test_a_folder_in_beir_form_is_measured(beir: Path, tmp_path: Path) -> None:
    report = benchmark_retrieval(beir, IndexSettings(), cache=tmp_path / "cache")
    assert (report.documents, report.queries, report.mode) == (3, 2, "hybrid")
    assert report.ndcg_at_10 == report.mrr_at_10 == report.recall_at_10 == report.map == 1.0
    assert 0 < report.p50_ms <= report.p95_ms
    assert set(report.to_json()) >= {
        "ndcg@10", "mrr@10", "recall@10", "recall@100", "map", "p50_ms", "p95_ms", "documents", "queries",
    }  # fmt: skip
    assert benchmark_retrieval(beir, IndexSettings(), "lexical", cache=tmp_path / "cache").ndcg_at_10 == 0.5


def test_a_line_that_does_not_parse_is_named(beir: Path, tmp_path: Path) -> None:
    with (beir / "corpus.jsonl").open("a") as handle:
        handle.write("{not json\n")
    with pytest.raises(InputError, match=r"corpus\.jsonl, line 4"):
        benchmark_retrieval(beir, IndexSettings(), cache=tmp_path / "cache")


HEADER = "query-id\tcorpus-id\tscore\n"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("corpus.jsonl", "", "holds no document"),
        ("corpus.jsonl", '{"_id": "t", "text": "a"}\n{"_id": "b", "text": "b"}\n{"_id": "t", "text": "c"}\n',
         "corpus.jsonl, line 3: 't' was given in line 1"),
        ("corpus.jsonl", '{"_id": "t", "text": "a"}\n["t", "b"]\n', "corpus.jsonl, line 2: not a JSON object"),
        ("corpus.jsonl", '{"_id": "t", "text": "a"}\n' + "[" * 100_000 + "\n", "corpus.jsonl, line 2: not JSON"),
        ("corpus.jsonl", '{"_id": "x", "text": "a"}\n', "2 of 2 relevant documents"),
        ("queries.jsonl", '{"_id": "1", "text": "a"}\n\n{"_id": "1", "text": "b"}\n',
         "queries.jsonl, line 3: '1' was given in line 1"),
        ("queries.jsonl", '{"_id": "1"}\n', "queries.jsonl, line 1: no object"),
        ("queries.jsonl", '{"_id": "9", "text": "a"}\n', "no query of"),
        ("qrels/test.tsv", "", "no judgement"),
        ("qrels/test.tsv", HEADER, "no judgement"),
        ("qrels/test.tsv", HEADER + "1\tt\t--1\n", "test.tsv, line 2"),
        ("qrels/test.tsv", HEADER + "1\tt\t1\n2\tb\n", "test.tsv, line 3"),
    ],
)  # fmt: skip
def test_a_folder_that_cannot_be_measured_says_where_it_is_wrong(
    beir: Path, tmp_path: Path, name: str, content: str, says: str
) -> None:
    (beir / name).write_text(content)
    with pytest.raises(InputError) as raised:
        benchmark_retrieval(beir, IndexSettings(), "lexical", cache=tmp_path / "cache")
    assert says in raised.value.message


def test_judged_documents_that_are_not_there_count_as_missed_and_are_named(
    beir: Path, tmp_path: Path, logged: Callable[[], str]
) -> None:
    (beir / "qrels" / "test.tsv").write_text(HEADER + "1\tt\t1\n1\tgone\t1\n2\tb\t1\n\n")
    report = benchmark_retrieval(beir, IndexSettings(), cache=tmp_path / "cache")
    assert report.recall_at_10 == pytest.approx((1 / 2 + 1) / 2)
    said = logged()
    assert "1 of 3 relevant documents" in said
    assert "'gone'" in said


def test_queries_without_a_relevant_document_are_left_out(beir: Path) -> None:
    (beir / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n1\tt\t1\n2\tb\t0\n")
    assert read_qrels(beir) == {"1": {"t": 1}}
    (beir / "qrels" / "test.tsv").write_text("1 t 1\n")
    with pytest.raises(InputError, match="line 1"):
        read_qrels(beir)


def test_missing_files_are_named(beir: Path) -> None:
    (beir / "qrels" / "test.tsv").unlink()
    with pytest.raises(NotFoundError, match="qrels"):
        read_qrels(beir)


def test_an_index_of_another_chunker_is_not_used(beir: Path, tmp_path: Path) -> None:
    ours = _workspace(beir, IndexSettings(), tmp_path).root
    assert ours == _workspace(beir, IndexSettings(), tmp_path, CHUNKER_VERSION).root
    assert ours != _workspace(beir, IndexSettings(), tmp_path, "another").root
