"""Finds a sentence-transformers model or a cross-encoder on this machine and reads the few settings that it needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ragft.downloads.pull import SOURCES, pulled
from ragft.errors import InputError, NotFoundError
from ragft.machine import expand
from ragft.typed_json import parsed

T = TypeVar("T")

ALIASES = {"multilingual": "intfloat/multilingual-e5-small"}
"""Names in the settings for models of the Hugging Face hub that are recommended."""
_PREFIXES: dict[str, tuple[str, str]] = {
    # (passage, query), from the model cards; used where the folder's own prompts say nothing.
    "e5-": ("passage: ", "query: "),
    "bge-small-en": ("", "Represent this sentence for searching relevant passages: "),
    "bge-base-en": ("", "Represent this sentence for searching relevant passages: "),
    "bge-large-en": ("", "Represent this sentence for searching relevant passages: "),
}


@dataclass(frozen=True)
class _ModelFolder:
    """The folder of a model; `max_length` counts special tokens."""

    name: str
    folder: Path
    max_length: int

    @property
    def weights(self) -> Path:
        """The file whose digest names the model."""
        return self.folder / "model.safetensors"


@dataclass(frozen=True)
class SentenceModel(_ModelFolder):
    """A sentence-transformers folder; `pooling` is "mean" or "cls", `pad_id` the token that fills a batch."""

    pooling: str
    pad_id: int
    passage_prefix: str
    query_prefix: str

    @property
    def form(self) -> str:
        """What an exported graph of these weights ends in."""
        return self.pooling


@dataclass(frozen=True)
class CrossModel(_ModelFolder):
    """The folder of a model that reads two texts together and gives a score."""

    @property
    def form(self) -> str:
        """What an exported graph of these weights ends in."""
        return "score"


@dataclass(frozen=True)
class _Network:
    """config.json: the network."""

    max_position_embeddings: int | None = None
    pad_token_id: int | None = None


@dataclass(frozen=True)
class _Limits:
    """sentence_bert_config.json: how much of a text is read."""

    max_seq_length: int | None = None


@dataclass(frozen=True)
class _Prompts:
    """config_sentence_transformers.json: what stands before a text."""

    prompts: dict[str, str | None] | None = None


@dataclass(frozen=True)
class _Pooling:
    """1_Pooling/config.json: how the vectors of the tokens become one; the mean, where the model has no such file."""

    pooling_mode: str | list[str] | None = None
    pooling_mode_cls_token: bool = False
    pooling_mode_mean_tokens: bool = False


def find_cross_model(name: str) -> CrossModel:
    """The cross-encoder `name`: a folder, or a hub name that lies in the Hugging Face cache.

    Raises:
        NotFoundError: there is none on this machine.
        InputError: its config.json is damaged.
    """
    folder = _local_folder(name) or _cached_folder(name)
    if folder is None:
        raise NotFoundError(
            f"no cross-encoder {name!r} on this machine", fix=f"hf download {name}, or set index.rerank to a folder"
        )
    return CrossModel(name, folder, read_settings(folder / "config.json", _Network()).max_position_embeddings or 512)


def find_sentence_model(name: str) -> SentenceModel:
    """The model called `name`: "minilm", "multilingual", a folder, or a hub name that lies in the Hugging Face cache.

    Raises:
        NotFoundError: no such model on this machine.
        InputError: the folder is not a sentence-transformers model that can be used here.
    """
    name = ALIASES.get(name, name)
    known = name in SOURCES and SOURCES[name].is_folder
    folder = pulled(name) if known else _local_folder(name) or _cached_folder(name)
    if folder is None:
        another = f"hf download {name}, or set index.encoder to minilm or a folder"
        fix = f"ragft models pull {name}" if known else another
        raise NotFoundError(f"no encoder {name!r} on this machine", fix=fix)
    return _read_model(name, folder)


def _local_folder(name: str) -> Path | None:
    folder = expand(Path(name))
    return folder.absolute() if (folder / "config.json").is_file() else None


def _cached_folder(name: str) -> Path | None:
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        return None
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, HfHubHTTPError, OSError):
        return None


def _read_model(name: str, folder: Path) -> SentenceModel:
    for needed in ("config.json", "tokenizer.json", "model.safetensors"):
        if not (folder / needed).is_file():
            raise InputError(f"the encoder {name!r} has no {needed} in {folder}", fix="give another index.encoder")
    network = read_settings(folder / "config.json", _Network())
    limits = read_settings(folder / "sentence_bert_config.json", _Limits())
    passage, query = _prefixes(
        name, read_settings(folder / "config_sentence_transformers.json", _Prompts()).prompts or {}
    )
    return SentenceModel(
        name=name,
        folder=folder,
        max_length=limits.max_seq_length or network.max_position_embeddings or 512,
        pooling=_pooling(name, read_settings(folder / "1_Pooling" / "config.json", _Pooling("mean"))),
        pad_id=network.pad_token_id or 0,
        passage_prefix=passage,
        query_prefix=query,
    )


def _prefixes(name: str, prompts: dict[str, str | None]) -> tuple[str, str]:
    known = next((value for key, value in _PREFIXES.items() if key in name.lower()), ("", ""))
    passage = prompts.get("document") or prompts.get("passage") or known[0]
    return passage, prompts.get("query") or known[1]


def _pooling(name: str, found: _Pooling) -> str:
    if found.pooling_mode_cls_token or found.pooling_mode == "cls":
        return "cls"
    if found.pooling_mode_mean_tokens or found.pooling_mode == "mean":
        return "mean"
    raise InputError(f"the encoder {name!r} pools in a way ragft does not know", fix="set index.backend to torch")


def read_settings(path: Path, missing: T) -> T:
    """The settings in a file of a model; `missing` where there is no such file.

    Raises:
        InputError: the file is damaged.
    """
    try:
        return parsed(type(missing), path.read_bytes())
    except FileNotFoundError:
        return missing
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is damaged: {error}", fix="install the model again") from error
