"""The viewer in Chromium: pdf.js draws the page, the boxes of the server lie on its words, and the PDF only shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import httpx
import pytest

from ragft.app.application import open_application
from ragft.server.server_options import ServerOptions
from tests.server.conftest import Running
from tests.server.page.conftest import SCREENS, in_a_browser, words
from tests.server.page.shown_papers import (
    ACTIONS,
    JAPANESE,
    PICTURES,
    TURNED,
    acting,
    japanese,
    pictured,
    turned,
)

if TYPE_CHECKING:
    from playwright import sync_api

pytestmark = in_a_browser
KEY = "a-key-of-24-characters.."


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a key, over papers that are hard to show."""
    folder = tmp_path_factory.mktemp("viewer")
    (folder / "script.json").write_text(json.dumps({"models": ["scripted"], "default": {"reply": "Yes."}}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAGFT_SCRIPT", str(folder / "script.json"))
        patch.setenv("RAGFT_ENGINE__NAME", "scripted")
        app = open_application(folder / "ws")
        app.ingest([make(folder / f"{make.__name__}.pdf") for make in (turned, acting, pictured, japanese)])
        running = Running(app, ServerOptions(port=0, key=KEY))
        yield running
        running.stop()


OPEN = "async (place) => (await import('/static/viewer.js')).openSource(place, document.body)"


def _open(page: sync_api.Page, served: Running, sentence: str, shown: str = "canvas") -> None:
    """Show a sentence in the viewer, as a click on its citation does; wait for the element `shown` in its sheet."""
    found = httpx.post(f"{served.url}/search", json={"query": sentence, "k": 1}, headers=_bearer()).json()["hits"][0]
    start = found["text"].index(sentence[:30])
    end = found["text"].index(sentence[-20:]) + 20
    place = {"chunk": found["chunk_id"], "start": start, "end": end, "title": found["title"]}
    page.evaluate(OPEN, place)
    page.wait_for_selector(f"#viewer .sheet {shown}")


def _bearer() -> dict[str, str]:
    return {"authorization": f"Bearer {KEY}"}


FITTED = "() => document.querySelector('.sheet .letters').style.getPropertyValue('--total-scale-factor')"


def _boxed(page: sync_api.Page) -> str:
    """The letters under the boxes, once the text layer has got the width of the picture (a frame after it is drawn)."""
    page.wait_for_function(FITTED)
    return str(page.evaluate(BOXED))


BOXED = """
() => {
  const boxes = [...document.querySelectorAll(".sheet .box")].map((one) => one.getBoundingClientRect());
  const boxed = ({ left, right, top, bottom }) => {
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return boxes.some((box) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom);
  };
  const walker = document.createTreeWalker(document.querySelector(".sheet .letters"), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = 0; at < node.length; at += 1) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      if (boxed(range.getBoundingClientRect())) text += node.data[at];
    }
  }
  return text;
}
"""


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, words(one), words(other), autojunk=False).ratio()


@pytest.mark.parametrize("page", [SCREENS[0], SCREENS[3]], indirect=True)
@pytest.mark.parametrize("turn", TURNED)
def test_the_boxes_lie_on_the_quoted_words_of_the_text_layer(page: sync_api.Page, served: Running, turn: int) -> None:
    _open(page, served, TURNED[turn])
    assert f"Page {turn // 90 + 1} of 4" in page.inner_text("#viewer [role=status]")
    assert _alike(_boxed(page), TURNED[turn]) > 0.95


def test_a_larger_page_is_drawn_sharper_and_its_boxes_stay_on_the_words(page: sync_api.Page, served: Running) -> None:
    _open(page, served, TURNED[90])
    before = page.locator(".sheet canvas").evaluate("canvas => canvas.width")
    page.get_by_role("button", name="Larger").click()
    page.get_by_role("button", name="Larger").click()
    page.wait_for_function("before => document.querySelector('.sheet canvas').width > 1.9 * before", arg=before)
    assert _alike(_boxed(page), TURNED[90]) > 0.95
    assert "200 %" in page.inner_text("#viewer [role=status]")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_text_of_a_page_can_be_selected(page: sync_api.Page, served: Running) -> None:
    _open(page, served, TURNED[0])
    text = page.evaluate(
        "() => { getSelection().selectAllChildren(document.querySelector('.letters')); return `${getSelection()}` }"
    )
    assert words(TURNED[0]) in words(text)


def test_other_pages_are_reached_by_the_keyboard(page: sync_api.Page, served: Running) -> None:
    _open(page, served, TURNED[90])
    page.get_by_role("button", name="Next page").focus()
    page.keyboard.press("Enter")
    canvas = page.get_by_role("img", name="Page 3 of")
    canvas.wait_for()
    assert canvas.evaluate("canvas => canvas.width > canvas.height")
    assert page.locator(".sheet .box").count() == 0


def test_nothing_of_pdf_js_is_loaded_before_a_source_is_opened(page: sync_api.Page, served: Running) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url.removeprefix(served.url)))
    page.reload()
    page.wait_for_selector("#question")
    assert not [path for path in sent if path.startswith("/static/pdfjs/")]
    _open(page, served, TURNED[0])
    assert {path for path in sent if path.startswith("/static/pdfjs/")} >= {
        "/static/pdfjs/pdf.min.mjs",
        "/static/pdfjs/pdf.worker.min.mjs",
    }
    assert not [path for path in sent if "/picture" in path]


