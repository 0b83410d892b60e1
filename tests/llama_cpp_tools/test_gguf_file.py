"""What llama.cpp would not load is not read either: no key, tensor or byte is taken for another."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from llama_cpp_tools.errors import GGUFError
from llama_cpp_tools.gguf_file import GGUFFile
from llama_cpp_tools.inspect import main as inspect

Q8_0 = 8


class Key(NamedTuple):
    name: str
    form: str = "I"
    kind: int = 4
    value: float = 1


class Tensor(NamedTuple):
    name: str = "a"
    offset: int = 0
    shape: tuple[int, ...] = (32, 2)
    kind: int = 0


def written(path: Path, keys: Sequence[Key] = (), tensors: Sequence[Tensor] = (Tensor(),)) -> Path:
    """A GGUF file of these entries, whatever they say, with 4096 zeros behind them."""
    out = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(keys))
    for key in keys:
        out += _text(key.name) + struct.pack(f"<I{key.form}", key.kind, key.value)
    for tensor in tensors:
        out += _text(tensor.name) + struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape)
        out += struct.pack("<IQ", tensor.kind, tensor.offset)
    path.write_bytes(out + bytes(-len(out) % 32) + bytes(4096))
    return path


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def alignment(value: float, form: str = "I", kind: int = 4) -> list[Key]:
    return [Key("general.alignment", form, kind, value)]


def test_a_file_of_two_tensors_is_read(tmp_path: Path) -> None:
    tensors = [Tensor(), Tensor("b", 256, (32, 3), Q8_0), Tensor("c", 384)]
    with GGUFFile(written(tmp_path / "x.gguf", alignment(64), tensors)) as file:
        assert [tensor.shape for tensor in file.tensors.values()] == [(2, 32), (3, 32), (2, 32)]
        assert all(tensor.offset % 64 == 0 for tensor in file.tensors.values())


@pytest.mark.parametrize(
    ("keys", "tensors", "message"),
    [
        ([Key("k"), Key("k")], [Tensor()], "'k' is empty or stands in it twice"),
        ([Key("")], [Tensor()], "'' is empty"),
        (alignment(0), [Tensor()], "alignment is 0, no power of two"),
        (alignment(24), [Tensor()], "alignment is 24"),
        (alignment(-64, "i", 5), [Tensor()], "alignment is -64"),
        (alignment(32.5, "f", 6), [Tensor()], "alignment is 32.5"),
        ([], [Tensor(), Tensor(offset=256)], "two tensors 'a'"),
        ([], [Tensor(), Tensor("b", 0)], "'b' begins at 0 of the data and not at 256"),
        ([], [Tensor(), Tensor("b", 257)], "'b' begins at 257"),
        ([], [Tensor(), Tensor("b", 512)], "'b' begins at 512"),
        ([], [Tensor("b", 256), Tensor()], "'b' begins at 256"),
        ([], [Tensor(shape=(31, 2), kind=Q8_0)], "not whole blocks of Q8_0"),
        ([], [Tensor(shape=(), kind=Q8_0)], "not whole blocks of Q8_0"),
        ([], [Tensor(shape=(1, 1, 1, 1, 1))], "5 dimensions"),
        ([], [Tensor(shape=(2**62, 2**62))], "the file at"),
    ],
)
def test_what_llama_cpp_refuses_is_refused(
    keys: list[Key], tensors: list[Tensor], message: str, tmp_path: Path
) -> None:
    for arrays in (True, False):
        with pytest.raises(GGUFError, match=message):
            GGUFFile(written(tmp_path / "x.gguf", keys, tensors), arrays=arrays)


def test_names_in_a_file_do_not_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steering = "\x1b]52;c;AAAA\x07\x9b2J\u202e\nx"
    one = written(tmp_path / "1.gguf", [Key(f"k{steering}")], [Tensor(f"t{steering}")])
    other = written(tmp_path / "2.gguf", [Key(f"l{steering}")], [Tensor(f"u{steering}")])
    broken = written(tmp_path / "3.gguf", [], [Tensor(f"v{steering}", 5)])
    for arguments in ([str(one)], [str(one), "--json"], ["--diff", str(one), str(other)], [str(broken)]):
        inspect(arguments)
        shown = capsys.readouterr()
        assert all(line.isprintable() for line in (shown.out + shown.err).split("\n"))
        assert "\nx" not in shown.out + shown.err
