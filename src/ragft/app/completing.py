"""A model without the documents: a plain reply, and the vectors of texts."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from ragft.app.asking import Sampling
    from ragft.app.resources import Resources
    from ragft.engine.base import ChatChunk, Options, Role


@dataclass(frozen=True)
class Embeddings:
    """Vectors of length 1, one a text, the encoder that made them, and the tokens it read."""

    vectors: list[list[float]]
    encoder: str
    tokens: int


def complete(
    resources: Resources,
    messages: Sequence[tuple[str, str]],
    model: str | None,
    sampling: Sampling,
    schema: Mapping[str, Any] | None,
) -> Generator[ChatChunk, None, None]:
    """The pieces of a reply; see `Application.complete`."""
    from ragft.engine.base import ChatRequest, Message

    with resources.used():
        opened = resources.engine(model)
        turns = tuple(Message(cast("Role", role), content) for role, content in messages)
        request = ChatRequest(opened.model.name, turns, _options(resources, sampling), format=schema)
        chunks = opened.engine.chat(request)
    with ExitStack() as end:
        end.callback(getattr(chunks, "close", int))
        while True:
            with resources.used():  # not while the reader holds the piece: closing would wait for the reader
                chunk = next(chunks, None)
            if chunk is None:
                return
            yield chunk


def embed(resources: Resources, texts: Sequence[str]) -> Embeddings:
    """Vectors of texts; see `Application.embed`."""
    index = resources.index
    vectors = index.embed(texts)
    return Embeddings(vectors.tolist(), resources.settings.index.encoder, sum(index.encoder.count_tokens(texts)))


def _options(resources: Resources, sampling: Sampling) -> Options:
    """A reply may take all that its question leaves of the context, unless it is bounded."""
    from ragft.engine.base import Options

    given = {
        "temperature": sampling.temperature,
        "seed": sampling.seed,
        "num_predict": sampling.most_tokens,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "min_p": sampling.min_p,
        "repeat_penalty": sampling.repeat_penalty,
    }
    options = Options(num_predict=resources.settings.answer.num_ctx, stop=sampling.stop)
    return options.with_(**{name: value for name, value in given.items() if value is not None})
