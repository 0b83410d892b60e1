"""The wheel carries all of the tree, and the layers are what the folders say."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from ragft.extras import EXTRAS

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BUILT = """
import json, setuptools
from distutils.core import run_setup
project = run_setup("setup.py", ["build_py"], stop_after="commandline")
command = project.get_command_obj("build_py")
command.build_lib = ""
command.ensure_finalized()
print(json.dumps([sorted(project.packages), command.get_outputs(include_bytecode=False)]))
"""
"""Prints the packages of the project it runs in, and the files of its wheel; it writes none."""


def _built(project: Path) -> tuple[set[str], set[str]]:
    """The packages and files that a wheel of `project` has."""
    done = subprocess.run([sys.executable, "-c", BUILT], cwd=project, capture_output=True, text=True, check=True)
    packages, files = json.loads(done.stdout.splitlines()[-1])
    return set(packages), {Path(file).as_posix() for file in files}


def _lie_in(folder: Path, name: str) -> set[str]:
    """The files of a folder, as they are named below `name`, but what Python and file managers leave there."""
    files = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    kept = (file for file in files if file.parent.name != "__pycache__" and not file.name.startswith("."))
    return {f"{name}/{file.as_posix()}" for file in kept}


def test_the_wheel_has_every_file_of_the_tree_and_no_other() -> None:
    _packages, files = _built(ROOT)
    wanted = _lie_in(ROOT / "src" / "ragft", "ragft") | _lie_in(ROOT / "llama_cpp_tools", "llama_cpp_tools")
    assert files == wanted | _lie_in(ROOT / "data", "ragft/_data")


def test_a_new_package_needs_no_line_anywhere(tmp_path: Path) -> None:
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    ours = ["src/ragft", "src/ragft/tasks", "src/ragft/tasks/mine", "llama_cpp_tools"]
    for folder in [*ours, "tests", "benchmarks", "build/lib/ragft/gone"]:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "__init__.py").touch()
    (tmp_path / "data" / "__pycache__").mkdir(parents=True)
    (tmp_path / "data" / "__pycache__" / "make.pyc").touch()
    packages, files = _built(tmp_path)
    assert packages == {"ragft", "ragft.tasks", "ragft.tasks.mine", "ragft._data", "llama_cpp_tools"}
    assert files == {f"{package.replace('.', '/')}/__init__.py" for package in packages - {"ragft._data"}}


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
