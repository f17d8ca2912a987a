"""Figures of campaigns and posts, each with how much of the truth it can know.

A count is null while nothing was ever read to the end: unknown is never zero. Clicks are null until
tracked links are in use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from api.domain.access import Viewer
from api.domain.platform import Coverage, EvidenceLevel
from api.models import connection
from api.reads import scope
from api.reads.card import AsnRow, card
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest

BY_NAME = Keyset("missing.NAME", (Key("a.sort_name", Kind.TEXT), Key("a.id", Kind.UUID)))

# A figure is as good as the worst of the lists behind it, and as old as the oldest of them.
_SWEPT = """
SELECT x.id AS post_id, x.campaign_id,
       CASE WHEN bool_and(k.sweep_completed_at IS NOT NULL AND k.coverage = 'COMPLETE')
            THEN 'COMPLETE'
            WHEN bool_and(k.sweep_completed_at IS NOT NULL AND k.coverage <> 'UNKNOWN')
            THEN 'CAPPED' ELSE 'UNKNOWN' END AS coverage,
       bool_or(k.sweep_completed_at IS NOT NULL) AS is_known,
       CASE WHEN bool_and(k.sweep_completed_at IS NOT NULL) THEN min(k.sweep_completed_at) END
            AS swept_at
  FROM program_post x
 CROSS JOIN (VALUES ('retweets'), ('quote_tweets')) AS l(list_name)
  LEFT JOIN sync_cursor k ON k.platform = x.platform AND k.list_name = l.list_name
        AND k.object_ref = x.official_post_ref
 WHERE x.{column} = ANY($1::uuid[])
 GROUP BY x.id, x.campaign_id
"""

_COUNTED = """
SELECT s.program_post_id AS post_id, s.asn_id, s.account_id, s.id AS share_id,
       (SELECT count(*) FROM reshare r WHERE r.asn_id = s.asn_id AND r.share_id = s.id
           AND NOT r.is_withdrawn) AS resharer_count
  FROM share s JOIN program_post x ON x.id = s.program_post_id
 WHERE x.{column} = ANY($1::uuid[]) AND s.presence = 'LIVE' AND s.review <> 'REJECTED'
"""

_REACH = """
SELECT DISTINCT ON (c.{group}, c.account_id) c.{group} AS parent_id, o.count
  FROM {counted} c JOIN audience_observation o
    ON o.asn_id = c.asn_id AND o.account_id = c.account_id
 ORDER BY c.{group}, c.account_id, o.observed_at DESC, o.id DESC
"""


# Whom a campaign addresses; an empty part of the audience means everybody.
_ADDRESSED = """
(coalesce(cam.audience -> 'agency_ids', '[]') = '[]' OR EXISTS (
    SELECT 1 FROM assignment g WHERE g.asn_id = {asn} AND g.is_primary
       AND g.from_on <= current_date AND coalesce(g.to_on > current_date, true)
       AND cam.audience -> 'agency_ids' ? g.agency_id::text))
AND (coalesce(cam.audience -> 'province_ids', '[]') = '[]' OR EXISTS (
    SELECT 1 FROM assignment g JOIN agency h ON h.id = g.agency_id
     WHERE g.asn_id = {asn} AND g.is_primary
       AND g.from_on <= current_date AND coalesce(g.to_on > current_date, true)
       AND cam.audience -> 'province_ids' ? coalesce(g.province_id, h.province_id)::text))
"""


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """Counts of one post or campaign; null means that nothing is known yet."""

    share_count: int | None
    sharer_count: int | None
    resharer_count: int | None
    potential_reach: int | None
    coverage: Coverage
    as_of: datetime | None
    holder_count: int | None = None


UNKNOWN_FIGURES = FiguresRow(None, None, None, None, Coverage.UNKNOWN, None)


async def post_figures(ids: Sequence[UUID]) -> dict[UUID, FiguresRow]:
    """Return the figures of these posts, which the caller already sees."""
    statement = f"""
        WITH swept AS ({_SWEPT.format(column="id")}), counted AS ({_COUNTED.format(column="id")}),
             reach AS ({_REACH.format(group="post_id", counted="counted")})
        SELECT w.post_id AS parent_id, w.coverage, w.swept_at AS as_of,
               w.is_known OR count(c.share_id) > 0 AS is_known,
               count(c.share_id) AS share_count, count(DISTINCT c.asn_id) AS sharer_count,
               coalesce(sum(c.resharer_count), 0)::bigint AS resharer_count,
               (SELECT sum(count)::bigint FROM reach r WHERE r.parent_id = w.post_id) AS reach
          FROM swept w LEFT JOIN counted c ON c.post_id = w.post_id
         GROUP BY w.post_id, w.coverage, w.swept_at, w.is_known"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids))
    return {record["parent_id"]: _figures(record, None) for record in records}


