"""From a run's GGUF files to two registered models: the tuned one and its base."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft import __version__
from ragft.engine.base import ChatRequest, Engine, Message, ModelSpec, Options, Progress, complete
from ragft.errors import EngineError, ExportError, NotFoundError
from ragft.export.base import RegisterReport
from ragft.export.convert import gguf_path
from ragft.export.modelfile import render_modelfile
from ragft.workspace import digest_bytes, write_json, write_text

SMOKE_QUESTIONS = (
    "What is the capital of France?",
    "Name one colour of the rainbow.",
    "Say hello in one short sentence.",
    "What is two plus three?",
    "Which is larger, a mouse or an elephant?",
)
SMOKE_TOKENS = 160
NUM_CTX = 4096


@dataclass(frozen=True)
class Registration:
    """What `registration.json` in a run folder holds."""

    model: str
    base_model: str
    engine: str
    digest: str
    base_digest: str
    type: str

    @classmethod
    def of_run(cls, run_dir: Path) -> Registration:
        """Read it.

        Raises:
            NotFoundError: the run has not been registered.
        """
        path = run_dir / "registration.json"
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            fix = f"ragft register --run {run_dir.name}"
            raise NotFoundError(f"run {run_dir.name} is not registered yet", fix=fix) from error
        except (ValueError, TypeError) as error:
            raise ExportError(f"{path} is damaged", fix=f"ragft register --run {run_dir.name}") from error


def register_run(
    run_dir: Path, engine: Engine, *, name: str, outtype: str, progress: Progress | None = None
) -> RegisterReport:
    """Register `NAME:TYPE` and `NAME-base:TYPE` and ask both a few questions.

    Raises:
        NotFoundError: nothing is exported at this type.
        ExportError: a registered model does not answer as it should; it is removed again.
        EngineError: the engine refused.
    """
    names = (f"{name}:{outtype}", f"{name}-base:{outtype}")
    digests = []
    for registered, is_base in zip(names, (False, True), strict=True):
        gguf = gguf_path(run_dir, outtype, base=is_base)
        if not gguf.is_file():
            fix = f"ragft export --run {run_dir.name} --type {outtype}"
            raise NotFoundError(f"run {run_dir.name} has no {gguf.name}", fix=fix)
        facts = _ServingFacts.of(gguf)
        digests.append(engine.create(_spec(registered, gguf, outtype, run_dir.name, facts), progress).digest)
        smoke_test(engine, registered)
        modelfile = render_modelfile(name=registered, run=run_dir.name, gguf=gguf, parameters=facts.parameters())
        write_text(run_dir / ("Modelfile.base" if is_base else "Modelfile"), modelfile)
    registration = Registration(
        model=names[0],
        base_model=names[1],
        engine=engine.name,
        digest=digests[0],
        base_digest=digests[1],
        type=outtype,
    )
    write_json(run_dir / "registration.json", registration.__dict__)
    return RegisterReport(
        model=names[0], base_model=names[1], engine=engine.name, digest=digests[0], base_digest=digests[1]
    )


def smoke_test(engine: Engine, model: str) -> None:
    """Ask `model` five plain questions; each reply must have text in it and no leaked chat token.

    Raises:
        ExportError: one has not; the model is removed from the engine first.
    """
    for question in SMOKE_QUESTIONS:
        request = ChatRequest(model, (Message("user", question),), Options(num_predict=SMOKE_TOKENS, num_ctx=1024))
        try:
            text, _ = complete(engine, request)
        except EngineError:
            engine.delete(model)
            raise
        problem = "nothing" if not text.strip() else "a chat token" if "<|im_" in text else ""
        if problem:
            engine.delete(model)
            raise ExportError(f"{model} answered {question!r} with {problem}; it was removed again")


def _spec(name: str, gguf: Path, outtype: str, run: str, facts: _ServingFacts) -> ModelSpec:
    details = {
        "converter": f"ragft {__version__}",
        "quantization": outtype,
        "run": run,
        "template_digest": digest_bytes(facts.template.encode()),
    }
    return ModelSpec(name=name, gguf=gguf, parameters=facts.parameters(), details=details)


@dataclass(frozen=True)
class _ServingFacts:
    """What the GGUF itself says of how it wants to be served."""

    template: str
    end_of_turn: str

    @classmethod
    def of(cls, gguf: Path) -> _ServingFacts:
        from gguf import GGUFReader

        reader = GGUFReader(gguf)
        template = reader.get_field("tokenizer.chat_template")
        eos = reader.get_field("tokenizer.ggml.eos_token_id")
        tokens = reader.get_field("tokenizer.ggml.tokens")
        end = "" if eos is None or tokens is None else str(tokens.contents(int(eos.contents())))
        return cls("" if template is None else str(template.contents()), end)

    def parameters(self) -> Mapping[str, Any]:
        """Defaults stored with the model; every request of ragft sends its own all the same."""
        stop = {"stop": [self.end_of_turn]} if self.end_of_turn else {}
        return {"temperature": 0, "num_ctx": NUM_CTX, **stop}
