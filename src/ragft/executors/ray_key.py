"""The key that a Ray cluster may ask for. Ray has it as RAY_AUTH_MODE=token, and RAY_AUTH_TOKEN or a file.

Who has set RAY_AUTH_MODE has decided: then nothing is done here.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_MODE = "RAY_AUTH_MODE"
_KEY = "RAY_AUTH_TOKEN"


@contextmanager
def key_of_its_own() -> Iterator[None]:
    """A key made for a Ray that is started here: no other user of this machine runs anything there.

    It lies in no file. Ray would make one in the home folder, and each cluster started there later would ask for it.
    """
    if _MODE in os.environ:
        yield
        return
    with _read_by_ray({_MODE: "token", _KEY: secrets.token_hex(32)}):
        yield


@contextmanager
def key_at_hand() -> Iterator[None]:
    """Show a cluster the key that Ray finds on this machine, if there is one; Ray itself shows none to an address.

    A cluster that asks for no key lets this process in, too, but cannot talk to it, and gives up its workers.
    """
    if _MODE in os.environ or not _has_key():
        yield
        return
    with _read_by_ray({_MODE: "token"}):
        yield


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """`values` in the environment of this process and of those that it starts."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _read_by_ray(values: Mapping[str, str]) -> Iterator[None]:
    """`environment`, where Ray may have read it before."""
    try:
        with environment(values):
            _read()
            yield
    finally:
        _read()


def _read() -> None:
    """Have Ray read anew what it keeps of the environment."""
    from ray._raylet import AuthenticationTokenLoader, Config

    Config.initialize("")
    AuthenticationTokenLoader.instance().reset_cache()


def _has_key() -> bool:
    from ray._raylet import AuthenticationTokenLoader

    loader = AuthenticationTokenLoader.instance()
    loader.reset_cache()
    return bool(loader.has_token(ignore_auth_mode=True))
