"""A model folder's tokenizer as the metadata llama.cpp tokenises with.

Two kinds: byte-level BPE (`bpe.py`, whose pre-tokenizer must be named for certain: `pretokenizer.py`) and
SentencePiece (`spm.py`). `special.py` reads what both share: special ids, flags and the chat template.
"""

from __future__ import annotations

from pathlib import Path

from llama_cpp_tools.errors import TokenizerError
from llama_cpp_tools.tokenizer.bpe import read_bpe
from llama_cpp_tools.tokenizer.files import TokenizerFiles
from llama_cpp_tools.tokenizer.spm import read_sentencepiece_json, read_sentencepiece_model
from llama_cpp_tools.tokenizer.vocabulary import AddedToken, MarkedToken, Vocabulary


def read_vocabulary(model_dir: Path, vocab_size: int | None, added: type[AddedToken] = AddedToken) -> Vocabulary:
    """The vocabulary of `model_dir`, padded with unused tokens to `vocab_size` (the rows of the embedding).

    added: how the added tokens beside a tokenizer.model are to be taken.

    Raises `TokenizerError` when there is none, or one that cannot be written without guessing.
    """
    if (model_dir / "tokenizer.model").is_file():
        return read_sentencepiece_model(TokenizerFiles.of(model_dir), vocab_size, added)
    path = model_dir / "tokenizer.json"
    if not path.is_file():
        raise TokenizerError(
            f"{model_dir}: neither tokenizer.json nor tokenizer.model in it; copy the tokenizer files "
            "of the base model there (after a merge they are easily forgotten)"
        )
    files = TokenizerFiles.of(model_dir)
    kind = str(files.model.get("type"))
    if kind != "BPE":
        raise TokenizerError(f"{path}: the tokenizer model is {kind!r}; byte-level BPE and SentencePiece are supported")
    if files.model.get("byte_fallback", False):
        return read_sentencepiece_json(files, vocab_size)
    return read_bpe(files, vocab_size)


__all__ = ["AddedToken", "MarkedToken", "Vocabulary", "read_vocabulary"]
