"""Prints docs/api.md: what `import ragft` offers, from the docstrings. `make docs` writes the page.

python docs/api_reference.py > docs/api.md
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import is_dataclass
from functools import cache, cached_property
from importlib import import_module
from typing import Any

import ragft
from ragft.app.application import Application, open_application

HEAD = """\
# Python reference

Generated from the docstrings by `make docs`. [python.md](python.md) is the tour; the names of `import ragft` are
`ragft.NAME`, all others are imported from the module that is given. A `progress` is called with a label, the number of
steps done, and their total. The sections of the settings are described in `ragft.setting_sections`.
"""
LONGEST = 90
"""Characters of a signature on one line."""
_STARS: dict[object, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
_SECTION = re.compile(r"^(Args|Returns|Raises):$")


@cache
def _names(module: str) -> dict[str, str]:
    """What the names in a module stand for, also those imported for type checkers: `Hit`: `ragft.index.base.Hit`."""
    tree = ast.parse(inspect.getsource(import_module(module)))
    found = {node.name: f"{module}.{node.name}" for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ragft"):
            found |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    return found


def _classes(annotation: object, module: str) -> Iterator[type[Any]]:
    """The classes of ragft in an annotation, or in several in one text, as `module` names them."""
    for first, *rest in (name.split(".") for name in re.findall(r"[A-Za-z_][\w.]*", str(annotation))):
        if first in _names(module):
            where, _, name = ".".join([_names(module)[first], *rest]).rpartition(".")
            found = getattr(import_module(where), name, None)
            if inspect.isclass(found) and found.__module__ == where:
                yield found


def _members(owner: type[Any]) -> Iterator[tuple[str, Any]]:
    """Public methods and properties, those of base classes first, each in the order of its source."""
    seen: dict[str, Any] = {}
    for cls in reversed(owner.__mro__[:-1]):
        seen |= {name: member for name, member in vars(cls).items() if not name.startswith("_")}
    for name, member in seen.items():
        if callable(member) or isinstance(member, property | cached_property):
            yield name, member


def _function(member: Any) -> Callable[..., Any]:
    """What stands behind a method or property, without its decorators."""
    if isinstance(member, property):
        member = member.fget
    elif isinstance(member, cached_property):
        member = member.func
    found: Callable[..., Any] = inspect.unwrap(member)
    return found


def _signature(function: Callable[..., Any]) -> str:
    """Parameters with annotations and defaults, and what is returned."""
    signature = inspect.signature(function)
    written: list[str] = []
    for each in signature.parameters.values():
        if each.kind is each.KEYWORD_ONLY and "*" not in written:
            written.append("*")
        if each.name != "self":
            default = "" if each.default is each.empty else f" = {each.default!r}"
            written.append(f"{_STARS.get(each.kind, '')}{each.name}: {each.annotation}{default}")
    returned = "" if signature.return_annotation == "None" else f" -> {signature.return_annotation}"
    line = f"({', '.join(written)}){returned}"
    return line if len(line) < LONGEST else "(\n" + "".join(f"    {each},\n" for each in written) + f"){returned}"


def _text(documented: object) -> str:
    """A docstring as Markdown: sections as lists, examples as blocks."""
    lines: list[str] = []
    example = section = False
    for line in (inspect.getdoc(documented) or "").splitlines():
        begins = line.startswith((">>>", "..."))
        if begins and not example:
            lines.append("```python")
        elif example and not line.strip():
            lines.append("```")
        example = begins or (example and bool(line.strip()))
        if heading := _SECTION.match(line):
            lines += [f"{heading[1]}:", ""]
            section = True
        elif section and line.startswith("    ") and not line.startswith("     "):
            lines.append("- " + re.sub(r"^(\S.*?):(?= )", r"`\1`:", line.strip()))
        elif section and line.strip():
            lines.append("  " + line.strip())
        else:
            lines.append(line)
    return "\n".join([*lines, "```"] if example else lines)


def _methods(owner: type[Any], prefix: str) -> Iterator[str]:
    for name, member in _members(owner):
        if isinstance(member, property | cached_property):
            yield f"### `{prefix}.{name}`\n\n{_text(member)}\n"
        else:
            function = _function(member)
            yield f"### `{prefix}.{name}`\n\n```python\n{name}{_signature(function)}\n```\n\n{_text(function)}\n"


def _is_data(cls: type[Any]) -> bool:
    """Whether it is a dataclass or a named tuple."""
    return is_dataclass(cls) or (issubclass(cls, tuple) and hasattr(cls, "_fields"))


def _fields(cls: type[Any]) -> dict[str, str]:
    """The annotations of its fields as they are written."""
    annotations = vars(cls).get("__annotations__", {})
    return {name: str(getattr(each, "__forward_arg__", each)) for name, each in annotations.items()}


def _data(cls: type[Any]) -> str:
    """A dataclass or named tuple: how it is imported, its docstring, its fields."""
    where = "ragft" if cls.__name__ in ragft.__all__ else cls.__module__
    head = f"### `{cls.__name__}`\n\n`from {where} import {cls.__name__}`\n\n{_text(cls)}\n"
    fields = [f"{name}: {annotation}" for name, annotation in _fields(cls).items()]
    return head + "\n```python\n" + "\n".join(fields) + "\n```\n"


def _reached(owners: Iterable[type[Any]]) -> list[type[Any]]:
    """Data classes: those of `import ragft`, those that methods take or return, and those in the fields of these."""
    waiting = [each for each in (getattr(ragft, name) for name in ragft.__all__) if inspect.isclass(each)]
    for owner in owners:
        for _, member in _members(owner):
            function = _function(member)
            waiting += _classes(inspect.signature(function), function.__module__)
    found: dict[str, type[Any]] = {}
    while waiting:
        cls = waiting.pop()
        if _is_data(cls) and cls.__name__ not in found:
            found[cls.__name__] = cls
            waiting += _classes(_fields(cls), cls.__module__)
    return [found[name] for name in sorted(found)]


def _errors() -> Iterator[str]:
    from ragft import errors

    for cls in vars(errors).values():
        if inspect.isclass(cls) and issubclass(cls, errors.RagftError):
            base = "" if cls is errors.RagftError else f" ({cls.__mro__[1].__name__})"
            yield f"### `{cls.__name__}`{base}\n\n{_text(cls)}\n"


def page() -> str:
    """The whole page."""
    parts: dict[str, type[Any]] = {}
    for name, member in _members(Application):
        if isinstance(member, property | cached_property):
            function = _function(member)
            parts[name] = next(_classes(inspect.signature(function), function.__module__))
    blocks = [
        HEAD,
        f"## `ragft.open`\n\n```python\nopen{_signature(open_application)}\n```\n\n{_text(open_application)}\n",
    ]
    blocks += ["## `Application`\n", *_methods(Application, "app")]
    for name, cls in parts.items():
        blocks += [f"## `app.{name}`\n\n{_text(cls)}\n", *_methods(cls, f"app.{name}")]
    blocks += ["## What is taken and returned\n", *map(_data, _reached([Application, *parts.values()]))]
    blocks += ["## Errors\n\nAll are in `ragft.errors`; in brackets: the class they derive from.\n", *_errors()]
    return "\n".join(blocks)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(page())
