"""Model folder (and LoRA adapter) to GGUF, a few rows at a time.

from llama_cpp_tools.convert import convert
result = convert(Path("SmolLM2-135M"), Path("smollm2.gguf"), outtype="q8_0", lora=Path("adapter"))
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt

from llama_cpp_tools.adapter import Adapter, other_base_warning
from llama_cpp_tools.arch import Architecture, architecture_for
from llama_cpp_tools.config import load_config
from llama_cpp_tools.errors import ConversionError, WeightsError
from llama_cpp_tools.machine import peak_memory
from llama_cpp_tools.metadata import add_general
from llama_cpp_tools.output import atomic_output
from llama_cpp_tools.plan import PlannedTensor, plan_tensors, row_ranges
from llama_cpp_tools.quantize import NotFiniteError, OutType, encode, out_type
from llama_cpp_tools.safetensors_io import Checkpoint
from llama_cpp_tools.tokenizer import Vocabulary

Progress = Callable[[int, int], None]

# A job is what one thread does at a time; within it, pieces small enough to stay in a core's cache are read, merged and
# quantised one after another. Neither changes the result.
_JOB_ELEMENTS = 1 << 21
_PIECE_ELEMENTS = 1 << 16
_AHEAD = 16
"""Jobs worked on or waiting to be written, whatever the number of cores: each holds up to 8 MB."""


@dataclass(frozen=True)
class ConvertResult:
    """What was written. `bytes` and `sha256` are the whole file's, `peak_rss_bytes` this process's high-water mark."""

    path: Path
    sha256: str
    bytes: int
    tensors: int
    seconds: float
    peak_rss_bytes: int
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values for JSON."""
        return {**asdict(self), "path": str(self.path), "warnings": list(self.warnings)}


def convert(
    model_dir: Path,
    outfile: Path,
    *,
    outtype: str = "q8_0",
    lora: Path | None = None,
    progress: Progress | None = None,
    metadata: Mapping[str, str] | None = None,
    threads: int | None = None,
) -> ConvertResult:
    """Write the model in `model_dir`, merged with the adapter in `lora` if given, to `outfile`.

    outtype: see `quantize.OUT_TYPES`. progress: called with (bytes done, bytes in all). metadata: text entries to set,
    as {"general.name": …}. threads: worker threads, as many as cores by default; the result does not depend on it.

    The merge is done in float32 whatever type the base is stored in. Only a few rows are held at a time. `outfile`
    appears when everything is written, never before. Raises a `ConversionError` for whatever is wrong.
    """
    started = time.monotonic()
    model_dir, outfile = Path(model_dir), Path(outfile)
    wanted = out_type(outtype)
    arch = architecture_for(load_config(model_dir))
    with ExitStack() as stack:
        checkpoint = stack.enter_context(Checkpoint(model_dir))
        adapter = stack.enter_context(Adapter(Path(lora), arch.keep)) if lora is not None else None
        planned = plan_tensors(checkpoint, arch, wanted, adapter)
        vocabulary = arch.vocabulary(model_dir)
        _check_vocabulary(vocabulary, planned, model_dir)
        writer = _metadata_writer(arch, vocabulary, wanted, planned, model_dir, metadata or {})
        another = other_base_warning(adapter, model_dir) if adapter is not None else ()
        warnings = (*arch.warnings, *vocabulary.warnings, *another)
        return write_gguf(
            outfile, writer, planned, started=started, warnings=warnings, progress=progress, threads=threads
        )


def check_model(model_dir: Path) -> None:
    """Find what `convert` would refuse in a model folder.

    The headers of the weights are read. Weights themselves are read only where a tensor is stored twice and llama.cpp
    knows it once (the head of Gemma 2): the two are compared.

    Raises a `ConversionError`: `WeightsError` where config.json, tokenizer and weights do not belong together, others
    where the model is of a kind that cannot be written.
    """
    arch = architecture_for(load_config(model_dir))
    with Checkpoint(model_dir) as checkpoint:
        planned = plan_tensors(checkpoint, arch, out_type("f32"), None)
        vocabulary = arch.vocabulary(model_dir)
        _check_vocabulary(vocabulary, planned, model_dir)


