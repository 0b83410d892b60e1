"""Carries out Go templates as Go's text/template does, so far as Ollama's chat templates need it.

    render("{{ range .Messages }}{{ .Role }}: {{ .Content }}\n{{ end }}", {"Messages": [turn("user", "Hi")]})

Values are those of Python: a missing key of the map at the top is nil, a missing field of a `Record` is an error, and
`len`, `index` and `slice` of a text count the bytes of its UTF-8.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from tests.engine.go_parser import (
    Action,
    Branch,
    Call,
    Chain,
    Field,
    GoTemplateError,
    Jump,
    Literal,
    Node,
    Operand,
    Pipe,
    Text,
    Variable,
    parse,
)

__all__ = ["GoTemplateError", "Record", "compile_template", "execute", "render"]


class Record(dict[str, Any]):
    """A Go struct: its fields are fixed, and another one is an error."""


class _Jumped(Exception):
    """A `{{ break }}` or `{{ continue }}` on its way to its loop."""


def render(source: str, data: dict[str, Any]) -> str:
    """What the template makes of the data.

    Raises GoTemplateError where Go would refuse the template or stop in the middle of it.
    """
    return execute(compile_template(source), data)


def compile_template(source: str) -> tuple[Node, ...]:
    """The template as a tree; GoTemplateError where it is no template."""
    return parse(source, frozenset(_FUNCTIONS) | {"and", "or"})


def execute(nodes: Sequence[Node], data: dict[str, Any]) -> str:
    """Carry out a tree."""
    run = _Run(data)
    run.walk(data, nodes)
    return "".join(run.written)


class _Run:
    def __init__(self, data: Any) -> None:
        self.written: list[str] = []
        self._variables: list[tuple[str, Any]] = [("$", data)]

    def walk(self, dot: Any, nodes: Sequence[Node]) -> None:
        for node in nodes:
            match node:
                case Text(text):
                    self.written.append(text)
                case Action(pipe):
                    value = self._pipe(dot, pipe)
                    if not pipe.declare:
                        self.written.append(printed(value))
                case Jump(kind):
                    raise _Jumped(kind)
                case Branch():
                    known = len(self._variables)
                    try:
                        self._branch(dot, node)
                    finally:
                        del self._variables[known:]

    def _branch(self, dot: Any, node: Branch) -> None:
        if node.kind == "range":
            self._loop(dot, node)
            return
        value = self._pipe(dot, node.pipe)
        inner = value if node.kind == "with" else dot
        self.walk(*(inner, node.body) if _true(value) else (dot, node.orelse))

    def _loop(self, dot: Any, node: Branch) -> None:
        pairs = _pairs(self._pipe(dot, Pipe(node.pipe.commands)))
        for pair in pairs:
            known = len(self._variables)
            self._name_pair(node.pipe, pair)
            try:
                self.walk(pair[1], node.body)
            except _Jumped as jump:
                if str(jump) == "break":
                    break
            finally:
                del self._variables[known:]
        if not pairs:
            self.walk(dot, node.orelse)

    def _name_pair(self, pipe: Pipe, pair: tuple[Any, Any]) -> None:
        """`$key, $value := …` names both, `$value := …` the value."""
        values = pair if len(pipe.declare) == 2 else pair[1:]
        for name, value in zip(pipe.declare, values, strict=False):
            self._set(name, value) if pipe.assign else self._variables.append((name, value))

    def _pipe(self, dot: Any, pipe: Pipe) -> Any:
        final: list[Any] = []
        for command in pipe.commands:
            final = [self._command(dot, command, final)]
        for name in pipe.declare:
            self._set(name, final[0]) if pipe.assign else self._variables.append((name, final[0]))
        return final[0]

    def _command(self, dot: Any, command: Sequence[Operand], final: list[Any]) -> Any:
        first, *rest = command
        if isinstance(first, Call):
            return self._call(dot, first.name, rest, final)
        if rest or final:
            raise GoTemplateError(f"can't give argument to non-function {first}")
        if first == Literal(None):
            raise GoTemplateError("nil is not a command")
        return self._value(dot, first)

    def _call(self, dot: Any, name: str, arguments: Sequence[Operand], final: list[Any]) -> Any:
        if name in ("and", "or"):
            return self._first(dot, name, arguments, final)
        try:
            return _FUNCTIONS[name](*(self._value(dot, argument) for argument in arguments), *final)
        except (TypeError, IndexError, KeyError, ValueError) as error:
            raise GoTemplateError(f"error calling {name}: {error}") from error

    def _first(self, dot: Any, name: str, arguments: Sequence[Operand], final: list[Any]) -> Any:
        """The value that decides an `and` or `or`; what stands after it is not looked at."""
        if not arguments and not final:
            raise GoTemplateError(f"wrong number of args for {name}: want at least 1 got 0")
        value = None
        for argument in arguments:
            value = self._value(dot, argument)
            if _true(value) == (name == "or"):
                return value
        return final[0] if final else value

    def _value(self, dot: Any, operand: Operand) -> Any:
        match operand:
            case Literal(value):
                return value
            case Field(names):
                return _fields(dot, names)
            case Variable(name, names):
                return _fields(next(value for known, value in reversed(self._variables) if known == name), names)
            case Chain(pipe, names):
                return _fields(self._pipe(dot, pipe), names)
            case Call(name):
                return self._call(dot, name, (), [])

    def _set(self, name: str, value: Any) -> None:
        at = max(i for i, (known, _) in enumerate(self._variables) if known == name)
        self._variables[at] = (name, value)


def printed(value: Any) -> str:
    """A value as an action prints it."""
    match value:
        case None:
            return "<no value>"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:g}"
        case str() | int():
            return str(value)
        case Record():
            raise GoTemplateError("a struct is printed in a form that nobody wants in a prompt")
        case dict():
            return "map[" + " ".join(f"{key}:{_shown(value[key])}" for key in sorted(value)) + "]"
    return "[" + " ".join(map(_shown, value)) + "]"


def _true(value: Any) -> bool:
    return bool(value)


def _fields(value: Any, names: Sequence[str]) -> Any:
    for name in names:
        if isinstance(value, Record) and name not in value:
            raise GoTemplateError(f"can't evaluate field {name} in type struct")
        if value is None:
            raise GoTemplateError(f"nil pointer evaluating interface {{}}.{name}")
        if not isinstance(value, dict):
            raise GoTemplateError(f"can't evaluate field {name} in type {type(value).__name__}")
        value = value.get(name)
    return value


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    match value:
        case None:
            return []
        case bool() | float() | str() | Record():
            raise GoTemplateError(f"range can't iterate over {value!r}")
        case int():
            return [(i, i) for i in range(value)]
        case dict():
            return sorted(value.items())
    return list(enumerate(value))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _length(value: Any) -> int:
    return len(_bytes(value) if isinstance(value, str) else value)


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        if isinstance(value, Record) or value is None:
            raise TypeError("index of untyped nil" if value is None else "can't index a struct")
        if isinstance(value, dict):
            value = value.get(key)
            continue
        if isinstance(key, bool) or not isinstance(key, int):
            raise TypeError(f"cannot index slice/array with type {type(key).__name__}")
        row = _bytes(value) if isinstance(value, str) else value
        if not 0 <= key < len(row):
            raise IndexError(f"index out of range: {key}")
        value = row[key]
    return value


def _slice(value: Any, low: int = 0, high: int | None = None) -> Any:
    row = _bytes(value) if isinstance(value, str) else value
    high = len(row) if high is None else high
    if not 0 <= low <= high <= len(row):
        raise IndexError(f"index out of range: {high if high > len(row) else low}")
    part = row[low:high]
    return part.decode("utf-8", "surrogateescape") if isinstance(value, str) else part


def _kind(value: Any) -> str:
    kinds: tuple[tuple[type, str], ...] = ((bool, "bool"), (int, "int"), (float, "float"), (str, "string"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "other")


def _equal(first: Any, *others: Any) -> bool:
    if not others:
        raise TypeError("missing argument for comparison")
    for other in others:
        if first is None or other is None:
            if first is other:
                return True
        elif _kind(first) != _kind(other):
            raise TypeError("incompatible types for comparison")
        elif _kind(first) == "other":
            raise TypeError("non-comparable type")
        elif first == other:
            return True
    return False


def _less(one: Any, other: Any) -> bool:
    if _kind(one) != _kind(other):
        raise TypeError("incompatible types for comparison")
    if _kind(one) in ("bool", "other"):
        raise TypeError("invalid type for comparison")
    return bool(one < other)


def _print(*values: Any) -> str:
    written = ""
    for i, value in enumerate(values):
        apart = i and not isinstance(value, str) and not isinstance(values[i - 1], str)
        written += (" " if apart else "") + _shown(value)
    return written


def _printf(form: str, *values: Any) -> str:
    """The verbs %s, %d, %t, %v and %q."""
    rest = list(values)

    def put(verb: re.Match[str]) -> str:
        if verb[1] == "%":
            return "%"
        value = rest.pop(0)
        if verb[1] in _VERBS and _kind(value) != _VERBS[verb[1]]:
            raise TypeError(f"%{verb[1]} of {value!r}")
        return json.dumps(value, ensure_ascii=False) if verb[1] == "q" else _shown(value)

    written = re.sub(r"%(.)", put, form)
    if rest:
        raise TypeError(f"no verb for {rest}")
    return written


_VERBS = {"s": "string", "q": "string", "d": "int", "t": "bool"}


def _shown(value: Any) -> str:
    return "<nil>" if value is None else printed(value)


def _json(value: Any) -> str:
    """As Go's encoder writes it: map keys in order, `<`, `>` and `&` escaped."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=not isinstance(value, Record))
    return re.sub(r"[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", written)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "not": lambda value: not _true(value),
    "eq": _equal,
    "ne": lambda one, other: not _equal(one, other),
    "lt": _less,
    "le": lambda one, other: _equal(one, other) or _less(one, other),
    "gt": lambda one, other: not _equal(one, other) and not _less(one, other),
    "ge": lambda one, other: not _less(one, other),
    "len": _length,
    "index": _index,
    "slice": _slice,
    "print": _print,
    "printf": _printf,
    "println": lambda *values: " ".join(map(_shown, values)) + "\n",
    "json": _json,
}
