"""Time to the first token of `ask`, taken apart: what the engine needs for the prompt, and what ragft adds to it.

    python benchmarks/bench_ask.py [--workspace .ragft] [--engine ollama] [--model smollm2] [--questions 12]

A stopwatch stands between assistant and engine and assistant and index, so that both are timed within one run and
on the same prompt: no second run, no cache that one had and the other had not. Before that, whole processes of
`ragft ask` are timed from their start to their end, less what the engine took to answer.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ragft.answer.assistant import Assistant
from ragft.answer.session import open_session
from ragft.answer.written.stream import Delta, Event
from ragft.benchmark.questions import load_questions
from ragft.config import load_settings
from ragft.engine.base import ChatChunk, ChatRequest, Engine
from ragft.index.base import Hit
from ragft.workspace import Workspace, open_workspace

LIMIT = 0.03
"""What ragft may add to the engine's own time to the first token, retrieval aside."""
OWN_SECONDS = 1.0
"""What ragft may take around the engine in one `ragft ask`, from the start of the process to its end."""
OWN_SECONDS_LATER = 0.3
"""The same for a later turn of a chat."""
QUESTION = "How much GPU memory does QLoRA need for a 65B model?"


class TimedEngine:
    """Passes everything on, and keeps when a request came and when its first text left."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.first_asked = self.first_spoke = 0.0

    def reset(self) -> None:
        """Before the next question."""
        self.first_asked = self.first_spoke = 0.0

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    def chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        """As the engine's own."""
        self.first_asked = self.first_asked or time.perf_counter()
        for chunk in self._engine.chat(request):
            if chunk.content:
                self.first_spoke = self.first_spoke or time.perf_counter()
            yield chunk


class TimedSearch:
    """Passes everything on, and keeps how long the last search took."""

    def __init__(self, assistant: Assistant) -> None:
        self._searcher = assistant.searcher
        self.seconds = 0.0

    def search(self, query: str, k: int) -> Sequence[Hit]:
        """As the index's own."""
        start = time.perf_counter()
        hits = self._searcher.search(query, k)
        self.seconds = time.perf_counter() - start
        return hits


@dataclasses.dataclass(frozen=True)
class Timing:
    """Seconds of one question: search, gate, prompt building, the engine's own first token, the way to the reader."""

    search: float
    gate: float
    prompt: float
    engine: float
    show: float

    @property
    def own(self) -> float:
        """All that is not the engine's."""
        return self.search + self.gate + self.prompt + self.show

    @property
    def added(self) -> float:
        """ragft's share without retrieval (search and gate), relative to the engine's."""
        return (self.prompt + self.show) / self.engine


def measure(assistant: Assistant, engine: TimedEngine, search: TimedSearch, question: str) -> Timing | None:
    """The timing of one question; None where the gate refused it and no token was asked for."""
    shown: list[float] = []

    def watch(event: Event) -> None:
        if isinstance(event, Delta):
            shown.append(time.perf_counter())

    engine.reset()
    start = time.perf_counter()
    answer = assistant.ask(question, on_event=watch)
    if not shown:
        return None
    gate = answer.metrics.gate_seconds
    prompt = engine.first_asked - start - search.seconds - gate
    return Timing(search.seconds, gate, prompt, engine.first_spoke - engine.first_asked, shown[0] - engine.first_spoke)


def one_process(arguments: Sequence[str]) -> float:
    """Seconds that one `ragft ask` takes around the engine; runs in a process of its own."""
    made = subprocess.run([sys.executable, __file__, "--once", *arguments], check=True, capture_output=True, text=True)
    return float(made.stdout.splitlines()[-1])


def _once(arguments: Sequence[str]) -> None:
    """`ragft ask` as the command runs it, with a stopwatch around the engine; prints the seconds that are ragft's."""
    import psutil

    from ragft.answer.written.thinking_models import Warming
    from ragft.cli.main import app
    from ragft.engine.embedded.engine import EmbeddedEngine
    from ragft.engine.ollama.engine import OllamaEngine

    spent = [0.0]
    for kind in (OllamaEngine, EmbeddedEngine):
        kind.chat = _timed(kind.chat, spent)  # type: ignore[method-assign]
    thinks = Warming.thinks

    def waited(warming: Warming) -> bool:
        """What is waited for there is the engine that loads the model."""
        start = time.perf_counter()
        try:
            return thinks(warming)
        finally:
            spent[0] += time.perf_counter() - start

    Warming.thinks = waited  # type: ignore[method-assign]
    app(["ask", QUESTION, "--json", *arguments], standalone_mode=False)
    print(time.time() - psutil.Process().create_time() - spent[0])


def _timed(chat: Callable[..., Iterator[ChatChunk]], spent: list[float]) -> Callable[..., Iterator[ChatChunk]]:
    def timed(*given: object) -> Iterator[ChatChunk]:
        start = time.perf_counter()
        try:
            yield from chat(*given)
        finally:
            spent[0] += time.perf_counter() - start

    return timed


def main() -> int:
    """Print the figures; 1 where ragft takes more than a limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--engine", choices=("ollama", "embedded"))
    parser.add_argument("--model")
    parser.add_argument("--questions", type=int, default=12)
    arguments = parser.parse_args()
    workspace = open_workspace(arguments.workspace)
    chosen = [f"--{name}={value}" for name in ("engine", "model") if (value := getattr(arguments, name))]
    whole = [one_process([f"--workspace={workspace.root}", *chosen]) for _ in range(4)][1:]  # the first loads the model
    first = statistics.median(whole)
    print(f"around the engine in one `ragft ask`: {first:.2f} s (median of {len(whole)}; limit {OWN_SECONDS} s)")
    timings = _timings(workspace, arguments)
    if not timings:
        print("no question passed the gate", file=sys.stderr)
        return 1
    for field in dataclasses.fields(Timing):
        median = statistics.median(getattr(timing, field.name) for timing in timings)
        print(f"{field.name:8} {1000 * median:8.1f} ms")
    later = statistics.median(timing.own for timing in timings)
    print(f"around the engine in a later turn: {later:.2f} s (limit {OWN_SECONDS_LATER} s)")
    added = statistics.median(timing.added for timing in timings)
    print(f"added to the engine's own: {added:.1%} (median of {len(timings)}; limit {LIMIT:.0%})")
    return 0 if added <= LIMIT and first <= OWN_SECONDS and later <= OWN_SECONDS_LATER else 1


def _timings(workspace: Workspace, arguments: argparse.Namespace) -> list[Timing]:
    """The later turns of one session."""
    timings = []
    settings = load_settings(workspace.config_file).with_("engine", name=arguments.engine)
    with open_session(workspace, settings, model=arguments.model) as session:
        assistant = session.assistant(arguments.model)
        engine = TimedEngine(assistant.engine)
        search = TimedSearch(assistant)
        assistant.engine, assistant.searcher = engine, search  # type: ignore[assignment]
        assistant.settings = assistant.settings.model_copy(update={"num_predict": 16})
        for number, question in enumerate(load_questions(None)[: arguments.questions + 1]):
            timing = measure(assistant, engine, search, question.question)
            if number and timing is not None:  # the first question loads the model
                timings.append(timing)
    return timings


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        _once(sys.argv[2:])
        sys.exit(0)
    sys.exit(main())