def _check_vocabulary(vocabulary: Vocabulary, planned: list[PlannedTensor], model_dir: Path) -> None:
    """The embedding must have a row for every token; llama.cpp refuses to load anything else."""
    rows = next(t.info.shape[0] for t in planned if t.info.name == "token_embd.weight")
    if rows != len(vocabulary.tokens):
        raise WeightsError(
            f"{model_dir}: the embedding has {rows} rows and config.json says vocab_size "
            f"{len(vocabulary.tokens)}; the embedding was resized without its config, set vocab_size"
        )


def _metadata_writer(
    arch: Architecture,
    vocabulary: Vocabulary,
    wanted: OutType,
    planned: list[PlannedTensor],
    model_dir: Path,
    metadata: Mapping[str, str],
) -> gguf.GGUFWriter:
    """All metadata, in the order of llama.cpp's converter."""
    writer = gguf.GGUFWriter(path=None, arch=arch.name)
    add_general(writer, model_dir, [tensor.info for tensor in planned], metadata)
    arch.add_parameters(writer, wanted.file_type)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    arch.add_vocabulary(writer, vocabulary)
    return writer


def write_gguf(
    outfile: Path,
    writer: gguf.GGUFWriter,
    planned: list[PlannedTensor],
    *,
    started: float,
    warnings: tuple[str, ...] = (),
    progress: Progress | None = None,
    threads: int | None = None,
) -> ConvertResult:
    """Write metadata and tensors to `outfile`; empties `planned` on the way, so that nothing outlives its use.

    `started`: the monotonic clock when the conversion began.
    """
    tensors = len(planned)
    total = sum(tensor.info.bytes for tensor in planned)
    done = 0
    workers = threads or os.cpu_count() or 1
    with atomic_output(outfile, total) as output, ThreadPoolExecutor(workers) as pool:
        output.write_header(writer, [tensor.info for tensor in planned])
        if progress:
            progress(0, total)
        for encoded, last in _encoded(planned, pool, ahead=min(2 * workers, _AHEAD)):
            output.write(encoded.data)
            if last:
                output.pad()
            done += len(encoded)
            if progress:
                progress(done, total)
    return ConvertResult(
        path=outfile,
        sha256=output.sha256,
        bytes=output.written,
        tensors=tensors,
        seconds=time.monotonic() - started,
        peak_rss_bytes=peak_memory(),
        warnings=warnings,
    )


def _encoded(
    planned: list[PlannedTensor], pool: ThreadPoolExecutor, ahead: int
) -> Iterator[tuple[npt.NDArray[np.uint8], bool]]:
    """The bytes of all tensors in order, with whether they end a tensor; threads work `ahead` jobs in advance."""
    waiting: deque[tuple[Future[npt.NDArray[np.uint8]], bool]] = deque()
    try:
        while planned:
            tensor = planned.pop(0)
            count = tensor.info.shape[0]
            for start, stop in row_ranges(0, count, tensor.rows, _JOB_ELEMENTS):
                waiting.append((pool.submit(_encode_rows, tensor, start, stop), stop == count))
                if len(waiting) > ahead:
                    future, last = waiting.popleft()
                    yield future.result(), last
        while waiting:
            future, last = waiting.popleft()
            yield future.result(), last
    finally:
        for future, _ in waiting:
            future.cancel()


def _encode_rows(tensor: PlannedTensor, start: int, stop: int) -> npt.NDArray[np.uint8]:
    """The bytes of rows `start:stop`."""
    info = tensor.info
    encoded = np.empty(info.bytes // info.shape[0] * (stop - start), dtype=np.uint8)
    filled = 0
    try:
        for first, end in row_ranges(start, stop, tensor.rows, _PIECE_ELEMENTS):
            piece = encode(tensor.rows.read(first, end), info.qtype)
            encoded[filled : filled + len(piece)] = piece
            filled += len(piece)
    except NotFiniteError:
        raise _not_finite(tensor) from None
    return encoded


def _not_finite(tensor: PlannedTensor) -> ConversionError:
    return WeightsError(
        f"{tensor.origin} holds NaN or infinity, or a value too large for {tensor.info.qtype.name}; "
        "the training diverged (take an earlier checkpoint), or write f32 or bf16"
    )
