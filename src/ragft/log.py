"""The logger through which ragft speaks. A library prints nothing: a program that wants the messages adds a handler.

from ragft.log import log

log.info("engine: ollama at http://…")          # what was chosen or done
log.warning("the vectors in … are missing: …")   # what works, but not as it should
"""

from __future__ import annotations

import logging

log = logging.getLogger("ragft")
log.addHandler(logging.NullHandler())  # or Python would write warnings to stderr
