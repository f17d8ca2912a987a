"""Shares: those of a person, and those of a program post."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from asyncpg import Record

from api.domain.access import Viewer
from api.domain.amplification import FORMULA, ShareState
from api.domain.platform import EvidenceLevel, Platform, ShareKind
from api.models import connection
from api.reads import scope
from api.reads.card import AsnRow, card
from api.reads.conditions import Condition, all_of
from api.reads.cursors import Kind
from api.reads.grouping import paged
from api.reads.paging import Key, Keyset, Page, PageRequest

BY_TIME = Keyset(
    "shares.SHARED_AT",
    (Key("s.shared_at", Kind.TIME, is_descending=True), Key("s.id", Kind.UUID, is_descending=True)),
)

# A share that no run has judged yet is pending; its gain under the live baseline decays by today.
_JUDGED = f"""
LEFT JOIN baseline live ON live.status = 'LIVE' AND live.formula = '{FORMULA}'
LEFT JOIN share_gain g
       ON g.asn_id = s.asn_id AND g.share_id = s.id AND g.baseline_id = live.id
LEFT JOIN scoring_model m ON m.version = live.formula
LEFT JOIN decay d ON d.formula = live.formula
      AND d.age_days = (now() AT TIME ZONE (m.parameters ->> 'time_zone'))::date - g.day_on
"""
_COLUMNS = """
s.id, s.asn_id, s.program_post_id, s.platform, s.kind, s.evidence_level, s.shared_at, s.url,
s.presence, coalesce(g.state, 'PENDING') AS state,
CASE WHEN g.state IN ('COUNTED', 'PARTIAL')
     THEN g.gain_micro::numeric * coalesce(d.weight_ppm, 0) END AS score
"""


class Parent(StrEnum):
    """Whose shares are listed, by the column that names it."""

    ASN = "asn_id"
    POST = "program_post_id"


@dataclass(frozen=True, slots=True)
class ShareFilter:
    """Narrows shares; all parts are optional and combined by AND."""

    platform: Platform | None = None
    kind: ShareKind | None = None
    state: ShareState | None = None
    evidence_at_least: EvidenceLevel | None = None

    def condition(self, start_index: int) -> Condition:
        """Return the condition on rows `s` of share and `g` of share_gain."""
        levels = list(EvidenceLevel)
        least = self.evidence_at_least
        return all_of(
            start_index,
            (
                ("s.platform = {}", self.platform),
                ("s.kind = {}", self.kind),
                ("coalesce(g.state, 'PENDING') = {}", self.state),
                (
                    "s.evidence_level = ANY({}::text[])",
                    None if least is None else levels[levels.index(least) :],
                ),
            ),
        )


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One share; `score` is what it adds today, in 10⁻¹² nats, None while it adds nothing yet."""

    id: UUID
    asn_id: UUID
    post_id: UUID
    platform: Platform
    kind: ShareKind
    evidence: EvidenceLevel
    state: ShareState
    shared_at: datetime
    url: str | None
    is_removed: bool
    score: int | None
    asn: AsnRow | None

    @classmethod
    def of(cls, record: Record) -> "ShareRow":
        """Read `_COLUMNS` with a card."""
        score = record["score"]
        return cls(
            id=record["id"],
            asn_id=record["asn_id"],
            post_id=record["program_post_id"],
            platform=Platform(record["platform"]),
            kind=ShareKind(record["kind"]),
            evidence=EvidenceLevel(record["evidence_level"]),
            state=ShareState(record["state"]),
            shared_at=record["shared_at"],
            url=record["url"],
            is_removed=record["presence"] == "REMOVED",
            score=None if score is None else int(score),
            asn=AsnRow.of(record["card"]),
        )


async def shares_of(
    viewer: Viewer,
    parent: Parent,
    parent_ids: Sequence[UUID],
    narrowed: ShareFilter,
    request: PageRequest,
) -> dict[UUID, Page[ShareRow]]:
    """Return one page of shares for each parent, newest first, in one statement."""
    window = request.open(BY_TIME, narrowed_by=(parent.value, narrowed))
    where = _reached(viewer, narrowed)
    statement = f"""
        SELECT parent.id AS parent_id, page.* FROM unnest($1::uuid[]) AS parent(id)
         CROSS JOIN LATERAL (
            SELECT {_COLUMNS}, {card(viewer)} AS card, {window.key_columns}
              FROM share s JOIN asn a ON a.id = s.asn_id {_JUDGED}
             WHERE s.{parent.value} = parent.id AND {where.sql}
               AND {window.predicate(2 + len(where.parameters))}
             ORDER BY {window.order_by} LIMIT {window.row_limit}) page"""
    async with connection() as db:
        records = await db.fetch(statement, list(parent_ids), *where.parameters, *window.parameters)
    return paged(parent_ids, records, window, ShareRow.of)


async def count_shares_of(
    viewer: Viewer, parent: Parent, parent_ids: Sequence[UUID], narrowed: ShareFilter
) -> dict[UUID, int]:
    """Return how many shares the same request reaches for each parent."""
    where = _reached(viewer, narrowed)
    judged = "" if narrowed.state is None else _JUDGED
    statement = f"""
        SELECT s.{parent.value} AS parent_id, count(*) AS total FROM share s {judged}
         WHERE s.{parent.value} = ANY($1::uuid[]) AND {where.sql} GROUP BY 1"""
    async with connection() as db:
        records = await db.fetch(statement, list(parent_ids), *where.parameters)
    return dict.fromkeys(parent_ids, 0) | {r["parent_id"]: r["total"] for r in records}


def _reached(viewer: Viewer, narrowed: ShareFilter) -> Condition:
    visible = scope.asns(viewer, "s.asn_id", 2)
    return visible.and_(narrowed.condition(2 + len(visible.parameters)))


async def shares_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, ShareRow]:
    """Return those of these shares whose holder is in scope."""
    visible = scope.asns(viewer, "s.asn_id", 2)
    statement = f"""
        SELECT {_COLUMNS}, {card(viewer)} AS card
          FROM share s JOIN asn a ON a.id = s.asn_id {_JUDGED}
         WHERE s.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: ShareRow.of(record) for record in records}
