"""The name under which a model is registered."""

from __future__ import annotations

import re

from ragft.engine.model_names import full_name
from ragft.errors import UsageError
from ragft.machine import file_name

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,127}")
_DEFAULT = "default"
_LONGEST = 200
"""Characters of a name as that of a folder, where / and : take three each."""


def canonical(name: str) -> str:
    """The one spelling of a model's name: `x:latest` and `library/x` are `x`, as Ollama has it.

    Raises:
        UsageError: it cannot be the name of a model.
    """
    if not _NAME.fullmatch(name) or ".." in name or name.lower() == _DEFAULT or len(file_name(name)) > _LONGEST:
        raise UsageError(
            f"{name!r} cannot be the name of a model",
            fix="letters, digits and . _ - / : only, not starting with a sign",
        )
    return full_name(name).removesuffix(":latest")
