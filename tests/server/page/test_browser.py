"""The page in Debian's Chromium, driven by Playwright; axe-core looks for what a screen reader cannot use."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.server.conftest import Running
from tests.server.page.conftest import FACT, HOSTILE, QUESTION, REFUSED, SCREENS, SECOND, in_a_browser

if TYPE_CHECKING:
    from playwright import sync_api

pytestmark = in_a_browser
VIEWS = ("chat", "search", "documents", "compare", "runs")


def _ask(page: sync_api.Page, question: str) -> None:
    page.fill("#question", question)
    page.press("#question", "Enter")


@pytest.mark.parametrize("page", SCREENS, indirect=True)
def test_a_question_is_answered_and_its_source_shown_with_boxes(page: sync_api.Page) -> None:
    _ask(page, QUESTION)
    page.get_by_role("button", name="Source 1: Fine-tuning on one card, p. 2").first.click()
    assert FACT in page.inner_text(".answer")
    page.wait_for_selector("#viewer .box")
    picture, box = page.locator(".sheet canvas"), page.locator(".sheet .box").first
    assert picture.evaluate("canvas => canvas.width") >= 300
    outer, inner = picture.bounding_box(), box.bounding_box()
    assert outer is not None and inner is not None
    assert outer["x"] <= inner["x"] and inner["x"] + inner["width"] < outer["x"] + outer["width"] / 2
    assert page.inner_text("#viewer mark") == f"{FACT}."
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    assert page.locator("#viewer").is_hidden()
    assert page.evaluate("document.activeElement.className") == "chip"


NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked'); } })"


def test_the_page_works_where_nothing_may_be_remembered(page: sync_api.Page, served: Running) -> None:
    page.add_init_script(NO_STORAGE)
    page.goto(f"{served.url}/?blocked")
    _ask(page, QUESTION)
    page.wait_for_selector("button.chip")
    page.click("#theme")
    assert page.inner_text("#theme") == "Theme: light"


WATCH = """
() => {
  window.seen = [];
  const look = () => {
    const text = document.querySelector(".answer")?.textContent;
    if (text && window.seen.at(-1) !== text) window.seen.push(text);
  };
  new MutationObserver(look).observe(document.querySelector(".log"), { childList: true, subtree: true });
}
"""


def test_an_answer_grows_by_sentences_and_nothing_is_taken_back(page: sync_api.Page) -> None:
    page.evaluate(WATCH)
    _ask(page, QUESTION)
    page.wait_for_selector("button.chip")
    seen = page.evaluate("window.seen")
    assert len(seen) >= 3  # the first sentence, the second, and the sources below them
    assert seen[0].startswith(FACT) and SECOND not in seen[0]
    assert all(later.startswith(earlier) for earlier, later in pairwise(seen))


@pytest.mark.parametrize("page", SCREENS, indirect=True)
def test_axe_finds_nothing_serious_in_any_part(page: sync_api.Page, served: Running) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    _ask(page, QUESTION)
    page.click("button.chip")
    page.wait_for_selector("#viewer .box")
    _look(axe, page, "viewer")
    page.keyboard.press("Escape")
    _ask(page, REFUSED)
    page.wait_for_selector(".refusal")
    for view in VIEWS:
        page.goto(f"{served.url}/#/{view}")
        page.wait_for_selector(f"[data-view={view}]")
        if view == "search":
            page.fill("#query", "paged memory")
            page.press("#query", "Enter")
            page.wait_for_selector("[data-view=search] .hit")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
        _look(axe, page, view)


def _look(axe: object, page: sync_api.Page, where: str) -> None:
    found = axe.Axe().run(page).response["violations"]  # type: ignore[attr-defined]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert not serious, (where, [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in serious])


def test_a_refusal_shows_what_came_nearest(page: sync_api.Page) -> None:
    _ask(page, REFUSED)
    page.wait_for_selector(".refusal .hit")
    page.locator(".refusal .hit", has_text="Tides").first.click()
    page.wait_for_selector("#viewer .passage")
    assert "Spring tides" in page.inner_text("#viewer")


def test_a_slow_search_does_not_replace_what_was_searched_after_it(page: sync_api.Page, served: Running) -> None:
    page.goto(f"{served.url}/#/search")
    held: list[sync_api.Route] = []
    page.route("**/search", lambda route: held.append(route) if not held else route.continue_())
    for query in ("spring tides", "paged memory"):
        page.fill("#query", query)
        page.press("#query", "Enter")
    page.wait_for_selector("[data-view=search] .hit >> text=Fine-tuning on one card")
    first = page.inner_text("[data-view=search] .hits")
    with page.expect_response("**/search"):
        held[0].continue_()
    page.wait_for_load_state("networkidle")
    assert page.inner_text("[data-view=search] .hits") == first


def test_conversations_are_kept_and_can_be_deleted(page: sync_api.Page) -> None:
    _ask(page, QUESTION)
    page.wait_for_selector("button.chip")
    page.reload()
    page.get_by_role("button", name=QUESTION, exact=True).click()
    page.wait_for_selector("button.chip")
    page.get_by_role("button", name=f"Delete: {QUESTION}").click()
    assert page.locator(".past li").count() == 0
    page.reload()
    assert page.locator(".past li").count() == 0


def test_a_question_can_be_asked_by_the_keyboard_alone(page: sync_api.Page) -> None:
    page.focus("#question")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    chip = page.wait_for_selector("button.chip")
    assert chip is not None
    chip.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#viewer .box")
    assert page.evaluate("document.activeElement.tagName") == "H2"


def test_a_document_is_sent_and_nothing_in_it_runs(page: sync_api.Page, served: Running, tmp_path: Path) -> None:
    (tmp_path / "attack.md").write_text(f"# On attacks\n\n{HOSTILE}.\n")
    page.goto(f"{served.url}/#/documents")
    page.set_input_files("#files", tmp_path / "attack.md")
    page.wait_for_selector(".piece >> text=done, 1 added")
    page.get_by_role("button", name="On attacks", exact=True).click()
    page.wait_for_selector("#viewer .passage")
    assert "<script>alert(2)</script>" in page.inner_text("#viewer .passage")
    page.get_by_role("button", name="Close").click()
    page.goto(f"{served.url}/#/chat")
    _ask(page, "What did the pigeon of Oberon write?")
    page.wait_for_selector(".answer:not([aria-busy])")
    assert HOSTILE.replace("`", "") in page.inner_text(".answer")
    assert page.locator("main img, main script").count() == 0
    served.app.documents.discard("attack.md")


def test_both_models_answer_and_a_vote_shows_which_is_which(page: sync_api.Page, served: Running) -> None:
    page.goto(f"{served.url}/#/compare")
    page.fill("#both", QUESTION)
    page.get_by_role("button", name="Ask both").click()
    page.wait_for_selector(".votes")
    assert "tuned-model" not in page.inner_text(".cards")
    page.get_by_role("button", name="A is better").click()
    page.wait_for_selector(".count >> text=tuned-model")
    assert "tuned (tuned-model)" in page.inner_text(".cards")


def test_a_run_shows_its_curve_and_leads_to_its_report(page: sync_api.Page, served: Running) -> None:
    page.goto(f"{served.url}/#/runs")
    page.wait_for_selector(".chart polyline")
    link = page.get_by_role("link", name="Open the report")
    assert link.get_attribute("href") == "/runs/first/report"


MARKDOWN = """
async () => {
  const { markdown } = await import("/static/markdown.js");
  const text = [
    "## Head <b>x</b>", "A **bold** and *thin* `a<b` [2] [link](https://a.org/x) [bad](javascript:alert(1)) $x_i^2$.",
    "- one", "- two", "  - inner", "", "| a | b |", "|---|---|", "| 1 | <img src=x onerror=alert(3)> |", "",
    "$$", "\\\\frac{1}{2} \\\\alpha", "$$", "```", "<script>alert(4)</script>", "```",
  ].join("\\n");
  const place = document.createElement("div");
  place.append(...markdown(text, (n) => document.createTextNode("(" + n + ")")));
  document.body.append(place);
  const tags = [...place.querySelectorAll("*")].map((one) => one.localName);
  return { tags: [...new Set(tags)].sort(), links: [...place.querySelectorAll("a")].map((one) => one.href),
           text: place.textContent, nested: place.querySelectorAll("ul ul li").length };
}
"""


def test_markdown_and_formulas_become_nodes_and_html_stays_text(page: sync_api.Page) -> None:
    found = page.evaluate(MARKDOWN)
    assert found["links"] == ["https://a.org/x"] and found["nested"] == 1
    assert {"h4", "strong", "em", "code", "ul", "li", "table", "td", "pre", "math", "msubsup", "mfrac"} <= {
        *found["tags"]
    }
    assert not {"script", "img", "b"} & {*found["tags"]}
    for kept in ("<b>x</b>", "<img src=x onerror=alert(3)>", "<script>alert(4)</script>", "(2)", "javascript:alert(1)"):
        assert kept in found["text"], kept
