"""From a run's GGUF files to registered models: the tuned one and its base, or the adapter over its base.

A model is registered when it is made, shown as it should be, prompted as it was trained, and has answered. One that
fails is removed again, and so are those made before it in the same call, unless they were there already.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ragft.console import warn
from ragft.engine.base import Engine, ModelInfo, ModelSpec, Progress
from ragft.errors import EngineError, ExportError, ModelNotFound, NotFoundError, RagftError, UsageError
from ragft.export.base import RegisterReport
from ragft.export.convert import convert, export_adapter, gguf_path
from ragft.export.modelfile import render_modelfile
from ragft.export.parity import exported
from ragft.export.serving import Serving, check_served
from ragft.export.smoke import smoke_test
from ragft.export.trained import Trained
from ragft.workspace import digest_file, write_json, write_text

ENGINE_TYPES = {"q4_k_m": "q4_K_M", "q4_k_s": "q4_K_S"}
"""Types that Ollama makes itself, from a model of one of `SOURCE_TYPES`; our converter has no K-quants."""
SOURCE_TYPES = ("bf16", "f16", "f32")


@dataclass(frozen=True)
class Source:
    """A model made only to be quantised further: its digest in the engine, and that of the file it came from."""

    digest: str
    gguf: str


@dataclass(frozen=True)
class Registration:
    """What `registration.json` in a run folder holds. `sources` are by name."""

    model: str
    base_model: str
    engine: str
    digest: str
    base_digest: str
    type: str
    version: str = ""
    sources: Mapping[str, Source] = field(default_factory=dict)

    @classmethod
    def of_run(cls, run_dir: Path) -> Registration:
        """Read it.

        Raises:
            NotFoundError: the run has not been registered.
        """
        path = run_dir / "registration.json"
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            sources = {name: Source(**source) for name, source in values.pop("sources", {}).items()}
            return cls(**values, sources=sources)
        except FileNotFoundError as error:
            fix = f"ragft register --run {run_dir.name}"
            raise NotFoundError(f"run {run_dir.name} is not registered yet", fix=fix) from error
        except (ValueError, TypeError, AttributeError) as error:
            raise ExportError(
                f"{path} is damaged", fix=f"delete it, then ragft register --run {run_dir.name}"
            ) from error

    def write(self, run_dir: Path) -> None:
        """Keep it in the run folder."""
        write_json(run_dir / "registration.json", asdict(self))

    def report(self) -> RegisterReport:
        """The same for the user."""
        return RegisterReport(self.model, self.base_model, self.engine, self.digest, self.base_digest)


def register_run(
    run_dir: Path, engine: Engine, *, name: str, outtype: str, progress: Progress | None = None
) -> RegisterReport:
    """Register `NAME:TYPE` and `NAME-base:TYPE`.

    Raises:
        NotFoundError: the run is not exported at this type, or at none that the engine could quantise.
        UsageError: a type that only Ollama makes, for another engine.
        ParityError: a model is not served as it was trained.
        ExportError: a model does not answer as it should.
        EngineError: the engine refused or failed.
    """
    outtype = ENGINE_TYPES.get(outtype.lower(), outtype)
    quantised = outtype in ENGINE_TYPES.values()
    file_type = _source_type(run_dir, engine, outtype) if quantised else outtype
    files = [exported(run_dir, file_type, base=is_base) for is_base in (False, True)]
    trained, known = Trained.of_run(run_dir), _known_sources(run_dir, engine)
    made: list[ModelInfo] = []
    sources: dict[str, Source] = {}
    with ExitStack() as undo:
        for arm, gguf in zip((name, f"{name}-base"), files, strict=True):
            expected = Serving.of_file(gguf, outtype)
            if quantised:
                source = _spec(f"{arm}:{file_type}", expected, run_dir, gguf=gguf)
                sources[source.name] = _make_source(engine, source, known.get(source.name), undo, progress)
                spec = _spec(f"{arm}:{outtype}", expected, run_dir, base=source.name, quantize=outtype.upper())
            else:
                spec = _spec(f"{arm}:{outtype}", expected, run_dir, gguf=gguf)
            made.append(_make(engine, spec, expected, trained.tokenizer, undo, progress))
            file = run_dir / ("Modelfile" if arm == name else "Modelfile.base")
            quantize = outtype if quantised else ""
            text = render_modelfile(file, spec.name, run_dir.name, str(gguf), expected.parameters, quantize=quantize)
            write_text(file, text)
        undo.pop_all()
    digests = (made[0].digest, made[1].digest)
    names = (f"{name}:{outtype}", f"{name}-base:{outtype}")
    registration = Registration(*names, engine.name, *digests, outtype, engine.version(), {**known, **sources})
    registration.write(run_dir)
    return registration.report()


def register_adapter(
    run_dir: Path, engine: Engine, *, name: str, outtype: str, progress: Progress | None = None
) -> RegisterReport:
    """Register the run's adapter as `NAME:lora` over its base, without merging; the base first where it is missing.

    Raises: as `register_run`; ExportError also for an adapter of a kind that cannot be put over a model.
    """
    adapter = export_adapter(run_dir, progress).gguf
    trained = Trained.of_run(run_dir)
    with ExitStack() as undo:
        base = _base_arm(run_dir, engine, f"{name}-base:{outtype}", outtype, trained, undo, progress)
        expected = Serving.of_model(base)
        spec = _spec(f"{name}:lora", expected, run_dir, base=base.name, adapter=adapter)
        made = _make(engine, spec, expected, trained.tokenizer, undo, progress)
        undo.pop_all()
    file = run_dir / "Modelfile.lora"
    write_text(file, render_modelfile(file, spec.name, run_dir.name, base.name, expected.parameters, adapter=adapter))
    registration = Registration(
        spec.name, base.name, engine.name, made.digest, base.digest, "lora", engine.version(), {}
    )
    if not (run_dir / "registration.json").exists():  # the merged pair stays what a benchmark of this run asks
        registration.write(run_dir)
    return registration.report()


def _base_arm(
    run_dir: Path, engine: Engine, name: str, outtype: str, trained: Trained, undo: ExitStack, progress: Progress | None
) -> ModelInfo:
    """The run's base as it is registered already, if unchanged since; else registered now, converted where needed."""
    try:
        before = Registration.of_run(run_dir)
        shown = engine.show(before.base_model)
        if before.engine == engine.name and shown.digest == before.base_digest:
            return shown
    except (NotFoundError, ModelNotFound):
        pass
    gguf = gguf_path(run_dir, outtype, base=True)
    if not gguf.is_file():
        convert(trained.base, gguf, outtype, None, progress)
    expected = Serving.of_file(gguf, outtype)
    return _make(engine, _spec(name, expected, run_dir, gguf=gguf), expected, trained.tokenizer, undo, progress)


