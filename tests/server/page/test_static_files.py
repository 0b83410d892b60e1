"""The page and its files over HTTP: what is sent, under which rules."""

from __future__ import annotations

import re
import tomllib
from hashlib import sha256

import httpx
import pytest

from ragft.server.page.static_files import FOLDER, POLICY

LARGEST = 150_000
PDFJS = FOLDER / "pdfjs"


def test_the_page_and_every_file_that_it_names_are_there(client: httpx.Client) -> None:
    page = client.get("/")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(named) == 3
    for path in named:
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.js")))
def test_what_a_script_imports_is_there_as_a_script(client: httpx.Client, name: str) -> None:
    found = client.get(f"/static/{name}")
    assert found.headers["content-type"] == "text/javascript; charset=utf-8"
    for other in re.findall(r'from "\./([^"]+)"', found.text):
        assert client.get(f"/static/{other}").status_code == 200, other


def test_no_script_runs_but_the_pages_own_files(client: httpx.Client) -> None:
    page = client.get("/")
    rules = dict(rule.split(" ", 1) for rule in page.headers["content-security-policy"].split("; "))
    assert rules["default-src"] == "'none'" and rules["script-src"] == "'self'" and rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'" and rules["require-trusted-types-for"] == "'script'"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|style=|javascript:", page.text)


def test_a_file_that_the_browser_has_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/static/pdfjs/pdf.worker.min.mjs")
    again = client.get(
        "/static/pdfjs/pdf.worker.min.mjs", headers={"if-none-match": f'"other", {first.headers["etag"]}'}
    )
    assert again.status_code == 304 and not again.content
    assert again.headers["content-security-policy"] == POLICY and again.headers["cache-control"] == "no-cache"
    changed = client.get("/static/app.js", headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200 and changed.content


def test_no_file_makes_html_of_a_string() -> None:
    for path in FOLDER.glob("*.js"):
        found = re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", path.read_text("utf-8"))
        assert not found, path.name


def test_the_files_are_small_and_load_nothing_from_elsewhere() -> None:
    files = [path for path in FOLDER.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < LARGEST
    for path in files:
        found = set(re.findall(r"https?://[\w.]+", path.read_text("utf-8")))
        assert found <= {"http://www.w3.org"}, path.name  # names of vocabularies, which nothing fetches


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fstatic_files.py", "%2e%2e%2fasgi.py", "../static_files.py"])
def test_no_other_file_is_served(client: httpx.Client, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_every_file_is_packaged() -> None:
    package = FOLDER.parents[2]
    project = tomllib.loads((package.parents[1] / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["ragft"]
    packaged = {path for pattern in patterns for path in package.glob(pattern)}
    assert {path for path in FOLDER.rglob("*") if path.is_file()} <= packaged


def test_the_files_of_pdf_js_are_those_of_its_package() -> None:
    lines = (PDFJS / "SHA256SUMS").read_text("utf-8").splitlines()
    digests = {name: digest for digest, name in (line.split() for line in lines)}
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in PDFJS.iterdir()}
    assert digests == {name: digest for name, digest in found.items() if name not in ("README.md", "SHA256SUMS")}
    assert "LICENSE" in digests


def test_pdf_js_is_served_as_scripts_under_the_policy_of_the_page(client: httpx.Client) -> None:
    for name in ("pdf.min.mjs", "pdf.worker.min.mjs", "jbig2_nowasm_fallback.js"):
        found = client.get(f"/static/pdfjs/{name}")
        assert found.headers["content-type"] == "text/javascript; charset=utf-8"
        assert found.headers["content-security-policy"] == POLICY and "unsafe" not in POLICY


def test_pdf_js_and_its_worker_are_of_one_version_which_the_readme_names() -> None:
    (named,) = set(re.findall(r"pdfjs-dist[`@ -]+(\d+\.\d+\.\d+)", (PDFJS / "README.md").read_text("utf-8")))
    for name in ("pdf.min.mjs", "pdf.worker.min.mjs"):
        assert f"pdfjsVersion = {named}" in (PDFJS / name).read_text("utf-8"), name
