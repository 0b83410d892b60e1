"""Special token ids, what is added to every text, and the chat template.

Read as llama.cpp's converter reads them, with one difference: of two chat templates, chat_template.jinja wins over
tokenizer_config.json, as in transformers, because that is the one the model was trained with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf

from llama_cpp_tools.config import read_json_if_there

_KINDS = ("bos", "eos", "unk", "sep", "pad", "mask")


@dataclass(frozen=True)
class SpecialTokens:
    """ids: kind -> token id. added: kind -> whether it is put round every text. template: chat template(s)."""

    ids: Mapping[str, int]
    added: Mapping[str, bool]
    template: str | list[dict[str, str]] | None

    def write(self, writer: gguf.GGUFWriter) -> None:
        """Add ids, flags and template to `writer`."""
        for kind, token_id in self.ids.items():
            getattr(writer, f"add_{kind}_token_id")(token_id)
        for kind in ("bos", "eos", "sep"):
            if kind in self.added:
                getattr(writer, f"add_add_{kind}_token")(self.added[kind])
        if self.template is not None:
            writer.add_chat_template(self.template)


def read_special_tokens(model_dir: Path, token_count: int) -> SpecialTokens:
    """The special tokens of `model_dir`; ids that are not below `token_count` are left out."""
    tokenizer = read_json_if_there(model_dir / "tokenizer.json")
    tokenizer_config = read_json_if_there(model_dir / "tokenizer_config.json")
    config = read_json_if_there(model_dir / "config.json")
    names = {kind: _content(tokenizer_config.get(f"{kind}_token")) for kind in (*_KINDS, "cls")}
    names["bos"] = names["bos"] or names["cls"]
    names["eos"] = names["eos"] or names["sep"]
    added = _added_by_template(tokenizer, names)
    for kind in _KINDS:
        if isinstance(flag := tokenizer_config.get(f"add_{kind}_token"), bool):
            added.setdefault(kind, flag)

    by_text = {entry.get("content"): entry.get("id") for entry in reversed(tokenizer.get("added_tokens") or [])}
    text_config = config.get("text_config") or {}
    ids: dict[str, int] = {}
    for kind in (*_KINDS, *(kind for kind in ("eot",) if kind in names)):
        candidates = (by_text.get(names[kind]), config.get(f"{kind}_token_id", text_config.get(f"{kind}_token_id")))
        for token_id in candidates:
            if isinstance(token_id, int) and 0 <= token_id < token_count:
                ids[kind] = token_id
                break
    return SpecialTokens(ids, added, _chat_template(model_dir, tokenizer_config))


def _content(entry: Any) -> str | None:
    """A special token's text; tokenizer_config.json has either the text or an object with `content`."""
    if isinstance(entry, Mapping):
        entry = entry.get("content")
    return entry if isinstance(entry, str) else None


def _added_by_template(tokenizer: Mapping[str, Any], names: dict[str, str | None]) -> dict[str, bool]:
    """What tokenizer.json's post-processor puts round a text, as flags; may correct `names["bos"]`, `["eos"]`."""
    added: dict[str, bool] = {}
    post_processor = tokenizer.get("post_processor") or {}
    for processor in post_processor.get("processors", [post_processor]):
        if processor.get("type") == "ByteLevel":
            added.setdefault("bos", False)
            added.setdefault("eos", False)
        elif processor.get("type") == "TemplateProcessing":
            _read_template(processor, names, added)
    return added


def _read_template(processor: Mapping[str, Any], names: dict[str, str | None], added: dict[str, bool]) -> None:
    single = processor.get("single") or []
    first = _special_id(single[0]) if len(single) > 1 else None
    last = _special_id(single[-1]) if len(single) > 1 else None
    if first is not None:
        names["bos"] = names["bos"] or first
        added["bos"] = first in (names["bos"], names.get("cls"))
    if last is not None:
        if last != names["eos"]:
            # The text ends in another token than the named end: that one is the end of a turn.
            names["eot"], names["eos"] = names["eos"], last
        added["eos"] = True
    pair = list(processor.get("pair") or [])
    if pair and first is not None and _special_id(pair[0]) == first:
        pair = pair[1:]
    if pair and last is not None and _special_id(pair[-1]) == last:
        pair = pair[:-1]
    between = [_special_id(piece) for piece in pair[1:-1]]
    if between and "Sequence" in pair[0] and "Sequence" in pair[-1]:
        ends = (names["sep"], names["eos"])
        added["sep"] = between[-1] in ends if len(between) == 2 else between[0] in ends and last is None


def _special_id(piece: Mapping[str, Any]) -> str | None:
    special = piece.get("SpecialToken")
    return str(special["id"]) if special else None


def _chat_template(model_dir: Path, tokenizer_config: Mapping[str, Any]) -> str | list[dict[str, str]] | None:
    path = model_dir / "chat_template.jinja"
    if path.is_file():
        template = path.read_text("utf-8")
        others = sorted((model_dir / "additional_chat_templates").glob("*.jinja"))
        if not others:
            return template
        return [
            {"name": "default", "template": template},
            *({"name": other.stem, "template": other.read_text("utf-8")} for other in others),
        ]
    found = tokenizer_config.get("chat_template")
    if found is None:
        found = read_json_if_there(model_dir / "chat_template.json").get("chat_template")
    return found if isinstance(found, str | list) else None
