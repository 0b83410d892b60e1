"""What the documentation shows exists: every command parses, every link leads somewhere, the reference is current."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from ragft.cli.main import app

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def _commands() -> list[tuple[str, str]]:
    """(page, command line) of every `ragft …` in a fenced or indented block; a trailing backslash joins lines."""
    found = []
    for page in PAGES:
        if page.name == "cli.md":
            continue
        text = page.read_text(encoding="utf-8")
        found += [(page.name, line) for line in re.findall(r"^ {4}(ragft [^\n|>#]*)", text, re.MULTILINE)]
        for block in re.findall(r"```(?:console|sh|bash)?\n(.*?)```", text, re.DOTALL):
            joined = block.replace("\\\n", " ")
            found += [
                (page.name, line) for line in re.findall(r"^(?:\$ )?(?:.*\| )?(ragft [^\n|>#]*)", joined, re.MULTILINE)
            ]
    return found


def _parse(words: list[str]) -> None:
    """Let the real parser take the words without running the verb."""
    command: Any = get_command(app)
    context = None
    while True:
        context = command.make_context(command.name, words, parent=context)
        rest = [*getattr(context, "_protected_args", []), *context.args]
        if not hasattr(command, "get_command") or not rest:
            assert not rest
            return
        name, command, words = command.resolve_command(context, rest)
        assert command is not None, name


@pytest.mark.parametrize(("page", "line"), _commands())
def test_every_command_shown_is_one_the_program_takes(page: str, line: str) -> None:
    words = [word for word in shlex.split(line)[1:] if word != "…"]
    if {"--help", "--version", "-h"} & set(words):
        return
    _parse(words)


def test_there_are_commands_to_check() -> None:
    assert len(_commands()) >= 20


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_command_line_reference_is_current() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "typer", "ragft.cli.main", "utils", "docs", "--name", "ragft"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8").strip() == made.strip(), "run `make docs`"


def test_the_python_reference_is_current() -> None:
    made = subprocess.run(
        [sys.executable, ROOT / "docs" / "api_reference.py"], capture_output=True, encoding="utf-8", check=True
    ).stdout
    assert (ROOT / "docs" / "api.md").read_text(encoding="utf-8") == made, "run `make docs`"


def test_the_python_reference_names_every_method_and_result() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for name in ("app.ask", "app.build", "app.documents.list", "app.jobs.start", "Answer", "TrainReport", "RagftError"):
        assert f"### `{name}`" in text, name


def test_the_readme_gives_the_figures_of_the_page_on_checking() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    pages = (ROOT / "docs" / "checking.md", ROOT / "docs" / "experiments" / "checking.md")
    page = " ".join(" ".join(one.read_text(encoding="utf-8") for one in pages).split())
    wrong, stopped, shown, right, whole = re.search(  # type: ignore[union-attr]
        r"Of (\d+) written wrong .* on, (\d+ %) are stopped; (\d+ %) of .* Of (\d+) right ones, (\d+ %) reach",
        readme,
    ).groups()
    assert f"| all | {wrong} | {stopped} " in page
    assert f"{shown} of those with a wrong number" in page
    assert f"| all | {right} | {whole} " in page
