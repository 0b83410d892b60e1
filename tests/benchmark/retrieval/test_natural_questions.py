from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ragft.benchmark.retrieval.natural_questions import NaturalQuestion, load_natural
from ragft.errors import DatasetError, NotFoundError

ROW: dict[str, Any] = {
    "id": "gpu",
    "question": "which gpu for 65B with qlora",
    "kind": "number_text",
    "style": "telegraph",
    "documents": [{"title": "QLoRA", "sha256": "9e81d5ce", "pages": [1], "evidence": [["48", "GB"]]}],
    "answer": "One with 48 GB.",
}


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_line_becomes_a_question(tmp_path: Path) -> None:
    follow = {**ROW, "id": "next", "kind": "follow_up", "follow_up_of": "gpu", "question": "and for 33B?"}
    first, second = load_natural(write(tmp_path / "q.jsonl", ROW, follow))
    assert first == NaturalQuestion.model_validate_json(json.dumps(ROW))
    assert (first.language, first.needs, first.documents[0].evidence) == ("en", "any", (("48", "GB"),))
    assert second.follow_up_of == "gpu"


def test_a_metadata_question_names_catalogue_fields_and_needs_no_document(tmp_path: Path) -> None:
    row = {
        "id": "n",
        "question": "how many papers do i have",
        "kind": "metadata",
        "fields": ["documents"],
        "answer": "3",
    }
    assert load_natural(write(tmp_path / "q.jsonl", row))[0].fields == ("documents",)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "riddle"}, "line 2: kind"),
        ({"pages": [1]}, "line 2: pages"),
        ({"documents": [{"title": "QLoRA", "pages": [0], "evidence": [["48"]]}]}, "line 2: documents.0.pages.0"),
        ({"documents": [{"title": "QLoRA", "evidence": [["48", " "]]}]}, "line 2: documents.0.evidence.0.1"),
        ({"documents": [{"title": "QLoRA", "evidence": [[]]}]}, "line 2: documents.0.evidence.0"),
        ({"documents": [{"title": "QLoRA"}]}, "each with"),
        ({"documents": []}, 'needs "documents"'),
        ({"kind": "follow_up"}, "follow_up_of"),
        ({"kind": "follow_up", "follow_up_of": "gone"}, "no question above it"),
        ({"kind": "metadata"}, "fields"),
        ({"fields": ["year"]}, "fields"),
        ({"id": "gpu"}, "'gpu' is taken"),
        ({"answer": None}, "line 2: answer"),
    ],
)
def test_what_is_wrong_with_a_line_is_named(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    path = write(tmp_path / "q.jsonl", ROW, {**ROW, "id": "other", **change})
    with pytest.raises(DatasetError) as raised:
        load_natural(path)
    assert says in raised.value.message
    assert "line 2" in raised.value.message
    assert raised.value.fix


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"gone\.jsonl"):
        load_natural(tmp_path / "gone.jsonl")
