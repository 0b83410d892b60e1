"""What a Mac or a Windows machine lacks is taken away (`site/pretend.py`), and everything still works.

What each platform was really tested with stands in docs/platforms.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.corpus.pdfs import column, pdf, prose
from tests.llama_cpp_tools.tiny import write_model

ROOT = Path(__file__).parents[2]
SITE = Path(__file__).parent / "site"
NOTE = "# Tides\n\n## Cause\n\nThe moon pulls the oceans, and so the water rises twice a day.\n"
SCRIPT = {"default": {"reply": "The moon pulls the oceans, and so the water rises twice a day [1]."}}

Run = Callable[..., subprocess.CompletedProcess[str]]

on_both = pytest.mark.parametrize("system", ["macos", "windows"])
on_windows = pytest.mark.parametrize("system", ["windows"])


@pytest.fixture
def run(slow: None, system: str, tmp_path: Path) -> Run:
    """Runs `python …` in `tmp_path` on the pretended system; its output is text."""
    script = tmp_path / "script.json"
    script.write_text(json.dumps(SCRIPT))
    environment = {
        **os.environ,
        "RAGFT_PRETEND": system,
        "RAGFT_SCRIPT": str(script),
        "RAGFT_ENGINE__NAME": "scripted",
        "PYTHONPATH": os.pathsep.join(map(str, (SITE, ROOT / "src", ROOT))),
    }

    def python(*arguments: str, code: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            check=False,
            encoding="utf-8",
            **more,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return python


def ragft(run: Run, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return run("-m", "ragft.cli.main", *arguments, "--workspace", "workspace", **more)


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "tides.md").write_text(NOTE)
    pdf(folder / "study.pdf", lambda c: column(c, 72, 80, 400, ["# Study of harbours", prose("the harbour")]))
    return folder


@on_both
def test_the_pretended_system_lacks_what_it_should(run: Run, system: str) -> None:
    """Else every other test here would pass whatever our code called."""
    code = f"""
        import os, signal, pathlib
        def ours(text, name="ragft.any"):
            try:
                exec(text, {{"__name__": name, "os": os, "signal": signal, "Path": pathlib.Path}})
            except (AttributeError, ImportError, OSError, ValueError) as error:
                return type(error).__name__
            return ""
        windows = {system == "windows"}
        assert ours("os.sched_getaffinity(0)") == "AttributeError"
        assert ours("os.sched_getaffinity(0)", "numpy") == ""
        assert ours("os.getpid(); import json") == ""
        assert bool(ours("import fcntl")) == bool(ours("signal.SIGKILL")) == bool(ours("os.pwrite")) == windows
        assert ours("import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))")
        assert bool(ours("Path('a:b').write_text('x')")) == bool(ours("Path('nul.txt').touch()")) == windows
        assert bool(ours("os.open('.', os.O_RDONLY)")) == bool(ours("os.open('x', os.O_CREAT)")) == windows
        assert bool(ours("h = open('y', 'w'); os.replace('y', 'z')")) == windows
        assert ours("open('t', 'w').write('\\\\n')") == ""
        assert pathlib.Path("t").read_bytes() == (b"\\r\\n" if windows else b"\\n")
    """
    run("-c", textwrap.dedent(code))


@on_both
def test_an_index_made_there_is_the_one_made_here(run: Run, system: str, papers: Path, tmp_path: Path) -> None:
    from ragft.index.index import open_index
    from ragft.setting_sections import IndexSettings
    from ragft.workspace import Workspace

    made = ragft(run, "ingest", "papers", "--json")
    assert json.loads(made.stdout)["documents"] == 2
    here = Workspace(tmp_path / "here")
    with open_index(here, IndexSettings()) as index:
        index.ingest([papers])
    there = (tmp_path / "workspace" / "vectors.f32").read_bytes()
    assert there == here.root.joinpath("vectors.f32").read_bytes()
    assert "Tides" in ragft(run, "search", "what does the moon pull?").stdout


@on_both
def test_an_index_is_rebuilt_and_a_document_removed(run: Run, system: str, papers: Path) -> None:
    ragft(run, "ingest", "papers")
    ragft(run, "index", "rebuild")
    (papers / "tides.md").unlink()
    ragft(run, "ingest", "papers", "--prune")
    assert len(json.loads(ragft(run, "documents", "--json").stdout)["documents"]) == 1
    ragft(run, "index", "check")


@on_both
def test_a_chat_is_answered_and_saved(run: Run, system: str, papers: Path, tmp_path: Path) -> None:
    ragft(run, "ingest", "papers")
    chat = "Why does the water rise?\n/save said.md\n/save con.md\n/save a:b.md\n/quit\n"
    done = ragft(run, "ask", input=chat)
    assert "twice a day" in done.stdout
    assert b"\r" not in (tmp_path / "said.md").read_bytes()
    assert done.stderr.count("error: cannot write") == (2 if system == "windows" else 0)


@pytest.mark.slow
@on_both
def test_the_embedded_engine_answers(run: Run, system: str, papers: Path, smollm2: Path, tmp_path: Path) -> None:
    ragft(run, "ingest", "papers")
    asked = ("ask", "Why does the water rise?", "--engine", "embedded", "--json")
    assert json.loads(ragft(run, *asked).stdout)["answer"]
    ragft(run, "models", "add", "nul:q8_0", str(smollm2), "--engine", "embedded")
    ragft(run, "models", "add", "NUL:q8_0", str(smollm2), "--engine", "embedded")
    assert "nul:q8_0" in ragft(run, "models", "list", "--engine", "embedded").stdout
    ragft(run, "models", "remove", "nul:q8_0", "--engine", "embedded")
    assert not any((tmp_path / "workspace" / "models").glob("*/"))


@pytest.mark.slow
@on_windows
def test_a_loaded_model_can_be_replaced_and_removed(run: Run, smollm2: Path) -> None:
    """Windows deletes no file that is mapped: the engine lets go of it first."""
    code = f"""
        from pathlib import Path
        from ragft.engine.base import ModelSpec
        from ragft.engine.embedded.engine import EmbeddedEngine
        from ragft.workspace import Workspace
        weights = Path("weights.gguf")
        weights.write_bytes(Path({str(smollm2)!r}).read_bytes())
        engine = EmbeddedEngine(Workspace(Path("workspace").absolute()), threads=1)
        for _ in range(2):
            engine.create(ModelSpec(name="papers", gguf=weights))
            assert engine.tokenize("papers", "tide")
        engine.delete("papers")
        assert not list(Path("workspace/models").glob("*/"))
    """
    run("-c", textwrap.dedent(code))


@on_both
def test_an_export_made_there_is_the_one_made_here(run: Run, system: str, tmp_path: Path) -> None:
    from llama_cpp_tools.convert import convert

    model = write_model(tmp_path / "model", "qwen3", shards=2)
    done = run("-m", "llama_cpp_tools.convert_hf_to_gguf", "model", "--outfile", "there.gguf", "--json")
    assert json.loads(done.stdout)["sha256"] == convert(model, tmp_path / "here.gguf").sha256
    assert {path.name for path in tmp_path.glob("*gguf*")} == {"here.gguf", "there.gguf"}
    run("-m", "llama_cpp_tools.verify", "there.gguf", "model")


@on_both
def test_two_conversions_to_one_file_exclude_each_other(run: Run, system: str, tmp_path: Path) -> None:
    write_model(tmp_path / "model", "qwen3")
    code = """
        from pathlib import Path
        from llama_cpp_tools.convert import convert
        from llama_cpp_tools.errors import OutputError
        from llama_cpp_tools.output import atomic_output
        with atomic_output(Path("out.gguf"), 0) as first:
            try:
                convert(Path("model"), Path("out.gguf"))
            except OutputError as error:
                assert "another conversion" in str(error), error
            else:
                raise SystemExit("not excluded")
            first.write(b"whole")
        assert Path("out.gguf").read_bytes() == b"whole"
        try:
            with atomic_output(Path("out.gguf"), 0) as second:
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            assert sorted(path.name for path in Path().glob("out*")) == ["out.gguf"]
    """
    run("-c", textwrap.dedent(code))


@on_both
def test_a_file_that_takes_too_much_memory_costs_only_itself(run: Run, system: str, papers: Path) -> None:
    """The kernel sets no limit there; the parent watches."""
    code = """
        from pathlib import Path
        from ragft.corpus.readers import pool
        from ragft.errors import DocumentError
        if __name__ == "__main__":
            pool.MEMORY, pool._LOOK_EVERY = 1 << 20, 0.001
            [(_, found)] = pool.read_documents([Path("papers/study.pdf")])
            assert isinstance(found, DocumentError) and "more memory" in found.message, found
            pool.MEMORY = 4 << 30
            [(_, found)] = pool.read_documents([Path("papers/study.pdf")])
            assert not isinstance(found, DocumentError), found
    """
    run("-c", textwrap.dedent(code))


@on_windows
def test_a_file_that_is_being_read_is_replaced_once_it_is_closed(run: Run) -> None:
    code = """
        import threading, time
        from pathlib import Path
        from ragft.errors import WorkspaceError
        from ragft.workspace import write_text
        write_text(Path("x"), "old")
        reader = open("x")
        threading.Timer(0.3, reader.close).start()
        write_text(Path("x"), "new")
        with open("x") as reader:
            try:
                write_text(Path("x"), "newer")
            except WorkspaceError as error:
                print(error)
            else:
                raise SystemExit("replaced an open file")
        assert Path("x").read_text() == "new" and not list(Path().glob(".x*"))
    """
    run("-c", textwrap.dedent(code))
