"""Training data: looked at, checked, divided, joined, imported and exported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.console import safe_line
from ragft.log import log

if TYPE_CHECKING:
    from ragft.app.resources import Resources
    from ragft.config import Settings
    from ragft.dataset.base import LineProblem, Row
    from ragft.dataset.inspect import Stats
    from ragft.dataset.preference import Preference

SHOWN = 20
"""How many bad rows of a file are reported; `validate` gives all."""


@dataclass(frozen=True)
class DatasetSize:
    """A data set that was written, and its numbers of rows."""

    dataset: str
    rows: int
    held_out: int


class Datasets:
    """The data sets of the workspace: `app.datasets`. A `name` is also the folder of a data set elsewhere."""

    def __init__(self, resources: Resources) -> None:
        self._workspace = resources.workspace
        self._settings = resources.settings

    def list(self) -> Sequence[str]:
        """The names of all data sets in the workspace."""
        from ragft.dataset.store import dataset_names

        return dataset_names(self._workspace)

    def rows(self, name: Path | str, *, held_out: bool = False) -> Sequence[Row]:
        """The rows to train on, or with `held_out` those to validate with.

        Raises:
            NotFoundError, DatasetError: there is no such data set, or a row does not parse.
        """
        from ragft.dataset.store import HELD_OUT, TRAIN, read_rows

        return read_rows(self._folder(name) / (HELD_OUT if held_out else TRAIN))

    def rejected(self, name: Path | str) -> Sequence[dict[str, Any]]:
        """The attempts that were rejected when the data set was made and the answers that lost, and why."""
        from ragft.dataset.store import REJECTED, read_lines

        path = self._folder(name) / REJECTED
        return [value for _, value in read_lines(path)] if path.is_file() else []

    def preferences(self, name: Path | str) -> Sequence[Preference]:
        """The pairs of a better and a worse answer; few data sets have any."""
        from ragft.dataset.store import PREFERENCES, read_preferences

        return read_preferences(self._folder(name) / PREFERENCES)

    def stats(self, name: Path | str) -> Stats:
        """Counts of rows, kinds, documents and lengths."""
        from ragft.dataset.inspect import stats

        return stats(self._folder(name))

    def validate(self, name: Path | str) -> Sequence[LineProblem]:
        """What is wrong with a data set, or with a file that could be imported."""
        from ragft.dataset.inspect import validate
        from ragft.dataset.row_formats import holds_preferences, import_preferences, import_rows
        from ragft.machine import expand
        from ragft.tasks import TASKS

        if (file := expand(Path(name))).is_file():
            read = import_preferences if holds_preferences(file) else import_rows
            return read(file, evaluation(self._settings))[1]
        checks = [task.check_row for task in TASKS.values() if task.check_row]
        return validate(self._folder(name), evaluation(self._settings), checks)

    def split(self, name: Path | str, to: str, *, share: float = 0.05, seed: int = 0) -> DatasetSize:
        """Divide a data set anew into rows to train on and rows held out, with no document on both sides."""
        from ragft.dataset.split import distinct, split_rows

        rows = [row for held_out in (False, True) for row in self._rows_if_any(name, held_out=held_out)]
        return self._save(to, *split_rows(distinct(rows), share, seed), self.preferences(name))

    def mix(self, shares: Sequence[tuple[Path | str, float]], to: str, *, seed: int = 0) -> DatasetSize:
        """Join data sets, each with its share; of their held-out rows those are left out that are now trained on."""
        from ragft.dataset.split import mix_rows, unseen

        train = mix_rows([(self.rows(name), share) for name, share in shares], seed)
        held_out = [row for name, _ in shares for row in self._rows_if_any(name, held_out=True)]
        pairs = [pair for name, _ in shares for pair in self.preferences(name)]
        return self._save(to, train, unseen(held_out, train), pairs)

    def import_file(self, file: Path | str, to: str, *, share: float = 0.05, seed: int = 0) -> DatasetSize:
        """Take rows from a file: TRL, OpenAI, ShareGPT, Alpaca, pairs. Of preferences, the chosen answers are the rows.

        Raises:
            DatasetError: a row cannot be read; nothing is written, and the first problems are logged.
        """
        from ragft.dataset.preference import grouped
        from ragft.dataset.row_formats import holds_preferences, import_preferences, import_rows
        from ragft.dataset.split import distinct, split_rows

        file, avoid = Path(file), evaluation(self._settings)
        pairs: Sequence[Preference] = ()
        if holds_preferences(file):
            found, problems = import_preferences(file, avoid)
            pairs = grouped(found)
            rows = [pair.as_row(pair.chosen) for pair in pairs]
        else:
            rows, problems = import_rows(file, avoid)
        if problems:
            _refuse(file, problems)
        return self._save(to, *split_rows(distinct(rows), share, seed), pairs)

    def export(self, name: Path | str, folder: Path | str, form: str = "trl") -> Sequence[Path]:
        """Write a data set as another trainer reads it: trl, mlx or axolotl. The files written."""
        from ragft.dataset.row_formats import export_dataset

        return export_dataset(self._folder(name), Path(folder), form)

    def _folder(self, name: Path | str) -> Path:
        from ragft.dataset.store import find_dataset

        return find_dataset(self._workspace, str(name))

    def _rows_if_any(self, name: Path | str, *, held_out: bool) -> Iterator[Row]:
        from ragft.dataset.store import HELD_OUT, TRAIN, read_rows

        path = self._folder(name) / (HELD_OUT if held_out else TRAIN)
        yield from read_rows(path) if path.is_file() else ()

    def _save(
        self, name: str, train: Sequence[Row], held_out: Sequence[Row], pairs: Sequence[Preference] = ()
    ) -> DatasetSize:
        from ragft.dataset.store import save_dataset

        with self._workspace.lock(f"dataset-{name.replace('/', '-')}"):
            save_dataset(self._workspace, name, train, held_out, pairs)
        return DatasetSize(name, len(train), len(held_out))


def row_json(row: Row) -> dict[str, Any]:
    """A row as it is in the file of its data set."""
    from ragft.dataset.store import row_to_dict

    return row_to_dict(row)


def preference_json(pair: Preference) -> dict[str, Any]:
    """A pair as it is in the file of its data set."""
    from ragft.dataset.preference import preference_to_dict

    return preference_to_dict(pair)


def evaluation(settings: Settings, files: Sequence[Path | str] = ()) -> list[str]:
    """The evaluation questions: those that ship with ragft, those of the settings, and those of `files`."""
    from ragft.dataset.evaluation_questions import evaluation_questions

    return evaluation_questions(evaluation_files(settings, files))


def evaluation_files(settings: Settings, files: Sequence[Path | str] = ()) -> list[Path]:
    """The files of evaluation questions besides those that ship."""
    own = [Path(settings.benchmark.questions)] if settings.benchmark.questions else []
    return [*own, *map(Path, files)]


def _refuse(file: Path, problems: Sequence[LineProblem]) -> None:
    """Report what is wrong, the first of it where it is much.

    Raises:
        DatasetError: always.
    """
    from ragft.errors import DatasetError

    for problem in problems[:SHOWN]:
        log.info(safe_line(str(problem)))
    if len(problems) > SHOWN:
        log.info(f"… and {len(problems) - SHOWN} more")
    raise DatasetError(
        f"{len(problems)} rows of {file} cannot be imported",
        fix=f"correct or remove them; ragft dataset validate {file} lists all",
    )
