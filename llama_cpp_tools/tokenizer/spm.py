"""SentencePiece: tokenizer.model, or the tokenizer.json made from one, as llama.cpp's "llama" tokenizer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from llama_cpp_tools.config import read_json_if_there
from llama_cpp_tools.errors import TokenizerError
from llama_cpp_tools.tokenizer.special import read_special_tokens
from llama_cpp_tools.tokenizer.vocabulary import AddedToken, TokenType, Vocabulary, added_tokens

_BYTE = re.compile(r"<0x[0-9A-Fa-f]{2}>")
_ADDED_SCORE = -1000.0  # added tokens are never made by merging
_PADDING_SCORE = -10000.0


class _Pieces:
    """Tokens, scores and types by id, all padding at first."""

    def __init__(self, size: int) -> None:
        self.tokens = [f"[PAD{i}]" for i in range(size)]
        self.scores = [_PADDING_SCORE] * size
        self.types: list[int] = [TokenType.UNUSED] * size

    def put(self, token_id: int, text: str, score: float, kind: int) -> None:
        if token_id < len(self.tokens):
            self.tokens[token_id], self.scores[token_id], self.types[token_id] = text, score, kind

    def vocabulary(self, model_dir: Path, *, add_space_prefix: bool | None) -> Vocabulary:
        return Vocabulary(
            "llama",
            "default",
            tuple(self.tokens),
            tuple(self.types),
            read_special_tokens(model_dir, len(self.tokens)),
            scores=tuple(self.scores),
            add_space_prefix=add_space_prefix,
        )


def read_sentencepiece_model(
    model_dir: Path, vocab_size: int | None, kind: type[AddedToken] = AddedToken
) -> Vocabulary:
    """The vocabulary of tokenizer.model with the added tokens of the JSON files beside it, taken as `kind` says.

    Raises `TokenizerError` when the file is damaged or the `sentencepiece` package is not installed.
    """
    path = model_dir / "tokenizer.model"
    try:
        from sentencepiece import SentencePieceProcessor
    except ImportError:
        if (model_dir / "tokenizer.json").is_file():
            return read_sentencepiece_json(model_dir, read_json_if_there(model_dir / "tokenizer.json"), vocab_size)
        raise TokenizerError(f"{path}: reading it needs the package sentencepiece; pip install sentencepiece") from None
    processor = SentencePieceProcessor()
    try:
        processor.LoadFromFile(str(path))
    except (OSError, RuntimeError) as error:
        raise TokenizerError(f"{path}: not a SentencePiece model ({error}); download or copy it again") from error
    pieces = _Pieces(vocab_size or processor.vocab_size())
    for i in range(min(processor.vocab_size(), len(pieces.tokens))):
        pieces.put(i, processor.IdToPiece(i), processor.GetScore(i), _piece_type(processor, i))
    for text, token_id in read_json_if_there(model_dir / "added_tokens.json").items():
        pieces.put(int(token_id), text, _ADDED_SCORE, TokenType.USER_DEFINED)
    config = read_json_if_there(model_dir / "tokenizer_config.json")
    # Since transformers 5 the added tokens stand in tokenizer.json only.
    tokenizer = {} if config.get("added_tokens_decoder") else read_json_if_there(model_dir / "tokenizer.json")
    for token in added_tokens(tokenizer, config, kind).values():
        pieces.put(token.id, token.written, _ADDED_SCORE, token.type)
    return pieces.vocabulary(model_dir, add_space_prefix=None)


def _piece_type(processor: Any, i: int) -> int:
    for test, kind in (
        (processor.IsUnknown, TokenType.UNKNOWN),
        (processor.IsControl, TokenType.CONTROL),
        (processor.IsUnused, TokenType.UNUSED),
        (processor.IsByte, TokenType.BYTE),
    ):
        if test(i):
            return int(kind)
    return int(TokenType.NORMAL)


def read_sentencepiece_json(model_dir: Path, tokenizer: dict[str, Any], vocab_size: int | None) -> Vocabulary:
    """The same vocabulary from the tokenizer.json transformers makes of a SentencePiece BPE model.

    That file has merges in place of scores. SentencePiece numbers its pieces in the order it learned them, so a piece's
    score is minus its place among the ordinary pieces, which is what SentencePiece itself writes for BPE models.
    Raises `TokenizerError` when the merges are not in the order of the ids, for then scores cannot stand for them.
    """
    path = model_dir / "tokenizer.json"
    vocab: dict[str, int] = tokenizer["model"]["vocab"]
    _check_order(path, vocab, tokenizer["model"].get("merges") or [])
    config = read_json_if_there(model_dir / "tokenizer_config.json")
    added = added_tokens(tokenizer, config)
    highest = max([*vocab.values(), *added])
    size = vocab_size if vocab_size is not None else highest + 1
    if highest >= size:
        raise TokenizerError(
            f"{path}: token id {highest} is beyond the model's vocab_size {size}; tokens were added "
            "without resizing the embedding: take the tokenizer files of the base model"
        )
    pieces = _Pieces(size)
    unknown = tokenizer["model"].get("unk_token")
    place = 0
    for text, token_id in sorted(vocab.items(), key=lambda item: item[1]):
        if text == unknown:
            pieces.put(token_id, text, 0.0, TokenType.UNKNOWN)
        elif _BYTE.fullmatch(text):
            pieces.put(token_id, text, 0.0, TokenType.BYTE)
        elif token_id not in added:
            pieces.put(token_id, text, float(-place), TokenType.NORMAL)
            place += 1
    for token in added.values():
        if token.text != unknown:
            pieces.put(token.id, token.written, _ADDED_SCORE, token.type)
    return pieces.vocabulary(model_dir, add_space_prefix=_adds_space(tokenizer))


def _check_order(path: Path, vocab: dict[str, int], merges: list[Any]) -> None:
    """Every merge must make a piece with a higher id than the merge before it made (first makings only)."""
    highest = -1
    seen: set[int] = set()
    for merge in merges:
        left, right = merge.split(" ", 1) if isinstance(merge, str) else merge
        made = vocab.get(left + right)
        if made is None or made in seen:
            continue
        seen.add(made)
        if made < highest:
            raise TokenizerError(
                f"{path}: its merges are not in the order of the token ids, so it was not made from a "
                "SentencePiece model; put the base model's tokenizer.model beside it"
            )
        highest = made


def _adds_space(tokenizer: dict[str, Any]) -> bool:
    """Whether a space is put before the text: a Prepend normaliser or a Metaspace that prepends."""
    text = str(tokenizer.get("normalizer")) + str(tokenizer.get("pre_tokenizer"))
    return "'Prepend'" in text or "'prepend_scheme': 'always'" in text or "'prepend_scheme': 'first'" in text
