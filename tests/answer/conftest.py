"""Property tests of this folder run on loaded machines too: no deadline for one example."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("answer", deadline=None, max_examples=60)
settings.load_profile("answer")
