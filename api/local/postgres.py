"""The embedded PostgreSQL: a direct child on 127.0.0.1, with passwords and no socket file."""

import signal
from pathlib import Path

from api.errors import StartupFailure
from api.local import roles
from api.local.binaries import postgres_folder
from api.local.child import Child, Command, DataHeld, Pause
from api.local.cluster import initialise, major_of, require_major
from api.local.identity import exists, is_zombie
from api.local.ladder import Ladder
from api.local.ports import HOST
from api.local.site import SERVER_ENVIRONMENT, Site

LADDER: Ladder = ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5))
# Without these PostgreSQL logs the values of rows that violate a constraint.
_SILENCE = {
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
}
_OPTIONS = {
    "max_connections": "60",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    **_SILENCE,
}
# For tests. A test's database cannot be dropped while a process of the superuser vacuums it.
_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}
_READY_SECONDS = 60
_HELD = ('lock file "postmaster.pid" already exists', "pre-existing shared memory block")
_STATUS_LINE = 7


class Postgres:
    """How the embedded PostgreSQL starts."""

    name = "postgres"
    ladder = LADDER

    def __init__(self, site: Site) -> None:
        self._site = site
        self._data = site.home.path / self.name
        self._pid_file = self._data / "postmaster.pid"

    def prepare(self, pause: Pause) -> None:
        """Find the programs and make the cluster where there is none.

        Raises:
            StartupFailure: no programs, another major version, no space, or not our directory.
        """
        self._folder = postgres_folder(self._site.home.programs, self._site.account)
        major = major_of(self._folder, self._site)
        if not self._site.claim(self.name).exists():
            initialise(self._site, self._folder, self._data, pause)
        require_major(self._data, major)

    def command(self) -> Command:
        """Return how to start the server on the port of the state."""
        port = self._site.home.state().ports[self.name]
        options = _OPTIONS if self._site.is_durable else {**_OPTIONS, **_FORGETFUL}
        where: list[str | Path] = ["-D", self._data, "-h", HOST, "-p", str(port), "-k", ""]
        settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        return Command(
            self.name,
            [self._folder / "postgres", *where, *settings],
            SERVER_ENVIRONMENT,
            self._site.home.log(self.name),
            account=self._site.account,
            farewell=signal.SIGINT,
        )

    def await_ready(self, child: Child, pause: Pause) -> None:
        """Wait for the server, then for its answer to the application's role.

        Raises:
            DataHeld: it gave way to an earlier server.
        """
        try:
            child.await_ready(lambda: self._says_ready(child.pid), _READY_SECONDS, pause)
        except StartupFailure as failure:
            if any(text in child.output for text in _HELD):
                raise DataHeld(self._holder()) from failure
            raise
        self._make_role()
        roles.require_answer(self._site.home.state())

    def _make_role(self) -> None:
        state = self._site.home.state()
        if not state.has_role:
            roles.create_role(state, may_create_databases=not self._site.is_durable)
            with self._site.home.changing() as changed:
                changed.has_role = True

    def _holder(self) -> str:
        """Say who holds the data; `postmaster.pid` is never deleted here."""
        pid = self._recorded_pid()
        if pid is not None and is_zombie(pid):
            return f"process {pid} is a zombie. Run the container with an init process."
        if pid is not None and exists(pid):
            return f"process {pid}, named in {self._pid_file}. Stop it if it is a server."
        return f"see {self._site.home.log(self.name)}."

    def _recorded_pid(self) -> int | None:
        lines = _lines(self._pid_file)
        return int(lines[0]) if lines and lines[0].strip().isdigit() else None

    def _says_ready(self, pid: int) -> bool:
        lines = _lines(self._pid_file)
        return (
            len(lines) > _STATUS_LINE
            and lines[0].strip() == str(pid)
            and lines[_STATUS_LINE].strip() == "ready"
        )


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except FileNotFoundError:
        return []
