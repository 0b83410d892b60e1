"""Check a GGUF file against the model folder (and adapter) it is said to come from, tensor by tensor.

Two questions are asked of each tensor: are its bytes those that a conversion gives, and, where there is an adapter, are
the values that the conversion merged those that PEFT's formulas give, computed a second time by `recompute`?
"""

from __future__ import annotations

import argparse
import math
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt

from llama_cpp_tools.adapter import Adapter
from llama_cpp_tools.arch import Architecture, architecture_for
from llama_cpp_tools.command import ProgressLine, parser, print_json, run, say
from llama_cpp_tools.config import load_config
from llama_cpp_tools.convert import Progress
from llama_cpp_tools.errors import WeightsError
from llama_cpp_tools.gguf_file import GGUFFile
from llama_cpp_tools.plan import PlannedTensor, kept_tensors, plan_tensors, row_ranges
from llama_cpp_tools.quantize import OUT_TYPES, NotFiniteError, OutType, encode, out_type
from llama_cpp_tools.recompute import Recomputed
from llama_cpp_tools.rows import Rows
from llama_cpp_tools.safetensors_io import Checkpoint

_PIECE_ELEMENTS = 1 << 20
_MERGE_LIMIT = 1e-6
"""Relative error allowed between the two computations of a merged tensor; rounding to float32 makes some 1e-7."""


@dataclass(frozen=True)
class TensorCheck:
    """One tensor: `identical` when its bytes are what a conversion gives now; `error` is ‖file - model‖ / ‖model‖.

    `merge_error` is ‖conversion - recomputed‖ / ‖recomputed‖, 0 where no adapter was given.
    """

    name: str
    type: str
    identical: bool
    error: float
    merge_error: float = 0.0


