"""Finds the weights to train: a Hugging Face folder, by a path or a name.

`smollm2` is made once from the GGUF that `ragft models pull smollm2` fetched. Its weights are 4-bit; they are
dequantised and kept as float32, because that is the only common type that holds `scale × integer + minimum` of a Q4_1
block exactly (float16 and bfloat16 both round it). The base row of every comparison is these very weights through our
own converter, so nothing may be lost on the way.
"""

from __future__ import annotations

import contextlib
import functools
import io
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.errors import InputError, NotFoundError, TrainingError
from ragft.extras import need
from ragft.machine import expand
from ragft.train.failures import is_out_of_memory
from ragft.typed_json import parsed, parsed_or_none
from ragft.workspace import (
    cache_directory,
    digest_file,
    digest_json,
    disk_error,
    make_directory,
    short_digest,
    write_json,
)

BASES = ("smollm2",)
"""Names that stand for a model made here."""

RECIPE = 1
"""Changes when the way a folder is made changes, so that old ones are not treated as new."""

DIGESTS = "ragft-base.json"
"""Written last into a folder made here: what it was made from and the digest of each file."""

_PRE_TOKENIZERS: dict[str, tuple[str, ...]] = {"smollm": ("Digits", "ByteLevel"), "gpt-2": ("ByteLevel",)}
"""How text is cut before BPE, by the GGUF's `tokenizer.ggml.pre`; transformers' GGUF reader ignores that field and
would give every BPE model GPT-2's rule, which reads 2026 as one token where SmolLM2 was trained on four."""


@dataclass(frozen=True)
class _TextConfig:
    max_position_embeddings: int = 0


@dataclass(frozen=True)
class _Config(_TextConfig):
    """config.json; a model that also sees pictures has the settings for text in a part of their own."""

    text_config: _TextConfig | None = None


@dataclass(frozen=True)
class _Digests:
    """What DIGESTS holds of the files of a folder."""

    files: Mapping[str, str]


