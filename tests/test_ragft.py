"""`import ragft`: the names of a user, each explained by an example that runs; quick, and nothing heavy with it."""

from __future__ import annotations

import doctest
import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import ragft
from ragft.app.models import Models
from tests.app.conftest import papers, scripted_engine  # noqa: F401  fixtures

NAMES = [name for name in ragft.__all__ if not name.startswith("_")]
METHODS = [
    *("ingest", "search", "ask", "stream", "documents", "index", "conversations", "datasets", "models", "benchmark"),
    *("doctor", "with_", "models.default", "jobs", "runs"),
]
"""Of an application; docs/python.md, which a test runs, shows those that train."""


@pytest.fixture
def run(
    papers: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[object, str], None]:
    monkeypatch.setenv("RAGFT_WORKSPACE", str(papers / "ws"))
    monkeypatch.chdir(papers)

    def run(found: object, name: str) -> None:
        names = {"ragft": ragft, "Path": lambda path: tmp_path / path}
        text = inspect.getdoc(found) or ""
        example = doctest.DocTestParser().get_doctest(text, names, name, None, None)
        assert example.examples, f"{name} has no example"
        said: list[str] = []
        result = doctest.DocTestRunner(verbose=False).run(example, out=said.append)
        assert result.failed == 0, "".join(said)

    return run


@pytest.mark.usefixtures("scripted_engine")
@pytest.mark.parametrize("name", NAMES)
def test_every_name_has_an_example_that_runs(name: str, run: Callable[[object, str], None]) -> None:
    run(getattr(ragft, name), name)


@pytest.mark.usefixtures("scripted_engine")
@pytest.mark.parametrize("name", METHODS)
def test_a_method_has_an_example_that_runs(name: str, run: Callable[[object, str], None]) -> None:
    place, _, method = name.rpartition(".")
    run(getattr(Models if place else ragft.Application, method), name)


def test_an_import_loads_nothing_but_the_package_itself() -> None:
    # What `typing` takes along differs with the version of Python.
    code = "import sys, typing; before = set(sys.modules); import ragft; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {module.partition(".")[0] for module in done.stdout.split()}
    assert loaded == {"ragft"}


def test_every_name_is_listed_and_a_wrong_one_is_an_attribute_error() -> None:
    assert set(ragft.__all__) <= set(dir(ragft))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ragft.nothing  # type: ignore[attr-defined]
