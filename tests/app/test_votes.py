"""Blind votes: the order is drawn, the files are kept, the count leaves out what is no vote for either."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import ragft
from ragft.app.application import Application
from tests.app.papers import QUESTION


@pytest.fixture
def app(papers: Path, scripted_engine: None, tmp_path: Path) -> Iterator[Application]:
    shutil.copytree(papers / "ws", tmp_path / "ws")
    with ragft.open(tmp_path / "ws") as made:
        run = tmp_path / "ws" / "runs" / "first"
        run.mkdir(parents=True)
        (run / "registration.json").write_text(json.dumps({"base_model": "base-model", "model": "tuned-model"}))
        yield made


def _vote(app: Application, role: str) -> None:
    pair = app.votes.ask(QUESTION)
    tuned = "left" if pair.left.model == "tuned-model" else "right"
    other = "right" if tuned == "left" else "left"
    app.votes.choose(pair.id, {"tuned": tuned, "base": other, "same": "same"}[role])  # type: ignore[arg-type]


def test_votes_for_either_model_are_counted_and_those_for_neither_apart(app: Application) -> None:
    for role in ("tuned", "tuned", "base", "same"):
        _vote(app, role)
    app.votes.ask(QUESTION)  # no vote
    (tally,) = app.votes.tally()
    assert (tally.base_model, tally.tuned_model, tally.votes, tally.same) == ("base-model", "tuned-model", 4, 1)
    assert (tally.tuned.count, tally.tuned.total) == (2, 3)
    assert tally.tuned.show() == "67 % (21–94)"


def test_the_report_of_a_benchmark_shows_the_votes_on_its_models(app: Application, tmp_path: Path) -> None:
    for role in ("tuned", "tuned", "base", "same"):
        _vote(app, role)
    with app.with_(benchmark={"suites": ["degeneration"], "limit": 1}) as brief:
        arms = "base=base-model,tuned=tuned-model"
        found = brief.benchmark(arms, unequal=True, output=tmp_path / "report")
        others = brief.benchmark("base-model@closed_book", output=tmp_path / "others")
    (figure,) = found.report.figures
    assert (figure.value, figure.note) == ("67 % (21–94)", "2 of 3 votes for either; 1 for neither")
    assert "Blind votes for the tuned model" in found.page.read_text("utf-8")
    assert others.report.figures == ()


def test_both_orders_come_up(app: Application) -> None:
    orders = {app.votes.ask(QUESTION).left.model for _ in range(24)}
    assert orders == {"base-model", "tuned-model"}  # by chance one alone once in eight million times


def test_a_broken_file_of_a_vote_is_passed_over(app: Application) -> None:
    _vote(app, "tuned")
    (app.workspace.root / "votes" / "0000000000000000.json").write_text('{"tuned": "le')
    with pytest.raises(ragft.RagftError, match="no pair of answers"):
        app.votes.choose("0000000000000000", "left")
    (app.workspace.root / "votes" / "1111111111111111.json").write_text('{"vote": "left"}')
    assert [one.votes for one in app.votes.tally()] == [1]


def test_without_a_registered_run_it_says_what_to_do(papers: Path, scripted_engine: None) -> None:
    with ragft.open(papers / "ws") as app, pytest.raises(ragft.RagftError, match="no registered run") as raised:
        app.votes.ask(QUESTION)
    assert raised.value.fix == "ragft build-model"
