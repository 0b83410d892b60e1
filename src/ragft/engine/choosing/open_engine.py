"""Opens the engine and the model that the settings name; if they name none, one is chosen and reported.

    opened = open_model(settings.engine, workspace, name)      # name None: the model that is set, else the best here
    opened.engine.chat(ChatRequest(model=opened.model.name, ...))

A model that somebody named (by `--model`, by `engine.model`, as the workspace's default) is the one that answers, or it
is an error: no other model takes its place. `auto` looks for it in Ollama, then in the embedded engine. Where nobody
named one, `engine/choosing/choice.py` chooses, of Ollama's models if any of them can be chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.downloads.pull import SOURCES
from ragft.engine.base import NUM_CTX, Engine, ModelInfo
from ragft.engine.choosing.choice import ModelChoice, model_warnings, most_capable, require_chat, unfit
from ragft.engine.choosing.default import get_default
from ragft.engine.choosing.made_here import registered_by_runs
from ragft.engine.choosing.whereabouts import DEFAULT, SETTING, Wish, look_elsewhere, not_found, nowhere
from ragft.engine.engines import Reached, close_all, engine_label, memory_of, reach
from ragft.errors import EngineError, ModelNotFound
from ragft.log import log
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.setting_sections import EngineSettings


@dataclass(frozen=True)
class Opened:
    """An open engine and the model to ask of it."""

    engine: Engine
    model: ModelInfo


def open_model(
    settings: EngineSettings,
    workspace: Workspace,
    model: str | None = None,
    *,
    use_default: bool = True,
    num_ctx: int = NUM_CTX,
) -> Opened:
    """The engine and the model that answer; how they were chosen is logged.

    Args:
        model: the name given on the command line; None: the one of the settings.
        use_default: whether the workspace's default counts; it may be the result of an earlier run.
        num_ctx: the context window, in tokens, of every request that names none.

    Raises:
        EngineUnavailable: Ollama was asked for by name and does not answer.
        ModelNotFound: the model that was named is in no engine, or there is none to choose.
        UsageError: the model that was named cannot chat, or no engine has that name.
    """
    wish = _wish(settings, workspace, model, use_default=use_default)
    reached = reach(settings, workspace)
    engine = None
    try:
        if wish is None:
            opened = _choose(reached, workspace, use_default=use_default)
        elif _gives_way(wish, reached, settings, workspace):
            opened = _choose(reached, workspace, use_default=use_default)
            log.info(f"{DEFAULT}, {wish.name}, is not in {engine_label(opened.engine)}; {opened.model.name} answers")
        else:
            opened = _find(reached, wish, settings, workspace)
        require_chat(opened.model)
        engine = opened.engine
    finally:
        close_all(reached.engines, but=engine)
    for warning in model_warnings(opened.model):
        log.warning(warning)
    opened.engine.num_ctx = num_ctx
    return opened


def locate(settings: EngineSettings, workspace: Workspace, name: str) -> Opened:
    """The engine that has a model of that name, and the model, whether it can chat or not. Raises as `open_model`."""
    reached = reach(settings, workspace)
    engine = None
    try:
        opened = _find(reached, Wish(name), settings, workspace)
        engine = opened.engine
    finally:
        close_all(reached.engines, but=engine)
    return opened


def open_engine(settings: EngineSettings, workspace: Workspace, *, num_ctx: int = NUM_CTX) -> Engine:
    """The engine alone, for what asks no model: the one that `open_model` takes, without the workspace's default.

    Raises:
        EngineUnavailable, ModelNotFound, UsageError: as `open_model`; but a machine without any model has an engine.
    """
    if settings.model:
        return open_model(settings, workspace, use_default=False, num_ctx=num_ctx).engine
    reached = reach(settings, workspace)
    engine = None
    try:
        engine, _ = _best(reached, workspace)
    finally:
        close_all(reached.engines, but=engine)
    engine.num_ctx = num_ctx
    return engine


def find_model(engine: Engine, name: str, settings: EngineSettings, workspace: Workspace) -> ModelInfo:
    """A model of an engine that is open already, by any of its names.

    Raises:
        ModelNotFound: it is not there; the message says where it is, or what to pull.
        UsageError: it cannot chat.
    """
    try:
        return require_chat(engine.show(name))
    except ModelNotFound as error:
        raise not_found(Wish(name), engine, settings, workspace) from error


def generator_model(engine: Engine, settings: EngineSettings, workspace: Workspace) -> ModelInfo:
    """The model of `engine` that writes training rows: that of the settings, else the best; never the default.

    Raises:
        ModelNotFound: the engine does not have it, or has none to choose.
    """
    if settings.model:
        return find_model(engine, settings.model, settings, workspace)
    return _settled(engine, best_model(engine, workspace), use_default=False)


def best_model(engine: Engine, workspace: Workspace) -> ModelChoice | None:
    """The model of `engine` to ask where none is named; None where it has none that can be chosen.

    Models that ragft itself registered are left out: whether a tuned model is better is for the benchmark to say.
    """
    memory = memory_of(engine)
    if preferred := _preferred(engine):
        with suppress(ModelNotFound):
            model = engine.show(preferred)
            if not unfit(model, memory):
                return ModelChoice(model, "")
    made_here = registered_by_runs(workspace)
    return most_capable((model for model in engine.models() if not made_here(model.name)), memory)


# inside -----------------------------------------------------------------------------------------------------------


def _wish(settings: EngineSettings, workspace: Workspace, model: str | None, *, use_default: bool) -> Wish | None:
    if model:
        return Wish(model)
    if settings.model:
        return Wish(settings.model, SETTING)
    default = get_default(workspace) if use_default else None
    return Wish(default, DEFAULT) if default else None


def _find(reached: Reached, wish: Wish, settings: EngineSettings, workspace: Workspace) -> Opened:
    """The model that was named, in the first engine that has it."""
    reasons = [reached.missing] if reached.missing else []
    for engine in reached.engines:
        try:
            model = engine.show(wish.name)
        except ModelNotFound:
            reasons.append(f"{engine_label(engine)} does not have it")
        except EngineError as error:
            if engine is reached.engines[-1]:
                raise
            reasons.append(f"{engine_label(engine)} failed: {error.message}")
        else:
            _say_engine(engine, reached, [reason.replace("have it", f"have {wish.name}") for reason in reasons])
            return Opened(engine, model)
    if settings.name == "auto":
        raise nowhere(wish, reasons, reached.remedy)
    raise not_found(wish, reached.engines[0], settings, workspace)


def _gives_way(wish: Wish, reached: Reached, settings: EngineSettings, workspace: Workspace) -> bool:
    """Whether the workspace's default does not count: an engine was asked for by name, and it lives in another.

    The embedded engine counts as asked for instead of an Ollama that is down.
    """
    engine = reached.engines[0]
    if wish.source != DEFAULT or settings.name == "auto":
        return False
    try:
        engine.show(wish.name)
    except ModelNotFound:
        return engine.name != "ollama" or look_elsewhere(wish.name, engine, settings, workspace).engine is not None
    return False


def _choose(reached: Reached, workspace: Workspace, *, use_default: bool) -> Opened:
    """The best model of the first engine that has one."""
    engine, choice = _best(reached, workspace)
    return Opened(engine, _settled(engine, choice, use_default=use_default))


def _best(reached: Reached, workspace: Workspace) -> tuple[Engine, ModelChoice | None]:
    """The first engine that has a model to choose, with that model; else the last one."""
    reasons = [reached.missing] if reached.missing else []
    *before, last = reached.engines
    for engine in before:
        try:
            choice = best_model(engine, workspace)
        except EngineError as error:
            reasons.append(f"{engine_label(engine)} failed: {error.message}")
            continue
        if choice is not None:
            _say_engine(engine, reached, reasons)
            return engine, choice
        reasons.append(f"{engine_label(engine)} has no chat model to choose")
    _say_engine(last, reached, reasons)
    return last, best_model(last, workspace)


def _settled(engine: Engine, choice: ModelChoice | None, *, use_default: bool) -> ModelInfo:
    """The chosen model; the log names it, and the command that makes the choice permanent.

    Raises:
        ModelNotFound: there is none; with the command that fetches one.
    """
    if choice is None:
        raise _none_to_choose(engine)
    name = choice.model.name.removesuffix(":latest")
    only_pulled = engine.name == "embedded" and name in SOURCES
    if choice.why and not only_pulled:
        remedy = (
            f"ragft models default {name}" if use_default else f"engine.model={name}, or engine.model in config.toml"
        )
        log.info(f"model: {name}, {choice.why} (to choose one for good: {remedy})")
    return choice.model


def _none_to_choose(engine: Engine) -> ModelNotFound:
    from ragft.setting_sections import EMBEDDED_MODEL, OLLAMA_MODEL

    memory = memory_of(engine)
    reasons = "; ".join(f"{model.name} {unfit(model, memory)}" for model in engine.models() if unfit(model, memory))
    pull = f"ollama pull {OLLAMA_MODEL}" if engine.name == "ollama" else f"ragft models pull {EMBEDDED_MODEL}"
    return ModelNotFound(
        f"{engine_label(engine)} has no chat model to choose{f' ({reasons})' if reasons else ''}",
        fix=f"{pull}, or engine.model=NAME of ragft models list",
    )


def _preferred(engine: Engine) -> str | None:
    """The model that is preferred to all others if the engine has it."""
    from ragft.setting_sections import OLLAMA_MODEL

    return {"ollama": OLLAMA_MODEL, "scripted": "scripted"}.get(engine.name)


def _say_engine(engine: Engine, reached: Reached, reasons: Sequence[str]) -> None:
    """Which engine `auto` took; nothing where one was named."""
    if len(reached.engines) == 1 and not reached.missing:
        return
    if engine.name == "ollama":
        log.info(f"engine: ollama at {engine_label(engine).rpartition(' ')[2]}")
    else:
        remedy = f" → {reached.remedy}" if reached.remedy else ""
        log.info(f"engine: embedded llama.cpp ({'; '.join(reasons)}){remedy}")
