"""Show what is in a GGUF file, or in what two of them differ."""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from llama_cpp_tools.command import parser, print_json, run, say
from llama_cpp_tools.errors import ConversionError
from llama_cpp_tools.gguf_file import GGUFFile, plain


@dataclass(frozen=True)
class TensorSummary:
    """One tensor: shape in numpy order, type name, size in bytes."""

    name: str
    shape: tuple[int, ...]
    type: str
    bytes: int


@dataclass(frozen=True)
class GGUFSummary:
    """A whole file. `metadata` has every value in full; `types` counts tensors by type."""

    path: Path
    bytes: int
    version: int
    architecture: str
    parameters: int
    metadata: dict[str, Any]
    tensors: tuple[TensorSummary, ...]
    types: dict[str, int]

    def as_dict(self, *, full: bool = False) -> dict[str, Any]:
        """Plain values for JSON; long arrays are shortened unless `full`."""
        metadata = self.metadata if full else plain(self.metadata)
        return {**asdict(self), "path": str(self.path), "metadata": metadata}


@dataclass(frozen=True)
class Difference:
    """What two files disagree on: `kind` is "metadata", "tensor" (shape, type, presence) or "data"."""

    kind: str
    name: str
    first: Any
    second: Any


def read(path: Path) -> GGUFSummary:
    """Summarise a GGUF file. Raises `GGUFError` when it is not whole."""
    path = Path(path)
    with GGUFFile(path) as file:
        tensors = tuple(TensorSummary(t.name, t.shape, t.qtype.name, t.bytes) for t in file.tensors.values())
        return GGUFSummary(
            path,
            path.stat().st_size,
            file.version,
            str(file.metadata.get("general.architecture", "unknown")),
            sum(math.prod(t.shape) for t in tensors),
            file.metadata,
            tensors,
            dict(Counter(t.type for t in tensors)),
        )


def diff(a: Path, b: Path, *, data: bool = True) -> list[Difference]:
    """Every difference between two GGUF files; `data=False` leaves the tensors' bytes out. Raises `GGUFError`."""
    found: list[Difference] = []
    with GGUFFile(Path(a)) as first, GGUFFile(Path(b)) as second:
        for key in dict.fromkeys([*first.metadata, *second.metadata]):
            one, other = first.metadata.get(key), second.metadata.get(key)
            if one != other:
                found.append(_array_difference(key, one, other))
        for name in dict.fromkeys([*first.tensors, *second.tensors]):
            one, other = first.tensors.get(name), second.tensors.get(name)
            shown = [None if t is None else f"{t.qtype.name} {list(t.shape)}" for t in (one, other)]
            if shown[0] != shown[1]:
                found.append(Difference("tensor", name, *shown))
            elif data:
                digests = [hashlib.sha256(file.raw(name).data).hexdigest() for file in (first, second)]
                if digests[0] != digests[1]:
                    found.append(Difference("data", name, *digests))
    return found


def _array_difference(key: str, one: Any, other: Any) -> Difference:
    """Long arrays are shown by their first differing entry."""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other) > 16:
        i = next(i for i, (x, y) in enumerate(zip(one, other, strict=True)) if x != y)
        return Difference("metadata", f"{key}[{i}]", one[i], other[i])
    shown = plain({"first": one, "second": other})
    return Difference("metadata", key, shown["first"], shown["second"])


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns its exit code: 0, or 1 when --diff finds differences."""
    made = parser("inspect", __doc__ or "", "model.gguf\n  python -m llama_cpp_tools.inspect --diff a.gguf b.gguf")
    made.add_argument("file", type=Path, nargs="?", help="GGUF file")
    made.add_argument(
        "--diff",
        type=Path,
        nargs="+",
        metavar="OTHER",
        default=[],
        help="compare two files: FILE and this one, or these two",
    )
    made.add_argument("--no-data", action="store_true", help="with --diff: do not compare the tensors' bytes")
    made.add_argument("--no-tensors", action="store_true", help="do not list the tensors")
    made.add_argument("--full", action="store_true", help="with --json: arrays in full")
    return run(_inspect, made, argv)


def _inspect(arguments: argparse.Namespace) -> int:
    files = [file for file in (arguments.file, *arguments.diff) if file is not None]
    if len(files) != (2 if arguments.diff else 1):
        raise ConversionError("give one file to show, or two to compare: inspect FILE, or inspect --diff A B")
    if arguments.diff:
        return _show_diff(diff(files[0], files[1], data=not arguments.no_data), json=arguments.json)
    summary = read(files[0])
    if arguments.json:
        print_json(summary.as_dict(full=arguments.full))
        return 0
    say(
        f"{summary.path}: {summary.architecture}, {summary.parameters:,} parameters, {len(summary.tensors)} tensors, "
        f"{summary.bytes:,} bytes, GGUF version {summary.version}"
    )
    for key, value in plain(summary.metadata).items():
        text = repr(value) if isinstance(value, str) else str(value)
        say(f"  {key} = {text if len(text) <= 100 else text[:99] + '…'}")
    if not arguments.no_tensors:
        for tensor in summary.tensors:
            shape = " × ".join(str(n) for n in tensor.shape)
            say(f"  {tensor.name:<32} {tensor.type:<6} {shape:<16} {tensor.bytes:>14,}")
    say(f"  types: {', '.join(f'{count} {kind}' for kind, count in summary.types.items())}")
    return 0


def _show_diff(found: list[Difference], *, json: bool) -> int:
    if json:
        print_json({"equal": not found, "differences": [asdict(difference) for difference in found]})
    else:
        for difference in found:
            say(f"{difference.kind} {difference.name}: {difference.first!r} | {difference.second!r}")
        say("the files are equal" if not found else f"{len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
