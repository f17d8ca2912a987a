"""Rows 34 to 41, and 56 to 59: what is understood and refused, and what is fine after all."""

from math import nan
from typing import Any
from uuid import uuid4

import httpx2
from api_client import ADMIN, CHECKER, MANAGER, ORGANISER, Caller, gid, key_of
from cases_values import CAMPAIGN, EVENT
from stand import Expect, Outcome, Probe, Row, Stand, change, outcome_of
from worker import Desk
from world import FIRST_MANAGER, World

from api.domain.access import Role
from api.domain.amplification.parameters import Metric, Parameters
from api.errors import Invalid

OTHER_EXPORT = Caller(Role.EVENT_ORGANISER, subject="another organiser")
MOVED = "campaign { id status version }"


def of_event(world: World) -> dict[str, Any]:
    return EVENT | {"agencyId": gid("Agency", world.first)}


def twice(second: dict[str, Any], key: str) -> Probe:
    async def probe(stand: Stand, accept: str) -> Outcome:
        def create(**other: Any) -> Probe:
            given = of_event(stand.world) | {"idempotencyKey": f"{key}-{accept}"} | other
            return change("eventCreate", given, shown="event { id }")

        first = await create()(stand, accept)
        again = await create(**second)(stand, accept)
        assert second or again.data == first.data
        return again

    return probe


def move(mutation: str, caller: Caller = MANAGER, **other: Any) -> Probe:
    def given(world: World) -> dict[str, Any]:
        return {"campaignId": gid("Campaign", world.campaign), "version": 1} | other

    return change(mutation, given, caller, MOVED)


async def launch_of_closed(stand: Stand, accept: str) -> Outcome:
    given = CAMPAIGN | {"programId": gid("Program", stand.world.program)}
    made = await change("campaignCreate", given, shown=MOVED)(stand, accept)
    campaign = made.data["campaignCreate"]["campaign"]
    of = {"campaignId": campaign["id"], "version": campaign["version"]}
    ended = await change("campaignCancel", of | {"reason": "Sudah selesai."}, shown=MOVED)(
        stand, accept
    )
    version = ended.data["campaignCancel"]["campaign"]["version"]
    return await change("campaignLaunch", of | {"version": version})(stand, accept)


def unknown_or_foreign(*, is_foreign: bool) -> Expect:
    def given(world: World) -> dict[str, Any]:
        agency = world.second if is_foreign else uuid4()
        return {
            "name": "Program",
            "agencyId": gid("Agency", agency),
            "sourceUrl": "https://contoh.go.id/a",
        }

    return Expect(
        change("programCreate", given, FIRST_MANAGER), "NOT_FOUND", details={"field": ["agencyId"]}
    )


def number(text: str) -> Expect:
    given = {"employeeNumber": text, "reason": "Pemeriksaan data."}
    return Expect(
        change("employeeNumberLookUp", given), "INVALID_NIP", without=(text,), changes=True
    )


def link(code: str, **other: Any) -> Expect:
    def given(world: World) -> dict[str, Any]:
        return {
            "asnId": gid("Asn", world.ani),
            "platform": "X",
            "handle": "ani_baru",
            "method": "CODE_IN_BIO",
            "consent": True,
        } | other

    return Expect(
        change("socialAccountLink", given, lambda world: world.as_ani), code, without=("Citra",)
    )


def post(url: str) -> Expect:
    def given(world: World) -> dict[str, Any]:
        return {
            "campaignId": gid("Campaign", world.campaign),
            "platform": "X",
            "url": url,
            "title": "Menu",
            "sourceUrl": "https://contoh.go.id/menu",
            "publishedAt": "2026-11-01T08:00:00+07:00",
        }

    return Expect(change("programPostAdd", given), "INVALID_URL")


async def handle_of_another(stand: Stand, accept: str) -> Outcome:
    handle = await stand.sql(
        "SELECT handle FROM social_account WHERE id = $1", stand.world.accounts[stand.world.citra]
    )
    return await link("TAKEN", handle=handle).probe(stand, accept)


async def export_twice(stand: Stand, accept: str) -> Outcome:
    listed = await frozen_list(stand, accept)
    asked = change(
        "inviteListExport", {"inviteListId": listed, "format": "CSV"}, ORGANISER, "export { id }"
    )
    first, again = await asked(stand, accept), await asked(stand, accept)
    assert first.data == again.data
    return again


