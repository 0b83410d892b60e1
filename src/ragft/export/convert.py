"""From a run's adapter to GGUF files: the tuned model, and its base by the same converter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.console import Progress
from ragft.engine.types import fix_for
from ragft.errors import ExportError, NotFoundError
from ragft.export.base import ExportReport
from ragft.log import log
from ragft.run_folder import ADAPTER_CONFIG, RunFolder
from ragft.typed_json import parsed
from ragft.workspace import write_json

MOVED = "base.json"
"""Where a run keeps that its base has moved."""

if TYPE_CHECKING:
    from llama_cpp_tools.convert import ConvertResult
    from llama_cpp_tools.errors import ConversionError


def adapter_of(run_dir: Path) -> Path:
    """The adapter folder of a run.

    Raises:
        NotFoundError: the run has not been trained.
    """
    files = RunFolder(run_dir)
    if not files.adapter_config.is_file():
        raise NotFoundError(f"run {run_dir.name} has no adapter yet", fix=f"ragft train --run {run_dir.name}")
    return files.adapter


@dataclass(frozen=True)
class _BaseOfAdapter:
    """The one entry of PEFT's configuration that is read."""

    base_model_name_or_path: str


def base_of(adapter: Path) -> Path:
    """The folder of the base model that `adapter` was trained on: as the adapter records it, or where it moved to.

    Raises:
        ExportError: the adapter does not say, or the folder is gone.
    """
    config, moved = adapter / ADAPTER_CONFIG, adapter.parent / MOVED
    try:
        recorded = parsed(_BaseOfAdapter, (moved if moved.is_file() else config).read_bytes())
        folder = Path(recorded.base_model_name_or_path)
    except (OSError, ValueError) as error:
        raise ExportError(f"{config} does not name its base model", fix="base=FOLDER says where it is") from error
    if not (folder / "config.json").is_file():
        raise ExportError(
            f"the base model of {adapter} is no longer at {folder}",
            fix="put it back, or base=FOLDER says where it is",
        )
    return folder


def move_base(run_dir: Path, base: Path) -> None:
    """Keep in the run that its base lies in the folder `base` now; the adapter's own files stay as they are."""
    write_json(run_dir / MOVED, {"base_model_name_or_path": str(base)})


def exported_gguf(run_dir: Path, outtype: str, *, base: bool = False) -> Path:
    """The exported file of a run.

    Raises:
        NotFoundError: there is none of this type.
    """
    gguf = RunFolder(run_dir).gguf(outtype, base=base)
    if not gguf.is_file():
        raise NotFoundError(f"run {run_dir.name} has no {gguf.name}", fix=fix_for(outtype, run=run_dir.name))
    return gguf


def export_run(
    run_dir: Path, outtype: str = "q8_0", progress: Progress | None = None
) -> tuple[ExportReport, ExportReport]:
    """Write the run's tuned model (adapter merged while streaming) and its base, both of type `outtype`.

    Returns:
        the reports of the tuned model and of the base.

    Raises:
        NotFoundError: the run has no adapter.
        ExportError: the conversion failed; no file is left under the final name.
    """
    adapter = adapter_of(run_dir)
    base = base_of(adapter)
    base_report = convert(base, RunFolder(run_dir).gguf(outtype, base=True), outtype=outtype, progress=progress)
    tuned_report = convert(base, RunFolder(run_dir).gguf(outtype), outtype=outtype, adapter=adapter, progress=progress)
    for warning in tuned_report.warnings:  # those of the base are the same
        log.info(warning)
    return tuned_report, base_report


def export_adapter(run_dir: Path, progress: Progress | None = None) -> ExportReport:
    """Write the run's adapter alone as `adapter-f16.gguf`, which llama.cpp puts over the base when it loads it.

    Raises:
        NotFoundError: the run has no adapter.
        ExportError: it is of a kind that a GGUF adapter cannot hold, or the conversion failed.
    """
    from llama_cpp_tools.errors import ConversionError
    from llama_cpp_tools.lora import convert_lora

    adapter = adapter_of(run_dir)
    outfile = RunFolder(run_dir).adapter_gguf
    try:
        return _report(convert_lora(adapter, base_of(adapter), outfile, progress=_named(progress, outfile)))
    except ConversionError as error:
        raise _export_error(error) from error


def convert(
    model: Path, outfile: Path, *, outtype: str = "q8_0", adapter: Path | None = None, progress: Progress | None = None
) -> ExportReport:
    """Write the model folder, with the adapter merged where one is given, as `outfile`.

    Raises:
        ExportError: the conversion failed; no file is left under the final name.
    """
    from llama_cpp_tools.convert import convert as convert_model
    from llama_cpp_tools.errors import ConversionError

    try:
        return _report(convert_model(model, outfile, outtype=outtype, lora=adapter, progress=_named(progress, outfile)))
    except ConversionError as error:
        raise _export_error(error) from error


def _export_error(error: ConversionError) -> ExportError:
    """The converter's error with what a user of ragft can say about it."""
    from llama_cpp_tools.errors import AdapterError, OutputError

    if isinstance(error, OutputError):
        return ExportError(str(error), fix="make room, or use a workspace on another disk")
    if isinstance(error, AdapterError):
        return ExportError(str(error), fix="ragft export merges the adapter; ragft train makes it again")
    return ExportError(str(error))


def _named(progress: Progress | None, outfile: Path) -> Callable[[int, int], None]:
    """The converter's progress, which has no label, under the file's name."""
    return lambda done, total: progress(f"writing {outfile.name}", done, total) if progress is not None else None


def _report(result: ConvertResult) -> ExportReport:
    return ExportReport(
        gguf=result.path,
        sha256=result.sha256,
        bytes=result.bytes,
        tensors=result.tensors,
        seconds=result.seconds,
        peak_rss_bytes=result.peak_rss_bytes,
        warnings=result.warnings,
    )
