"""The error tree is the one its docstring draws."""

from __future__ import annotations

import re
from pathlib import Path

from ragft import errors


def _classes() -> dict[str, type[errors.RagftError]]:
    return {
        name: value
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.RagftError)
    }


def test_the_docstring_draws_every_class_with_its_exit_code() -> None:
    assert errors.__doc__ is not None
    drawn = re.findall(
        r"(?:[├└]── |    )(\w+?(?:Error|Unavailable|NotFound|Overflow|Corrupted|Locked|Full))(?: +(\d+))?(?=\s)",
        errors.__doc__,
    )
    assert {name for name, _ in drawn} == set(_classes())
    for name, code in drawn:
        if code:
            assert _classes()[name].exit_code == int(code), name


def test_classes_without_a_number_have_their_parents() -> None:
    assert errors.DiskFull.exit_code == errors.WorkspaceError.exit_code
    assert errors.ModelNotFound.exit_code == errors.EngineError.exit_code


def test_the_mend_follows_the_message() -> None:
    assert str(errors.InputError("broken", fix="repair it")) == "broken → repair it"
    assert str(errors.InputError("broken")) == "broken"


def test_the_page_of_exit_codes_lists_every_class_with_its_code() -> None:
    page = (Path(__file__).parents[1] / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (.+?) \|", page, re.MULTILINE)
    listed = {name: int(code) for code, names in rows for name in re.findall(r"`(\w+)`", names) if name in _classes()}
    assert listed == {name: value.exit_code for name, value in _classes().items()}
    others = {int(code) for code, _ in rows} - {value.exit_code for value in _classes().values()}
    assert others == {0, errors.REFUSED, 130, 141, 143}
