"""One application for all threads of a server: they ask and search beside an ingest, and none gets a wrong answer.

RAGFT_STRESS_SECONDS says for how long; ten seconds in the suite. `pytest -rP` shows how often each was done.
"""

from __future__ import annotations

import os
import shutil
import time
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ragft.app.application import Application, open_application
from tests.app.papers import ANSWER, QUESTION

SECONDS = float(os.environ.get("RAGFT_STRESS_SECONDS", "10"))
THREADS = 32


@pytest.fixture
def app(papers: Path, tmp_path: Path, scripted_engine: None) -> Application:
    shutil.copytree(papers / "ws", tmp_path / "ws")
    return open_application(tmp_path / "ws")


def _asks(app: Application) -> None:
    answer = app.ask(QUESTION)
    assert (answer.answer, answer.refused) == (ANSWER, False)
    assert {citation.title for citation in answer.citations} == {"Fine-tuning on one card"}


def _searches(app: Application) -> None:
    hits = app.search("largest tidal range in the Bay of Fundy", k=3).hits
    assert hits[0].title == "Tides at the coast"
    assert "Bay of Fundy" in hits[0].text


def _counts(app: Application) -> None:
    titles = {record.title for record in app.documents.list()}
    assert titles >= {"Fine-tuning on one card", "Tides at the coast"}


def _bake(folder: Path, turn: int) -> None:
    """Each time some files appear, some change, and one vanishes."""
    for number in range(turn, turn + 3):
        text = f"# Bread {number}\n\nLoaf {number} was baked for {turn} minutes in a clay oven.\n"
        (folder / f"bread-{number % 4}.md").write_text(text)
    (folder / f"bread-{(turn + 3) % 4}.md").unlink(missing_ok=True)


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 240)
def test_threads_ask_and_search_beside_an_ingest(app: Application, tmp_path: Path) -> None:
    done: Counter[str] = Counter()
    failures: list[str] = []
    end = time.monotonic() + SECONDS
    work: tuple[Callable[[Application], None], ...] = (_asks, _searches, _counts)

    def run(number: int) -> None:
        turn = number
        while (time.monotonic() < end or turn < number + len(work)) and not failures:
            one = work[turn % len(work)]
            try:
                one(app)
            except BaseException as error:
                failures.append(f"{one.__name__}: {type(error).__name__}: {error}\n{traceback.format_exc()}")
                return
            done[one.__name__] += 1
            turn += 1

    folder = tmp_path / "more"
    folder.mkdir()
    rounds = 0
    with app:
        with ThreadPoolExecutor(THREADS) as pool:
            pool.map(run, range(THREADS))
            while time.monotonic() < end and not failures:
                _bake(folder, rounds)
                if failed := app.ingest([folder], prune=True).failed:
                    failures.append(f"ingest: {failed}")
                rounds += 1
        assert failures == []
        assert rounds > 0
        assert all(done[one.__name__] >= THREADS for one in work)
        assert app.index.check().ok
    print(f"{SECONDS:g} s: {rounds} times ingested beside {dict(done)}")


@pytest.mark.slow
def test_a_second_writer_waits_for_the_first(app: Application, tmp_path: Path) -> None:
    reports = []

    def ingest(name: str) -> None:
        (tmp_path / name).mkdir()
        (tmp_path / name / "bread.md").write_text(f"# Bread of {name}\n\nThe loaf of {name} is baked in a clay oven.\n")
        reports.append(app.ingest([tmp_path / name]))

    with app:
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(ingest, f"baker{number}") for number in range(4)]:
                done.result()
        assert [report.failed for report in reports] == [()] * 4
        assert max(report.documents for report in reports) == len(app.documents.list())
        assert app.index.check().ok
