"""From a run's GGUF files to registered models: the tuned one and its base, or the adapter over its base.

A model is registered when it is made, shown as it should be, prompted as it was trained, and has answered. All of that
happens under temporary names; only when every model of a call has passed do they take their own (`staging`). Whatever
fails, what served under these names before still does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ragft.console import Progress
from ragft.engine.base import Engine, ModelInfo, QuantizingEngine
from ragft.engine.choosing.made_here import remember
from ragft.engine.run_models import IntermediateModel, Registration
from ragft.engine.types import OLLAMA_TYPES, SOURCE_TYPES, fix_for, own_type
from ragft.errors import ModelNotFound, NotFoundError, UsageError
from ragft.export.base import RegisterReport
from ragft.export.convert import convert, export_adapter, exported_gguf
from ragft.export.modelfile import Modelfile
from ragft.export.served_model import ExpectedModel
from ragft.export.staging import Staging
from ragft.export.templates import choose_template
from ragft.export.trained import Trained
from ragft.run_folder import RunFolder
from ragft.workspace import digest_file, write_text

ADAPTER_TYPE = "lora"
"""What the type of a registration begins with where an adapter was put over its base: `lora-q8_0` over a q8_0 base."""


@dataclass(frozen=True)
class ComparedModel:
    """One of the two models that are compared: its name without the type, its file, and its Modelfile."""

    name: str
    gguf: Path
    modelfile: Path


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
    outtype = own_type(outtype)
    file_type, folder = _file_type(run_dir, engine, outtype), RunFolder(run_dir)
    arms = (
        ComparedModel(name, exported_gguf(run_dir, file_type), folder.modelfile()),
        ComparedModel(f"{name}-base", exported_gguf(run_dir, file_type, base=True), folder.modelfile("base")),
    )
    trained = Trained.of_run(run_dir)
    choice = choose_template(engine, trained.base)
    sources = _Sources(run_dir, engine, file_type)
    files: dict[str, str] = {}
    modelfiles: dict[Path, str] = {}
    remember(run_dir, (f"{arm.name}:{outtype}" for arm in arms))  # before its source is made
    with Staging(engine, trained.tokenizer, progress) as staging:
        for arm in arms:
            expected = ExpectedModel.of_file(arm.gguf, outtype, choice)
            spec = expected.spec(f"{arm.name}:{outtype}", run_dir.name, gguf=arm.gguf)
            if file_type != outtype:
                below = sources.make(staging, arm, expected)
                spec = replace(spec, gguf=None, base=below, quantize=outtype.upper())
            else:
                files[spec.name] = digest_file(arm.gguf)
            staging.make(spec)
            staging.prove(spec.name, expected)
            quantize = outtype if file_type != outtype else ""
            modelfiles[arm.modelfile] = Modelfile(
                arm.modelfile, spec.name, run_dir.name, str(arm.gguf), expected.parameters, choice, quantize=quantize
            ).render()
        made = staging.publish()
    for path, text in modelfiles.items():
        write_text(path, text)
    tuned, base = (made[f"{arm.name}:{outtype}"] for arm in arms)
    registration = Registration.of_pair(tuned, base, engine, outtype, sources.record(), files)
    registration.write(run_dir)
    return RegisterReport.of(registration)


def register_adapter(
    run_dir: Path, engine: Engine, *, name: str, outtype: str, progress: Progress | None = None
) -> RegisterReport:
    """Register the run's adapter as `NAME:lora-TYPE` over its base of that type, without merging.

    The base is registered first where it is missing.

    A merged pair stays what a benchmark of the run asks; where there is none, this pair is recorded.

    Raises: as `register_run`; ExportError also for an adapter of a kind that cannot be put over a model.
    """
    before = Registration.last(run_dir)
    adapter = export_adapter(run_dir, progress).gguf
    trained = Trained.of_run(run_dir)
    choice = choose_template(engine, trained.base)
    with Staging(engine, trained.tokenizer, progress) as staging:
        below = _registered_base(engine, before, own_type(outtype))
        if below is None:
            gguf = RunFolder(run_dir).gguf(outtype, base=True)
            if own_type(outtype) in OLLAMA_TYPES:
                fix = f"ragft register --run {run_dir.name} --type {own_type(outtype)}"
                raise NotFoundError(f"no {own_type(outtype)} base of run {run_dir.name} is registered", fix=fix)
            if not gguf.is_file():
                convert(trained.base, gguf, outtype=own_type(outtype), progress=progress)
            expected = ExpectedModel.of_file(gguf, outtype, choice)
            below = staging.make(expected.spec(f"{name}-base:{own_type(outtype)}", run_dir.name, gguf=gguf))
            staging.prove(below.name, expected)
        expected = ExpectedModel.of_model(below, choice)
        over = f"{ADAPTER_TYPE}-{own_type(below.quantization)}"
        spec = expected.spec(f"{name}:{over}", run_dir.name, base=below.name, adapter=adapter)
        staging.make(spec)
        staging.prove(spec.name, expected)
        remember(run_dir, (spec.name, below.name))
        made = staging.publish()
    tuned, base = made[spec.name], made.get(below.name, below)
    file = RunFolder(run_dir).modelfile("lora")
    text = Modelfile(file, spec.name, run_dir.name, base.name, expected.parameters, choice, adapter).render()
    write_text(file, text)
    registration = Registration.of_pair(tuned, base, engine, over)
    if before is None or before.type.startswith(ADAPTER_TYPE):
        registration.write(run_dir)
    return RegisterReport.of(registration)


def _registered_base(engine: Engine, before: Registration | None, outtype: str) -> ModelInfo | None:
    """The run's base as it is registered already; None where it is not, is of another type, or has changed since."""
    if before is None or before.engine != engine.name:
        return None
    try:
        shown = engine.show(before.base_model)
    except ModelNotFound:
        return None
    same = shown.digest == before.base_digest and own_type(shown.quantization) == outtype
    return shown if same else None


