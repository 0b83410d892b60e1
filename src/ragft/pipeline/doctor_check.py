"""One check of `ragft doctor`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DoctorCheck:
    """What was found. `fix` is the command that helps; empty where all is well.

    `advice` marks what works, but not as well as it could.
    """

    name: str
    ok: bool
    detail: str
    fix: str = ""
    advice: bool = False
