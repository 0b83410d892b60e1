"""Whether two names mean the same model, by Ollama's rules.

    full_name("smol")                                        # "smol:latest"
    same_model("SmolLM2", "library/smollm2:latest")          # True

A name is `[host/][namespace/]model[:tag]`. The host `registry.ollama.ai`, the namespace `library` and the tag `latest`
go without saying, and case does not tell two models apart.
"""

from __future__ import annotations

from ragft.machine import same_name

_HOST = "registry.ollama.ai/"
_NAMESPACE = "library/"
_TAG = ":latest"


def full_name(name: str) -> str:
    """`name` as Ollama lists it: without the default host and namespace, with a tag."""
    short = name.removeprefix("https://").removeprefix("http://")
    short = _without(_without(short, _HOST), _NAMESPACE)
    last = short.rpartition("/")[2]  # a colon before it belongs to the port of a host
    return short if ":" in last else short + _TAG


def same_model(one: str, other: str) -> bool:
    """Whether two names mean the same model."""
    return same_name(full_name(one), full_name(other))


def _without(name: str, prefix: str) -> str:
    return name[len(prefix) :] if name.lower().startswith(prefix) else name
