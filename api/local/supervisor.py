"""`gema run`: everything is started in order, kept alive, and stopped in the opposite order."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.errors import StartupFailure
from api.local import logs, ports
from api.local.addresses import needed_servers, warn_of_forgetful_queue
from api.local.background import Background
from api.local.child import Pause
from api.local.embedded import Server, bring_up, launch, local_servers, open_site
from api.local.home import LocalHome
from api.local.keeper import Keeper
from api.local.lock import Holder
from api.local.program import Program
from api.local.restarts import Restarts
from api.local.signals import StopRequested, StopSignals

LOG_NAMES = ("postgres", "valkey", "api", "worker", "sandbox")
_SERVER_RESTARTS_COUNT = 5
_FAILED_STARTS_COUNT = 3
_TEND_SECONDS = 0.1
_LAST_MOMENT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a supervisor is to do, in this order; callables because addresses appear on the way."""

    address: str
    """Where the API will be."""
    port: int
    is_fresh: bool
    migrate: Callable[[], None]
    programs: Callable[[], Sequence[Program]]
    """In the order of their start."""
    welcome: Callable[[], None]
    """Returns when there is something to show."""
    announce: Callable[[], None]


class Supervisor:
    """Runs a plan in a state directory until it is asked to stop."""

    def __init__(self, home: LocalHome, plan: Plan) -> None:
        self._home = home
        self._plan = plan
        self._keepers: list[Keeper] = []
        self._work: Background | None = None

    def run(self) -> int:
        """Return 0 after an orderly stop.

        Raises:
            StartupFailure: something cannot start, or a server ended too often.
        """
        with StopSignals() as stop:
            try:
                self._start(stop.pause)
                while True:
                    self._tend(stop.pause)
            except StopRequested:
                return 0
            finally:
                self._stop(stop.haste)

    def _start(self, pause: Pause) -> None:
        servers = self._claim()
        self._keep_server(servers, "postgres", pause)
        self._do(self._plan.migrate, pause)
        self._keep_server(servers, "valkey", pause)
        if "valkey" not in servers:
            warn_of_forgetful_queue(self._home.environment()["REDIS_URL"])
        self._home.lock.announce(self._holder(tuple(servers)))
        for program in self._plan.programs():
            self._keep_program(program, pause)
        self._do(self._plan.welcome, pause)
        self._plan.announce()

    def _claim(self) -> dict[str, Server]:
        needed = needed_servers()
        site = open_site(self._home, needed)
        self._take_lock()
        servers = local_servers(site, needed)
        if not ports.is_free(self._plan.port):
            raise StartupFailure(
                "PORT_BUSY",
                f"Port {self._plan.port} is in use by another program: choose one with --port.",
            )
        if self._plan.is_fresh:
            self._home.forget_data()
        for name in LOG_NAMES:
            logs.rotate(self._home.log(name))
        return {server.name: server for server in servers}

    def _take_lock(self) -> None:
        if self._home.lock.take(self._holder(None)):
            return
        holder = self._home.lock.holder()
        who = f"pid {holder.pid}" if holder else "pid unknown"
        where = f", API at {holder.address}" if holder and holder.address else ""
        raise StartupFailure("ALREADY_RUNNING", f"Gema is already running ({who}){where}.")

    def _holder(self, serving: tuple[str, ...] | None) -> Holder:
        return Holder(os.getpid(), self._plan.address, serving)

    def _keep_server(self, servers: dict[str, Server], name: str, pause: Pause) -> None:
        if name not in servers:
            return
        server, restarts = servers[name], Restarts(_SERVER_RESTARTS_COUNT)
        keeper = Keeper(
            name, lambda each: launch(self._home, server, each), server.ladder, restarts
        )
        keeper.adopt(bring_up(self._home, server, pause))
        self._keepers.append(keeper)

    def _keep_program(self, program: Program, pause: Pause) -> None:
        keeper = Keeper(
            program.name, lambda _: program.start(self._home), program.ladder, Restarts()
        )
        keeper.begin(pause)
        self._keepers.append(keeper)
        deadline = time.monotonic() + program.ready_seconds
        while not program.is_ready:
            if keeper.restarts.recent_count >= _FAILED_STARTS_COUNT:
                raise self._not_ready(program, f"ended {_FAILED_STARTS_COUNT} times")
            if time.monotonic() > deadline:
                raise self._not_ready(program, f"was not ready in {program.ready_seconds:.0f} s")
            self._tend(pause)

    def _not_ready(self, program: Program, what: str) -> StartupFailure:
        log = self._home.log(program.name)
        text = f"{program.name} {what}. Last line of {log}: {logs.last_line(log, 0)}"
        return StartupFailure("PROGRAM_FAILED", text)

    def _do(self, work: Callable[[], None], pause: Pause) -> None:
        self._work = Background(work)
        while not self._work.is_done:
            self._tend(pause)
        self._work.result()

    def _tend(self, pause: Pause) -> None:
        for keeper in self._keepers:
            keeper.tend(pause)
        pause(_TEND_SECONDS)

    def _stop(self, haste: Callable[[], float]) -> None:
        for keeper in reversed(self._keepers):
            keeper.stop(haste)
            self._home.forget(keeper.name)
        if self._work:
            self._work.abandon(_LAST_MOMENT_SECONDS)
        self._home.lock.release()