async def campaign_figures(ids: Sequence[UUID]) -> dict[UUID, FiguresRow]:
    """Return the figures of these campaigns, which the caller already sees."""
    statement = f"""
        WITH swept AS ({_SWEPT.format(column="campaign_id")}),
             shared AS ({_COUNTED.format(column="campaign_id")}),
             counted AS (SELECT w.campaign_id, s.* FROM shared s JOIN swept w USING (post_id)),
             reach AS ({_REACH.format(group="campaign_id", counted="counted")}),
             worst AS (
               SELECT campaign_id, bool_or(is_known) AS is_known,
                      CASE WHEN bool_and(coverage = 'COMPLETE') THEN 'COMPLETE'
                           WHEN bool_and(coverage <> 'UNKNOWN') THEN 'CAPPED'
                           ELSE 'UNKNOWN' END AS coverage,
                      CASE WHEN bool_and(swept_at IS NOT NULL) THEN min(swept_at) END AS as_of
                 FROM swept GROUP BY campaign_id)
        SELECT cam.id AS parent_id, coalesce(w.coverage, 'UNKNOWN') AS coverage, w.as_of,
               coalesce(w.is_known, false) OR count(c.share_id) > 0 AS is_known,
               count(c.share_id) AS share_count, count(DISTINCT c.asn_id) AS sharer_count,
               coalesce(sum(c.resharer_count), 0)::bigint AS resharer_count,
               (SELECT sum(count)::bigint FROM reach r WHERE r.parent_id = cam.id) AS reach,
               (SELECT count(DISTINCT b.asn_id) FROM badge b
                 WHERE b.state = 'ACTIVE' AND {_ADDRESSED.format(asn="b.asn_id")}) AS holder_count
          FROM campaign cam
          LEFT JOIN worst w ON w.campaign_id = cam.id
          LEFT JOIN counted c ON c.campaign_id = cam.id
         WHERE cam.id = ANY($1::uuid[])
         GROUP BY cam.id, w.coverage, w.as_of, w.is_known"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids))
    return {record["parent_id"]: _figures(record, record["holder_count"]) for record in records}


def _figures(record: Record, holder_count: int | None) -> FiguresRow:
    is_known = record["is_known"]
    return FiguresRow(
        share_count=record["share_count"] if is_known else None,
        sharer_count=record["sharer_count"] if is_known else None,
        resharer_count=record["resharer_count"] if is_known else None,
        potential_reach=record["reach"],
        coverage=Coverage(record["coverage"]),
        as_of=record["as_of"],
        holder_count=holder_count,
    )


async def evidence_of(ids: Sequence[UUID]) -> dict[UUID, list[tuple[EvidenceLevel, int]]]:
    """Return how many live shares of each post stand on which level of evidence."""
    statement = """
        SELECT program_post_id AS post_id, evidence_level, count(*) AS total FROM share
         WHERE program_post_id = ANY($1::uuid[]) AND presence = 'LIVE' GROUP BY 1, 2"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids))
    found: dict[UUID, dict[str, int]] = {key: {} for key in ids}
    for record in records:
        found[record["post_id"]][record["evidence_level"]] = record["total"]
    return {
        key: [(level, counts[level]) for level in EvidenceLevel if level in counts]
        for key, counts in found.items()
    }


@dataclass(frozen=True, slots=True)
class TopSharerRow:
    """A holder and what a post brought them so far, undecayed, in micro-nats."""

    gain_micro: int
    asn: AsnRow


