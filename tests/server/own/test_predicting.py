"""Classes of texts over HTTP: by a run, and by examples alone."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from ragft.app.application import open_application
from ragft.server.own.predicting import MOST_TEXTS
from ragft.server.server_options import ServerOptions
from tests.server.conftest import Running
from tests.tasks.classify.classified_run import COOK, SEA, make_run

SHIP = "The ship and its anchor at the pier"
BREAD = "Bread and salt and an onion from the pan"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    workspace = make_run(tmp_path_factory.mktemp("classes") / "ws")
    running = Running(open_application(workspace.root), ServerOptions(port=0))
    yield running.url
    running.stop()


@pytest.mark.slow
def test_a_text_is_sorted_as_the_run_recommends(address: str) -> None:
    found = httpx.post(f"{address}/predict", json={"text": SHIP}, timeout=60).raise_for_status().json()
    assert (found["label"], found["arm"], found["run"], found["calibrated"]) == ("harbour", "tf-idf", "notes", True)
    assert sum(found["likely"].values()) == pytest.approx(1, abs=1e-3)


def test_several_texts_come_back_in_their_order(address: str) -> None:
    body = {"texts": [BREAD, SHIP, "Zebras sleep"]}
    found = httpx.post(f"{address}/predict_batch", json=body, timeout=60).raise_for_status().json()
    assert [one["label"] for one in found["predictions"]] == ["kitchen", "harbour", "unknown"]
    too_many = httpx.post(f"{address}/predict_batch", json={"texts": ["a"] * (MOST_TEXTS + 1)})
    assert too_many.status_code == 400


def test_examples_are_enough(address: str) -> None:
    examples = [{"document": text, "label": "sea"} for text in SEA] + [
        {"document": text, "label": "cook"} for text in COOK
    ]
    body = {"text": BREAD, "examples": examples}
    found = httpx.post(f"{address}/predict_fewshot", json=body, timeout=60).raise_for_status().json()
    assert (found["label"], found["arm"], found["calibrated"]) == ("cook", "nearest", False)


def test_what_is_missing_is_said(address: str) -> None:
    reply = httpx.post(f"{address}/predict", json={"text": SHIP, "run": "nothing"})
    assert reply.status_code == 404 and "nothing" in reply.json()["error"]["message"]
    assert httpx.post(f"{address}/predict", json={"text": ""}).status_code == 400
