"""Changes of a draft by hand: with a reason, within the quotas, or with a second person."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.idempotency import Attempt, is_repeated
from api.actions.invite_list.facts import candidate_of
from api.actions.invite_list.scoped import locked_list
from api.actions.invite_list.store import replace_list, terms_of
from api.actions.refused import Refused, noted
from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.domain.selection import (
    InviteDecision,
    Override,
    OverrideAction,
    Proposal,
    propose,
)
from api.errors import Invalid, InvalidState, NotEligible, NotFound, SamePerson
from api.models import new_id, transaction
from api.reads import scope

REASON_LENGTH = 500

_OVERRIDES = """
SELECT asn_id, action, reason FROM invite_list_override
 WHERE invite_list_id = $1 AND after_sha256 IS NOT NULL
"""
_CANDIDATES = "SELECT asn_id, score, facts FROM invite_list_entry WHERE invite_list_id = $1"
_KNOWN = """
SELECT action, reason, breaks, asked_by, asked_at, after_sha256 IS NULL AS is_waiting
  FROM invite_list_override WHERE invite_list_id = $1 AND asn_id = $2
"""
_KEEP = """
INSERT INTO invite_list_override (id, invite_list_id, asn_id, action, reason, breaks, asked_by,
       asked_at, confirmed_by, confirmed_at, before_sha256, after_sha256)
VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8::timestamptz, now()), $9::varchar,
        CASE WHEN $9::varchar IS NULL THEN NULL ELSE now() END, $10, $11)
ON CONFLICT (invite_list_id, asn_id) DO UPDATE
   SET action = excluded.action, reason = excluded.reason, breaks = excluded.breaks,
       asked_by = excluded.asked_by, asked_at = excluded.asked_at,
       confirmed_by = excluded.confirmed_by, confirmed_at = excluded.confirmed_at,
       before_sha256 = excluded.before_sha256, after_sha256 = excluded.after_sha256
