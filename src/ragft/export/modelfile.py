"""The Modelfile of an exported model, for people who register by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ragft import __version__
from ragft.data import shipped
from ragft.export.templates import TemplateChoice

Value = str | int | float


@dataclass(frozen=True)
class Modelfile:
    """What `ollama create` makes a model of, in the file `path`.

    Attributes:
        name: that of the model.
        run: the run that it is of.
        source: a GGUF, or the name of a model.
        parameters: values may be lists (several `stop`s); strings are quoted.
        choice: the chat template. Over a registered model (`adapter`) that model's own is used.
        adapter: a LoRA GGUF over `source`.
        quantize: the type that `ollama create` is to make of `source`; empty: that of the file.
    """

    path: Path
    name: str
    run: str
    source: str
    parameters: Mapping[str, Sequence[Value] | Value]
    choice: TemplateChoice
    adapter: Path | None = None
    quantize: str = ""

    def render(self) -> str:
        """`Modelfile.template` filled in."""
        from jinja2 import Environment, StrictUndefined

        template = shipped("Modelfile.template").read_text(encoding="utf-8")
        environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701  plain text
        return environment.from_string(template).render(
            file=self.path.name,
            name=self.name,
            run=self.run,
            source=_on_one_line(self.source),
            adapter=self.adapter and _on_one_line(str(self.adapter)),
            quantize=self.quantize,
            parameters={key: [_quote(one) for one in _as_list(value)] for key, value in self.parameters.items()},
            template="" if self.adapter else self.choice.template,
            limits=[" ".join(limit.split()) for limit in self.choice.limits],  # a template may have written some of it
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
