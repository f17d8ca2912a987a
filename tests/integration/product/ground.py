"""The rows that a fuzz stands on: their ids, versions, owners and signed texts, as they are now."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import factories as make
from api_client import CHECKER, MANAGER, NOBODY, Api, gid, holder
from graphql import GraphQLObjectType, build_schema
from world import World

from api.domain.campaign import CampaignStatus
from api.models import connection
from api.models.tickets import Reply, Ticket, TicketOffice
from api.schema.export import sdl
from api.schema.identity import encode_id
from api.settings import Settings

_COLUMNS = """
SELECT table_name, array_agg(column_name::text) AS names FROM information_schema.columns
 WHERE table_schema = 'public' GROUP BY table_name
"""
_HOLDERS = "SELECT asn_id FROM badge WHERE state = 'ACTIVE' ORDER BY id DESC LIMIT 2"
_INVITATIONS = """SELECT id, event_id, version, ticket_nonce FROM invitation
                   ORDER BY id DESC LIMIT 20"""
_HASHES = "SELECT id, sha256 FROM invite_list ORDER BY id DESC LIMIT 40"


@dataclass
class Ground:
    """Opaque ids by type, and what belongs to an id."""

    settings: Settings
    ids: dict[str, list[str]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    own: dict[UUID, dict[str, list[str]]] = field(default_factory=dict)
    holders: list[UUID] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)
    _tables: dict[str, tuple[str, list[str]]] = field(default_factory=dict)

    async def look(self) -> None:
        """Read all of it again."""
        self.ids, self.own = {}, defaultdict(dict)
        async with connection() as lent:
            if not self._tables:
                self._tables = _tables(dict(await lent.fetch(_COLUMNS)))
            for name, (table, extra) in self._tables.items():
                columns = ", ".join(["id", *extra])
                newest = f"SELECT {columns} FROM {table} ORDER BY id DESC LIMIT 40"  # noqa: S608
                found = await lent.fetch(newest)
                self._keep(name, [dict(row) for row in found])
            self.holders = [row[0] for row in await lent.fetch(_HOLDERS)]
            self.hashes = {
                encode_id("InviteList", row["id"]): row["sha256"]
                for row in await lent.fetch(_HASHES)
            }
            self._sign([dict(row) for row in await lent.fetch(_INVITATIONS)])

    def _keep(self, name: str, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.ids[name] = [encode_id(name, row["id"]) for row in rows]
        for row in rows:
            one = encode_id(name, row["id"])
            if "version" in row:
                self.versions[one] = row["version"]
            owner = row["id"] if name == "Asn" else row.get("asn_id")
            if owner is not None:
                self.own[owner].setdefault(name, []).append(one)

    def _sign(self, invitations: list[dict[str, Any]]) -> None:
        office = TicketOffice(self.settings.secrets)
        until = datetime.now(UTC) + timedelta(days=1)
        self.replies = [
            office.reply_token(Reply(row["event_id"], row["id"], row["version"], until))
            for row in invitations
        ]
        self.tickets = [
            office.ticket(Ticket(row["event_id"], row["id"], row["ticket_nonce"] or b"\0" * 8))
            for row in invitations
        ]


def _tables(columns: dict[str, list[str]]) -> dict[str, tuple[str, list[str]]]:
    """Return the table of each type with an id, with the columns that say more about a row."""
    types = build_schema(sdl()).type_map.items()
    nodes = [
        name
        for name, kind in types
        if isinstance(kind, GraphQLObjectType) and "Node" in [one.name for one in kind.interfaces]
    ]
    named = {
        name: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
        for name in (*nodes, "CorrectionNotice")
    }
    return {
        name: (table, [one for one in ("asn_id", "version") if one in columns[table]])
        for name, table in named.items()
        if table in columns
    }


async def lay_ground(api: Api, world: World) -> None:
    """Add what mutations use up: campaigns and lists in all states, and a holder with doubts,
    proofs and a notice. Lists are made by the product: what it keeps of them is its own.
    """
    for status in CampaignStatus:
        campaign = await make.make_campaign(world.program, f"Contoh {status}", status=status)
        await make.make_post(campaign, state="DRAFT")
        await make.make_post(campaign)
        await make.make_post(world.campaign)
    await _approved(api, world)
    person, account = await make.make_holder("Dewi Contoh", world.first)
    await make.agree(person, "PUBLIC_RANKING")
    for state in ("OPEN", "REJECTED"):
        await _doubt(world, person, account, state)
    appealed = gid("ReviewFlag", await _doubt(world, person, account, "REJECTED"))
    await api.mutate(
        "reviewFlagAppeal", "", caller=holder(person), reviewFlagId=appealed, text="Contoh"
    )
    await _notice(world, person)
    await make.rank()
    await make.make_event(world.first, "Contoh")
    for depth in range(4):
        await _list(api, world, depth)


async def _approved(api: Api, world: World) -> None:
    """Bring a campaign as far as its launch."""
    starts_at = datetime.now(UTC) + timedelta(days=1)
    made = await api.mutate(
        "campaignCreate",
        "campaign { id version }",
        caller=MANAGER,
        programId=gid("Program", world.program),
        title="Contoh",
        disclosureLabel="ASN",
        startsAt=starts_at.isoformat(),
        endsAt=(starts_at + timedelta(days=9)).isoformat(),
    )
    named = {"campaignId": made["campaign"]["id"], "version": made["campaign"]["version"]}
    checked = {"factCheckedBy": "Tim fakta", "isFreeOfCandidatesAndParties": True}
    shown = "campaign { version }"
    sent = await api.mutate("campaignSubmit", shown, caller=MANAGER, **named, **checked)
    named["version"] = sent["campaign"]["version"]
    await api.mutate("campaignApprove", shown, caller=CHECKER, **named)


async def _list(api: Api, world: World, depth: int) -> None:
    """Propose a list, freeze it, send it, accept for whoever comes first: as far as asked."""
    event = await make.make_event(world.first, "Contoh", capacity=3, status="PUBLISHED")
    shown = "inviteList { id sha256 }"
    asked = {"eventId": gid("Event", event), "coolDownDays": 0}
    proposed = await api.mutate("inviteListPropose", shown, **asked)
    made = proposed["inviteList"]
    if made is None:  # By then the fuzz has changed whom a list may hold.
        return
    if depth:
        await api.mutate("inviteListFreeze", shown, inviteListId=made["id"], sha256=made["sha256"])
    if depth > 1:
        until = datetime.now(UTC) + timedelta(days=2)
        given = {"inviteListId": made["id"], "replyBy": until.isoformat()}
        await api.mutate("invitationsSend", "sentCount", **given)
    if depth > 2:
        invited = "SELECT id FROM invitation WHERE event_id = $1 AND status = 'INVITED' LIMIT 1"
        if first := await make.value(invited, event):
            token = TicketOffice(api.settings.secrets).reply_token(Reply(event, first, 1, until))
            await api.mutate("invitationRespond", "", caller=NOBODY, token=token, answer="ACCEPT")


async def _doubt(world: World, person: UUID, account: UUID, state: str) -> UUID:
    share = await make.make_share(person, account, world.post)
    decided = {"decided_at": make.NOW, "decided_by": "dev:checker", "reason": "Contoh"}
    flag = await make.insert(
        "review_flag",
        asn_id=person,
        share_id=share,
        rule="COSHARE_PAIR",
        rule_version=1,
        tier="HOLD",
        evidence=[],
        state=state,
        opened_at=make.NOW,
        held_at=make.NOW,
        ingest_seq=1,
        **(decided if state == "REJECTED" else {}),
    )
    await make.insert(
        "share_proof",
        asn_id=person,
        share_id=share,
        given_url="https://x.com/i/web/status/1800000000000000009",
        state="WAITING",
        submitted_by="dev:holder",
        submitted_at=make.NOW,
    )
    return flag


async def _notice(world: World, person: UUID) -> None:
    correction = await make.insert(
        "correction",
        post_id=world.post,
        old_fact="Lama",
        new_fact="Baru",
        created_by="maker",
        created_at=make.NOW,
    )
    await make.insert(
        "correction_notice", correction_id=correction, asn_id=person, notified_at=make.NOW
    )
