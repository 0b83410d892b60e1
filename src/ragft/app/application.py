"""The one object that has every use case of ragft as a method.

    with ragft.open("papers-workspace") as app:
        app.ingest(["papers"])
        print(app.ask("How much GPU memory does QLoRA need?").answer)

It takes and returns dataclasses, raises `RagftError`, reports progress to a callback and messages to the logger
"ragft". It prints nothing and reads neither the command line nor standard input. Threads may share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

from ragft.app import building, jobs
from ragft.app.models import Models
from ragft.app.reading import ReadingMethods
from ragft.app.resources import Overrides, Resources, while_open
from ragft.app.tuning import TuningMethods

if TYPE_CHECKING:
    from ragft.config import Settings
    from ragft.pipeline.doctor_check import DoctorCheck
    from ragft.workspace import Workspace


def open_application(path: Path | str | None = None, **settings: Mapping[str, Any]) -> Application:
    """The application over the workspace at `path`; nothing is made there before something is written.

    >>> with ragft.open(answer={"style": "brief"}) as app:
    ...     print(app.ask("How many papers do I have?").answer)
    You have 2 papers.

    Args:
        path: the workspace; None: RAGFT_WORKSPACE, else `.ragft` in the nearest folder upwards that has one.
        settings: values by section over those of the workspace's `config.toml` and the RAGFT_… variables, as
            `engine={"name": "ollama"}`; a value None leaves what is set.

    Raises:
        UsageError: a setting has no such name or value.
        WorkspaceError: the path cannot be used.
    """
    from ragft.config import load_settings
    from ragft.workspace import open_workspace

    workspace = open_workspace(None if path is None else Path(path))
    return Application(workspace, load_settings(workspace.config_file)).with_(**settings)


class Application(ReadingMethods, TuningMethods):
    """All that ragft does with one workspace. Use it in a `with`, or `close` it.

    It has the methods of `ReadingMethods` (papers, search, answers) and of `TuningMethods` (data, training,
    comparison). Index, engines and models are opened when they are first needed, and kept. Every method may raise
    `RagftError`; its classes are described in `ragft.errors`.

    >>> app = ragft.open()
    >>> app.search("tidal range", k=1).hits[0].title
    'Tides at the coast'
    >>> app.close()
    """

    def __init__(self, workspace: Workspace, settings: Settings, overrides: Overrides | None = None) -> None:
        super().__init__(Resources(workspace, settings, overrides or {}), overrides or {})
        self.workspace = workspace
        self.settings = settings
        self._opening_jobs = Lock()
        self._jobs: jobs.Jobs | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Wait for the work of other threads, then free models, engines and index; no other work begins afterwards.

        Jobs are interrupted, and can be resumed.
        """
        with self._opening_jobs:
            if self._jobs is not None:
                self._jobs.interrupt()
        self._resources.close()

    def with_(self, /, **settings: Mapping[str, Any]) -> Application:
        """An application over the same workspace with other settings, by section; it is opened and closed by itself.

        >>> with ragft.open() as app, app.with_(answer={"k": 3}) as brief:
        ...     brief.settings.answer.k
        3

        Raises:
            UsageError: a setting has no such name or value.
        """
        changed, overrides = self.settings, dict(self._overrides)
        for section, values in settings.items():
            changed = changed.with_section(section, values)
            overrides[section] = {**overrides.get(section, {}), **values}
        return Application(self.workspace, changed, overrides)

    @property
    def jobs(self) -> jobs.Jobs:
        """Work in the background: `jobs.start("ingest", {"paths": [...]})`, `jobs.get(id)`, `jobs.cancel(id)`.

        >>> with ragft.open() as app:
        ...     list(app.jobs.list())
        []
        """
        with self._opening_jobs:  # or two first threads would get two, each without the other's jobs
            if self._jobs is None:
                self._jobs = jobs.Jobs(self)
            return self._jobs

    @cached_property
    def models(self) -> Models:
        """The models at hand: `models.list()`, `models.pull(name)`, `models.default()`.

        >>> with ragft.open() as app:
        ...     [model.name for model in app.models.list()][0]
        'base-model'
        """
        return Models(self._resources)

    @while_open
    def doctor(self) -> Sequence[DoctorCheck]:
        """What works on this machine, and the command that repairs what does not.

        >>> with ragft.open() as app:
        ...     [check.name for check in app.doctor()][:2]
        ['python', 'packages']
        """
        return building.doctor(self._resources)
