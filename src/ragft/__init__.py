"""Ask your papers; fine-tune a local model on them; and know whether the tuning helped."""

import os

__version__ = "0.1.0"

# ONNX Runtime and huggingface_hub report their use over the network unless these are set before they load.
os.environ["ORT_DISABLE_TELEMETRY"] = os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
