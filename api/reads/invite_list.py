"""Invite lists, their rows and the invitations made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from api.domain.access import Viewer
from api.models import connection
from api.reads import scope
from api.reads.card import AsnRow, card, if_known
from api.reads.cursors import Kind
from api.reads.invitation import MAIL_STATE, InvitationRow
from api.reads.paging import Key, Keyset, Page, PageRequest
from api.reads.ranking import RunRow
from api.reads.sureness import SURENESS, Sureness, drawn

BY_POSITION = Keyset("inviteList.entries", (Key("e.position", Kind.INT),))
BY_WAITING = Keyset("inviteList.waitingList", (Key("e.waiting_position", Kind.INT),))

_LIST = """
SELECT l.id, l.event_id, l.status, l.seat_count, l.seed, l.sha256, l.outcome, l.frozen_at,
       ev.capacity,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'asn_id', o.asn_id, 'action', o.action, 'reason', o.reason, 'breaks', o.breaks,
                   'asked_by', o.asked_by, 'asked_at', o.asked_at, 'confirmed_by', o.confirmed_by,
                   'before', o.before_sha256, 'after', o.after_sha256) ORDER BY o.asked_at), '[]')
          FROM invite_list_override o WHERE o.invite_list_id = l.id) AS overrides,
       r.id AS run_id, r.model, r.as_of, r.share_count AS run_share_count,
       r.holder_count, r.rows_sha256, r.parameters_sha256
  FROM invite_list l JOIN event ev ON ev.id = l.event_id JOIN score_run r ON r.id = l.score_run_id
"""
_INVITATION = f"""
i.id AS invitation_id, i.status AS invitation_status, i.checked_in_at, i.invited_at, i.answer_by,
i.answered_at, {MAIL_STATE}"""
_ENTRY = f"""
e.id, e.seat, e.waiting_position, e.decision, e.rank, e.score, e.reasons, {_INVITATION},
{SURENESS},
(SELECT count(*) FROM invitation past WHERE past.asn_id = e.asn_id AND past.status = 'NO_SHOW')
AS no_show_count
"""
_ENTRIES = f"""
FROM invite_list_entry e
JOIN invite_list l ON l.id = e.invite_list_id
JOIN event ev ON ev.id = l.event_id
JOIN asn a ON a.id = e.asn_id
LEFT JOIN invitation i ON i.event_id = l.event_id AND i.asn_id = e.asn_id
{drawn("e", "l.score_run_id", "l.id")}
"""


@dataclass(frozen=True, slots=True)
class EffectRow:
    """What one quota changed: who is in because of it, and who would be in without it."""

    quota: str
    admitted: tuple[UUID, ...]
    instead: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """A change by hand; without a hash after it, it waits for a second person."""

    asn_id: UUID
    action: str
    reason: str
    breaks: tuple[str, ...]
    asked_by: str
    asked_at: datetime
    confirmed_by: str | None
    before: str
    after: str | None

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "OverrideRow":
        """Read one item of the column."""
        return cls(
            **{
                **item,
                "asn_id": UUID(item["asn_id"]),
                "breaks": tuple(item["breaks"]),
                "asked_at": datetime.fromisoformat(item["asked_at"]),
            }
        )


@dataclass(frozen=True, slots=True)
class ListRow:
    """An invite list with its run and what its quotas cost."""

    id: UUID
    event_id: UUID
    status: str
    capacity: int
    seat_count: int
    seed: str
    sha256: str
    run: RunRow
    score_without_quotas: int
    score_with_quotas: int
    lost_ppm: int
    lot_count: int
    effects: tuple[EffectRow, ...]
    frozen_at: datetime | None
    overrides: tuple[OverrideRow, ...]

    @classmethod
    def of(cls, record: Mapping[str, Any], run: RunRow) -> "ListRow":
        """Read the columns of `_LIST` that are about the list."""
        outcome = record["outcome"]
        return cls(
            id=record["id"],
            event_id=record["event_id"],
            status=record["status"],
            capacity=record["capacity"],
            seat_count=record["seat_count"],
            seed=record["seed"],
            sha256=record["sha256"],
            run=run,
            score_without_quotas=int(outcome["score_without_quotas"]),
            score_with_quotas=int(outcome["score_with_quotas"]),
            lost_ppm=outcome["lost_ppm"],
            lot_count=outcome.get("lot_count", 0),
            effects=tuple(_effect(item) for item in outcome["effects"]),
            frozen_at=record["frozen_at"],
            overrides=tuple(OverrideRow.of(item) for item in record["overrides"]),
        )


def _effect(item: dict[str, Any]) -> EffectRow:
    admitted, instead = (tuple(UUID(one) for one in item[key]) for key in ("admitted", "instead"))
    return EffectRow(item["quota"], admitted, instead)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One person on a list."""

    id: UUID
    seat: int | None
    waiting_position: int | None
    decision: str
    rank: int
    score: int
    reasons: tuple[tuple[str, str], ...]
    asn: AsnRow | None
    invitation: InvitationRow | None
    no_show_count: int | None = None
    sureness: Sureness | None = None

    @classmethod
    def of(cls, record: Record) -> "EntryRow":
        """Read one record of a list's page."""
        has_invitation = record["invitation_id"] is not None
        return cls(
            id=record["id"],
            seat=record["seat"],
            waiting_position=record["waiting_position"],
            decision=record["decision"],
            rank=record["rank"],
            score=int(record["score"]),
            reasons=tuple((item["code"], item["message"]) for item in record["reasons"]),
            asn=if_known(AsnRow.of, record["card"]),
            invitation=InvitationRow(
                record["invitation_id"],
                record["invitation_status"],
                record["checked_in_at"],
                record["invited_at"],
                record["answer_by"],
                record["answered_at"],
                record["mail_state"],
            )
            if has_invitation
            else None,
            no_show_count=record["no_show_count"],
            sureness=Sureness.of(record),
        )


