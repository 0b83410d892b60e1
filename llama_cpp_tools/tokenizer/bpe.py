"""Byte-level BPE: tokenizer.json as llama.cpp's "gpt2" tokenizer."""

from __future__ import annotations

from llama_cpp_tools.errors import TokenizerError
from llama_cpp_tools.tokenizer.files import TokenizerFiles
from llama_cpp_tools.tokenizer.pretokenizer import identify
from llama_cpp_tools.tokenizer.special import read_special_tokens
from llama_cpp_tools.tokenizer.vocabulary import TokenType, Vocabulary, added_tokens


def read_bpe(files: TokenizerFiles, vocab_size: int | None) -> Vocabulary:
    """The byte-level BPE vocabulary of `files`, padded to `vocab_size`.

    Raises `TokenizerError` when ids exceed `vocab_size`, merges are missing or the pre-tokenizer is unknown.
    """
    path = files.path
    merges = _merges(files)
    added = added_tokens(files.added())
    texts: dict[int, str] = {i: text for text, i in files.vocab().items()}
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
    special = read_special_tokens(files, size)
    identified = identify(path, files.tokenizer.values, merges, adds_bos=special.added.get("bos", False))
    return Vocabulary(
        "gpt2",
        identified.name,
        tuple(tokens),
        tuple(types),
        special,
        merges=merges,
        warnings=identified.warnings,
    )


def _merges(files: TokenizerFiles) -> tuple[str, ...]:
    """Merges as "left right". In pairs a part may hold a space, which is written as its byte-level letter."""
    pairs = files.merges()
    if not pairs:
        raise TokenizerError(f"{files.path}: has no merges; copy the base model's tokenizer.json there")
    return tuple(f"{left.replace(' ', 'Ġ')} {right.replace(' ', 'Ġ')}" for left, right in pairs)
