"""Proofs of shares: declared by an address, confirmed by the network, else by a second person."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import factories as make
import pytest
from api_client import CHECKER, Api, gid, key_of
from world import World

from api.actions.account_token import keep_token
from api.actions.outbox import claim
from api.domain.matching import PostRef
from api.domain.platform import Platform
from api.models.sealed import Sealer
from api.queue import Job
from workers.platforms.base import (
    Auth,
    AuthRevoked,
    Cap,
    NotFound,
    OwnPost,
    Page,
    Reference,
    ReferenceKind,
)
from workers.tasks.kit import Kit, Work
from workers.tasks.proofs import check_proof

NATIVE = "1850000000000000001"
URL = f"https://x.com/i/web/status/{NATIVE}"
REVIEW = """mutation($input: ShareProofReviewInput!) { shareProofReview(input: $input) {
            share { evidence state } userErrors { code field } } }"""


@dataclass
class Network:
    """A network that shows one post, or does not tell who wrote it."""

    author_id: str | None = None
    references: tuple[Reference, ...] = ()
    links: tuple[str, ...] = ()
    is_gone: bool = False
    text: str | None = None
    age: timedelta = timedelta(hours=1)
    refusal: AuthRevoked | None = None
    caps: Cap = Cap.RESOLVE_URL | Cap.OWN_POSTS
    asked_as: list[Auth] = field(default_factory=list)

    async def resolve(self, post: PostRef, auth: object) -> PostRef:
        if self.is_gone:
            raise NotFound
        return replace(post, author_id=self.author_id)

    async def own_posts(self, account: Any, auth: Auth, *_: object) -> Page[OwnPost]:
        self.asked_as.append(auth)
        if self.refusal is not None:
            raise self.refusal
        now = datetime.now(UTC)
        at = now - self.age
        mine = OwnPost(Platform.X, NATIVE, account.id, now, at, URL, self.references, self.links)
        return Page((replace(mine, text=self.text),))


async def submit(api: Api, world: World, url: str = URL) -> dict[str, Any]:
    given = {
        "postId": gid("ProgramPost", world.post),
        "accountId": gid("SocialAccount", world.accounts[world.ani]),
        "url": url,
    }
    return await api.change("ShareSubmitProof", caller=world.as_ani, **given)


async def check(api: Api, network: Network | None) -> None:
    """Run the waiting check as a worker does; without a network it is switched off."""
    statement = "SELECT id FROM outbox_message WHERE job = 'check_proof' AND state <> 'DONE'"
    taken = await claim(await make.value(statement), [Job.CHECK_PROOF.value], 60)
    assert taken is not None
    connectors: Any = {} if network is None else {Platform.X: network}
    kit = Kit(api.settings, Sealer(api.settings.secrets), connectors)
    await check_proof(kit, Work(taken.lease, Job.CHECK_PROOF, taken.args))


async def quoting(world: World) -> Network:
    """A post of Ani's that quotes the program post."""
    account = "SELECT platform_user_id FROM social_account WHERE id = $1"
    post = "SELECT official_post_ref FROM program_post WHERE id = $1"
    user_id = await make.value(account, world.accounts[world.ani])
    await make.insert(
        "account_key",
        platform="X",
        platform_user_id=user_id,
        asn_id=world.ani,
        account_id=world.accounts[world.ani],
    )
    return Network(
        author_id=user_id,
        references=(Reference(ReferenceKind.QUOTED, await make.value(post, world.post)),),
    )


async def shown(share_id: str) -> tuple[Any, ...]:
    statement = "SELECT evidence_level, kind, review FROM share WHERE id = $1"
    async with make.connection() as db:
        return tuple(await db.fetchrow(statement, key_of(share_id)))


async def test_the_network_confirms_a_declared_share(api: Api, world: World) -> None:
    answer = await submit(api, world)
    share = answer["share"]
    await check(api, await quoting(world))

    assert answer["userErrors"] == []
    assert share["evidence"] == "DECLARED"
    assert await shown(share["id"]) == ("API_CONFIRMED", "QUOTE", "CLEAR")
    assert await make.value("SELECT state FROM share_proof") == "ACCEPTED"


