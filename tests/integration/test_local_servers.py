"""The embedded servers, as `gema run`, the one-off commands and these tests use them."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import psutil
import pytest

from api import local
from api.errors import StartupFailure
from api.local import LocalHome, Urls, home
from api.local.account import server_account
from api.local.addresses import warn_of_forgetful_queue
from api.local.conversation import ask
from api.local.embedded import launch, local_servers, open_site
from api.local.lock import Holder
from api.local.ports import is_free
from api.local.signals import StopRequested


@pytest.fixture(autouse=True)
def _no_given_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "ENV", "GEMA_PG_BIN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def kept(open_place: Path) -> LocalHome:
    """One state directory for the tests that only start servers in it, one after another."""
    return LocalHome(open_place / "kept")


@pytest.fixture
def running(kept: LocalHome) -> Iterator[Urls]:
    with local.servers(kept, with_valkey=True) as urls:
        yield urls


async def test_the_application_connects_as_an_ordinary_role_that_owns_its_database(
    running: Urls,
) -> None:
    connection = await asyncpg.connect(running.database_url)

    row = await connection.fetchrow(
        """SELECT current_user AS role, rolsuper, rolcreatedb, datdba = r.oid AS is_owner,
                  current_setting('server_version_num')::int / 10000 AS major,
                  current_setting('TimeZone') AS zone, current_setting('fsync') AS fsync
             FROM pg_roles r, pg_database d WHERE rolname = current_user AND datname = 'gema'"""
    )
    await connection.close()

    assert dict(row) == {
        "role": "gema",
        "rolsuper": False,
        "rolcreatedb": False,
        "is_owner": True,
        "major": 18,
        "zone": "UTC",
        "fsync": "on",
    }


@pytest.mark.parametrize("user", ["gema", "postgres"])
async def test_postgresql_refuses_a_wrong_password(running: Urls, user: str) -> None:
    parts = urlsplit(running.database_url)

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(f"postgres://{user}:wrong@127.0.0.1:{parts.port}/postgres")


def test_valkey_refuses_whoever_gives_no_password_and_evicts_nothing(running: Urls) -> None:
    parts = urlsplit(running.redis_url)

    nobody = f"redis://127.0.0.1:{parts.port}/0"

    with pytest.raises(ConnectionRefusedError, match="NOAUTH"):
        ask(nobody, ["PING"])
    with pytest.raises(ConnectionRefusedError, match="WRONGPASS"):
        ask(nobody.replace("127", ":wrong@127"), ["PING"])
    (memory,) = ask(running.redis_url, ["INFO", "memory"])
    assert "maxmemory_policy:noeviction" in memory


def test_both_servers_listen_on_loopback_only(running: Urls, kept: LocalHome) -> None:
    pids = [process.pid for process in kept.state().processes.values()]

    listening = [
        connection.laddr.ip
        for pid in pids
        for connection in psutil.Process(pid).net_connections()
        if connection.status == psutil.CONN_LISTEN
    ]

    assert listening == ["127.0.0.1", "127.0.0.1"]


def test_no_password_is_in_an_argument_or_in_a_log(running: Urls, kept: LocalHome) -> None:
    passwords = kept.state().passwords.values()
    texts = [log.read_text() for log in (kept.path / "log").iterdir()]
    texts += [
        " ".join(psutil.Process(process.pid).cmdline())
        for process in kept.state().processes.values()
    ]

    assert len(texts) == 4
    assert not [text for text in texts for password in passwords if password in text]


async def test_the_log_tells_of_a_violated_key_without_its_value(
    running: Urls, kept: LocalHome
) -> None:
    connection = await asyncpg.connect(running.database_url)
    await connection.execute("CREATE TEMPORARY TABLE one (word text PRIMARY KEY)")
    await connection.execute("INSERT INTO one VALUES ('a-word-nobody-else-has')")

    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO one VALUES ('a-word-nobody-else-has')")
    await connection.close()

    log = kept.log("postgres").read_text()
    assert "duplicate key value" in log
    assert "a-word-nobody-else-has" not in log


def test_what_is_kept_is_closed_to_others(running: Urls, kept: LocalHome) -> None:
    account = server_account()
    owner = account.user_id if account else os.geteuid()
    modes = {path.name: path.stat().st_mode & 0o777 for path in kept.path.iterdir()}
    kept.environment()

    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}
    assert (kept.path / "keys.json").stat().st_mode & 0o777 == 0o600
    assert kept.state_file.stat().st_uid == os.geteuid()
    for name in ("postgres", "valkey"):
        assert (kept.path / name).stat().st_uid == owner


async def test_data_outlives_a_stop_and_the_ports_stay(kept: LocalHome) -> None:
    with local.servers(kept, with_valkey=False) as urls:
        connection = await asyncpg.connect(urls.database_url)
        await connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS number")
        await connection.close()

    with local.servers(kept, with_valkey=False) as again:
        connection = await asyncpg.connect(again.database_url)
        number = await connection.fetchval("SELECT number FROM kept")
        await connection.close()

    assert (number, again) == (42, urls)


def test_nothing_runs_and_nothing_is_recorded_after_the_block(kept: LocalHome) -> None:
    with local.servers(kept, with_valkey=True):
        pids = [process.pid for process in kept.state().processes.values()]

    assert len(pids) == 2
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
    assert kept.state().processes == {}
    assert kept.lock.take(Holder(os.getpid()))
    kept.lock.release()


@pytest.mark.parametrize("number", [0, 1])
def test_a_start_that_is_interrupted_leaves_no_server(kept: LocalHome, number: int) -> None:
    site = open_site(kept, ("postgres", "valkey"))
    server = local_servers(site, ("postgres", "valkey"))[number]
    server.prepare(time.sleep)

    def impatient(_: float) -> None:
        raise StopRequested

    with pytest.raises(StopRequested):
        launch(kept, server, impatient)

    assert kept.state().processes == {}
    assert is_free(kept.state().ports[server.name])


def test_a_port_taken_by_a_stranger_is_chosen_anew(kept: LocalHome) -> None:
    with local.servers(kept, with_valkey=True):
        before = dict(kept.state().ports)

    with (
        _stranger(before["postgres"]),
        _stranger(before["valkey"]),
        local.servers(kept, with_valkey=True) as urls,
    ):
        after = kept.state().ports

    assert urlsplit(urls.database_url).port == after["postgres"] != before["postgres"]
    assert urlsplit(urls.redis_url).port == after["valkey"] != before["valkey"]


def test_a_bind_that_loses_the_race_gets_another_port(
    kept: LocalHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    with local.servers(kept, with_valkey=True):
        before = dict(kept.state().ports)
    looks = iter([True, False, True, False])
    monkeypatch.setattr(home.ports, "is_free", lambda _: next(looks, True))

    with (
        _stranger(before["postgres"]),
        _stranger(before["valkey"]),
        local.servers(kept, with_valkey=True),
    ):
        after = kept.state().ports

    assert after["postgres"] != before["postgres"]
    assert after["valkey"] != before["valkey"]


def test_a_stale_lock_file_stops_nobody(kept: LocalHome) -> None:
    kept.make()
    (kept.path / "lock").write_text(
        json.dumps({"pid": 1, "address": None, "serving": ["postgres"]})
    )

    with local.servers(kept, with_valkey=False) as urls:
        port = urlsplit(urls.database_url).port

        assert _accepts(port)


def test_a_command_uses_the_servers_of_the_running_gema(kept: LocalHome, running: Urls) -> None:
    kept.lock.announce(Holder(os.getpid(), "http://127.0.0.1:1", ("postgres", "valkey")))
    pids = kept.state().processes

    with local.servers(LocalHome(kept.path), with_valkey=True) as urls:
        assert urls == running
        assert kept.state().processes == pids

    assert _accepts(urlsplit(running.database_url).port)


def test_a_command_waits_until_another_one_is_done(kept: LocalHome) -> None:
    program = (
        "import sys, time; from pathlib import Path; from api.local import LocalHome, servers\n"
        "with servers(LocalHome(Path(sys.argv[1])), with_valkey=False):\n"
        "    print('in', flush=True); time.sleep(1)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(kept.path)], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    other.stdout.readline()
    began_at = time.monotonic()

    with local.servers(kept, with_valkey=False):
        waited_seconds = time.monotonic() - began_at

    other.stdout.close()
    assert other.wait(10) == 0
    assert waited_seconds > 0.9


def test_given_addresses_win_and_nothing_is_started(
    open_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://a:b@127.0.0.1:1/c")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    untouched = LocalHome(open_place / "untouched")

    with local.servers(untouched, with_valkey=True) as urls:
        assert urls == Urls("postgres://a:b@127.0.0.1:1/c", "redis://127.0.0.1:1/0")
        assert not (untouched.path / "postgres").exists()
        assert not (untouched.path / "valkey").exists()


@pytest.mark.parametrize(
    ("variable", "address", "started"),
    [
        ("DATABASE_URL", "postgresql://a@127.0.0.1:1/b", "valkey"),
        ("REDIS_URL", "unix:///nowhere", "postgres"),
    ],
)
def test_each_address_may_be_given_alone(
    kept: LocalHome,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    address: str,
    started: str,
) -> None:
    monkeypatch.setenv(variable, address)

    with local.servers(kept, with_valkey=True):
        assert list(kept.state().processes) == [started]


def test_production_starts_no_embedded_server(
    open_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENV", "production")
    refused = LocalHome(open_place / "production")

    with (
        pytest.raises(StartupFailure, match="DATABASE_URL and REDIS_URL") as caught,
        local.servers(refused, with_valkey=True),
    ):
        pass

    assert caught.value.code == "SETTING_MISSING"
    assert not refused.path.exists()


@pytest.mark.parametrize(
    ("variable", "address"),
    [("DATABASE_URL", "mysql://127.0.0.1/gema"), ("REDIS_URL", "valkey+unix:///run/valkey")],
)
def test_an_address_that_the_libraries_refuse_stops_the_start(
    kept: LocalHome, monkeypatch: pytest.MonkeyPatch, variable: str, address: str
) -> None:
    monkeypatch.setenv(variable, address)

    with (
        pytest.raises(StartupFailure, match=f"{variable} must begin with") as caught,
        local.servers(kept, with_valkey=True),
    ):
        pass

    assert caught.value.code == "SETTING_INVALID"


def test_a_named_valkey_that_may_drop_the_queue_is_warned_of(
    running: Urls, caplog: pytest.LogCaptureFixture
) -> None:
    warn_of_forgetful_queue(running.redis_url)
    assert caplog.messages == []

    ask(running.redis_url, ["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"])
    ask(running.redis_url, ["CONFIG", "SET", "appendonly", "no"])
    warn_of_forgetful_queue(running.redis_url)
    warn_of_forgetful_queue("redis://127.0.0.1:1/0")

    assert [message.partition(" ")[2].partition(",")[0] for message in caplog.messages] == [
        "set maxmemory-policy noeviction",
        "set appendonly yes",
        "nobody could be asked (ConnectionRefusedError)",
    ]


def _stranger(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    return listener


def _accepts(port: int | None) -> bool:
    with socket.create_connection(("127.0.0.1", port or 0), timeout=2):
        return True
