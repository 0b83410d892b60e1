"""Training by several processes, each with a GPU of its own or a share of the cores: started by `accelerate launch`.

They train by the rows. What comes before and after (checks, preference tuning, the bound on forgetting, the report) is
done by the process that started them. In `run_dir/launch` lie

    accelerate.yaml   the settings of accelerate
    job.json          the job of the processes: a `LaunchJob`
    log               their stderr
"""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ragft import errors
from ragft.errors import RagftError, TrainingError, UsageError
from ragft.machine import python_environment
from ragft.setting_sections import TrainSettings
from ragft.train.base import TrainingResult
from ragft.train.training_setup import Setup, adapter_config
from ragft.typed_json import parsed_or_none
from ragft.workspace import make_directory, write_json, write_text

_NAMED = re.compile(r"\s*(?!torch\.distributed)[\w.]*(?:Error|Exception)\b")
_END_SECONDS = 10.0
"""Seconds for the processes to end after their input was closed; then they are killed."""


@dataclass(frozen=True)
class LaunchJob:
    """What each process is to do: train the adapter in the folder `adapter`."""

    dataset: str
    base: str
    run_dir: str
    adapter: str
    device: str
    processes: int
    settings: dict[str, Any]


@dataclass(frozen=True)
class ProcessMessage:
    """A line on the stdout of a process.

    `values`: of progress its label and two numbers, of a remark its text, of a result the fields of `TrainingResult`,
    of an error its class, text and remedy (None: there is none).
    """

    kind: Literal["progress", "remark", "result", "error"]
    values: list[Any]


def count_processes(settings: TrainSettings, device: str) -> int:
    """How many processes share the run: `settings.launch`, or one for each GPU.

    Raises:
        UsageError: they cannot share it.
    """
    import torch

    gpus = torch.cuda.device_count() if device == "cuda" else 1
    count = settings.launch or gpus
    if count == 1:
        return 1
    if device == "mps" or (device == "cuda" and count > gpus):
        raise UsageError(f"{count} processes need a GPU each, and this machine has {gpus}", fix="train.launch=0")
    if settings.accumulation % count:
        raise UsageError(
            f"{count} processes cannot share {settings.accumulation} batches a step evenly",
            fix=f"train.accumulation={count * -(-settings.accumulation // count)}, or another train.launch",
        )
    alone = {
        "train.distill": settings.distill > 0,
        "train.replay_target=base": settings.replay_target == "base",
        "train.method=qlora": settings.method == "qlora",
    }
    if what := next((name for name, chosen in alone.items() if chosen), ""):
        raise UsageError(f"{what} trains in one process", fix="train.launch=1")
    return count


class Launch:
    """The first stage of `setup`, run by several processes; see `ragft.train.supervised.Supervised`."""

    def __init__(self, setup: Setup, dataset: Path, processes: int) -> None:
        self._setup = setup
        self._dataset = dataset
        self._processes = processes

    def run(self, adapter: Path) -> tuple[TrainingResult, Any]:
        """Train; the folder `adapter` then holds the best adapter. What it came to, and a model that can hold it.

        Raises:
            InputError, TrainingError, DiskFull, WorkspaceError: as `Supervised.run`.
            TrainingError: a process was lost.
        """
        from peft import get_peft_model

        result = self._launch(adapter)
        model = get_peft_model(self._setup.load(), adapter_config(self._setup.settings))
        return result, model.to(self._setup.device)

    def _launch(self, adapter: Path) -> TrainingResult:
        folder = self._setup.files.launch
        make_directory(folder)
        write_text(folder / "accelerate.yaml", _configuration(self._processes, self._setup.device))
        job = LaunchJob(
            str(self._dataset.absolute()),
            str(self._setup.base.absolute()),
            str(self._setup.files.path.absolute()),
            str(adapter.absolute()),
            self._setup.device,
            self._processes,
            self._setup.settings.model_dump(mode="json"),
        )
        write_json(folder / "job.json", vars(job))
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "accelerate.commands.launch"),
                    *("--config_file", str(folder / "accelerate.yaml")),
                    *("-m", "ragft.train.training_process", str(folder / "job.json")),
                ],
                stdin=subprocess.PIPE,  # closed when this process ends, however it ends: the others then end, too
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                env=python_environment(),
            )
            try:
                return self._follow(process)
            finally:
                _end(process)

    def _follow(self, process: subprocess.Popen[str]) -> TrainingResult:
        """Pass on what the processes say until they end."""
        result: TrainingResult | None = None
        error: RagftError | None = None
        for line in process.stdout or ():
            message = parsed_or_none(ProcessMessage, line)
            if message is None:  # printed by a library
                continue
            if message.kind == "progress":
                self._setup.progress(*message.values)
            elif message.kind == "remark":
                self._setup.say(*message.values)
            elif message.kind == "result":
                result = TrainingResult(*message.values)
            else:
                error = error or _error(*message.values)
        code = process.wait()
        if error is not None:
            raise error
        if result is None or code:
            log = self._setup.files.launch / "log"
            raise TrainingError(
                f"a process of the training was lost (code {code}){_first_error(log)}; see {log}",
                fix="run the same command again: it goes on from the last checkpoint",
            )
        return result


def _configuration(processes: int, device: str) -> str:
    """What `accelerate launch` reads. It starts processes on a CPU as it does for GPUs; for its own MULTI_CPU it would
    need MPI."""
    return f"""compute_environment: LOCAL_MACHINE
distributed_type: MULTI_GPU
use_cpu: {str(device == "cpu").lower()}
num_processes: {processes}
num_machines: 1
machine_rank: 0
main_process_port: 0
mixed_precision: 'no'
"""


def _first_error(log: Path) -> str:
    """The first line of a log that names an error; those after it are of what failed for it."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((f": {line.strip()}" for line in lines if _NAMED.match(line.rpartition("]:")[2])), "")


def _error(kind: str, message: str, fix: str | None) -> RagftError:
    found = getattr(errors, kind, TrainingError)
    made: RagftError = found(message, fix=fix)
    return made


def _end(process: subprocess.Popen[str]) -> None:
    """Let what still runs end: the processes see their input end, the launcher sees them."""
    if process.stdin:
        with suppress(OSError):
            process.stdin.close()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
