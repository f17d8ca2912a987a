"""The figures behind single signals, for what came in since the last look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.models import connection
from api.reads.doubts.span import Span

_NEW_SHARES = """
SELECT s.asn_id, s.id AS share_id, s.shared_at, p.published_at,
       s.time_source = 'PLATFORM' AS is_time_known,
       CASE WHEN s.native_id IS NULL OR s.kind = 'REPOST' THEN 0 ELSE (
            SELECT count(*) FROM share t WHERE t.platform = s.platform AND t.native_id = s.native_id
               AND t.ingest_seq < s.ingest_seq) END AS earlier_count
  FROM share s JOIN program_post p ON p.id = s.program_post_id
 WHERE s.ingest_seq > $1 AND s.ingest_seq <= $2
"""
_RESHARERS = """
WITH touched AS (
    SELECT DISTINCT asn_id FROM reshare WHERE ingest_seq > $1 AND ingest_seq <= $2
), counted AS (
    SELECT r.asn_id, r.resharer_key, count(*) AS own_count, array_agg(r.share_id) AS share_ids
      FROM touched JOIN reshare r USING (asn_id)
      JOIN share s ON s.asn_id = r.asn_id AND s.id = r.share_id
     WHERE r.withdrawn_at IS NULL AND s.review <> 'REJECTED' AND s.post_slot <= 3
       AND s.evidence_level IN ('PROOF_REVIEWED', 'API_CONFIRMED')
     GROUP BY r.asn_id, r.resharer_key
)
SELECT DISTINCT ON (asn_id) asn_id, own_count, share_ids,
       sum(own_count) OVER (PARTITION BY asn_id)::int AS reshare_count
  FROM counted ORDER BY asn_id, own_count DESC, resharer_key
"""
_CLICKS = """
SELECT s.asn_id, s.id AS share_id, count(*) AS click_count
  FROM click c
  JOIN tracked_link l ON l.asn_id = c.asn_id AND l.id = c.link_id
  JOIN social_account a ON a.id = l.account_id
  JOIN share s ON s.asn_id = l.asn_id AND s.program_post_id = l.program_post_id
       AND s.platform = a.platform AND s.post_slot = 1
 WHERE c.filtered_reason = 'BURST'
   AND (c.asn_id, c.link_id) IN (SELECT asn_id, link_id FROM click
         WHERE filtered_reason = 'BURST' AND clicked_at > coalesce($1::timestamptz, '-infinity'))
 GROUP BY s.asn_id, s.id
"""
_AUDIENCES = """
WITH fresh AS (
    SELECT DISTINCT ON (asn_id, account_id) asn_id, account_id, count, observed_at
      FROM audience_observation
     WHERE kind = 'FOLLOWERS' AND source <> 'DECLARED'
       AND observed_at > coalesce($1::timestamptz, '-infinity')
     ORDER BY asn_id, account_id, observed_at DESC, id DESC
)
SELECT f.asn_id, latest.id AS share_id, b.count AS before_count, f.count AS after_count,
       ceil(extract(epoch FROM f.observed_at - b.observed_at) / 86400)::int AS days,
       (SELECT count(*) FROM share s WHERE s.asn_id = f.asn_id AND s.account_id = f.account_id
           AND s.shared_at >= b.observed_at AND s.shared_at <= f.observed_at) AS share_count
  FROM fresh f
  JOIN LATERAL (SELECT count, observed_at FROM audience_observation o
                 WHERE o.asn_id = f.asn_id AND o.account_id = f.account_id
                   AND o.kind = 'FOLLOWERS' AND o.source <> 'DECLARED'
                   AND o.observed_at < f.observed_at
                   AND o.observed_at >= f.observed_at - make_interval(days => $2::int)
                 ORDER BY o.observed_at, o.id LIMIT 1) b ON true
  JOIN LATERAL (SELECT id FROM share s WHERE s.asn_id = f.asn_id AND s.account_id = f.account_id
                 ORDER BY s.shared_at DESC, s.id DESC LIMIT 1) latest ON true
