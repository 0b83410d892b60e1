"""Ollama's official client, without the default client that `import ollama` makes.

That one is made at import of what the environment says. A bad OLLAMA_HOST (shown with its password), OLLAMA_API_KEY or
proxy, or a missing certificate file, then ends the program before `server_address` can say what is wrong with it.
"""

from __future__ import annotations

import importlib.util
import sys

_NAME = "ollama"


def _import_modules() -> None:
    """Import what the package is made of; its `__init__` does not run, here or later on by this."""
    if _NAME in sys.modules:
        return
    spec = importlib.util.find_spec(_NAME)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {_NAME!r}", name=_NAME)
    sys.modules[_NAME] = importlib.util.module_from_spec(spec)
    try:
        importlib.import_module("ollama._client")
    finally:
        del sys.modules[_NAME]  # who imports the package after us gets all of it


_import_modules()

from ollama._client import Client  # noqa: E402
from ollama._types import ResponseError  # noqa: E402

__all__ = ["Client", "ResponseError"]
