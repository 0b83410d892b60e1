"""All errors that a user can meet, as one tree.

    RagftError                      ragft
    ├── UsageError                  usage               wrong flags, wrong values, a setting that does not parse
    │   └── MissingExtra            missing_extra       packages of an optional part that is not installed
    ├── InputError                  input               what the user gave cannot be used
    │   ├── DocumentError           document            a file that cannot be read as a document
    │   └── DatasetError            dataset             a training or benchmark row that is not what it should be
    ├── NotFoundError               not_found           a run, model, document or file that does not exist
    ├── EngineError                 engine              the engine that runs the model
    │   ├── EngineUnavailable       engine_unavailable  unreachable, refuses access, busy, too old
    │   │   └── ServerNotFound      server_not_found    nothing answers where the engine should be
    │   ├── ModelNotFound           model_not_found     up, but does not have this model
    │   ├── ContextOverflow         context_overflow    the prompt does not fit num_ctx
    │   ├── GenerationError         generation          died or failed in the middle of an answer
    │   └── DownloadError           download            a model file did not come, or is not the one expected
    ├── IndexCorrupted              index_corrupted     catalogue and vectors disagree, or the encoder changed
    ├── WorkspaceError              workspace           the workspace: rights, lock, disk
    │   ├── WorkspaceLocked         workspace_locked    another ragft process is writing
    │   └── DiskFull                disk_full           no space left
    ├── TrainingError               training            NaN, out of memory, a row that cannot be trained on
    ├── ExportError                 export              conversion, merge
    │   └── ParityError             parity              what would be served is not what was trained
    └── ComparisonError             comparison          a comparison of two arms would be unfair

Beside each stands its `code`, which programs may rely on. Each error says what happened, to which file or model
(`message`), and the command or setting that repairs it (`fix`). The exit codes of the command line are in
`ragft.cli.exit_codes`.
"""

from __future__ import annotations

MALFORMED = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
"""What our code raises over data of another shape than it reads, such as a number where an object belongs."""


class RagftError(Exception):
    """Base of all errors ragft raises on purpose.

    >>> try:
    ...     ragft.open().arms()
    ... except ragft.RagftError as error:
    ...     print(error.code, "→", error.fix)
    not_found → ragft build-model

    Args:
        message: what happened, and to what; one line, no full stop needed.
        fix: the command or setting that repairs it, if there is one.
    """

    code = "ragft"
    """A name that stays the same from version to version, for programs."""

    def __init__(self, message: str, *, fix: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} → {self.fix}" if self.fix else self.message


class UsageError(RagftError):
    """Wrong flags, wrong values, or a setting that does not parse."""

    code = "usage"


class MissingExtra(UsageError):
    """What was asked for needs an optional part of the installation that is not here."""

    code = "missing_extra"


class InputError(RagftError):
    """What the user gave cannot be used."""

    code = "input"


class DocumentError(InputError):
    """A file that cannot be read as a document."""

    code = "document"


class DatasetError(InputError):
    """A training or benchmark row that is not what it should be."""

    code = "dataset"


class NotFoundError(RagftError):
    """A run, model, document or file that does not exist."""

    code = "not_found"


class EngineError(RagftError):
    """The engine that runs the model failed."""

    code = "engine"


class EngineUnavailable(EngineError):
    """The engine is down, unreachable or too old, or refuses access."""

    code = "engine_unavailable"


class ServerNotFound(EngineUnavailable):
    """Nothing answers where the engine should be: it is not running."""

    code = "server_not_found"


class ModelNotFound(EngineError):
    """The engine answers, but does not have this model."""

    code = "model_not_found"


class ContextOverflow(EngineError):
    """The prompt does not fit into `num_ctx` tokens."""

    code = "context_overflow"


class GenerationError(EngineError):
    """The engine died or failed in the middle of an answer."""

    code = "generation"


class DownloadError(EngineError):
    """A model file could not be fetched, or is not the one that was pinned."""

    code = "download"


class IndexCorrupted(RagftError):
    """Catalogue and vectors disagree, or the index was made by another encoder."""

    code = "index_corrupted"


class WorkspaceError(RagftError):
    """The workspace cannot be read or written."""

    code = "workspace"


class WorkspaceLocked(WorkspaceError):
    """Another ragft process is writing to this workspace."""

    code = "workspace_locked"


class DiskFull(WorkspaceError):
    """No space is left for what was to be written."""

    code = "disk_full"


class TrainingError(RagftError):
    """Training cannot start or go on."""

    code = "training"


class ExportError(RagftError):
    """A model could not be merged or converted."""

    code = "export"


class ParityError(ExportError):
    """What would be served is not what was trained."""

    code = "parity"


class ComparisonError(RagftError):
    """A comparison of two arms would be unfair."""

    code = "comparison"
