"""The supervisor of `gema run`, as a real process that gets real signals."""

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from api import local
from api.local import LocalHome, choose_port
from api.local.identity import identify
from api.local.lock import Holder

_STAND_IN = Path(__file__).with_name("stand_in.py")
_PATIENCE_SECONDS = 30


class Gema:
    """A supervisor and what it says."""

    def __init__(self, home: LocalHome, port: int, *flags: str) -> None:
        self.home = home
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, str(_STAND_IN), "supervise", str(home.path), str(port), *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> "Gema":
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == f"READY http://127.0.0.1:{self.port}\n"
        # READY waits for the API only; a worker without its signal handler yet would say nothing.
        eventually(lambda: any(line.startswith("worker started") for line in diary(self.home)))
        return self

    @property
    def pids(self) -> dict[str, int]:
        return {name: each.pid for name, each in self.home.state().processes.items()}

    def end(self, how: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.outcome()

    def outcome(self) -> tuple[int, str]:
        _, errors = self.process.communicate(timeout=_PATIENCE_SECONDS)
        return self.process.returncode, errors


Start = Callable[..., Gema]


@pytest.fixture(autouse=True)
def _no_given_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "ENV", "GEMA_PG_BIN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def kept(open_place: Path) -> LocalHome:
    return LocalHome(open_place / "supervised")


@pytest.fixture
def start(kept: LocalHome) -> Iterator[Start]:
    """Starts supervisors in one state directory; none outlives its test."""
    kept.make()
    (kept.path / "diary").unlink(missing_ok=True)
    started: list[Gema] = []

    def begin(*flags: str, port: int | None = None) -> Gema:
        started.append(Gema(kept, port or choose_port(), *flags))
        return started[-1]

    yield begin
    for each in started:
        each.end(signal.SIGTERM)


def diary(home: LocalHome) -> list[str]:
    return (home.path / "diary").read_text().splitlines()


def eventually(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def alive(pids: dict[str, int]) -> dict[str, int]:
    """Return those that run; a zombie, which waits for process 1 only, does not."""
    return {name: pid for name, pid in pids.items() if identify(pid)}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_everything_in_order_with_status_0(
    start: Start, kept: LocalHome, how: signal.Signals
) -> None:
    gema = start().ready()
    pids = gema.pids

    assert set(pids) == {"postgres", "valkey", "worker", "api"}
    assert gema.end(how) == (0, "")

    told = [line.split(" in ")[0] for line in diary(kept)]
    # The supervisor starts one after the other and waits for the API; the worker writes by itself.
    assert [told[0], sorted(told[1:4]), *told[4:]] == [
        "migrate",
        ["api started", "welcome", "worker started"],
        "api stopped",
        "worker stopped",
    ]
    assert told.index("api started") < told.index("welcome")
    assert alive(pids) == {}
    assert kept.state().processes == {}


def test_a_key_press_in_the_terminal_reaches_the_supervisor_only(
    start: Start, kept: LocalHome
) -> None:
    gema = start().ready()

    sessions = {line.rpartition(" ")[2] for line in diary(kept) if "session" in line}

    assert sessions == {str(gema.pids["worker"]), str(gema.pids["api"])}


async def test_after_kill_9_it_starts_again_with_its_data(start: Start, kept: LocalHome) -> None:
    first = start().ready()
    before = first.pids
    connection = await asyncpg.connect(kept.database_url())
    await connection.execute("CREATE TABLE IF NOT EXISTS survived AS SELECT 42 AS number")
    await connection.close()

    first.end(signal.SIGKILL)
    second = start().ready()
    connection = await asyncpg.connect(kept.database_url())
    number = await connection.fetchval("SELECT number FROM survived")
    await connection.close()

    assert number == 42
    assert alive(before) == {}
    assert second.end() == (0, "")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_nothing_outlives_a_killed_supervisor(start: Start) -> None:
    gema = start().ready()
    pids = gema.pids

    gema.end(signal.SIGKILL)

    eventually(lambda: alive(pids) == {})


@pytest.mark.parametrize("name", ["worker", "api", "valkey", "postgres"])
def test_a_killed_child_is_started_again(start: Start, name: str) -> None:
    gema = start().ready()
    before = gema.pids

    os.kill(before[name], signal.SIGKILL)
    eventually(lambda: gema.pids.get(name) != before[name] and name in alive(gema.pids))
    after = gema.pids
    _, errors = gema.end()

    assert f"{name} ended with status -9; starting it again in 0.5 s" in errors
    assert {key: after[key] for key in after if key != name} == {
        key: before[key] for key in before if key != name
    }


def test_a_second_start_says_who_runs_and_leaves_it_alone(start: Start) -> None:
    first = start().ready()
    before = first.pids

    second = start()

    assert second.outcome() == (
        1,
        f"ALREADY_RUNNING: Gema is already running (pid {first.process.pid}), "
        f"API at http://127.0.0.1:{first.port}.\n",
    )
    assert alive(before) == before


def test_a_busy_port_is_named_with_its_remedy(start: Start, kept: LocalHome) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        status, errors = start(port=stranger.getsockname()[1]).outcome()

    assert status == 1
    assert errors.startswith("PORT_BUSY: ")
    assert "--port" in errors
    assert kept.state().processes == {}


def test_a_program_that_cannot_start_is_named_with_its_log(start: Start, kept: LocalHome) -> None:
    status, errors = start("--broken-api").outcome()

    assert status == 1
    assert f"PROGRAM_FAILED: api ended 3 times. Last line of {kept.log('api')}: " in errors
    assert errors.rstrip().endswith("this program is broken")
    assert kept.state().processes == {}


def test_a_stop_before_it_is_ready_leaves_nothing_behind(start: Start, kept: LocalHome) -> None:
    gema = start("--slow-migration")
    eventually((kept.path / "diary").exists)
    pids = gema.pids

    assert set(pids) == {"postgres"}
    assert gema.end() == (0, "")
    assert alive(pids) == {}


def test_commands_use_the_servers_of_a_running_gema(start: Start, kept: LocalHome) -> None:
    gema = start().ready()
    before = gema.pids

    with local.servers(LocalHome(kept.path), with_valkey=True) as urls:
        assert urls.database_url == kept.database_url()

    assert gema.pids == before


def test_given_addresses_start_no_server(
    start: Start, monkeypatch: pytest.MonkeyPatch, kept: LocalHome
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://a:b@127.0.0.1:1/c")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")

    gema = start().ready()

    assert set(gema.pids) == {"worker", "api"}
    holder = kept.lock.holder()
    assert holder == Holder(gema.process.pid, f"http://127.0.0.1:{gema.port}", ())


async def test_a_fresh_start_removes_the_servers_data_and_nothing_else(
    start: Start, kept: LocalHome
) -> None:
    with local.servers(kept, with_valkey=True) as urls:
        connection = await asyncpg.connect(urls.database_url)
        await connection.execute("CREATE TABLE old AS SELECT 1")
        await connection.close()
    kept.environment()
    (kept.path / "letter").write_text("mine")
    keys = (kept.path / "keys.json").read_text()

    start("--fresh").ready()
    connection = await asyncpg.connect(kept.database_url())
    old = await connection.fetchval("SELECT to_regclass('old')")
    await connection.close()

    assert old is None
    assert (kept.path / "letter").read_text() == "mine"
    assert (kept.path / "keys.json").read_text() == keys


def test_five_old_logs_are_kept(start: Start, kept: LocalHome) -> None:
    kept.log("api").parent.mkdir(exist_ok=True)
    for age in range(1, 6):
        kept.log("api").with_suffix(f".log.{age}").write_text(f"age {age}")
    kept.log("api").write_text("newest")

    start().ready().end()

    ages = {path.name: path.read_text() for path in kept.log("api").parent.glob("api.log.*")}
    assert ages == {
        "api.log.1": "newest",
        **{f"api.log.{age}": f"age {age - 1}" for age in range(2, 6)},
    }


def test_orphans_are_stopped_even_if_the_system_told_them_nothing(kept: LocalHome) -> None:
    program = (
        "import json, os, sys; from pathlib import Path\n"
        "from api.local import LocalHome, child, servers\n"
        "child._LIBC = None\n"
        "home = LocalHome(Path(sys.argv[1]))\n"
        "with servers(home, with_valkey=True):\n"
        "    pids = {name: each.pid for name, each in home.state().processes.items()}\n"
        "    print(json.dumps(pids), flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, str(kept.path)], capture_output=True, check=False
    )
    orphans = json.loads(killed.stdout)
    time.sleep(0.5)
    assert set(alive(orphans)) == {"postgres", "valkey"}

    with local.servers(kept, with_valkey=True):
        now = kept.state().processes

        assert alive(orphans) == {}
        assert set(now) == {"postgres", "valkey"}


def test_a_process_number_that_belongs_to_somebody_else_is_left_alone(kept: LocalHome) -> None:
    with subprocess.Popen(["sleep", "60"]) as stranger:
        ours = identify(stranger.pid)
        assert ours is not None
        for wrong in ({"started": ours.started - 1}, {"executable": "/bin/other"}):
            with kept.changing() as state:
                state.processes["postgres"] = dataclasses.replace(ours, **wrong)

            with local.servers(kept, with_valkey=False):
                assert stranger.poll() is None

        stranger.kill()
