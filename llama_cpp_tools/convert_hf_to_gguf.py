"""Convert a Hugging Face model folder to GGUF, merging a LoRA adapter on the way if one is given."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from llama_cpp_tools.command import ProgressLine, parser, run, show_result
from llama_cpp_tools.convert import convert
from llama_cpp_tools.errors import ConversionError
from llama_cpp_tools.quantize import OUT_TYPES


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    made = parser("convert_hf_to_gguf", __doc__ or "", "SmolLM2-135M --outfile smollm2.gguf --lora adapter")
    made.add_argument("model", type=Path, help="folder with config.json, safetensors and tokenizer files")
    made.add_argument("--outfile", type=Path, help="file to write (default: MODEL/<folder name>-<outtype>.gguf)")
    made.add_argument("--outtype", default="q8_0", choices=list(OUT_TYPES), help="type of the matrices (default: q8_0)")
    made.add_argument("--lora", type=Path, metavar="ADAPTER", help="PEFT adapter folder to merge while converting")
    made.add_argument(
        "--metadata",
        action="append",
        default=[],
        metavar="KEY=TEXT",
        help="set a text entry, as general.name=Mine (may be repeated)",
    )
    made.add_argument("--threads", type=int, help="worker threads (default: one per core)")
    made.add_argument("--quiet", action="store_true", help="no progress line")
    return run(_convert, made, argv)


def _convert(arguments: argparse.Namespace) -> int:
    model: Path = arguments.model
    outfile = arguments.outfile or model / f"{model.resolve().name}-{arguments.outtype}.gguf"
    result = convert(
        model,
        outfile,
        outtype=arguments.outtype,
        lora=arguments.lora,
        threads=arguments.threads,
        progress=ProgressLine(quiet=arguments.quiet or arguments.json),
        metadata=dict(_pair(entry) for entry in arguments.metadata),
    )
    return show_result(result, json=arguments.json)


def _pair(entry: str) -> tuple[str, str]:
    key, equals, value = entry.partition("=")
    if not equals or not key:
        raise ConversionError(f"--metadata {entry!r} is not KEY=TEXT, as in --metadata general.name=Mine")
    return key, value


if __name__ == "__main__":
    sys.exit(main())
