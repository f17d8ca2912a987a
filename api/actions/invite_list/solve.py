"""Solves the list that an organiser asks for."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from asyncpg import Connection, Record

from api.actions.invite_list.lot import FIELD, lot_among_level, run_of_draft
from api.domain.access import Viewer
from api.domain.selection import (
    Clash,
    Gate,
    Lot,
    Proposal,
    QuotaDimension,
    QuotaRule,
    Terms,
    propose,
)
from api.errors import Invalid, InvalidState, NotFound, Problem
from api.models import new_id
from api.reads import scope
from api.reads.candidates import candidates

SEED_LENGTH = 64
COOL_DOWN_DAYS = 60

_RUN = """
SELECT id, as_of, time_zone, model FROM score_run
 WHERE id = coalesce($1::uuid, (SELECT id FROM score_run WHERE scope = 'LIVE'
                                 ORDER BY as_of DESC, id DESC LIMIT 1))
"""
_NAMES = """
SELECT id, name FROM province WHERE id = ANY($1::uuid[])
 UNION ALL
SELECT agency_id, name FROM agency_name WHERE agency_id = ANY($1::uuid[]) AND valid_to_on IS NULL
"""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What an organiser asks for; what is absent follows from the event."""

    event_id: UUID
    score_run_id: UUID | None = None
    seats: int | None = None
    quotas: tuple[QuotaRule, ...] = ()
    cool_down_days: int = COOL_DOWN_DAYS
    seed: str | None = None
    lot_among_level_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class ProposedList:
    """A solved list with what it was made from; `id` is that of the row if one was stored."""

    id: UUID
    event_id: UUID
    score_run_id: UUID
    capacity: int
    proposal: Proposal


async def solve(db: Connection, viewer: Viewer, request: ListRequest) -> ProposedList:
    """Solve a list for an event and run in scope.

    Raises:
        Invalid, NotFound, InvalidState: as `propose_list`.
    """
    event = await _event(db, viewer, request.event_id)
    run = await _run(db, await _run_wanted(db, request))
    await _require_keys(db, request.quotas)
    everybody = await candidates(db, viewer, run["id"], event["id"], run["time_zone"])
    terms = replace(_terms(request, event, run), lot=await _lot(db, request, run["id"]))
    # The arithmetic of a large list takes a second, in which others want to be served.
    proposal = await asyncio.to_thread(propose, everybody, terms)
    if proposal.clash is not None:
        raise proposal.clash.refusal(proposal.book, await _names(db, proposal.clash))
    return ProposedList(new_id(), event["id"], run["id"], event["capacity"], proposal)


async def _names(db: Connection, clash: Clash) -> dict[str, str]:
    """Return the names of the agencies and provinces of a clash."""
    keys = [UUID(bound.rule.key) for bound in clash.bounds if bound.rule.key is not None]
    rows = await db.fetch(_NAMES, keys)
    return {str(row["id"]): row["name"] for row in rows}


async def _event(db: Connection, viewer: Viewer, event_id: UUID) -> Record:
    visible = scope.events(viewer, "ev", 2)
    row = await db.fetchrow(
        f"SELECT ev.id, ev.capacity, ev.status FROM event ev WHERE ev.id = $1 AND {visible.sql}",
        event_id,
        *visible.parameters,
    )
    if row is None:
        raise NotFound(field=["eventId"])
    if row["status"] in {"HELD", "CANCELLED"}:
        raise InvalidState(f"An event that is {row['status']} gets no list.")
    return row


async def _run_wanted(db: Connection, request: ListRequest) -> UUID | None:
    """Return the run that was asked for; a lot needs that of the draft that found people level."""
    if request.lot_among_level_of is None:
        return request.score_run_id
    drawn_from = await run_of_draft(db, request.lot_among_level_of, request.event_id)
    if request.score_run_id not in {None, drawn_from}:
        raise Invalid("That list was made from another run.", field=FIELD)
    return drawn_from


async def _lot(db: Connection, request: ListRequest, run_id: UUID) -> Lot | None:
    if request.lot_among_level_of is None:
        return None
    if request.seed is not None:
        message = "The seed of a lot follows from event and run, so that nobody can choose it."
        raise Invalid(message, field=["seed"])
    return await lot_among_level(db, request.lot_among_level_of, run_id)


async def _run(db: Connection, run_id: UUID | None) -> Record:
    row = await db.fetchrow(_RUN, run_id)
    if row is None and run_id is not None:
        raise NotFound(field=["scoreRunId"])
    if row is None:
        raise InvalidState("There is no ranking yet.")
    return row


async def _require_keys(db: Connection, quotas: tuple[QuotaRule, ...]) -> None:
    problems = []
    for index, rule in enumerate(quotas):
        if rule.key is None or rule.dimension is QuotaDimension.NEWCOMER:
            continue
        table = "agency" if rule.dimension is QuotaDimension.AGENCY else "province"
        if await db.fetchval(f"SELECT id FROM {table} WHERE id = $1", UUID(rule.key)) is None:
            path = ("quotas", str(index), "keyId")
            problems.append(Problem("NOT_FOUND", NotFound().message, path))
    if problems:
        raise Invalid.of(problems)


def _terms(request: ListRequest, event: Record, run: Record) -> Terms:
    if request.cool_down_days < 0:
        raise Invalid("The cool-down must not be negative.", field=["coolDownDays"])
    if request.seed is not None and not 1 <= len(request.seed) <= SEED_LENGTH:
        raise Invalid(f"A seed has 1 to {SEED_LENGTH} characters.", field=["seed"])
    return Terms(
        seats=event["capacity"] if request.seats is None else request.seats,
        capacity=event["capacity"],
        seed=request.seed or _seed(event["id"], run["id"]),
        gate=Gate(
            on=run["as_of"].astimezone(ZoneInfo(run["time_zone"])).date(),
            cool_down_days=request.cool_down_days,
        ),
        rules=request.quotas,
        context={
            "eventId": str(event["id"]),
            "scoreRunId": str(run["id"]),
            "model": run["model"],
        },
    )


def _seed(event_id: UUID, run_id: UUID) -> str:
    """Return the seed of a list that names none: the same event and run draw the same lots."""
    return hashlib.sha256(event_id.bytes + run_id.bytes).hexdigest()[:16]
