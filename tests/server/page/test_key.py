"""The key of a server in the browser: given once, then a cookie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

KEY = "a-key-of-24-characters.."


def test_the_page_loads_without_the_key_and_shows_nothing_of_the_documents(serve: Callable[..., Any]) -> None:
    with httpx.Client(base_url=serve(key=KEY).url) as client:
        assert client.get("/").status_code == 200
        assert client.get("/static/app.js").status_code == 200
        for path in ("/documents", "/v1/models", "/votes", "/static/../documents"):
            assert client.get(path).status_code == 401, path


def test_the_key_is_exchanged_for_a_cookie_that_lets_in(serve: Callable[..., Any]) -> None:
    with httpx.Client(base_url=serve(key=KEY).url) as client:
        given = client.post("/key", json={"key": KEY})
        cookie = given.headers["set-cookie"].lower()
        assert given.status_code == 204 and "httponly" in cookie and "samesite=strict" in cookie
        assert KEY not in cookie
        assert client.get("/documents").status_code == 200


def test_a_wrong_key_or_cookie_does_not_let_in(serve: Callable[..., Any]) -> None:
    with httpx.Client(base_url=serve(key=KEY).url) as client:
        json = {"content-type": "application/json"}
        for wrong in ("", "x", KEY[:-1], "\\ud800"):
            refused = client.post("/key", content=f'{{"key": "{wrong}"}}', headers=json)
            status = 400 if wrong == "\\ud800" else 401  # half a character is not JSON
            assert refused.status_code == status and "set-cookie" not in refused.headers, wrong
        assert client.get("/documents", headers={"cookie": f"ragft-key={KEY}"}).status_code == 401
        assert client.get("/documents", headers={"cookie": "ragft-key="}).status_code == 401


def test_the_cookie_of_another_key_does_not_let_in(serve: Callable[..., Any]) -> None:
    with httpx.Client(base_url=serve(key=KEY).url) as one, httpx.Client(base_url=serve(key=KEY[::-1]).url) as other:
        one.post("/key", json={"key": KEY})
        cookie = one.cookies["ragft-key"]
        assert other.get("/documents", headers={"cookie": f"ragft-key={cookie}"}).status_code == 401
