"""What every command but `run` needs: servers, an up-to-date database, and the settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.cli.migrations import migrate
from api.local import LocalHome, servers
from api.settings import Settings, process_environment


@contextmanager
def opened(data: Path | None, *, with_valkey: bool = False) -> Iterator[Settings]:
    """Use the running or named servers, or start some for the block; migrate, then lend settings.

    Raises:
        StartupFailure: the servers cannot be started, or a setting is missing.
    """
    home = LocalHome.chosen(data)
    with servers(home, with_valkey=with_valkey):
        environment = environment_of(home)
        migrate(environment)
        yield Settings.from_env(environment)


def environment_of(home: LocalHome) -> dict[str, str]:
    """Return the caller's environment completed by what the home keeps."""
    return {**process_environment(), **home.environment()}
