"""Workers on the machines of a Ray cluster, or on Ray processes of this machine.

Each worker is an actor. An item goes to one that is up and idle. If that one is lost, the item goes to another, and Ray
starts the lost one anew as soon as there is room, on another machine where its own is gone: functions are pure, so
nothing is lost and nothing is done twice. Workers need ragft, the models of its encoders, and the files under the same
paths.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic

from ragft.errors import EngineUnavailable, RagftError
from ragft.executors.base import ItemT, ResultT, WorkerFunction
from ragft.executors.ray_key import environment, key_at_hand, key_of_its_own
from ragft.extras import need
from ragft.log import log

if TYPE_CHECKING:
    from types import ModuleType

TRIES = 20
"""How often an item is begun again after its worker was lost."""
STORE_BYTES = 256 << 20
"""Size of the object store of a Ray that is started here. Only results that are about to be stored lie in it."""
_CLUSTERS = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"
WAIT = 120.0
"""Seconds without a worker that is up, after which that is said."""
_SHARE = 0.25
"""Cores that a worker counts for. Readers and encoders, which take turns, count for half of the cluster: they have room
where other work fills the rest, or half of the machines are lost.
"""


class RayExecutor:
    """Runs functions in actors of the Ray cluster at `address`; empty: RAY_ADDRESS, else a Ray that is started here.

    `section` is that of the settings which chose it, for messages.

    Raises:
        MissingExtra: Ray is not installed.
        EngineUnavailable: there is no cluster at the address, or Ray does not start.
    """

    def __init__(self, address: str = "", *, section: str = "ingest") -> None:
        need("ray", f"{section}.executor=ray")
        self._section = section
        where = address or os.environ.get("RAY_ADDRESS", "")
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # its new default, of which it warns
        import ray

        self._ray = ray
        self._undo = ExitStack()
        try:
            self._put(ray._private.worker, "_worker_logs_enabled", False)  # of lost workers Ray would tell on stdout
            if not ray.is_initialized():  # else a program that uses ragft has its own
                self._start(where)
            self.size = max(1, int(ray.cluster_resources().get("CPU", 1)))
        except BaseException:
            self.close()
            raise

    def _start(self, where: str) -> None:
        own: dict[str, Any] = {}
        if not where:
            own = {"include_dashboard": False, "object_store_memory": STORE_BYTES}
            self._only_this_machine()
        try:
            self._undo.enter_context(key_at_hand() if where else key_of_its_own())
            self._ray.init(where or "local", configure_logging=False, log_to_driver=False, **own)
        except (OSError, RuntimeError, ValueError, self._ray.exceptions.RayError) as error:
            raise EngineUnavailable(
                f"Ray at {where or 'this machine'}: {error}",
                fix=f"check {self._section}.ray_address, and RAY_AUTH_TOKEN if the cluster asks for a token; "
                f"or use {self._section}.executor=local",
            ) from error
        self._undo.callback(self._ray.shutdown)

    def _only_this_machine(self) -> None:
        """Let Ray listen at loopback, as it does where clusters are not supported."""
        self._put(self._ray._private.ray_constants, "ENABLE_RAY_CLUSTER", False)
        self._undo.enter_context(environment({_CLUSTERS: "0"}))  # for the processes that it starts

    def _put(self, module: ModuleType, name: str, value: object) -> None:
        self._undo.callback(setattr, module, name, getattr(module, name))
        setattr(module, name, value)

    def workers(self, make: Callable[[], WorkerFunction[ItemT, ResultT]], count: int) -> RayWorkers[ItemT, ResultT]:
        """`count` actors, spread over the machines of the cluster."""
        return RayWorkers(self._ray, make, count)

    def close(self) -> None:
        """Leave the cluster, or stop the Ray that was started here."""
        self._undo.close()


class RayWorkers(Generic[ItemT, ResultT]):
    """Actors that share items, each with a thread here that waits for it."""

    def __init__(self, ray: ModuleType, make: Callable[[], WorkerFunction[ItemT, ResultT]], count: int) -> None:
        self.count = count
        self._ray = ray
        self._idle: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._warned = threading.Event()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="ray")
        actor = ray.remote(num_cpus=_SHARE, max_restarts=-1, scheduling_strategy="SPREAD")(_Actor)
        self._actors: list[Any] = [actor.remote(make) for _ in range(count)]
        for made in self._actors:
            self._put_when_up(made)

    def submit(self, item: ItemT) -> Future[ResultT]:
        """The result of `item` in the future; see `Workers.submit`."""
        return self._threads.submit(self._run, item)

    def close(self) -> None:
        """End the actors; what is not done is given up."""
        self._closed.set()
        self._threads.shutdown(wait=False, cancel_futures=True)
        for actor in self._actors:
            self._ray.kill(actor)
            self._idle.put(None)  # for a thread that waits

    def _run(self, item: ItemT) -> ResultT:
        for _ in range(TRIES + 1):
            actor = self._next()
            try:
                result: ResultT = self._ray.get(actor.run.remote(item))
            except self._ray.exceptions.RayTaskError as error:  # the function raised it
                self._idle.put(actor)
                if isinstance(error.cause, RagftError):
                    raise error.cause from error
                raise
            except self._ray.exceptions.RayError as error:
                lost: Exception = error
                self._put_when_up(actor)
            else:
                self._idle.put(actor)
                return result
        raise EngineUnavailable(
            f"a worker of Ray was lost: {lost}",
            fix="run the same command again, with RAY_AUTH_MODE=disabled if the cluster asks for no token",
        ) from lost

    def _next(self) -> Any:
        """An actor that is up and idle."""
        try:
            actor = self._idle.get(timeout=WAIT)
        except queue.Empty:
            if not self._warned.is_set():
                self._warned.set()
                log.warning(f"a worker of Ray has not started in {WAIT:.0f} s: it waits for a core of the cluster")
            actor = self._idle.get()
        if self._closed.is_set():
            raise EngineUnavailable("the workers of Ray were closed", fix="open them again")
        return actor

    def _put_when_up(self, actor: Any) -> None:
        """Have it given an item when it is up, for which Ray may have no room now; one that cannot be fails then."""
        up: Future[None] = actor.is_up.options(max_task_retries=-1).remote().future()
        up.add_done_callback(lambda _: self._idle.put(actor))


class _Actor:
    """What runs in a process of Ray."""

    def __init__(self, make: Callable[[], WorkerFunction[Any, Any]]) -> None:
        self._make = make

    @cached_property
    def _work(self) -> WorkerFunction[Any, Any]:
        """Made for the first item: an actor that fails when it is made counts as lost, and its reason is too."""
        return self._make()

    def is_up(self) -> None:
        """Return at once."""

    def run(self, item: Any) -> Any:
        """The result of `item`."""
        return self._work(item)
