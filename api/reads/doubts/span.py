"""Which observations the next step of the search is about."""

from dataclasses import dataclass
from datetime import datetime

from api.models import connection

STEP_SHARES = 5_000

_PROGRESS = "SELECT * FROM review_progress WHERE id = 1"
_UNTIL = """
SELECT max(ingest_seq), count(*) FROM (
    SELECT ingest_seq FROM share WHERE ingest_seq > $1 AND ingest_seq <= $2
     ORDER BY ingest_seq LIMIT $3) step
"""
_HAS_NEWS = """
SELECT EXISTS (SELECT 1 FROM share WHERE ingest_seq > p.watermark)
    OR EXISTS (SELECT 1 FROM reshare WHERE ingest_seq > p.watermark)
    OR EXISTS (SELECT 1 FROM metric_observation WHERE ingest_seq > p.watermark)
    OR EXISTS (SELECT 1 FROM audience_observation WHERE observed_at > p.checked_at)
    OR EXISTS (SELECT 1 FROM click WHERE filtered_reason = 'BURST' AND clicked_at > p.checked_at)
    OR EXISTS (SELECT 1 FROM review_flag WHERE state = 'OPEN' AND tier = 'HOLD'
                  AND held_at <= now() - make_interval(days => $1::int))
  FROM (SELECT coalesce(max(watermark), 0) AS watermark,
               coalesce(max(checked_at), '-infinity'::timestamptz) AS checked_at
          FROM review_progress) p
"""


@dataclass(frozen=True, slots=True)
class Span:
    """Observations after one mark and up to another; `since` is when one last looked."""

    after: int
    until: int
    since: datetime | None
    checked_at: datetime
    is_last: bool


@dataclass(frozen=True, slots=True)
class Family:
    """How many pairs have enough posts in common, as last counted."""

    count: int | None
    counted_at: datetime | None
    watermark: int | None


async def next_span(watermark: int) -> tuple[Span, Family]:
    """Return what to look at next, up to a watermark that a caller took before."""
    async with connection() as db:
        row = await db.fetchrow(_PROGRESS)
        after = row["watermark"] if row else 0
        last, count = await db.fetchrow(_UNTIL, after, watermark, STEP_SHARES)
        is_last = count < STEP_SHARES
        checked_at = await db.fetchval("SELECT now()")
    since = row["checked_at"] if row else None
    span = Span(after, watermark if is_last else last, since, checked_at, is_last)
    family = Family(*(row[f"family_{n}"] if row else None for n in _FAMILY))
    return span, family


_FAMILY = ("count", "counted_at", "watermark")


async def has_doubtful_news(hold_days: int) -> bool:
    """Tell whether anything came in since the last search, or a hold is due."""
    async with connection() as db:
        found: bool = await db.fetchval(_HAS_NEWS, hold_days)
    return found
