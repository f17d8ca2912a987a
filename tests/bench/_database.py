"""A migrated database on servers of its own, in a folder that goes away."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api import local
from api.actions.reference import ensure_reference_rows
from api.cli.migrations import migrate
from api.local import LocalHome
from api.models import COMMAND_POOL, open_database


@asynccontextmanager
async def empty_database() -> AsyncIterator[None]:
    """Open the pool of a command over a database that holds the reference rows only."""
    folder = "/tmp" if os.geteuid() == 0 else None  # noqa: S108 (mkdtemp makes it safe)
    with tempfile.TemporaryDirectory(prefix="gema-bench-", dir=folder) as place:
        Path(place).chmod(0o711)  # noqa: ASYNC240 (nothing else runs yet)
        home = LocalHome(Path(place) / "home")
        with local.servers(home, with_valkey=True, durable=False) as urls:
            addresses = {"DATABASE_URL": urls.database_url, "REDIS_URL": urls.redis_url}
            await asyncio.to_thread(migrate, {**home.environment(), **addresses})
            async with open_database(urls.database_url, COMMAND_POOL):
                await ensure_reference_rows()
                yield


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
