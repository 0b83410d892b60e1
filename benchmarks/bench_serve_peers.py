"""Searches over HTTP beside those of other servers, over the same chunks with the same encoder, in turns.

    python benchmarks/bench_serve_peers.py DIR --packages peers li li2

The others are no dependency. Each is measured if one of the folders of `--packages` has it:
    pip install --target peers --no-deps txtai faiss-cpu aiohttp httpx-sse
    pip install --target li llama-index-core
    pip install --target li2 --no-deps llama-index-embeddings-huggingface llama-index-vector-stores-chroma

txtai is served by its own API, hybrid; LlamaIndex, which has none, by FastAPI over its retriever with Chroma. Eight
passages a request, one client, one thread for numbers. Processor time is that of the server's process.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from ragft.app.application import open_application
from ragft.index.encoders.local_models import find_sentence_model
from ragft.index.index import open_index
from ragft.setting_sections import IndexSettings

QUESTIONS = (
    "What is LoRA?",
    "How does dense passage retrieval train its encoders?",
    "Which optimizer is used?",
    "How are hallucinations evaluated?",
    "What batch size was used for pretraining?",
)
PASSAGES = 8
PORTS = {"ragft": 8651, "txtai": 8652, "LlamaIndex": 8653}
MODULES = {"txtai": "txtai", "LlamaIndex": "llama_index"}

TXTAI = """
import json, sys
from txtai import Embeddings
chunks = json.load(open("chunks.json"))
made = Embeddings(path=sys.argv[1], content=True, hybrid=True)
made.index([(name, text, None) for name, text in chunks])
made.save("txtai.idx")
"""
LLAMA_INDEX = """
import json, sys
import chromadb
import uvicorn
from fastapi import FastAPI
from llama_index.core import Settings, StorageContext, VectorStoreIndex
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.chroma import ChromaVectorStore
Settings.embed_model = HuggingFaceEmbedding(model_name=sys.argv[1])
store = ChromaVectorStore(chroma_collection=chromadb.EphemeralClient().create_collection("chunks"))
nodes = [TextNode(id_=name, text=text) for name, text in json.load(open("chunks.json"))]
index = VectorStoreIndex(nodes, storage_context=StorageContext.from_defaults(vector_store=store))
retriever = index.as_retriever(similarity_top_k=int(sys.argv[2]))
api = FastAPI()

@api.get("/search")
def search(query: str) -> list[dict]:
    return [{"id": hit.node_id, "text": hit.text, "score": hit.score} for hit in retriever.retrieve(query)]

uvicorn.run(api, port=int(sys.argv[3]), log_level="warning")
"""


@dataclass
class Peer:
    """A running server: how it is asked, and what each round cost."""

    name: str
    process: subprocess.Popen[bytes]
    ask: Callable[[httpx.Client, str], httpx.Response]
    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def round(self, client: httpx.Client, number: int, count: int) -> None:
        """Ask `count` questions, none of them twice."""
        process = psutil.Process(self.process.pid)
        before, began = sum(process.cpu_times()[:2]), time.perf_counter()
        for turn in range(count):
            self.ask(client, f"{QUESTIONS[turn % len(QUESTIONS)]} {number} {turn}").raise_for_status()
        self.rates.append(count / (time.perf_counter() - began))
        self.seconds.append((sum(process.cpu_times()[:2]) - before) / count)


def main() -> None:
    """Print one line a server."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR", help="papers")
    parser.add_argument(
        "--packages", type=Path, nargs="*", default=[], metavar="FOLDER", help="where pip put the others"
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=60, help="requests a round")
    given = parser.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_application(folder / "ws") as app:
            app.ingest([given.folder])
            with open_index(app.workspace, IndexSettings()) as index:
                chunks = [(chunk.id, chunk.text) for chunk in index.chunks()]
        (folder / "chunks.json").write_text(json.dumps(chunks), encoding="utf-8")
        print(f"{len(chunks)} chunks")
        peers = _started(folder, [path.absolute() for path in given.packages])
        try:
            _measure(peers, given.rounds, given.count)
        finally:
            for peer in peers:
                peer.process.terminate()
                peer.process.wait()


def _started(folder: Path, packages: list[Path]) -> list[Peer]:
    encoder = str(find_sentence_model("minilm").folder)
    peers = [Peer("ragft", _run(folder, [], "-m", "ragft", "serve", "-w", "ws", "--port", str(PORTS["ragft"])), _ragft)]
    found = [name for name, module in MODULES.items() if any((path / module).is_dir() for path in packages)]
    if "txtai" in found:
        if _run(folder, packages, "-c", TXTAI, encoder).wait():
            raise SystemExit("txtai cannot make its index")
        settings = {"path": "txtai.idx", "embeddings": {"path": encoder, "content": True, "hybrid": True}}
        (folder / "txtai.yml").write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML
        where = ("--port", str(PORTS["txtai"]), "--log-level", "warning")
        peers.append(Peer("txtai", _run(folder, packages, "-m", "uvicorn", *where, "txtai.api:app"), _txtai))
    if "LlamaIndex" in found:
        arguments = (encoder, str(PASSAGES), str(PORTS["LlamaIndex"]))
        peers.append(Peer("LlamaIndex", _run(folder, packages, "-c", LLAMA_INDEX, *arguments), _llama_index))
    return peers


def _run(folder: Path, packages: list[Path], *arguments: str) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([*map(str, packages), os.environ.get("PYTHONPATH", "")])
    variables = {**os.environ, "PYTHONPATH": path, "CONFIG": "txtai.yml"}
    return subprocess.Popen([sys.executable, *arguments], cwd=folder, env=variables, stderr=subprocess.DEVNULL)


def _measure(peers: list[Peer], rounds: int, count: int) -> None:
    with httpx.Client(timeout=600) as client:
        for peer in peers:
            _wait_for(client, peer)
        for number in range(rounds):
            for peer in peers:
                peer.round(client, number, count)
    ours = peers[0]
    for peer in peers:
        ratio = statistics.median(one / other for one, other in zip(ours.rates, peer.rates, strict=True))
        print(
            f"{peer.name:12} {statistics.median(peer.rates):7.1f} searches a second, processor time "
            f"{1000 * statistics.median(peer.seconds):.1f} ms; ragft {ratio:.1f} times (median of {rounds} rounds)"
        )


def _wait_for(client: httpx.Client, peer: Peer) -> None:
    while peer.process.poll() is None:
        try:
            peer.ask(client, "ready?").raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise SystemExit(f"{peer.name} ended with {peer.process.returncode}")


def _ragft(client: httpx.Client, query: str) -> httpx.Response:
    return client.post(f"http://127.0.0.1:{PORTS['ragft']}/search", json={"query": query, "k": PASSAGES})


def _txtai(client: httpx.Client, query: str) -> httpx.Response:
    return client.get(f"http://127.0.0.1:{PORTS['txtai']}/search", params={"query": query, "limit": PASSAGES})


def _llama_index(client: httpx.Client, query: str) -> httpx.Response:
    return client.get(f"http://127.0.0.1:{PORTS['LlamaIndex']}/search", params={"query": query})


if __name__ == "__main__":
    main()
