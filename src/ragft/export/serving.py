"""What a registered model must look like from outside, and the check that it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft import __version__
from ragft.engine.base import Engine, ModelInfo
from ragft.errors import ParityError
from ragft.export.parity import check_prompts
from ragft.workspace import digest_bytes

NUM_CTX = 4096


@dataclass(frozen=True)
class Serving:
    """Architecture, type (lower case) and default parameters that the engine must show for a model."""

    family: str
    quantization: str
    parameters: Mapping[str, Any]
    template_digest: str = ""

    @classmethod
    def of_file(cls, gguf: Path, outtype: str) -> Serving:
        """What the file itself asks for; its end of turn becomes a stop string."""
        from gguf import GGUFReader

        reader = GGUFReader(gguf)

        def read(key: str) -> Any:
            field = reader.get_field(key)
            return None if field is None else field.contents()

        parameters: dict[str, Any] = {"temperature": 0, "num_ctx": NUM_CTX}
        eos, tokens = read("tokenizer.ggml.eos_token_id"), reader.get_field("tokenizer.ggml.tokens")
        if eos is not None and tokens is not None:
            parameters["stop"] = [str(tokens.contents(int(eos)))]
        template = digest_bytes(str(read("tokenizer.chat_template") or "").encode())
        return cls(str(read("general.architecture")), outtype.lower(), parameters, template)

    @classmethod
    def of_model(cls, shown: ModelInfo) -> Serving:
        """That of a model which an adapter is put over."""
        template = shown.details.get("template_digest", "")
        return cls(shown.family, shown.quantization.lower(), dict(shown.parameters), template)

    def details(self, run: str) -> dict[str, str]:
        """Provenance kept with the model; the benchmark compares it between the arms."""
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
        if found not in (wanted, ""):  # the scripted engine has neither architecture nor type
            raise ParityError(f"{engine.name} shows {fact} {found!r} for {name}, it should be {wanted!r}")
    # A model that cannot think has one prompt, and Ollama refuses to be asked for the other.
    thinking = (False, True) if "thinking" in shown.capabilities else (False,)
    check = check_prompts(tokenizer, engine, name, thinking=thinking)
    if not check.ok:
        raise ParityError(f"{engine.name} makes another prompt for {name} than it was trained on: {check.difference}")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
