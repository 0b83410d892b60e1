"""What a benchmark measures, written down before its first answer: metrics, roles, margins, questions.

    protocol.json   the protocol of the folder's answers, its digest, and the digests of those that it replaced

If a metric or a question changes after the first answer, the report says so: a verdict by metrics chosen
afterwards proves nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ragft.benchmark.base import BenchmarkQuestion
from ragft.benchmark.scoring.analysis import MetricsBySuite, shown_name
from ragft.benchmark.scoring.measures import GuardRule
from ragft.benchmark.scoring.statistics import CONFIDENCE, RESAMPLES
from ragft.benchmark.scoring.verdict import ALPHA
from ragft.errors import WorkspaceError
from ragft.run_folder import BenchmarkFolder
from ragft.typed_json import parsed
from ragft.workspace import digest_json, write_json


@dataclass(frozen=True)
class RegisteredProtocol:
    """The protocol of a run: its digest, and what was changed of it (`metrics`, `questions` …) after answers had been
    given. `earlier` are the digests of the protocols it replaced."""

    digest: str
    changed: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()

    @property
    def warning(self) -> str:
        """What a reader of the report must know; empty where nothing was changed."""
        if not self.changed:
            return ""
        return (
            f"the protocol was changed after answers had been given ({', '.join(self.changed)}): "
            f"registered before was {self.earlier[-1]}, now {self.digest}"
        )


def protocol_of(
    metrics: MetricsBySuite, asked: Mapping[str, Sequence[BenchmarkQuestion]], needed: Collection[GuardRule] = ()
) -> dict[str, Any]:
    """All that the verdict rests on, as JSON values; `needed` are the guards that must be measured."""
    return {
        "metrics": {
            shown_name(suite, metric): {
                "role": metric.role,
                "better": metric.better,
                "score": metric.score,
                "allowed": metric.guard.allowed if metric.guard else None,
                **({} if metric.expected is None else {"expected": metric.expected}),
            }
            for suite, own in metrics.items()
            for metric in own
            if metric.role != "information"
        },
        "rules": {
            "alpha": ALPHA,
            "family": "Holm 1979, Tarone 1990",
            "confidence": CONFIDENCE,
            "resamples": RESAMPLES,
            "needed": sorted(guard.missing for guard in set(needed)),
        },
        "questions": {suite: digest_json([asdict(question) for question in found]) for suite, found in asked.items()},
    }


def register_protocol(folder: Path, protocol: Mapping[str, Any], *, answered: bool) -> RegisteredProtocol:
    """Write `protocol` into `folder`, whose answers were given under the one that is there; `answered`: there are some.

    Raises:
        DiskFull, WorkspaceError: it could not be written, or the file that is there is damaged.
    """
    path = BenchmarkFolder(folder).protocol
    digest = digest_json(protocol)
    known = _read(path) if answered else None
    earlier, changed = (known.earlier, known.changed) if known else ((), ())
    if known and known.digest != digest:
        earlier = (*earlier, known.digest)
        parts = [name for name in protocol if protocol[name] != known.protocol.get(name)]
        changed = tuple(dict.fromkeys([*changed, *parts]))
    write_json(path, asdict(_ProtocolFile(digest, earlier, changed, protocol)))
    return RegisteredProtocol(digest, changed, earlier)


@dataclass(frozen=True)
class _ProtocolFile:
    digest: str
    earlier: tuple[str, ...]
    changed: tuple[str, ...]
    protocol: Mapping[str, Any]


def _read(path: Path) -> _ProtocolFile | None:
    try:
        return parsed(_ProtocolFile, path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise WorkspaceError(
            f"{path} is damaged: {error}", fix=f"remove the folder {path.parent}; its questions are then asked again"
        ) from error
