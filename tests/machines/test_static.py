"""What not every platform has is found without running it: by ruff, by mypy, and by a look at the paths in the code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.machines.site.pretend import NAMES

ROOT = Path(__file__).parents[2]
CODE = ("src/ragft", "llama_cpp_tools", "benchmarks", "corpus")
ONLY_BANNED = {
    "msvcrt",  # Windows alone has it
    "multiprocessing",  # pretend.py sets the start method instead
    "os.kill",  # Windows has it, and ends the process whatever the signal
}
SYSTEM_PATH = re.compile(r"//?(proc|sys|dev|etc|tmp|var|usr|home|Users|Volumes)(/|$)|[A-Za-z]:\\")


def test_ruff_bans_what_the_pretended_systems_lack() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    banned = settings["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    assert banned.keys() - ONLY_BANNED == NAMES


@pytest.mark.parametrize(
    "line",
    [
        "import fcntl",
        "import multiprocessing",
        "from os import pwrite",
        "from resource import RLIMIT_AS",
        "import os\n\nos.kill(1, 9)",
        "import os\n\nos.open('x', 0)",
        "import os\n\nos.sched_getaffinity(0)",
        "import os\n\nos.wait4(1, 0)",
        "import signal\n\nsignal.SIGKILL",
    ],
)
def test_ruff_refuses_it_but_in_machine_py(line: str) -> None:
    command = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--stdin-filename"]
    for file, refused in (("src/ragft/new.py", True), ("benchmarks/new.py", True), ("src/ragft/machine.py", False)):
        done = subprocess.run([*command, file, "-"], cwd=ROOT, input=line, capture_output=True, text=True, check=False)
        assert ("is banned" in done.stdout) == refused, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_mypy_for_another_platform_objects_to_nothing_but_machine_py(platform: str) -> None:
    """mypy knows for every name of the standard library on which platforms it exists."""
    cache = ROOT / ".mypy_cache" / platform
    command = [sys.executable, "-m", "mypy", "--platform", platform, "--cache-dir", str(cache), "--no-error-summary"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.stderr
    found = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert [line for line in found if not re.match(r"(src/ragft|llama_cpp_tools)/machine\.py:", line)] == []
    assert any("attr-defined" in line for line in found) == (platform == "win32")  # it did look


def folded(node: ast.expr) -> str:
    """The text that a path or string expression makes, as far as it can be seen; `*` stands for what cannot."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(map(folded, parts))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return folded(left) + folded(right)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return f"{folded(left).rstrip('/')}/{folded(right)}"
        case ast.BinOp(left=left, op=ast.Mod()):
            return folded(left)
        case ast.Call(func=ast.Attribute(value=separator, attr="join"), args=[ast.List(elts=parts)]):
            return folded(separator).join(map(folded, parts))
        case ast.Call(func=ast.Attribute(value=first, attr="joinpath"), args=parts):
            return "/".join(map(folded, [first, *parts])).replace("//", "/")
        case ast.Call(func=ast.Name() | ast.Attribute(attr="join" | "Path" | "PurePath"), args=parts) if parts:
            return "/".join(map(folded, parts)).replace("//", "/")
    return "*"


def system_paths(code: str) -> list[str]:
    """The paths in `code` that exist on one kind of system alone."""
    nodes = list(ast.walk(ast.parse(code)))
    inner: set[int] = set()  # docstrings, and what stands behind something else
    for node in nodes:
        match node:
            case ast.Expr(value=ast.Constant() as text):
                inner.add(id(text))
            case ast.JoinedStr(values=parts):
                inner.update(map(id, parts))
            case ast.BinOp(op=ast.Add(), right=right):
                inner.add(id(right))
    texts = [folded(node) for node in nodes if isinstance(node, ast.expr) and id(node) not in inner]
    return [text for text in texts if SYSTEM_PATH.match(text) or text == "proc"]


@pytest.mark.parametrize(
    "code",
    [
        'Path("/proc/self/status")',
        'Path("/") / "proc" / str(pid)',
        'Path("/", "proc", name)',
        'Path("/").joinpath("proc", "meminfo")',
        'open(f"/proc/{pid}/status")',
        'open("/proc/%d/status" % pid)',
        'open("/proc/" + str(pid))',
        'os.path.join("/proc", str(pid))',
        'os.path.join("/", "sys", "fs")',
        '"/".join(["", "proc", "self"])',
        'PART = "proc"',
        'pathlib.Path("/dev/shm")',
        'TEMP = "/tmp"',
        'Path("C:\\\\Windows")',
    ],
)
def test_a_path_of_one_system_is_seen_however_it_is_written(code: str) -> None:
    assert system_paths(code)


@pytest.mark.parametrize(
    "code", ['"""Reads /proc."""', 'get("/api/tags")', 'f"{url}/dev/x"', '{"process": 1}', "a / b", '"/devices"']
)
def test_other_texts_are_no_such_paths(code: str) -> None:
    assert not system_paths(code)


@pytest.mark.slow
@pytest.mark.parametrize("folder", CODE)
def test_only_machine_py_names_paths_of_one_system(folder: str) -> None:
    found = {
        str(path.relative_to(ROOT)): paths
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "machine.py" and (paths := system_paths(path.read_text("utf-8")))
    }
    assert found == {}


def test_no_statement_numbers_its_placeholders() -> None:
    """Python 3.14 refuses `?1` with a sequence of values: `?`, or `:name` with a mapping."""
    numbered = re.compile(r"(?:SELECT|INSERT|UPDATE|DELETE)\b[^\"]*\?\d")
    found = [path.name for path in (ROOT / "src").rglob("*.py") if numbered.search(path.read_text("utf-8"))]
    assert found == []
