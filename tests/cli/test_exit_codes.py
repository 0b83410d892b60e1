"""Each class of errors has an exit code, and the page about them lists it."""

from __future__ import annotations

import re
from pathlib import Path

from ragft import errors
from ragft.cli.exit_codes import REFUSED, exit_code


def _codes() -> dict[str, int]:
    return {
        name: exit_code(value)
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.RagftError)
    }


def test_classes_without_a_code_have_their_parents() -> None:
    assert exit_code(errors.DiskFull) == exit_code(errors.WorkspaceError) == 7
    assert exit_code(errors.ServerNotFound) == exit_code(errors.EngineError) == 5


def test_the_page_lists_every_class_with_its_code() -> None:
    page = (Path(__file__).parents[2] / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (.+?) \|", page, re.MULTILINE)
    listed = {name: int(code) for code, names in rows for name in re.findall(r"`(\w+)`", names) if name in _codes()}
    assert listed == _codes()
    others = {int(code) for code, _ in rows} - set(_codes().values())
    assert others == {0, REFUSED, 130, 141, 143}


def test_the_page_lists_the_codes_that_programs_may_rely_on() -> None:
    page = (Path(__file__).parents[2] / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`([a-z_]+)`", page.rpartition("stays the same")[2]))
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    assert listed == {value.code for value in classes if issubclass(value, errors.RagftError)}