async def test_a_proof_meets_the_share_that_a_list_has_seen(api: Api, world: World) -> None:
    await submit(api, world)
    await make.execute(
        "UPDATE share SET key = 'X:QUOTE:' || $1, native_id = $1 WHERE id = $2",
        NATIVE,
        world.shares[world.ani],
    )
    await check(api, await quoting(world))

    native = "SELECT array_agg(id) FROM share WHERE native_id = $1"
    assert await make.value(native, NATIVE) == [world.shares[world.ani]]
    mechanisms = (
        "SELECT array_agg(mechanism ORDER BY mechanism) FROM share_evidence WHERE share_id = $1"
    )
    assert await make.value(mechanisms, world.shares[world.ani]) == ["LIST_QUOTES", "PROOF"]


async def test_a_repeat_changes_nothing(api: Api, world: World) -> None:
    first = await submit(api, world)

    assert await submit(api, world, f"{URL}?s=20&t=abc") == first
    assert await make.value("SELECT count(*) FROM share_proof") == 1


async def test_a_post_that_does_not_carry_the_program_post_waits_for_a_person(
    api: Api, world: World
) -> None:
    share = (await submit(api, world))["share"]
    await check(api, replace(await quoting(world), references=()))

    assert (await shown(share["id"]))[0] == "DECLARED"
    proof = "SELECT state || ' ' || outcome_code FROM share_proof"
    assert await make.value(proof) == "WAITING NOT_CARRIED"
    given = {"shareId": share["id"], "decision": "ACCEPT", "reason": "Tangkapan layar cocok"}
    decided = await api.ask(REVIEW, {"input": given}, caller=CHECKER)
    assert decided["shareProofReview"]["share"]["evidence"] == "PROOF_REVIEWED"
    again = await api.ask(REVIEW, {"input": given}, caller=CHECKER)
    assert again["shareProofReview"]["userErrors"] == [{"code": "INVALID_STATE", "field": None}]


WORDS = "Imunisasi lengkap melindungi anak dari campak, polio dan difteri; datanglah ke posyandu!"
OUTCOME = "SELECT state || ' ' || outcome_code FROM share_proof"


async def saying(world: World, text: str) -> Network:
    """A post of Ani's with words only; the program post says WORDS."""
    await make.execute("UPDATE program_post SET text = $1 WHERE id = $2", WORDS, world.post)
    return replace(await quoting(world), references=(), text=text)


async def test_a_post_in_nearly_the_same_words_carries_the_program_post(
    api: Api, world: World
) -> None:
    share = (await submit(api, world))["share"]
    await check(api, await saying(world, f"Yuk Bunda bunga-kenari! {WORDS.upper()} #AnakSehat"))

    assert await make.value(OUTCOME) == "ACCEPTED SAME_TEXT"
    assert await shown(share["id"]) == ("API_CONFIRMED", "LINK_POST", "CLEAR")
    for table in ("share", "share_evidence", "share_proof", "outbox_message", "audit_event"):
        held = f"SELECT count(*) FROM {table} t WHERE t::text ILIKE '%kenari%'"  # noqa: S608
        assert await make.value(held) == 0


async def test_a_suggested_wording_carries_the_program_post_too(api: Api, world: World) -> None:
    await submit(api, world)
    network = await saying(
        world, "Besok semua anak balita bisa ditimbang gratis di balai desa kita"
    )
    await make.insert(
        "post_variant", post_id=world.post, position=9, locale="id", text=network.text
    )
    await check(api, network)

    assert await make.value(OUTCOME) == "ACCEPTED SAME_TEXT"


async def test_a_post_in_other_words_waits_for_a_person(api: Api, world: World) -> None:
    share = (await submit(api, world))["share"]
    await check(api, await saying(world, "Anak sehat itu anak yang rajin ke posyandu, ya Bunda."))

    assert await make.value(OUTCOME) == "WAITING NOT_CARRIED"
    assert (await shown(share["id"]))[0] == "DECLARED"


async def test_a_post_from_before_the_program_post_waits_for_a_person(
    api: Api, world: World
) -> None:
    await submit(api, world)
    await check(api, replace(await saying(world, WORDS), age=timedelta(days=3_000)))

    assert await make.value(OUTCOME) == "WAITING TOO_EARLY"


async def test_where_only_the_owner_sees_a_post_it_is_looked_up_with_their_own_access(
    api: Api, world: World
) -> None:
    await submit(api, world)
    network = replace(
        await quoting(world), is_gone=True, caps=Cap.RESOLVE_URL | Cap.OWN_POSTS_BY_TOKEN
    )
    async with make.connection() as db:
        account = world.accounts[world.ani]
        await keep_token(db, Sealer(api.settings.secrets), account, "token-of-ani", None)
    await check(api, network)

    assert network.asked_as == [Auth.of_account("token-of-ani")]
    assert await make.value(OUTCOME) == "ACCEPTED API_CONFIRMED"


