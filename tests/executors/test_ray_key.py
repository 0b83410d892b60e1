"""The key of a Ray cluster: made for one that is started here, shown to one that asks for it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from ragft.errors import EngineUnavailable
from ragft.executors.in_order import in_order
from ragft.executors.open_executor import open_executor
from ragft.executors.ray_key import environment, key_at_hand, key_of_its_own
from ragft.setting_sections import IngestSettings

if TYPE_CHECKING:
    from ragft.executors.ray import RayExecutor

pytestmark = pytest.mark.filterwarnings(  # Ray leaves pipes to its own processes open
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)
NAMES = ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")
KEY = "5e" * 32


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home folder where no key lies, nor in the environment."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def key_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a key, named to Ray."""
    file = home / "key"
    file.write_text(KEY)
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(file))
    return file


def shown() -> list[str | None]:
    return [os.environ.get(name) for name in NAMES[:2]]


def test_the_environment_is_as_before_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "old")
    with pytest.raises(ValueError, match="broken"), environment({"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "new"}):
        assert shown() == ["token", "new"]
        raise ValueError("broken")
    assert shown() == [None, "old"]


def test_who_set_the_mode_has_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    with key_of_its_own():
        assert shown() == ["disabled", None]
    with key_at_hand():
        assert shown() == ["disabled", None]


@pytest.mark.slow
def test_ray_reads_a_key_that_is_made_and_forgets_it(home: Path) -> None:
    raylet = pytest.importorskip("ray._raylet", reason="ragft[ray] is not installed")
    with key_of_its_own():
        mode, first = shown()
        assert mode == "token"
        assert raylet.get_authentication_mode() == raylet.AuthenticationMode.TOKEN
    with key_of_its_own():
        assert shown()[1] != first
    assert shown() == [None, None]
    assert raylet.get_authentication_mode() == raylet.AuthenticationMode.DISABLED
    assert list(home.iterdir()) == []


@pytest.mark.slow
def test_a_key_is_shown_where_there_is_one(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray", reason="ragft[ray] is not installed")
    with key_at_hand():
        assert shown() == ["token", None]
    monkeypatch.delenv("RAY_AUTH_TOKEN_PATH")
    with key_at_hand():
        assert shown() == [None, None]


@pytest.mark.slow
def test_a_key_that_cannot_be_read_is_said(key_file: Path) -> None:
    pytest.importorskip("ray", reason="ragft[ray] is not installed")
    key_file.unlink()
    with pytest.raises(EngineUnavailable, match=r"RAY_AUTH_TOKEN_PATH is set but file cannot be opened") as raised:
        open_executor(IngestSettings(executor="ray", ray_address="127.0.0.1:9"), "ingest")
    assert "RAY_AUTH_TOKEN if the cluster asks" in str(raised.value.fix)


@pytest.mark.slow
def test_a_ray_that_is_started_here_lets_nobody_in_without_its_key(executor: RayExecutor) -> None:
    import ray

    connect = f"import ray; ray.init({ray.get_runtime_context().gcs_address!r})"
    environment = {name: value for name, value in os.environ.items() if name not in NAMES}
    done = subprocess.run(
        [sys.executable, "-c", connect], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode
    assert "Unauthenticated" in done.stderr
    assert executor.size


class Doubled:
    """Twice a number."""

    def __call__(self, item: int) -> int:
        return 2 * item

    def close(self) -> None:
        """Nothing."""


@pytest.fixture
def cluster(key_file: Path) -> Iterator[str]:
    """The address of a cluster that asks for the key in `key_file`."""
    pytest.importorskip("ray", reason="ragft[ray] is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = key_file.parent / "ray"
    command = [
        *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--port", str(port)),
        *("--num-cpus", "2", "--object-store-memory", str(100 << 20), "--include-dashboard", "false"),
        *("--node-ip-address", "127.0.0.1", "--temp-dir", str(folder)),
    ]
    environment = {**os.environ, "RAY_AUTH_MODE": "token", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
    process = psutil.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        for line in process.stdout:
            if "Ray runtime started" in line:
                break
        yield f"127.0.0.1:{port}"
    finally:
        below = process.children(recursive=True)
        for one in (process, *below):
            one.kill()
        process.stdout.close()
        psutil.wait_procs([process, *below])


@pytest.mark.slow
def test_a_cluster_at_an_address_is_shown_the_key_that_lies_here(cluster: str) -> None:
    executor = open_executor(IngestSettings(executor="ray", ray_address=cluster), "ingest")
    assert executor is not None
    with closing(executor), closing(executor.workers(Doubled, 1)) as workers:
        assert list(in_order(workers, range(4))) == [0, 2, 4, 6]
