"""How Ollama fills a Go template with a chat (`Template.Execute` in its template/template.go).

A template that names `.Messages` gets the whole chat. An older one names `.System`, `.Prompt` and `.Response`: it is
carried out once for every exchange, and the last time only up to `.Response`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.engine.go_parser import (
    Action,
    Branch,
    Chain,
    Field,
    GoTemplateError,
    Node,
    Operand,
    Pipe,
    Variable,
)
from tests.engine.go_template import Record, compile_template, execute

RAW = "{{ .Prompt }}"
"""The template of a model for which Ollama found none: the last message, as it is."""


def render_prompt(source: str, messages: Sequence[Mapping[str, Any]], *, think: bool | None = None) -> str:
    """The prompt that Ollama makes of a chat with this Go template; GoTemplateError where it refuses."""
    nodes = compile_template(source)
    names = _names(nodes)
    if not {"messages", "response"} & names:
        nodes = (*nodes, Action(Pipe(((Field(("Response",)),),))))
    facts = {"Think": bool(think), "ThinkLevel": "", "IsThinkSet": think is not None}
    system, turns = collate(messages)
    if "messages" in names:
        return execute(nodes, facts | {"System": system, "Messages": turns, "Tools": [], "Response": ""})
    return "".join(_exchanges(nodes, turns, facts))


def template_names(source: str) -> frozenset[str]:
    """The names that a template uses, in small letters: Ollama reads from them what a model can do."""
    return frozenset(_names(compile_template(source)))


def collate(messages: Sequence[Mapping[str, Any]]) -> tuple[str, list[Record]]:
    """All system texts as one, and the turns, neighbours of one role joined by an empty line."""
    turns: list[Record] = []
    for message in messages:
        if turns and turns[-1]["Role"] == message["role"] != "tool":
            turns[-1]["Content"] += "\n\n" + message["content"]
        else:
            turns.append(_turn(message))
    return "\n\n".join(message["content"] for message in messages if message["role"] == "system"), turns


def _turn(message: Mapping[str, Any]) -> Record:
    return Record(
        Role=message["role"],
        Content=message["content"],
        Thinking=message.get("thinking") or "",
        Images=[],
        ToolCalls=[],
        ToolName="",
        ToolCallID="",
    )


def _exchanges(nodes: Sequence[Node], turns: Sequence[Record], facts: dict[str, Any]) -> Iterator[str]:
    empty = {"System": "", "Prompt": "", "Response": ""}
    now = dict(empty)
    for turn in turns:
        role = turn["Role"]
        ends = {"system": now["Prompt"] or now["Response"], "user": now["Response"]}
        if ends.get(role):
            yield execute(nodes, facts | now)
            now = dict(empty)
        name = {"system": "System", "user": "Prompt", "assistant": "Response"}.get(role)
        if name:
            now[name] = turn["Content"]
    yield execute(_Cut().nodes(nodes), facts | now)


class _Cut:
    """Removes all that follows `.Response`."""

    def __init__(self) -> None:
        self._done = False

    def nodes(self, nodes: Sequence[Node]) -> tuple[Node, ...]:
        return tuple(kept for node in nodes if not self._done and (kept := self._node(node)) is not None)

    def _node(self, node: Node) -> Node | None:
        if isinstance(node, Action):
            pipe = self._pipe(node.pipe)
            return replace(node, pipe=pipe) if pipe else None
        if isinstance(node, Branch):
            body = self.nodes(node.body)
            if self._done and node.orelse:
                raise GoTemplateError("Ollama panics: .Response stands in a branch that has an else")
            return replace(node, body=body, orelse=self.nodes(node.orelse))
        return node

    def _pipe(self, pipe: Pipe) -> Pipe | None:
        commands = []
        for command in pipe.commands:
            kept = tuple(operand for operand in command if self._keeps(operand))
            if not kept:
                return None
            commands.append(kept)
        return replace(pipe, commands=tuple(commands))

    def _keeps(self, operand: Operand) -> bool:
        if self._done:
            return False
        self._done = isinstance(operand, Field) and "Response" in operand.names
        return True


def _names(nodes: Sequence[Node]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, Action | Branch):
            found |= {name.lower() for name in _pipe_names(node.pipe)}
        if isinstance(node, Branch):
            found |= _names(node.body) | _names(node.orelse)
    return found


def _pipe_names(pipe: Pipe) -> Iterator[str]:
    """The names in a pipeline; like Ollama it does not look into `(…).Field`."""
    for operand in (operand for command in pipe.commands for operand in command):
        match operand:
            case Field(names):
                yield from names
            case Variable(name, names):
                yield from (name, *names)
            case Chain(inner, ()):
                yield from _pipe_names(inner)