"""
# The newest shares of a network say what is usual there; rates are for each million followers.
_RATES = """
WITH touched AS (
    SELECT DISTINCT asn_id, share_id FROM metric_observation
     WHERE ingest_seq > $1 AND ingest_seq <= $2
), recent AS (
    SELECT * FROM (
        SELECT s.asn_id, s.id, s.platform, s.account_id,
               row_number() OVER (PARTITION BY s.platform ORDER BY s.ingest_seq DESC) AS place
          FROM share s) ordered
     WHERE place <= 20000 AND EXISTS (SELECT 1 FROM touched)
), rated AS (
    SELECT r.asn_id, r.id AS share_id, r.platform, (m.value * 1000000 / f.count)::bigint AS rate_ppm
      FROM recent r
      JOIN LATERAL (SELECT sum(value) AS value FROM (
               SELECT DISTINCT ON (metric) value FROM metric_observation o
                WHERE o.asn_id = r.asn_id AND o.share_id = r.id AND o.metric <> 'CLICKS'
                ORDER BY metric, observed_at DESC, ingest_seq DESC) latest) m ON m.value IS NOT NULL
      JOIN LATERAL (SELECT count FROM audience_observation o
                     WHERE o.asn_id = r.asn_id AND o.account_id = r.account_id
                       AND o.source <> 'DECLARED'
                     ORDER BY observed_at DESC, id DESC LIMIT 1) f ON f.count >= $3
), usual AS (
    SELECT platform, count(*) AS population_count,
           percentile_disc($4::float8 / 1000) WITHIN GROUP (ORDER BY rate_ppm) AS limit_ppm
      FROM rated GROUP BY platform
)
SELECT r.asn_id, r.share_id, r.rate_ppm, u.limit_ppm, u.population_count
  FROM rated r JOIN usual u USING (platform) JOIN touched t USING (asn_id, share_id)
 WHERE r.rate_ppm > u.limit_ppm
"""
_PASSED_ON = """
SELECT r.asn_id, s.program_post_id, r.share_id, r.resharer_key
  FROM reshare r JOIN share s ON s.asn_id = r.asn_id AND s.id = r.share_id
 WHERE r.asn_id = ANY($1::uuid[]) AND r.withdrawn_at IS NULL
"""
_ACCOUNTS = """
SELECT asn_id, platform, platform_user_id FROM social_account WHERE asn_id = ANY($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class NewShareRow:
    """A share that came in, its post's time, and how often its native post came in before."""

    asn_id: UUID
    share_id: UUID
    shared_at: datetime
    published_at: datetime
    is_time_known: bool
    earlier_count: int


@dataclass(frozen=True, slots=True)
class TopResharerRow:
    """Who passed most of a holder's shares on, without saying who."""

    asn_id: UUID
    own_count: int
    share_ids: tuple[UUID, ...]
    reshare_count: int


@dataclass(frozen=True, slots=True)
class ClickRow:
    """A share whose link had visits set aside as a burst."""

    asn_id: UUID
    share_id: UUID
    click_count: int


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """An account's audience now and some days ago, with its latest share."""

    asn_id: UUID
    share_id: UUID
    before_count: int
    after_count: int
    days: int
    share_count: int


@dataclass(frozen=True, slots=True)
class RateRow:
    """A share with reactions beyond nearly all others of its network."""

    asn_id: UUID
    share_id: UUID
    rate_ppm: int
    limit_ppm: int
    population_count: int


@dataclass(frozen=True, slots=True)
class ReshareRow:
    """A share of a group's member was passed on."""

    asn_id: UUID
    post_id: UUID
    share_id: UUID
    resharer_key: bytes


async def new_shares(span: Span) -> list[NewShareRow]:
    """Return the shares of a span."""
    async with connection() as db:
        rows = await db.fetch(_NEW_SHARES, span.after, span.until)
    return [NewShareRow(*row) for row in rows]


async def top_resharers(span: Span) -> list[TopResharerRow]:
    """Return for each holder with a reshare in the span who made most of them."""
    async with connection() as db:
        rows = await db.fetch(_RESHARERS, span.after, span.until)
    return [TopResharerRow(r[0], r[1], tuple(r[2]), r[3]) for r in rows]


async def burst_clicks(span: Span) -> list[ClickRow]:
    """Return the shares whose links had a new burst."""
    async with connection() as db:
        return [ClickRow(*row) for row in await db.fetch(_CLICKS, span.since)]


async def audience_changes(span: Span, within_days: int) -> list[AudienceRow]:
    """Return the accounts whose audience was observed again, with what it was before."""
    async with connection() as db:
        return [AudienceRow(*row) for row in await db.fetch(_AUDIENCES, span.since, within_days)]


async def unusual_rates(
    span: Span, least_follower_count: int, beyond_per_mille: int
) -> list[RateRow]:
    """Return the shares with new figures beyond what nearly all of their network have."""
    limits = (least_follower_count, beyond_per_mille)
    async with connection() as db:
        return [RateRow(*r) for r in await db.fetch(_RATES, span.after, span.until, *limits)]


async def reshares_of(holders: Sequence[UUID]) -> list[ReshareRow]:
    """Return who passed these holders' shares on."""
    async with connection() as db:
        return [ReshareRow(*row) for row in await db.fetch(_PASSED_ON, list(holders))]


async def accounts_of(holders: Sequence[UUID]) -> list[tuple[UUID, str, str]]:
    """Return holder, network and id there of these holders' accounts."""
    async with connection() as db:
        return [tuple(row) for row in await db.fetch(_ACCOUNTS, list(holders))]
