"""Events of networks: signed or refused, stored before they are read, each read once."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import factories as make
import pytest
from api_client import Api, serving
from world import World, build_world

from api.actions.outbox import claim
from api.actions.watermark import join_ingest
from api.domain.platform import Platform, ShareKind
from api.models.sealed import Sealer
from api.queue import Job
from api.settings import Settings
from workers.platforms.base import Revocation, ShareFact
from workers.tasks.kit import Kit, Work
from workers.tasks.webhooks import read_webhook

SECRET = "gema-test-secret"  # noqa: S105 (of the published test vectors)
BODY = b'{"data":{"event_uuid":"e-1","event_type":"post.repost.create"}}'
ROWS = "SELECT count(*) FROM outbox_message WHERE job = 'webhook'"


@pytest.fixture
async def signing(settings: Settings) -> AsyncIterator[Api]:
    x = replace(settings.x, consumer_secret=SECRET)
    facebook = replace(settings.facebook, app_secret=SECRET, verify_token="kata-uji")  # noqa: S106
    async with serving(replace(settings, x=x, facebook=facebook)) as served:
        yield served


def signed(body: bytes) -> dict[str, str]:
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    return {"x-twitter-webhooks-signature": f"sha256={base64.b64encode(digest).decode()}"}


async def test_the_challenge_of_x_is_answered(signing: Api) -> None:
    answer = await signing.client.get("/webhooks/x", params={"crc_token": "challenge-1"})

    wanted = "sha256=S4AZKL8YM1WgklfhfTmbKK5rhmEHKB2UvELJ+shNodM="
    assert answer.json() == {"response_token": wanted}


async def test_meta_is_answered_only_with_the_agreed_word(signing: Api) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "kata-uji", "hub.challenge": "1158201444"}
    good = await signing.client.get("/webhooks/facebook", params=asked)
    bad = await signing.client.get(
        "/webhooks/facebook", params={**asked, "hub.verify_token": "lain"}
    )

    assert (good.status_code, good.text) == (200, "1158201444")
    assert bad.status_code == 403


@pytest.mark.parametrize("headers", [{}, signed(b"other"), {"x-hub-signature-256": "sha256=00"}])
async def test_a_wrong_signature_leaves_no_row(signing: Api, headers: dict[str, str]) -> None:
    answer = await signing.client.post("/webhooks/x", content=BODY, headers=headers)

    assert answer.status_code == 401
    assert await make.value(ROWS) == 0


async def test_a_repeat_adds_no_row_even_after_it_was_read(signing: Api) -> None:
    for _ in range(2):
        answer = await signing.client.post("/webhooks/x", content=BODY, headers=signed(BODY))
        assert answer.status_code == 200
    await make.execute("UPDATE outbox_message SET state = 'DONE', body = NULL")
    await signing.client.post("/webhooks/x", content=BODY, headers=signed(BODY))

    assert await make.value(ROWS) == 1


async def test_a_large_body_is_refused(signing: Api) -> None:
    body = b" " * 5_000_000
    answer = await signing.client.post("/webhooks/x", content=body, headers=signed(body))

    assert answer.status_code == 413
    assert await make.value(ROWS) == 0


@pytest.mark.parametrize("name", ["mastodon", "X", "nothing"])
async def test_only_networks_that_sign_call_back(signing: Api, name: str) -> None:
    assert (await signing.client.post(f"/webhooks/{name}", content=BODY)).status_code == 404


@dataclass
class Network:
    """A network whose events say what the test wants."""

    said: list[Any]

    def events(self, body: bytes) -> list[Any]:
        assert body == BODY
        return self.said


async def read(api: Api, said: list[Any]) -> None:
    await api.client.post("/webhooks/x", content=BODY, headers=signed(BODY))
    taken = await claim(
        await make.value("SELECT id FROM outbox_message WHERE job = 'webhook'"), ["webhook"], 60
    )
    assert taken is not None
    connectors: Any = {Platform.X: Network(said)}
    kit = Kit(api.settings, Sealer(api.settings.secrets), connectors)
    await read_webhook(kit, Work(taken.lease, Job.WEBHOOK, taken.args))


async def named(world: World) -> tuple[str, str]:
    """Return the id of the program post and that of Ani's account, which is known by it."""
    user = "SELECT platform_user_id FROM social_account WHERE id = $1"
    user_id: str = await make.value(user, world.accounts[world.ani])
    await make.insert(
        "account_key",
        platform="X",
        platform_user_id=user_id,
        asn_id=world.ani,
        account_id=world.accounts[world.ani],
    )
    post = "SELECT official_post_ref FROM program_post WHERE id = $1"
    return await make.value(post, world.post), user_id


async def test_an_event_and_a_list_meet_in_one_row(signing: Api) -> None:
    world = await build_world(signing.settings)
    post_ref, user_id = await named(world)
    at = datetime.now(UTC)
    quote = ShareFact(Platform.X, ShareKind.QUOTE, post_ref, user_id, at, "1850000000000000009", at)
    await make.execute(
        "UPDATE share SET key = $1, native_id = $2 WHERE id = $3",
        quote.key,
        quote.native_id,
        world.shares[world.ani],
    )

    await read(signing, [quote])

    share = "SELECT array_agg(id) FROM share WHERE native_id = $1"
    assert await make.value(share, quote.native_id) == [world.shares[world.ani]]
    evidence = (
        "SELECT array_agg(mechanism ORDER BY mechanism) FROM share_evidence WHERE share_id = $1"
    )
    assert await make.value(evidence, world.shares[world.ani]) == ["EVENT", "LIST_QUOTES"]
    assert await make.value("SELECT body FROM outbox_message WHERE job = 'webhook'") is None


async def test_a_revocation_ends_the_consent(signing: Api) -> None:
    world = await build_world(signing.settings)
    _, user_id = await named(world)

    await read(signing, [Revocation(Platform.X, user_id, datetime.now(UTC))])

    open_consents = "SELECT count(*) FROM consent WHERE account_id = $1 AND withdrawn_at IS NULL"
    assert await make.value(open_consents, world.accounts[world.ani]) == 0
    assert await make.value(open_consents, world.accounts[world.budi]) == 1


async def test_a_revocation_waits_for_whoever_stores_observations_of_the_account(
    signing: Api,
) -> None:
    world = await build_world(signing.settings)
    _, user_id = await named(world)
    ended = "SELECT count(*) FROM consent WHERE account_id = $1 AND withdrawn_at IS NOT NULL"
    waiting = """SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                    AND mode = 'ExclusiveLock'"""

    async with make.connection() as ingest, ingest.transaction():
        await join_ingest(ingest)
        revoked = asyncio.create_task(
            read(signing, [Revocation(Platform.X, user_id, datetime.now(UTC))])
        )
        async with asyncio.timeout(10):
            while await make.value(waiting) == 0 and not revoked.done():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        during = await make.value(ended, world.accounts[world.ani])
        stored_at = datetime.now(UTC)
    await revoked

    assert during == 0
    assert await make.value(ended, world.accounts[world.ani]) == 1
    withdrawn_at = "SELECT max(withdrawn_at) FROM consent WHERE account_id = $1"
    assert await make.value(withdrawn_at, world.accounts[world.ani]) > stored_at
