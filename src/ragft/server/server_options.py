"""The options of `ragft serve`: address, access and limits, and their checks."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from pathlib import Path

from ragft.errors import InputError, NotFoundError, UsageError

HOST, PORT = "127.0.0.1", 8642
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
"""Names under which a browser on this machine reaches a server on loopback."""
KEY_VARIABLE = "RAGFT_API_KEY"
LEAST_KEY = 16
"""Least characters of a key."""


@dataclass(frozen=True)
class ServerOptions:
    """Address, access and limits of a server.

    `hosts` and `origins` are allowed in addition to this machine's names. Clients may have files of `folders` read into
    the index. `link_base` is the first part of links; empty: the address of the request. `parallel` questions are
    answered at once, `waiting` more may wait. Sizes are bytes.
    """

    host: str = HOST
    port: int = PORT
    key: str = field(default="", repr=False)
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()
    link_base: str = ""
    parallel: int = 1
    waiting: int = 32
    largest_request: int = 10_000_000
    largest_upload: int = 200_000_000

    def __post_init__(self) -> None:
        if not self.key and not is_loopback(self.host):
            raise UsageError(
                f"{self.host} can be reached from other machines, and no key is set",
                fix=f"--api-key-file FILE or {KEY_VARIABLE}, or leave out --host",
            )
        if self.key and len(self.key) < LEAST_KEY:
            raise UsageError(f"a key of fewer than {LEAST_KEY} characters can be guessed", fix="openssl rand -hex 24")
        if wrong := next((host for host in self.hosts if "/" in host or not host), None):
            raise UsageError(f"{wrong or 'an empty text'} is not a name of a host", fix="--allow-host papers.lan")
        if wrong := next((origin for origin in self.origins if not _is_origin(origin)), None):
            fix = "--allow-origin https://notes.example.org, without a path and without / at its end"
            raise UsageError(f"{wrong} is not a site", fix=fix)
        if self.link_base and not self.link_base.startswith(("http://", "https://")):
            raise UsageError(f"{self.link_base} is not an address", fix=f"--link-base http://localhost:{PORT}")
        if missing := next((folder for folder in self.folders if not folder.is_dir()), None):
            raise NotFoundError(f"there is no folder {missing}", fix="--allow-ingest FOLDER")

    @property
    def url(self) -> str:
        """Where the server is reached."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{name}:{self.port}"


def _is_origin(text: str) -> bool:
    """Whether a browser could send it as the Origin of a page."""
    scheme, separator, place = text.partition("://")
    return bool(scheme and separator and place) and "/" not in place and text == text.lower()


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def find_key(given: str | None, file: Path | None) -> str:
    """The key that clients must send: `given`, else the first line of `file`, else RAGFT_API_KEY; empty: none.

    Raises:
        InputError: the file cannot be read, or is empty.
    """
    if given:
        return given.strip()
    if file is None:
        return os.environ.get(KEY_VARIABLE, "").strip()
    try:
        key = file.read_text("utf-8-sig").strip().split("\n")[0].strip()
    except (OSError, ValueError) as error:
        raise InputError(f"the key in {file} cannot be read: {error}", fix="--api-key-file FILE") from error
    if not key:
        raise InputError(f"{file} is empty", fix=f"openssl rand -hex 24 > {file}")
    return key