async def frozen_list(stand: Stand, accept: str) -> str:
    shown = "inviteList { id sha256 }"
    event = await change("eventCreate", of_event, ADMIN, "event { id }")(stand, accept)
    given = {"eventId": event.data["eventCreate"]["event"]["id"]}
    made = await change("inviteListPropose", given, ADMIN, shown)(stand, accept)
    listed = made.data["inviteListPropose"]["inviteList"]
    wanted = {"inviteListId": listed["id"], "sha256": listed["sha256"]}
    frozen = await change("inviteListFreeze", wanted, ADMIN, shown)(stand, accept)
    assert frozen.codes == (), frozen.text
    return str(listed["id"])


def file_of(caller: Caller, *, is_expired: bool = False) -> Probe:
    async def probe(stand: Stand, accept: str) -> Outcome:
        made = await export_twice(stand, accept)
        key = made.data["inviteListExport"]["export"]["id"]
        await Desk(stand.settings).work()
        assert (await fetched(stand, key, ORGANISER)).status_code == 200
        if is_expired:
            await stand.sql("UPDATE export SET expires_at = now()")
        return outcome_of(await fetched(stand, key, caller))

    return probe


async def fetched(stand: Stand, key: str, caller: Caller) -> httpx2.Response:
    headers = {"authorization": f"Bearer {stand.token(caller)}"}
    return await stand.client.get(f"/exports/{key_of(key)}", headers=headers)


def quota(path: list[str], **rule: Any) -> Expect:
    def given(world: World) -> dict[str, Any]:
        return {
            "eventId": gid("Event", world.event),
            "dryRun": True,
            "quotas": [{"dimension": "AGENCY", **rule}],
        }

    return Expect(change("inviteListPropose", given, ORGANISER), "INVALID", details={"field": path})


async def weighed(_: Stand, __: str) -> Outcome:
    """Nothing sends weights over HTTP: the rule itself refuses what no run may record."""
    refused = []
    for weights in ({Metric.RESHARERS: 0}, {Metric.RESHARERS: -1}, {Metric.RESHARERS: nan}):
        try:
            Parameters(weights=weights)
        except Invalid as refusal:
            refused.append(refusal.code)
    return Outcome("rule", (*set(refused),), data=len(refused))


ROWS = [
    Row(
        34,
        "a value that somebody else has",
        (Expect(handle_of_another, "TAKEN", without=("Citra",)),),
    ),
    Row(
        35,
        "a key used twice",
        (
            Expect(twice({}, "same"), None, changes=True),
            Expect(
                twice({"title": "Lain"}, "other"),
                "IDEMPOTENCY_MISMATCH",
                details={"field": ["idempotencyKey"]},
                changes=True,
            ),
        ),
    ),
    Row(
        36,
        "a stale version",
        (
            Expect(
                move("campaignPause", reason="Tinjau ulang.", version=7),
                "CONFLICT",
                check=lambda outcome: "version 1 now" in outcome.text,
            ),
        ),
    ),
    Row(
        37,
        "a move that is not allowed now",
        (
            Expect(launch_of_closed, "INVALID_STATE", changes=True),
            Expect(move("campaignLaunch"), "INVALID_STATE"),
            Expect(move("campaignApprove", CHECKER), "INVALID_STATE"),
        ),
    ),
    Row(
        38,
        "a reference to nothing, or to what others have",
        (unknown_or_foreign(is_foreign=False), unknown_or_foreign(is_foreign=True)),
    ),
    Row(
        39,
        "no employee number",
        tuple(
            number(text)
            for text in (
                "19900101202001101",
                "1990010120200110111",
                "19900101202001101A",
                "199013992020011011",
                "199001012020013011",
            )
        ),
    ),
    Row(
        41,
        "a handle or address that is none",
        (
            *(
                link("INVALID_HANDLE", handle=handle)
                for handle in (
                    "https://x.com/ani",
                    "ani baru",
                    "ani\N{GRINNING FACE}",
                    "\N{CYRILLIC SMALL LETTER A}ni",
                )
            ),
            *(
                post(url)
                for url in (
                    "https://elsewhere.example/contoh/status/1790000000000000001",
                    "javascript:alert(1)",
                    "https://10.0.0.1/contoh/status/1790000000000000001",
                )
            ),
        ),
    ),
    Row(
        57,
        "an export asked twice, past its time, or of another",
        (
            Expect(export_twice, None, changes=True),
            Expect(file_of(OTHER_EXPORT), "NOT_FOUND", 404, changes=True),
            Expect(file_of(ORGANISER, is_expired=True), "NOT_FOUND", 404, changes=True),
        ),
    ),
    Row(
        58,
        "a quota that cannot be met",
        (
            quota(["quotas", "0", "maximum"], maximum=0),
            quota(["quotas", "0", "minimum"], minimum=-1),
            quota(["quotas", "0", "minimum"], minimum=10_000),
            Expect(weighed, "INVALID", "rule", check=lambda outcome: outcome.data == 3),
        ),
    ),
]
