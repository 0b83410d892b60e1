"""Byte-level BPE: tokenizer.json as llama.cpp's "gpt2" tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llama_cpp_tools.config import read_json_if_there
from llama_cpp_tools.errors import TokenizerError
from llama_cpp_tools.tokenizer.pretokenizer import identify
from llama_cpp_tools.tokenizer.special import read_special_tokens
from llama_cpp_tools.tokenizer.vocabulary import TokenType, Vocabulary, added_tokens


def read_bpe(model_dir: Path, tokenizer: dict[str, Any], vocab_size: int | None) -> Vocabulary:
    """The byte-level BPE vocabulary in `tokenizer` (tokenizer.json), padded to `vocab_size`.

    Raises `TokenizerError` when ids exceed `vocab_size`, merges are missing or the pre-tokenizer is unknown.
    """
    path = model_dir / "tokenizer.json"
    merges = _merges(path, tokenizer["model"].get("merges"))
    identified = identify(path, tokenizer, merges)
    added = added_tokens(tokenizer, read_json_if_there(model_dir / "tokenizer_config.json"))
    texts: dict[int, str] = {int(i): str(text) for text, i in tokenizer["model"]["vocab"].items()}
    texts.update({i: token.text for i, token in added.items()})
    size = vocab_size if vocab_size is not None else max(texts) + 1
    if max(texts) >= size:
        raise TokenizerError(
            f"{path}: token id {max(texts)} is beyond the model's vocab_size {size}; tokens were "
            "added without resizing the embedding: take the tokenizer files of the base model"
        )
    tokens: list[str] = []
    types: list[int] = []
    for i in range(size):
        if i in added:
            tokens.append(added[i].written)
            types.append(added[i].type)
        elif i in texts:
            tokens.append(texts[i])
            types.append(TokenType.NORMAL)
        else:
            tokens.append(f"[PAD{i}]")
            types.append(TokenType.UNUSED)
    return Vocabulary(
        "gpt2",
        identified.name,
        tuple(tokens),
        tuple(types),
        read_special_tokens(model_dir, size),
        merges=merges,
        warnings=identified.warnings,
    )


def _merges(path: Path, merges: Sequence[Any] | None) -> tuple[str, ...]:
    """Merges as "left right". Newer files have pairs, in which a space would need its byte-level letter."""
    if not merges:
        raise TokenizerError(f"{path}: has no merges; copy the base model's tokenizer.json there")
    if isinstance(merges[0], str):
        return tuple(merges)
    return tuple(" ".join(part.replace(" ", "Ġ") for part in pair) for pair in merges)
