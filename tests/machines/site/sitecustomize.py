"""Python imports this module at its start where this folder is on PYTHONPATH; child processes inherit it."""

import os

if system := os.environ.get("RAGFT_PRETEND"):
    from pretend import pretend

    pretend(system)
