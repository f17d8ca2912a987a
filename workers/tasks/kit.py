"""What a task is given: the tools of the worker and the piece of work."""

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from asyncpg import Connection

from api.actions.outbox import PROGRESS, CursorRef, Lease, release
from api.domain.platform import Platform
from api.models.sealed import Sealer
from api.queue import Job
from api.settings import Settings
from workers.platforms.base import Connector, MissingPermission
from workers.platforms.logins import LoginServer
from workers.platforms.mail import Mailer, mailer_for


@dataclass(frozen=True, slots=True)
class Kit:
    """The shared objects of one worker process."""

    settings: Settings
    sealer: Sealer
    connectors: Mapping[Platform, Connector]
    logins: Mapping[Platform, LoginServer] = field(default_factory=dict)

    @property
    def mailer(self) -> Mailer:
        """Return what sends mail."""
        return mailer_for(self.settings.mail)

    def connector(self, platform: Platform) -> Connector:
        """Return the connector of a network.

        Raises:
            MissingPermission: the network is switched off here; the work ends, nothing is retried.
        """
        try:
            return self.connectors[platform]
        except KeyError:
            raise MissingPermission(f"{platform} is switched off") from None

    def login_server(self, platform: Platform) -> LoginServer:
        """Return the authorisation server of a network.

        Raises:
            MissingPermission: no login with this network is set up here.
        """
        try:
            return self.logins[platform]
        except KeyError:
            raise MissingPermission(f"no login with {platform}") from None


@dataclass(slots=True)
class Work:
    """One run of one message.

    A task that calls a network in the name of a list sets `cursor` first: a rate limit then moves
    the cursor's `not_before` and ends the run, instead of making the message wait.
    """

    lease: Lease
    job: Job
    args: Mapping[str, str]
    request_id: str | None = None
    cursor: CursorRef | None = None
    _started_at: float = field(default_factory=time.monotonic)

    @property
    def is_time_up(self) -> bool:
        """Tell whether long work should save, call `pause` and return: 45 s of a 60 s lease."""
        return time.monotonic() - self._started_at >= self.lease.seconds * 3 / 4

    def transaction(self) -> AbstractAsyncContextManager[Connection]:
        """Open a transaction that begins with the fence; raises `Fenced`."""
        return self.lease.transaction()

    async def finish(self, lent: Connection) -> None:
        """Commit DONE together with the rows of this transaction."""
        await self.lease.finish(lent)

    async def extend(self, lent: Connection) -> None:
        """Start the lease again together with the rows of a chunk."""
        await self.lease.extend(lent)

    async def pause(self, lent: Connection) -> None:
        """Save and let another run go on at once; the task then returns. Not a failure."""
        await release(self.lease, lent, PROGRESS)


Task = Callable[[Kit, Work], Awaitable[None]]
