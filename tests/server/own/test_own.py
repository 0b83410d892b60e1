"""ragft's own API over real HTTP: documents, search, questions, jobs, runs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ragft.engine.scripted import ScriptedEngine
from tests.app.papers import ANSWER, QUESTION

TEXT = b"# On moons\n\nThe moon pulls the oceans, and so tides rise twice a day.\n"


@pytest.fixture
def client(serve: Callable[..., Any]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=serve().url, timeout=60) as made:
        yield made


def _ended(client: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while job["ended"] is None and time.monotonic() < deadline:
        time.sleep(0.02)
        job = client.get(f"/jobs/{job['id']}").json()
    return job


def test_documents_are_listed_without_their_folders(client: httpx.Client) -> None:
    found = client.get("/documents").json()["documents"]
    assert sorted(one["name"] for one in found) == ["qlora.md", "tides.md"]
    assert "/" not in json.dumps(found)


@pytest.mark.slow
def test_a_document_is_sent_read_found_and_removed(client: httpx.Client) -> None:
    sent = client.post("/documents", files={"files": ("../moon.md", TEXT)})
    assert sent.status_code == 202
    assert _ended(client, sent.json())["status"] == "done"
    hits = client.post("/search", json={"query": "moon pulls oceans", "k": 1}).json()["hits"]
    assert hits[0]["title"] == "On moons"
    place = f"/documents/{hits[0]['document_id']}"
    assert client.get(place).json()["name"] == "moon.md"
    assert client.get(f"{place}/pages").json()["pages"][0]["text"].startswith("The moon pulls")
    assert client.get(f"{place}/chunks/{hits[0]['chunk_id']}").json()["text"] == hits[0]["text"]
    assert client.get(f"{place}/file").content == TEXT
    assert _ended(client, client.post(f"{place}/reread").json())["status"] == "done"
    assert client.delete(place).json()["title"] == "On moons"
    assert client.get(place).status_code == 404


def test_a_passage_of_another_document_is_not_found(client: httpx.Client) -> None:
    one, other = client.get("/documents").json()["documents"]
    (hit,) = client.post("/search", json={"query": "tides", "k": 1, "documents": [one["id"]]}).json()["hits"]
    assert client.get(f"/documents/{one['id']}/chunks/{hit['chunk_id']}").status_code == 200
    assert client.get(f"/documents/{other['id']}/chunks/{hit['chunk_id']}").status_code == 404


def test_no_reply_names_a_folder_of_this_machine(client: httpx.Client, tmp_path: Path) -> None:
    failed = _ended(client, client.post("/documents", files={"files": ("cut.pdf", b"%PDF-1.4 cut")}).json())
    assert "cut.pdf" in failed["result"]["failed"][0]["error"]
    trained = _ended(client, client.post("/jobs", json={"kind": "train", "dataset": "none"}).json())
    assert trained["error"]["message"]
    replies = [
        client.get("/documents"),
        client.get("/jobs"),
        client.get("/documents/none"),
        client.get("/passages/none"),
        client.get("/runs/none"),
        client.post("/compare", json={"question": QUESTION}),
        client.post("/predict", json={"text": "x"}),
        client.post("/ask", json={"question": QUESTION, "model": "ragft/base", "stream": True}),
        client.post(
            "/v1/chat/completions", json={"model": "ragft/base", "messages": [{"role": "user", "content": "x"}]}
        ),
    ]
    for reply in replies:
        assert str(tmp_path) not in reply.text, reply.url


def test_the_link_of_a_citation_leads_to_the_file_and_its_span_to_the_quote(client: httpx.Client) -> None:
    answer = client.post("/ask", json={"question": QUESTION}).json()
    assert (answer["answer"], answer["refused"]) == (ANSWER, False)
    url = httpx.URL(answer["links"][0]["url"])
    shown = client.get(url)
    assert shown.status_code == 200 and "inline" in shown.headers["content-disposition"]
    chunk = client.get(f"{url.path.removesuffix('/file')}/chunks/{url.params['chunk']}").json()["text"]
    assert chunk[int(url.params["start"]) : int(url.params["end"])] == answer["citations"][0]["quote"]


def test_a_question_is_kept_to_some_documents(client: httpx.Client) -> None:
    answer = client.post("/ask", json={"question": QUESTION, "documents": ["tides.md"]}).json()
    assert answer["refused"]
    hits = client.post("/search", json={"query": "memory", "documents": ["tides.md"]}).json()["hits"]
    assert {hit["title"] for hit in hits} == {"Tides at the coast"}


def test_an_answer_comes_as_events(client: httpx.Client) -> None:
    events = []
    with client.stream("POST", "/ask", json={"question": QUESTION, "stream": True}) as response:
        name = ""
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((name, json.loads(line.removeprefix("data: "))))
    assert events[0] == ("status", {"doing": "searching", "titles": []})
    assert "".join(data["text"] for name, data in events if name == "text") == ANSWER
    assert events[-1][0] == "answer" and events[-1][1]["citations"][0]["title"] == "Fine-tuning on one card"


def test_an_answer_that_ends_with_a_refusal_is_the_same_whole_and_as_events(serve: Callable[..., Any]) -> None:
    said = f"{ANSWER} I do not know."
    with httpx.Client(base_url=serve(engine=ScriptedEngine(lambda _: said)).url, timeout=30) as client:
        whole = client.post("/ask", json={"question": QUESTION}).json()
        events = client.post("/ask", json={"question": QUESTION, "stream": True}).text
    lines = [line.removeprefix("data: ") for line in events.splitlines() if line.startswith('data: {"text"')]
    assert "".join(json.loads(line)["text"] for line in lines) == whole["answer"] == said
    assert not whole["refused"]


def test_no_folder_is_read_that_was_not_allowed(serve: Callable[..., Any], tmp_path: Path) -> None:
    allowed, other = tmp_path / "allowed", tmp_path / "other"
    for folder in (allowed, other):
        folder.mkdir()
        (folder / "moon.md").write_bytes(TEXT)
    (allowed / "link").symlink_to(other)
    with httpx.Client(base_url=serve(folders=(allowed,)).url) as client:

        def ingest(path: Path) -> httpx.Response:
            return client.post("/jobs", json={"kind": "ingest", "paths": [str(path)]})

        for path in (other, allowed / ".." / "other", allowed / "link", tmp_path, Path("/etc/passwd"), Path("other")):
            assert ingest(path).status_code == 403, path
        job = _ended(client, ingest(allowed / "moon.md").json())
        assert (job["status"], job["arguments"]["paths"]) == ("done", ["moon.md"])


def test_a_job_can_be_cancelled_and_an_unknown_one_is_not_found(client: httpx.Client) -> None:
    job = client.post("/jobs", json={"kind": "train", "dataset": "nothing"}).json()
    assert _ended(client, job)["status"] == "failed"
    assert client.post(f"/jobs/{job['id']}/cancel").json()["status"] == "failed"
    assert [one["id"] for one in client.get("/jobs").json()["jobs"]] == [job["id"]]
    assert client.get("/jobs/nothing").status_code == 404


def test_what_is_no_paper_is_refused(client: httpx.Client) -> None:
    response = client.post("/documents", files={"files": ("run.exe", b"MZ")})
    assert response.status_code == 400
    assert "not a paper" in response.json()["error"]["message"]


@pytest.mark.slow
def test_a_document_in_html_is_not_shown_with_the_rights_of_this_site(client: httpx.Client) -> None:
    page = b"<html><body><h1>On moons</h1><p>The moon pulls the oceans.</p><script>alert(1)</script></body></html>"
    _ended(client, client.post("/documents", files={"files": ("page.html", page)}).json())
    response = client.get("/documents/page.html/file")
    assert response.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"


def test_runs_are_listed_with_their_report(serve: Callable[..., Any]) -> None:
    running = serve()
    folder = running.app.workspace.runs / "first"
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<h1>Better</h1>")
    (folder / "train.jsonl").write_text('{"step": 1, "loss": 3.5}\n{"step": 2, "lo')
    with httpx.Client(base_url=running.url) as client:
        assert [(run["name"], run["reported"]) for run in client.get("/runs").json()["runs"]] == [("first", True)]
        assert client.get("/runs/latest/curve").json()["points"] == [{"step": 1, "loss": 3.5}]
        report = client.get("/runs/first/report")
        assert report.text == "<h1>Better</h1>" and "sandbox" in report.headers["content-security-policy"]
        assert client.get("/runs/..%2Ffirst").status_code == 404
        assert client.get("/runs/second/report").status_code == 404


def test_what_was_asked_is_counted(client: httpx.Client) -> None:
    client.post("/ask", json={"question": QUESTION})
    client.post("/ask", json={"question": "How do I cook a mushroom risotto?"})
    lines = client.get("/metrics").text.splitlines()
    assert 'ragft_answers_total{outcome="answered"} 1.0' in lines
    assert 'ragft_requests_total{method="POST",route="/ask",status="200"} 2.0' in lines
    assert not any("QLoRA" in line for line in lines)


def test_an_error_has_a_code_and_what_helps(client: httpx.Client) -> None:
    for path, body, code in (
        ("/search", {"query": ""}, "invalid_request"),
        ("/ask", {"question": "x", "model": "gpt-4"}, "invalid_request"),
        ("/search", {"query": "x", "documents": ["nothing"]}, "not_found"),
        ("/compare", {"question": "x"}, "not_found"),
    ):
        error = client.post(path, json=body).json()["error"]
        assert error["code"] == code and error["message"] and error["fix"], path
