from __future__ import annotations

import base64
import ssl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.errors import UsageError
from ragft.ollama_address import access_advice, server_address, without_secret


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OLLAMA_HOST", "OLLAMA_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),  # noqa: S104  as a server has it
        ("[::]:8080", "http://127.0.0.1:8080"),
        (":8080", "http://127.0.0.1:8080"),
        ("localhost:8080", "http://localhost:8080"),
        ("  'gpu.local'  ", "http://gpu.local:11434"),
        ("http://gpu.local", "http://gpu.local"),
        ("https://gpu.local", "https://gpu.local"),
        ("HTTPS://GPU.local:1/", "https://gpu.local:1"),
        ("https://gpu.local/ollama/", "https://gpu.local/ollama"),
        ("gpu.local/ollama", "http://gpu.local:11434/ollama"),
        ("::1", "http://[::1]:11434"),
        ("[::1]", "http://[::1]:11434"),
        ("http://[2001:db8::7]:8080/", "http://[2001:db8::7]:8080"),
        ("bücher.example", "http://bücher.example:11434"),
    ],
)
def test_every_form_that_ollama_takes(given: str, url: str) -> None:
    assert server_address(given).url == url


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("127.0.0.1:99999", "port"),
        ("127.0.0.1:-1", "port"),
        ("127.0.0.1:0", "port"),
        ("127.0.0.1:abc", "port"),
        ("ftp://gpu.local", "http://"),
        ("unix:///run/ollama.sock", "http://"),
        ("gpu local", "blank"),
        ("gpu\x00local", "control"),
        ("http:///ollama", "host name"),
        ("http://[::1", "cannot be read"),
        ("256.1.1.1", "host name"),
        ("a..b", "host name"),
        ("a" * 64 + ".example", "host name"),
        ("gpu.local?key=1", r"\?"),
        ("\udcff", "host name"),
    ],
)
def test_what_is_no_address_is_a_usage_error(given: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        server_address(given)
    assert "OLLAMA_HOST" in str(caught.value.fix)


SIGNS = st.sampled_from(
    [*":/@[]?#%.,-_ \\\t\n\x00'\"=&+", "a", "Z", "0", "9", "é", "ü", "京", "ß", "१", "\u200d", "\udc80"]
)
NEAR = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["", "http://", "https://", "ftp://", "//", "HTTP://"]),
    st.sampled_from(["", "user@", "user:pw@", "u:p@w@", ":@", "%zz@"]),
    st.one_of(st.sampled_from(["host", "[::1]", "::1", "127.0.0.1", "[::]", ""]), st.text(SIGNS, max_size=8)),
    st.one_of(st.just(""), st.integers(-9, 100_000).map(":{}".format), st.text(SIGNS, max_size=4).map(":{}".format)),
    st.one_of(st.sampled_from(["", "/", "/a/b/", "//", "/?q", "/#f"]), st.text(SIGNS, max_size=6).map("/{}".format)),
)


@given(st.one_of(NEAR, st.text(max_size=30), st.text(SIGNS, max_size=20)))
def test_any_text_is_a_usable_url_or_a_usage_error(host: str) -> None:
    try:
        address = server_address(host)
    except UsageError as error:
        assert str(error.fix)
        return
    url = httpx.URL(address.url)
    assert url.scheme in ("http", "https")
    assert url.host
    assert url.port is None or 0 < url.port < 65536
    assert not url.userinfo
    assert (url.query, url.fragment) == (b"", "")
    url.raw_host.decode("ascii").encode("idna")  # the resolver does this
    httpx.Headers(address.client_arguments(timeout=1)["headers"])  # raises where it cannot be sent


@given(
    st.text("abc:/@%#?é ", min_size=1, max_size=12), st.sampled_from(["host", "host:1", "host:99999", "[::1", "h h"])
)
def test_a_password_is_never_shown(password: str, host: str) -> None:
    secret = f"SECRET{password}SECRET"
    try:
        shown = repr(server_address(f"http://user:{secret}@{host}"))
    except UsageError as error:
        shown = str(error)
    assert "SECRET" not in shown
    assert "SECRET" not in without_secret(f"http://user:{secret}@{host}")


def test_user_and_password_are_sent_as_basic_authorization() -> None:
    address = server_address("https://me:p%40ss%3Aü@gpu.local/ollama")
    assert address.url == "https://gpu.local/ollama"
    kind, _, encoded = address.authorization.partition(" ")
    assert (kind, base64.b64decode(encoded).decode()) == ("Basic", "me:p@ss:ü")
    assert address.client_arguments(5)["headers"] == {"Authorization": address.authorization}


def test_the_api_key_is_sent_where_the_address_has_no_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "key-1\n")
    assert server_address("gpu.local").authorization == "Bearer key-1"
    assert server_address("me:pw@gpu.local").authorization.startswith("Basic ")


@pytest.mark.parametrize("key", ["a b", "clé", "a\nb"])
def test_a_key_that_no_header_can_carry_is_a_usage_error(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", key)
    with pytest.raises(UsageError, match="OLLAMA_API_KEY") as caught:
        server_address()
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("", True),
        ("127.0.0.5", True),
        ("localhost", True),
        ("[::1]:1", True),
        ("gpu.local", False),
        ("10.0.0.1", False),
    ],
)
def test_proxies_are_for_other_machines(host: str, local: bool) -> None:
    address = server_address(host)
    assert address.is_local is local
    assert address.client_arguments(1)["trust_env"] is not local


@pytest.mark.parametrize("host", ["", "http://localhost", "http://[::1]:1"])
def test_plain_http_on_this_machine_reads_no_certificates_and_trusts_none(host: str) -> None:
    context = server_address(host).client_arguments(1)["verify"]
    assert context.cert_store_stats()["x509"] == 0
    assert context.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("host", ["https://localhost", "http://gpu.local", "https://gpu.local"])
def test_any_other_server_shows_a_certificate_that_is_checked(host: str) -> None:
    assert server_address(host).client_arguments(1)["verify"] is True


def test_who_is_refused_access_is_advised() -> None:
    assert "OLLAMA_API_KEY" in str(access_advice(401))
    assert "listens on 127.0.0.1" in str(access_advice(403))
    assert access_advice(500) is None


@pytest.mark.parametrize(
    ("address", "shown"),
    [("http://u:p@h:1/x", "http://…@h:1/x"), ("u:p@h", "…@h"), ("http://h", "http://h"), ("", "")],
)
def test_an_address_without_its_secret(address: str, shown: str) -> None:
    assert without_secret(address) == shown
