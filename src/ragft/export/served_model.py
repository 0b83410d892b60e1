"""The properties that a registered model must show to a client, and their check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ragft import __version__
from ragft.engine.base import Engine, ModelInfo, ModelSpec
from ragft.errors import ExportError, ParityError
from ragft.export.templates import TemplateChoice, check_model_prompts
from ragft.workspace import digest_bytes

NUM_CTX = 4096
_FIX = "ragft register --engine embedded serves the file as it is; or another version of this engine"

END_TOKENS = (
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    "<end_of_turn>",
    "<|end|>",
    "<|return|>",
    "<|call|>",
    "<|flush|>",
    "<|calls|>",
    "</s>",
    "<eos>",
    "<EOT>",
    "_<EOT>",
    "[EOT]",
    "[EOS]",
    "<end_of_utterance>",
    "<turn|>",
    "<|tool_response>",
    "<｜end▁of▁sentence｜>",
    "[e~[",
)
"""Tokens that end a generation in llama.cpp by their text (`special_eog_ids` in its llama-vocab.cpp).

A tuned model may end its turn with any of them. A server that stops at one alone runs on into a turn of the user's.
"""
_HARMONY = {"<|return|>", "<|call|>"}
"""Where a vocabulary has both, `<|end|>` ends a message and not the turn, and llama.cpp goes on."""
_END_IDS = ("eos", "eot", "eom", "fim_pad", "fim_rep", "fim_sep")


@dataclass(frozen=True)
class ExpectedModel:
    """Architecture, type (lower case), default parameters and chat template that a model must have."""

    family: str
    quantization: str
    parameters: Mapping[str, Any]
    template_digest: str = ""
    choice: TemplateChoice = field(default_factory=TemplateChoice)

    @classmethod
    def of_file(cls, gguf: Path, outtype: str, choice: TemplateChoice) -> ExpectedModel:
        """What the file itself asks for; every token that ends a generation becomes a stop string.

        Raises:
            ExportError: the file is not whole.
        """
        from llama_cpp_tools.errors import GGUFError
        from llama_cpp_tools.gguf_file import GGUFFile

        try:
            with GGUFFile(gguf) as file:
                metadata = file.metadata
        except GGUFError as error:
            raise ExportError(str(error), fix="ragft export writes it again") from error
        parameters: dict[str, Any] = {"temperature": 0, "num_ctx": NUM_CTX}
        if stops := end_tokens(metadata):
            parameters["stop"] = stops
        template = digest_bytes(str(metadata.get("tokenizer.chat_template", "")).encode())
        family = str(metadata.get("general.architecture", ""))
        return cls(family, outtype.lower(), parameters, template, choice)

    @classmethod
    def of_model(cls, shown: ModelInfo, choice: TemplateChoice) -> ExpectedModel:
        """That of a model which an adapter is put over."""
        template = shown.details.get("template_digest", "")
        return cls(shown.family, shown.quantization.lower(), dict(shown.parameters), template, choice)

    def spec(self, name: str, run: str, **source: Any) -> ModelSpec:
        """The request for a model of `run` that looks like this; `source` is what it is made of."""
        template = self.choice.template or None
        return ModelSpec(name=name, template=template, parameters=self.parameters, details=self._details(run), **source)

    def _details(self, run: str) -> dict[str, str]:
        """Provenance; where the engine keeps it, the benchmark compares it between the arms."""
        kept = {
            "converter": f"ragft {__version__}",
            "quantization": self.quantization,
            "run": run,
            "template_digest": self.template_digest,
        }
        return {key: value for key, value in kept.items() if value}


def end_tokens(metadata: Mapping[str, Any]) -> list[str]:
    """The texts of all tokens that end a generation, the end of turn first; of a GGUF's metadata."""
    tokens: Sequence[str] = metadata.get("tokenizer.ggml.tokens", [])
    ids = [metadata.get(f"tokenizer.ggml.{name}_token_id") for name in _END_IDS]
    found = [tokens[number] for number in ids if number is not None and number < len(tokens)]
    vocabulary = set(tokens)
    found += [token for token in END_TOKENS if token in vocabulary]
    if vocabulary >= _HARMONY:
        found = [text for text in found if text != "<|end|>"]
    return list(dict.fromkeys(found))


def check_served(engine: Engine, name: str, expected: ExpectedModel, tokenizer: Any) -> None:
    """Compare what the engine shows of `name`, and the prompts it makes, with what was trained.

    An engine may show a template of its own making (Ollama knows many by sight); the prompts decide.

    Raises:
        ParityError: they differ; the message shows the first difference.
    """
    shown = engine.show(name)
    facts = {
        "architecture": (expected.family, shown.family),
        "type": (expected.quantization, shown.quantization.lower()),
        **{key: (_plain(value), _plain(shown.parameters.get(key))) for key, value in expected.parameters.items()},
    }
    for fact, (wanted, found) in facts.items():
        if found != wanted:
            raise ParityError(f"{engine.name} shows {fact} {found!r} for {name}, it should be {wanted!r}", fix=_FIX)
    check = check_model_prompts(engine, name, tokenizer, expected.choice)
    if not check.ok:
        raise ParityError(
            f"{engine.name} makes another prompt for {name} than it was trained on: {check.difference}", fix=_FIX
        )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