async def top_sharers_of(
    viewer: Viewer, ids: Sequence[UUID], limit: int
) -> dict[UUID, list[TopSharerRow]]:
    """Return the holders in scope with the most amplification on each post."""
    visible = scope.ranked(viewer, "top.asn_id", 3)
    statement = f"""
        SELECT parent.id AS parent_id, page.* FROM unnest($1::uuid[]) AS parent(id)
         CROSS JOIN LATERAL (
            SELECT top.asn_id, top.gain_micro, {card(viewer)} AS card FROM (
                SELECT s.asn_id, sum(g.gain_micro)::bigint AS gain_micro
                  FROM share s
                  JOIN baseline live ON live.status = 'LIVE'
                  JOIN share_gain g ON g.asn_id = s.asn_id AND g.share_id = s.id
                                   AND g.baseline_id = live.id
                 WHERE s.program_post_id = parent.id AND g.state IN ('COUNTED', 'PARTIAL')
                 GROUP BY s.asn_id) top
              JOIN asn a ON a.id = top.asn_id
             WHERE {visible.sql}
             ORDER BY top.gain_micro DESC, top.asn_id LIMIT $2) page"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), limit, *visible.parameters)
    found: dict[UUID, list[TopSharerRow]] = {key: [] for key in ids}
    for record in records:
        row = TopSharerRow(record["gain_micro"], AsnRow.of(record["card"]))
        found[record["parent_id"]].append(row)
    return found


# A holder can be missing only where we would know: a verified account, followed by agreement.
_MISSING = f"""
FROM program_post x
JOIN campaign cam ON cam.id = x.campaign_id
JOIN asn a ON a.is_active
WHERE x.id = parent.id
  AND EXISTS (SELECT 1 FROM badge b WHERE b.asn_id = a.id AND b.state = 'ACTIVE')
  AND EXISTS (SELECT 1 FROM social_account sa JOIN consent k ON k.account_id = sa.id
                 AND k.purpose = 'ACCOUNT_TRACKING' AND k.withdrawn_at IS NULL
               WHERE sa.asn_id = a.id AND sa.platform = x.platform
                 AND sa.verification = 'VERIFIED')
  AND {_ADDRESSED.format(asn="a.id")}
  AND NOT EXISTS (SELECT 1 FROM share s WHERE s.program_post_id = x.id AND s.asn_id = a.id
                     AND s.presence = 'LIVE')
"""


async def missing_of(
    viewer: Viewer, ids: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[AsnRow]]:
    """Return one page of the holders in scope who are not known to have shared each post."""
    window = request.open(BY_NAME)
    visible = scope.asns(viewer, "a.id", 2)
    after = 2 + len(visible.parameters)
    statement = f"""
        SELECT parent.id AS parent_id, page.* FROM unnest($1::uuid[]) AS parent(id)
         CROSS JOIN LATERAL (
            SELECT {card(viewer)} AS card, {window.key_columns} {_MISSING}
               AND {visible.sql} AND {window.predicate(after)}
             ORDER BY {window.order_by} LIMIT {window.row_limit}) page"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters, *window.parameters)
    grouped: dict[UUID, list[Record]] = {key: [] for key in ids}
    for record in records:
        grouped[record["parent_id"]].append(record)
    return {
        key: window.page(rows, lambda record: AsnRow.of(record["card"]))
        for key, rows in grouped.items()
    }


async def count_missing_of(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many holders in scope are not known to have shared each post."""
    visible = scope.asns(viewer, "a.id", 2)
    statement = f"""
        SELECT parent.id AS parent_id, (SELECT count(*) {_MISSING} AND {visible.sql}) AS total
          FROM unnest($1::uuid[]) AS parent(id)"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["parent_id"]: record["total"] for record in records}


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """What happened in one interval."""

    at: datetime
    share_count: int
    resharer_count: int


async def timelines_of(ids: Sequence[UUID], interval: str) -> dict[UUID, list[TimelineRow]]:
    """Return the intervals of each campaign in which anything happened, oldest first.

    `interval` is a unit of date_trunc: hour or day.
    """
    statement = """
        WITH happened AS (
            SELECT x.campaign_id, s.shared_at AS at, 1 AS shares, 0 AS reshares
              FROM share s JOIN program_post x ON x.id = s.program_post_id
             WHERE x.campaign_id = ANY($1::uuid[]) AND s.presence = 'LIVE'
            UNION ALL
            SELECT x.campaign_id, coalesce(r.reshared_at, r.observed_at), 0, 1
              FROM reshare r
              JOIN share s ON s.asn_id = r.asn_id AND s.id = r.share_id
              JOIN program_post x ON x.id = s.program_post_id
             WHERE x.campaign_id = ANY($1::uuid[]) AND s.presence = 'LIVE' AND NOT r.is_withdrawn)
        SELECT campaign_id, date_trunc($2, at) AS at, sum(shares)::int AS share_count,
               sum(reshares)::int AS resharer_count
          FROM happened GROUP BY 1, 2 ORDER BY 1, 2"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), interval)
    found: dict[UUID, list[TimelineRow]] = {key: [] for key in ids}
    for record in records:
        row = TimelineRow(record["at"], record["share_count"], record["resharer_count"])
        found[record["campaign_id"]].append(row)
    return found
