"""A model folder's tokenizer as the metadata llama.cpp tokenises with.

Two kinds: byte-level BPE (`bpe.py`, whose pre-tokenizer must be named for certain: `pretokenizer.py`) and
SentencePiece (`spm.py`). `special.py` reads what both share: special ids, flags and the chat template.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from llama_cpp_tools.config import read_json
from llama_cpp_tools.errors import TokenizerError
from llama_cpp_tools.tokenizer.bpe import read_bpe
from llama_cpp_tools.tokenizer.spm import read_sentencepiece_json, read_sentencepiece_model
from llama_cpp_tools.tokenizer.vocabulary import AddedToken, MarkedToken, Vocabulary


def read_vocabulary(model_dir: Path, vocab_size: int | None, added: type[AddedToken] = AddedToken) -> Vocabulary:
    """The vocabulary of `model_dir`, padded with unused tokens to `vocab_size` (the rows of the embedding).

    added: how the added tokens beside a tokenizer.model are to be taken.

    Raises `TokenizerError` when there is none, or one that cannot be written without guessing.
    """
    if (model_dir / "tokenizer.model").is_file():
        return read_sentencepiece_model(model_dir, vocab_size, added)
    path = model_dir / "tokenizer.json"
    if not path.is_file():
        raise TokenizerError(
            f"{model_dir}: neither tokenizer.json nor tokenizer.model in it; copy the tokenizer files "
            "of the base model there (after a merge they are easily forgotten)"
        )
    tokenizer = read_json(path)
    kind, byte_fallback = _kind(tokenizer)
    if kind != "BPE":
        raise TokenizerError(f"{path}: the tokenizer model is {kind!r}; byte-level BPE and SentencePiece are supported")
    if byte_fallback:
        return read_sentencepiece_json(model_dir, tokenizer, vocab_size)
    return read_bpe(model_dir, tokenizer, vocab_size)


def _kind(tokenizer: dict[str, Any]) -> tuple[str, bool]:
    model = tokenizer.get("model") or {}
    return str(model.get("type")), bool(model.get("byte_fallback", False))


__all__ = ["AddedToken", "MarkedToken", "Vocabulary", "read_vocabulary"]
