"""The checks of engines and models: what Ollama can do, which models there are, and which one would answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ragft.config import Settings
from ragft.engine.choosing.choice import count_of_weights, model_remarks, needs, runs_elsewhere, template_problem
from ragft.engine.engines import close_all, engine_label, memory_of, open_ollama, reach_all
from ragft.engine.model_names import same_model
from ragft.errors import EngineError
from ragft.pipeline.doctor_check import DoctorCheck
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.engine.base import Engine, ModelInfo

_SINCE = {
    "0.11.5": "does not show the prompt that it makes, so ragft registers no model there",
    "0.12.4": "cuts off the beginning of a prompt that is too long, and does not say so",
    "0.12.11": "gives no log-probabilities, so what a model expects next cannot be compared there",
    "0.30.0": "does not use the chat template inside a GGUF file; ragft derives one when it registers a model",
}
"""What Ollama cannot do before a version, in the order of versions."""


def embedded(_workspace: Workspace, _settings: Settings) -> DoctorCheck:
    """The library and the small model of the embedded engine."""
    from importlib.metadata import PackageNotFoundError, version

    from ragft.downloads.pull import pulled

    try:
        library = version("xllamacpp")
    except PackageNotFoundError:
        return DoctorCheck("embedded", False, "xllamacpp is not installed", "pip install xllamacpp")
    model = pulled("smollm2")
    detail = f"xllamacpp {library}, " + ("smollm2 is here" if model else "smollm2 is missing")
    return DoctorCheck("embedded", model is not None, detail, "" if model else "ragft models pull smollm2")


def ollama(_workspace: Workspace, settings: Settings) -> list[DoctorCheck]:
    """Its version, and what that version cannot do. A missing Ollama is no fault: the embedded engine serves.

    One that is there and does not serve us is worth a note.
    """
    from ragft.errors import EngineUnavailable, ServerNotFound

    engine = open_ollama(settings.engine)
    try:
        engine.probe(0.5)
        release = engine.release()
        version = engine.version().removeprefix("ollama ")
    except EngineUnavailable as error:
        needed = settings.engine.name == "ollama"
        detail = error.message if needed else f"{error.message}; the embedded engine serves"
        advice = not needed and not isinstance(error, ServerNotFound)
        return [DoctorCheck("ollama", not needed, detail, error.fix or "", advice=advice)]
    finally:
        engine.close()
    lacking = [
        DoctorCheck("ollama", True, f"version {version} {what}", f"update Ollama: {since} or newer", advice=True)
        for since, what in _SINCE.items()
        if release < tuple(map(int, since.split(".")))
    ]
    return [DoctorCheck("ollama", True, f"version {version} at {engine.host}"), *lacking]


def models(workspace: Workspace, settings: Settings) -> list[DoctorCheck]:
    """The models of each engine that answers, and what is wrong with any."""
    reached = reach_all(settings.engine, workspace)
    try:
        return [check for engine in reached.engines for check in _models_of(engine)]
    finally:
        close_all(reached.engines)


def suits(_workspace: Workspace, _settings: Settings) -> DoctorCheck:
    """The largest size of model that fits the memory and begins its answer in time, without a graphics card."""
    from ragft.engine.choosing.suitable import largest_suitable, seconds_to_begin
    from ragft.machine import cores, memory

    size = largest_suitable(cores(), memory())
    detail = (
        f"without a graphics card a model of up to {count_of_weights(size)} weights in four bits: "
        f"{memory() / 1e9:.0f} GB of memory hold it, and {cores()} cores begin its answer after about "
        f"{seconds_to_begin(size, cores()):.0f} s"
    )
    return DoctorCheck("suits", True, detail)


def answers(workspace: Workspace, settings: Settings) -> list[DoctorCheck]:
    """The model that `ask` would use, and whether it can be used without delay."""
    from ragft.engine.choosing.open_engine import open_model
    from ragft.engine.ollama.engine import OllamaEngine
    from ragft.engine.ollama.servers import OllamaServers

    opened = open_model(settings.engine, workspace)
    try:
        found = [DoctorCheck("answers", True, f"{opened.model.name} of {engine_label(opened.engine)}")]
        loaded = opened.engine.loaded() if isinstance(opened.engine, OllamaEngine | OllamaServers) else []
        contexts = [each.context_length for each in loaded if same_model(each.name, opened.model.name)]
        if contexts:
            return [*found, *_loaded_anew(opened.model, contexts[0], settings.answer.num_ctx)]
        return [*found, *_short_of_memory(opened.engine, opened.model)]
    finally:
        opened.engine.close()


def _models_of(engine: Engine) -> Iterator[DoctorCheck]:
    try:
        found = engine.models()
    except EngineError as error:
        yield DoctorCheck("models", False, f"{engine_label(engine)}: {error.message}", error.fix or "")
        return
    memory = memory_of(engine)
    listed = "; ".join(f"{model.name} ({', '.join(model_remarks(model, memory))})" for model in found)
    yield DoctorCheck("models", True, f"{engine_label(engine)}: {listed or 'none'}")
    for model in found:
        if problem := template_problem(model):
            yield DoctorCheck("models", True, problem.what, problem.fix, advice=True)


def _short_of_memory(engine: Engine, model: ModelInfo) -> list[DoctorCheck]:
    """Whether the free memory is less than the model takes; nothing is known of another machine's."""
    import psutil

    if memory_of(engine) is None or runs_elsewhere(model):
        return []
    free = int(psutil.virtual_memory().available)
    if needs(model) <= free:
        return []
    detail = f"{model.name} takes about {needs(model) / 1e9:.1f} GB, {free / 1e9:.1f} GB of memory are free"
    return [DoctorCheck("answers", True, detail, "close other programs, or use a smaller model", advice=True)]


def _loaded_anew(model: ModelInfo, loaded: int, num_ctx: int) -> list[DoctorCheck]:
    """Whether the server has the model loaded with another context than ragft asks for."""
    ours = min(num_ctx, model.context_length or num_ctx)
    if loaded in (0, ours):
        return []
    detail = (
        f"{model.name} is loaded with a context of {loaded:,} tokens, ragft asks for {ours:,}: Ollama loads it anew"
        " each time that ragft and the other program take turns"
    )
    larger = f"answer.num_ctx = {loaded}" if loaded > ours else f"num_ctx {ours} in the other program"
    return [DoctorCheck("answers", True, detail, f"use one context in both: set {larger}", advice=True)]
