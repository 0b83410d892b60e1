"""The exceptions of `llama_cpp_tools`, one tree::

    ConversionError
    ├── ModelError            a model folder that is missing, incomplete or not understood
    │   ├── UnsupportedArchitecture   a network we have no file for in `arch/`
    │   ├── TokenizerError            a vocabulary or pre-tokenizer we cannot name for certain
    │   └── WeightsError              a shard cut short, a tensor missing, misshapen or not finite
    ├── AdapterError          a LoRA adapter that cannot be applied, or not to this base
    ├── GGUFError             a GGUF file that is not whole or not a GGUF file
    └── OutputError           no room, no rights, or another process writing the same file

Every message names the file and, after a semicolon or full stop, what repairs it.
"""

from __future__ import annotations


class ConversionError(Exception):
    """Base of everything this package raises on purpose; `exit_code` is what the commands leave with."""

    exit_code = 1


class ModelError(ConversionError):
    """The model folder is missing, incomplete or says something we do not understand."""

    exit_code = 3


class UnsupportedArchitecture(ModelError):
    """config.json names a network that has no file in `llama_cpp_tools/arch`."""


class TokenizerError(ModelError):
    """The tokenizer cannot be written without guessing, so it is not written at all."""


class WeightsError(ModelError):
    """A safetensors file is cut short, or a tensor is missing, misshapen or not finite."""


class AdapterError(ConversionError):
    """The LoRA adapter cannot be applied to this base, or says something a merge cannot express."""

    exit_code = 4


class GGUFError(ConversionError):
    """A GGUF file is cut short, damaged or something else."""

    exit_code = 5


class OutputError(ConversionError):
    """The result could not be written: no room, no rights, or two writers at once."""

    exit_code = 6
