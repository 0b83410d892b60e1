"""What `ragft serve` adds: start, first token, searches a second, and how it stands many clients at once.

    python benchmarks/bench_serve.py                 # about a minute
    python benchmarks/bench_serve.py --soak 10       # and 64 clients for ten minutes, an ingest beside them

The papers are those of corpus/papers, the engine plays answers back, so that no model's speed is measured. The first
token is compared with that of the same call without HTTP; that of an answer from the papers is a whole checked
sentence, and its time is shown in parts. In the soak every answer has to be that of its question;
memory is that of the server's process after the first tenth and at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import psutil

import ragft
from ragft.app.application import Application, open_application

ROOT = Path(__file__).resolve().parent.parent
PAPERS = ROOT / "corpus" / "papers"
QUESTION = "How much GPU memory does QLoRA need for a 65B model?"
SENTENCE = "To fine-tune a 65B model with QLoRA you need one 48 GB card instead of more than 780 GB [1]."
ANSWER = f"{SENTENCE} QLoRA brings the same job down to a single GPU with 48 GB of memory [1]."
RULES = [{"match": re.escape(QUESTION), "reply": ANSWER}, {"match": "say (\\w+)", "template": "\\1"}]
SCRIPT = {"models": ["scripted"], "rules": RULES, "default": {"reply": "Yes."}}
QUERIES = ("memory of QLoRA", "what is a nested quantisation", "forgetting after fine-tuning", "tokens a second")
CLIENTS = 64


def main() -> None:
    """Print one figure a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--soak", type=float, default=0.0, metavar="MINUTES")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "script.json").write_text(json.dumps(SCRIPT), encoding="utf-8")
        os.environ |= {"RAGFT_ENGINE__NAME": "scripted", "RAGFT_SCRIPT": str(folder / "script.json")}
        with open_application(folder / "ws") as app:
            app.ingest([PAPERS])
            starts = [_start_seconds(folder) for _ in range(5)]
            print(f"start to ready            {statistics.median(starts):6.2f} s (median of {len(starts)})")
            server = Server(folder)
            try:
                _first_token(app, server)
                _first_sentence(app, server)
                _searches(app, server)
                if given.soak:
                    _soak(server, 60 * given.soak)
            finally:
                server.stop()


class Server:
    """`ragft serve` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        flags = ("--port", "0", "--parallel", "2", "--allow-ingest", str(PAPERS))
        command = [sys.executable, "-m", "ragft", "serve", "--workspace", str(folder / "ws"), *flags]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        found = re.search(r"http://\S+", self.process.stderr.readline())
        assert found is not None
        self.url = found.group()

    def stop(self) -> None:
        """End it as a service manager does."""
        self.process.terminate()
        self.process.wait()

    @property
    def megabytes(self) -> float:
        """Its resident memory."""
        return float(psutil.Process(self.process.pid).memory_info().rss / 1e6)


def _start_seconds(folder: Path) -> float:
    began = time.perf_counter()
    server = Server(folder)
    httpx.get(f"{server.url}/health").raise_for_status()
    seconds = time.perf_counter() - began
    server.stop()
    return seconds


def _first_token(app: Application, server: Server, count: int = 100) -> None:
    direct, served = [], []
    body = {"model": "scripted", "stream": True, "messages": [{"role": "user", "content": "say word"}]}
    with httpx.Client(timeout=120) as client:
        for _ in range(count):
            began = time.perf_counter()
            next(chunk for chunk in app.complete([("user", "say word")], model="scripted") if chunk.content)
            direct.append(time.perf_counter() - began)
            began = time.perf_counter()
            with client.stream("POST", f"{server.url}/v1/chat/completions", json=body) as response:
                next(line for line in response.iter_lines() if "word" in line)
                served.append(time.perf_counter() - began)
    added = 1000 * (statistics.median(served) - statistics.median(direct))
    print(f"first token, added        {added:6.1f} ms (median of {count})")


def _first_sentence(app: Application, server: Server, count: int = 50) -> None:
    """From the question to the first sentence at the client. The model costs nothing here."""
    before, model, check, served = [], [], [], []
    body = {"model": "ragft", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
    with httpx.Client(timeout=120) as client:
        for _ in range(count):
            began = time.perf_counter()
            times = [began]
            for event in app.stream(QUESTION, checked_parts=True):
                if isinstance(event, ragft.CheckedPart):
                    break
                if isinstance(event, ragft.Delta):
                    times.append(time.perf_counter())
            before.append(times[1] - began)
            model.append(times[-1] - times[1])
            check.append(time.perf_counter() - times[-1])
            began = time.perf_counter()
            with client.stream("POST", f"{server.url}/v1/chat/completions", json=body) as response:
                next(line for line in response.iter_lines() if SENTENCE in line)
                served.append(time.perf_counter() - began)
    whole, *parts = (1000 * statistics.median(seconds) for seconds in (served, before, model, check))
    print(
        f"first checked sentence    {whole:6.1f} ms (median of {count}): search and prompt {parts[0]:.1f}, model "
        f"{parts[1]:.1f}, check {parts[2]:.1f}, HTTP and the rest {whole - sum(parts):.1f}"
    )


def _searches(app: Application, server: Server, count: int = 400) -> None:
    queries = [QUERIES[number % len(QUERIES)] for number in range(count)]
    app.search(QUERIES[0])
    began = time.perf_counter()
    for query in queries:
        app.search(query)
    direct = count / (time.perf_counter() - began)
    with httpx.Client(timeout=120) as client:
        client.post(f"{server.url}/search", json={"query": QUERIES[0]})
        began = time.perf_counter()
        for query in queries:
            client.post(f"{server.url}/search", json={"query": query}).raise_for_status()
        served = count / (time.perf_counter() - began)
    print(f"searches a second         {served:6.1f} over HTTP, {direct:.1f} without (one client)")


def _soak(server: Server, seconds: float) -> None:
    ended: Counter[str] = Counter()
    began = time.monotonic()
    threads = [threading.Thread(target=_client, args=(server.url, n, began + seconds, ended)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    httpx.post(f"{server.url}/jobs", json={"kind": "ingest", "paths": [str(PAPERS)]}).raise_for_status()
    time.sleep(seconds / 10)
    early = server.megabytes
    for thread in threads:
        thread.join()
    print(
        f"{CLIENTS} clients, {seconds / 60:g} min       {dict(ended)}; memory {early:.0f} → {server.megabytes:.0f} MB"
    )


def _client(url: str, number: int, until: float, ended: Counter[str]) -> None:
    turn = 0
    with httpx.Client(timeout=120) as client:
        while time.monotonic() < until:
            turn += 1
            if turn % 2:
                status = client.post(f"{url}/search", json={"query": QUERIES[turn % len(QUERIES)]}).status_code
                ended["search" if status == 200 else f"search: {status}"] += 1
                continue
            word = f"client{number}turn{turn}"
            body = {"model": "scripted", "messages": [{"role": "user", "content": f"say {word}"}]}
            response = client.post(f"{url}/v1/chat/completions", json=body)
            if response.status_code == 503:
                ended["honest 503"] += 1
                time.sleep(min(float(response.headers["retry-after"]), 2.0))
            elif response.status_code != 200:
                ended[f"ask: {response.status_code}"] += 1
            else:
                said = response.json()["choices"][0]["message"]["content"]
                ended["ask" if said == word else "wrong text"] += 1


if __name__ == "__main__":
    main()
