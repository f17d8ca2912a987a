"""The hosts that may be asked, each with its own client, limit and token."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.domain.platform import Platform
from api.settings import MastodonPlatform
from workers.platforms.base import APP, Auth, MissingPermission
from workers.platforms.limiter import Bucket
from workers.platforms.mastodon.dialect import MastodonDialect
from workers.platforms.mastodon.links import continuation
from workers.platforms.transport import Answer, Call, ClientTools, Transport

_LIMIT, _WINDOW_SECONDS = 300, 300
# Timelines come by the thousand, and a list that waits for them is late for everybody.
_OF_TIMELINES, _SPARED_COUNT = frozenset({"account_of", "statuses_of"}), 100


@dataclass(frozen=True, slots=True)
class Host:
    """One server. It counts all calls together, so that they share one bucket."""

    name: str
    base_url: str
    transport: Transport
    token: str | None = field(default=None, repr=False)

    async def ask(
        self, family: str, path: str, parameters: Mapping[str, str], auth: Auth = APP
    ) -> Answer:
        """Ask for one answer, with the token of an account or the one that the host wants."""
        spared = _SPARED_COUNT if family in _OF_TIMELINES else 0
        bucket = Bucket(Platform.MASTODON, self.name, "app", _LIMIT, _WINDOW_SECONDS, spared)
        call = Call(
            family, path, bucket, auth=auth, parameters=parameters, token=auth.token or self.token
        )
        return await self.transport.get(call)

    def following(self, answer: Answer, path: str) -> str | None:
        """Return how the list at a path goes on, None at its end."""
        return continuation(answer.headers, self.base_url + path)


class Hosts:
    """The allow-list. A host that is not on it is never asked."""

    def __init__(self, settings: MastodonPlatform, tools: ClientTools) -> None:
        tokens = dict(settings.tokens)
        self._is_enabled = settings.is_enabled
        self._by_name = {
            name: Host(name, url, _transport(url, tools), tokens.get(name))
            for name, url in settings.hosts
        }

    @property
    def first(self) -> Host:
        """Return the host that is asked about posts and accounts of elsewhere.

        Raises:
            MissingPermission: the network is switched off, or no host is allowed.
        """
        return self._permitted(next(iter(self._by_name.values()), None))

    def named(self, name: str | None) -> Host | None:
        """Return a host by its name, None if it is not allowed."""
        host = self._by_name.get(name or "")
        return None if host is None else self._permitted(host)

    async def close(self) -> None:
        for host in self._by_name.values():
            await host.transport.close()

    def _permitted(self, host: Host | None) -> Host:
        if not self._is_enabled:
            raise MissingPermission("GEMA_MASTODON_ENABLED")
        if host is None:
            raise MissingPermission("GEMA_MASTODON_HOSTS")
        return host


def _transport(url: str, tools: ClientTools) -> Transport:
    return Transport(Platform.MASTODON, url, MastodonDialect(), tools)
