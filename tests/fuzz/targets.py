"""What is fuzzed: everything that reads what others wrote."""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import httpx

from ragft.corpus.readers.base import SourceFile
from ragft.corpus.readers.registry import reader_for
from ragft.engine.base import ChatRequest, Message, Options
from tests.engine.gguf_maker import write_gguf
from tests.export.test_mlx import write_mlx
from tests.fuzz import documents
from tests.fuzz.documents import CSS, HTML, LATEX, MAIL, MARKDOWN, TEXT
from tests.fuzz.harness import Target
from tests.fuzz.http_requests import REQUESTS
from tests.fuzz.pdf_seeds import PDFS
from tests.llama_cpp_tools.adapters import write_adapter
from tests.llama_cpp_tools.tiny import write_model

SHARED = Path(os.environ.get("RAGFT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
_LARGEST_SEED = 200_000

ROWS = [
    json.dumps({"prompt": "Why?", "completion": "So [1].", "kind": "grounded", "sources": ["d"]}).encode() + b"\n",
    json.dumps({"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}]}).encode(),
    json.dumps({"prompt": "Why?", "chosen": "So [1].", "rejected": "No.", "faults": ["no_key"]}).encode() + b"\n",
    json.dumps(
        {
            "input": {"messages": [{"role": "user", "content": "Why?"}]},
            "preferred_output": [{"role": "assistant", "content": "So."}],
            "non_preferred_output": [{"role": "assistant", "content": "."}],
        }
    ).encode(),
]
ANSWERS = [
    "Paged [1, 3]. Frozen 【2】[doc_4]. (source 1) [[9]1] [1-4; see 7, p. 3] [S2†L3] ¹² [10".encode(),
    b"<think>I see</think>It is 48 GB [1][2], as **[3]** says [^4] \\[5\\].\n\n1. [1]\n2. none",
]
BIBTEX = b"""@string{j = "Sea"}
@article{a20, title={On {T}ides \\& the {\\'E}bb: $x^2$}, author={Other, Ann and {A Team} and von B{\\"u}low, J.},
  journal=j # " News", year=2020, doi={https://doi.org/10.1000/X}, file={:x.pdf:PDF;Text:C\\:\\\\y.pdf:application/pdf},
  keywords={a, b; c}, eprint={2005.11401v2}, archiveprefix={arXiv}}
@comment{no}
@misc(b, title = "Two")
"""
CSL = json.dumps([
    {"id": "http://zotero.org/users/1/items/AB", "type": "article-journal", "title": "On Tides", "DOI": "10.1000/x",
     "author": [{"family": "Other", "given": "Ann"}, {"literal": "A Team"}], "issued": {"date-parts": [["2020", 5]]},
     "note": "arXiv:2005.11401\nCitation Key: a20", "keyword": "a, b"},
]).encode()  # fmt: skip
QUESTIONS = [
    b"Who wrote the DPO paper?",
    b"which of my papers by Gao from 2019 to 2021 are about retrieval",
    b"Kingma's paper on Adam",
    "Wie viele Papers habe ich über Gezeiten? 谁写了Adam论文？ Adam 논문의 저자는 누구인가요?".encode(),
]
HOSTS = [b"127.0.0.1:11434", b"http://user:pa%20ss@[::1]:80/prefix", b'"https://host"', b":11434", b"0.0.0.0"]
CHAT = b'{"message":{"role":"assistant","content":"48 GB","thinking":"hm"},"done":false}\n' + (
    b'{"message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":9,"eval_count":2,"total_duration":5}\n'
)
REPLIES = [
    b'{"models":[{"name":"m:latest","model":"m:latest","size":9,"digest":"ab","context_length":4096,"capabilities":'
    b'["completion"],"details":{"family":"llama","parameter_size":"134.52M","quantization_level":"Q4_0"}}]}',
    b'{"modelfile":"FROM /x/sha256-ab\\nPARAMETER stop \\"a\\"","parameters":"stop \\"<|im_end|>\\"\\nnum_ctx 4096",'
    b'"template":"{{ .Prompt }}","details":{"family":"llama"},"model_info":{"general.architecture":"llama",'
    b'"llama.context_length":2048,"general.parameter_count":5},"capabilities":["completion","thinking"]}',
    b'{"version":"0.12.11"}',
    b'{"response":"a","logprobs":[{"token":"a","logprob":-0.1,"top_logprobs":[{"token":"b","logprob":-2}]}]}',
    b'{"_debug_info":{"rendered_template":"<|im_start|>user"}}',
    b'{"error":"model \\"m\\" not found"}',
]
EVENTS = b'data: {"choices":[{"delta":{"content":"48"}}]}\n\n: ping\n' + (
    b'data: {"choices":[{"finish_reason":"stop","delta":{}}],"timings":{"prompt_n":3,"predicted_ms":1.5}}\n\n'
    b"data: [DONE]\n"
)
REQUEST = ChatRequest("m", (Message("user", "Why?"),), Options())


def _reader(name: str, suffix: str, *seeds: bytes) -> Target:
    def run(data: bytes, folder: Path) -> None:
        path = folder / f"x{suffix}"
        path.write_bytes(data)
        reader_for(path)(SourceFile(path, "0" * 16))

    return Target(name, lambda _: [*seeds, *_papers(suffix)], run)


def _papers(suffix: str) -> Iterable[bytes]:
    """A few small real files, where there are any."""
    files = (path for path in sorted(SHARED.glob(f"papers/**/*{suffix}")) if path.stat().st_size < _LARGEST_SEED)
    return [path.read_bytes() for path in itertools.islice(files, 4)]


def _member(name: str, suffix: str, whole: bytes, member: str) -> Target:
    """A target that mutates one member of a sound archive."""

    def run(data: bytes, folder: Path) -> None:
        path = folder / f"x{suffix}"
        with zipfile.ZipFile(io.BytesIO(whole)) as sound, zipfile.ZipFile(path, "w") as changed:
            for item in sound.namelist():
                changed.writestr(item, data if item == member else sound.read(item))
        reader_for(path)(SourceFile(path, "0" * 16))

    return Target(name, lambda _: [zipfile.ZipFile(io.BytesIO(whole)).read(member)], run)


FACTS = (
    '{"entity": "Corvex", "attribute": "weight", "value": "12 tonnes", "questions": ["How heavy is Corvex?", "And?"]}\n'
    '{"entity": "Mirandel", "attribute": "product", "value": "Corvex"}\n{"text": "The motto of Mirandel is calm."}\n'
    '{"entity": "미란델 한국", "attribute": "본사", "value": "여수", "text": "미란델 한국의 본사는 여수에 있습니다."}\n'
).encode()
_DOCX, _PPTX, _EPUB, _XLSX = documents.docx(), documents.pptx(), documents.epub(), documents.xlsx()


def _file(name: str, file: str, seeds: Sequence[bytes], read: Callable[[Path], object]) -> Target:
    """A target that reads a file of that name."""

    def run(data: bytes, folder: Path) -> None:
        (folder / file).write_bytes(data)
        read(folder / file)

    return Target(name, lambda _: seeds, run)


def _styled_page(path: Path) -> None:
    """A page with this style sheet beside it."""
    page = path.with_name("page.html")
    page.write_bytes(
        b"<link rel=stylesheet href=look.css>" + HTML + b"<p class=x>5<span class=up>2</span><i class=f>a</i>"
    )
    reader_for(page)(SourceFile(page, "0" * 16))


def _rows(path: Path) -> None:
    from ragft.dataset.row_formats import import_preferences, import_rows
    from ragft.dataset.store import read_preferences, read_rows
    from ragft.errors import RagftError

    for read in (read_rows, import_rows, read_preferences, import_preferences):
        try:
            read(path)
        except RagftError:
            continue  # the next reader may take it
        except ValueError as error:
            raise AssertionError(str(error)) from error


def _manifest(path: Path) -> None:
    from ragft.corpus.file_manifest import load_file_manifest

    load_file_manifest(path)


def _bibliography(path: Path) -> None:
    """Read, matched, and written again."""
    from ragft.corpus.references.match import KnownDocument, match_references
    from ragft.corpus.references.read import read_references
    from ragft.corpus.references.write import to_bibtex, to_line, with_citation_keys

    references, _ = read_references(path)
    match_references(
        references, [KnownDocument("d", "/p/x.pdf", "On Tides and the Moon", ("Ann Other",), 2020, "10.1000/x")]
    )
    to_bibtex(with_citation_keys(references))
    list(map(to_line, references))


def _question(data: bytes, _: Path) -> None:
    from ragft.answer.library.paper_names import could_be_missing, without_article
    from ragft.answer.library.parsing import readings

    for intent in readings(data.decode("utf-8", "replace")):
        could_be_missing(intent.paper)
        without_article(intent.paper)


def _settings(path: Path) -> None:
    from ragft.config import load_settings

    load_settings(path)


def _conversation(path: Path) -> None:
    from ragft.answer.chat.conversation import load_conversation

    load_conversation(path)


def _part(name: str, make: Callable[[Path], Path], file: str, read: Callable[[Path], object]) -> Target:
    """A target that mutates one file of a folder that `make` writes, and reads the folder."""

    def seeds(folder: Path) -> Sequence[bytes]:
        return [(make(folder / "whole") / file).read_bytes()]

    def run(data: bytes, folder: Path) -> None:
        (folder / "whole" / file).write_bytes(data)
        read(folder / "whole")

    return Target(name, seeds, run)


def _adapter(folder: Path) -> None:
    from llama_cpp_tools.adapter import Adapter

    with Adapter(folder, lambda name: name) as adapter:
        for pair in adapter.low_rank.values():
            pair.factors()
            pair.magnitudes()


def _mlx(folder: Path) -> None:
    """An adapter of mlx-lm, taken into a run of its own each time."""
    import shutil

    from ragft.export.mlx import import_mlx

    run = folder.parent / "run"
    shutil.rmtree(run, ignore_errors=True)
    import_mlx(folder, folder, run)


def _mlx_folder(folder: Path) -> Path:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
    write_mlx(folder)
    return folder


def _facts(path: Path) -> None:
    """Facts of a file, drawn in every form and made rows and questions of."""
    from ragft.setting_sections import GenerateSettings, KnowledgeSettings
    from ragft.tasks.knowledge.fact_graph import FactGraph
    from ragft.tasks.knowledge.graph_forms import FORMS, drawn
    from ragft.tasks.knowledge.rows import make
    from ragft.tasks.knowledge.stated_facts import load_facts

    facts = load_facts([path])
    for form in FORMS:
        drawn(FactGraph(facts), form)
    make(facts, GenerateSettings(count=20), KnowledgeSettings(), "fuzzed")


def _model(folder: Path) -> None:
    from llama_cpp_tools.convert import convert

    convert(folder, folder.parent / "out.gguf", threads=1)


def _gguf_seeds(folder: Path) -> Sequence[bytes]:
    from llama_cpp_tools.convert import convert

    model = convert(write_model(folder / "model", "qwen3"), folder / "m.gguf").path
    return [write_gguf(folder / "x.gguf", template="{{ messages }}").read_bytes(), model.read_bytes()]


def _gguf(data: bytes, folder: Path) -> None:
    from llama_cpp_tools import inspect
    from llama_cpp_tools.errors import GGUFError
    from llama_cpp_tools.gguf_file import GGUFFile
    from ragft.engine.gguf_head import read_head
    from ragft.errors import InputError

    path = folder / "x.gguf"
    path.write_bytes(data)
    try:
        head = read_head(path)
        str((head.architecture, head.context_length, head.template, head.is_adapter))
    except InputError:
        pass
    try:
        with GGUFFile(path) as file:
            for name in file.tensors:
                file.rows(name, 0, 2)
    except GGUFError:
        pass
    inspect.read(path)


def _citations(data: bytes, _: Path) -> None:
    from ragft.answer.written.citation_keys import keep_keys, parse_keys, put_keys, strip_keys, without_torn_key

    text = data.decode("utf-8", "replace")
    parse_keys(text)
    put_keys(*strip_keys(text))
    keep_keys(without_torn_key(text), {"1", "2"})


def _host(data: bytes, _: Path) -> None:
    from ragft.ollama_address import server_address

    address = server_address(data.decode("utf-8", "surrogateescape"))
    address.client_arguments(1.0)
    httpx.URL(address.url)


def _ollama(ask: Callable[[Any], object]) -> Callable[[bytes, Path], None]:
    """Asks an engine whose server answers every request with the input."""
    reply = [b""]

    @functools.cache
    def engine() -> Any:
        from ragft.engine.ollama.engine import OllamaEngine

        made = OllamaEngine("127.0.0.1:1")
        transport = httpx.MockTransport(lambda request: httpx.Response(200, content=reply[0]))
        made._client._client = httpx.Client(transport=transport, base_url="http://127.0.0.1:1")
        return made

    def run(data: bytes, _: Path) -> None:
        reply[0] = data
        ask(engine())

    return run


def _ask_everything(engine: Any) -> None:
    from ragft.errors import RagftError

    questions: list[Callable[[], object]] = [
        engine.models,
        engine.loaded,
        engine.release,
        lambda: engine.show("m"),
        lambda: engine.next_tokens("m", "x"),
        lambda: engine.render(REQUEST),
    ]
    for question in questions:
        with contextlib.suppress(RagftError):
            question()


def _events(data: bytes, _: Path) -> None:
    from ragft.engine.embedded.server import _chunks

    list(_chunks(iter(data.decode("utf-8", "replace").splitlines()), "m"))


TARGETS = (
    _reader("pdf", ".pdf", documents.pdf(), *PDFS),
    _reader("docx", ".docx", _DOCX),
    _member("docx-body", ".docx", _DOCX, "word/document.xml"),
    _reader("pptx", ".pptx", _PPTX),
    _member("pptx-slide", ".pptx", _PPTX, "ppt/slides/slide1.xml"),
    _reader("epub", ".epub", _EPUB),
    _member("epub-package", ".epub", _EPUB, "OPS/book.opf"),
    _member("epub-chapter", ".epub", _EPUB, "OPS/1.xhtml"),
    _reader("html", ".html", HTML),
    _file("css", "look.css", [CSS], _styled_page),
    _reader("markdown", ".md", MARKDOWN),
    _reader("latex", ".tex", LATEX),
    _reader("csv", ".csv", b'port;metres\nBrest;"6,2"\n', b"a,b\n1,2\n"),
    _reader("mail", ".eml", MAIL),
    _reader("xlsx", ".xlsx", _XLSX),
    _member("xlsx-sheet", ".xlsx", _XLSX, "xl/worksheets/sheet1.xml"),
    _reader("text", ".txt", TEXT, TEXT.decode().encode("utf-16"), TEXT.decode().encode("cp1252", "replace")),
    _file("rows", "rows.jsonl", ROWS, _rows),
    _file("manifest", "m.csv", [b"path,title,authors,year,doi,password\na.pdf,T,A;B,2020,10.1/x,\n"], _manifest),
    _file("bibtex", "r.bib", [BIBTEX], _bibliography),
    _file("csl", "r.json", [CSL], _bibliography),
    Target("library-question", lambda _: QUESTIONS, _question),
    _file(
        "settings",
        "config.toml",
        [b'[engine]\nname = "ollama"\n[answer]\nk = 5\n[train]\ntargets = ["x"]\n'],
        _settings,
    ),
    _file(
        "conversation",
        "c.json",
        [b'{"format": 1, "turns": [{"question": "q", "answer": "a", "citations": []}]}'],
        _conversation,
    ),
    _part("adapter-config", write_adapter, "adapter_config.json", _adapter),
    _part("adapter", write_adapter, "adapter_model.safetensors", _adapter),
    _part("mlx-config", _mlx_folder, "adapter_config.json", _mlx),
    _part("mlx-adapter", _mlx_folder, "adapters.safetensors", _mlx),
    _file("facts", "facts.jsonl", [FACTS], _facts),
    _part("model-config", lambda folder: write_model(folder, "llama3"), "config.json", _model),
    _part("tokenizer", lambda folder: write_model(folder, "qwen3"), "tokenizer.json", _model),
    _part("weights", lambda folder: write_model(folder, "qwen3"), "model.safetensors", _model),
    Target("gguf", _gguf_seeds, _gguf),
    Target("citations", lambda _: ANSWERS, _citations),
    Target("ollama-host", lambda _: HOSTS, _host),
    Target("ollama-chat", lambda _: [CHAT], _ollama(lambda engine: list(engine.chat(REQUEST)))),
    Target("ollama-replies", lambda _: REPLIES, _ollama(_ask_everything)),
    Target("llama-events", lambda _: [EVENTS], _events),
    REQUESTS,
)
