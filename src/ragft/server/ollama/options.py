"""Sampling options of Ollama's requests."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from ragft.app.asking import Sampling
from ragft.server.json_bodies import Seed

Int32 = Annotated[int, Field(ge=-(2**31), lt=2**31)]


class RequestOptions(BaseModel):
    """Sampling options; others of Ollama's are ignored."""

    temperature: Annotated[float, Field(ge=0)] | None = None
    seed: Seed | None = None
    num_predict: Int32 | None = None
    top_k: Int32 | None = None
    top_p: float | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    stop: list[str] | str | None = None

    def sampling(self) -> Sampling:
        """The options as the application takes them. Ollama's negative `num_predict` is not a limit."""
        stop = [self.stop] if isinstance(self.stop, str) else self.stop or []
        most = self.num_predict
        return Sampling(
            temperature=self.temperature,
            seed=self.seed,
            most_tokens=most if most is not None and most > 0 else None,
            top_p=self.top_p,
            top_k=self.top_k,
            min_p=self.min_p,
            repeat_penalty=self.repeat_penalty,
            stop=tuple(stop),
        )
