"""Who is let in: by Host, Origin, key and size."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from ragft.errors import InputError, NotFoundError, UsageError
from ragft.server.server_options import ServerOptions, find_key, is_loopback

KEY = "0123456789abcdef0123"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8642", "127.0.0.1.evil.example", "", "[::2]"])
@pytest.mark.parametrize("path", ["/health", "/v1/models", "/api/tags", "/mcp"])
def test_a_name_that_is_not_this_machines_is_refused(url: str, host: str, path: str) -> None:
    response = httpx.get(url + path, headers={"Host": host})
    assert response.status_code in (421, 400)
    if response.status_code == 421:
        assert "--allow-host" in response.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "file://", "http://["])
def test_a_page_of_another_site_is_refused(url: str, origin: str) -> None:
    response = httpx.get(f"{url}/v1/models", headers={"Origin": origin})
    assert response.status_code == 403
    assert f"--allow-origin {origin}" in response.json()["error"]["message"]


def test_the_servers_own_page_is_let_in(url: str) -> None:
    assert httpx.get(f"{url}/health", headers={"Origin": url}).status_code == 200


def test_no_other_site_may_read_the_answers(url: str) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    response = httpx.options(f"{url}/v1/chat/completions", headers=asked)
    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers


def test_a_name_and_a_site_that_were_allowed_are_let_in(serve: Callable[..., Any]) -> None:
    url = serve(hosts=("papers.lan",), origins=("https://notes.example",)).url
    headers = {"Host": "papers.lan:80", "Origin": "https://notes.example"}
    response = httpx.get(f"{url}/health", headers=headers)
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == "https://notes.example"
    preflight = httpx.options(f"{url}/v1/models", headers={**headers, "Access-Control-Request-Method": "GET"})
    assert preflight.status_code == 200


def _reaches(address: str) -> bool:
    try:
        socket.create_server((address, 0)).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not _reaches("127.0.0.2"), reason="this machine has only one loopback address")
@pytest.mark.parametrize("host", ["127.0.0.2", "0.0.0.0"])  # noqa: S104
def test_the_address_at_which_a_request_arrives_is_a_name(serve: Callable[..., Any], host: str) -> None:
    port = serve(host=host, key=KEY).url.rpartition(":")[2]
    assert httpx.get(f"http://127.0.0.2:{port}/health").status_code == 200
    other = httpx.get(f"http://127.0.0.2:{port}/health", headers={"Host": "127.0.0.3"})
    assert other.status_code == 421


@pytest.mark.skipif(not _reaches("::1"), reason="this machine has no IPv6")
def test_an_address_of_ipv6_is_one_too(serve: Callable[..., Any]) -> None:
    assert httpx.get(f"{serve(host='::1').url}/health").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "helps"),
    [
        ({"hosts": ("http://papers.lan",)}, "--allow-host papers.lan"),
        ({"origins": ("https://notes.example/",)}, "without / at its end"),
        ({"origins": ("notes.example",)}, "--allow-origin https://"),
        ({"link_base": "javascript:alert(1)"}, "--link-base http"),
        ({"folders": (Path("/no/such/folder"),)}, "--allow-ingest FOLDER"),
    ],
)
def test_an_option_that_would_never_fit_is_refused(wrong: dict[str, Any], helps: str) -> None:
    with pytest.raises((UsageError, NotFoundError)) as caught:
        ServerOptions(**wrong)
    assert helps in str(caught.value)


def test_with_a_key_nothing_but_the_health_is_reported_without_it(serve: Callable[..., Any]) -> None:
    url = serve(key=KEY).url
    assert httpx.get(f"{url}/health").status_code == 200
    for path in ("/v1/models", "/api/tags", "/metrics", "/openapi.json", "/nothing"):
        assert httpx.get(url + path).status_code == 401, path
    for wrong in (f"Bearer {KEY}x", f"Basic {KEY}", "Bearer", KEY, "Bearer \u00e9"):
        assert httpx.get(f"{url}/metrics", headers={"Authorization": wrong.encode()}).status_code == 401
    assert httpx.get(f"{url}/metrics", headers={"Authorization": f"Bearer {KEY}"}).status_code == 200


def test_a_request_that_is_too_large_is_refused(serve: Callable[..., Any]) -> None:
    url = serve(largest_request=1000).url
    body = {"model": "ragft", "messages": [{"role": "user", "content": "x" * 2000}]}
    assert httpx.post(f"{url}/v1/chat/completions", json=body).status_code == 413


def test_a_request_that_does_not_say_how_large_it_is_is_refused_too(serve: Callable[..., Any]) -> None:
    url = serve(largest_request=1000).url
    pieces = (b"x" * 100 for _ in range(100))
    reply = httpx.post(f"{url}/v1/chat/completions", content=pieces)
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "too_large")
    assert "--max-upload" not in reply.text


def test_an_upload_that_is_too_large_is_refused_with_the_flag_that_allows_it(serve: Callable[..., Any]) -> None:
    url = serve(largest_upload=1000).url
    reply = httpx.post(f"{url}/documents", files={"files": ("a.md", b"x" * 2000)})
    assert (reply.status_code, reply.json()["error"]["fix"]) == (413, "ragft serve --max-upload MB")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "papers.lan"])  # noqa: S104
def test_without_a_key_no_other_machine_is_served(host: str) -> None:
    with pytest.raises(UsageError, match="no key is set"):
        ServerOptions(host=host)
    assert ServerOptions(host=host, key=KEY).key == KEY


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.9"])
def test_this_machine_needs_none(host: str) -> None:
    assert is_loopback(host)
    assert ServerOptions(host=host).key == ""


def test_a_short_key_is_refused() -> None:
    with pytest.raises(UsageError, match="can be guessed"):
        ServerOptions(key="short")


def test_a_key_is_given_or_read_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\nnote\n")
    monkeypatch.setenv("RAGFT_API_KEY", "of the environment")
    assert find_key("given", file) == "given"
    assert find_key(None, file) == KEY
    assert find_key(None, None) == "of the environment"
    file.write_text("")
    with pytest.raises(InputError, match="is empty"):
        find_key(None, file)


def test_no_key_is_shown_by_the_options() -> None:
    assert KEY not in repr(ServerOptions(key=KEY))
