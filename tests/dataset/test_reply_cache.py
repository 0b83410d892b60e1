"""No request is sent twice, whatever happens in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.dataset.reply_cache import Replies
from ragft.engine.base import ChatRequest, Message, Options
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import GenerationError


def request(text: str, **options: float) -> ChatRequest:
    return ChatRequest("m", (Message("user", text),), Options(**options))  # type: ignore[arg-type]


def test_a_reply_is_kept_over_restarts(tmp_path: Path) -> None:
    engine = ScriptedEngine(["one", "two"])
    assert Replies(tmp_path / "r.jsonl", engine).get(request("a")) == "one"
    again = Replies(tmp_path / "r.jsonl", engine)
    assert again.get(request("a")) == "one"
    assert again.get(request("a", seed=1)) == "two"
    assert len(engine.requests) == 2


def test_a_line_cut_short_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    Replies(path, ScriptedEngine(["one", "two"])).get(request("a"))
    with path.open("a") as handle:
        handle.write('{"key": "sha')
    engine = ScriptedEngine(["new"])
    assert Replies(path, engine).get(request("b")) == "new"
    last = Replies(path, ScriptedEngine())
    assert [last.get(request("a")), last.get(request("b"))] == ["one", "new"]


def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    engine = ScriptedEngine([GenerationError("died"), "well"])
    replies = Replies(tmp_path / "r.jsonl", engine)
    with pytest.raises(GenerationError):
        replies.get(request("a"))
    assert replies.get(request("a")) == "well"


def test_several_at_once_come_back_in_order(tmp_path: Path) -> None:
    engine = ScriptedEngine(lambda r: r.messages[0].content.upper())
    engine.slots = 4
    replies = Replies(tmp_path / "r.jsonl", engine)
    assert list(replies.ahead(request(f"q{i}") for i in range(20))) == [f"Q{i}" for i in range(20)]


def test_only_as_many_are_sent_ahead_as_the_engine_serves(tmp_path: Path) -> None:
    engine = ScriptedEngine(lambda r: "x")
    engine.slots = 3
    offers = Replies(tmp_path / "r.jsonl", engine).ahead(request(f"q{i}") for i in range(100))
    next(offers)
    offers.close()
    assert len(engine.requests) <= 4
