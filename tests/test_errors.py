"""The error tree is the one its docstring draws, each class with a code of its own."""

from __future__ import annotations

import re

from ragft import errors


def _classes() -> dict[str, type[errors.RagftError]]:
    return {
        name: value
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.RagftError)
    }


def test_the_docstring_draws_every_class_with_its_code() -> None:
    assert errors.__doc__ is not None
    drawn = re.findall(r"(?:[├└]── |^    )(\w+) +([a-z_]+)(?=\s)", errors.__doc__, re.MULTILINE)
    assert dict(drawn) == {name: value.code for name, value in _classes().items()}


def test_no_two_classes_have_one_code() -> None:
    codes = [value.code for value in _classes().values()]
    assert len(codes) == len(set(codes))


def test_the_fix_follows_the_message() -> None:
    assert str(errors.InputError("broken", fix="repair it")) == "broken → repair it"
    assert str(errors.InputError("broken")) == "broken"
