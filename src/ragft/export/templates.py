"""Chooses the chat template of a registered model, so that its prompts are those it was trained on.

    choice = choose_template(engine, base)      # before the training: seconds, whatever the size of the base
    choice.template                             # "" where the engine uses the Jinja template inside the file

First the engine is left to use the template inside the file, which keeps thinking and tools whole. Where its prompts
are others, a Go template is derived from the Jinja one. Where they still are, the base is refused. The engine's own
rendering decides each time, for a stand-in of the base.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ragft.engine.base import Engine, ModelSpec
from ragft.engine.choosing.made_here import STAND_IN
from ragft.errors import EngineError, ExportError, ParityError
from ragft.export import probes
from ragft.export.chat_shape import ChatShape, UnsupportedTemplate
from ragft.export.go_template import go_template
from ragft.export.parity import ParityCheck, check_prompts
from ragft.export.stand_in import make_stand_in
from ragft.extras import need
from ragft.workspace import digest_bytes


@dataclass(frozen=True)
class TemplateChoice:
    """The template to register with; `limits` are what it cannot say of the trained one.

    `strips`: the trained template takes blanks around a message away and this one does not. `later_systems`: a system
    text further down in a conversation is written as the trained template does.
    """

    template: str = ""
    limits: tuple[str, ...] = ()
    strips: bool = False
    later_systems: bool = True

    @classmethod
    def derived(cls, shape: ChatShape) -> TemplateChoice:
        """The Go template of this format."""
        return cls(go_template(shape), shape.limits, shape.strips, shape.later_systems)

    @property
    def digest(self) -> str:
        """Tells one choice from another."""
        return digest_bytes(self.template.encode())


def choose_template(engine: Engine, base: Path) -> TemplateChoice:
    """The template with which `engine` makes the prompts that a model over `base` is trained on.

    Raises:
        ParityError: there is none; the message says what differs.
        ExportError: the base cannot be exported at all.
        EngineError: the engine failed, or cannot show its prompts.
    """
    need("train", "comparing prompts with those of training")
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True, trust_remote_code=False)
    if not tokenizer.chat_template:
        raise ExportError(f"{base} has no chat template", fix="base=FOLDER of an instruct model")
    with TemporaryDirectory(prefix="ragft-") as scratch:
        gguf = make_stand_in(base, Path(scratch) / "stand-in.gguf")
        tried = partial(_tried, engine, gguf, tokenizer)
        native = tried(TemplateChoice())
        if native.ok:
            return TemplateChoice()
        if engine.template_language != "go":
            raise _refused(engine, base, native)
        try:
            shape = ChatShape.of_tokenizer(tokenizer)
        except UnsupportedTemplate as error:
            raise _refused(engine, base, native, f"no Go template says the same: {error}") from error
        derived = TemplateChoice.derived(shape)
        check = tried(derived)
        if not check.ok:
            raise _refused(engine, base, native, f"with a derived Go template: {check.difference}")
        return derived


def _tried(engine: Engine, gguf: Path, tokenizer: Any, choice: TemplateChoice) -> ParityCheck:
    """The prompts of a stand-in that is registered with this template, and removed again."""
    name = f"{STAND_IN}-{secrets.token_hex(4)}"  # several processes may share a server
    try:
        engine.create(ModelSpec(name, gguf=gguf, template=choice.template or None))
        return check_model_prompts(engine, name, tokenizer, choice)
    finally:
        with suppress(EngineError):  # not made; or the engine is gone, and the error at hand says so
            engine.delete(name)


def check_model_prompts(engine: Engine, model: str, tokenizer: Any, choice: TemplateChoice) -> ParityCheck:
    """The prompts of a registered model against the trained ones."""
    # A model that cannot think has one prompt, and Ollama refuses to be asked for the other.
    thinking = (False, True) if engine.show(model).thinks else (False,)
    unusual = probes.UNUSUAL if choice.later_systems else (probes.PAST_THOUGHTS,)
    return check_prompts(tokenizer, engine, model, thinking=thinking, strips=choice.strips, unusual=unusual)


def _refused(engine: Engine, base: Path, native: ParityCheck, derived: str = "") -> ParityError:
    parts = [f"{engine.name} makes other prompts for {base.name} than it is trained on", native.difference, derived]
    fix = "another base" if engine.template_language == "jinja" else "engine.name=embedded, or another base"
    return ParityError("; ".join(part for part in parts if part), fix=fix)
