"""The wheel carries all of the tree, and the layers are what the folders say."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from ragft.extras import EXTRAS

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _packages_below(folder: Path, name: str) -> set[str]:
    inner = {init.parent.relative_to(folder) for init in folder.rglob("__init__.py")}
    return {".".join((name, *path.parts)) for path in inner}


def test_every_package_is_in_the_wheel() -> None:
    found = _packages_below(ROOT / "src" / "ragft", "ragft") | _packages_below(
        ROOT / "llama_cpp_tools", "llama_cpp_tools"
    )
    assert set(PROJECT["tool"]["setuptools"]["packages"]) - {"ragft._data"} == found


def test_every_dependency_is_pinned_in_the_constraints() -> None:
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *(d for group in project["optional-dependencies"].values() for d in group)]
    names = {d.split("[")[0].split(">")[0].split("=")[0].strip().lower().replace("_", "-") for d in wanted}
    assert names - {"ragft"} <= pinned


def test_what_few_users_need_is_an_extra() -> None:
    project = PROJECT["project"]
    base = {re.split(r"[^\w-]", dependency)[0] for dependency in project["dependencies"]}
    assert base.isdisjoint(
        {"torch", "transformers", "trl", "peft", "datasets", "matplotlib", "sentence-transformers", "chromadb"}
    )


def test_every_module_of_an_extra_is_a_dependency_of_it() -> None:
    groups = PROJECT["project"]["optional-dependencies"]
    for extra in EXTRAS.values():
        named = {re.split(r"[^\w-]", dependency)[0].replace("-", "_") for dependency in groups[extra.name]}
        named |= {"sklearn"} if "scikit_learn" in named else set()  # it is imported by another name
        assert set(extra.modules) <= named, extra.name
