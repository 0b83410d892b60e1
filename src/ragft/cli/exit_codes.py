"""The exit codes of the command line; docs/exit-codes.md has them all.

130 is Ctrl-C, 141 a reader that has gone, 143 SIGTERM.
"""

from __future__ import annotations

from ragft.errors import (
    ComparisonError,
    EngineError,
    ExportError,
    IndexCorrupted,
    InputError,
    NotFoundError,
    RagftError,
    TrainingError,
    UsageError,
    WorkspaceError,
)

REFUSED = 11
"""Of `ragft ask --fail-on-refusal` where the answer is a refusal, which is not an error."""

EXIT_CODES: dict[type[RagftError], int] = {
    RagftError: 1,
    UsageError: 2,
    InputError: 3,
    NotFoundError: 4,
    EngineError: 5,
    IndexCorrupted: 6,
    WorkspaceError: 7,
    TrainingError: 8,
    ExportError: 9,
    ComparisonError: 10,
}
"""A class that is not here has the code of its parent."""


def exit_code(error: type[RagftError]) -> int:
    """The exit code of a class of errors."""
    return next(EXIT_CODES[parent] for parent in error.__mro__ if parent in EXIT_CODES)
