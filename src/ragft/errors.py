"""Every error a user can cause or meet, as one tree.

    RagftError                      1
    ├── UsageError                  2   wrong flags, wrong values, a setting that does not parse
    ├── InputError                  3   what the user gave cannot be used
    │   ├── DocumentError               a file that cannot be read as a document
    │   └── DatasetError                a training or benchmark row that is not what it should be
    ├── NotFoundError               4   a run, model, document or file that does not exist
    ├── EngineError                 5   the engine that runs the model
    │   ├── EngineUnavailable           unreachable, refuses access, busy, too old
    │   │   └── ServerNotFound          nothing answers where the engine should be
    │   ├── ModelNotFound               up, but does not have this model
    │   ├── ContextOverflow             the prompt does not fit num_ctx
    │   ├── GenerationError             died or failed in the middle of an answer
    │   └── DownloadError               a model file did not come, or is not the one expected
    ├── IndexCorrupted              6   catalogue and vectors disagree, or the encoder changed
    ├── WorkspaceError              7   the workspace: rights, lock, disk
    │   ├── WorkspaceLocked             another ragft process is writing
    │   └── DiskFull                    no space left
    ├── TrainingError               8   NaN, out of memory, a row that cannot be trained on
    ├── ExportError                 9   conversion, merge
    │   └── ParityError                 what would be served is not what was trained
    └── ComparisonError            10   two arms that cannot fairly be set side by side

The number is the exit code of the command line; a class without one has its parent's. Each error says what
happened, to which file or model (`message`), and the command or setting that repairs it (`fix`). 130 is
Ctrl-C, 143 SIGTERM; docs/exit-codes.md has them all.
"""

from __future__ import annotations

REFUSED = 11
"""Exit code of `ragft ask --fail-on-refusal` where the answer is a refusal: no error, but something to be told from."""

MALFORMED = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
"""What our code raises over data of another shape than it reads, such as a number where an object belongs."""


class RagftError(Exception):
    """Base of all errors ragft raises on purpose.

    Args:
        message: what happened, and to what; one line, no full stop needed.
        fix: the command or setting that repairs it, if there is one.
    """

    exit_code = 1

    def __init__(self, message: str, *, fix: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} → {self.fix}" if self.fix else self.message


class UsageError(RagftError):
    """Wrong flags, wrong values, or a setting that does not parse."""

    exit_code = 2


class InputError(RagftError):
    """What the user gave cannot be used."""

    exit_code = 3


class DocumentError(InputError):
    """A file that cannot be read as a document."""


class DatasetError(InputError):
    """A training or benchmark row that is not what it should be."""


class NotFoundError(RagftError):
    """A run, model, document or file that does not exist."""

    exit_code = 4


class EngineError(RagftError):
    """The engine that runs the model failed."""

    exit_code = 5


class EngineUnavailable(EngineError):
    """The engine is down, unreachable or too old, or refuses access."""


class ServerNotFound(EngineUnavailable):
    """Nothing answers where the engine should be: it is not running."""


class ModelNotFound(EngineError):
    """The engine answers, but does not have this model."""


class ContextOverflow(EngineError):
    """The prompt does not fit into `num_ctx` tokens."""


class GenerationError(EngineError):
    """The engine died or failed in the middle of an answer."""


class DownloadError(EngineError):
    """A model file could not be fetched, or is not the one that was pinned."""


class IndexCorrupted(RagftError):
    """Catalogue and vectors disagree, or the index was made by another encoder."""

    exit_code = 6


class WorkspaceError(RagftError):
    """The workspace cannot be read or written."""

    exit_code = 7


class WorkspaceLocked(WorkspaceError):
    """Another ragft process is writing to this workspace."""


class DiskFull(WorkspaceError):
    """No space is left for what was to be written."""


class TrainingError(RagftError):
    """Training cannot start or go on."""

    exit_code = 8


class ExportError(RagftError):
    """A model could not be merged or converted."""

    exit_code = 9


class ParityError(ExportError):
    """What would be served is not what was trained."""


class ComparisonError(RagftError):
    """Two arms cannot fairly be set side by side."""

    exit_code = 10
