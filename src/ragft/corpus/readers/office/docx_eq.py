r"""Formulas of EQ fields of Word documents as a line of text: `EQ \f(1,2)` is `1/2`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import add

from ragft.corpus import formulas

_TOKEN = re.compile(
    r"\\(?P<bracket>[blrfv]c)\s*\\(?P<sign>.)"
    r"|\\(?P<switch>[a-z]+(?:\s*-?\d+)?)\s*(?=[\\(]|$|\s)|\\(?P<escaped>[^a-z])|(?P<border>[(),;])|(?P<text>[^\\(),;]+)",
    re.IGNORECASE | re.DOTALL,
)
_ELEMENTS = frozenset("a b d f i l o r s x".split())
_RUBY = re.compile(r"^\s*eq\s.*?\\\*\s*(?:jc|hps)", re.IGNORECASE)
_FORMATS = re.compile(r'\\\*\s*(?:"[^"]*"|[\w:]+)')
_CIRCLES, _LINES = "○〇◯", "-–—−_"
_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
_DEEPEST = 40


class UnreadableFormulaError(ValueError):
    """It does not keep to the grammar of the field."""


@dataclass(frozen=True)
class _FieldToken:
    kind: str
    text: str


def formula_line(code: str, separator: str = ",") -> str:
    """The line that an EQ field shows, with blanks around what is set apart from the text beside it.

    Args:
        code: the field's instruction, such as ` EQ \\f(1,2) `.
        separator: what divides arguments in the document; where it is `;`, a comma is that of a decimal.

    Raises:
        UnreadableFormulaError: it does not keep to the grammar of the field.
    """
    ruby = _RUBY.match(code) is not None
    text = _Formula(_FORMATS.sub("", code.strip()[2:]), separator, ruby=ruby).line()
    return text if ruby or text.startswith(("^", "_")) else f" {text} "


def _tokens(text: str) -> Iterator[_FieldToken]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise UnreadableFormulaError
        kind = "bracket" if found["bracket"] else found.lastgroup
        yield _FieldToken(kind, f"{found['bracket'].casefold()}{found['sign']}" if found["bracket"] else found[kind])
        place = found.end()


class _Formula:
    """The code of an EQ field, read from left to right."""

    def __init__(self, code: str, separator: str, *, ruby: bool) -> None:
        self._tokens = list(_tokens(code))
        self._at = 0
        self._separator = separator
        self._ruby = ruby
        self._depth = 0

    def line(self) -> str:
        text = self._run()
        if self._at < len(self._tokens):
            raise UnreadableFormulaError
        return " ".join(text.split())

    def _next(self) -> _FieldToken | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _run(self, *, inside: bool = False) -> str:
        """Text and elements up to a border of the arguments that they stand in; outside of any, brackets are text."""
        parts: list[str] = []
        while (token := self._next()) is not None:
            if token.kind == "border" and inside and token.text != "(":
                break
            self._at += 1
            if token.kind == "switch":
                parts.append(self._element(token.text.casefold()))
            elif token.kind == "border" and token.text == "(" and inside:
                texts, borders = self._parts()
                parts.append("(" + "".join(map(add, texts, [*borders, ")"])))
            else:
                parts.append(token.text)
        return "".join(parts)

    def _element(self, name: str) -> str:
        if name not in _ELEMENTS:
            raise UnreadableFormulaError
        options: list[str] = []
        while (token := self._next()) is not None and not (token.kind == "border" and token.text == "("):
            if token.kind == "text" and token.text.strip():
                raise UnreadableFormulaError
            options.append(token.text)
            self._at += 1
        if name == "d":
            return self._displaced()
        if token is None:
            raise UnreadableFormulaError
        self._at += 1
        return self._write(name, options, self._arguments(2 if name in "fi" else 1))

    def _displaced(self) -> str:
        """`\\d \\fo10 ()` moves what follows and shows nothing."""
        if self._next() is not None:
            self._at += 1
            self._arguments()
        return " "

    def _arguments(self, least: int = 1) -> list[str]:
        """The arguments between brackets, divided by semicolons, or else by the separator of the document."""
        parts, borders = self._parts()
        divides = ";" if ";" in borders or (self._separator == ";" and least == 1) else ","
        found = [parts[0]]
        for border, part in zip(borders, parts[1:], strict=True):
            if border == divides:
                found.append(part)
            else:
                found[-1] += border + part
        return found

    def _parts(self) -> tuple[list[str], list[str]]:
        """The parts up to the closing bracket, and the borders between them."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnreadableFormulaError
        parts: list[str] = [self._run(inside=True)]
        borders: list[str] = []
        while (token := self._next()) is not None and token.text != ")":
            borders.append(token.text)
            self._at += 1
            parts.append(self._run(inside=True))
        if token is None:
            raise UnreadableFormulaError
        self._at += 1
        self._depth -= 1
        return parts, borders

    def _write(self, name: str, options: Sequence[str], args: Sequence[str]) -> str:
        if name == "f" and len(args) == 2:
            return f" {formulas.fraction(*args)}"
        if name == "r" and len(args) <= 2:
            return formulas.root(args[-1], args[0] if len(args) == 2 else "")
        if name == "s":
            return _raised(options, args)
        if name == "i" and len(args) == 3:
            sign = {"su": "∑", "pr": "∏"}.get(next((o.casefold() for o in options if o.strip()), ""), "∫")
            return f"{formulas.scripts(sign, args[0], args[1])} {args[2]}"
        if name == "b":
            return _bracketed(options, args[0] if len(args) == 1 else self._separator.join(args))
        if name == "o":
            return args[-1] if self._ruby else _over(args)
        if name == "a":
            return formulas.matrix(_rows(options, args))
        if name in {"x", "l"}:
            return self._separator.join(args)
        raise UnreadableFormulaError


def _raised(options: Sequence[str], args: Sequence[str]) -> str:
    said = [option.casefold() for option in options]
    if len(args) == 2:
        return formulas.scripts("", below=args[1], above=args[0])
    if len(args) > 2:
        raise UnreadableFormulaError
    return (
        formulas.scripts("", below=args[0])
        if any(o.startswith("do") for o in said)
        else formulas.scripts("", above=args[0])
    )


def _bracketed(options: Sequence[str], text: str) -> str:
    signs = {option[:2]: option[2:] for option in options if option[:2] in {"bc", "lc", "rc"}}
    if not signs:
        return f"({text})"
    if both := signs.get("bc"):
        return f"{both}{text}{_CLOSING.get(both, both)}"
    return f"{signs.get('lc', '')}{text}{signs.get('rc', '')}"


def _over(args: Sequence[str]) -> str:
    """Characters over one another: a number in a circle, a letter with a mark over it."""
    inner = [arg.strip() for arg in args if arg.strip()]
    rest = [arg for arg in inner if arg not in _CIRCLES]
    if len(rest) == 1 and len(inner) == 2:
        number = int(rest[0]) if rest[0].isdecimal() and len(rest[0]) < 3 else 0
        return f" {chr(0x245F + number)} " if 1 <= number <= 20 else f" ({rest[0]}) "
    if len(inner) == 2 and len(mark := inner[1].strip("^()")) == 1 and inner[0].isalpha() and not mark.isalnum():
        return formulas.accent(inner[0], "¯" if mark in _LINES else mark)
    return " ".join(inner)


def _rows(options: Sequence[str], args: Sequence[str]) -> Iterator[Sequence[str]]:
    columns = next((int(o[2:]) for o in options if re.fullmatch(r"co\d", o.casefold())), 1)
    yield from (args[place : place + columns] for place in range(0, len(args), columns))
