"""The tiny random model of the pipeline's tests."""

from __future__ import annotations

from tests.pipeline.conftest import tiny_base

__all__ = ["tiny_base"]
