"""A person with a browser, a sandbox of all networks, and a worker that follows them."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit
from uuid import UUID

import factories as make
import httpx2
from api_client import Api, gid, holder, key_of

from api.domain.handles import normalise_handle
from api.domain.platform import Platform
from api.models import new_id, transaction
from api.models.sealed import Sealer
from api.queue import Job, enqueue
from tests.integration.connector_kit import Scene
from workers.platforms import connector_for, login_servers
from workers.tasks import TASKS
from workers.tasks.kit import Kit
from workers.tasks.outbox import Runner

_DUE = """SELECT id FROM outbox_message WHERE state IN ('PENDING', 'SENT') AND due_at <= now()
             AND job = ANY($1) ORDER BY created_at"""
_JOBS = ["finish_login", "revoke_access", "refresh_audience", "scan_timeline"]
STATE = """query($id: ID!) { node(id: $id) { ... on SocialAccount {
           handle verification connection challenge { token outcome } accessLostAt
           changes { kind before after beginsAt endsAt } } } }"""


class Listening(httpx2.AsyncBaseTransport):
    """Remembers in whose name the networks are asked."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner
        self.asked: list[tuple[str, str]] = []
        self.is_down = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append((request.url.path, request.headers.get("authorization", "")))
        if self.is_down:
            raise httpx2.ConnectError("no route", request=request)
        return await self._inner.handle_async_request(request)


@dataclass
class LoginDesk:
    """What a login needs on all sides."""

    api: Api
    scene: Scene
    kit: Kit
    browser: httpx2.AsyncClient
    line: Listening

    def somebody(self, platform: Platform, but: Any = None) -> Any:
        """Return an account of the sandbox."""
        return self.scene.holder(platform, lambda _network, one: one is not but)

    async def link(self, asn_id: UUID, platform: Platform, handle: str) -> dict[str, Any]:
        """Begin a login; return the account with its challenge."""
        given = {
            "asnId": gid("Asn", asn_id),
            "platform": platform.value,
            "handle": handle,
            "method": "OAUTH",
            "consent": True,
        }
        answer = await self.api.change("AccountLink", caller=holder(asn_id), **given)
        assert answer["userErrors"] == []
        account: dict[str, Any] = answer["account"]
        return account

    async def sign_in(self, address: str, **changed: str) -> str:
        """Open the network's page as somebody; return the way back to us."""
        parts = urlsplit(address)
        given = {**dict(parse_qsl(parts.query)), **changed}
        sent = await self.browser.get(urlunsplit(parts._replace(query="")), params=given)
        assert sent.status_code == 302, sent.text
        back = urlsplit(sent.headers["location"])
        return f"{back.path}?{back.query}"

    async def agree(self, back: str) -> httpx2.Response:
        """Read our page and press its button."""
        page = await self.api.client.get(back)
        fields = dict(re.findall(r'name="(state|code)" value="([^"]*)"', page.text))
        return await self.api.client.post(
            urlsplit(back).path, data={name: unescape(value) for name, value in fields.items()}
        )

    async def work(self, *jobs: str) -> None:
        """Run what is due of logins, or of these jobs alone, until nothing is."""
        runner = Runner(self.kit, TASKS)
        async with make.connection() as db:
            due = [row["id"] for row in await db.fetch(_DUE, jobs or _JOBS)]
        for message_id in due:
            await runner.run(message_id)
        if due:
            await self.work(*jobs)

    async def linked(self, asn_id: UUID, platform: Platform, one: Any) -> dict[str, Any]:
        """Link an account from the beginning to the end."""
        account = await self.link(asn_id, platform, one.handle)
        answer = await self.agree(await self.sign_in(account["challenge"]["token"]))
        assert answer.status_code == 202, answer.text
        await self.work()
        return account

    async def state(self, account_id: str) -> dict[str, Any]:
        """Return how an account stands, as its owner sees it."""
        shown: dict[str, Any] = (await self.api.ask(STATE, {"id": account_id}))["node"]
        return shown

    def native_id(self, platform: Platform, one: Any) -> str:
        """Return the network's own id of an account."""
        found: str = self.scene.network(platform).customs.account_id(one)
        return found

    def calls_with(self, token: str) -> list[str]:
        """Return what was asked with a token."""
        return [path for path, sent in self.line.asked if sent == f"Bearer {token}"]

    async def token(self) -> str:
        """Return the one token that is kept, unsealed."""
        async with make.connection() as db:
            row = await db.fetchrow("SELECT account_id, sealed_access FROM account_token")
        return self.kit.sealer.open_token(row["account_id"], row["sealed_access"])

    async def act(self, platform: Platform, one: Any, do: str, **more: Any) -> None:
        """Let something happen to an account at its network."""
        order = {"do": do, "platform": platform.value, "actor": one.handle, **more}
        await self.scene.tell("act", order)

    async def refresh(self, platform: Platform) -> None:
        """Look all profiles of a network up, as if the last look were long ago."""
        await make.execute("UPDATE social_account SET last_checked_at = NULL")
        args = {"platform": platform.value}
        async with transaction() as db:
            await enqueue(db, Job.REFRESH_AUDIENCE, args, key=f"test:{new_id()}")
        await self.work()


def handle_of(platform: Platform, one: Any) -> str:
    """Return a handle as we keep it."""
    return normalise_handle(platform, one.handle)


def account_key(account: dict[str, Any]) -> UUID:
    """Return the key of a shown account."""
    return key_of(account["id"])


@asynccontextmanager
async def login_desk(api: Api) -> AsyncIterator[LoginDesk]:
    """Open all of it."""
    scene, settings = Scene(), api.settings
    async with AsyncExitStack() as stack:
        line = Listening(httpx2.ASGITransport(scene.app))
        tools = replace(scene.tools(), transport=line)
        connectors = {one: connector_for(one, settings, tools) for one in Platform}
        servers = login_servers(settings, tools)
        for connector in connectors.values():
            stack.push_async_callback(connector.close)
        for server in servers.values():
            stack.push_async_callback(server.close)
        browser = await stack.enter_async_context(
            httpx2.AsyncClient(transport=httpx2.ASGITransport(scene.app))
        )
        kit = Kit(settings, Sealer(settings.secrets), connectors, servers)
        yield LoginDesk(api, scene, kit, browser, line)
