"""Proposes the invite list of an event, and freezes it."""

import hashlib
from dataclasses import asdict, dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from asyncpg import Connection, Record, UniqueViolationError
from tortoise.exceptions import IntegrityError

from api.actions.idempotency import Attempt, first_result
from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.domain.selection import (
    SOLVER,
    Entry,
    Gate,
    InviteDecision,
    Proposal,
    QuotaDimension,
    QuotaRule,
    Terms,
    propose,
)
from api.errors import Conflict, Invalid, InvalidState, NotFound, Problem
from api.models import new_id, transaction
from api.reads import scope
from api.reads.candidates import candidates

SEED_LENGTH = 64
COOL_DOWN_DAYS = 60

_RUN = """
SELECT id, as_of, time_zone, model FROM score_run
 WHERE id = coalesce($1::uuid, (SELECT id FROM score_run WHERE scope = 'LIVE'
                                 ORDER BY as_of DESC, id DESC LIMIT 1))
"""
_INSERT = """
INSERT INTO invite_list (id, event_id, score_run_id, status, seat_count, seed, rules, solver,
                         outcome, sha256, created_by, created_at)
VALUES ($1, $2, $3, 'DRAFT', $4, $5, $6, $7, $8, $9, $10, now())
"""
_COLUMNS = (
    "id",
    "invite_list_id",
    "asn_id",
    "position",
    "seat",
    "decision",
    "rank",
    "waiting_position",
    "score",
    "reasons",
)
_FREEZE = """
UPDATE invite_list SET status = 'FROZEN', frozen_at = now(), frozen_by = $2 WHERE id = $1
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


@dataclass(frozen=True, slots=True)
class ProposedList:
    """A solved list with what it was made from; `id` is that of the row if one was stored."""

    id: UUID
    event_id: UUID
    score_run_id: UUID
    capacity: int
    proposal: Proposal


async def dry_run_list(viewer: Viewer, request: ListRequest) -> ProposedList:
    """Solve a list and store nothing.

    Raises:
        Invalid, NotFound, InvalidState: as `propose_list`.
    """
    async with transaction() as db:
        return await _solve(db, viewer, request)


async def propose_list(
    viewer: Viewer, request: ListRequest, idempotency_key: str | None = None
) -> UUID:
    """Solve a list and keep it as a draft; return its id.

    Raises:
        Invalid: numbers that no list could follow, with the field of each.
        NotFound: the event, the run or the agency or province of a quota.
        InvalidState: there is no ranking yet.
    """
    attempt = Attempt("inviteListPropose", idempotency_key, asdict(request))
    async with transaction() as db:
        solved = await _solve(db, viewer, request)
        stands = await first_result(db, viewer, attempt, solved.id)
        if stands != solved.id:
            return stands
        await _store(db, viewer, solved)
        change = Change("propose_list", "InviteList", solved.id, after=solved.proposal.sha256)
        await record(db, viewer, change)
        return solved.id


async def freeze_list(viewer: Viewer, list_id: UUID, sha256: str) -> UUID:
    """Freeze the draft that the organiser saw.

    Raises:
        NotFound: the list is missing or out of scope.
        InvalidState: it is no draft, or the event has a frozen list already.
        Conflict: the hash is not that of the list.
    """
    try:
        async with transaction() as db:
            await _freeze(db, viewer, list_id, sha256)
    except (UniqueViolationError, IntegrityError) as error:
        raise InvalidState("This event has a frozen list already.") from error
    return list_id


async def _freeze(db: Connection, viewer: Viewer, list_id: UUID, sha256: str) -> None:
    visible = scope.events(viewer, "ev", 2)
    row = await db.fetchrow(
        "SELECT l.status, l.sha256 FROM invite_list l JOIN event ev ON ev.id = l.event_id"
        f" WHERE l.id = $1 AND {visible.sql} FOR UPDATE OF l",
        list_id,
        *visible.parameters,
    )
    if row is None:
        raise NotFound(field=["inviteListId"])
    if row["status"] != "DRAFT":
        raise InvalidState(f"A list that is {row['status']} cannot be frozen.")
    if row["sha256"] != sha256:
        raise Conflict(f"The list has the hash {row['sha256']}.", field=["sha256"])
    await db.execute(_FREEZE, list_id, viewer.subject)
    await record(db, viewer, Change("freeze_list", "InviteList", list_id, after=sha256))


async def _solve(db: Connection, viewer: Viewer, request: ListRequest) -> ProposedList:
    event = await _event(db, viewer, request.event_id)
    run = await _run(db, request.score_run_id)
    await _require_keys(db, request.quotas)
    everybody = await candidates(db, viewer, run["id"], event["id"], run["time_zone"])
    terms = _terms(request, event, run)
    return ProposedList(
        new_id(), event["id"], run["id"], event["capacity"], propose(everybody, terms)
    )


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


async def _store(db: Connection, viewer: Viewer, solved: ProposedList) -> None:
    proposal = solved.proposal
    await db.execute(
        _INSERT,
        solved.id,
        solved.event_id,
        solved.score_run_id,
        proposal.terms.seats,
        proposal.terms.seed,
        proposal.document(),
        SOLVER,
        outcome(proposal),
        proposal.sha256,
        viewer.subject,
    )
    rows = [
        (
            new_id(),
            solved.id,
            one.candidate.asn_id,
            position,
            one.position,
            one.decision.value,
            one.rank,
            one.waiting_position,
            one.candidate.score,
            [{"code": r.code.value, "message": r.message} for r in one.reasons],
        )
        for position, one in enumerate(listed(proposal), start=1)
    ]
    await db.copy_records_to_table("invite_list_entry", records=rows, columns=_COLUMNS)


def listed(proposal: Proposal) -> list[Entry]:
    """Return all rows in the order in which a list is read: seats first, then by standing."""
    seated = [one for one in proposal.entries if one.decision is InviteDecision.ADMITTED]
    others = [one for one in proposal.entries if one.decision is not InviteDecision.ADMITTED]
    return [*sorted(seated, key=lambda one: one.position or 0), *others]


def outcome(proposal: Proposal) -> dict[str, object]:
    """Return what the quotas cost and changed, as the row keeps it."""
    seats = proposal.terms.seats
    return {
        "score_without_quotas": str(proposal.price.score_without_quotas),
        "score_with_quotas": str(proposal.price.score_with_quotas),
        "lost_ppm": proposal.price.lost_ppm,
        "effects": [
            {
                "quota": effect.rule.label(seats),
                "admitted": [str(one) for one in effect.admitted],
                "instead": [str(one) for one in effect.instead],
            }
            for effect in proposal.effects
        ],
    }
