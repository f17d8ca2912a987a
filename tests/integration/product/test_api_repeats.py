"""A change that is sent twice with one key happens once, and answers the same both times."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import factories as make
import pytest
from api_client import ADMIN, CHECKER, MANAGER, ORGANISER, Api, Caller, gid, key_of
from fingerprint import fingerprint
from world import World

SECOND = Caller(ADMIN.role, subject="second")
Twice = Callable[..., Any]


@pytest.fixture
def twice(api: Api) -> Twice:
    """Send a mutation, again, and with other input: only the first call has an effect."""

    async def sent(
        mutation: str, shown: str, other: dict[str, Any], caller: Caller, **given: Any
    ) -> dict[str, Any]:
        keyed = given | {"idempotencyKey": f"{mutation}-1"}
        database = api.settings.database_url
        first = await api.mutate(mutation, shown, caller=caller, **keyed)
        before = await fingerprint(database, without=("api_key",))
        again = await api.mutate(mutation, shown, caller=caller, **keyed)
        assert await fingerprint(database, without=("api_key",)) == before, mutation
        mismatch = await api.mutate(mutation, shown, caller=caller, **keyed | other)
        before.pop("audit_event")
        assert await fingerprint(database) == before, mutation
        assert first["userErrors"] == [], mutation
        assert again == first
        codes = [(error["code"], error["field"]) for error in mismatch.pop("userErrors")]
        assert codes == [("IDEMPOTENCY_MISMATCH", ["idempotencyKey"])], mutation
        assert set(mismatch.values()) == {None}
        return first

    return sent


async def test_a_list_goes_its_way_once(api: Api, world: World, twice: Twice) -> None:
    proposed = {"eventId": gid("Event", world.event), "quotas": []}
    made = (await api.change("InviteListPropose", caller=ORGANISER, **proposed))["inviteList"]
    named = {"inviteListId": made["id"]}
    changed = await twice(
        "inviteListOverride",
        "inviteList { id sha256 } breaks isWaitingForSecondPerson",
        {"reason": "Lain"},
        ORGANISER,
        **named,
        asnId=gid("Asn", world.citra),
        action="REMOVE",
        reason="Sedang bertugas di luar negeri",
    )
    seen = changed["inviteList"]["sha256"]
    other = {"sha256": "0" * 64}
    await twice(
        "inviteListFreeze", "inviteList { id status }", other, ORGANISER, **named, sha256=seen
    )
    other = {"format": "JSONL"}
    await twice("inviteListExport", "export { id }", other, ORGANISER, **named, format="CSV")
    soon = {"replyBy": (datetime.now(UTC) + timedelta(hours=2)).isoformat()}
    late = {"replyBy": (datetime.now(UTC) + timedelta(hours=3)).isoformat()}
    sent = await twice("invitationsSend", "sentCount", late, ORGANISER, **named, **soon)
    assert sent["sentCount"] == 2
    invited = "SELECT id FROM invitation WHERE asn_id = $1"
    await twice(
        "invitationWithdraw",
        "invitation { id status }",
        {"reason": "Lain"},
        ORGANISER,
        invitationId=gid("Invitation", await make.value(invited, world.ani)),
        reason="Acara dipindahkan",
    )


async def test_an_export_with_a_key_stays_the_same_one_when_it_is_done(
    api: Api, world: World
) -> None:
    proposed = {"eventId": gid("Event", world.event)}
    made = (await api.change("InviteListPropose", caller=ORGANISER, **proposed))["inviteList"]
    wish = {"inviteListId": made["id"], "format": "CSV"}

    async def asked(**given: Any) -> str:
        payload = await api.mutate("inviteListExport", "export { id }", caller=ORGANISER, **given)
        return str(payload["export"]["id"])

    unkeyed = await asked(**wish)
    keyed = await asked(**wish, idempotencyKey="satu")
    await make.execute("UPDATE export SET status = 'FAILED'")

    assert keyed == unkeyed
    assert await asked(**wish, idempotencyKey="satu") == keyed
    assert await asked(**wish) != keyed


async def test_a_flag_goes_its_way_once(world: World, twice: Twice) -> None:
    flag = await make.insert(
        "review_flag",
        asn_id=world.ani,
        share_id=world.shares[world.ani],
        rule="COSHARE_PAIR",
        rule_version=1,
        tier="HOLD",
        evidence=[],
        state="OPEN",
        opened_at=make.NOW,
        held_at=make.NOW,
        ingest_seq=1,
    )
    named = {"reviewFlagId": gid("ReviewFlag", flag)}
    shown = "reviewFlag { id state history { kind text } }"
    words, reason = {"text": "Lain"}, {"reason": "Lain"}
    holder = world.as_ani

    await twice("reviewFlagAnswer", shown, words, holder, **named, text="Kami satu ruangan.")
    await twice(
        "reviewDecide", shown, reason, CHECKER, **named, decision="REJECT", reason="Selalu bersama."
    )
    await twice("reviewFlagAppeal", shown, words, holder, **named, text="Kami satu ruangan.")
    done = await twice(
        "reviewAppealDecide", shown, reason, SECOND, **named, decision="UPHOLD", reason="Wajar."
    )

    assert done["reviewFlag"]["state"] == "CLEARED"
    assert len(done["reviewFlag"]["history"]) == 4


async def test_holders_and_reviewers_of_proofs_are_heard_once(
    api: Api, world: World, twice: Twice
) -> None:
    account = {"accountId": gid("SocialAccount", world.accounts[world.ani])}
    proof = {"postId": gid("ProgramPost", world.post), "url": "https://x.com/i/status/1850000001"}
    share = (await api.change("ShareSubmitProof", caller=world.as_ani, **account, **proof))["share"]
    await make.execute("UPDATE share_proof SET state = 'WAITING'")
    decision = {"decision": "ACCEPT", "reason": "Tangkapan layar cocok"}
    other = {"decision": "REFUSE"}
    await twice(
        "shareProofReview", "share { id evidence }", other, CHECKER, **decision, shareId=share["id"]
    )

    me, other = {"asnId": gid("Asn", world.ani)}, {"purpose": "BADGE_PUBLIC"}
    purpose = {"purpose": "PUBLIC_RANKING"}
    await twice("consentWithdraw", "asn { id }", other, world.as_ani, **me, **purpose)
    theirs = {"accountId": gid("SocialAccount", world.accounts[world.budi])}
    await twice("socialAccountRemove", "asn { id }", theirs, world.as_ani, **account)


async def test_what_happens_once_by_its_nature_answers_a_repeat_the_same(
    api: Api, world: World
) -> None:
    account = {"accountId": gid("SocialAccount", world.accounts[world.ani])}
    post = {"postId": gid("ProgramPost", world.post)}
    link = {"asnId": gid("Asn", world.ani), "platform": "X", "handle": "ani_contoh"}
    link |= {"method": "CODE_IN_BIO", "consent": True}
    expiry = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    machine = {"name": "mesin", "role": "AUDITOR", "scopes": ["READ"], "expiresAt": expiry}
    key = (await api.mutate("apiKeyCreate", "apiKey { id }", **machine))["apiKey"]["id"]
    url = {"url": "https://x.com/i/status/1850000001"}
    calls: list[tuple[str, str, Caller, dict[str, Any]]] = [
        ("apiKeyRevoke", "apiKey { id revokedAt }", ADMIN, {"apiKeyId": key}),
        ("trackedLinkCreate", "trackedLink { id code }", world.as_ani, account | post),
        ("shareSubmitProof", "share { id state }", world.as_ani, account | post | url),
        ("socialAccountLink", "account { id challenge { token } }", world.as_ani, link),
    ]
    for mutation, shown, caller, given in calls:
        first = await api.mutate(mutation, shown, caller=caller, **given)
        before = await fingerprint(api.settings.database_url)
        again = await api.mutate(mutation, shown, caller=caller, **given)

        assert first["userErrors"] == [], mutation
        assert again == first
        assert await fingerprint(api.settings.database_url) == before, mutation


async def test_a_post_is_added_to_the_version_that_was_seen(api: Api, world: World) -> None:
    campaign = gid("Campaign", world.campaign)
    given = {
        "campaignId": campaign,
        "platform": "X",
        "url": "https://x.com/a/status/1790000000000000011",
        "title": "Satu",
        "sourceUrl": "https://contoh.go.id/",
        "publishedAt": "2027-01-01T00:00:00Z",
        "idempotencyKey": "satu",
    }
    version = await make.value("SELECT version FROM campaign WHERE id = $1", key_of(campaign))

    async def added(version: int, **changed: Any) -> dict[str, Any]:
        wish = given | {"version": version} | changed
        return await api.mutate("programPostAdd", "post { id }", caller=MANAGER, **wish)

    before = await fingerprint(api.settings.database_url)
    stale = await added(0)
    assert await fingerprint(api.settings.database_url) == before
    first = await added(version)
    again = await added(version)

    assert [(one["code"], one["field"]) for one in stale["userErrors"]] == [
        ("CONFLICT", ["version"])
    ]
    assert first["userErrors"] == []
    assert again == first
