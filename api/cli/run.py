"""`gema run`: the whole of Gema on this machine, until it is told to stop."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from api.cli.networks import simulated_networks
from api.cli.world import forget_world, sandbox_options
from api.local import LocalHome, Plan, Program, Supervisor, choose_port
from api.settings import process_environment

_HOST = "127.0.0.1"
_API_STOP_SECONDS = 10
_WORKER_STOP_SECONDS = 25
_SANDBOX_STOP_SECONDS = 5
_AT_ONCE = {"PYTHONUNBUFFERED": "1"}
_SERVE = (
    "--factory api.app:create_app --ws-max-size 65536 --timeout-graceful-shutdown 10 "
    "--limit-concurrency 512 --no-access-log"
)

Step = Callable[[dict[str, str]], None]
"""Something to do with the environment that the programs have."""


def run(  # noqa: PLR0913 (the options of the command, and its two steps)
    *,
    port: int,
    data: Path | None,
    fresh: bool,
    with_sandbox: bool,
    migrate: Step,
    welcome: Step,
) -> int:
    """Start everything, greet, and keep it alive until SIGINT or SIGTERM; return 0.

    Raises:
        StartupFailure: something cannot start or stay up.
    """
    home = LocalHome.chosen(data)
    launch = Launch(home, port or choose_port(), with_sandbox=with_sandbox)

    def begin() -> None:
        if fresh:
            forget_world(home)
        migrate(launch.environment())

    plan = Plan(
        address=launch.address,
        port=launch.port,
        is_fresh=fresh,
        migrate=begin,
        programs=launch.programs,
        welcome=lambda: welcome(launch.environment()),
        announce=launch.announce,
    )
    return Supervisor(home, plan).run()


@dataclass(slots=True)
class Launch:
    """One start: its addresses and the programs that belong to it."""

    home: LocalHome
    port: int
    with_sandbox: bool
    sandbox_port: int | None = None

    @property
    def address(self) -> str:
        return f"http://{_HOST}:{self.port}"

    @property
    def sandbox_url(self) -> str | None:
        return f"http://{_HOST}:{self.sandbox_port}" if self.sandbox_port else None

    def environment(self) -> dict[str, str]:
        given = process_environment()
        public = {"GEMA_PUBLIC_URL": given.get("GEMA_PUBLIC_URL") or self.address}
        return {**given, **self.home.environment(), **public, **self._sandbox_environment()}

    def _sandbox_environment(self) -> Mapping[str, str]:
        # Beside the sandbox no word of the caller's may send a request to the real service.
        if not self.with_sandbox:
            return {}
        if self.sandbox_port is None:
            self.sandbox_port = self.home.settle_port("sandbox")
        return simulated_networks(f"{self.sandbox_url}")

    def programs(self) -> Sequence[Program]:
        environment = {**self.environment(), **_AT_ONCE}
        sandbox = [self._sandbox()] if self.with_sandbox else []
        return [*sandbox, _worker(environment), self._api(environment)]

    def _sandbox(self) -> Program:
        port = str(self.sandbox_port)
        return Program(
            name="sandbox",
            arguments=_module("workers.sandbox", *sandbox_options(self.home), "--port", port),
            environment={**process_environment(), **_AT_ONCE},
            stop_seconds=_SANDBOX_STOP_SECONDS,
            ready_url=f"{self.sandbox_url}/_sandbox/health",
        )

    def _api(self, environment: Mapping[str, str]) -> Program:
        where = ("--host", _HOST, "--port", str(self.port))
        return Program(
            name="api",
            arguments=_module("uvicorn", *_SERVE.split(), *where),
            environment=environment,
            stop_seconds=_API_STOP_SECONDS,
            ready_url=f"{self.address}/readyz",
        )

    def announce(self) -> None:
        """Say where everything is; the last line is what others wait for."""
        if not process_environment().get("GEMA_SMTP_URL"):
            typer.echo(f"MAILBOX {self.home.path / 'mailbox'}")
        if self.sandbox_url:
            typer.echo(f"SANDBOX {self.sandbox_url}")
        typer.echo(f"READY {self.address}/graphql")
        sys.stdout.flush()


def _worker(environment: Mapping[str, str]) -> Program:
    return Program(
        name="worker",
        arguments=_module("arq", "workers.settings.WorkerSettings"),
        environment=environment,
        stop_seconds=_WORKER_STOP_SECONDS,
    )


def _module(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name, *arguments)
