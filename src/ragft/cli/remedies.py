"""Remedies as flags. Messages from below name settings and arguments as Python does; a person at a shell has flags.

    in_flags("train.method=lora, or restart=True")     # "--method lora, or --restart"

What has no flag stays as it is: a setting can be written into `config.toml`.
"""

from __future__ import annotations

import re

_VALUE = r"((?:[^\s,;)]|,(?=\S))+)"
_SETTING = re.compile(rf"\b(engine|index|ingest|answer|generate|classify|train|export|benchmark)\.([a-z_]+)={_VALUE}")
_SWITCH = re.compile(r"\b(restart|unequal)=True\b")
_ARGUMENT = re.compile(rf"(?<![\w.])(arm|base|dataset|examples|labelled|labels|name|passwords|questions|run)={_VALUE}")
_NAMES = {"engine.name": "engine", "passwords": "password"}
"""Flags that are not called as what they set."""


def in_flags(text: str) -> str:
    """`text` with settings and arguments as the flags of the command line."""
    text = _SETTING.sub(lambda found: _flag(f"{found[1]}.{found[2]}", found[3]), text)
    text = _SWITCH.sub(lambda found: f"--{found[1]}", text)
    return _ARGUMENT.sub(lambda found: _flag(found[1], found[2]), text)


def _flag(name: str, value: str) -> str:
    called = _NAMES.get(name, name.rpartition(".")[2]).replace("_", "-")
    return f"--{called} {value}"
