"""Ask your papers; fine-tune a local model on them; and know whether the tuning helped."""

__version__ = "0.1.0"
