"""PostgreSQL and Valkey for as long as a block of code needs them."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol

from api.errors import StartupFailure
from api.local.account import server_account
from api.local.addresses import needed_servers
from api.local.child import Child, Command, DataHeld, Pause, PortTaken, end
from api.local.home import LocalHome
from api.local.identity import exists
from api.local.ladder import Ladder
from api.local.lock import Holder
from api.local.orphans import stop_orphans
from api.local.postgres import Postgres
from api.local.site import Site
from api.local.valkey import Valkey

_PORT_TRIES = 3
_WAIT_SECONDS = 120
_HELD_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the servers are."""

    database_url: str
    redis_url: str


class Server(Protocol):
    """What the launcher asks of an embedded server."""

    name: str
    ladder: Ladder

    def prepare(self, pause: Pause) -> None: ...

    def command(self) -> Command: ...

    def await_ready(self, child: Child, pause: Pause) -> None: ...


@contextmanager
def servers(home: LocalHome, *, with_valkey: bool, durable: bool = True) -> Iterator[Urls]:
    """Use the servers that are named or running, or start some for the block.

    Raises:
        StartupFailure: they cannot be started, or another command holds the directory too long.
    """
    needed = needed_servers(with_valkey=with_valkey)
    with ExitStack() as stack:
        if needed:
            site = open_site(home, needed, is_durable=durable)
            if not _join(home, needed):
                stack.callback(home.lock.release)
                for server in local_servers(site, needed):
                    child = bring_up(home, server, time.sleep)
                    stack.callback(take_down, home, server, child)
        yield _urls(home)


def open_site(home: LocalHome, needed: tuple[str, ...], *, is_durable: bool = True) -> Site:
    """Make the state directory and check that the servers, if any are needed, can use it."""
    site = Site(home, server_account() if needed else None, is_durable=is_durable)
    home.prepare(site.account)
    return site


def local_servers(site: Site, names: tuple[str, ...]) -> list[Server]:
    """Return the servers to start, in order, once nothing of a killed launcher runs any more."""
    stop_orphans(site.home)
    site.home.sweep()
    known: dict[str, Callable[[Site], Server]] = {"postgres": Postgres, "valkey": Valkey}
    return [known[name](site) for name in names]


def bring_up(home: LocalHome, server: Server, pause: Pause) -> Child:
    """Start a server on its port, or on another where that is taken, until it answers."""
    server.prepare(pause)
    for _ in range(_PORT_TRIES):
        home.settle_port(server.name)
        try:
            return launch(home, server, pause)
        except PortTaken:
            continue
    raise StartupFailure("PORT_BUSY", f"{server.name} found no free port in {_PORT_TRIES} tries.")


def launch(home: LocalHome, server: Server, pause: Pause) -> Child:
    """Start a prepared server and wait until it answers; nothing stays behind if it does not."""
    began_at = time.monotonic()
    while True:
        try:
            return _try_launch(home, server, pause)
        except DataHeld as holder:
            if time.monotonic() - began_at > _HELD_SECONDS:
                text = f"An earlier {server.name} still holds the data: {holder}"
                raise StartupFailure("DATA_IN_USE", text) from holder
            pause(0.5)


def _try_launch(home: LocalHome, server: Server, pause: Pause) -> Child:
    child = home.start(server.command(), server.ladder)
    try:
        server.await_ready(child, pause)
    except BaseException:
        take_down(home, server, child)
        raise
    return child


def take_down(home: LocalHome, server: Server, child: Child) -> None:
    """Stop a server."""
    end(child, server.ladder)
    home.forget(server.name)


def _join(home: LocalHome, needed: tuple[str, ...]) -> bool:
    """Return True if a running Gema serves us, False once the lock is ours."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while not home.lock.take(Holder(os.getpid())):
        holder = home.lock.holder()
        if holder and holder.serving is not None and exists(holder.pid):
            _require_served(holder, needed, holder.serving)
            return True
        if time.monotonic() > deadline:
            who = f"Process {holder.pid}" if holder else "Another process"
            raise StartupFailure("ALREADY_RUNNING", f"{who} keeps {home.path} to itself too long.")
        time.sleep(0.2)
    return False


def _require_served(holder: Holder, needed: tuple[str, ...], serving: tuple[str, ...]) -> None:
    if not set(needed) <= set(serving):
        raise StartupFailure(
            "ALREADY_RUNNING",
            f"Gema runs (pid {holder.pid}) with servers named by DATABASE_URL or REDIS_URL: "
            "set the same here.",
        )


def _urls(home: LocalHome) -> Urls:
    environment = home.environment()
    return Urls(environment["DATABASE_URL"], environment["REDIS_URL"])
