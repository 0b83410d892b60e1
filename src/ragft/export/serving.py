"""What a registered model must look like from outside, and the check that it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft import __version__
from ragft.engine.base import Engine, ModelInfo, ModelSpec
from ragft.errors import ExportError, ParityError
from ragft.export.parity import check_prompts
from ragft.workspace import digest_bytes

NUM_CTX = 4096
_FIX = "ragft register --engine embedded serves the file as it is; or another version of this engine"


@dataclass(frozen=True)
class Serving:
    """Architecture, type (lower case) and default parameters that the engine must show for a model."""

    family: str
    quantization: str
    parameters: Mapping[str, Any]
    template_digest: str = ""

    @classmethod
    def of_file(cls, gguf: Path, outtype: str) -> Serving:
        """What the file itself asks for; its end of turn becomes a stop string.

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
        eos, tokens = metadata.get("tokenizer.ggml.eos_token_id"), metadata.get("tokenizer.ggml.tokens", [])
        if eos is not None and eos < len(tokens):
            parameters["stop"] = [tokens[eos]]
        template = digest_bytes(str(metadata.get("tokenizer.chat_template", "")).encode())
        return cls(str(metadata.get("general.architecture", "")), outtype.lower(), parameters, template)

    @classmethod
    def of_model(cls, shown: ModelInfo) -> Serving:
        """That of a model which an adapter is put over."""
        template = shown.details.get("template_digest", "")
        return cls(shown.family, shown.quantization.lower(), dict(shown.parameters), template)

    def spec(self, name: str, run: str, **source: Any) -> ModelSpec:
        """The request for a model of `run` that looks like this; `source` is what it is made of."""
        return ModelSpec(name=name, parameters=self.parameters, details=self._details(run), **source)

    def _details(self, run: str) -> dict[str, str]:
        """Provenance; where the engine keeps it, the benchmark compares it between the arms."""
        kept = {
            "converter": f"ragft {__version__}",
            "quantization": self.quantization,
            "run": run,
            "template_digest": self.template_digest,
        }
        return {key: value for key, value in kept.items() if value}


def check_served(engine: Engine, name: str, expected: Serving, tokenizer: Any) -> None:
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
    # A model that cannot think has one prompt, and Ollama refuses to be asked for the other.
    thinking = (False, True) if "thinking" in shown.capabilities else (False,)
    check = check_prompts(tokenizer, engine, name, thinking=thinking)
    if not check.ok:
        raise ParityError(
            f"{engine.name} makes another prompt for {name} than it was trained on: {check.difference}", fix=_FIX
        )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
