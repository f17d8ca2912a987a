"""An id of somebody else's object gets, everywhere, the answer of an id that nothing has."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import factories as make
from api_client import Api, Caller, gid
from fingerprint import fingerprint
from id_places import Place, id_places
from owned import objects
from world import World

from api.domain.access import Role

# What each id names; None where nobody's object is foreign, with the reason below.
NAMED: dict[str, str | None] = {
    "agencies.filter.provinceId": None,
    "asn.id": "Asn",
    "asns.filter.agencyId": "Agency",
    "asns.filter.provinceId": None,
    "auditEvents.filter.objectId": "Program",
    "campaign.id": "Campaign",
    "campaigns.filter.agencyId": "Agency",
    "campaigns.filter.programId": "Program",
    "event.id": "Event",
    "events.filter.agencyId": "Agency",
    "programs.filter.agencyId": "Agency",
    "export.id": "Export",
    "node.id": "Asn",
    "nodes.ids": "Asn",
    "ranking.filter.agencyId": "Agency",
    "ranking.filter.provinceId": None,
    "ranking.filter.scoreRunId": None,
    "rankingExplanation.asnId": "Asn",
    "reviewFlags.filter.asnId": "Asn",
    "apiKeyCreate.agencyId": "Agency",
    "apiKeyRevoke.apiKeyId": "ApiKey",
    "campaignApprove.campaignId": "Campaign",
    "campaignCancel.campaignId": "Campaign",
    "campaignClose.campaignId": "Campaign",
    "campaignCreate.audience.agencyIds": None,
    "campaignCreate.audience.provinceIds": None,
    "campaignCreate.programId": "Program",
    "campaignLaunch.campaignId": "Campaign",
    "campaignPause.campaignId": "Campaign",
    "campaignRequestChanges.campaignId": "Campaign",
    "campaignResume.campaignId": "Campaign",
    "campaignSubmit.campaignId": "Campaign",
    "consentWithdraw.accountId": "SocialAccount",
    "consentWithdraw.asnId": "Asn",
    "correctionAcknowledge.noticeId": "CorrectionNotice",
    "employeeNumberReveal.asnId": "Asn",
    "eventCancel.eventId": "Event",
    "eventCreate.agencyId": "Agency",
    "eventPublish.eventId": "Event",
    "eventUpdate.eventId": "Event",
    "invitationWithdraw.invitationId": "Invitation",
    "invitationsSend.inviteListId": "InviteList",
    "inviteListExport.inviteListId": "InviteList",
    "inviteListFreeze.inviteListId": "InviteList",
    "inviteListOverride.asnId": "Asn",
    "inviteListOverride.inviteListId": "InviteList",
    "inviteListPropose.eventId": "Event",
    "inviteListPropose.lotAmongLevelOf": "InviteList",
    "inviteListPropose.quotas.keyId": None,
    "inviteListPropose.scoreRunId": None,
    "programCreate.agencyId": "Agency",
    "programPostAdd.campaignId": "Campaign",
    "programPostCorrect.postId": "ProgramPost",
    "reviewAppealDecide.reviewFlagId": "ReviewFlag",
    "reviewDecide.reviewFlagId": "ReviewFlag",
    "reviewFlagAnswer.reviewFlagId": "ReviewFlag",
    "reviewFlagAppeal.reviewFlagId": "ReviewFlag",
    "shareProofReview.shareId": "Share",
    "shareSubmitProof.accountId": "SocialAccount",
    "shareSubmitProof.postId": "ProgramPost",
    "socialAccountLink.asnId": "Asn",
    "socialAccountRemove.accountId": "SocialAccount",
    "trackedLinkCreate.accountId": "SocialAccount",
    "trackedLinkCreate.postId": "ProgramPost",
    "campaignProgress.id": "Campaign",
    "exportUpdated.id": "Export",
}
# Provinces, score runs and the names of agencies are everybody's to know (test_access_matrix.py).
OPEN_TO_ALL = {"Agency", "Province", "ScoreRun"}
# What the smallest input needs beyond values of the right type, to get as far as the id.
GIVEN: dict[str, dict[str, Any]] = {
    "apiKeyCreate": {"role": "AUDITOR"},
    "campaignCreate": {"endsAt": "2027-02-01T00:00:00Z"},
    "consentWithdraw.accountId": {"purpose": "METRICS"},
    "consentWithdraw.asnId": {"purpose": "PUBLIC_RANKING"},
    "programPostAdd": {"platform": "X", "url": "https://x.com/a/status/1790000000000000012"},
    "shareSubmitProof": {"url": "https://x.com/i/status/1850000001"},
    "socialAccountLink": {"platform": "X", "method": "CODE_IN_BIO"},
}
# Holders see who agreed to be ranked, of whatever agency.
SEEN_BY_HOLDERS = {"ranking.filter.agencyId"}
STAFF = Caller(Role.ADMIN, "KEM-1", subject="satu")


async def belongings(world: World) -> dict[str, tuple[UUID, UUID, UUID]]:
    """Return for each type an object of Ani's ministry, one of Citra's, and one not for Ani."""
    found = {name: (own, other, other) for name, (own, other) in (await objects(world)).items()}
    await make.execute("UPDATE campaign SET status = 'DRAFT' WHERE id = $1", world.other_campaign)
    accounts, shares = world.accounts, world.shares
    people = (world.ani, world.citra, world.budi)
    flags = [await _flag(one, shares[one]) for one in people]
    correction = await make.insert(
        "correction",
        post_id=world.post,
        old_fact="dulu",
        new_fact="kini",
        created_by="a",
        created_at=make.NOW,
    )
    notices = [
        await make.insert(
            "correction_notice", correction_id=correction, asn_id=one, notified_at=make.NOW
        )
        for one in people
    ]
    planned = await make.make_post(world.campaign, state="DRAFT")
    exports = [await _export(one) for one in ("satu", "dua")]
    keys = [await _key(one) for one in (world.first, world.second)]
    return found | {
        "Asn": people,
        "ProgramPost": (*found["ProgramPost"][:2], planned),
        "SocialAccount": tuple(accounts[one] for one in people),
        "Share": tuple(shares[one] for one in people),
        "ReviewFlag": tuple(flags),
        "CorrectionNotice": tuple(notices),
        "Export": (exports[0], exports[1], exports[1]),
        "ApiKey": (keys[0], keys[1], keys[1]),
        "Agency": (world.first, world.second, world.second),
    }


async def _flag(asn_id: UUID, share_id: UUID) -> UUID:
    return await make.insert(
        "review_flag",
        asn_id=asn_id,
        share_id=share_id,
        rule="COSHARE_PAIR",
        rule_version=1,
        tier="ADVISORY",
        evidence=[],
        state="OPEN",
        opened_at=make.NOW,
        ingest_seq=1,
    )


async def _export(subject: str) -> UUID:
    return await make.insert(
        "export",
        kind="INVITE_LIST",
        format="CSV",
        request={},
        request_sha256="0" * 64,
        requested_by=subject,
        status="REQUESTED",
        requested_at=make.NOW,
    )


async def _key(agency_id: UUID) -> UUID:
    return await make.insert(
        "api_key",
        name="mesin",
        secret_sha256=b"0" * 32,
        role="AUDITOR",
        agency_id=agency_id,
        scopes=["READ"],
        created_by="a",
        created_at=make.NOW,
        expires_at=make.NOW + timedelta(days=90),
    )


def callers(place: Place, world: World) -> list[Caller]:
    """Return who is asked as: staff of the first ministry, and a holder, where they may ask."""
    roles = place.roles
    staff = [STAFF] if "ADMIN" in roles else []
    is_asked = "ASN" in roles and place.name not in SEEN_BY_HOLDERS
    return staff + ([Caller(Role.ASN, asn_id=world.ani)] if is_asked else [])


async def answer(api: Api, place: Place, caller: Caller, variables: dict[str, Any]) -> Any:
    if place.operation != "subscription":
        response = await api.send(place.document(), variables, caller=caller)
        return response.status_code, {**response.json(), "extensions": None}
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {api.token(caller)}"}
    body = {"query": place.document(), "variables": variables}
    response = await api.client.post("/graphql", json=body, headers=headers)
    return response.status_code, re.sub(r',"extensions":\{"cost":\{[^}]*\}\}', "", response.text)


def test_every_place_that_takes_an_id_stands_in_the_table() -> None:
    assert {place.name for place in id_places()} == set(NAMED)


async def test_foreign_and_missing_ids_get_the_same_bytes_and_change_nothing(
    api: Api, world: World
) -> None:
    things = await belongings(world)

    def own(name: str) -> str:
        kind = NAMED[name]
        assert kind is not None, name
        return gid(kind, things[kind][0])

    before = await fingerprint(api.settings.database_url)
    differing, unlike = [], []
    for place in id_places():
        kind = NAMED[place.name]
        if kind is None:
            continue
        given = GIVEN.get(place.name) or GIVEN.get(place.field) or {}
        for caller in callers(place, world):
            foreign = things[kind][2 if caller.role is Role.ASN else 1]
            answers = []
            for key in (foreign, uuid4()):
                text = gid(kind, key)
                got = await answer(api, place, caller, place.variables(text, own, given))
                answers.append((got[0], str(got[1]).replace(text, "ID")))
            if answers[0] != answers[1]:
                differing.append((place.name, caller.role, answers))
            if not _says_nothing(place, answers[0][1]):
                unlike.append((place.name, caller.role, answers[0]))

    assert differing == []
    assert unlike == []
    assert await fingerprint(api.settings.database_url) == before


def _says_nothing(place: Place, body: str) -> bool:
    """Tell whether an answer is the one for what does not exist, and not for another reason."""
    if place.operation == "mutation":
        return body.count("'code'") == 1 and "'NOT_FOUND'" in body and f"'{place.path[-1]}'" in body
    empty = ("'totalCount': 0", ": None}", "[None]", ":null}")
    return "'errors'" not in body and any(one in body for one in empty)
