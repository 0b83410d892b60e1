"""Writes a sentence-transformers model or a cross-encoder as ONNX, once, into the user's cache: float32 and int8."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path

from ragft.errors import WorkspaceError
from ragft.extras import need
from ragft.index.encoders.bert_graph import UnsupportedEncoder, write_bert_graph, write_cross_graph
from ragft.index.encoders.local_models import CrossModel, SentenceModel
from ragft.log import log
from ragft.typed_json import parsed
from ragft.workspace import cache_directory, digest_file, disk_error, make_directory

EXPORT_VERSION = 2
"""Part of the cache key; raised when the exported graph changes."""


@dataclass(frozen=True)
class OnnxModel:
    """An exported model: the graph (token ids → unit vectors, or a score) and the digest of the original weights."""

    graph: Path
    digest: str
    dimension: int


@dataclass(frozen=True)
class _About:
    """The file `export.json` beside the graph."""

    name: str
    digest: str
    dimension: int


def onnx_model(model: SentenceModel | CrossModel, precision: str, *, again: bool = False) -> OnnxModel:
    """The ONNX form of `model`; it is exported if the cache lacks it, or if `again` says that it is damaged.

    Raises:
        UnsupportedEncoder: a cross-encoder that is not of BERT's form.
        WorkspaceError: the cache cannot be written.
    """
    folder = cache_directory() / "encoders" / _key(model, precision)
    found = None if again else _cached(folder)
    if found is None:
        shutil.rmtree(folder, ignore_errors=True)
        _export(model, precision, folder)
        found = _cached(folder)
    if found is None:
        raise WorkspaceError(f"cannot read {folder}", fix=f"remove {folder}, or set RAGFT_CACHE to another folder")
    return found


def _cached(folder: Path) -> OnnxModel | None:
    try:
        about = parsed(_About, (folder / "export.json").read_bytes())
    except (OSError, ValueError):
        return None
    return OnnxModel(folder / "model.onnx", about.digest, about.dimension)


def _key(model: SentenceModel | CrossModel, precision: str) -> str:
    # The weights are named by size and time as well as path: hashing 90 MB on every search would cost more than
    # the search. What the index is bound to is the real digest, in export.json.
    stat = model.weights.stat()
    described = (str(model.weights), stat.st_size, stat.st_mtime_ns, model.form, precision, EXPORT_VERSION)
    return f"{Path(model.name).name}-{precision}-{hashlib.sha256(repr(described).encode()).hexdigest()[:12]}"


def _export(model: SentenceModel | CrossModel, precision: str, folder: Path) -> None:
    log.info(f"preparing the encoder {model.name} for ONNX Runtime ({precision}), once")
    make_directory(folder.parent)
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".export-") as temporary:
            work = Path(temporary) / "model"
            work.mkdir()
            dimension = _write_graph(model, work / "model.onnx")
            if precision == "int8":
                _quantise(work / "model.onnx")
            about = _About(model.name, digest_file(model.weights), dimension)
            (work / "export.json").write_text(json.dumps(asdict(about)), "utf-8")
            try:
                work.rename(folder)
            except OSError:
                if not (folder / "export.json").is_file():  # else another process was quicker
                    raise
    except OSError as error:
        raise disk_error(error, folder) from error


def _write_graph(model: SentenceModel | CrossModel, path: Path) -> int:
    """Write encoder, pooling and normalisation, or the score of a pair, as one graph; returns the dimension.

    Raises:
        UnsupportedEncoder: a cross-encoder that is not of BERT's form.
        MissingExtra: the model can only be traced, and torch is not installed.
    """
    if isinstance(model, CrossModel):
        write_cross_graph(model.folder, path)
        return 1
    try:
        return write_bert_graph(model, path)
    except UnsupportedEncoder:
        need("encoders", f"to prepare {model.name}, whose form is not BERT's")
    return _trace_graph(model, path)


def _trace_graph(model: SentenceModel, path: Path) -> int:
    """Trace the model with torch and transformers. It takes about 16 s; writing a graph directly takes 1 s."""
    import torch
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    # Eager attention: the fused kernels of torch have no ONNX form; ONNX Runtime fuses the plain one itself.
    body = AutoModel.from_pretrained(
        model.folder, attn_implementation="eager", trust_remote_code=False, local_files_only=True, dtype=torch.float32
    ).eval()

    class Pooled(torch.nn.Module):  # type: ignore[misc]  # torch is not typed here
        def __init__(self) -> None:
            super().__init__()
            self.body = body

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            states = self.body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            if model.pooling == "cls":
                pooled = states[:, 0]
            else:
                weights = attention_mask.unsqueeze(-1).to(states.dtype)
                pooled = (states * weights).sum(1) / weights.sum(1)
            return torch.nn.functional.normalize(pooled, dim=-1)

    sample = torch.ones(2, 8, dtype=torch.long)
    with warnings.catch_warnings():
        # The tracing exporter announces its end; its successor needs onnxscript. The pinned torch has it.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Pooled(),
            (sample, sample),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={"input_ids": {0: "batch", 1: "length"}, "attention_mask": {0: "batch", 1: "length"}},
            opset_version=17,
            dynamo=False,
        )
    return int(body.config.hidden_size)


def _quantise(path: Path) -> None:
    """Replace the graph by its dynamic int8 form.

    Per channel and with seven-bit weights (`reduce_range`): on AVX2 without VNNI the 8-bit product of two pairs
    overflows 16 bits and saturates; per tensor that moved vectors by up to 0.22 in cosine.
    """
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic

    small = path.with_suffix(".int8")
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it warns on the root logger that the graph was not pre-processed
    try:
        quantize_dynamic(path, small, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    finally:
        root.setLevel(level)
    small.replace(path)
