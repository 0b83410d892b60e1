"""One of several processes that train an adapter together, as `ragft.train.launch` has them started.

    accelerate launch --config_file launch/accelerate.yaml -m ragft.train.training_process launch/job.json

The first one reports on its stdout, a JSON object a line; an error is reported by whichever has it. All end when their
standard input does, which the process holds that waits for them.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from typing import IO, Any

from ragft.dataset.store import TRAIN, read_held_out, read_rows
from ragft.errors import RagftError
from ragft.machine import kill_self, private_stdout
from ragft.setting_sections import TrainSettings
from ragft.train.base import TrainingResult
from ragft.train.launch import LaunchJob, ProcessMessage
from ragft.train.quiet import quiet
from ragft.train.supervised import Supervised
from ragft.train.training_setup import Setup
from ragft.typed_json import parsed

Send = Callable[[ProcessMessage], None]


def main() -> None:
    """Do the job whose file is the first argument."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    rank = int(os.environ.get("RANK", "0"))
    send = _sender(private_stdout())
    try:
        job = parsed(LaunchJob, Path(sys.argv[1]).read_bytes())
        result = _train(job, rank, send)
    except RagftError as error:
        send(ProcessMessage("error", [type(error).__name__, error.message, error.fix]))
        raise SystemExit(1) from error
    if rank == 0:
        send(ProcessMessage("result", [*astuple(result)]))


def _train(job: LaunchJob, rank: int, send: Send) -> TrainingResult:
    def progress(label: str, done: int, total: int) -> None:
        if rank == 0:
            send(ProcessMessage("progress", [label, done, total]))

    dataset = Path(job.dataset)
    held_out = read_held_out(dataset)
    with quiet():
        setup = Setup(
            Path(job.base),
            Path(job.run_dir),
            TrainSettings.model_validate(job.settings),
            job.device,
            progress,
            processes=job.processes,
            rank=rank,
        )
        setup.say = lambda line: send(ProcessMessage("remark", [line]))
        result, _ = Supervised(setup, read_rows(dataset / TRAIN), held_out).run(Path(job.adapter))
        _end_group()
    return result


def _end_group() -> None:
    """End the threads of the process group while Python can still take back the tensors that they hold.

    Left to the end of the interpreter, gloo's threads abort the process now and then (pytorch/pytorch#179291).
    """
    from torch import distributed

    if distributed.is_initialized():
        distributed.destroy_process_group()


def _sender(out: IO[str]) -> Send:
    def send(message: ProcessMessage) -> None:
        values: dict[str, Any] = vars(message)
        out.write(json.dumps(values) + "\n")
        out.flush()

    return send


def _end_with_input() -> None:
    while os.read(0, 1024):  # not by sys.stdin, which Python closes when it ends
        pass
    kill_self()


if __name__ == "__main__":
    main()