def test_scripts_and_links_of_a_pdf_do_nothing(page: sync_api.Page, served: Running) -> None:
    before = page.url
    _open(page, served, ACTIONS)
    page.locator(".sheet .letters span").first.click()
    page.locator(".sheet").click(position={"x": 5, "y": 5})
    assert page.locator(".sheet a, .sheet input, .sheet section, .sheet iframe").count() == 0
    assert page.url == before and len(page.context.pages) == 1  # the fixture fails at a dialog or a request elsewhere


INK = """
([left, top]) => {
  const canvas = document.querySelector(".sheet canvas");
  const [x, y] = [canvas.width * left, canvas.height * top].map(Math.round);
  return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data];
}
"""


def test_images_and_symbols_are_drawn_by_what_comes_with_the_page(page: sync_api.Page, served: Running) -> None:
    _open(page, served, PICTURES)
    for place in ((150 / 600, 600 / 800), (450 / 600, 600 / 800)):
        assert page.evaluate(INK, place) == [0, 0, 0, 255], place
    assert "αβγ" in page.inner_text(".sheet .letters")


def test_a_page_that_pdf_js_cannot_draw_is_a_picture_of_the_server(page: sync_api.Page, served: Running) -> None:
    _open(page, served, JAPANESE, shown="img")
    assert page.locator(".sheet canvas").count() == 0 and page.locator(".sheet .box").count() >= 1
    assert page.locator(".sheet img").evaluate("image => image.naturalWidth") >= 400


def test_an_old_browser_gets_pictures_of_the_server(page: sync_api.Page, served: Running) -> None:
    page.add_init_script("delete Map.prototype.getOrInsertComputed")
    page.reload()
    _open(page, served, TURNED[90], shown="img")
    assert page.locator(".sheet .box").count() >= 1


WAITING = "p"
"""What the sheet has until a page is drawn."""


@pytest.fixture
def stuck(page: sync_api.Page) -> sync_api.Page:
    """The page with a worker of pdf.js that never answers."""
    page.route("**/pdf.worker.min.mjs", lambda route: route.fulfill(body="", content_type="text/javascript"))
    return page


def test_a_worker_that_does_not_answer_is_given_up(stuck: sync_api.Page, served: Running) -> None:
    stuck.clock.install()
    _open(stuck, served, TURNED[90], shown=WAITING)
    assert stuck.locator(".sheet img").count() == 0
    stuck.clock.fast_forward(21_000)
    stuck.wait_for_selector("#viewer .sheet img")


def test_a_viewer_that_is_closed_before_it_has_drawn_asks_for_no_picture(stuck: sync_api.Page, served: Running) -> None:
    sent: list[str] = []
    stuck.on("request", lambda request: sent.append(request.url.removeprefix(served.url)))
    _open(stuck, served, TURNED[90], shown=WAITING)
    stuck.get_by_role("button", name="Close").click()
    stuck.evaluate("fetch('/static/app.js').then(() => null)")
    assert sent[-1] == "/static/app.js"
    assert not [path for path in sent if "/picture" in path]
