"""The database cluster: made once, in one step, and never upgraded silently."""

import re
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

from api.errors import StartupFailure
from api.local.child import Command, Pause
from api.local.files import storage_problems, write_private
from api.local.ladder import Ladder
from api.local.site import SERVER_ENVIRONMENT, Site

_OLDEST_MAJOR = 15
_INITDB_SECONDS = 120
_LADDER: Ladder = ((signal.SIGINT, 5), (signal.SIGKILL, 5))


def major_of(folder: Path, site: Site) -> int:
    """Return the major version of the PostgreSQL programs in a directory.

    Raises:
        StartupFailure: code SERVERS_MISSING or WRONG_MAJOR.
    """
    answer = _version(folder, site)
    found = re.search(r"PostgreSQL\) (\d+)", answer)
    major = int(found.group(1)) if found else 0
    if major < _OLDEST_MAJOR:
        raise StartupFailure(
            "WRONG_MAJOR", f"{folder} holds {answer.strip()}: 15 or newer is needed."
        )
    return major


def _version(folder: Path, site: Site) -> str:
    try:
        answer = subprocess.run(  # noqa: S603 (our own argument list, and no shell)
            [str(folder / "postgres"), "--version"],
            env=SERVER_ENVIRONMENT,
            cwd="/",
            capture_output=True,
            check=True,
            text=True,
            timeout=20,
            **(site.account.popen_options() if site.account else {}),
        )
    except (OSError, subprocess.SubprocessError) as error:
        who = f" as {site.account.name!r}" if site.account else ""
        text = f"{folder}/postgres cannot be run{who}: {type(error).__name__}."
        raise StartupFailure("SERVERS_MISSING", text) from error
    return str(answer.stdout)


def require_major(data: Path, major: int) -> None:
    """Stop where another major version of PostgreSQL made the data.

    Raises:
        StartupFailure: code WRONG_MAJOR, saying how to move the data.
    """
    made_by = (data / "PG_VERSION").read_text().strip()
    if made_by != str(major):
        raise StartupFailure(
            "WRONG_MAJOR",
            f"PostgreSQL {made_by} made {data}, but the programs here are version {major}. Nothing "
            f"was changed. Start Gema with GEMA_PG_BIN=/path/to/postgresql-{made_by}/bin, save the "
            'data with: pg_dump -Fc -f gema.dump "$DATABASE_URL", then start without GEMA_PG_BIN '
            "on a new --data directory and load it with pg_restore.",
        )


def initialise(site: Site, folder: Path, data: Path, pause: Pause) -> None:
    """Make a cluster beside its final place and move it there when it is complete."""
    draft = data.with_name("postgres.new")
    password_file = site.home.path / f".password.{secrets.token_hex(4)}"
    with storage_problems(data):
        if draft.exists():
            shutil.rmtree(draft)
        site.make(draft)
        try:
            write_private(password_file, site.home.state().passwords["postgres"], site.account)
            _finish(site, _initdb(site, folder, draft, password_file), pause)
        finally:
            password_file.unlink(missing_ok=True)
        draft.rename(data)


def _finish(site: Site, command: Command, pause: Pause) -> None:
    child = site.home.start(command, _LADDER)
    try:
        child.await_end(_INITDB_SECONDS, pause)
    finally:
        child.stop(_LADDER)
        site.home.forget(child.name)


def _initdb(site: Site, folder: Path, data: Path, password_file: Path) -> Command:
    access = ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--no-locale"]
    haste = [] if site.is_durable else ["--no-sync"]
    return Command(
        "initdb",
        [folder / "initdb", "-D", data, "--pwfile", password_file, *access, *haste],
        SERVER_ENVIRONMENT,
        site.home.log("postgres"),
        account=site.account,
    )
