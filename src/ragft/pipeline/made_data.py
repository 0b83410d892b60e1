"""What the stage `generate` of a task leaves behind: rows, questions of the benchmark, and texts that can be searched.

keep_rows(context, rows)
write_questions(context.files.questions, questions)
shelve(context, {"volga-length": "The length of the Volga is 3531 km."})
return StageResult(made_digests(context), …)
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from ragft.dataset.base import Row
from ragft.dataset.store import HELD_OUT, TRAIN, read_card, save_dataset
from ragft.pipeline.stage import Context, file_digests


def keep_rows(context: Context, rows: Sequence[Row]) -> None:
    """Write the rows as the data set of the run, in the place of what an earlier call of the run has written.

    None are held out: for a table or a list of statements there is no loss on unseen ones that training could lower.

    Raises:
        UsageError: there is a data set of that name that no task made.
        DatasetError: there is no row.
    """
    request: dict[str, Any] = {"task": context.task.name}
    if (read_card(context.dataset_dir) or {}).get("request") == request:
        shutil.rmtree(context.dataset_dir)
    save_dataset(context.workspace, context.run, rows, [], request=request)


def shelve(context: Context, texts: Mapping[str, str]) -> None:
    """Let the library of the run hold these texts, by id, and nothing else."""
    from ragft.benchmark.own_index import fill
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
