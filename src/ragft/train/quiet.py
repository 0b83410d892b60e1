"""Keeps the output of the training libraries off the terminal: progress bars, notices and warnings."""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator

_LOGGERS = ("transformers", "trl", "peft", "accelerate", "datasets", "huggingface_hub", "torch")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Within: no library progress bars, log lines below ERROR, or warnings; restored afterwards."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # a fork after tokenising would warn
    import datasets
    from transformers.utils import logging as transformers_logging

    levels = {name: logging.getLogger(name).level for name in _LOGGERS}
    bars = not datasets.are_progress_bars_disabled()
    own_bars = transformers_logging.is_progress_bar_enabled()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.ERROR)
        datasets.disable_progress_bars()
        transformers_logging.disable_progress_bar()
        try:
            yield
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)
            if bars:
                datasets.enable_progress_bars()
            if own_bars:
                transformers_logging.enable_progress_bar()
