"""Figures of campaigns and posts, each with how much of the truth it can know.

A count is null while nothing was ever read to the end: unknown is never zero. Clicks are null while
nobody has a tracked link.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from api.domain.lists import ListName
from api.domain.platform import Coverage, EvidenceLevel
from api.models import connection
from api.reads.audience import ADDRESSED, is_addressed
from api.reads.clicks import clicks_of_campaign, clicks_of_post
from api.reads.tracking import lists_of_posts

# A figure is as good as the worst of the lists behind it, and as old as the oldest of them. Where
# no list names those who shared, consenting people's own timelines tell of some of them.
_SWEPT = f"""
SELECT x.id AS post_id, x.campaign_id,
       CASE WHEN bool_or(l.list_name IS NULL OR k.sweep_completed_at IS NULL
                         OR k.coverage = 'UNKNOWN' OR n.is_enabled IS FALSE) THEN 'UNKNOWN'
            WHEN bool_or(k.coverage = 'CONSENTED_ONLY') THEN 'CONSENTED_ONLY'
            WHEN bool_or(k.coverage = 'CAPPED') THEN 'CAPPED' ELSE 'COMPLETE' END AS coverage,
       bool_or(k.sweep_completed_at IS NOT NULL OR own.swept_at >= x.published_at) AS is_known,
       CASE WHEN bool_or(l.list_name IS NULL)
            THEN max(own.swept_at) FILTER (WHERE own.swept_at >= x.published_at)
            WHEN bool_and(k.sweep_completed_at IS NOT NULL) THEN min(k.sweep_completed_at) END
            AS swept_at
  FROM program_post x
  LEFT JOIN (VALUES {lists_of_posts()}) AS l(platform, list_name) ON l.platform = x.platform
  LEFT JOIN sync_cursor k ON k.platform = x.platform AND k.list_name = l.list_name
        AND k.object_ref = x.official_post_ref
  LEFT JOIN platform_state n ON n.platform = x.platform
  LEFT JOIN (SELECT platform, min(sweep_completed_at) AS swept_at FROM sync_cursor
              WHERE list_name = '{ListName.OWN_POSTS}' AND sweep_completed_at IS NOT NULL
              GROUP BY platform) own ON own.platform = x.platform
 WHERE x.{{column}} = ANY($1::uuid[])
 GROUP BY x.id, x.campaign_id
"""

# What every figure counts: shares that stand, whatever they weigh in the score.
STANDS = "s.presence = 'LIVE' AND s.review <> 'REJECTED'"

_COUNTED = f"""
SELECT x.id AS post_id, x.campaign_id, s.asn_id, s.account_id, s.id AS share_id,
       (SELECT count(*) FROM reshare r WHERE r.asn_id = s.asn_id AND r.share_id = s.id
           AND NOT r.is_withdrawn) AS resharer_count,
       EXISTS (SELECT 1 FROM metric_observation o WHERE o.asn_id = s.asn_id AND o.share_id = s.id
                  AND o.metric = 'RESHARERS' AND o.value IS NOT NULL) AS is_read
  FROM share s JOIN program_post x ON x.id = s.program_post_id
 WHERE x.{{column}} = ANY($1::uuid[]) AND {STANDS}
"""

# Of shares that nobody can read the resharers of, the sum is unknown and not zero.
_SUMS = """
count(c.share_id) AS share_count, count(DISTINCT c.asn_id) AS sharer_count,
CASE WHEN count(c.share_id) = 0 OR bool_or(c.is_read OR c.resharer_count > 0)
     THEN coalesce(sum(c.resharer_count), 0)::bigint END AS resharer_count
"""

_REACH = """
SELECT c.{group} AS parent_id, sum(o.count)::bigint AS reach
  FROM (SELECT DISTINCT {group}, asn_id, account_id FROM counted) c
 CROSS JOIN LATERAL (
       SELECT o.count FROM audience_observation o
        WHERE o.asn_id = c.asn_id AND o.account_id = c.account_id
        ORDER BY o.observed_at DESC, o.id DESC LIMIT 1) o
 GROUP BY 1
"""

# Everybody is counted once for all campaigns that address everybody.
_HOLDERS = f"""
CASE WHEN m.agency_ids IS NULL AND m.province_ids IS NULL
     THEN (SELECT count(DISTINCT asn_id) FROM badge WHERE state = 'ACTIVE')
     ELSE (SELECT count(DISTINCT b.asn_id) FROM badge b
            WHERE b.state = 'ACTIVE' AND {is_addressed("b.asn_id", "m")}) END
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
    click_count: int | None = None


UNKNOWN_FIGURES = FiguresRow(None, None, None, None, Coverage.UNKNOWN, None)


