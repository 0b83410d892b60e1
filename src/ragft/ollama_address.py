"""Where Ollama's server is and who asks: read by the engine and by the encoder that it serves.

    address = server_address()                  # OLLAMA_HOST, else http://127.0.0.1:11434
    ollama.Client(host=address.url, **address.client_arguments(timeout=300))

The forms are Ollama's own: `host`, `:port`, `host:port`, `[::1]:port`, `http://host/prefix`, in quotes or not. A user
and a password before the host are for a proxy that asks for them, as is OLLAMA_API_KEY where there are none; neither
ever is in `url`, which may be shown.
"""

from __future__ import annotations

import base64
import ipaddress
import os
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from ragft.errors import UsageError

DEFAULT_PORT = 11434

_FORMS = "set OLLAMA_HOST or engine.ollama_host as HOST, HOST:PORT or http://HOST:PORT, ports from 1 to 65535"
_ADVICE = {
    401: "set OLLAMA_API_KEY (sent as Bearer), or OLLAMA_HOST=http://USER:PASSWORD@HOST (sent as Basic)",
    403: "check OLLAMA_API_KEY, or USER:PASSWORD in OLLAMA_HOST; an Ollama that listens on 127.0.0.1 alone refuses "
    "other host names: start it with OLLAMA_HOST=0.0.0.0",
}


@dataclass(frozen=True)
class ServerAddress:
    """The server's URL, without any secret, and the value of the Authorization header ("" for none)."""

    url: str
    authorization: str = field(default="", repr=False)

    @property
    def is_local(self) -> bool:
        """Whether it leads to this machine."""
        host = urlsplit(self.url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    def client_arguments(self, timeout: float) -> dict[str, Any]:
        """What a client of the server is made with; `timeout` is in seconds without a sign of life."""
        import ssl

        import httpx

        plain = self.is_local and self.url.startswith("http://")
        return {
            "timeout": httpx.Timeout(timeout, connect=min(timeout, 5.0)),
            "trust_env": not self.is_local,  # no proxy between us and our own machine
            # Reading the certificates takes longer than a request; a context without any trusts nobody.
            "verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else True,
            "headers": {"Authorization": self.authorization} if self.authorization else {},
        }


def server_address(host: str = "") -> ServerAddress:
    """The server's address; `host` empty: OLLAMA_HOST, else the local default.

    `0.0.0.0`, which a server listens on, is no place to go to: it becomes 127.0.0.1.

    Raises:
        UsageError: it is not an address, or OLLAMA_API_KEY is not a key.
    """
    chosen = (host.strip() or os.environ.get("OLLAMA_HOST", "").strip()).strip("\"'").strip() or "127.0.0.1"
    try:
        return _parse(chosen)
    except (ValueError, UnicodeError) as error:
        # A parser's own words may quote the password.
        reason = str(error) if isinstance(error, _NoAddress) else "it cannot be read"
        raise UsageError(f"{without_secret(chosen)!r} is not an address of an Ollama: {reason}", fix=_FORMS) from None


def addresses(hosts: str) -> list[str]:
    """The addresses in a setting that names several servers, with commas between; [""] where it names none."""
    return [host.strip() for host in hosts.split(",") if host.strip()] or [""]


def access_advice(status: int) -> str | None:
    """What to set where a server, or the proxy before it, answers 401 or 403; None for any other status."""
    return _ADVICE.get(status)


def without_secret(address: str) -> str:
    """An address as it may be shown or recorded: nothing of what stands before the last @."""
    scheme, separator, _ = address.rpartition("@")[0].partition("://")
    return f"{scheme if separator else ''}{separator}…@{address.rpartition('@')[2]}" if "@" in address else address


class _NoAddress(ValueError):
    """Says what is wrong without quoting any part of the address."""


def _parse(chosen: str) -> ServerAddress:
    if re.search(r"[\s\x00-\x1f\x7f]", chosen):
        raise _NoAddress("it has a blank or a control character in it")
    has_scheme = "://" in chosen
    parts = urlsplit(chosen if has_scheme else f"http://{_bracketed(chosen)}")
    if parts.scheme not in ("http", "https"):
        raise _NoAddress("it does not begin with http:// or https://")
    if set(chosen) & set("?#") or "@" in parts.path:
        raise _NoAddress("? and # have no place in it; in a password write %3F, %23, and %2F for /")
    netloc = _host(parts) + _port(parts, 0 if has_scheme else DEFAULT_PORT)
    url = urlunsplit((parts.scheme, netloc, parts.path.rstrip("/"), "", ""))
    _check(url)
    return ServerAddress(url, _basic(parts) or _bearer())


def _bracketed(chosen: str) -> str:
    """A bare IPv6 address in the brackets that a URL wants."""
    try:
        return f"[{chosen}]" if ipaddress.ip_address(chosen).version == 6 else chosen
    except ValueError:
        return chosen


def _host(parts: SplitResult) -> str:
    name = parts.hostname or ""
    if not name and parts.path.strip("/"):
        raise _NoAddress("it has no host name")
    if name in {"0.0.0.0", "::", ""}:  # noqa: S104  nothing is bound here
        return "127.0.0.1"
    if ":" in name:
        return f"[{name}]"
    if not re.fullmatch(r"[\w.-]+", name):
        raise _NoAddress("its host name is not a host name")
    return name


def _port(parts: SplitResult, default: int) -> str:
    try:
        port = default if parts.port is None else parts.port
    except ValueError:
        raise _NoAddress("its port is not a number from 1 to 65535") from None
    if port == 0 and parts.port is not None:
        raise _NoAddress("its port is 0")
    return f":{port}" if port else ""


def _check(url: str) -> None:
    """ValueError where the client or the resolver could not take the URL."""
    import httpx

    try:
        httpx.URL(url).raw_host.decode("ascii").encode("idna")
    except UnicodeError:
        raise _NoAddress("its host name is not a host name") from None
    except httpx.InvalidURL:
        raise _NoAddress("its host name is not a host name") from None


def _basic(parts: SplitResult) -> str:
    if parts.username is None and parts.password is None:
        return ""
    secret = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return "Basic " + base64.b64encode(secret.encode("utf-8")).decode("ascii")


def _bearer() -> str:
    key = os.environ.get("OLLAMA_API_KEY", "").strip()
    if not re.fullmatch(r"[!-~]*", key):
        raise UsageError("OLLAMA_API_KEY has a character in it that no key has", fix="set it again, or unset it")
    return f"Bearer {key}" if key else ""
