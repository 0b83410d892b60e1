"""Actors of a Ray that is started here; skipped where Ray is not installed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest

from ragft.console import Progress
from ragft.errors import DocumentError, EngineUnavailable, MissingExtra, NotFoundError
from ragft.executors.in_order import in_order
from ragft.executors.open_executor import open_executor
from ragft.executors.ray import _Actor
from ragft.index.index import open_index
from ragft.setting_sections import IndexSettings, IngestSettings
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.executors.ray import RayExecutor
    from ragft.index.encoders.base import Vectors

pytestmark = pytest.mark.filterwarnings(  # Ray leaves pipes to its own processes open
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)


def test_where_ray_is_not_installed_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    (tmp_path / "a.md").write_text("# Tides\n\nThe moon pulls.\n")
    settings = IngestSettings(executor="ray")
    index = open_index(Workspace(tmp_path / "w"), IndexSettings(mode="lexical"), settings)
    with closing(index), pytest.raises(MissingExtra, match=r"pip install 'ragft\[ray\]'"):
        index.ingest([tmp_path])


class Numbered:
    """Says in which process it runs."""

    def __call__(self, item: int) -> tuple[int, int]:
        time.sleep(0.02)
        if item == 7:
            raise DocumentError("seven is not a paper", fix="another number")
        return item, os.getpid()

    def close(self) -> None:
        """Nothing."""


@pytest.mark.slow
def test_results_come_in_order_from_other_processes(executor: RayExecutor) -> None:
    with closing(executor.workers(Numbered, 2)) as workers:
        results = list(in_order(workers, range(20)))
    assert isinstance(results[7], DocumentError)
    assert results[7].fix == "another number"
    found = [result for result in results if isinstance(result, tuple)]
    assert [item for item, _ in found] == [*range(7), *range(8, 20)]
    pids = {pid for _, pid in found}
    assert len(pids) == 2
    assert os.getpid() not in pids


def no_encoder() -> Numbered:
    raise NotFoundError("no encoder 'locks' on this machine", fix="hf download locks")


@pytest.mark.slow
def test_what_a_worker_lacks_is_said(executor: RayExecutor) -> None:
    with closing(executor.workers(no_encoder, 1)) as workers, pytest.raises(NotFoundError, match="no encoder 'locks'"):
        workers.submit(1).result()


def test_a_worker_that_lacks_something_is_not_lost() -> None:
    actor = _Actor(no_encoder)
    with pytest.raises(NotFoundError, match="no encoder 'locks'"):
        actor.run(1)


@pytest.mark.slow
def test_only_this_machine_reaches_it(executor: RayExecutor) -> None:
    me = psutil.Process()
    listening: list[str] = []
    for process in (me, *me.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):  # Ray's helpers come and go
            found = process.net_connections("inet")
            listening += [one.laddr.ip for one in found if one.status == psutil.CONN_LISTEN]
    assert listening
    assert {ip.removeprefix("::ffff:") for ip in listening} == {"127.0.0.1"}


@pytest.mark.slow
def test_a_worker_that_is_killed_ten_times_loses_nothing(
    executor: RayExecutor, capfd: pytest.CaptureFixture[str]
) -> None:
    killed = 0
    results = []
    with closing(executor.workers(Numbered, 2)) as workers:
        for result in in_order(workers, [n for n in range(400) if n != 7]):
            assert isinstance(result, tuple)
            results.append(result[0])
            if killed < 10 and len(results) % 30 == 0:
                os.kill(result[1], signal.SIGKILL) if psutil.pid_exists(result[1]) else None
                killed += 1
    assert results == [n for n in range(400) if n != 7]
    assert killed == 10
    assert capfd.readouterr().out == ""


@pytest.mark.slow
def test_the_index_is_the_same_as_without(executor: RayExecutor, tmp_path: Path) -> None:
    papers = _papers(tmp_path / "papers", 12)
    here, there = (_ingested(papers, tmp_path / name, name) for name in ("local", "ray"))
    assert here[0] == there[0]
    np.testing.assert_array_equal(here[1], there[1])
    assert here[2] == there[2]


@pytest.mark.slow
def test_the_index_is_the_same_after_workers_were_killed_ten_times(executor: RayExecutor, tmp_path: Path) -> None:
    papers = _papers(tmp_path / "papers", 40)
    killed: list[int] = []

    def kill(_label: str, _done: int, _total: int) -> None:
        lines = {one.pid: " ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"])}
        alive = [pid for pid, line in lines.items() if "ray::_Actor" in line and pid not in killed]
        if len(killed) < 10 and alive:
            os.kill(alive[-1], signal.SIGKILL)
            killed.append(alive[-1])

    here = _ingested(papers, tmp_path / "local", "local")
    there = _ingested(papers, tmp_path / "ray", "ray", kill)
    assert len(killed) == 10
    assert here[0] == there[0]
    np.testing.assert_array_equal(here[1], there[1])
    assert here[2] == there[2]


def _papers(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        lines = "\n\n".join(f"Harbour {number} has a tide of {number + line} metres." for line in range(60))
        (folder / f"{number}.md").write_text(f"# Harbour {number}\n\n{lines}\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nno")
    return folder


def _ingested(
    papers: Path, root: Path, executor: str, progress: Progress | None = None
) -> tuple[Sequence[str], Vectors, Sequence[str]]:
    settings = IngestSettings.model_validate({"executor": executor})
    with closing(open_index(Workspace(root), IndexSettings(), settings)) as index:
        report = index.ingest([papers], progress=progress)
        ids = [chunk.id for chunk in index.chunks()]
        rows = index._catalogue.rows()
        return ids, index._open_matrix().get([rows[i] for i in ids]), [one.error for one in report.failed]


@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray", reason="ragft[ray] is not installed")
    import ray

    def refused(*_: object, **__: object) -> Callable[[], None]:
        raise ConnectionError("nobody listens")

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", refused)
    with pytest.raises(EngineUnavailable, match=r"10\.0\.0\.9:6379: nobody listens") as raised:
        open_executor(IngestSettings(executor="ray", ray_address="10.0.0.9:6379"), "ingest")
    assert raised.value.fix == (
        "check ingest.ray_address, and RAY_AUTH_TOKEN if the cluster asks for a token; or use ingest.executor=local"
    )
