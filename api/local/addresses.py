"""Servers that the caller names by DATABASE_URL and REDIS_URL instead of the embedded ones."""

import logging
from urllib.parse import urlsplit

from api.errors import StartupFailure
from api.local.conversation import ask
from api.settings import process_environment

_LOG = logging.getLogger(__name__)
_VARIABLES = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
_SCHEMES = {
    "DATABASE_URL": ("postgres", "postgresql"),
    "REDIS_URL": ("redis", "rediss", "unix"),
}


def needed_servers(*, with_valkey: bool = True) -> tuple[str, ...]:
    """Return the names of the servers that no variable names, in the order of their start.

    Raises:
        StartupFailure: code SETTING_MISSING in production, SETTING_INVALID for an unknown scheme.
    """
    given = process_environment()
    wanted = ("postgres", "valkey") if with_valkey else ("postgres",)
    needed = tuple(name for name in wanted if not _address(given, _VARIABLES[name]))
    if needed and given.get("ENV") == "production":
        missing = " and ".join(_VARIABLES[name] for name in needed)
        raise StartupFailure(
            "SETTING_MISSING", f"ENV=production starts no embedded servers: set {missing}."
        )
    return needed


def _address(given: dict[str, str], variable: str) -> str | None:
    address = given.get(variable) or None
    if address and urlsplit(address).scheme not in _SCHEMES[variable]:
        wanted = " or ".join(f"{scheme}://" for scheme in _SCHEMES[variable])
        raise StartupFailure("SETTING_INVALID", f"{variable} must begin with {wanted}.")
    return address


def warn_of_forgetful_queue(redis_url: str) -> None:
    """Warn if the server of REDIS_URL may drop entries of the queue; nothing is lost, only late."""
    try:
        (text,) = ask(redis_url, ["INFO"])
    except OSError as error:
        _LOG.warning("REDIS_URL: nobody could be asked (%s)", type(error).__name__)
        return
    facts = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    if facts.get("maxmemory_policy") != "noeviction":
        _LOG.warning("REDIS_URL: set maxmemory-policy noeviction, or queue entries may be dropped")
    if facts.get("aof_enabled") != "1":
        _LOG.warning("REDIS_URL: set appendonly yes, or a restart empties the queue")
