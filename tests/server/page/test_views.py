"""Pages as pictures, and the boxes of a quotation, over HTTP."""

from __future__ import annotations

import io
from typing import Any

import httpx
import pypdfium2
from PIL import Image

from ragft.app.application import Application
from tests.server.conftest import Running
from tests.server.page.conftest import FACT, QUESTION, words


def _cited(client: httpx.Client) -> dict[str, Any]:
    citation: dict[str, Any] = client.post("/ask", json={"question": QUESTION}).json()["citations"][0]
    return citation


def _passage(client: httpx.Client, citation: dict[str, Any]) -> dict[str, Any]:
    span = {"start": citation["start"], "end": citation["end"]}
    found: dict[str, Any] = client.get(f"/passages/{citation['chunk_id']}", params=span).json()
    return found


def _file(app: Application, document: str) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(app.documents.file(document))


def test_the_boxes_of_a_quotation_lie_on_its_words(served: Running, client: httpx.Client) -> None:
    citation = _cited(client)
    passage = _passage(client, citation)
    assert passage["text"][passage["start"] : passage["end"]] == citation["quote"]
    (page,) = passage["pages"]
    assert page["page"] == 2 and len(page["boxes"]) == 2  # the sentence fills one line of the column and part of one
    pdf = _file(served.app, citation["document_id"])
    sheet = pdf[1]
    across, down = sheet.get_size()
    read = [
        sheet.get_textpage().get_text_bounded(x * across, (1 - y - h) * down, (x + w) * across, (1 - y) * down)
        for x, y, w, h in page["boxes"]
    ]
    assert words(" ".join(read)) == words(FACT)
    pdf.close()


def test_the_picture_shows_the_page_and_its_boxes_hold_ink(client: httpx.Client) -> None:
    citation = _cited(client)
    reply = client.get(f"/documents/{citation['document_id']}/pages/2/picture", params={"width": 800})
    assert reply.headers["content-type"] == "image/png" and "private" in reply.headers["cache-control"]
    picture = Image.open(io.BytesIO(reply.content)).convert("L")
    assert picture.width == 800 and abs(picture.height / 800 - 297 / 210) < 0.01
    for x, y, w, h in _passage(client, citation)["pages"][0]["boxes"]:
        left, top = x * picture.width, y * picture.height
        cut = picture.crop((int(left), int(top), int(left + w * picture.width), int(top + h * picture.height)))
        assert cut.getextrema()[0] < 100


def test_a_passage_as_a_whole_is_marked_on_all_its_pages(client: httpx.Client) -> None:
    hit = client.post("/search", json={"query": "paged memory", "k": 1}).json()["hits"][0]
    passage = client.get(f"/passages/{hit['chunk_id']}").json()
    assert (passage["start"], passage["end"]) == (0, len(hit["text"]))
    assert [page["page"] for page in passage["pages"]] == list(range(hit["pages"][0], hit["pages"][1] + 1))
    assert all(page["boxes"] for page in passage["pages"])


def test_what_is_no_pdf_has_its_text_and_no_pictures(client: httpx.Client) -> None:
    hit = client.post("/search", json={"query": "spring tides", "k": 1}).json()["hits"][0]
    passage = client.get(f"/passages/{hit['chunk_id']}", params={"start": 0, "end": 12}).json()
    assert passage["text"][:12] == "Spring tides" and passage["pages"] == []
    assert client.get(f"/documents/{hit['document_id']}/pages/1/picture").status_code == 404


def test_what_is_not_there_is_an_error_with_a_reason(client: httpx.Client) -> None:
    document = _cited(client)["document_id"]
    for path, status in (
        ("/passages/nothing", 404),
        ("/documents/nothing/pages/1/picture", 404),
        (f"/documents/{document}/pages/3/picture", 400),
        (f"/documents/{document}/pages/0/picture", 400),
        (f"/documents/{document}/pages/1/picture?width=90000", 400),
    ):
        reply = client.get(path)
        assert reply.status_code == status and reply.json()["error"]["message"], path


def test_the_file_of_a_pdf_is_sent_in_parts(served: Running, client: httpx.Client) -> None:
    document = _cited(client)["document_id"]
    whole = served.app.documents.file(document).read_bytes()
    part = client.get(f"/documents/{document}/file", headers={"range": "bytes=100-199"})
    assert part.status_code == 206 and part.content == whole[100:200]
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"
    assert part.headers["content-type"] == "application/pdf" and part.headers["x-content-type-options"] == "nosniff"
    beyond = client.get(f"/documents/{document}/file", headers={"range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416


def test_the_folder_of_a_document_is_not_revealed(served: Running, client: httpx.Client) -> None:
    citation = _cited(client)
    folder = str(served.app.documents.file(citation["document_id"]).parent)
    gone = client.get(f"/documents/{citation['document_id']}/pages/3/picture")
    assert folder not in gone.text
    assert folder not in client.get(f"/passages/{citation['chunk_id']}").text
