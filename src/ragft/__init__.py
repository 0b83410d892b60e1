"""Ask your papers; fine-tune a local model on them; and know whether the tuning helped.

    import ragft

    with ragft.open("workspace") as app:
        app.ingest(["papers"])
        print(app.ask("How much GPU memory does QLoRA need for a 65B model?").answer)

docs/python.md is the tour. Nothing below is imported before it is used.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragft import errors as errors
    from ragft.answer.base import Answer, Citation, Evidence
    from ragft.answer.chat.conversation import Conversation
    from ragft.answer.library.choosing import DocumentFilter
    from ragft.answer.written.stream import CheckedPart, Delta, Done, Status
    from ragft.app.application import Application
    from ragft.app.application import open_application as open  # noqa: A004
    from ragft.app.asking import Sampling
    from ragft.app.comparing import Benchmark
    from ragft.app.library import SearchResult
    from ragft.config import Settings
    from ragft.errors import RagftError
    from ragft.index.base import DocumentRecord, Hit, IngestReport

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Application",
    "Benchmark",
    "CheckedPart",
    "Citation",
    "Conversation",
    "Delta",
    "DocumentFilter",
    "DocumentRecord",
    "Done",
    "Evidence",
    "Hit",
    "IngestReport",
    "RagftError",
    "Sampling",
    "SearchResult",
    "Settings",
    "Status",
    "__version__",
    "open",
]

_PLACES = {
    "Answer": "answer.base",
    "Application": "app.application",
    "Benchmark": "app.comparing",
    "Citation": "answer.base",
    "Conversation": "answer.chat.conversation",
    "Delta": "answer.written.stream",
    "DocumentFilter": "answer.library.choosing",
    "DocumentRecord": "index.base",
    "Done": "answer.written.stream",
    "Evidence": "answer.base",
    "Hit": "index.base",
    "IngestReport": "index.base",
    "RagftError": "errors",
    "Sampling": "app.asking",
    "SearchResult": "app.library",
    "Settings": "config",
    "CheckedPart": "answer.written.stream",
    "Status": "answer.written.stream",
    "open": "app.application",
}
"""The module of this package in which each name lives."""

# ONNX Runtime and huggingface_hub report their use over the network unless these are set before they load.
for _setting in ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY"):
    os.environ.setdefault(_setting, "1")


def __getattr__(name: str) -> object:
    """Import a name of `__all__`, or the module `errors`, when it is first used."""
    from importlib import import_module

    if name == "errors":
        return import_module("ragft.errors")
    if name not in _PLACES:
        raise AttributeError(f"module 'ragft' has no attribute {name!r}")
    module = import_module(f"ragft.{_PLACES[name]}")
    found: object = getattr(module, "open_application" if name == "open" else name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
