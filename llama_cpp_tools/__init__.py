"""Hugging Face models and LoRA adapters to GGUF, streaming, without torch.

    python -m llama_cpp_tools.convert_hf_to_gguf MODEL --outfile F --outtype q8_0 [--lora ADAPTER]
    python -m llama_cpp_tools.convert_lora_to_gguf ADAPTER --base MODEL --outfile F
    python -m llama_cpp_tools.inspect FILE [--diff OTHER]
    python -m llama_cpp_tools.verify FILE MODEL [--lora ADAPTER]

The same from Python: `convert.convert`, `lora.convert_lora`, `inspect.read`, `inspect.diff`, `verify.verify`; errors
are in `errors`. The package needs numpy, gguf and (for SentencePiece models) sentencepiece, and imports nothing of
ragft. Format and decisions: docs/export-format.md.
"""
