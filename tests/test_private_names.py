"""What ragft uses of other packages beside their public names: it is listed here, and their versions are bounded.

That a new version still has it is what the tests of the files show that use it.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("ragft", "llama_cpp_tools")

PRIVATE = {
    "ragft.corpus.readers.office.xlsx": ("openpyxl", {"_cells"}),
    "ragft.engine.ollama.client": ("ollama", {"_client", "_request", "_request_raw"}),
    "ragft.executors.ray": ("ray", {"_private"}),
    "ragft.executors.ray_key": ("ray", {"_raylet"}),
    "ragft.index.vectors.chroma": (
        "chromadb",
        {"_admin_client", "_identifier_to_refcount", "_identifier_to_system", "_server", "_session"},
    ),
    "ragft.ollama_package": ("ollama", {"_client", "_types"}),
    "ragft.train.training_setup": ("transformers", {"_n_gpu"}),
}
"""By module: the package, and its private names."""
OVERRIDDEN = {"ragft.train.preference_trainer.PreferenceTrainer": ("trl", {"_prepare_dataset"})}
"""By class: the package of the base, and the base's private names that the class has, too."""
NAMED_TUPLE = {"_asdict", "_field_defaults", "_fields", "_make", "_replace"}
"""Public, whatever they begin with."""


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_" and name not in NAMED_TUPLE


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in (ROOT / "src" / "ragft", ROOT / "llama_cpp_tools"):
        for path in sorted(package.rglob("*.py")):
            name = ".".join(path.relative_to(package.parent).with_suffix("").parts)
            yield name.removesuffix(".__init__"), ast.parse(path.read_text(encoding="utf-8"))


TREES = dict(modules())


def defined(tree: ast.AST) -> set[str]:
    """The names that `tree` defines or sets, those of its classes and of `self` included."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and is_self(node.value):
            found.add(node.attr)
    return found


def is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


CLASSES = {node.name: node for tree in TREES.values() for node in tree.body if isinstance(node, ast.ClassDef)}


def base_names(node: ast.ClassDef) -> set[str]:
    """The last part of each base: `Client` of `ollama_package.Client`."""
    plain = (base.value if isinstance(base, ast.Subscript) else base for base in node.bases)
    return {ast.unparse(base).rpartition(".")[2] for base in plain} - {node.name}


def of_class(node: ast.ClassDef) -> set[str]:
    """The names that a class and our bases of it define."""
    return defined(node).union(*(of_class(CLASSES[base]) for base in base_names(node) if base in CLASSES))


def used(tree: ast.Module) -> Iterator[str]:
    """The private names in a module that neither it nor, for `self`, a base of the class defines."""
    own = defined(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not is_self(node.value) and node.attr not in own:
            yield node.attr
        elif isinstance(node, ast.ClassDef):
            names = {
                inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute) and is_self(inner.value)
            }
            yield from names - of_class(node)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] not in OURS:
            yield from (*node.module.split("."), *(name.name for name in node.names))
        elif isinstance(node, ast.Import):
            yield from (part for name in node.names for part in name.name.split("."))
        elif isinstance(node, ast.Call):
            yield from by_text(node)


def by_text(call: ast.Call) -> Iterator[str]:
    """The names in `getattr(x, "_name")` and `import_module("package._module")`."""
    if ast.unparse(call.func).rpartition(".")[2] in ("getattr", "setattr", "hasattr", "delattr", "import_module"):
        for argument in call.args:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield from argument.value.split(".")


def test_every_private_name_of_another_package_is_listed() -> None:
    found = {name: set(filter(is_private, used(tree))) for name, tree in TREES.items()}
    assert {name: names for name, names in found.items() if names} == {
        name: names for name, (_, names) in PRIVATE.items()
    }


@pytest.mark.slow
def test_every_private_name_that_a_class_takes_from_its_base_is_listed() -> None:
    """Also where it is ours by chance: the base would call what it does not know."""
    found = {}
    for name, tree in TREES.items():
        for node in tree.body:
            if (
                isinstance(node, ast.ClassDef)
                and base_names(node) - CLASSES.keys()
                and any(map(is_private, defined(node)))
            ):
                taken = set(filter(is_private, defined(node))) & names_of_bases(name, node.name)
                if taken:
                    found[f"{name}.{node.name}"] = taken
    assert found == {name: names for name, (_, names) in OVERRIDDEN.items()}


def names_of_bases(module: str, name: str) -> set[str]:
    """All names of the bases that come from other packages, those set on `self` included."""
    names: set[str] = set()
    for base in getattr(importlib.import_module(module), name).__mro__:
        if base.__module__.partition(".")[0] not in (*OURS, *sys.stdlib_module_names):
            names.update(vars(base))
            with contextlib.suppress(OSError, TypeError):
                names.update(re.findall(r"self\.(\w+)", inspect.getsource(base)))
    return names


def test_the_packages_end_at_a_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for group in project["optional-dependencies"].values() for one in group)]
    bounded = {re.split(r"[^\w-]", one)[0] for one in wanted if "<" in one}
    assert {package for package, _ in (*PRIVATE.values(), *OVERRIDDEN.values())} <= bounded