"""


@dataclass(frozen=True, slots=True)
class ListChange:
    """What a person wants changed on a draft."""

    list_id: UUID
    asn_id: UUID
    action: OverrideAction
    reason: str

    @property
    def override(self) -> Override:
        return Override(self.asn_id, self.action, self.reason.strip())


@dataclass(frozen=True, slots=True)
class Changed:
    """The list, the quotas that the change breaks, and whether it waits for a second person."""

    list_id: UUID
    breaks: tuple[str, ...]
    is_waiting: bool


async def overrides_of(db: Connection, list_id: UUID) -> tuple[Override, ...]:
    """Return what was changed by hand and took effect."""
    return tuple(
        Override(row["asn_id"], OverrideAction(row["action"]), row["reason"])
        for row in await db.fetch(_OVERRIDES, list_id)
    )


async def override_list(
    viewer: Viewer, change: ListChange, idempotency_key: str | None = None
) -> Changed:
    """Admit or remove a person; the rest of the list is solved again around it.

    A change that breaks a quota is kept and takes effect when a second person asks for the same.

    Raises:
        Invalid: BLANK or TOO_LONG reason.
        NotFound: the list, or the person on it.
        InvalidState: the list is no draft, or the person already has what is asked for.
        NotEligible: nobody can admit a person who may not be invited.
        SamePerson: the change waits for somebody else.
        IdempotencyMismatch: the key was used with other input.
    """
    attempt = Attempt("inviteListOverride", idempotency_key, change)
    async with noted(viewer, Refused("override_list", "InviteList", change.list_id)):
        _require_reason(change.reason)
        async with transaction() as db:
            if await is_repeated(db, viewer, attempt):
                return await _stands(db, change)
            return await _override(db, viewer, change)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("Say why.", code="BLANK", field=["reason"])
    if len(reason) > REASON_LENGTH:
        message = f"A reason has at most {REASON_LENGTH} characters."
        raise Invalid(message, code="TOO_LONG", field=["reason"])


async def _override(db: Connection, viewer: Viewer, change: ListChange) -> Changed:
    row = await locked_list(db, viewer, change.list_id)
    if row["status"] != "DRAFT":
        raise InvalidState(f"A list that is {row['status']} cannot be changed.")
    await _require_person(db, viewer, change)
    known = await db.fetchrow(_KNOWN, change.list_id, change.asn_id)
    is_second = known is not None and known["is_waiting"] and known["action"] == change.action
    if is_second and known["asked_by"] == viewer.subject:
        raise SamePerson("A second person has to ask for this, as it breaks a quota.")
    override = Override(change.asn_id, change.action, known["reason"]) if is_second else None
    proposal = await _solved(db, row, override or change.override)
    breaks = _breaks(row, proposal)
    if breaks and not is_second:
        await _keep(db, viewer, change, row, breaks, None)
        asked = Change("ask_to_override_list", "InviteList", change.list_id, reason=change.reason)
        await record(db, viewer, asked)
        return Changed(change.list_id, breaks, is_waiting=True)
    await replace_list(db, change.list_id, proposal)
    await _keep(db, viewer, change, row, breaks, proposal.sha256, known if is_second else None)
    await record(db, viewer, _change(change, row, proposal))
    return Changed(change.list_id, breaks, is_waiting=False)


async def _stands(db: Connection, change: ListChange) -> Changed:
    known = await db.fetchrow(_KNOWN, change.list_id, change.asn_id)
    return Changed(change.list_id, tuple(known["breaks"]), is_waiting=known["is_waiting"])


async def _require_person(db: Connection, viewer: Viewer, change: ListChange) -> None:
    visible = scope.asns(viewer, "e.asn_id", 3)
    decision = await db.fetchval(
        "SELECT e.decision FROM invite_list_entry e"
        f" WHERE e.invite_list_id = $1 AND e.asn_id = $2 AND {visible.sql}",
        change.list_id,
        change.asn_id,
        *visible.parameters,
    )
    if decision is None:
        raise NotFound(field=["asnId"])
    is_in = change.action is OverrideAction.ADMIT
    if decision == (InviteDecision.ADMITTED if is_in else InviteDecision.REMOVED):
        raise InvalidState("This is how it stands already.", field=["asnId"])


async def _solved(db: Connection, row: Record, override: Override) -> Proposal:
    """Solve the draft again from what it kept of everybody, with one more change."""
    before = await overrides_of(db, row["id"])
    others = tuple(one for one in before if one.asn_id != override.asn_id)
    people = [
        candidate_of(one["asn_id"], int(one["score"]), one["facts"])
        for one in await db.fetch(_CANDIDATES, row["id"])
    ]
    terms = terms_of(row["rules"], row["outcome"], (*others, override))
    if sum(one.action is OverrideAction.ADMIT for one in terms.overrides) > terms.seats:
        raise InvalidState("All seats are taken by people who were admitted by hand.")
    proposal = await asyncio.to_thread(propose, people, terms)
    _require_eligible(proposal, override)
    return proposal


def _require_eligible(proposal: Proposal, override: Override) -> None:
    if override.action is OverrideAction.REMOVE:
        return
    (entry,) = (one for one in proposal.entries if one.candidate.asn_id == override.asn_id)
    if entry.decision is not InviteDecision.ADMITTED:
        reasons = " ".join(reason.message for reason in entry.reasons)
        raise NotEligible(f"This person may not be invited. {reasons}", field=["asnId"])


def _breaks(row: Record, proposal: Proposal) -> tuple[str, ...]:
    """Return the quotas that are kept now and would not be any more."""
    before = set(row["outcome"]["broken"])
    seats = proposal.terms.seats
    return tuple(sorted({bound.label(seats) for bound in proposal.broken} - before))


async def _keep(  # noqa: PLR0913, PLR0917 (each argument is a column)
    db: Connection,
    viewer: Viewer,
    change: ListChange,
    row: Record,
    breaks: tuple[str, ...],
    after: str | None,
    asked: Record | None = None,
) -> None:
    await db.execute(
        _KEEP,
        new_id(),
        change.list_id,
        change.asn_id,
        change.action.value,
        change.override.reason if asked is None else asked["reason"],
        list(breaks),
        viewer.subject if asked is None else asked["asked_by"],
        None if asked is None else asked["asked_at"],
        None if asked is None else viewer.subject,
        row["sha256"],
        after,
    )


def _change(change: ListChange, row: Record, proposal: Proposal) -> Change:
    return Change(
        f"override_list_{change.action.lower()}",
        "InviteList",
        change.list_id,
        before=row["sha256"],
        after=proposal.sha256,
        reason=change.reason,
    )
