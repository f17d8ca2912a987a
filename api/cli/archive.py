"""`gema archive` and `gema reproduce`: a list computed again somewhere else, from observations."""

import asyncio
from pathlib import Path
from uuid import UUID

import typer

from api.actions.archive import load_observations, observations_of
from api.actions.invite_list import reproduced_sha256
from api.models import COMMAND_POOL, open_database
from api.settings import Settings


def archive(settings: Settings, list_id: UUID, file: Path) -> None:
    """Write the observations and facts behind a list."""
    count = asyncio.run(_write(settings, list_id, file))
    typer.echo(f"{count} lines in {file}")


def reproduce(settings: Settings, file: Path) -> int:
    """Load a file into an empty installation and compute its list; 1 if the hash differs."""
    expected, found = asyncio.run(_reproduce(settings, file))
    typer.echo(f"sha256 {found}")
    typer.echo("equal to the list" if found == expected else f"DIFFERENT from {expected}")
    return int(found != expected)


async def _write(settings: Settings, list_id: UUID, file: Path) -> int:
    count = 0
    async with open_database(settings.database_url, COMMAND_POOL):
        with file.open("wb") as stream:
            async for line in observations_of(list_id):
                stream.write(line)
                count += 1
    return count


async def _reproduce(settings: Settings, file: Path) -> tuple[str, str | None]:
    async with open_database(settings.database_url, COMMAND_POOL):
        with file.open("rb") as stream:
            loaded = await load_observations(stream)
        return loaded.sha256, await reproduced_sha256(loaded.list_id)
