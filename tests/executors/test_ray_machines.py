"""A Ray cluster that loses a machine, or has no room; the machines are processes here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ragft.errors import EngineUnavailable
from ragft.executors import ray as ray_workers
from ragft.executors.in_order import in_order
from ragft.executors.ray import RayExecutor, RayWorkers

if TYPE_CHECKING:
    from ray.cluster_utils import Cluster

pytestmark = pytest.mark.filterwarnings(  # Ray leaves pipes to its own processes open
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)
STORE = 100 << 20


class Slow:
    """Gives what it is given."""

    def __call__(self, item: int) -> int:
        time.sleep(0.1)
        return item

    def close(self) -> None:
        """Nothing."""


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A machine with one core."""
    utils = pytest.importorskip("ray.cluster_utils", reason="ragft[ray] is not installed")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    found = utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": STORE})
    try:
        yield found
    finally:
        found.shutdown()


@pytest.mark.slow
def test_what_a_lost_machine_was_at_goes_to_the_others(cluster: Cluster) -> None:
    other = cluster.add_node(num_cpus=1, object_store_memory=STORE)
    cluster.wait_for_nodes()
    done = []
    with (
        closing(RayExecutor(cluster.address)) as executor,
        closing(executor.workers(Slow, executor.size)) as readers,
        closing(executor.workers(Slow, executor.size)) as encoders,
    ):
        for item in in_order(readers, range(40)):
            assert isinstance(item, int)
            if item == 10:
                cluster.remove_node(other, allow_graceful=False)
            done.append(encoders.submit(item).result(timeout=120))
    assert done == list(range(40))


class Nowhere:
    """Stands for Ray, whose actors are never up."""

    exceptions = SimpleNamespace(RayTaskError=ValueError, RayError=OSError)

    def remote(self, **_: Any) -> Callable[[type], Any]:
        up: Future[None] = Future()
        call = SimpleNamespace(remote=lambda: SimpleNamespace(future=lambda: up))
        actor = SimpleNamespace(is_up=SimpleNamespace(options=lambda **_: call))
        return lambda _actor: SimpleNamespace(remote=lambda _make: actor)

    def kill(self, actor: Any) -> None:
        """Nothing."""


def test_workers_that_do_not_start_are_said_once_and_end(
    monkeypatch: pytest.MonkeyPatch, logged: Callable[[], str]
) -> None:
    monkeypatch.setattr(ray_workers, "WAIT", 0.01)
    workers: RayWorkers[int, int] = RayWorkers(Nowhere(), Slow, 2)  # type: ignore[arg-type]
    with closing(workers):
        asked, said = [workers.submit(1), workers.submit(2)], ""
        for _ in range(200):
            said += logged()
            time.sleep(0.001)
    for one in asked:
        with pytest.raises(EngineUnavailable, match="closed"):
            one.result(timeout=10)
    assert said.count("it waits for a core of the cluster") == 1
