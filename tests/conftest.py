"""Real servers, a migrated database for each test, and settings that point at them."""

import asyncio
import gc
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from api import local
from api.local import LocalHome, Urls
from api.local.conversation import ask
from api.settings import Settings

_TESTS = Path(__file__).parent
MEMORY = Path("/dev/shm")  # noqa: S108 (mkdtemp makes it safe)
ENOUGH_BYTES = 4 * 1024**3
_FOLDER_MARKERS = {"unit", "integration", "contract", "e2e", "oracle"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by its folder, so that `-m integration` needs no line in any file."""
    for item in items:
        folder = item.path.relative_to(_TESTS).parts[0]
        if folder in _FOLDER_MARKERS:
            item.add_marker(folder)


def pytest_collection_finish() -> None:
    """Keep the collector from the thousands of tests: looking at them took a third of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def open_place() -> Iterator[Path]:
    """A temporary directory that the account of root's servers can pass through."""
    place = Path(tempfile.mkdtemp(prefix="gema-test-", dir=_folder()))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place, ignore_errors=True)


def _folder() -> str | None:
    """Return memory where there is enough: a copied database costs 25 ms there, 450 ms on disk."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
        volume = os.statvfs(MEMORY)
        is_closed = volume.f_flag & os.ST_NOEXEC
        if volume.f_bavail * volume.f_frsize >= ENOUGH_BYTES and not is_closed:
            return str(MEMORY)
    # pytest's own directories are closed to the account that root's servers run as.
    return "/tmp" if os.geteuid() == 0 else None  # noqa: S108 (mkdtemp makes it safe)


@pytest.fixture(scope="session")
def home(open_place: Path) -> LocalHome:
    """The state directory of this test process."""
    return LocalHome(open_place / "home")


@pytest.fixture(scope="session")
def servers(home: LocalHome) -> Iterator[Urls]:
    """PostgreSQL and Valkey; DATABASE_URL and REDIS_URL win here too."""
    with local.servers(home, with_valkey=True, durable=False) as urls:
        yield Urls(urls.database_url, _own_valkey_database(urls.redis_url))


@pytest.fixture(scope="session")
def template_database(home: LocalHome, servers: Urls) -> Iterator[str]:
    """The name of a migrated database that tests copy."""
    from api.cli.migrations import migrate  # noqa: PLC0415 (unit tests need no database code)

    name = f"gema_template_{uuid.uuid4().hex[:12]}"
    _execute(servers.database_url, f'CREATE DATABASE "{name}"')
    migrate(_environment(home, servers, database(servers.database_url, name)))
    yield name
    _execute(servers.database_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def database_url(servers: Urls, template_database: str) -> Iterator[str]:
    """A migrated, empty database of this test's own."""
    name = f"gema_test_{uuid.uuid4().hex[:12]}"
    _execute(servers.database_url, f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"')
    yield database(servers.database_url, name)
    _execute(servers.database_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def environment(home: LocalHome, servers: Urls, database_url: str) -> dict[str, str]:
    """What `Settings.from_env` and child processes need; Valkey is empty."""
    ask(servers.redis_url, ["FLUSHDB"])
    return _environment(home, servers, database_url)


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return Settings.from_env(environment)


def database(url: str, name: str) -> str:
    """Return the address of another database of the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _environment(home: LocalHome, servers: Urls, database_url: str) -> dict[str, str]:
    made: Mapping[str, str] = home.environment()
    return {**made, "DATABASE_URL": database_url, "REDIS_URL": servers.redis_url}


def _own_valkey_database(redis_url: str) -> str:
    """Keep parallel test processes apart where they share one Valkey."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    first = int(urlsplit(redis_url).path.strip("/") or 0)
    return urlsplit(redis_url)._replace(path=f"/{first + int(worker)}").geturl()


def _execute(url: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url, ssl=False)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    # A loop of its own: pytest-asyncio keeps the one of the running test.
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(run())
    finally:
        loop.close()
