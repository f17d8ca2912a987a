"""Score runs and their rankings. A place follows from the order of a run; none is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from api.domain.access import Viewer
from api.domain.platform import Platform
from api.models import connection
from api.reads import scope
from api.reads.card import AsnRow, card
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest
from api.reads.posting import posted

# The run is the first key, so that a cursor stays with its run when a newer one appears.
BY_SCORE = Keyset(
    "ranking.SCORE",
    (
        Key("r.score_run_id", Kind.UUID),
        Key("(-r.score)", Kind.NUMERIC),
        Key("(-r.quality_micro)", Kind.INT),
        Key("r.asn_id", Kind.UUID),
    ),
)

_LATEST = "SELECT id FROM score_run WHERE scope = 'LIVE' ORDER BY as_of DESC, id DESC LIMIT 1"

_RUN = f"""
SELECT id AS run_id, model, as_of, share_count AS run_share_count, holder_count, rows_sha256,
       parameters_sha256
  FROM score_run WHERE id = coalesce($1::uuid, ({_LATEST}))
"""

_NARROWED = f"""
{posted("r.asn_id", "$2", "$3")}
AND ($4::text IS NULL OR r.breakdown @> jsonb_build_array(jsonb_build_object('platform', $4::text)))
"""


@dataclass(frozen=True, slots=True)
class RankingFilter:
    """Narrows a ranking; all parts are optional and combined by AND."""

    agency_id: UUID | None = None
    province_id: UUID | None = None
    platform: Platform | None = None
    score_run_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RunRow:
    """One score run."""

    id: UUID
    model: str
    as_of: datetime
    share_count: int
    holder_count: int
    rows_sha256: str
    parameters_sha256: str

    @classmethod
    def of(cls, record: Record) -> "RunRow":
        """Read the columns of `_RUN`."""
        return cls(
            id=record["run_id"],
            model=record["model"],
            as_of=record["as_of"],
            share_count=record["run_share_count"],
            holder_count=record["holder_count"],
            rows_sha256=record["rows_sha256"],
            parameters_sha256=record["parameters_sha256"],
        )


@dataclass(frozen=True, slots=True)
class PlatformPart:
    """What one network adds to a holder's score."""

    platform: Platform
    share_count: int
    score: int


@dataclass(frozen=True, slots=True)
class RankingRow:
    """One holder's place and integers; scores in 10⁻¹² nats."""

    id: UUID
    rank: int
    score: int
    quality_micro: int
    share_count: int
    resharer_count: int
    pending_count: int
    breakdown: tuple[PlatformPart, ...]
    asn: AsnRow

    @classmethod
    def of(cls, record: Record) -> "RankingRow":
        """Read one record of a page."""
        return cls(
            id=record["id"],
            rank=record["rank"],
            score=int(record["score"]),
            quality_micro=record["quality_micro"],
            share_count=record["share_count"],
            resharer_count=record["resharer_count"],
            pending_count=record["pending_count"],
            breakdown=parts(record["breakdown"]),
            asn=AsnRow.of(record["card"]),
        )


@dataclass(frozen=True, slots=True)
class RankingPage:
    """A page of a ranking with the run that it belongs to; no run means that none was made yet."""

    run: RunRow | None
    page: Page[RankingRow]


def parts(breakdown: Sequence[dict[str, Any]]) -> tuple[PlatformPart, ...]:
    """Read the breakdown by platform."""
    return tuple(
        PlatformPart(Platform(item["platform"]), item["shareCount"], int(item["score"]))
        for item in breakdown
    )


async def run_by_id(run_id: UUID | None) -> RunRow | None:
    """Return one score run, the latest one for None."""
    async with connection() as db:
        record = await db.fetchrow(_RUN, run_id)
    return None if record is None else RunRow.of(record)


async def ranking(viewer: Viewer, narrowed: RankingFilter, request: PageRequest) -> RankingPage:
    """Return a page of the latest run, of the run asked for, or of the cursor's run."""
    window = request.open(BY_SCORE, narrowed_by=narrowed)
    run_id = window.values[0] if window.values else narrowed.score_run_id
    visible = scope.ranked(viewer, "r.asn_id", 5)
    after = 5 + len(visible.parameters)
    where = f"r.score_run_id = run.run_id AND {_NARROWED} AND {visible.sql}"
    statement = f"""
        WITH run AS ({_RUN}), page AS MATERIALIZED (
            SELECT r.*, {window.key_columns} FROM run JOIN ranking r ON {where}
             WHERE {window.predicate(after)} ORDER BY {window.order_by} LIMIT {window.row_limit}
        ), place AS (
            SELECT count(*) AS before_count FROM run JOIN ranking r ON {where}
             WHERE ((-r.score), (-r.quality_micro), r.asn_id) <
                   (SELECT (-p.score), (-p.quality_micro), p.asn_id FROM page p
                     ORDER BY 1, 2, 3 LIMIT 1)
        ), listed AS (
            SELECT p.*, place.before_count + row_number() OVER (
                       ORDER BY (-p.score), (-p.quality_micro), p.asn_id) AS rank,
                   {card(viewer)} AS card
              FROM page p JOIN asn a ON a.id = p.asn_id CROSS JOIN place
        )
        SELECT run.*, r.* FROM run LEFT JOIN listed r ON true ORDER BY {window.order_by}"""
    values = (run_id, narrowed.agency_id, narrowed.province_id, narrowed.platform)
    async with connection() as db:
        records = await db.fetch(statement, *values, *visible.parameters, *window.parameters)
    run = RunRow.of(records[0]) if records else None
    rows = [record for record in records if record["id"] is not None]
    return RankingPage(run, window.page(rows, RankingRow.of))


async def count_ranking(viewer: Viewer, narrowed: RankingFilter, run_id: UUID | None) -> int:
    """Return how many people the same page request reaches."""
    visible = scope.ranked(viewer, "r.asn_id", 5)
    statement = f"""
        WITH run AS ({_RUN})
        SELECT count(*) FROM run JOIN ranking r ON r.score_run_id = run.run_id
         WHERE {_NARROWED} AND {visible.sql}"""
    values = (run_id, narrowed.agency_id, narrowed.province_id, narrowed.platform)
    async with connection() as db:
        total: int = await db.fetchval(statement, *values, *visible.parameters)
    return total


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A person's place in the whole latest run."""

    asn_id: UUID
    rank: int
    score: int
    holder_count: int
    percentile: float


async def standings(viewer: Viewer, asn_ids: Sequence[UUID]) -> dict[UUID, StandingRow]:
    """Return the standing of these people in the latest run, as far as the viewer may see it."""
    visible = scope.ranked(viewer, "r.asn_id", 2)
    statement = f"""
        WITH run AS (SELECT id, holder_count FROM score_run WHERE id = ({_LATEST}))
        SELECT r.asn_id, r.score, run.holder_count, 1 + (
                 SELECT count(*) FROM ranking b WHERE b.score_run_id = run.id
                    AND ((-b.score), (-b.quality_micro), b.asn_id)
                      < ((-r.score), (-r.quality_micro), r.asn_id)) AS rank
          FROM run JOIN ranking r ON r.score_run_id = run.id
         WHERE r.asn_id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(asn_ids), *visible.parameters)
    return {record["asn_id"]: _standing(record) for record in records}


def _standing(record: Record) -> StandingRow:
    below_count = record["holder_count"] - record["rank"]
    return StandingRow(
        asn_id=record["asn_id"],
        rank=record["rank"],
        score=int(record["score"]),
        holder_count=record["holder_count"],
        percentile=100 * below_count / record["holder_count"],
    )