def resolve_base(name: str) -> Path:
    """The folder (config, safetensors, tokenizer, chat template) behind `name`.

    Args:
        name: `smollm2`; the path of a folder; or `owner/model`, if it already lies in the Hugging Face cache.

    Raises:
        NotFoundError: no such folder, model not pulled, or not in the cache.
        InputError: the folder lacks a file that training needs.
    """
    if name in BASES:
        return _from_gguf(name)
    path = expand(Path(name))
    if name and path.is_dir():
        return _checked(path.absolute())
    if name.count("/") == 1 and not name.startswith((".", "/", "~")):
        return _from_hub_cache(name)
    raise NotFoundError(f"no base model {name!r}", fix="base=smollm2, a folder, or owner/model from the hub")


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer in `folder`; no code that lies beside it is run, nor is the user asked whether to.

    Raises:
        InputError: it cannot be read.
    """
    from transformers import AutoTokenizer

    with _readable(folder):
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def load_model(folder: Path, **options: Any) -> Any:
    """The causal language model in `folder`: safetensors alone, and no code that lies beside them.

    Raises:
        InputError: it cannot be read.
    """
    from transformers import AutoModelForCausalLM

    with _readable(folder):
        return AutoModelForCausalLM.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, **options
        )


@contextlib.contextmanager
def _readable(folder: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # a damaged folder makes transformers and tokenizers raise nearly anything
        text = str(error).strip()
        if is_out_of_memory(error):
            raise TrainingError(
                f"not enough memory to load {folder}", fix="a smaller base, or train.method=qlora on a CUDA device"
            ) from error
        problem = "it needs code of its own, which is not run" if "custom code" in text else text
        raise InputError(
            f"{folder} cannot be read as a model: {problem.splitlines()[0] if problem else type(error).__name__}",
            fix="save it anew with save_pretrained, or give another base",
        ) from error


def context_length(folder: Path) -> int:
    """Tokens that the model in `folder` was made to read; 0 where its configuration does not say."""
    try:
        config = parsed(_Config, (folder / "config.json").read_bytes())
    except (OSError, ValueError):
        return 0
    return (config.text_config or config).max_position_embeddings


def base_digest(folder: Path) -> str:
    """`sha256:…` over configuration, tokenizer and weights of the model in `folder`.

    A folder made here says the digests of its files; of another, or where that is damaged, gigabytes are read, once a
    process.
    """
    made = folder / DIGESTS
    noted = parsed_or_none(_Digests, made.read_bytes()) if made.is_file() else None
    known = noted.files if noted else {}
    named = [folder / name for name in ("config.json", "tokenizer.json")]
    files = [file for file in (*named, *sorted(folder.glob("*.safetensors"))) if file.is_file()]
    return digest_json({file.name: known.get(file.name) or _file_digest(file) for file in files})


def _file_digest(file: Path) -> str:
    stat = file.stat()
    return _digest_of_state(file, stat.st_size, stat.st_mtime_ns)


@functools.lru_cache(maxsize=256)
def _digest_of_state(file: Path, _size: int, _mtime_ns: int) -> str:
    return digest_file(file)


def _checked(folder: Path) -> Path:
    missing = [file for file in ("config.json", "tokenizer.json") if not (folder / file).is_file()]
    if not list(folder.glob("*.safetensors")):
        missing.append("*.safetensors")
    if missing:
        raise InputError(
            f"{folder} is not a complete model: it lacks {', '.join(missing)}",
            fix="save it with save_pretrained (safetensors), tokenizer included",
        )
    return folder


def _from_hub_cache(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return _checked(Path(snapshot_download(name, local_files_only=True)))
    except (LocalEntryNotFoundError, ValueError) as error:
        raise NotFoundError(f"{name} is not in the Hugging Face cache", fix=f"hf download {name}") from error


def _from_gguf(name: str) -> Path:
    from filelock import FileLock

    from ragft.downloads.pull import pulled

    gguf = pulled(name)
    if gguf is None:
        raise NotFoundError(f"the model {name} is not on this machine yet", fix=f"ragft models pull {name}")
    identity = {"gguf": digest_file(gguf), "recipe": RECIPE}
    folder = cache_directory() / "bases" / f"{name}-{short_digest(identity, 8)}"
    if (folder / DIGESTS).is_file():
        return folder
    make_directory(folder.parent)
    with FileLock(folder.with_suffix(".lock")):
        if (folder / DIGESTS).is_file():  # another process made it while we waited
            return folder
        making = folder.with_suffix(".tmp")
        shutil.rmtree(making, ignore_errors=True)
        make_directory(making)
        try:
            dequantise(gguf, making)
            files = {file.name: digest_file(file) for file in sorted(making.iterdir())}
            write_json(making / DIGESTS, {**identity, "name": name, "files": files})
            shutil.rmtree(folder, ignore_errors=True)
            making.replace(folder)
        except OSError as error:
            raise disk_error(error, folder) from error
        finally:
            shutil.rmtree(making, ignore_errors=True)
    return folder


def dequantise(gguf: Path, folder: Path) -> None:
    """Write the model in `gguf` to `folder` as float32 safetensors with its tokenizer.

    Raises:
        TrainingError: the tokenizer's pre-tokenizer is not known here, or reading the file failed.
    """
    need("train", "turning a GGUF file into a base to train")
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from ragft.train.quiet import quiet

    # transformers' GGUF reader draws a bar that no setting turns off.
    with quiet(), contextlib.redirect_stderr(io.StringIO()):
        try:
            source = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
            tokenizer = AutoTokenizer.from_pretrained(**source)
            model = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
        except (ValueError, KeyError, RuntimeError) as error:
            raise TrainingError(f"{gguf} cannot be read as a model to train: {error}") from error
        _repair_pre_tokenizer(tokenizer, _pre_tokenizer_name(gguf))
        tokenizer.model_max_length = model.config.max_position_embeddings
        # What is saved are plain float32 weights; transformers refuses to write them while these say "GGUF".
        model.hf_quantizer = None
        del model.config.quantization_config
        model.config.name_or_path = gguf.stem
        for trace in ("is_local", "local_files_only"):
            tokenizer.init_kwargs.pop(trace, None)
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    for file in folder.iterdir():
        file.chmod(0o644)  # safetensors are written readable by their owner alone


def _pre_tokenizer_name(gguf: Path) -> str:
    from gguf import GGUFReader

    field = GGUFReader(gguf).get_field("tokenizer.ggml.pre")
    return str(field.contents()) if field else "gpt-2"


def _repair_pre_tokenizer(tokenizer: Any, name: str) -> None:
    from tokenizers import pre_tokenizers

    steps: dict[str, Callable[[], Any]] = {
        "Digits": lambda: pre_tokenizers.Digits(individual_digits=True),
        "ByteLevel": lambda: pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    }
    if name not in _PRE_TOKENIZERS:
        raise TrainingError(
            f"the pre-tokenizer {name!r} of this GGUF is not known here, and a guess would train on wrong tokens",
            fix="give the model's Hugging Face folder instead",
        )
    rule = [steps[step]() for step in _PRE_TOKENIZERS[name]]
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(rule) if len(rule) > 1 else rule[0]