async def lists_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, ListRow]:
    """Return those of these invite lists that are in scope, with their run."""
    visible = scope.invite_lists(viewer, "ev", 2)
    statement = f"{_LIST} WHERE l.id = ANY($1::uuid[]) AND {visible.sql}"
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: ListRow.of(record, RunRow.of(record)) for record in records}


async def entries(
    viewer: Viewer, list_id: UUID, request: PageRequest, *, is_waiting: bool
) -> Page[EntryRow]:
    """Return a page of a list: all of it with seats first, or its waiting list."""
    window = request.open(BY_WAITING if is_waiting else BY_POSITION, narrowed_by=str(list_id))
    visible = scope.invite_lists(viewer, "ev", 2)
    known = scope.asns(viewer, "e.asn_id", 2 + len(visible.parameters))
    values = (*visible.parameters, *known.parameters)
    statement = f"""
        SELECT {_ENTRY}, CASE WHEN {known.sql} THEN {card(viewer)} END AS card, {window.key_columns}
               {_ENTRIES}
         WHERE e.invite_list_id = $1 AND {_part(is_waiting=is_waiting)} AND {visible.sql}
           AND {window.predicate(2 + len(values))}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    async with connection() as db:
        records = await db.fetch(statement, list_id, *values, *window.parameters)
    return window.page(records, EntryRow.of)


async def count_entries(list_id: UUID, *, is_waiting: bool) -> int:
    """Return the length of a list that the caller already sees, or of its waiting list."""
    async with connection() as db:
        total: int = await db.fetchval(
            "SELECT count(*) FROM invite_list_entry e"
            f" WHERE e.invite_list_id = $1 AND {_part(is_waiting=is_waiting)}",
            list_id,
        )
    return total


async def entries_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, EntryRow]:
    """Return those of these rows whose list is in scope."""
    visible = scope.invite_lists(viewer, "ev", 2)
    known = scope.asns(viewer, "e.asn_id", 2 + len(visible.parameters))
    statement = f"""
        SELECT {_ENTRY}, CASE WHEN {known.sql} THEN {card(viewer)} END AS card {_ENTRIES}
         WHERE e.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters, *known.parameters)
    return {record["id"]: EntryRow.of(record) for record in records}


def _part(*, is_waiting: bool) -> str:
    return "e.waiting_position IS NOT NULL" if is_waiting else "true"
