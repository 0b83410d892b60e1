"""Name the pre-tokenizer of a byte-level BPE tokenizer, or refuse.

llama.cpp does not read tokenizer.json's rules: it has its own implementation of each known set, chosen by name
(`tokenizer.ggml.pre`). A wrong name gives a model that reads other tokens than it was trained on, and nothing says so.
We therefore compare the rules in tokenizer.json, part by part, with the definitions of those names. Rules that are
none of them are an error that shows them; nothing is guessed.

One repair: some tools write a *simpler* set of rules beside an unchanged vocabulary (transformers loses SmolLM2's
digit splitting when it reads the tokenizer from a GGUF file). The merges tell the vocabulary for certain, so for a
vocabulary listed in `_MERGES` its own name is written, and a warning says what differs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llama_cpp_tools.errors import TokenizerError

_CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"


def _words(digits: str) -> str:
    """The cl100k family's pattern: contractions, words, `digits`, punctuation, line ends, spaces."""
    return (
        _CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|" + digits + r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    )


def _cased_words(contraction: str, digits: str) -> str:
    """The o200k family's pattern: words split at a change of case."""
    before = r"[^\r\n\p{L}\p{N}]?"
    return (
        f"{before}{_UPPER}*{_LOWER}+{contraction}|{before}{_UPPER}+{_LOWER}*{contraction}|"
        + digits
        + r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    )


@dataclass(frozen=True)
class Rules:
    """The parts of tokenizer.json that cut a text before merging.

    steps: the pre-tokenizers in order, each ("split", pattern), ("digits", each one alone?), or
        ("bytes", with GPT-2's pattern?).
    normalizer: "" or "NFC". ignore_merges: a piece that is a token as it stands is taken whole.
    """

    steps: tuple[tuple[str, Any], ...]
    normalizer: str = ""
    ignore_merges: bool = False


_BYTES, _GPT2 = ("bytes", False), ("bytes", True)

# Which name llama.cpp has for which rules. Sources: each model's published tokenizer.json, and the patterns in
# llama.cpp's src/llama-vocab.cpp. Order matters only for `definition`.
_KNOWN: Mapping[str, Rules] = {
    "gpt-2": Rules((_GPT2,)),
    "smollm": Rules((("digits", True), _GPT2)),
    "llama-bpe": Rules((("split", _words(r"\p{N}{1,3}")), _BYTES), ignore_merges=True),
    "dbrx": Rules((("split", _words(r"\p{N}{1,3}")), _BYTES)),
    "qwen2": Rules((("split", _words(r"\p{N}")), _BYTES), normalizer="NFC"),
    "deepseek-r1-qwen": Rules((("split", _words(r"\p{N}")), _BYTES)),
    "tekken": Rules((("split", _cased_words("", r"\p{N}")), _BYTES), ignore_merges=True),
    "gpt-4o": Rules((("split", _cased_words(_CONTRACTIONS + "?", r"\p{N}{1,3}")), _BYTES)),
}

# Two names of one cut, with and without NFC, which llama.cpp leaves out: its converter tells them apart by the token
# that DeepSeek puts before every text, and so do we.
_ONE_CUT = ("qwen2", "deepseek-r1-qwen")

# sha256 of the merges, joined by newlines, of vocabularies whose rules are known.
_MERGES: Mapping[str, str] = {
    "04e3597d7996f292ca9b8b7285ca4d58a6ae171ac47d73fc7140ceb0c7a6bbc0": "gpt-2",
    "0cd100e0ab7dbd83c3b668a7cfb2aed1f63f2aec66dae6ec4b63de2c552bb82d": "llama-bpe",
    "bbeef245f0b03a9613753068e5799c2496290005594c68f09eed68feedbe6d1f": "qwen2",
    "aea6ed50becdb3beed814d2fde2dea2e655d1039addf269d74a4708ce2ed4d63": "smollm",
}


@dataclass(frozen=True)
class Identified:
    """llama.cpp's name of the pre-tokenizer, and what the user should know about it."""

    name: str
    warnings: tuple[str, ...] = ()


def identify(path: Path, tokenizer: Mapping[str, Any], merges: Sequence[str], *, adds_bos: bool = False) -> Identified:
    """Name the pre-tokenizer of `tokenizer` (the content of `path`, a tokenizer.json); `adds_bos`: before every text.

    Raises `TokenizerError`, showing the rules found, when they are not those of any known name.
    """
    rules = read_rules(tokenizer)
    stated = next((name for name, known in _KNOWN.items() if known == rules), None)
    by_merges = _MERGES.get(hashlib.sha256("\n".join(merges).encode()).hexdigest())
    if by_merges is None or by_merges == stated or (stated and _equivalent(stated, by_merges)):
        if stated is None:
            raise TokenizerError(
                f"{path}: llama.cpp has no name for its pre-tokenizer, and a wrong name "
                f"would make a model that misreads its input. Found: {_shown(tokenizer)}. Known: "
                f"{', '.join(_KNOWN)}. Restore the base model's own tokenizer.json if it was re-saved"
            )
        return Identified(_ONE_CUT[adds_bos] if stated in _ONE_CUT else stated)
    return Identified(
        by_merges,
        (
            f"{path}: the vocabulary belongs to {by_merges!r} and the splitting rules to "
            f"{stated or 'nothing known'!r}; "
            f"written as {by_merges!r}, so Python tokenises some texts otherwise (spaces before digits). "
            "Restore the base model's own tokenizer.json",
        ),
    )


def _equivalent(one: str, other: str) -> bool:
    """Whether two names cut every text alike in llama.cpp, which normalises nothing."""
    a, b = _KNOWN[one], _KNOWN[other]
    return a.steps == b.steps and a.ignore_merges == b.ignore_merges


def read_rules(tokenizer: Mapping[str, Any]) -> Rules | None:
    """The rules of a tokenizer.json, or None when it has a part we have no notion of."""
    try:
        steps = tuple(_step(part) for part in _parts(tokenizer.get("pre_tokenizer"), "pretokenizers"))
        normalizers = [part["type"] for part in _parts(tokenizer.get("normalizer"), "normalizers")]
        return Rules(steps, "+".join(normalizers), bool(tokenizer["model"].get("ignore_merges", False)))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _parts(component: Mapping[str, Any] | None, plural: str) -> list[Mapping[str, Any]]:
    if component is None:
        return []
    return list(component[plural]) if component["type"] == "Sequence" else [component]


def _step(part: Mapping[str, Any]) -> tuple[str, Any]:
    kind = part["type"]
    if kind == "ByteLevel" and not part.get("add_prefix_space", False):
        return ("bytes", bool(part.get("use_regex", True)))
    if kind == "Digits":
        return ("digits", bool(part["individual_digits"]))
    if kind == "Split" and part["behavior"] == "Isolated" and not part.get("invert", False):
        return ("split", part["pattern"]["Regex"])
    raise ValueError(kind)


def _shown(tokenizer: Mapping[str, Any]) -> str:
    model = tokenizer.get("model") or {}
    return json.dumps(
        {
            "pre_tokenizer": tokenizer.get("pre_tokenizer"),
            "normalizer": tokenizer.get("normalizer"),
            "ignore_merges": model.get("ignore_merges", False),
        },
        ensure_ascii=False,
    )


def definition(name: str) -> dict[str, Any]:
    """What tokenizer.json says for llama.cpp's `name`: its `pre_tokenizer`, `normalizer` and `ignore_merges`.

    For putting back rules that were lost, as when transformers reads a tokenizer from a GGUF file.
    Raises `TokenizerError` for a name we do not know.
    """
    if name not in _KNOWN:
        raise TokenizerError(f"no definition of the pre-tokenizer {name!r}; known: {', '.join(_KNOWN)}")
    rules = _KNOWN[name]
    steps: list[dict[str, Any]] = []
    for kind, detail in rules.steps:
        if kind == "digits":
            steps.append({"type": "Digits", "individual_digits": detail})
        elif kind == "split":
            steps.append({"type": "Split", "pattern": {"Regex": detail}, "behavior": "Isolated", "invert": False})
        else:
            steps.append({"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": detail})
    return {
        "pre_tokenizer": steps[0] if len(steps) == 1 else {"type": "Sequence", "pretokenizers": steps},
        "normalizer": {"type": rules.normalizer} if rules.normalizer else None,
        "ignore_merges": rules.ignore_merges,
    }
