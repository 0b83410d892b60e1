"""A server over a PDF of our own, what the scripted models say of it, and the page in Debian's Chromium."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from reportlab.pdfgen.canvas import Canvas

from ragft.app.application import open_application
from ragft.server.server_options import ServerOptions
from tests.corpus.pdfs import BOLD, centred, column, pdf, prose
from tests.server.conftest import Running

if TYPE_CHECKING:
    from playwright import sync_api

CHROMIUM = os.environ.get("RAGFT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
in_a_browser = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium, or set RAGFT_CHROMIUM"),
]
SCREENS = [(1280, 800, "light"), (1280, 800, "dark"), (360, 740, "light"), (360, 740, "dark")]
FACT = "QLoRA brings the fine-tuning of a 65B model down to a single GPU with 48 GB of memory"
QUESTION = "How much GPU memory does QLoRA need for a 65B model?"
SECOND = "A plain baseline explains most of the effect that was ascribed to four bits before"
REFUSED = "How do I cook a mushroom risotto?"
HOSTILE = "The pigeon of Oberon wrote `<img src=x onerror=alert(1)> <script>alert(2)</script>` once"
SCRIPT = {
    "models": ["scripted", "base-model", "tuned-model"],
    "rules": [
        {"match": "Question: .*QLoRA", "reply": f"{FACT} [1]. {SECOND} [1]."},
        {"match": "Question: .*Oberon", "reply": f"{HOSTILE} [1]."},
    ],
    "default": {"reply": "The documents do not answer this question."},
}


def _first(canvas: Canvas) -> None:
    centred(canvas, 80, "Fine-tuning on one card", 18, BOLD)
    column(canvas, 72, 130, 450, ["# 1 Introduction", prose("quantised training"), prose("paged memory")])


def _second(canvas: Canvas) -> None:
    column(canvas, 72, 90, 220, ["# 2 Results", prose("adapters", 5), f"{FACT}. {prose('four bits', 4)}"])
    column(canvas, 310, 90, 220, [prose("gradients", 9)])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A running server; its workspace has one PDF of two pages, a text, and a registered run."""
    folder = tmp_path_factory.mktemp("page")
    paper = pdf(folder / "qlora.pdf", _first, _second, title="Fine-tuning on one card")
    (folder / "tides.md").write_text(
        "# Tides at the coast\n\nSpring tides come shortly after full and new moon, when the pulls of both add up.\n"
    )
    (folder / "script.json").write_text(json.dumps(SCRIPT))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAGFT_SCRIPT", str(folder / "script.json"))
        patch.setenv("RAGFT_ENGINE__NAME", "scripted")
        app = open_application(folder / "ws")
        app.ingest([paper, folder / "tides.md"])
        register(app.workspace.root)
        running = Running(app, ServerOptions(port=0))
        yield running
        running.stop()


def register(workspace: Path) -> None:
    """A run with two models of the scripted engine, a curve and a report."""
    run = workspace / "runs" / "first"
    run.mkdir(parents=True)
    (run / "report.html").write_text("<h1>Better</h1>")
    (run / "train.jsonl").write_text("".join(f'{{"step": {n}, "loss": {4 - n / 10}}}\n' for n in range(1, 20)))
    (run / "registration.json").write_text(json.dumps(REGISTRATION))


REGISTRATION = {"engine": "scripted", "base_model": "base-model", "model": "tuned-model"}


@pytest.fixture
def client(served: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, timeout=60) as made:
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[sync_api.Browser]:
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: sync_api.Browser, served: Running, request: pytest.FixtureRequest) -> Iterator[sync_api.Page]:
    """The page, in the parametrised size and colours, with the server's key. What it complains of, or fetches from
    elsewhere, is an error of the test.
    """
    width, height, colours = getattr(request, "param", SCREENS[0])
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=colours)
    context.set_default_timeout(60_000)
    if served.options.key:
        context.request.post(f"{served.url}/key", data={"key": served.options.key})
    opened = context.new_page()
    said: list[str] = []
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    opened.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    opened.on("request", lambda sent: None if sent.url.startswith(served.url) else said.append(sent.url))
    opened.goto(served.url)
    yield opened
    context.close()
    assert not said


def words(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()
