"""Pages of a PDF as pictures, and boxes around passages on them, made in a separate process.

pdfium is not thread-safe, and a broken file can crash it or fill the memory; a server must survive that.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ragft.corpus.pdf.pdfium.binding import Box
from ragft.errors import DocumentError
from ragft.machine import limit_memory, python_environment

_SECONDS = 30
_LARGEST = 4000
"""Pixels of either side of a picture."""
_MEMORY = 2 * 1024**3
"""Bytes the process may take, where the kernel has such a limit."""


def render_page(path: Path, page: int, width: int) -> bytes:
    """Page `page`, counted from 1, as a PNG of `width` pixels.

    Raises:
        DocumentError: the file cannot be opened (it is damaged, or has a password), or has no such page.
    """
    return base64.b64decode(_in_process({"path": str(path), "page": page, "width": width})["picture"])


def boxes(path: Path, pages: Sequence[int], passage: str, before: str = "") -> dict[int, list[Box]]:
    """The boxes around `passage` on each of `pages`; see `ragft.corpus.pdf.places.boxes_of`.

    Raises:
        DocumentError: as `picture`.
    """
    found = _in_process({"path": str(path), "pages": list(pages), "passage": passage, "before": before})["boxes"]
    return {int(page): [(x, y, width, height) for x, y, width, height in of_page] for page, of_page in found.items()}


def _in_process(request: dict[str, Any]) -> dict[str, Any]:
    name = Path(request["path"]).name  # errors reach clients of a server, whom its folders do not concern
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ragft.corpus.pdf.view"],
            input=json.dumps(request).encode(), env=python_environment(),
            capture_output=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
        reply: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise DocumentError(f"{name} cannot be shown as a picture", fix="read its text") from error
    if problem := reply.get("problem"):
        raise DocumentError(f"{name} cannot be shown as a picture: {problem}", fix="read its text")
    return reply


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    import pypdfium2

    from ragft.corpus.pdf.places import boxes_of

    try:
        pdf = pypdfium2.PdfDocument(request["path"])
        if "width" not in request:
            found = {
                page: boxes_of(pdf[page - 1], request["passage"], request["before"])[0]
                for page in request["pages"]
                if 1 <= page <= len(pdf)
            }
            return {"boxes": found}
        if not 1 <= request["page"] <= len(pdf):
            return {"problem": f"it has {len(pdf)} pages"}
        pdf.init_forms()
        return {"picture": base64.b64encode(_png(pdf[request["page"] - 1], request["width"])).decode()}
    except pypdfium2.PdfiumError as error:
        return {"problem": str(error)}
    except MemoryError:
        return {"problem": "it takes too much memory"}


def _png(page: Any, width: int) -> bytes:
    import io

    across, down = page.get_size()
    scale = min(width / across, _LARGEST / max(across, down))
    out = io.BytesIO()
    page.render(scale=scale).to_pil().convert("RGB").save(out, "PNG", compress_level=3)
    return out.getvalue()


if __name__ == "__main__":
    limit_memory(_MEMORY)
    sys.stdout.write(json.dumps(_answer(json.load(sys.stdin))))