def _file_type(run_dir: Path, engine: Engine, outtype: str) -> str:
    """The exported type to register: `outtype` itself, or one that the engine can make it of."""
    if outtype not in OLLAMA_TYPES:
        return outtype
    if not (isinstance(engine, QuantizingEngine) and outtype in engine.quantizes):
        raise UsageError(
            f"the {engine.name} engine cannot make {outtype}; only Ollama quantises further",
            fix="export.type=q8_0, or engine.name=ollama",
        )
    for source in SOURCE_TYPES:
        if all(RunFolder(run_dir).gguf(source, base=is_base).is_file() for is_base in (False, True)):
            return source
    raise NotFoundError(
        f"run {run_dir.name} has no export that {outtype} could be made of ({', '.join(SOURCE_TYPES)})",
        fix=fix_for(outtype, run=run_dir.name),
    )


class _Sources:
    """The models that are quantised further: made once, and again when they or their files have changed."""

    def __init__(self, run_dir: Path, engine: Engine, file_type: str) -> None:
        before = Registration.last(run_dir)
        self._known = dict(before.sources) if before is not None and before.engine == engine.name else {}
        self._run = run_dir.name
        self._engine = engine
        self._type = file_type
        self._made: dict[str, IntermediateModel] = {}

    def make(self, staging: Staging, candidate: ComparedModel, expected: ExpectedModel) -> str:
        """The name of the model that `candidate` is quantised from."""
        name = f"{candidate.name}:{self._type}"
        file = digest_file(candidate.gguf)
        if (known := self._known.get(name)) is None or known != IntermediateModel(self._digest(name), file):
            made = staging.make_source(expected.spec(name, self._run, gguf=candidate.gguf))
            self._made[name] = IntermediateModel(made.digest, file)
        return name

    def record(self) -> dict[str, IntermediateModel]:
        """All that are known, with those just made."""
        return {**self._known, **self._made}

    def _digest(self, name: str) -> str:
        try:
            return self._engine.show(name).digest
        except ModelNotFound:
            return ""