@pytest.mark.parametrize(
    ("is_expired", "outcome", "stands"),
    [(True, "WAITING AUTH_REVOKED", ("EXPIRED", 1)), (False, None, ("REVOKED", 0))],
)
async def test_an_access_that_is_refused_is_not_used_again(
    api: Api, world: World, is_expired: bool, outcome: str | None, stands: tuple[str, int]
) -> None:
    await submit(api, world)
    account = world.accounts[world.ani]
    network = replace(
        await quoting(world),
        refusal=AuthRevoked(is_expired=is_expired),
        caps=Cap.RESOLVE_URL | Cap.OWN_POSTS_BY_TOKEN,
    )
    async with make.connection() as db:
        await keep_token(db, Sealer(api.settings.secrets), account, "token-of-ani", None)
    await check(api, network)

    usable = "SELECT count(*) FROM account_token WHERE NOT is_revoke_only"
    consents = "SELECT count(*) FROM consent WHERE account_id = $1 AND withdrawn_at IS NULL"
    connection = "SELECT connection FROM social_account WHERE id = $1"
    assert await make.value(usable) == 0
    assert await make.value(OUTCOME) == outcome
    shown = await make.value(connection, account), await make.value(consents, account)
    assert shown == stands


async def test_without_that_access_a_person_decides_and_nothing_is_refused(
    api: Api, world: World
) -> None:
    share = (await submit(api, world))["share"]
    network = replace(
        await quoting(world), is_gone=True, caps=Cap.RESOLVE_URL | Cap.OWN_POSTS_BY_TOKEN
    )
    await check(api, network)

    assert network.asked_as == []
    assert await make.value(OUTCOME) == "WAITING MISSING_PERMISSION"
    assert (await shown(share["id"]))[2] == "CLEAR"


async def test_a_network_that_is_switched_off_leaves_it_to_a_person(api: Api, world: World) -> None:
    share = (await submit(api, world))["share"]
    await check(api, None)

    refuse = {"shareId": share["id"], "decision": "REFUSE", "reason": "Bukan unggahan ini"}
    await api.ask(REVIEW, {"input": refuse}, caller=CHECKER)
    assert await shown(share["id"]) == ("DECLARED", "LINK_POST", "REJECTED")


@pytest.mark.parametrize(
    ("network", "code"),
    [(Network(author_id="999"), "NOT_YOURS"), (Network(is_gone=True), "NOT_FOUND")],
)
async def test_what_the_network_denies_is_refused(
    api: Api, world: World, network: Network, code: str
) -> None:
    share = (await submit(api, world))["share"]
    await check(api, network)

    assert await make.value("SELECT outcome_code FROM share_proof") == code
    assert (await shown(share["id"]))[2] == "REJECTED"


async def test_the_post_of_somebody_else_is_refused_and_nobody_is_named(
    api: Api, world: World
) -> None:
    theirs = await make.value("SELECT url FROM share WHERE id = $1", world.shares[world.budi])
    handle = await make.value(
        "SELECT handle FROM social_account WHERE id = $1", world.accounts[world.budi]
    )

    for url in (theirs, f"https://x.com/{handle}/status/{NATIVE}"):
        answer = await submit(api, world, url)
        assert [(e["code"], e["field"]) for e in answer["userErrors"]] == [("INVALID", ["url"])]
        assert "Budi" not in str(answer)
        assert handle not in str(answer)
    assert await make.value("SELECT count(*) FROM share_proof") == 0


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://127.0.0.1/status/1",
        "https://10.0.0.8/x/status/1",
        "https://x.com.contoh.id/a/status/1",
        "https://contoh.id/berita",
    ],
)
async def test_an_address_that_is_no_post_is_refused(api: Api, world: World, url: str) -> None:
    answer = await submit(api, world, url)

    assert [(e["code"], e["field"]) for e in answer["userErrors"]] == [("INVALID_URL", ["url"])]


async def test_every_network_is_shown_with_what_is_not_known_yet(api: Api) -> None:
    question = (
        "{ platformHealth { platform lastSuccessAt lastErrorCode budgetMicroUsd nextTryAt } }"
    )

    rows = (await api.ask(question))["platformHealth"]

    assert [row["platform"] for row in rows] == [each.value for each in Platform]
    assert {row["lastSuccessAt"] for row in rows} == {None}
