"""Linking an account: handle rules, consent, challenge, proof by code, and leaving again."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import factories as make
import pytest
from api_client import ADMIN, Api, Caller, gid, key_of
from world import FIRST_MANAGER, World

from api.actions.outbox import claim
from api.actions.shares import Evidence, NewShare, store_shares
from api.domain.platform import EvidenceLevel, Platform, ShareKind
from api.models import transaction
from api.models.sealed import Sealer
from api.queue import Job
from api.reads.ownership import open_claim
from workers.platforms.base import Cap, OwnPost, Page, ProfileFact
from workers.tasks.kit import Kit, Work
from workers.tasks.ownership import check_ownership

WITHDRAW = """mutation($input: ConsentWithdrawInput!) { consentWithdraw(input: $input) {
              asn { consents { purpose withdrawnAt stopDueAt stoppedAt accountId } }
              userErrors { code field } } }"""
REMOVE = """mutation($input: SocialAccountRemoveInput!) { socialAccountRemove(input: $input) {
            asn { accounts { id } } userErrors { code field } } }"""
STATE = """query($id: ID!) { node(id: $id) { ... on SocialAccount {
           verification ownershipVerifiedAt connection challenge { outcome } } } }"""


@dataclass
class Network:
    """A network of one account, as a connector tells of it."""

    id: str = "777001"
    bio: str = ""
    links: tuple[str, ...] = ()
    caps: Cap = Cap.PROFILE_PUBLIC | Cap.OWN_POSTS
    asked: list[object] = field(default_factory=list)

    async def profiles(self, refs: Any, auth: object) -> Page[ProfileFact]:
        self.asked += refs
        now = datetime.now(UTC)
        fact = ProfileFact(Platform.X, self.id, now, handle=refs[0].handle, description=self.bio)
        return Page((fact,))

    async def own_posts(self, account: Any, *_: object) -> Page[OwnPost]:
        now = datetime.now(UTC)
        return Page((OwnPost(Platform.X, "1", account.id, now, links=self.links),))


def wish(asn_id: UUID, **changed: Any) -> dict[str, Any]:
    given = {
        "asnId": gid("Asn", asn_id),
        "platform": "X",
        "handle": "@Ani_Baru",
        "method": "CODE_IN_BIO",
        "consent": True,
    }
    return {**given, **changed}


async def linked(api: Api, asn_id: UUID, caller: Caller, **changed: Any) -> dict[str, Any]:
    answer = await api.change("AccountLink", caller=caller, **wish(asn_id, **changed))
    assert answer["userErrors"] == []
    account: dict[str, Any] = answer["account"]
    return account


async def check(api: Api, network: Network) -> None:
    """Run the waiting check as a worker does."""
    statement = """UPDATE outbox_message SET due_at = now()
                    WHERE job = 'check_ownership' AND state IN ('PENDING', 'SENT') RETURNING id"""
    taken = await claim(await make.value(statement), [Job.CHECK_OWNERSHIP.value], 60)
    assert taken is not None
    kit = Kit(api.settings, Sealer(api.settings.secrets), {Platform.X: network})  # type: ignore[dict-item]
    await check_ownership(kit, Work(taken.lease, Job.CHECK_OWNERSHIP, taken.args))


async def state(api: Api, account_id: str) -> dict[str, Any]:
    shown: dict[str, Any] = (await api.ask(STATE, {"id": account_id}))["node"]
    return shown


async def test_a_code_in_the_bio_proves_an_account(api: Api, world: World) -> None:
    account = await linked(api, world.ani, world.as_ani)
    network = Network()

    await check(api, network)
    early = await state(api, account["id"])
    network.bio = f"Duta. {account['challenge']['token'].upper()}"
    await check(api, network)

    assert account["handle"] == "ani_baru"
    assert account["challenge"]["token"] in account["challenge"]["instruction"]
    assert early["challenge"] == {"outcome": "CODE_MISSING"}
    proved = await state(api, account["id"])
    assert proved["verification"] == "VERIFIED"
    assert proved["ownershipVerifiedAt"] is not None
    assert proved["challenge"] is None


async def test_an_address_in_a_post_proves_an_account(api: Api, world: World) -> None:
    account = await linked(api, world.ani, world.as_ani, method="CODE_IN_POST")
    address = account["challenge"]["token"]

    await check(api, Network(links=("https://contoh.go.id", address)))

    assert address.startswith(f"{api.settings.public_url}/v/gema-")
    assert (await state(api, account["id"]))["verification"] == "VERIFIED"


async def test_a_repeat_answers_with_the_standing_challenge(api: Api, world: World) -> None:
    first = await linked(api, world.ani, world.as_ani)

    assert await linked(api, world.ani, world.as_ani, handle="ani_baru") == first
    open_checks = "SELECT count(*) FROM outbox_message WHERE job = 'check_ownership'"
    assert await make.value(open_checks) == 1


@pytest.mark.parametrize(
    "handle",
    ["https://x.com/ani", "ani baru", "ani\N{GRINNING FACE}", "\N{CYRILLIC SMALL LETTER A}ni", ""],
)
async def test_what_is_no_handle_is_refused(api: Api, world: World, handle: str) -> None:
    given = wish(world.ani, handle=handle)

    assert await api.problems("AccountLink", caller=world.as_ani, **given) == [
        ("INVALID_HANDLE", ["handle"])
    ]


async def test_without_consent_nothing_is_kept_or_read(api: Api, world: World) -> None:
    given = wish(world.ani, consent=False)

    found = await api.problems("AccountLink", caller=world.as_ani, **given)

    assert found == [("CONSENT_MISSING", ["consent"])]
    assert await make.value("SELECT count(*) FROM social_account WHERE handle = 'ani_baru'") == 0


async def test_an_account_of_somebody_else_is_taken_and_nobody_is_named(
    api: Api, world: World
) -> None:
    handle = await make.value(
        "SELECT handle FROM social_account WHERE id = $1", world.accounts[world.budi]
    )
    given = wish(world.ani, handle=handle.upper())
    answer = await api.change("AccountLink", caller=world.as_ani, **given)

    assert [(e["code"], e["field"]) for e in answer["userErrors"]] == [("TAKEN", ["handle"])]
    assert "Budi" not in str(answer)


async def test_a_proof_never_takes_over_what_somebody_else_holds(api: Api, world: World) -> None:
    await make.insert(
        "account_key",
        platform="X",
        platform_user_id="777001",
        asn_id=world.budi,
        account_id=world.accounts[world.budi],
    )
    account = await linked(api, world.ani, world.as_ani)

    await check(api, Network(bio=account["challenge"]["token"]))

    assert (await state(api, account["id"]))["verification"] == "REJECTED"
    owner = "SELECT asn_id FROM account_key WHERE platform_user_id = '777001'"
    assert await make.value(owner) == world.budi


async def test_nobody_links_for_another(api: Api, world: World) -> None:
    given = wish(world.budi)
    found = await api.problems("AccountLink", caller=world.as_ani, **given)

    assert found == [("NOT_FOUND", ["asnId"])]
    denied = """mutation($i: SocialAccountLinkInput!) {
                socialAccountLink(input: $i) { userErrors { code } } }"""
    refused = await api.refused(denied, {"i": wish(world.ani)}, caller=FIRST_MANAGER)
    assert refused["code"] == "FORBIDDEN"


async def test_a_withdrawal_stops_everything_at_once_and_shows_its_clock(
    api: Api, world: World
) -> None:
    account_id = world.accounts[world.ani]
    for args in ({"account_id": str(account_id)}, {"share_id": str(world.shares[world.ani])}):
        await message(args)
    await make.insert(
        "account_token",
        asn_id=world.ani,
        account_id=account_id,
        sealed_access=b"x",
        is_revoke_only=False,
        created_at=make.NOW,
    )
    given = {
        "asnId": gid("Asn", world.ani),
        "purpose": "ACCOUNT_TRACKING",
        "accountId": gid("SocialAccount", account_id),
    }

    answer = await api.ask(WITHDRAW, {"input": given}, caller=world.as_ani)

    (shown,) = [
        each
        for each in answer["consentWithdraw"]["asn"]["consents"]
        if each["purpose"] == "ACCOUNT_TRACKING"
    ]
    withdrawn, due = (datetime.fromisoformat(shown[name]) for name in ("withdrawnAt", "stopDueAt"))
    assert (due - withdrawn).total_seconds() == 72 * 3600
    assert shown["stoppedAt"] is None
    assert key_of(shown["accountId"]) == account_id
    live = "SELECT count(*) FROM outbox_message WHERE state = 'PENDING' AND key LIKE 'test:%'"
    assert await make.value(live) == 0
    assert await make.value("SELECT is_revoke_only FROM account_token") is True


async def test_no_other_purpose_ends_with_a_withdrawal(api: Api, world: World) -> None:
    given = {"asnId": gid("Asn", world.ani), "purpose": "PUBLIC_RANKING"}

    answer = await api.ask(WITHDRAW, {"input": given}, caller=world.as_ani)
    consents = answer["consentWithdraw"]["asn"]["consents"]

    ended = {each["purpose"] for each in consents if each["withdrawnAt"]}
    assert ended == {"PUBLIC_RANKING"}
    again = await api.ask(WITHDRAW, {"input": given}, caller=world.as_ani)
    assert again["consentWithdraw"]["userErrors"] == [{"code": "INVALID_STATE", "field": None}]


async def test_a_removed_account_is_gone_and_free_for_another_owner(api: Api, world: World) -> None:
    account = await linked(api, world.ani, world.as_ani)
    await check(api, Network(bio=account["challenge"]["token"]))

    answer = await api.ask(REMOVE, {"input": {"accountId": account["id"]}}, caller=world.as_ani)

    left = [each["id"] for each in answer["socialAccountRemove"]["asn"]["accounts"]]
    assert account["id"] not in left
    assert await make.value("SELECT count(*) FROM account_key") == 0
    other = await linked(api, world.budi, ADMIN)
    await check(api, Network(bio=other["challenge"]["token"]))
    assert (await state(api, other["id"]))["verification"] == "VERIFIED"


async def test_a_check_that_is_overtaken_by_a_withdrawal_stores_nothing(
    api: Api, world: World
) -> None:
    account = await linked(api, world.ani, world.as_ani)
    key = key_of(account["id"])
    given = {
        "asnId": gid("Asn", world.ani),
        "purpose": "ACCOUNT_TRACKING",
        "accountId": account["id"],
    }
    await api.ask(WITHDRAW, {"input": given}, caller=world.as_ani)

    verification = "SELECT id FROM account_verification WHERE account_id = $1"
    assert await open_claim(await make.value(verification, key)) is None
    statement = "SELECT state FROM outbox_message WHERE job = 'check_ownership'"
    assert await make.value(statement) == "CANCELLED"


async def message(args: dict[str, str]) -> UUID:
    """Put work into the outbox."""
    return await make.insert(
        "outbox_message",
        job="test",
        args=args,
        key=f"test:{args}",
        state="PENDING",
        due_at=make.NOW,
        attempts=0,
        failures=0,
        created_at=make.NOW,
    )


async def test_nothing_is_stored_after_a_withdrawal_while_ingests_run(
    api: Api, world: World
) -> None:
    account_id = world.accounts[world.ani]
    stored_at: list[datetime] = []
    is_over = asyncio.Event()

    async def ingest(worker: int) -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            stored_at.extend(await store_one(world, f"{worker}-{number}"))

    async def withdraw() -> datetime:
        await asyncio.sleep(0.5)
        given = {
            "asnId": gid("Asn", world.ani),
            "purpose": "ACCOUNT_TRACKING",
            "accountId": gid("SocialAccount", account_id),
        }
        await api.ask(WITHDRAW, {"input": given}, caller=world.as_ani)
        committed = datetime.now(UTC)
        await asyncio.sleep(0.5)
        is_over.set()
        return committed

    committed, *_ = await asyncio.gather(withdraw(), *(ingest(worker) for worker in range(4)))

    assert stored_at
    assert max(stored_at) <= committed
    later = "SELECT count(*) FROM share WHERE account_id = $1 AND first_observed_at > $2"
    assert await make.value(later, account_id, committed) == 0


async def store_one(world: World, name: str) -> list[datetime]:
    """Store a share as a scan does; return when it was observed, nothing if it was dropped."""
    now = datetime.now(UTC)
    row = NewShare(
        asn_id=world.ani,
        program_post_id=world.post,
        account_id=world.accounts[world.ani],
        platform=Platform.X,
        kind=ShareKind.QUOTE,
        key=f"X:QUOTE:{name}",
        native_id=name,
        url=None,
        shared_at=now,
        is_time_observed=True,
        first_observed_at=now,
        evidence=Evidence("LIST_QUOTES", EvidenceLevel.API_CONFIRMED, name),
    )
    async with transaction() as db:
        stored = await store_shares(db, [row])
    return [now] * stored.new_count
