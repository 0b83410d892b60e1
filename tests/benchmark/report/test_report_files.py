"""The report as a stranger's browser, spreadsheet and script will read it."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import io
import json
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ragft.answer.base import Answer, Evidence
from ragft.benchmark.base import BenchmarkQuestion, BenchmarkReport, Recorded, RunOrigin, ScoredRow
from ragft.benchmark.report.report_files import as_json, as_markdown, report_html, write_report
from ragft.benchmark.report.table import tables
from ragft.benchmark.scoring import analysis
from ragft.index.base import Hit
from ragft.tasks.papers.suites.papers import Papers

METRICS = {"papers": Papers.metrics}
HOSTILE = "</p><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>\x1b[31m{{ 7*7 }}"


def _evidence(key: str, title: str, pages: tuple[int, int], text: str) -> Evidence:
    return Evidence(key, Hit(1, 1.0, f"c{key}", "d1", title, pages, "", text))


def make_report(answers: int = 12, hostile: str = HOSTILE) -> BenchmarkReport:
    rows, questions = [], {}
    evidence = (_evidence("1", "QLoRA <b>", (1, 2), "text & <i>more</i>"),)
    for number in range(answers):
        name = f"q{number}"
        questions["papers", name] = BenchmarkQuestion(
            name, f"Question {number} <x>?", "topic", ("NF4",), "A reference."
        )
        for arm, coverage in (("base", 0.8), ("tuned", 0.8 - 0.05 * (number % 4))):
            answer = Answer(name, hostile, refused=number == 3, evidence=evidence)
            recorded = Recorded(f"{arm}{number}", arm, name, answer, seconds=1.5)
            scores = {"keyword_coverage": coverage, "substantive": 1.0, "source_hit": 1.0, "reciprocal_rank": 0.5}
            scores |= {"latency": 1.0 + number / 10, "groundedness": None, "degenerate": 0.0}
            rows.append(ScoredRow("papers", arm, name, recorded, scores, 1.0 + number / 10))
    differences = analysis.arm_differences(rows, "base", "tuned", METRICS)
    decision = analysis.verdicts(differences, ["base", "tuned"], METRICS)["tuned"]
    return BenchmarkReport(
        arms=analysis.table(rows, ["base", "tuned"], METRICS),
        rows=rows,
        differences=differences,
        verdict=decision.verdict,
        reason=decision.reason,
        settings={"arms": [{"role": "base", "model": "<m>"}], "answer": {"num_ctx": 4096}},
        questions=questions,
        files={"d1": "qlora.pdf"},
        verdicts={"tuned": decision.verdict},
        warnings=("not a fair comparison: <quantisation>",),
    )


class Page(HTMLParser):
    """Tags, attributes and text of a page, and whether every tag is closed."""

    VOID = frozenset({"meta", "br", "img", "link", "input", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text = ""
        self.scripts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "script":
            self.scripts.append(data)
        else:
            self.text += data


def test_the_page_is_well_formed_and_says_the_verdict_first() -> None:
    report = make_report()
    page = Page(report_html(report, METRICS))
    body = page.text[page.text.index(report.verdict.capitalize()) :]
    assert body.index(report.reason[:40]) < body.index("Keyword coverage")
    assert page.tags.count("h1") == 1
    assert "80.0 %" in page.text
    assert "not a fair comparison: <quantisation>" in page.text


def _row(arm: str, evidence: tuple[Evidence, ...], *, suite: str = "papers", seconds: float = 1.0) -> ScoredRow:
    recorded = Recorded(f"key of {arm}", arm, "q", Answer("Why?", "An answer.", evidence=evidence), seconds=seconds)
    return ScoredRow(suite, arm, "q", recorded, {"keyword_coverage": 0.5}, seconds)


def _report(*rows: ScoredRow) -> BenchmarkReport:
    roles = list(dict.fromkeys(row.arm for row in rows))
    questions = {(row.suite, "q"): BenchmarkQuestion("q", "Why?") for row in rows}
    return BenchmarkReport({role: {"mrr": 0.5} for role in roles}, rows, [], "undecided", "Why.", questions=questions)


def test_arms_that_were_given_other_evidence_show_their_own() -> None:
    one, two = (_evidence(str(n), f"Title {n}", (1, 1), f"text {n}") for n in (1, 2))
    report = _report(_row("retrieval", (one, two)), _row("evidence", (two,)), _row("none", ()))
    text = Page(report_html(report, METRICS)).text
    assert "Evidence: 2 passages, retrieval" in text
    assert "Evidence: 1 passages, evidence" in text
    assert "the same for every arm" not in text
    arms = as_json(report, METRICS)["per_question"][0]["arms"]
    assert {arm: [p["chunk_id"] for p in found["evidence"]] for arm, found in arms.items()} == {
        "retrieval": ["c1", "c2"],
        "evidence": ["c2"],
        "none": [],
    }
    same = Page(report_html(_report(_row("a", (one,)), _row("b", (one,))), METRICS)).text
    assert "Evidence: 1 passages, the same for every arm" in same


def test_an_answer_that_suites_share_is_one_dot_of_the_latency() -> None:
    rows = [_row(arm, (), suite=suite) for suite in ("papers", "degeneration") for arm in ("base", "tuned")]
    page = report_html(_report(*rows), {**METRICS, "degeneration": Papers.metrics})
    assert page.count('class="dot" cx') == 2


def test_a_hostile_arm_name_is_text_and_nothing_else() -> None:
    report = _report(_row("a|b<i>\x1b[31m", ()), _row("tuned", ()))
    assert "\x1b" not in report_html(report, METRICS)
    text = as_markdown(report, METRICS)
    assert "\x1b" not in text
    assert "| Metric | a\\|b&lt;i&gt; | tuned |" in text


def test_nothing_is_loaded_from_elsewhere() -> None:
    page = Page(report_html(make_report(), METRICS, origin=RunOrigin('<svg viewBox="0 0 1 1"></svg>')))
    assert not {"img", "link", "iframe", "object", "embed", "base", "form"} & set(page.tags)
    assert not [a for a in page.attributes if a[1] in ("src", "href", "action") or a[1].startswith("on")]


def test_a_hostile_answer_is_text_and_nothing_else() -> None:
    page = Page(report_html(make_report(), METRICS))
    assert len(page.scripts) == 1
    assert "alert" not in page.scripts[0]
    assert "<script>alert(1)</script>" in page.text
    assert "\x1b" not in page.text
    assert "{{ 7*7 }}" in page.text


def test_the_content_policy_allows_our_script_alone() -> None:
    page = Page(report_html(make_report(), METRICS))
    policy = next(
        v for tag, name, v in page.attributes if tag == "meta" and name == "content" and v and "default-src" in v
    )
    digest = base64.b64encode(hashlib.sha256(page.scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_every_question_has_both_answers_and_the_evidence() -> None:
    page = Page(report_html(make_report(answers=5), METRICS))
    assert page.tags.count("article") == 10
    assert page.text.count("Evidence: 1 passages") == 5
    tags = [v for tag, name, v in page.attributes if tag == "details" and name == "data-tags"]
    assert tags == ["same", "worse", "worse", "worse refused", "same"]


def test_figures_and_loss_curve_are_inline() -> None:
    page = report_html(make_report(), METRICS, origin=RunOrigin('<svg id="loss" viewBox="0 0 1 1"></svg>'))
    assert '<svg id="loss"' in page
    assert page.count("<svg") == 3
    assert "Differences with 95 % intervals" in page


def test_colour_is_kept_for_changes_with_evidence() -> None:
    coverage = next(m for m in Papers.metrics if m.name == "keyword_coverage")
    seen = next(d for d in make_report().differences if d.metric == "keyword_coverage")
    assert coverage.direction(replace(seen, change=-0.1, low=-0.2, high=-0.01)) == "down"
    assert coverage.direction(replace(seen, change=0.1, low=0.01, high=0.2)) == "up"
    assert coverage.direction(replace(seen, change=0.1, low=-0.01, high=0.2)) == ""
    page = Page(report_html(make_report(), METRICS))
    marked = [
        v for tag, name, v in page.attributes if tag == "td" and name == "class" and v and v.endswith((" up", " down"))
    ]
    assert marked == ["number change down"]


def test_a_change_over_fewer_questions_says_over_how_many() -> None:
    report = make_report()
    rows = [
        r if r.question_id != "q1" or r.arm == "base" else replace(r, scores={**r.scores, "substantive": None})
        for r in report.rows
    ]
    changed = replace(report, rows=rows, differences=analysis.arm_differences(rows, "base", "tuned", METRICS))
    assert "| 0.0 pp (n=11) |" in as_markdown(changed, METRICS)
    assert "(n=12)" not in as_markdown(changed, METRICS)


def test_the_json_has_the_promised_shape_and_no_nan() -> None:
    data = as_json(make_report(answers=1), METRICS)
    text = json.dumps(data, allow_nan=False)
    found = json.loads(text)
    assert found["arms"]["base"]["keyword_coverage"] == 0.8
    assert set(found["arms"]) == {"base", "tuned"}
    assert found["verdict"] == "undecided"
    assert found["per_question"][0]["arms"]["tuned"]["keyword_coverage"] == 0.8
    assert {"mrr", "source_hit_rate", "substantive_rate", "latency_median", "latency_p95"} <= set(
        found["arms"]["tuned"]
    )


def test_markdown_cannot_be_broken_out_of() -> None:
    text = as_markdown(make_report(hostile="| a | <b>\n# head\n[x](http://evil.example)"), METRICS)
    assert "| Keyword coverage | 80.0 % |" in text
    assert "<b>" not in text
    assert "\n# head" not in text
    assert "[x](" not in text


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    write_report(make_report(hostile='=HYPERLINK("http://evil.example")'), METRICS, tmp_path)
    lines = list(csv.reader(io.StringIO((tmp_path / "questions.csv").read_text(encoding="utf-8"))))
    assert len(lines) == 1 + 24
    assert all(not cell.startswith(("=", "@", "+")) for line in lines for cell in line)
    summary = list(csv.DictReader(io.StringIO((tmp_path / "report.csv").read_text(encoding="utf-8"))))
    tuned = next(line for line in summary if line["metric"] == "keyword_coverage" and line["arm"] == "tuned")
    assert float(tuned["change"]) == pytest.approx(-0.075)


def test_all_forms_are_written(tmp_path: Path) -> None:
    write_report(make_report(), METRICS, tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {
        "metrics.json",
        "report.html",
        "report.md",
        "report.csv",
        "questions.csv",
    }


@pytest.mark.parametrize("width", [60, 80, 140])
def test_the_terminal_table_fits_its_width(width: int) -> None:
    from rich.console import Console

    out = io.StringIO()
    console = Console(file=out, width=width)
    for part in tables(make_report(), METRICS, width):
        console.print(part)
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert "\x1b" not in out.getvalue()
    assert any(line.startswith("Keyword coverage") and "80.0 %" in line for line in lines)
    assert ("95 %" in lines[0]) == (width >= 80)


@pytest.mark.parametrize(("width", "changes", "intervals"), [(100, 0, 0), (200, 5, 0), (280, 5, 5)])
def test_a_table_of_many_arms_shows_what_fits(width: int, changes: int, intervals: int) -> None:
    from rich.console import Console

    report = make_report()
    roles = ["base", "tuned", *(f"{role}@{c}" for c in ("evidence", "retrieval") for role in ("base", "tuned"))]
    rows = [replace(row, arm=role) for role in roles for row in report.rows if row.arm == role.partition("@")[0]]
    differences = [d for role in roles[1:] for d in analysis.arm_differences(rows, "base", role, METRICS)]
    report = replace(
        report, rows=rows, arms={role: report.arms[role.partition("@")[0]] for role in roles}, differences=differences
    )
    out = io.StringIO()
    console = Console(file=out, width=width)
    for part in tables(report, METRICS, width):
        console.print(part)
    head, *lines = out.getvalue().splitlines()
    assert (head.count("change"), head.count("95 %")) == (changes, intervals)
    assert any("change" in line for line in lines) == bool(changes), "question by question as in the table"
    assert max(map(len, lines)) <= width
    assert any(line.startswith("Keyword coverage") and line.count("80.0 %") == 3 for line in lines)


CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

FRAME = """<!doctype html><body style="margin:0"><iframe id="page" style="border:0;width:{width}px;height:1600px"
srcdoc="{page}"></iframe><script>
page.onload = () => {{
  const shown = page.contentDocument, right = (e) => e.getBoundingClientRect().right;
  for (const item of shown.querySelectorAll("details")) item.open = true;
  shown.querySelector("[data-show=refused]").click();
  document.body.textContent = "measured " + JSON.stringify({{
    width: shown.documentElement.clientWidth,
    needed: shown.documentElement.scrollWidth,
    outside: [...shown.querySelectorAll("main *")].filter((e) => right(e) > {width}).map((e) => e.outerHTML),
    table: [...shown.querySelectorAll(".wide")].map((e) => e.scrollWidth - e.clientWidth),
    columns: [...shown.querySelectorAll("thead")][0].innerText,
    refused: [...shown.querySelectorAll("#questions > details")].filter((e) => !e.hidden).length,
  }});
}};
</script></body>"""
"""A window of Chromium is at least 500 pixels wide, so a phone is a frame inside a page."""


def chromium(folder: Path, page: Path, *arguments: str) -> str:
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    done = subprocess.run([*command, *arguments, page.as_uri()], check=True, capture_output=True, timeout=120)
    return done.stdout.decode()


@pytest.mark.slow
@browser
@pytest.mark.parametrize("width", [360, 390, 1200])
def test_nothing_of_the_page_is_out_of_sight(tmp_path: Path, width: int) -> None:
    report, page = make_report(), tmp_path / "frame.html"
    wide = [
        replace(d, change=-0.227, low=-0.171, high=-0.157, n=5 + number) for number, d in enumerate(report.differences)
    ]
    metrics = {"papers": [replace(m, unit="nats") if m.name == "mrr" else m for m in Papers.metrics]}
    text = report_html(replace(report, differences=wide), metrics)
    page.write_text(FRAME.format(page=html.escape(text), width=width), encoding="utf-8")
    text = chromium(tmp_path, page, "--dump-dom", "--window-size=1300,1700")
    found = json.loads(html.unescape(text[text.index("measured ") + 9 : text.rindex("</body>")]))
    assert found["needed"] <= found["width"]
    assert found["outside"] == []
    assert max(found["table"]) <= 0, "a table is wider than the page"
    assert "95 % interval" in found["columns"], "on a phone it stands with the change"
    assert found["refused"] == 1


@pytest.mark.slow
@browser
def test_a_printed_page_has_every_answer_and_starts_with_verdict_and_table(tmp_path: Path) -> None:
    from pypdf import PdfReader

    page, paper = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_text(report_html(make_report(answers=3, hostile="An answer."), METRICS), encoding="utf-8")
    chromium(tmp_path, page, f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    first, *others = (sheet.extract_text() for sheet in PdfReader(paper).pages)
    assert "Undecided" in first
    assert "Keyword coverage" in first and "95 % interval" in first
    assert sum(text.count("An answer.") for text in (first, *others)) == 6
    assert "improved" not in first + "".join(others), "a button on paper"


def test_the_page_shows_how_the_run_came_about() -> None:
    page = report_html(make_report(), METRICS, origin=RunOrigin("", (("experiment", "EXP-1 <b>"), ("steps", "75"))))
    assert "Reproducibility" in page and "EXP-1 &lt;b&gt;" in page and "<dd>75</dd>" in page
    assert "Reproducibility" not in report_html(make_report(), METRICS)
