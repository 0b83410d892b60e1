"""Caches that live as long as the process are bounded, whatever the documents and questions bring."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = (ROOT / "src" / "ragft", ROOT / "llama_cpp_tools")


def _cached_without_bound() -> Iterator[str]:
    """Functions with arguments whose results are all kept."""
    for path in (each for source in SOURCES for each in source.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and ast.unparse(node.args):
                decorators = [ast.unparse(each).replace("maxsize=", "") for each in node.decorator_list]
                if any(each.removeprefix("functools.") in ("cache", "lru_cache(None)") for each in decorators):
                    yield f"{path.relative_to(ROOT)}: {node.name}"


def test_every_cache_of_a_function_with_arguments_has_a_size() -> None:
    assert not [*_cached_without_bound()]
