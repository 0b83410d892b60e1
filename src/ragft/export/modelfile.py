"""The Modelfile of an exported model, for people who register by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ragft import __version__
from ragft.data import shipped


def render_modelfile(
    *, name: str, run: str, gguf: Path, parameters: Mapping[str, Sequence[str | int | float] | str | int | float]
) -> str:
    """`Modelfile.template` filled in. `parameters` values may be lists (several `stop`s); strings are quoted."""
    from jinja2 import Environment, StrictUndefined

    template = shipped("Modelfile.template").read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701  plain text
    listed = {key: [_quote(v) for v in _as_list(value)] for key, value in parameters.items()}
    return environment.from_string(template).render(
        name=name, run=run, gguf=gguf, parameters=listed, version=__version__
    )


def _as_list(value: Sequence[str | int | float] | str | int | float) -> Sequence[str | int | float]:
    return [value] if isinstance(value, str | int | float) else value


def _quote(value: str | int | float) -> str:
    if not isinstance(value, str):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
