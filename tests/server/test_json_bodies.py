"""Bodies that are not JSON, or that no reply could repeat."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_JSON = {"Content-Type": "application/json"}
_DEEP = '{"a":' * 900 + "1" + "}" * 900


@pytest.mark.parametrize("value", ['"\\ud800"', _DEEP, "NaN", "[" * 100_000])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/responses", '{"model": "base-model", "input": "x", "metadata": {"a": %s}}'),
        ("/v1/responses", '{"model": "base-model", "input": "x", "tools": [{"a": %s}]}'),
        ("/v1/chat/completions", '{"model": %s, "messages": [{"role": "user", "content": "x"}]}'),
        ("/api/chat", '{"model": %s, "messages": []}'),
        ("/search", '{"query": %s}'),
    ],
)
def test_what_cannot_be_repeated_is_refused(url: str, path: str, body: str, value: str) -> None:
    reply = httpx.post(url + path, content=body % value, headers=_JSON)
    assert reply.status_code == 400
    assert "error" in reply.json()


def test_a_body_of_another_type_is_an_error_that_says_so(url: str) -> None:
    reply = httpx.post(f"{url}/search", content='{"query": "tides"}')
    assert reply.status_code == 400
    assert reply.json()["error"]["fix"] == "Content-Type: application/json"


@given(body=st.one_of(st.binary(max_size=40), st.text(max_size=40).map(str.encode)))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
def test_no_bytes_make_the_server_fail(url: str, body: bytes) -> None:
    for path in ("/search", "/api/chat"):
        assert httpx.post(url + path, content=body, headers=_JSON).status_code in (400, 404)
