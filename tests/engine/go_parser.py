"""Go's text/template language as a tree: what Ollama's chat templates are written in.

Not read: `define`, `template`, `block`, and numbers that are not plain decimals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


class GoTemplateError(ValueError):
    """The template cannot be read or carried out, or uses what this reader does not know."""


@dataclass(frozen=True)
class Literal:
    """A constant: text, a number, a truth value or nil."""

    value: str | float | bool | None


@dataclass(frozen=True)
class Variable:
    """`$name.Field.Field`; the lone `$` is what the template was given."""

    name: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """`.Field.Field`; without a name it is the dot itself."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """The name of a function."""

    name: str


@dataclass(frozen=True)
class Chain:
    """`(pipeline).Field.Field`."""

    of: Pipe
    names: tuple[str, ...] = ()


Operand = Literal | Variable | Field | Call | Chain


@dataclass(frozen=True)
class Pipe:
    """`$x := command | command`; a command is a function or a value, then arguments."""

    commands: tuple[tuple[Operand, ...], ...]
    declare: tuple[str, ...] = ()
    assign: bool = False


@dataclass(frozen=True)
class Text:
    """What stands outside the braces."""

    text: str


@dataclass(frozen=True)
class Action:
    """`{{ pipeline }}`."""

    pipe: Pipe


@dataclass(frozen=True)
class Branch:
    """`{{ if }}`, `{{ with }}` or `{{ range }}`, by `kind`."""

    kind: str
    pipe: Pipe
    body: tuple[Node, ...]
    orelse: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Jump:
    """`{{ break }}` or `{{ continue }}`."""

    kind: str


Node = Text | Action | Branch | Jump
Token = tuple[str, str]

_TOKENS = re.compile(
    r"""(?P<close>[ \t\r\n]+-\}\}|\}\}) | (?P<space>[ \t\r\n]+) | (?P<text>"(?:[^"\\\n]|\\.)*") | (?P<raw>`[^`]*`)
    | (?P<char>'(?:[^'\\\n]|\\.)+') | (?P<number>[+-]?\d+(?:\.\d+)?) | (?P<field>(?:\.[^\W\d]\w*)+) | (?P<dot>\.)
    | (?P<variable>\$\w*(?:\.[^\W\d]\w*)*) | (?P<word>[^\W\d]\w*) | (?P<sign>:=|=|\||,|\(|\))""",
    re.VERBOSE,
)
_COMMENT = re.compile(r"/\*.*?\*/(?P<trim>[ \t\r\n]+-)?\}\}", re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)", re.DOTALL)
_ESCAPES = dict(zip("abfnrtv\\\"'", "\a\b\f\n\r\t\v\\\"'", strict=True))
_BLANK = " \t\r\n"
_BRANCHES = ("if", "with", "range")
_UNKNOWN = ("define", "template", "block")


def parse(source: str, functions: frozenset[str]) -> tuple[Node, ...]:
    """The template as a tree; `functions` are the names that may be called."""
    return _Parser(source, functions).read()


def split(source: str) -> Iterator[str | list[Token]]:
    """The text outside of the braces, trimmed as `{{-` and `-}}` say, and the tokens between them."""
    at, trim = 0, False
    while (start := source.find("{{", at)) >= 0:
        trim_before = source.startswith("-", start + 2) and source[start + 3 : start + 4] in tuple(_BLANK)
        yield _trim(source[at:start], left=trim, right=trim_before)
        inside = start + (4 if trim_before else 2)
        if comment := _COMMENT.match(source, inside):
            at, trim = comment.end(), bool(comment["trim"])
        else:
            tokens, at, trim = _action(source, inside)
            yield tokens
    yield _trim(source[at:], left=trim, right=False)


def _trim(text: str, *, left: bool, right: bool) -> str:
    text = text.lstrip(_BLANK) if left else text
    return text.rstrip(_BLANK) if right else text


def _action(source: str, at: int) -> tuple[list[Token], int, bool]:
    tokens: list[Token] = []
    while True:
        found = _TOKENS.match(source, at)
        if found is None:
            raise GoTemplateError(
                f"unexpected {source[at : at + 10]!r} in an action" if source[at:] else "unclosed action"
            )
        at = found.end()
        if found.lastgroup == "close":
            return tokens, at, "-" in found[0]
        tokens.append((str(found.lastgroup), found[0]))


class _Parser:
    """One pass over the pieces; the variables in sight are known while it reads, as Go wants it."""

    def __init__(self, source: str, functions: frozenset[str]) -> None:
        self._pieces = split(source)
        self._functions = functions
        self._seen = ["$"]
        self._loops = 0

    def read(self) -> tuple[Node, ...]:
        nodes, end = self._nodes()
        if end:
            raise GoTemplateError(f"unexpected {{{{{end[0][1]}}}}}")
        return nodes

    def _nodes(self) -> tuple[tuple[Node, ...], list[Token]]:
        """The nodes up to an `else` or `end` (given back), or up to the end of the source (nothing given back)."""
        nodes: list[Node] = []
        for piece in self._pieces:
            if isinstance(piece, str):
                nodes += [Text(piece)] if piece else []
                continue
            tokens = _stripped(piece)
            word = tokens[0][1] if tokens and tokens[0][0] == "word" else ""
            if word in ("else", "end"):
                return tuple(nodes), tokens
            nodes.append(self._node(word, tokens))
        return tuple(nodes), []

    def _node(self, word: str, tokens: list[Token]) -> Node:
        if word in _UNKNOWN:
            raise GoTemplateError(f"{word} is not known to this reader")
        if word in ("break", "continue"):
            if not self._loops:
                raise GoTemplateError(f"{{{{{word}}}}} outside {{{{range}}}}")
            return Jump(word)
        if word in _BRANCHES:
            return self._branch(word, tokens[1:])
        return Action(self._pipe(tokens))

    def _branch(self, kind: str, tokens: list[Token]) -> Branch:
        known = len(self._seen)
        pipe = self._pipe(_stripped(tokens), in_range=kind == "range")
        self._loops += kind == "range"
        body, end = self._nodes()
        self._loops -= kind == "range"
        orelse: tuple[Node, ...] = ()
        if end and end[0][1] == "else":
            orelse, end = self._orelse(kind, end[1:])
        if not end:
            raise GoTemplateError("unexpected EOF")
        if end[0][1] != "end" or len(end) > 1:
            raise GoTemplateError(f"{{{{{kind}}}}} without its {{{{end}}}}")
        del self._seen[known:]
        return Branch(kind, pipe, body, orelse)

    def _orelse(self, kind: str, tokens: list[Token]) -> tuple[tuple[Node, ...], list[Token]]:
        """What follows an `else`: nodes up to the `end`, or another `if` (`with`), which shares that `end`."""
        tokens = _stripped(tokens)
        if not tokens:
            return self._nodes()
        if kind == "range" or tokens[0] != ("word", kind):
            raise GoTemplateError(f"unexpected {tokens[0][1]!r} after else")
        return (self._branch(kind, tokens[1:]),), [("word", "end")]

    def _pipe(self, tokens: list[Token], *, in_range: bool = False) -> Pipe:
        solid = [token for token in tokens if token[0] != "space"]
        signs = [text for kind, text in solid[:4] if kind == "sign" and text in (":=", "=")]
        names: tuple[str, ...] = ()
        if signs and solid[0][0] == "variable":
            at = next(i for i, token in enumerate(tokens) if token == ("sign", signs[0]))
            head = [text for kind, text in tokens[:at] if kind != "space"]
            names = tuple(head[::2])
            if set(head[1::2]) - {","} or len(names) > (2 if in_range else 1):
                raise GoTemplateError(f"cannot declare {' '.join(head)}")
            tokens = tokens[at + 1 :]
        if signs == ["="]:
            for name in names:
                self._known(name)
        pipe = Pipe(tuple(self._commands(tokens)), names, signs == ["="])
        if not pipe.assign:
            self._seen += names
        return pipe

    def _commands(self, tokens: list[Token]) -> Iterator[tuple[Operand, ...]]:
        rest = list(tokens)
        while True:
            command = []
            while (rest := _left_stripped(rest)) and rest[0] != ("sign", "|"):
                operand, rest = self._operand(rest)
                command.append(operand)
                if rest and rest[0][0] not in ("space", "sign"):
                    raise GoTemplateError(f"unexpected {rest[0][1]!r} in operand")
            if not command:
                raise GoTemplateError("missing value for command")
            yield tuple(command)
            if not rest:
                return
            rest = rest[1:]

    def _operand(self, tokens: list[Token]) -> tuple[Operand, list[Token]]:
        (kind, text), rest = tokens[0], tokens[1:]
        match kind:
            case "text" | "raw" | "char" | "number":
                return Literal(_constant(kind, text)), rest
            case "dot":
                return Field(), rest
            case "field":
                return Field(tuple(text[1:].split("."))), rest
            case "variable":
                name, *fields = text.split(".")
                return Variable(self._known(name), tuple(fields)), rest
            case "word":
                return self._word(text), rest
            case _ if text == "(":
                return self._group(rest)
        raise GoTemplateError(f"unexpected {text!r} in operand")

    def _word(self, text: str) -> Operand:
        constants = {"true": True, "false": False, "nil": None}
        if text in constants:
            return Literal(constants[text])
        if text not in self._functions:
            raise GoTemplateError(f'function "{text}" not defined')
        return Call(text)

    def _group(self, tokens: list[Token]) -> tuple[Operand, list[Token]]:
        depth = 1
        for at, token in enumerate(tokens):
            depth += (token == ("sign", "(")) - (token == ("sign", ")"))
            if depth == 0:
                pipe, rest = self._pipe(_stripped(tokens[:at])), tokens[at + 1 :]
                if rest and rest[0][0] == "field":
                    return Chain(pipe, tuple(rest[0][1][1:].split("."))), rest[1:]
                return Chain(pipe), rest
        raise GoTemplateError("unclosed left paren")

    def _known(self, name: str) -> str:
        if name not in self._seen:
            raise GoTemplateError(f'undefined variable "{name}"')
        return name


def _left_stripped(tokens: list[Token]) -> list[Token]:
    return tokens[1:] if tokens and tokens[0][0] == "space" else tokens


def _stripped(tokens: list[Token]) -> list[Token]:
    tokens = _left_stripped(tokens)
    return tokens[:-1] if tokens and tokens[-1][0] == "space" else tokens


def _constant(kind: str, text: str) -> str | float:
    if kind == "number":
        return float(text) if "." in text else int(text)
    if kind == "raw":
        return text[1:-1].replace("\r", "")
    plain = _ESCAPE.sub(lambda found: _unescape(found[1]), text[1:-1])
    plain = plain.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")  # bytes become characters
    return ord(plain) if kind == "char" else plain


def _unescape(code: str) -> str:
    """`x41` and `101` are bytes (one that is no character stays a surrogate), `u0041` and `U00000041` characters."""
    if code in _ESCAPES:
        return _ESCAPES[code]
    if code[0] in "uU":
        return chr(int(code[1:], 16))
    if len(code) < 3:
        raise GoTemplateError(f"unknown escape \\{code}")
    number = int(code[1:], 16) if code[0] == "x" else int(code, 8)
    return bytes([number]).decode("utf-8", "surrogateescape")
