"""llama.cpp inside this process (xllamacpp): no server to install, the same protocol and the same errors.

    engine = EmbeddedEngine(workspace)
    text, last = complete(engine, ChatRequest(model="smollm2", messages=(Message("user", "Hello"),)))

Greedy and seeded answers are repeatable to the bit, whatever was asked before.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ragft.console import Progress
from ragft.engine.base import (
    MOST_CANDIDATES,
    NUM_CTX,
    ChatChunk,
    ChatRequest,
    Message,
    ModelInfo,
    ModelSpec,
    TokenLogprob,
)
from ragft.engine.chat_template import fitted
from ragft.engine.embedded.registered_models import ENGINE, Files, Registry
from ragft.engine.embedded.server import LlamaServer, LoadSettings
from ragft.engine.gguf_head import read_head
from ragft.engine.thinking import ThoughtSplitter, ends_in_thought, split_thoughts
from ragft.errors import ContextOverflow, EngineError
from ragft.machine import cores, memory
from ragft.workspace import Workspace

_SHARE_OF_MEMORY = 0.25
"""Two models stay loaded, for a benchmark that asks them in turn, if their files take less of the memory than this."""


@dataclass(frozen=True)
class _LoadKey:
    """What is loaded once: weights, and the template that is not theirs. Models with adapters over them share it."""

    weights_id: str
    template: str | None


class EmbeddedEngine:
    """The models of a workspace and of the user's cache, run in this process."""

    name = ENGINE
    template_language: Literal["jinja", "go"] = "jinja"
    loads_aside = False  # xllamacpp holds Python's lock while it loads: every other thread waits
    slots = 1  # measured: 1, 2 and 4 parallel requests give the same rate on two cores

    def __init__(
        self,
        workspace: Workspace,
        *,
        threads: int = 0,
        timeout: float = 300.0,
        exact: bool = False,
        num_ctx: int = NUM_CTX,
    ) -> None:
        """`threads` 0: one per core. `timeout`: seconds without a sign of life. `num_ctx`: tokens a model is loaded
        with at least, so that no request of the usual size makes it load again."""
        self.num_ctx = num_ctx
        self.registry = Registry(workspace)
        self._threads = threads or cores()
        self._timeout = timeout
        self._exact = exact
        self._loaded: OrderedDict[_LoadKey, LlamaServer] = OrderedDict()
        self._loading = threading.RLock()
        self._closed = False

    def version(self) -> str:
        """xllamacpp's version; it names the llama.cpp build inside."""
        from importlib.metadata import version

        return f"xllamacpp {version('xllamacpp')}"

    def chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        """Stream the answer; see `Engine.chat`."""
        files = self.registry.files(request.model)
        request = _as_sent(request, files)
        if request.think and not self.show(request.model).thinks:
            raise EngineError(f"{request.model} does not support thinking", fix="answer.think=off")
        server = self._load(request.model, files, request.options.num_ctx)
        prompt = server.render(request)
        prompt_tokens = server.prompt_length(prompt)
        window = min(request.options.num_ctx or self.num_ctx, server.settings.num_ctx)
        if prompt_tokens + 1 > window:
            raise _overflow(prompt_tokens, window)
        limited = replace(request, options=request.options.with_(num_ctx=window))
        splitter = ThoughtSplitter(opened=not request.think and ends_in_thought(prompt))
        chunks = server.chat(limited, prompt_tokens=prompt_tokens, adapter=files.adapter)
        return split_thoughts(chunks, splitter)

    def load(self, model: str) -> None:
        """Load a model; see `Engine.load`."""
        self._load(model, self.registry.files(model), 0)

    def next_tokens(self, model: str, prompt: str, *, top: int = MOST_CANDIDATES) -> list[TokenLogprob]:
        """The likeliest next tokens; see `Engine.next_tokens`. Any number of candidates is given."""
        files = self.registry.files(model)
        server = self._load(model, files, 0)
        tokens = server.tokenize_prompt(prompt)
        if len(tokens) + 1 > server.settings.num_ctx:
            raise _overflow(len(tokens), server.settings.num_ctx)
        return server.next_token_logprobs(tokens, top, adapter=files.adapter)

    def render(self, request: ChatRequest) -> str:
        """The exact prompt text; see `Engine.render`."""
        files = self.registry.files(request.model)
        return self._load(request.model, files, request.options.num_ctx).render(_as_sent(request, files))

    def tokenize(self, model: str, text: str) -> list[int]:
        """The token ids of `text` for `model`; see `Engine.tokenize`."""
        return self._load(model, self.registry.files(model), 0).tokenize(text)

    def logprobs(self, model: str, tokens: Sequence[int], *, top: int = 20, start: int = 0) -> list[list[TokenLogprob]]:
        """What the model expects after every prefix of `tokens`: for likelihoods and parity, not part of the protocol.

        Args:
            tokens: ids of a prompt, n of them.
            top: how many candidates a position (the whole vocabulary is allowed).
            start: leave out the prefixes that end before this position.

        Returns:
            n − start lists; the i-th has the likeliest tokens after `tokens[: start + i + 1]`, best first, natural
            logs.
        """
        files = self.registry.files(model)
        server = self._load(model, files, len(tokens) + 1)
        return [
            server.next_token_logprobs(tokens[: end + 1], top, adapter=files.adapter)
            for end in range(start, len(tokens))
        ]

    def create(self, spec: ModelSpec, progress: Progress | None = None) -> ModelInfo:
        """Register a model; see `Engine.create`."""
        self._unload(self.registry.known(spec.name))  # first: Windows deletes no file that is loaded
        return self.registry.create(spec, progress)

    def copy(self, name: str, new: str) -> ModelInfo:
        """Register a model under a second name; see `Engine.copy`."""
        copied = self.registry.copy(name, new)
        self._unload(copied.name)
        return copied

    def show(self, name: str) -> ModelInfo:
        """All that is known of a model; see `Engine.show`."""
        return self.registry.show(name)

    def models(self) -> Sequence[ModelInfo]:
        """Registered models and pulled ones."""
        return self.registry.models()

    def delete(self, name: str) -> None:
        """Remove a registered model; see `Engine.delete`."""
        self._unload(self.registry.known(name))
        self.registry.delete(name)

    def close(self) -> None:
        """Free every loaded model; one that another thread is loading is freed by it, and not waited for."""
        self._closed = True
        if self._loading.acquire(blocking=False):
            try:
                self._loaded.clear()
            finally:
                self._loading.release()

    def _load(self, name: str, files: Files, num_ctx: int) -> LlamaServer:
        """See `_loaded_server`.

        Raises:
            EngineError: the engine was closed, before or meanwhile.
        """
        server = None if self._closed else self._loaded_server(files, num_ctx)
        if server is None or self._closed:
            self.close()  # frees what was loaded since
            raise EngineError(f"{name} is not loaded: the engine was closed", fix="open the engine again")
        return server

    def _loaded_server(self, files: Files, num_ctx: int) -> LlamaServer | None:
        """The loaded model, with a context of at least `num_ctx` tokens and the engine's own, or all that the model was
        trained for; None where the engine was closed while another thread loaded.

        An adapter that is not there yet means loading anew, with those that were there: from then on models over the
        same weights take turns without loading.
        """
        with self._loading:
            if self._closed:
                return None
            trained = read_head(files.weights).context_length
            wanted = max(num_ctx, self.num_ctx)
            wanted = min(wanted, trained or wanted)
            place = _LoadKey(files.weights_id, files.template)
            loaded = self._loaded.get(place)
            known = loaded.settings.adapters if loaded else ()
            new = () if files.adapter is None or files.adapter in known else (files.adapter,)
            if loaded is not None and not new and loaded.settings.num_ctx >= wanted:
                self._loaded.move_to_end(place)
                return loaded
            if loaded is not None:
                wanted = max(wanted, loaded.settings.num_ctx)
                del loaded, self._loaded[place]
            self._make_room(files)
            adapters = (*(path for path in known if path.is_file()), *new)
            settings = LoadSettings(files.weights, wanted, self._threads, adapters, files.template, self._exact)
            server = LlamaServer(settings, timeout=self._timeout)
            self._loaded[place] = server
            return server

    def _make_room(self, files: Files) -> None:
        """Unload the model used longest ago, unless it and the coming one are small."""
        while self._loaded:
            together = files.weights.stat().st_size
            together += sum(server.settings.weights.stat().st_size for server in self._loaded.values())
            if len(self._loaded) < 2 and together < _SHARE_OF_MEMORY * memory():
                return
            self._loaded.popitem(last=False)

    def _unload(self, name: str) -> None:
        """Free what holds a file of the registered model `name`."""
        folder = self.registry.folder(name)
        with self._loading:
            for place, server in list(self._loaded.items()):
                if any(path.parent == folder for path in (server.settings.weights, *server.settings.adapters)):
                    del self._loaded[place]


def _overflow(prompt_tokens: int, window: int) -> ContextOverflow:
    return ContextOverflow(
        f"the prompt has {prompt_tokens} tokens and num_ctx is {window}",
        fix="raise answer.num_ctx or give less evidence",
    )


def _as_sent(request: ChatRequest, files: Files) -> ChatRequest:
    """The request with the model's own system text where it has none, in turns that the chat template takes."""
    messages = request.messages
    if files.system and not any(message.role == "system" for message in messages):
        messages = (Message("system", files.system), *messages)
    return replace(request, messages=fitted(messages, files.template or read_head(files.weights).template))
