"""An installation of its own: `gema run` as a process, the other commands, and a look inside."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import httpx2

from api.local import LocalHome
from api.local.identity import is_running
from api.models import COMMAND_POOL, open_database

T = TypeVar("T")

GEMA = Path(sys.executable).with_name("gema")
START_SECONDS = 150
STOP_SECONDS = 45
# What a caller's shell may hold and what would lead a test to other servers than its own.
_OURS = ("GEMA_", "DATABASE_URL", "REDIS_URL", "AUTH_MODE", "ENV", "ENC_KEYS", "INDEX_KEY")


@dataclass
class Installation:
    """One state directory; every command works on it alone."""

    data: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def home(self) -> LocalHome:
        return LocalHome(self.data)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith(_OURS)}
        return {**kept, **self.settings}

    def gema(self, *arguments: object, seconds: float = 100) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [GEMA, *map(str, arguments), "--data", self.data],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def token(self, role: str, *options: str) -> str:
        """Return the last line of `gema token`."""
        done = self.gema("token", "--role", role, *options)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    def rows(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """Ask the database of a running installation."""
        return asyncio.run(self._rows(statement, *values))

    def value(self, statement: str, *values: object) -> Any:
        return self.rows(statement, *values)[0][0]

    async def _rows(self, statement: str, *values: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.home.database_url(), ssl=False)
        try:
            return await connection.fetch(statement, *values)
        finally:
            await connection.close()

    def tables(self, *names: str) -> dict[str, list[str]]:
        """Return every row of some tables as text, to see that nothing at all has changed."""
        return {
            name: [row[0] for row in self.rows(f"SELECT t::text FROM {name} t ORDER BY 1")]  # noqa: S608
            for name in names
        }

    def inside(self, work: Callable[[], Awaitable[T]]) -> T:
        """Call code of the product on the database of a running installation."""

        async def run() -> T:
            async with open_database(self.home.database_url(), COMMAND_POOL):
                return await work()

        return asyncio.run(run())

    def log(self, name: str) -> str:
        return self.home.log(name).read_text()


@dataclass
class Run:
    """A `gema run` that has said READY."""

    installation: Installation
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def lines(self) -> list[str]:
        return self.output.read_text().splitlines()

    @property
    def url(self) -> str:
        return self.lines[-1].removeprefix("READY ")

    @property
    def sandbox_url(self) -> str:
        (line,) = [line for line in self.lines if line.startswith("SANDBOX ")]
        return line.removeprefix("SANDBOX ")

    def pid_of(self, program: str) -> int:
        return self.installation.home.state().processes[program].pid

    def ask(
        self, query: str, variables: Mapping[str, object] | None = None, token: str | None = None
    ) -> httpx2.Response:
        """Send a document over HTTP."""
        headers = {"accept": "application/graphql-response+json"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        body = {"query": query, "variables": variables or {}}
        return httpx2.post(self.url, json=body, headers=headers, timeout=30)

    def data(
        self, query: str, variables: Mapping[str, object] | None = None, token: str | None = None
    ) -> dict[str, Any]:
        """Return the data of a question that must have no errors."""
        answer = self.ask(query, variables, token).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def act(self, *acts: Mapping[str, object]) -> list[dict[str, Any]]:
        """Let things happen on the simulated network."""
        answer = httpx2.post(f"{self.sandbox_url}/_sandbox/act", json={"acts": list(acts)})
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    def children(self) -> set[str]:
        """Return the names of the recorded programs that live."""
        recorded = self.installation.home.state().processes
        return {name for name, process in recorded.items() if is_running(process)}

    def interrupt(self) -> int:
        """Send what Ctrl-C sends, and return the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_SECONDS)


@contextmanager
def started(installation: Installation, *options: str) -> Iterator[Run]:
    """Start `gema run` on a free port and wait for READY; nothing of it outlives the block."""
    installation.data.parent.mkdir(parents=True, exist_ok=True)
    output = installation.data.with_suffix(".out")
    command = [GEMA, "run", "--port", "0", "--data", installation.data, *options]
    errors = installation.data.with_suffix(".err")
    with output.open("wb") as stdout, errors.open("wb") as stderr:
        process = subprocess.Popen(
            command, env=installation.environment, stdout=stdout, stderr=stderr
        )
    run = Run(installation, process, output)
    try:
        until(lambda: _is_ready(run), START_SECONDS, lambda: "\n".join(run.lines[-20:]))
        yield run
    finally:
        _end(run)


def until(
    is_so: Callable[[], bool], seconds: float, state: Callable[[], object] = lambda: ""
) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not so after {seconds} s: {state()}"
        time.sleep(0.1)


def _is_ready(run: Run) -> bool:
    assert run.process.poll() is None, run.output.with_suffix(".err").read_text()
    return any(line.startswith("READY ") for line in run.lines[-1:])


def _end(run: Run) -> None:
    """Stop it as a person would, and by force what is left."""
    if run.process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.interrupt()
    run.process.kill()
    run.process.wait()
    _kill_left(run.installation.home)


def _kill_left(home: LocalHome) -> None:
    left: Iterable[int] = [p.pid for p in home.state().processes.values() if is_running(p)]
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
