"""Where Ollama's server is: asked by the engine and by the encoder that it serves."""

from __future__ import annotations

import os
from urllib.parse import urlsplit, urlunsplit


def server_address(host: str = "") -> str:
    """The server's URL; `host` empty: OLLAMA_HOST, else the local default.

    `0.0.0.0`, which a server listens on, is no place to go to: it becomes 127.0.0.1.
    """
    chosen = (host or os.environ.get("OLLAMA_HOST", "")).strip() or "127.0.0.1"
    parts = urlsplit(chosen if "//" in chosen else f"http://{chosen}")
    name, port = parts.hostname, parts.port or ("" if "//" in chosen else 11434)
    if name in {"0.0.0.0", "::", None}:  # noqa: S104  nothing is bound here
        name = "127.0.0.1"
    netloc = (f"[{name}]" if ":" in name else name) + (f":{port}" if port else "")
    return urlunsplit(parts._replace(netloc=netloc))


def is_loopback(address: str) -> bool:
    """Whether a URL leads to this machine."""
    return urlsplit(address).hostname in {"127.0.0.1", "localhost", "::1"}
