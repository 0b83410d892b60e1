"""LoRA adapter to a GGUF adapter, which llama.cpp adds to a base model when it loads it.

The file holds A and B of each adapted weight and one α; llama.cpp computes s = α/r with r from B's shape. What does not
fit that formula is folded into B: rsLoRA's √r, and ranks or alphas that differ between modules.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import gguf

from llama_cpp_tools.adapter import Adapter, LowRank, other_base_warning
from llama_cpp_tools.arch import Architecture, architecture_for
from llama_cpp_tools.config import load_config
from llama_cpp_tools.convert import ConvertResult, Progress, write_gguf
from llama_cpp_tools.errors import AdapterError
from llama_cpp_tools.metadata import add_general
from llama_cpp_tools.plan import PlannedTensor, check_adapter, kept_tensors, planned_tensor
from llama_cpp_tools.quantize import OutType, out_type
from llama_cpp_tools.rows import FloatRows, Rows, ScaledRows
from llama_cpp_tools.safetensors_io import Checkpoint


def convert_lora(
    adapter_dir: Path,
    base_dir: Path,
    outfile: Path,
    *,
    outtype: str = "f16",
    progress: Progress | None = None,
    metadata: Mapping[str, str] | None = None,
) -> ConvertResult:
    """Write the adapter in `adapter_dir`, trained on the model in `base_dir`, to `outfile`.

    Raises `AdapterError` for what a GGUF adapter cannot hold (DoRA, adapted or replaced embedding, head or norms) and
    for an adapter of another base; `outfile` appears when everything is written, never before.
    """
    started = time.monotonic()
    outfile, base_dir = Path(outfile), Path(base_dir)
    wanted = out_type(outtype)
    with ExitStack() as stack:
        arch = architecture_for(load_config(base_dir))
        checkpoint = stack.enter_context(Checkpoint(base_dir))
        adapter = stack.enter_context(Adapter(Path(adapter_dir), arch.keep))
        _check(adapter)
        check_adapter(adapter, kept_tensors(checkpoint, arch), arch, base_dir)
        alpha = _common_alpha(adapter)
        planned = [tensor for pair in adapter.low_rank.values() for tensor in _planned(pair, arch, alpha, wanted)]
        writer = gguf.GGUFWriter(path=None, arch=arch.name)
        add_general(writer, adapter.directory, [t.info for t in planned], metadata or {}, kind=gguf.GGUFType.ADAPTER)
        writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
        writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha)
        writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
        warnings = (*arch.warnings, *other_base_warning(adapter, base_dir))
        return write_gguf(outfile, writer, planned, started=started, warnings=warnings, progress=progress)


_INSTEAD = "merge it into the model instead"


def _check(adapter: Adapter) -> None:
    """Refuse what a GGUF adapter cannot express. Raises `AdapterError`."""
    if adapter.config.dora:
        raise AdapterError(f"{adapter.config.path}: DoRA scales rows, which a GGUF adapter cannot hold; {_INSTEAD}")
    if adapter.replaced:
        raise AdapterError(
            f"{adapter.config.path}: replaces {next(iter(adapter.replaced))!r} as a whole, which a GGUF "
            f"adapter cannot hold; {_INSTEAD}"
        )
    for name in adapter.low_rank:
        if name.endswith(("embed_tokens.weight", "lm_head.weight")):
            raise AdapterError(
                f"{adapter.config.path}: adapts {name!r}, which many models share between embedding and "
                f"head, where llama.cpp would apply it to both; {_INSTEAD}"
            )


def _common_alpha(adapter: Adapter) -> float:
    """The α that gives every module its scale as α/r, or the config's where no one α does."""
    alphas = {pair.scale * pair.rank for pair in adapter.low_rank.values()}
    return alphas.pop() if len(alphas) == 1 else adapter.config.alpha


def _planned(pair: LowRank, arch: Architecture, alpha: float, wanted: OutType) -> list[PlannedTensor]:
    """A and B of one weight. B's rows are the weight's, so whatever reorders those reorders B."""
    b: Rows = arch.transform(pair.name, FloatRows(pair.b))
    if (factor := pair.scale * pair.rank / alpha) != 1.0:
        b = ScaledRows(b, factor)
    name = arch.gguf_name(pair.name)
    return [
        planned_tensor(f"{name}.lora_a", FloatRows(pair.a), wanted, f"{pair.a.file.path}: tensor {pair.a.name!r}"),
        planned_tensor(f"{name}.lora_b", b, wanted, f"{pair.b.file.path}: tensor {pair.b.name!r}"),
    ]
