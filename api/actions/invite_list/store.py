"""The rows of a list: written when it is proposed, and again when a person changes it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Connection

from api.actions.invite_list.facts import facts_of
from api.actions.invite_list.solve import ProposedList
from api.domain.access import Viewer
from api.domain.selection import (
    SOLVER,
    Entry,
    Gate,
    InviteDecision,
    Lot,
    Override,
    Proposal,
    QuotaDimension,
    QuotaRule,
    Terms,
)
from api.models import new_id

_INSERT = """
INSERT INTO invite_list (id, event_id, score_run_id, status, seat_count, seed, rules, solver,
                         outcome, sha256, created_by, created_at)
VALUES ($1, $2, $3, 'DRAFT', $4, $5, $6, $7, $8, $9, $10, now())
"""
_CHANGE = "UPDATE invite_list SET rules = $2, outcome = $3, sha256 = $4 WHERE id = $1"
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
    "facts",
    "reasons",
)


async def store_list(db: Connection, viewer: Viewer, solved: ProposedList) -> None:
    """Keep a solved list as a draft."""
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
    await _store_rows(db, solved.id, proposal)


async def replace_list(db: Connection, list_id: UUID, proposal: Proposal) -> None:
    """Keep a draft as it is after a change by hand."""
    await db.execute("DELETE FROM invite_list_entry WHERE invite_list_id = $1", list_id)
    await db.execute(_CHANGE, list_id, proposal.document(), outcome(proposal), proposal.sha256)
    await _store_rows(db, list_id, proposal)


async def _store_rows(db: Connection, list_id: UUID, proposal: Proposal) -> None:
    rows = [
        (
            new_id(),
            list_id,
            one.candidate.asn_id,
            position,
            one.position,
            one.decision.value,
            one.rank,
            one.waiting_position,
            one.candidate.score,
            facts_of(one.candidate),
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
    """Return what the quotas cost and changed, and the quotas that were asked for."""
    terms = proposal.terms
    return {
        "score_without_quotas": str(proposal.price.score_without_quotas),
        "score_with_quotas": str(proposal.price.score_with_quotas),
        "lost_ppm": proposal.price.lost_ppm,
        "effects": [
            {
                "quota": effect.rule.label(terms.seats),
                "admitted": [str(one) for one in effect.admitted],
                "instead": [str(one) for one in effect.instead],
            }
            for effect in proposal.effects
        ],
        "broken": sorted(bound.label(terms.seats) for bound in proposal.broken),
        "asked": [_asked(rule) for rule in terms.rules],
        "capacity": terms.capacity,
        "lot_count": 0 if terms.lot is None else len(terms.lot.level),
    }


def _asked(rule: QuotaRule) -> dict[str, object]:
    return {
        "dimension": rule.dimension.value,
        "key": rule.key,
        "minimum": rule.minimum,
        "maximum": rule.maximum,
        "maximum_percent": rule.maximum_percent,
    }


def terms_of(
    document: Mapping[str, Any], kept: Mapping[str, Any], overrides: tuple[Override, ...]
) -> Terms:
    """Return the terms of a stored list from its hashed document and its outcome."""
    terms = document["terms"]
    return Terms(
        seats=terms["seats"],
        capacity=kept["capacity"],
        seed=terms["seed"],
        gate=_gate(terms),
        rules=tuple(_rule(asked) for asked in kept["asked"]),
        waiting_places=terms["waiting_places"],
        overrides=overrides,
        lot=_lot(document),
        context=document["context"],
    )


def _lot(document: Mapping[str, Any]) -> Lot | None:
    kept = document.get("lot")
    if kept is None:
        return None
    return Lot(UUID(kept["drawn_from"]), frozenset(UUID(one) for one in kept["level"]))


def _gate(terms: Mapping[str, Any]) -> Gate:
    return Gate(
        on=date.fromisoformat(terms["on"]),
        cool_down_days=terms["cool_down_days"],
        acceptance_limit=terms["acceptance_limit"],
        acceptance_days=terms["acceptance_days"],
        minimum_score=int(terms["minimum_score"]),
    )


def _rule(asked: Mapping[str, Any]) -> QuotaRule:
    return QuotaRule(**{**asked, "dimension": QuotaDimension(asked["dimension"])})