@dataclass(frozen=True)
class VerifyResult:
    """`ok`: all tensors there and identical, all metadata that counts the same. `problems` says what is not."""

    ok: bool
    tensors: tuple[TensorCheck, ...]
    problems: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The result as plain values that JSON can hold."""
        return asdict(self)


def verify(
    path: Path,
    model_dir: Path,
    lora: Path | None = None,
    *,
    outtype: str | None = None,
    progress: Progress | None = None,
) -> VerifyResult:
    """Compare the GGUF file `path` with the model folder, merged with `lora` if given.

    Every hyperparameter and tokenizer entry must be what a conversion writes, every tensor of the type that `outtype`
    (by default what the file says of itself) gives it. Each tensor is converted again, to the type it has in the file,
    and compared byte for byte; where that fails the relative error (Frobenius norm) of the file's values says how far
    off it is. Files of other quantisers (K-quants) are therefore never `ok`, and their errors still tell whether it is
    the same model. With an adapter, what was converted is itself compared with the merge computed a second time, and
    every tensor of the adapter must have gone into one of the base.
    Raises a `ConversionError` when either side cannot be read.
    """
    with ExitStack() as stack:
        file = stack.enter_context(GGUFFile(Path(path)))
        arch = architecture_for(load_config(Path(model_dir)))
        checkpoint = stack.enter_context(Checkpoint(Path(model_dir)))
        adapter = stack.enter_context(Adapter(Path(lora), arch.keep)) if lora is not None else None
        stated = file.metadata.get("general.file_type")
        known = next((known for known in OUT_TYPES.values() if known.file_type == stated), None)
        wanted = out_type(outtype) if outtype is not None else known
        planned = plan_tensors(checkpoint, arch, wanted or OUT_TYPES["f32"], adapter)
        problems = _index_problems(file, planned)
        if wanted is not None:
            problems += _type_problems(file, planned, wanted)
        problems += _metadata_problems(file, arch, Path(model_dir), wanted.file_type if wanted is not None else stated)
        again: dict[str, Rows] = {}
        if lora is not None:
            recomputed = stack.enter_context(Recomputed(Path(lora)))
            again = recomputed_rows(checkpoint, arch, recomputed)
            problems += [f"tensor {key!r} of the adapter is used nowhere" for key in recomputed.unused()]
        comparable = [tensor for tensor in planned if _same_shape(file, tensor)]
        total, done = sum(math.prod(tensor.info.shape) for tensor in comparable), 0
        checks = []
        for tensor in comparable:
            checks.append(compare_tensor(file, tensor, again.get(tensor.info.name)))
            done += math.prod(tensor.info.shape)
            if progress:
                progress(done, total)
    problems += [
        f"tensor {check.name!r} ({check.type}) is not what a conversion gives: relative error {check.error:.2e}"
        for check in checks
        if not check.identical
    ]
    problems += [
        f"tensor {check.name!r} is not merged as PEFT merges it: relative error {check.merge_error:.2e}"
        for check in checks
        if not check.merge_error <= _MERGE_LIMIT
    ]
    return VerifyResult(not problems, tuple(checks), tuple(problems))


def _same_shape(file: GGUFFile, tensor: PlannedTensor) -> bool:
    stored = file.tensors.get(tensor.info.name)
    return stored is not None and stored.shape == tensor.info.shape


def _index_problems(file: GGUFFile, planned: list[PlannedTensor]) -> list[str]:
    """Tensors missing, surplus or of another shape."""
    wanted = {tensor.info.name: tensor.info.shape for tensor in planned}
    found = [f"tensor {name!r} is missing" for name in wanted if name not in file.tensors]
    found += [f"tensor {name!r} is not in the model" for name in file.tensors if name not in wanted]
    return found + [
        f"tensor {name!r} is {list(file.tensors[name].shape)}, in the model {list(shape)}"
        for name, shape in wanted.items()
        if name in file.tensors and file.tensors[name].shape != shape
    ]


def _type_problems(file: GGUFFile, planned: list[PlannedTensor], wanted: OutType) -> list[str]:
    """Tensors of another type than a conversion to `wanted` gives them."""
    pairs = [(file.tensors.get(tensor.info.name), tensor.info) for tensor in planned]
    return [
        f"tensor {info.name!r} is {stored.qtype.name}, in {wanted.name} it is {info.qtype.name}"
        for stored, info in pairs
        if stored is not None and stored.qtype != info.qtype
    ]


def _metadata_problems(file: GGUFFile, arch: Architecture, model_dir: Path, file_type: Any) -> list[str]:
    """Hyperparameters and tokenizer entries that a conversion would write otherwise, or not at all."""
    writer = gguf.GGUFWriter(path=None, arch=arch.name)
    arch.add_parameters(writer, file_type)
    arch.add_vocabulary(writer, arch.vocabulary(model_dir))
    wanted = {key: _as_stored(entry.value) for key, entry in writer.kv_data[0].items()}
    found = []
    for key, value in wanted.items():
        if (stored := file.metadata.get(key)) != value:
            shown = f" ({stored!r} and {value!r})" if not isinstance(value, list | str) else ""
            found.append(f"{key} differs from what the model's files give{shown}")
    surplus = [key for key in file.metadata if key not in wanted and key.startswith(("tokenizer.", f"{arch.name}."))]
    return found + [f"{key} is in the file, and a conversion does not write it" for key in surplus]


def _as_stored(value: Any) -> Any:
    """A value as it is read again from a file, which keeps floats in 32 bits."""
    if isinstance(value, list | tuple):
        return [_as_stored(entry) for entry in value]
    return float(np.float32(value)) if isinstance(value, float) else value


def recomputed_rows(checkpoint: Checkpoint, arch: Architecture, recomputed: Recomputed) -> dict[str, Rows]:
    """The merged tensors of `recomputed` by their GGUF names, as llama.cpp expects them."""
    kept = kept_tensors(checkpoint, arch)
    return {arch.gguf_name(name): arch.transform(name, recomputed.rows(stored)) for name, stored in kept.items()}


def compare_tensor(file: GGUFFile, tensor: PlannedTensor, again: Rows | None = None) -> TensorCheck:
    """Compare a tensor of `file` with what a conversion gives, and that with `again`, its second computation."""
    stored = file.tensors[tensor.info.name]
    identical, difference, size, drift = True, 0.0, 0.0, 0.0
    for start, stop in row_ranges(0, tensor.info.shape[0], tensor.rows, _PIECE_ELEMENTS):
        rows = tensor.rows.read(start, stop)
        size += _square(rows)
        if again is not None:
            drift += _square(_wide(again.read(start, stop)) - _wide(rows))
        first, last = (start, stop) if len(stored.shape) > 1 else (0, 1)
        raw = file.raw(stored.name, first, last).reshape(-1)
        if len(stored.shape) == 1:
            raw = raw[4 * start : 4 * stop]
        try:
            if np.array_equal(encode(rows, stored.qtype), raw):
                continue
        except (NotFiniteError, WeightsError):  # not finite, or of a type that we cannot write
            pass
        identical = False
        values = file.rows(stored.name, first, last).reshape(-1)
        values = values[start:stop] if len(stored.shape) == 1 else values
        difference += _square(values - _wide(rows).reshape(-1))
    error, merge_error = (math.sqrt(part / size) if size else part for part in (difference, drift))
    return TensorCheck(stored.name, stored.qtype.name, identical, error, merge_error)


def _wide(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    return values.astype(np.float32, copy=False)


def _square(values: npt.NDArray[Any]) -> float:
    flat = _wide(values).reshape(-1)
    return float(np.dot(flat, flat))


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns its exit code: 0, or 1 when the file is not the model."""
    made = parser("verify", __doc__ or "", "smollm2.gguf SmolLM2-135M --lora adapter")
    made.add_argument("file", type=Path, help="GGUF file")
    made.add_argument("model", type=Path, help="model folder it was made from")
    made.add_argument("--lora", type=Path, metavar="ADAPTER", help="adapter that was merged")
    made.add_argument("--outtype", choices=list(OUT_TYPES), help="type it must have (default: what the file says)")
    return run(_verify, made, argv)


def _verify(arguments: argparse.Namespace) -> int:
    progress = ProgressLine(quiet=arguments.json)
    result = verify(arguments.file, arguments.model, arguments.lora, outtype=arguments.outtype, progress=progress)
    if arguments.json:
        print_json(result.as_dict())
        return 0 if result.ok else 1
    for problem in result.problems:
        say(problem)
    same = sum(check.identical for check in result.tensors)
    say(
        f"{arguments.file}: {same} of {len(result.tensors)} tensors identical to a conversion of {arguments.model}: "
        f"{'verified' if result.ok else 'NOT verified'}"
    )
    return 0 if result.ok else 1


if __name__ == "__main__":
    sys.exit(main())
