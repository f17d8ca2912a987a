"""The programs of Gema itself, as data: what to start, when it is ready, how long it may stop."""

import http.client
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from api.local.child import Child, Command
from api.local.home import LocalHome
from api.local.ladder import Ladder
from api.settings import CHECKOUT

_OK = 200


@dataclass(frozen=True, slots=True)
class Program:
    """A program that is kept alive for as long as `gema run` lasts."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    stop_seconds: float
    ready_url: str | None = None
    """Answers 200 once the program can be used; without it nobody waits for the program."""
    ready_seconds: float = 60

    @property
    def ladder(self) -> Ladder:
        return ((signal.SIGTERM, self.stop_seconds), (signal.SIGKILL, 5))

    @property
    def is_ready(self) -> bool:
        return self.ready_url is None or _answers(self.ready_url)

    def start(self, home: LocalHome) -> Child:
        """Start the program without waiting for it."""
        log = home.log(self.name)
        command = Command(self.name, self.arguments, self.environment, log, folder=CHECKOUT)
        return home.start(command, self.ladder)


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=2)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == _OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
