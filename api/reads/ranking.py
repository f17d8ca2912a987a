"""Score runs and their rankings. A place follows from the order of a run; none is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from api.domain.access import Viewer
from api.domain.platform import Platform
from api.domain.ranking import percentile
from api.models import connection
from api.reads import scope
from api.reads.card import AsnRow, card
from api.reads.conditions import Condition, all_of
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest
from api.reads.posting import posted_below, posted_in
from api.reads.sureness import SURENESS, Sureness, drawn

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

LATEST = "SELECT id FROM score_run WHERE scope = 'LIVE' ORDER BY as_of DESC, id DESC LIMIT 1"

_RUN_COLUMNS = """
id AS run_id, model, as_of, share_count AS run_share_count, holder_count, rows_sha256,
parameters_sha256
"""
_RUN = f"SELECT {_RUN_COLUMNS} FROM score_run WHERE id = coalesce($1::uuid, ({LATEST}))"

_PLACE = "(-{row}.score), (-{row}.quality_micro), {row}.asn_id"


@dataclass(frozen=True, slots=True)
class RankingFilter:
    """Narrows a ranking; all parts are optional and combined by AND."""

    agency_id: UUID | None = None
    province_id: UUID | None = None
    platform: Platform | None = None
    score_run_id: UUID | None = None

    def condition(self, start_index: int) -> Condition:
        """Return the condition on rows `r` of ranking; the run is chosen elsewhere."""
        has_platform = "jsonb_build_array(jsonb_build_object('platform', {}::text))"
        return all_of(
            start_index,
            (
                (posted_below("r.asn_id", "{}::uuid"), self.agency_id),
                (posted_in("r.asn_id", "{}::uuid"), self.province_id),
                (f"r.breakdown @> {has_platform}", self.platform),
            ),
        )


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
    sureness: Sureness | None = None

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
            sureness=Sureness.of(record),
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


async def runs_by_id(ids: Sequence[UUID]) -> dict[UUID, RunRow]:
    """Return these score runs; a run alone names nobody."""
    async with connection() as db:
        records = await db.fetch(
            f"SELECT {_RUN_COLUMNS} FROM score_run WHERE id = ANY($1::uuid[])", list(ids)
        )
    return {record["run_id"]: RunRow.of(record) for record in records}


async def ranking(viewer: Viewer, narrowed: RankingFilter, request: PageRequest) -> RankingPage:
    """Return a page of the latest run, of the run asked for, or of the cursor's run."""
    window = request.open(BY_SCORE, narrowed_by=narrowed)
    run_id = window.values[0] if window.values else narrowed.score_run_id
    where = _reached(viewer, narrowed)
    # Only the first page of a walk knows without counting that nobody stands before it.
    is_first = window.values is None and not request.is_backward
    before_count = "0" if is_first else f"(SELECT count(*) {where.sql} AND {_before('first')})"
    place = _PLACE.format(row="p")
    statement = f"""
        WITH run AS MATERIALIZED ({_RUN}), page AS MATERIALIZED (
            SELECT r.*, {window.key_columns} {where.sql}
               AND {window.predicate(2 + len(where.parameters))}
             ORDER BY {window.order_by} LIMIT {window.row_limit}
        ), start AS MATERIALIZED (
            SELECT {before_count} AS before_count
              FROM (SELECT * FROM page p ORDER BY {place} LIMIT 1) first
        ), listed AS (
            SELECT p.*, (SELECT before_count FROM start)
                        + row_number() OVER (ORDER BY {place}) AS rank, {card(viewer)} AS card,
                   {SURENESS}
              FROM page p JOIN asn a ON a.id = p.asn_id {drawn("p")}
        )
        SELECT run.*, r.* FROM run LEFT JOIN listed r ON true ORDER BY {window.order_by}"""
    async with connection() as db:
        records = await db.fetch(statement, run_id, *where.parameters, *window.parameters)
    run = RunRow.of(records[0]) if records else None
    rows = [record for record in records if record["id"] is not None]
    return RankingPage(run, window.page(rows, RankingRow.of))


async def count_ranking(viewer: Viewer, narrowed: RankingFilter, run_id: UUID) -> int:
    """Return how many people of a run the same page request reaches."""
    where = _reached(viewer, narrowed)
    async with connection() as db:
        total: int = await db.fetchval(
            f"WITH run AS MATERIALIZED ({_RUN}) SELECT count(*) {where.sql}",
            run_id,
            *where.parameters,
        )
    return total


async def ranking_rows_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, RankingRow]:
    """Return those of these rows whose holder the viewer may see, with the place in their scope."""
    visible = scope.ranked(viewer, "r.asn_id", 2)
    before = scope.ranked(viewer, "b.asn_id", 2)
    statement = f"""
        SELECT r.*, {card(viewer)} AS card, {SURENESS}, 1 + (
                 SELECT count(*) FROM ranking b WHERE b.score_run_id = r.score_run_id
                    AND ({_PLACE.format(row="b")}) < ({_PLACE.format(row="r")})
                    AND {before.sql}) AS rank
          FROM ranking r JOIN asn a ON a.id = r.asn_id {drawn("r")}
         WHERE r.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: RankingRow.of(record) for record in records}


def _reached(viewer: Viewer, narrowed: RankingFilter) -> Condition:
    """Return FROM and WHERE of the rows that a request reaches; `run` is a query of one row.

    The run is compared with a scalar, so that the index on its order gives the rows sorted.
    """
    visible = scope.ranked(viewer, "r.asn_id", 2)
    reached = visible.and_(narrowed.condition(2 + len(visible.parameters)))
    source = "FROM ranking r WHERE r.score_run_id = (SELECT run_id FROM run)"
    return Condition(f"{source} AND {reached.sql}", reached.parameters)


def _before(row: str) -> str:
    return f"({_PLACE.format(row='r')}) < ({_PLACE.format(row=row)})"


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A person's place in the whole latest run."""

    asn_id: UUID
    rank: int
    score: int
    holder_count: int
    percentile: float | None
    sureness: Sureness | None


async def standings(viewer: Viewer, asn_ids: Sequence[UUID]) -> dict[UUID, StandingRow]:
    """Return the standing of these people in the latest run, as far as the viewer may see it."""
    visible = scope.ranked(viewer, "r.asn_id", 2)
    statement = f"""
        SELECT r.asn_id, r.score, run.holder_count, placed.rank, {SURENESS}
          FROM score_run run JOIN ranking r ON r.score_run_id = run.id
          JOIN (SELECT asn_id, row_number() OVER (ORDER BY {_PLACE.format(row="every")}) AS rank
                  FROM ranking every WHERE every.score_run_id = ({LATEST})) placed USING (asn_id)
          {drawn("r")}
         WHERE run.id = ({LATEST}) AND r.asn_id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(asn_ids), *visible.parameters)
    return {record["asn_id"]: _standing(record) for record in records}


def _standing(record: Record) -> StandingRow:
    return StandingRow(
        asn_id=record["asn_id"],
        rank=record["rank"],
        score=int(record["score"]),
        holder_count=record["holder_count"],
        percentile=percentile(record["rank"], record["holder_count"]),
        sureness=Sureness.of(record),
    )
