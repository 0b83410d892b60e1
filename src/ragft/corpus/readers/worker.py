"""The process that reads files: one JSON request a line in, one JSON reply a line out.

    python -m ragft.corpus.readers.worker

It serves one file after another until its input ends. It keeps itself within limits even when the process that
started it is gone: memory by the kernel (Linux), time by a watchdog that does not need the interpreter.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import sys
from pathlib import Path
from typing import Any

from ragft.corpus.readers.base import MEMORY
from ragft.corpus.readers.registry import read_here, seconds_from_now
from ragft.corpus.readers.worker_messages import READY, pack_document, pack_error
from ragft.errors import DocumentError
from ragft.machine import limit_memory, private_stdout

_GRACE = 10.0
_NEW_OBJECTS = 50_000
"""After so many, Python looks for objects that only hold one another; a document is made of as many."""


def main() -> None:
    """Serve until standard input ends."""
    limit_memory(MEMORY)
    gc.set_threshold(_NEW_OBJECTS)
    replies = private_stdout()
    replies.write(READY)
    replies.flush()
    for line in sys.stdin:
        request = json.loads(line)
        timeout = float(request["timeout"])
        faulthandler.dump_traceback_later(timeout + _GRACE, exit=True, file=sys.stderr)
        replies.write(json.dumps(_answer(request, timeout)) + "\n")
        replies.flush()
        faulthandler.cancel_dump_traceback_later()


def _answer(request: dict[str, Any], timeout: float) -> dict[str, Any]:
    try:
        deadline = seconds_from_now(0.8 * timeout)
        return pack_document(read_here(Path(request["path"]), password=request["password"], deadline=deadline))
    except DocumentError as error:
        return pack_error(error)


if __name__ == "__main__":
    main()
