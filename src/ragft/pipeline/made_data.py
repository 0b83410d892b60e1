"""The output of the stage `generate` of a task: rows, questions of the benchmark, and texts that can be searched.

keep_rows(context, rows)
write_questions(context.files.questions, questions)
shelve(context, {"volga-length": "The length of the Volga is 3531 km."})
return StageResult(made_digests(context), …)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ragft.dataset.base import GenerateReport, Row
from ragft.dataset.store import HELD_OUT, TRAIN, read_card, save_dataset, write_card
from ragft.errors import UsageError
from ragft.pipeline.stage import Context, file_digests


def claim_data(context: Context) -> None:
    """Mark the data set of the run as made by this task, before anything is written there.

    A call that is killed later leaves rows that the next call knows as its own.

    Raises:
        UsageError: there is a data set of that name that this task did not make.
    """
    folder, made_by = context.dataset_dir, {"task": context.task.name}
    if not (folder / TRAIN).exists():
        write_card(folder, made_by, [], [], GenerateReport(context.run, {}, {}, 0.0))
        return
    request = (read_card(folder) or {}).get("request")
    if not isinstance(request, dict) or request.get("task") != context.task.name:
        raise UsageError(
            f"there is a data set {context.run!r} already, and the task {context.task.name} did not make it",
            fix="give another name",
        )


def keep_rows(context: Context, rows: Sequence[Row], held_out: Sequence[Row] = ()) -> None:
    """Write the rows as the data set of the run, in place of those that an earlier call of the run has written.

    Args:
        held_out: rows whose loss is measured while training. None for a table or a list of statements: there is no loss
            on unseen ones that training could lower.

    Raises:
        UsageError: there is a data set of that name that this task did not make.
        DatasetError: there is no row.
    """
    claim_data(context)
    (context.dataset_dir / TRAIN).unlink(missing_ok=True)
    save_dataset(context.workspace, context.run, rows, held_out, request={"task": context.task.name})


def shelve(context: Context, texts: Mapping[str, str]) -> None:
    """Let the library of the run hold these texts, by id, and nothing else."""
    from ragft.benchmark.studies.own_index import fill
    from ragft.corpus.base import Block, Document
    from ragft.pipeline.searched import own_library

    documents = [Document(name, name, "", (Block(text, page=0),)) for name, text in texts.items()]
    with own_library(context.run_dir, context.settings.index) as index:
        fill(index, documents, progress=context.progress)


def made_digests(context: Context) -> Mapping[str, str]:
    """Digests of all that was made."""
    made = file_digests(context.run_dir, (context.files.questions.name,))
    shelf = {"index": context.index.digest()} if context.files.library.is_dir() else {}
    return {**file_digests(context.dataset_dir, (TRAIN, HELD_OUT)), **made, **shelf}