def _make(
    engine: Engine, spec: ModelSpec, expected: Serving, tokenizer: Any, undo: ExitStack, progress: Progress | None
) -> ModelInfo:
    """Create a model and prove it. It is removed if it fails here, and by `undo` if it is new."""
    existed = _exists(engine, spec.name)
    made = engine.create(spec, progress)
    with ExitStack() as failed:
        failed.callback(_remove, engine, spec.name)
        check_served(engine, spec.name, expected, tokenizer)
        smoke_test(engine, spec.name)
        failed.pop_all()
    if not existed:
        undo.callback(_remove, engine, spec.name)
    return made


def _make_source(
    engine: Engine, spec: ModelSpec, before: Source | None, undo: ExitStack, progress: Progress | None
) -> Source:
    """The model that is quantised further, made once: not again while it and its file are the same."""
    gguf = digest_file(Path(str(spec.gguf)))
    existed = _exists(engine, spec.name)
    if existed and before == Source(engine.show(spec.name).digest, gguf):
        return before
    made = engine.create(spec, progress)
    if not existed:
        undo.callback(_remove, engine, spec.name)
    return Source(made.digest, gguf)


def _spec(name: str, expected: Serving, run_dir: Path, **source: Any) -> ModelSpec:
    return ModelSpec(name=name, parameters=expected.parameters, details=expected.details(run_dir.name), **source)


def _source_type(run_dir: Path, engine: Engine, outtype: str) -> str:
    """The exported type that the engine can make `outtype` of."""
    if engine.name == "embedded":
        raise UsageError(
            f"the embedded engine cannot make {outtype}; only Ollama quantises further",
            fix="ragft register --type q8_0, or --engine ollama",
        )
    for source in SOURCE_TYPES:
        if all(gguf_path(run_dir, source, base=is_base).is_file() for is_base in (False, True)):
            return source
    raise NotFoundError(
        f"run {run_dir.name} has no export that {outtype} could be made of ({', '.join(SOURCE_TYPES)})",
        fix=f"ragft export --run {run_dir.name} --type bf16",
    )


def _known_sources(run_dir: Path, engine: Engine) -> Mapping[str, Source]:
    try:
        before = Registration.of_run(run_dir)
    except RagftError:
        return {}
    return before.sources if before.engine == engine.name else {}


def _exists(engine: Engine, name: str) -> bool:
    return any(model.name == name for model in engine.models())


def _remove(engine: Engine, name: str) -> None:
    try:
        engine.delete(name)
    except ModelNotFound:
        return
    except EngineError as error:
        warn(f"{name} could not be removed again: {error.message}")
    else:
        warn(f"{name} was removed again")
