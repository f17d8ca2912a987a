"""The application in a process of its own, over real servers in a folder that goes away."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import uvicorn

from api import local
from api.app import create_app
from api.cli.migrations import migrate
from api.local import LocalHome
from api.models import API_POOL, open_database
from api.settings import Settings

PORT = 8977
URL = f"http://127.0.0.1:{PORT}"

# The nation of the product's tests, which name each other without a package.
_TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(_TESTS), str(_TESTS / "integration" / "product")]


@asynccontextmanager
async def served_apart(fill: Callable[[Settings], Awaitable[None]]) -> AsyncIterator[Settings]:
    """Migrate, fill and serve at `URL`; end all of it."""
    folder = "/tmp" if os.geteuid() == 0 else None  # noqa: S108 (mkdtemp makes it safe)
    with tempfile.TemporaryDirectory(prefix="gema-bench-", dir=folder) as place:
        Path(place).chmod(0o711)  # noqa: ASYNC240 (nothing else runs yet)
        home = LocalHome(Path(place) / "home")
        with local.servers(home, with_valkey=True, durable=False) as urls:
            addresses = {"DATABASE_URL": urls.database_url, "REDIS_URL": urls.redis_url}
            environment = {**os.environ, **home.environment(), **addresses}
            await asyncio.to_thread(migrate, environment)
            settings = Settings.from_env(environment)
            async with open_database(settings.database_url, API_POOL):
                await fill(settings)
            async with _process(environment):
                yield settings


@asynccontextmanager
async def _process(environment: dict[str, str]) -> AsyncIterator[None]:
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench._server"),
        env=environment,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await _awake()
        yield
    finally:
        server.terminate()
        await server.wait()


async def _awake() -> None:
    async with httpx2.AsyncClient(base_url=URL) as client:
        for _ in range(1_200):
            try:
                await client.get("/livez")
            except httpx2.ConnectError:
                await asyncio.sleep(0.1)
            else:
                return
    raise TimeoutError(urlsplit(URL).netloc)


if __name__ == "__main__":
    uvicorn.run(create_app(), host="127.0.0.1", port=PORT, log_level="error")
