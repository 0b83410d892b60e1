"""The four commands: output, JSON, exit codes; and the package stands alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import gguf
import numpy as np
import pytest

from llama_cpp_tools import convert_hf_to_gguf, convert_lora_to_gguf, inspect, verify
from llama_cpp_tools.convert import convert
from llama_cpp_tools.errors import GGUFError
from llama_cpp_tools.gguf_file import GGUFFile
from tests.llama_cpp_tools.adapters import write_adapter
from tests.llama_cpp_tools.tiny import write_model

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "model", "llama3")


def test_convert_prints_json(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.gguf"
    arguments = [str(model), "--outfile", str(out), "--json", "--metadata", "general.name=Mine"]
    assert convert_hf_to_gguf.main(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["bytes"] == out.stat().st_size and found["tensors"] == 22
    import hashlib

    assert found["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert inspect.read(out).metadata["general.name"] == "Mine"


def test_a_name_makes_the_file_independent_of_the_folder(tmp_path: Path) -> None:
    named = {"general.name": "Same"}
    files = [
        convert(write_model(tmp_path / name, "qwen3"), tmp_path / f"{name}.gguf", metadata=named)
        for name in ("one-7B-v2", "another")
    ]
    assert files[0].sha256 == files[1].sha256


def test_progress_reaches_the_whole(model: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    convert(model, tmp_path / "out.gguf", progress=lambda done, total: seen.append((done, total)))
    assert seen[0][0] == 0 and seen[-1][0] == seen[-1][1] > 0
    assert seen == sorted(seen)


def test_errors_have_exit_codes_and_one_json_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert_hf_to_gguf.main([str(tmp_path / "none"), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"] == "ModelError"
    assert inspect.main([str(tmp_path / "none.gguf")]) == 5
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.startswith("error: ") and "Traceback" not in captured.err


def test_lora_merge_verify_and_diff(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    adapter = write_adapter(tmp_path / "adapter")
    plain, merged = str(tmp_path / "plain.gguf"), str(tmp_path / "merged.gguf")
    assert convert_hf_to_gguf.main([str(model), "--outfile", plain]) == 0
    assert convert_hf_to_gguf.main([str(model), "--outfile", merged, "--lora", str(adapter)]) == 0
    assert convert_lora_to_gguf.main([str(adapter), "--base", str(model), "--outfile", str(tmp_path / "a.gguf")]) == 0
    assert verify.main([plain, str(model)]) == 0
    assert verify.main([merged, str(model), "--lora", str(adapter)]) == 0
    assert verify.main([merged, str(model)]) == 1
    capsys.readouterr()
    assert inspect.main([plain, "--diff", plain]) == 0
    assert inspect.main(["--json", "--diff", plain, merged]) == 1
    found = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert {entry["kind"] for entry in found["differences"]} == {"data"}
    assert len(found["differences"]) == 14


def test_inspect_shows_metadata_and_tensors(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    convert(model, tmp_path / "out.gguf", outtype="q8_0")
    assert inspect.main([str(tmp_path / "out.gguf")]) == 0
    shown = capsys.readouterr().out
    assert "llama.attention.head_count = 4" in shown
    assert "[267 entries]" in shown
    assert "rope_freqs.weight" in shown and "Q8_0" in shown


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_console_that_lacks_characters_gets_escapes(options: tuple[str, ...], model: Path, tmp_path: Path) -> None:
    convert(model, tmp_path / "m.gguf", metadata={"general.name": "≤ 水車 é"})
    done = subprocess.run(
        [sys.executable, "-m", "llama_cpp_tools.inspect", str(tmp_path / "m.gguf"), *options],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        check=True,
        capture_output=True,
    )
    assert b"\\u2264 \\u6c34\\u8eca" in done.stdout
    if options:
        assert "≤ 水車 é" in json.loads(done.stdout)["metadata"].values()


def test_verify_sees_a_changed_byte_and_another_vocabulary(model: Path, tmp_path: Path) -> None:
    out = convert(model, tmp_path / "out.gguf", outtype="f32").path
    with GGUFFile(out) as file:
        tensor = file.tensors["blk.1.ffn_up.weight"]
    data = bytearray(out.read_bytes())
    data[tensor.offset + 5] ^= 1
    out.write_bytes(data)
    result = verify.verify(out, model)
    assert [check.name for check in result.tensors if not check.identical] == ["blk.1.ffn_up.weight"]
    config = model / "tokenizer_config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "bos_token": None}))
    assert any("tokenizer.ggml.bos_token_id" in problem for problem in verify.verify(out, model).problems)
    (model / "chat_template.jinja").write_text("other")
    assert any("tokenizer.chat_template" in problem for problem in verify.verify(out, model).problems)


@pytest.mark.parametrize(
    ("setting", "value", "key"),
    [
        ("rope_theta", 10000.0, "llama.rope.freq_base"),
        ("rms_norm_eps", 1e-3, "llama.attention.layer_norm_rms_epsilon"),
        ("max_position_embeddings", 1024, "llama.context_length"),
    ],
)
def test_verify_sees_another_hyperparameter(setting: str, value: float, key: str, model: Path, tmp_path: Path) -> None:
    out = convert(model, tmp_path / "out.gguf", outtype="f32").path
    config = model / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), setting: value}))
    result = verify.verify(out, model)
    assert not result.ok
    assert [problem.split()[0] for problem in result.problems if key in problem] == [key]
    assert all(check.identical for check in result.tensors if check.name != "rope_freqs.weight")


def test_verify_sees_another_type_than_the_one_that_was_asked_for(model: Path, tmp_path: Path) -> None:
    out = convert(model, tmp_path / "model-q8_0.gguf", outtype="q4_0").path
    assert verify.verify(out, model).ok
    result = verify.verify(out, model, outtype="q8_0")
    assert "tensor 'blk.0.ffn_up.weight' is Q4_0, in q8_0 it is Q8_0" in result.problems
    assert any(problem.startswith("general.file_type differs") for problem in result.problems)


def test_verify_measures_the_distance_of_a_file_from_another_quantiser(model: Path, tmp_path: Path) -> None:
    """gguf reads K-quants and writes none."""
    out = convert(model, tmp_path / "out.gguf", outtype="f16").path
    with GGUFFile(out) as file:
        writer = gguf.GGUFWriter(tmp_path / "k.gguf", "llama")
        for tensor in file.tensors.values():
            if tensor.name == "token_embd.weight":
                rows, columns = tensor.shape
                writer.add_tensor(
                    tensor.name,
                    np.zeros((rows, columns // 256 * 144 or 144), np.uint8),
                    raw_dtype=gguf.GGMLQuantizationType.Q4_K,
                )
            else:
                writer.add_tensor(tensor.name, file.rows(tensor.name).reshape(tensor.shape))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    result = verify.verify(tmp_path / "k.gguf", model)
    assert not result.ok


@pytest.mark.parametrize("keep", [0, 3, 20, 200, 5_000, -1])
def test_a_file_cut_short_is_an_error_everywhere(keep: int, model: Path, tmp_path: Path) -> None:
    out = convert(model, tmp_path / "out.gguf").path
    data = out.read_bytes()
    out.write_bytes(data[:keep])
    for look in (inspect.read, lambda path: inspect.diff(path, path), lambda path: verify.verify(path, model)):
        with pytest.raises(GGUFError):
            look(out)


def test_what_others_use_stands_at_the_top() -> None:
    import llama_cpp_tools

    for name in llama_cpp_tools.__all__:
        assert getattr(llama_cpp_tools, name) is not None
    assert llama_cpp_tools.convert_model is convert
    assert issubclass(llama_cpp_tools.WeightsError, llama_cpp_tools.ConversionError)
    with pytest.raises(AttributeError):
        llama_cpp_tools.nothing  # noqa: B018


def test_it_can_be_imported_where_there_is_no_fcntl() -> None:
    code = "import sys\nsys.modules['fcntl'] = sys.modules['resource'] = None\nimport llama_cpp_tools.convert"
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True)


@pytest.mark.parametrize(
    "key", ["general.architecture", "general.file_type", "llama.block_count", "tokenizer.ggml.model"]
)
def test_metadata_that_loaders_go_by_cannot_be_set(
    key: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.gguf"
    assert convert_hf_to_gguf.main([str(model), "--outfile", str(out), "--metadata", f"{key}=qwen3"]) == 1
    assert f"{key!r} cannot be set" in capsys.readouterr().err
    assert not out.exists()


def test_the_package_imports_neither_torch_nor_ragft() -> None:
    code = (
        "import sys\nfrom llama_cpp_tools import convert, inspect, lora, verify\n"
        "print([m for m in ('torch', 'transformers', 'ragft', 'tokenizers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", [convert_hf_to_gguf, convert_lora_to_gguf, inspect, verify])
def test_help_has_an_example(command: object, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command.main(["--help"])  # type: ignore[attr-defined]
    assert left.value.code == 0
    assert "example:" in capsys.readouterr().out
