"""Work in the background: progress, an end, a stop, going on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragft.app.application import Application, open_application
from ragft.app.jobs import Job
from ragft.errors import NotFoundError, UsageError, WorkspaceError, WorkspaceLocked

pytestmark = pytest.mark.usefixtures("scripted_engine")
TEXT = "# On moons\n\nThe moon pulls the oceans, and so tides rise twice a day.\n"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Application]:
    (tmp_path / "moon.md").write_text(TEXT, "utf-8")
    with open_application(tmp_path / "ws") as opened:
        yield opened


def _ended(app: Application, job: Job) -> Job:
    deadline = time.monotonic() + 60
    while app.jobs.get(job.id).ended is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return app.jobs.get(job.id)


@pytest.mark.slow
def test_a_job_ends_with_its_result_and_is_remembered(app: Application, tmp_path: Path) -> None:
    job = _ended(app, app.jobs.start("ingest", {"paths": [str(tmp_path / "moon.md")]}))
    assert (job.status, job.error, job.result["documents"]) == ("done", None, 1)
    assert job.done == job.total > 0
    app.close()
    with open_application(tmp_path / "ws") as again:
        assert [(one.id, one.status) for one in again.jobs.list()] == [(job.id, "done")]


def test_a_failure_says_why_and_what_helps(app: Application) -> None:
    job = _ended(app, app.jobs.start("ingest", {"paths": ["nothing-here.pdf"]}))
    assert job.status == "failed"
    assert job.error is not None and job.error.code == "not_found"


@pytest.mark.slow
def test_a_job_stops_when_it_is_cancelled_and_goes_on_when_it_is_resumed(app: Application, tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"paper{number}.md").write_text(
            f"# Paper {number}\n\nThe number {number} is even or odd.\n", "utf-8"
        )
    first = app.jobs.start("ingest", {"paths": [str(tmp_path)]})
    waits = app.jobs.start("ingest", {"paths": [str(tmp_path / "moon.md")]})
    assert app.jobs.cancel(waits.id).status == "cancelled"
    app.jobs.cancel(first.id)
    assert _ended(app, first).status == "cancelled"
    assert _ended(app, app.jobs.resume(first.id)).status == "done"
    assert len(app.documents.list()) == 41


@pytest.mark.slow
def test_what_the_end_of_the_process_interrupts_goes_on_at_the_next_start(app: Application, tmp_path: Path) -> None:
    held, go = threading.Event(), threading.Event()

    def hold(*_: object, **__: object) -> None:
        held.set()
        assert go.wait(30)

    app.jobs._lanes.clear()
    blocker = app.jobs.start("reread", {"document": "nothing"})
    _ended(app, blocker)
    app.jobs._lanes["reading"].submit(hold)
    assert held.wait(30)
    job = app.jobs.start("ingest", {"paths": [str(tmp_path / "moon.md")]})
    closing = threading.Thread(target=app.close)
    closing.start()
    go.set()
    closing.join(30)
    with open_application(tmp_path / "ws") as again:
        assert again.jobs.get(job.id).status == "interrupted"
        assert [one.id for one in again.jobs.resume_interrupted()] == [job.id]
        assert _ended(again, job).status == "done"


@pytest.mark.slow
def test_a_second_process_sees_the_jobs_and_leaves_them_alone(app: Application, tmp_path: Path) -> None:
    go = threading.Event()
    app.jobs.start("reread", {"document": "nothing"})
    app.jobs._lanes["reading"].submit(go.wait, 30)
    job = app.jobs.start("ingest", {"paths": [str(tmp_path / "moon.md")]})
    with open_application(tmp_path / "ws") as second:
        assert second.jobs.get(job.id).status == "waiting"
        assert second.jobs.resume_interrupted() == []
        with pytest.raises(WorkspaceLocked, match="another process works on the jobs"):
            second.jobs.cancel(job.id)
        go.set()
        assert _ended(second, job).status == "done"
    app.close()
    with open_application(tmp_path / "ws") as third:
        assert _ended(third, third.jobs.start("reread", {"document": "nothing"})).status == "failed"


def test_a_damaged_record_is_passed_over(app: Application, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "ws" / "jobs").mkdir(parents=True)
    (tmp_path / "ws" / "jobs" / "x.json").write_text('{"id": 1}')
    assert list(app.jobs.list()) == []
    assert "x.json is not a record of a job: id: Input should be a valid string" in caplog.text


def test_jobs_that_were_stopped_take_no_more_work(app: Application, tmp_path: Path) -> None:
    job = _ended(app, app.jobs.start("ingest", {"paths": ["nothing-here.pdf"]}))
    app.jobs.interrupt()
    for again in (lambda: app.jobs.start("ingest", {"paths": [str(tmp_path)]}), lambda: app.jobs.resume(job.id)):
        with pytest.raises(WorkspaceError, match="the jobs were stopped") as raised:
            again()
        assert raised.value.fix == "open the workspace again"
    assert [one.id for one in app.jobs.list()] == [job.id], "nothing is kept that nobody works on"


def test_wrong_arguments_settings_and_ids_are_errors_at_once(app: Application) -> None:
    with pytest.raises(UsageError, match="no argument 'pth'"):
        app.jobs.start("ingest", {"pth": 1})
    with pytest.raises(UsageError, match=r"generate\.count"):
        app.jobs.start("generate", {}, {"generate": {"count": 0}})
    with pytest.raises(NotFoundError):
        app.jobs.get("nothing")


def test_a_training_keeps_its_name_when_it_is_resumed(app: Application) -> None:
    job = app.jobs.start("train", {})
    assert app.jobs.get(job.id).arguments["run"]
    assert _ended(app, job).status == "failed"  # there is no data set
