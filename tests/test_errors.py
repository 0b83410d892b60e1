"""The error tree is the one its docstring draws."""

from __future__ import annotations

import re

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
    assert str(errors.InputError("broken", fix="mend it")) == "broken → mend it"
    assert str(errors.InputError("broken")) == "broken"