async def post_figures(ids: Sequence[UUID]) -> dict[UUID, FiguresRow]:
    """Return the figures of these posts, which the caller already sees."""
    statement = f"""
        WITH swept AS ({_SWEPT.format(column="id")}), counted AS ({_COUNTED.format(column="id")}),
             reached AS ({_REACH.format(group="post_id")})
        SELECT w.post_id AS parent_id, w.coverage, w.swept_at AS as_of,
               w.is_known OR count(c.share_id) > 0 AS is_known,
               {_SUMS}, h.reach, {clicks_of_post("w.post_id")} AS click_count
          FROM swept w LEFT JOIN counted c ON c.post_id = w.post_id
          LEFT JOIN reached h ON h.parent_id = w.post_id
         GROUP BY w.post_id, w.coverage, w.swept_at, w.is_known, h.reach"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids))
    return {record["parent_id"]: _figures(record, None) for record in records}


async def campaign_figures(ids: Sequence[UUID]) -> dict[UUID, FiguresRow]:
    """Return the figures of these campaigns, which the caller already sees."""
    statement = f"""
        WITH swept AS ({_SWEPT.format(column="campaign_id")}),
             counted AS ({_COUNTED.format(column="campaign_id")}),
             reached AS ({_REACH.format(group="campaign_id")}),
             worst AS (
               SELECT campaign_id, bool_or(is_known) AS is_known,
                      CASE WHEN bool_or(coverage = 'UNKNOWN') THEN 'UNKNOWN'
                           WHEN bool_or(coverage = 'CONSENTED_ONLY') THEN 'CONSENTED_ONLY'
                           WHEN bool_or(coverage = 'CAPPED') THEN 'CAPPED'
                           ELSE 'COMPLETE' END AS coverage,
                      CASE WHEN bool_and(swept_at IS NOT NULL) THEN min(swept_at) END AS as_of
                 FROM swept GROUP BY campaign_id),
             addressed AS ({ADDRESSED.format(chosen="ANY($1::uuid[])")})
        SELECT m.id AS parent_id, coalesce(w.coverage, 'UNKNOWN') AS coverage, w.as_of,
               coalesce(w.is_known, false) OR count(c.share_id) > 0 AS is_known,
               {_SUMS}, h.reach,
               {_HOLDERS} AS holder_count, {clicks_of_campaign("m.id")} AS click_count
          FROM addressed m
          LEFT JOIN worst w ON w.campaign_id = m.id
          LEFT JOIN reached h ON h.parent_id = m.id
          LEFT JOIN counted c ON c.campaign_id = m.id
         GROUP BY m.id, m.agency_ids, m.province_ids, w.coverage, w.as_of, w.is_known, h.reach"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids))
    return {record["parent_id"]: _figures(record, record["holder_count"]) for record in records}


def _figures(record: Record, holder_count: int | None) -> FiguresRow:
    is_known = record["is_known"]
    return FiguresRow(
        share_count=record["share_count"] if is_known else None,
        sharer_count=record["sharer_count"] if is_known else None,
        resharer_count=record["resharer_count"] if is_known else None,
        potential_reach=record["reach"] if is_known else None,
        coverage=Coverage(record["coverage"]),
        as_of=record["as_of"],
        holder_count=holder_count,
        click_count=record["click_count"],
    )


async def evidence_of(ids: Sequence[UUID]) -> dict[UUID, list[tuple[EvidenceLevel, int]]]:
    """Return how many shares of each post stand on which level of evidence."""
    statement = f"""
        SELECT s.program_post_id AS post_id, s.evidence_level, count(*) AS total FROM share s
         WHERE s.program_post_id = ANY($1::uuid[]) AND {STANDS} GROUP BY 1, 2"""
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
class TimelineRow:
    """What happened in one interval."""

    at: datetime
    share_count: int
    resharer_count: int
    click_count: int


async def timelines_of(ids: Sequence[UUID], interval: str) -> dict[UUID, list[TimelineRow]]:
    """Return the intervals of each campaign in which anything happened, oldest first.

    `interval` is a unit of date_trunc: hour or day, both in UTC.
    """
    statement = f"""
        WITH happened AS (
            SELECT x.campaign_id, s.shared_at AS at, 1 AS shares, 0 AS reshares,
                   0 AS clicks
              FROM share s JOIN program_post x ON x.id = s.program_post_id
             WHERE x.campaign_id = ANY($1::uuid[]) AND {STANDS}
            UNION ALL
            SELECT x.campaign_id, coalesce(r.reshared_at, r.observed_at), 0, 1, 0
              FROM reshare r
              JOIN share s ON s.asn_id = r.asn_id AND s.id = r.share_id
              JOIN program_post x ON x.id = s.program_post_id
             WHERE x.campaign_id = ANY($1::uuid[]) AND {STANDS} AND NOT r.is_withdrawn
            UNION ALL
            SELECT x.campaign_id, k.clicked_at, 0, 0, 1
              FROM program_post x JOIN tracked_link l ON l.program_post_id = x.id
              JOIN click k ON k.asn_id = l.asn_id AND k.link_id = l.id AND k.is_counted
             WHERE x.campaign_id = ANY($1::uuid[]))
        SELECT campaign_id, date_trunc($2, at, 'UTC') AS at, sum(shares)::int AS share_count,
               sum(reshares)::int AS resharer_count, sum(clicks)::int AS click_count
          FROM happened GROUP BY 1, 2 ORDER BY 1, 2"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), interval)
    found: dict[UUID, list[TimelineRow]] = {key: [] for key in ids}
    for record in records:
        campaign_id, *columns = record
        found[campaign_id].append(TimelineRow(*columns))
    return found
