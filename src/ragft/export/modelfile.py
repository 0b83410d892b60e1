"""The Modelfile of an exported model, for people who register by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ragft import __version__
from ragft.data import shipped
from ragft.export.templates import TemplateChoice

Value = str | int | float


def render_modelfile(
    file: Path,
    name: str,
    run: str,
    source: str,
    parameters: Mapping[str, Sequence[Value] | Value],
    choice: TemplateChoice,
    *,
    adapter: Path | None = None,
    quantize: str = "",
) -> str:
    """`Modelfile.template` filled in, to be kept as `file`.

    `source` is a GGUF or the name of a model; `quantize` the type `ollama create` shall make of it. `parameters`
    values may be lists (several `stop`s); strings are quoted. `choice` is the chat template; over a registered model
    (`adapter`) that model's own is used.
    """
    from jinja2 import Environment, StrictUndefined

    template = shipped("Modelfile.template").read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701  plain text
    listed = {key: [_quote(v) for v in _as_list(value)] for key, value in parameters.items()}
    return environment.from_string(template).render(
        file=file.name,
        name=name,
        run=run,
        source=_on_one_line(source),
        adapter=adapter and _on_one_line(str(adapter)),
        quantize=quantize,
        parameters=listed,
        template="" if adapter else choice.template,
        limits=[" ".join(limit.split()) for limit in choice.limits],  # a template may have written some of it
        version=__version__,
    )


def _as_list(value: Sequence[Value] | Value) -> Sequence[Value]:
    return [value] if isinstance(value, Value) else value


def _quote(value: Value) -> str:
    """As Ollama's parser reads it: it knows no escapes, and takes what three quotes enclose as it is."""
    if not isinstance(value, str):
        return str(value)
    marks = '"' * 3 if '"' in value else '"'
    return f"{marks}{value}{marks}"


def _on_one_line(source: str) -> str:
    """A file or model; quoted where the line would end in it, and what follows be a command of its own."""
    return _quote(source) if set(source) & set("\r\n") or source.startswith('"') else source
