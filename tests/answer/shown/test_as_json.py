"""What `--json` says of an answer, also where it is a refusal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

from ragft.answer.asked import AskedDocuments, AskedModel
from ragft.answer.assistant import Assistant
from ragft.answer.base import RefusalReason
from ragft.answer.shown.as_json import WHY, answer_json
from ragft.setting_sections import AnswerSettings
from ragft.workspace import jsonable
from tests.answer.fakes import NF4, OPTIMISERS, QLORA, Player, Shelf, hit

QUESTION = "How does QLoRA store weights, and how much memory does it need?"
REPLY = "NormalFloat stores each weight in four bits [2]. QLoRA needs a single GPU with 48 GB of memory [1]."
WRONG = "It was baked by Alice Baker in Paris in 1895 [1]."
HITS = [hit(QLORA), hit(NF4, number=1, title="On NF4"), hit(OPTIMISERS * 9, number=2), hit(NF4 * 9, number=3)]


def ask(*replies: str, quote: bool = True, **settings: Any) -> dict[str, Any]:
    chosen = AnswerSettings(**settings)
    answer = Assistant(AskedModel(Player(*replies), "tiny"), AskedDocuments(Shelf(*HITS)), chosen, quote=quote).ask(
        QUESTION
    )
    data: dict[str, Any] = jsonable(answer_json(answer))
    return data


def test_numbers_are_those_of_the_text_and_keys_those_of_the_prompt() -> None:
    data = ask(REPLY)
    assert re.findall(r"\[(\d)\]", data["answer"]) == ["1", "2"]
    assert [(one["number"], one["key"]) for one in data["citations"]] == [(1, "2"), (2, "1")]
    assert [(one["numbers"], one["keys"], one["verdict"]) for one in data["sentences"]] == [
        ([1], ["2"], "supported"),
        ([2], ["1"], "supported"),
    ]
    assert data["raw"] == REPLY
    assert (data["why"], data["language"]) == (None, "en")


def test_a_refusal_has_its_sentences_their_support_and_why() -> None:
    data = ask(WRONG, quote=False)
    assert (data["refused"], data["reason"], data["why"]) == (True, "unsupported", WHY["unsupported"])
    assert [(one["text"], one["verdict"]) for one in data["sentences"]] == [(WRONG.replace(" [1]", ""), "not_found")]
    assert 0 <= data["sentences"][0]["support"] < 1
    assert data["raw"] == WRONG


def test_a_refusal_before_the_model_has_scores_and_what_was_found() -> None:
    data = ask(gate=0.999)
    assert data["reason"] == "weak_evidence"
    assert data["scores"]["gate"] < data["scores"]["gate_threshold"] == 0.999
    assert [one["text"] for one in data["evidence"]] == [one.text for one in HITS]
    assert {one["shown"] for one in data["evidence"]} == {None}


def test_what_was_retrieved_and_what_the_model_saw_of_it() -> None:
    data = ask(REPLY, evidence_tokens=150)
    assert [one["text"] for one in data["evidence"]] == [one.text for one in HITS]
    shown = [one["shown"] for one in data["evidence"]]
    assert shown[0] == QLORA
    assert data["budget"]["passages_used"] == sum(text is not None for text in shown)
    assert data["budget"]["passages_left_out"] == shown.count(None)
    assert 0 < data["budget"]["evidence_share"] < 1


def test_every_reason_is_explained() -> None:
    assert set(WHY) == set(get_args(RefusalReason))


def test_the_documentation_describes_every_field() -> None:
    page = (Path(__file__).parents[3] / "docs" / "asking.md").read_text(encoding="utf-8")
    section = page[page.index("## What `--json` prints") :].split("\n## ")[0]
    data = ask(REPLY)
    fields = {
        *data,
        *data["citations"][0],
        *data["sentences"][0],
        *data["evidence"][0],
        *data["scores"],
        *data["budget"],
    }
    assert {field for field in fields if f"`{field}`" not in section} == set()
