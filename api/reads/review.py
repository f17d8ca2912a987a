"""Review flags with their evidence in words, their log and appeal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from api.domain.access import Scope, Viewer
from api.domain.coordination import (
    AppealState,
    Evidence,
    LogKind,
    ReviewRule,
    ReviewState,
    Tier,
)
from api.models import connection
from api.reads import scope
from api.reads.conditions import NOTHING, Condition, all_of
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest

OLDEST_FIRST = Keyset(
    "reviewFlags.OPENED_AT", (Key("f.opened_at", Kind.TIME), Key("f.id", Kind.UUID))
)


@dataclass(frozen=True, slots=True)
class ReviewFlagFilter:
    """Narrows flags; all parts are optional and combined by AND."""

    state: ReviewState | None = None
    tier: Tier | None = None
    rule: ReviewRule | None = None
    asn_id: UUID | None = None

    def condition(self, start_index: int) -> Condition:
        """Return the condition on rows `f` of review_flag."""
        return all_of(
            start_index,
            (
                ("f.state = {}::text", self.state),
                ("f.tier = {}::text", self.tier),
                ("f.rule = {}::text", self.rule),
                ("f.asn_id = {}::uuid", self.asn_id),
            ),
        )


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One thing that happened to a flag."""

    at: datetime
    kind: LogKind
    by: str
    text: str | None

    @classmethod
    def of(cls, data: dict[str, Any]) -> "EntryRow":
        """Read an entry of the log."""
        at = datetime.fromisoformat(data["at"])
        return cls(at, LogKind(data["kind"]), data["by"], data["text"])


@dataclass(frozen=True, slots=True)
class AppealRow:
    """The appeal against a rejection."""

    state: AppealState
    opened_at: datetime
    text: str
    decided_by: str | None

    @classmethod
    def of(cls, data: dict[str, Any]) -> "AppealRow":
        """Read an appeal."""
        at = datetime.fromisoformat(data["opened_at"])
        return cls(AppealState(data["state"]), at, data["text"], data["decided_by"])


@dataclass(frozen=True, slots=True)
class ReviewFlagRow:
    """A flag; `names` are those of the people in the evidence whom the viewer may see."""

    id: UUID
    asn_id: UUID
    share_id: UUID
    rule: ReviewRule
    rule_version: int
    tier: Tier
    evidence: tuple[Evidence, ...]
    state: ReviewState
    opened_at: datetime
    held_at: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None
    names: dict[UUID, str]
    history: tuple[EntryRow, ...]
    appeal: AppealRow | None

    @classmethod
    def of(cls, record: Record) -> "ReviewFlagRow":
        """Read the columns of `_columns`."""
        return cls(
            id=record["id"],
            asn_id=record["asn_id"],
            share_id=record["share_id"],
            rule=ReviewRule(record["rule"]),
            rule_version=record["rule_version"],
            tier=Tier(record["tier"]),
            evidence=tuple(Evidence.of(row) for row in record["evidence"]),
            state=ReviewState(record["state"]),
            opened_at=record["opened_at"],
            held_at=record["held_at"],
            decided_at=record["decided_at"],
            decided_by=record["decided_by"],
            reason=record["reason"],
            names={UUID(key): name for key, name in record["names"].items()},
            history=tuple(EntryRow.of(entry) for entry in record["history"]),
            appeal=None if record["appeal"] is None else AppealRow.of(record["appeal"]),
        )


async def review_flags(
    viewer: Viewer, narrowed: ReviewFlagFilter, request: PageRequest
) -> Page[ReviewFlagRow]:
    """Return a page of the flags in scope, the oldest first."""
    window = request.open(OLDEST_FIRST, narrowed_by=narrowed)
    where = _reached(viewer, narrowed)
    statement = f"""
        SELECT {_columns(viewer)}, {window.key_columns} FROM review_flag f
         WHERE {where.sql} AND {window.predicate(1 + len(where.parameters))}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    async with connection() as db:
        records = await db.fetch(statement, *where.parameters, *window.parameters)
    return window.page(records, ReviewFlagRow.of)


async def count_review_flags(viewer: Viewer, narrowed: ReviewFlagFilter) -> int:
    """Return how many flags the same request reaches."""
    where = _reached(viewer, narrowed)
    async with connection() as db:
        total: int = await db.fetchval(
            f"SELECT count(*) FROM review_flag f WHERE {where.sql}", *where.parameters
        )
    return total


async def review_flags_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, ReviewFlagRow]:
    """Return those of these flags that are in scope."""
    visible = scope.review_flags(viewer, "f", 1)
    if visible is NOTHING:
        return {}
    place = f"${1 + len(visible.parameters)}"
    statement = f"""
        SELECT {_columns(viewer)} FROM review_flag f
         WHERE {visible.sql} AND f.id = ANY({place}::uuid[])"""
    async with connection() as db:
        records = await db.fetch(statement, *visible.parameters, list(ids))
    return {record["id"]: ReviewFlagRow.of(record) for record in records}


def _reached(viewer: Viewer, narrowed: ReviewFlagFilter) -> Condition:
    visible = scope.review_flags(viewer, "f", 1)
    return visible.and_(narrowed.condition(1 + len(visible.parameters)))


def _columns(viewer: Viewer) -> str:
    """Return the columns; the scope's value is $1. Holders read roles instead of reviewers."""
    named = scope.asns(viewer, "n.id", 1)
    is_self = viewer.scope is Scope.SELF
    decider = "CASE WHEN f.decided_by IS NOT NULL THEN 'a reviewer' END"
    other = "CASE WHEN p.decided_by IS NOT NULL THEN 'another reviewer' END"
    return f"""
        f.id, f.asn_id, f.share_id, f.rule, f.rule_version, f.tier, f.evidence, f.state,
        f.opened_at, f.held_at, f.decided_at, f.reason,
        {decider if is_self else "f.decided_by"} AS decided_by,
        (SELECT coalesce(jsonb_object_agg(n.id, n.full_name), '{{}}') FROM asn n
          WHERE {named.sql} AND n.id IN (SELECT (e ->> 'partner_id')::uuid
                  FROM jsonb_array_elements(f.evidence) e)) AS names,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('at', h.at, 'kind', h.kind, 'text', h.text,
                    'by', h.{"role" if is_self else "actor"}) ORDER BY h.ingest_seq), '[]')
           FROM review_entry h WHERE h.asn_id = f.asn_id AND h.flag_id = f.id) AS history,
        (SELECT jsonb_build_object('state', p.state, 'opened_at', p.opened_at, 'text', p.text,
                    'decided_by', {other if is_self else "p.decided_by"})
           FROM appeal p WHERE p.object_type = 'ReviewFlag' AND p.object_id = f.id) AS appeal"""
