"""`ragft serve` as a process: how it starts, what it says, how it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from ragft.engine.scripted import ScriptedEngine
from tests.app.papers import QUESTION

KEY = "0123456789abcdef0123"
Start = Callable[..., tuple["subprocess.Popen[str]", str]]


@pytest.fixture
def start(slow: None, papers: Path, scripted_engine: None) -> Iterator[Start]:
    """`start(*flags)` runs the command, and gives the process and its address."""
    running: list[subprocess.Popen[str]] = []

    def begin(*flags: str, workspace: Path = papers / "ws", **variables: str) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-m", "ragft", "serve", "--port", "0", "--workspace", str(workspace), *flags]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | variables
        )
        running.append(process)
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"http://\S+", line):
                return process, found.group()
        raise AssertionError(f"it ended with {process.wait()}")

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def test_it_says_where_it_is_and_loads_no_model(start: Start) -> None:
    process, url = start()
    assert httpx.get(f"{url}/health").json()["status"] == "ok"
    maps = Path(f"/proc/{process.pid}/maps")
    if maps.exists():
        assert "onnxruntime" not in maps.read_text(encoding="utf-8")


def test_sigterm_ends_it_while_nothing_is_asked(start: Start) -> None:
    process, _ = start()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) in (0, 143, -signal.SIGTERM)


def test_a_stream_that_is_open_ends_in_order_when_the_server_is_stopped(start: Start, tmp_path: Path) -> None:
    script = tmp_path / "slow.json"
    script.write_text(json.dumps({"models": ["scripted"], "default": {"reply": "word " * 50, "delay": 1.5}}))
    process, url = start(RAGFT_SCRIPT=str(script))
    body = {"model": "scripted", "stream": True, "messages": [{"role": "user", "content": "hello"}]}
    ends: list[str] = []

    def read() -> None:
        with httpx.stream("POST", f"{url}/v1/chat/completions", json=body, timeout=30) as response:
            ends.extend(line for line in response.iter_lines() if line)

    reader = threading.Thread(target=read)
    reader.start()
    while httpx.get(f"{url}/health").json()["running"] == 0:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    reader.join(20)
    assert process.wait(20) in (0, 143, -signal.SIGTERM)
    _, errors = process.communicate()
    assert "Traceback" not in errors
    assert ends and (ends[-1] == "data: [DONE]" or "stopped" in ends[-1])


@pytest.mark.parametrize("stream", [True, False])
def test_questions_that_wait_are_refused_when_the_server_is_stopped(start: Start, tmp_path: Path, stream: bool) -> None:
    script = tmp_path / "slow.json"
    script.write_text(json.dumps({"models": ["scripted"], "default": {"reply": "word", "delay": 2}}))
    process, url = start(RAGFT_SCRIPT=str(script))
    body = {"model": "scripted", "stream": stream, "messages": [{"role": "user", "content": "hello"}]}
    replies: list[httpx.Response] = []

    def ask() -> None:
        replies.append(httpx.post(f"{url}/v1/chat/completions", json=body, timeout=60))

    clients = [threading.Thread(target=ask) for _ in range(12)]
    for client in clients:
        client.start()
    while httpx.get(f"{url}/health").json()["waiting"] < len(clients) - 1:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    for client in clients:
        client.join(30)
    assert process.wait(30) in (0, 143, -signal.SIGTERM)
    assert [(one.status_code, one.headers["retry-after"]) for one in replies] == [(503, "5")] * len(clients)
    assert "Traceback" not in process.communicate()[1]


def test_a_job_goes_on_when_the_server_starts_again(start: Start, papers: Path, tmp_path: Path) -> None:
    workspace, folder = tmp_path / "ws", tmp_path / "more"
    shutil.copytree(papers / "ws", workspace)
    folder.mkdir()
    for number in range(200):
        (folder / f"paper{number}.md").write_text(f"# Paper {number}\n\nThe number {number} is even or odd.\n")
    process, url = start("--allow-ingest", str(folder), workspace=workspace)
    job = httpx.post(f"{url}/jobs", json={"kind": "ingest", "paths": [str(folder)]}).json()
    while not httpx.get(f"{url}/jobs/{job['id']}").json()["done"]:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) in (0, 143, -signal.SIGTERM)
    assert json.loads((workspace / "jobs" / f"{job['id']}.json").read_bytes())["status"] == "interrupted"
    _, url = start(workspace=workspace)
    deadline = time.monotonic() + 120
    while (state := httpx.get(f"{url}/jobs/{job['id']}").json())["ended"] is None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert state["status"] == "done"
    assert len(httpx.get(f"{url}/documents").json()["documents"]) == 202


def test_a_key_is_never_written_anywhere(start: Start) -> None:
    process, url = start(RAGFT_API_KEY=KEY)
    for given in (KEY, "wrong-but-secret-too"):
        httpx.get(f"{url}/v1/models", headers={"Authorization": f"Bearer {given}"})
    process.send_signal(signal.SIGTERM)
    said = "".join(process.communicate(timeout=20))
    assert KEY not in said and "wrong-but-secret-too" not in said


def test_an_address_that_is_taken_is_an_error_in_one_line(start: Start, papers: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "ragft", "serve", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(command, capture_output=True, text=True, cwd=papers, check=False, timeout=60)
    assert done.returncode == 2
    assert "cannot listen at" in done.stderr and "Traceback" not in done.stderr


def test_no_other_machine_is_served_without_a_key(papers: Path) -> None:
    command = [sys.executable, "-m", "ragft", "serve", "--host", "0.0.0.0"]  # noqa: S104
    variables = {name: value for name, value in os.environ.items() if name != "RAGFT_API_KEY"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=papers, check=False, timeout=60, env=variables)
    assert done.returncode == 2 and "no key is set" in done.stderr


@pytest.mark.slow
def test_users_get_their_own_answers_while_papers_are_read(serve: Callable[..., object], tmp_path: Path) -> None:
    """Sixteen clients at once over two slots, an ingest beside them: every answer is its own question's."""

    def echo(request: object) -> str:
        return request.messages[-1].content.rpartition(" ")[2]  # type: ignore[attr-defined]

    for number in range(30):
        (tmp_path / f"paper{number}.md").write_text(f"# Paper {number}\n\nThe number {number} is even or odd.\n")
    running = serve(engine=ScriptedEngine(echo), parallel=2, waiting=100, folders=(tmp_path,))
    url = running.url  # type: ignore[attr-defined]
    wrong: list[str] = []
    job = httpx.post(f"{url}/jobs", json={"kind": "ingest", "paths": [str(tmp_path)]}).json()

    def client(number: int) -> None:
        with httpx.Client(timeout=60) as http:
            for turn in range(4):
                word = f"client{number}turn{turn}"
                body = {"model": "base-model", "messages": [{"role": "user", "content": f"say {word}"}]}
                said = http.post(f"{url}/v1/chat/completions", json=body).json()
                if said["choices"][0]["message"]["content"] != word:
                    wrong.append(str(said))
                if http.post(f"{url}/search", json={"query": QUESTION, "k": 1}).status_code != 200:
                    wrong.append("search")

    threads = [threading.Thread(target=client, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert wrong == []
    deadline = time.monotonic() + 60
    while httpx.get(f"{url}/jobs/{job['id']}").json()["ended"] is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert httpx.get(f"{url}/jobs/{job['id']}").json()["status"] == "done"
