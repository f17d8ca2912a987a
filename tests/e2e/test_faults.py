"""Tracking while its processes are killed: the recorded shares are exactly the true ones."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import until
from small_world import SmallWorld, real_worker, small_world

from api.cli.migrations import migrate
from api.local import LocalHome, Urls
from api.local.conversation import ask
from api.local.embedded import bring_up, launch, local_servers, open_site, take_down

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240)]

# Of a Valkey that others use too, only the part that is ours.
EMPTY = "FLUSHDB" if "REDIS_URL" in os.environ else "FLUSHALL"
RUNNING = "SELECT count(*) FROM outbox_message WHERE state = 'RUNNING'"
SCANS = """
SELECT state, count(*) FROM outbox_message WHERE job LIKE 'scan%' GROUP BY state ORDER BY state
"""
# A share that was stored and lost again would have left its slot empty.
GAPS = """
SELECT count(*) FROM (SELECT FROM share GROUP BY asn_id, program_post_id, platform
                      HAVING max(post_slot) <> count(*)) gap
"""


@pytest.fixture
def world(environment: dict[str, str]) -> Iterator[SmallWorld]:
    with small_world(environment) as made:
        made.seed()
        yield made


def assert_exact(world: SmallWorld) -> None:
    """Assert what must hold after every fault."""
    done = world.verify()
    shares, resharers, ranking, verdict = done.stdout.splitlines()[-4:]
    assert "precision 1.0000 recall 1.0000" in shares, done.stdout
    assert "precision 1.0000 recall 1.0000" in resharers, done.stdout
    assert ranking.endswith("equal to a rebuild from observations")
    assert (verdict, done.returncode) == ("verified", 0)
    assert world.value("SELECT count(*) FROM share") > 100
    assert world.value("SELECT count(*) FROM dead_letter") == 0
    assert {row["state"] for row in world.rows(SCANS)} <= {"DONE", "CANCELLED"}
    assert world.value(GAPS) == 0


def kill_in_the_middle(world: SmallWorld, worker: subprocess.Popen[bytes], seconds: float) -> int:
    """Kill a worker some seconds after it took a task; return how many it left unfinished."""
    until(lambda: world.value(RUNNING) > 0, 20)
    time.sleep(seconds)
    unfinished_count: int = world.value(RUNNING)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    return unfinished_count


def test_a_killed_worker_and_then_an_emptied_valkey_in_the_middle_lose_nothing(
    world: SmallWorld,
) -> None:
    world.slow_down(0.05)

    with real_worker(world) as worker:
        unfinished_count = kill_in_the_middle(world, worker, 0.5)
    with real_worker(world) as worker:
        world.until_shares(20)
        queued = int(ask(world.environment["REDIS_URL"], ["ZCARD", "arq:queue"])[0])
        ask(world.environment["REDIS_URL"], [EMPTY])
        world.until_read()
        assert worker.poll() is None

    assert unfinished_count > 0
    assert queued > 0
    assert_exact(world)


@pytest.mark.long
def test_killing_the_worker_again_and_again_loses_nothing_and_doubles_nothing(
    world: SmallWorld,
) -> None:
    world.slow_down(0.05)
    unfinished_count = 0

    for killing in range(4):
        with real_worker(world) as worker:
            seconds = random.uniform(0.1, 0.8) + killing / 4  # noqa: S311 (no secret)
            unfinished_count += kill_in_the_middle(world, worker, seconds)
    with real_worker(world):
        world.until_read()

    assert unfinished_count > 0
    assert_exact(world)


class CrashingPostgres:
    """A PostgreSQL of the test's own, as the shared one must not die."""

    def __init__(self, home: LocalHome) -> None:
        self.home = home
        (self._server,) = local_servers(open_site(home, ("postgres",)), ["postgres"])
        self._child = bring_up(home, self._server, time.sleep)

    def crash(self) -> None:
        """End it as a fault would: no session is told, nothing is written down."""
        os.kill(self._child.pid, signal.SIGQUIT)
        until(lambda: not self._child.is_alive, 10)

    def restart(self) -> None:
        self._child = launch(self.home, self._server, time.sleep)

    def stop(self) -> None:
        take_down(self.home, self._server, self._child)


@pytest.fixture
def crashing(open_place: Path) -> Iterator[CrashingPostgres]:
    server = CrashingPostgres(LocalHome(open_place / "crashing"))
    yield server
    server.stop()


@pytest.mark.long
def test_a_crash_of_postgresql_in_the_middle_loses_nothing(
    crashing: CrashingPostgres, servers: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    told = {**crashing.home.environment(), "REDIS_URL": servers.redis_url}
    ask(servers.redis_url, ["FLUSHDB"])
    migrate(told)

    with small_world(told) as world:
        world.seed()
        world.slow_down(0.05)
        with real_worker(world) as worker:
            world.until_shares(20)
            crashing.crash()
            time.sleep(1.5)
            crashing.restart()
            world.until_read()
            assert worker.poll() is None

        assert_exact(world)
