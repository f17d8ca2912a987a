"""The embedded Valkey: the doorbell of the queue, on 127.0.0.1 with a password."""

import signal

from api.local.binaries import valkey_program
from api.local.child import Child, Command, Pause
from api.local.conversation import ask
from api.local.files import storage_problems, write_private
from api.local.ladder import Ladder
from api.local.ports import HOST
from api.local.site import SERVER_ENVIRONMENT, Site

LADDER: Ladder = ((signal.SIGTERM, 10), (signal.SIGKILL, 5))
_READY_SECONDS = 30


class Valkey:
    """How the embedded Valkey starts; nothing in it is kept that PostgreSQL does not know."""

    name = "valkey"
    ladder = LADDER

    def __init__(self, site: Site) -> None:
        self._site = site
        self._home = site.home

    def prepare(self, pause: Pause) -> None:
        """Find the program and make the data directory."""
        del pause
        self._program = valkey_program(self._home.programs, self._site.account)
        self._site.make(self._site.claim(self.name))

    def command(self) -> Command:
        """Write the configuration and return how to start the server with it."""
        configuration = self._home.path / "valkey.conf"
        with storage_problems(configuration):
            write_private(configuration, self._configuration(), self._site.account)
        return Command(
            self.name,
            (self._program, configuration),
            SERVER_ENVIRONMENT,
            self._home.log(self.name),
            account=self._site.account,
        )

    def await_ready(self, child: Child, pause: Pause) -> None:
        """Wait for the server's answer; one that is still loading refuses it."""
        url = self._home.redis_url()
        child.await_ready(lambda: _answers(url), _READY_SECONDS, pause)

    def _configuration(self) -> str:
        state = self._home.state()
        lines = {
            "bind": HOST,
            "port": str(state.ports[self.name]),
            "requirepass": state.passwords[self.name],
            "dir": _quoted(str(self._home.path / "valkey")),
            "appendonly": "yes" if self._site.is_durable else "no",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _answers(url: str) -> bool:
    try:
        return ask(url, ["PING"]) == ["PONG"]
    except OSError:
        return False
