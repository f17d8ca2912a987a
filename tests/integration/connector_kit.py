"""A simulated world in this process, and a connector of each network that reads it over HTTP."""

from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import httpx2

from api.cli.networks import simulated_networks
from api.domain.matching import parse_post_url
from api.domain.platform import Platform
from api.settings import Settings
from workers.platforms import connector_for
from workers.platforms.base import APP, AccountRef, Auth, Cap
from workers.platforms.ledger import UnmeteredLedger
from workers.platforms.limiter import LocalLimiter
from workers.platforms.transport import ClientTools
from workers.sandbox.app import create_app
from workers.sandbox.clock import Clock
from workers.sandbox.naming.instagram import is_professional
from workers.sandbox.stage import Stage
from workers.sandbox.world import WorldSpec

EPOCH = 1_795_000_000 // 3_600 * 3_600
URL = "http://127.0.0.1:1"
HOSTS = {"sosial.contoh.id", "lain.contoh.id"}
SPEC = WorldSpec(
    epoch=EPOCH,
    person_count=70,
    post_count=4,
    citizen_count=200,
    stranger_count=150,
    networks=("x", "facebook", "instagram", "bluesky", "mastodon"),
)
LIST_TROUBLES = [
    {"name": "short_pages", "probability": 0.5},
    {"name": "empty_pages", "probability": 0.3},
    {"name": "duplicates", "probability": 0.5},
    {"name": "partial_errors", "probability": 0.5},
    {"name": "extra_fields"},
    {"name": "missing_metrics", "probability": 0.3},
]


def settings_of(url=URL, **more):
    keys = ("ENC_KEYS", "INDEX_KEY", "CURSOR_KEYS", "RESHARER_KEY")
    needed = {"DATABASE_URL": "postgres://none", "REDIS_URL": "redis://none"}
    return Settings.from_env(
        {**needed, **dict.fromkeys(keys, "00" * 32), **simulated_networks(url), **more}
    )


@dataclass
class Scene:
    """One world with its clock; counts what was asked."""

    stage: Stage = field(default_factory=lambda: Stage(SPEC, Clock.standing(EPOCH)))
    is_online: bool = True

    def __post_init__(self):
        self.app = create_app(self.stage)

    def now(self):
        return datetime.fromtimestamp(self.stage.clock.now, UTC)

    def tools(self):
        transport = httpx2.ASGITransport(self.app) if self.is_online else Unplugged()
        return ClientTools(
            LocalLimiter(self.now), UnmeteredLedger(), self.now, lambda: 0.0, transport
        )

    @asynccontextmanager
    async def connector(self, platform, **env):
        connector = connector_for(platform, settings_of(**env), self.tools())
        try:
            yield connector
        finally:
            await connector.close()

    def network(self, platform):
        return self.stage.world.network(platform.value)

    async def tell(self, place, body):
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.app), base_url=URL
        ) as client:
            answer = await client.post(f"/_sandbox/{place}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def trouble(self, *faults):
        await self.tell("faults", {"name": "all", "isOn": False})
        if faults:
            await self.tell("faults", {"faults": list(faults)})

    async def truth(self, platform):
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.app), base_url=URL
        ) as client:
            posts = (await client.get("/_sandbox/truth")).json()["posts"]
        return [post for post in posts if post["platform"] == platform.value]

    def holder(self, platform, where: Callable = lambda network, one: True):
        """Return somebody who is public, consents, and whom the network can be asked about."""
        network = self.network(platform)
        people = (
            self.stage.world.society.civil_servants.values()
            if platform is Platform.X
            else network.members.values()
        )
        return next(
            one
            for one in people
            if one.is_public
            and one.is_consenting
            and (platform is not Platform.INSTAGRAM or is_professional(network, one))
            and where(network, one)
        )

    def account(self, platform, one):
        return AccountRef(platform, self.network(platform).customs.account_id(one), one.handle)


class Unplugged(httpx2.AsyncBaseTransport):
    """No network at all."""

    async def handle_async_request(self, request):
        raise httpx2.ConnectError("no route", request=request)


def own(one):
    return Auth.of_account(f"sandbox-user-{one.id}")


def auth_for(connector, one):
    """Return the token with which a holder's own posts are read."""
    return APP if Cap.OWN_POSTS in connector.caps else own(one)


def post_of(told):
    return parse_post_url(told["url"], mastodon_hosts=HOSTS)


async def read_all(ask):
    """Read a list to its end: its facts, its issues and its last coverage."""
    facts, issues, cursor = [], [], None
    for _ in range(500):
        page = await ask(cursor)
        facts += page.items
        issues += page.issues
        cursor = page.next
        if cursor is None:
            return facts, issues, page.coverage
    raise AssertionError("The list does not end.")


def altered(spec, **changes):
    return replace(spec, **changes)
