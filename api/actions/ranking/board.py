"""From verdicts to scores: day-buckets, decay, quality, and the order of the holders."""

from asyncpg import Connection

from api.actions.gains import FrozenBaseline
from api.actions.ranking.measure import written_out
from api.domain.amplification import Parameters, PendingRule, prior_micro
from api.domain.platform import Platform
from api.domain.ranking import RankedRow, Watermark, ranked

# Buckets that are empty say nothing of their holder, however they came to be.
MEASURED_BUCKETS = """
CREATE TEMPORARY TABLE bucket ON COMMIT DROP AS
SELECT m.asn_id, m.platform, m.day_on, sum(v.counted_count)::int AS counted_count,
       sum(v.gain_micro)::bigint AS gain_micro, sum(v.pending_count)::int AS pending_count,
       sum(v.held_count)::int AS held_count, sum(v.held_micro)::bigint AS held_micro,
       sum(v.resharer_count)::int AS resharer_count
  FROM measured m JOIN verdict v USING (facts)
 GROUP BY m.asn_id, m.platform, m.day_on
HAVING (sum(v.counted_count), sum(v.pending_count), sum(v.held_count)) <> (0, 0, 0)
"""

STORED_BUCKETS = """
CREATE TEMPORARY VIEW bucket AS
SELECT asn_id, platform, day_on, counted_count, gain_micro, pending_count, held_count, held_micro,
       resharer_count
  FROM holder_day WHERE baseline_id = '{baseline_id}'
   AND (counted_count, pending_count, held_count) <> (0, 0, 0)
"""

# PostgreSQL drops temporary tables at the commit, views only with the session.
FORGET_VIEW = "DROP VIEW IF EXISTS pg_temp.bucket"

AUDIENCE = """
SELECT DISTINCT ON (b.asn_id, b.platform) b.asn_id, b.platform, o.count, o.id AS observation_id
  FROM (SELECT DISTINCT asn_id, platform FROM bucket) b
  LEFT JOIN social_account a ON a.asn_id = b.asn_id AND a.platform = b.platform
  LEFT JOIN audience_observation o
         ON o.asn_id = b.asn_id AND o.account_id = a.id AND o.observed_at <= $1
 ORDER BY b.asn_id, b.platform, o.observed_at DESC NULLS LAST, o.id DESC
"""

PRIORS = """
CREATE TEMPORARY TABLE prior (
    asn_id uuid, platform text, prior_micro bigint, audience_observation_id uuid
) ON COMMIT DROP
"""

# A share outside the window has no weight, but its holder stays on the board with what is left.
BOARD = """
CREATE TEMPORARY TABLE board ON COMMIT DROP AS
WITH live AS (
    SELECT b.*, d.weight_ppm FROM bucket b
      JOIN decay d ON d.formula = $1 AND d.age_days = ($2 AT TIME ZONE $3)::date - b.day_on
), record AS (
    SELECT p.asn_id, p.platform, $4 * p.prior_micro + coalesce(sum(l.gain_micro), 0) AS numerator,
           $4 + coalesce(sum(l.counted_count), 0) AS denominator
      FROM prior p LEFT JOIN live l ON l.asn_id = p.asn_id AND l.platform = p.platform
     GROUP BY p.asn_id, p.platform, p.prior_micro
), part AS (
    SELECT r.asn_id, r.platform, r.numerator, r.denominator,
           coalesce(sum(l.counted_count + l.pending_count), 0)::int AS share_count,
           coalesce(sum(l.pending_count), 0)::int AS pending_count,
           coalesce(sum(l.resharer_count), 0)::int AS resharer_count,
           coalesce(sum((l.gain_micro + $5 * l.pending_count * div(r.numerator, r.denominator))
                        * l.weight_ppm), 0) AS score
      FROM record r LEFT JOIN live l ON l.asn_id = r.asn_id AND l.platform = r.platform
     GROUP BY r.asn_id, r.platform, r.numerator, r.denominator
)
SELECT asn_id, sum(score)::numeric(40) AS score,
       div(sum(numerator), sum(denominator))::bigint AS quality_micro,
       sum(share_count)::int AS share_count, sum(resharer_count)::int AS resharer_count,
       sum(pending_count)::int AS pending_count,
       jsonb_agg(jsonb_build_object('platform', platform, 'shareCount', share_count,
                 'score', score::text) ORDER BY platform) AS breakdown
  FROM part GROUP BY asn_id
"""

ROWS = "SELECT asn_id, score, quality_micro, share_count FROM board"

HOLDERS_ONLY = """
DELETE FROM board b WHERE share_count = 0 OR NOT EXISTS (
    SELECT 1 FROM asn a WHERE a.id = b.asn_id AND a.is_active AND (a.is_pseudonymous OR EXISTS (
        SELECT 1 FROM badge g WHERE g.asn_id = a.id AND g.state = 'ACTIVE')))
"""


async def open_stored(db: Connection, baseline: FrozenBaseline) -> None:
    """Make `bucket` show the stored day buckets, as the transaction sees them."""
    await db.execute(FORGET_VIEW)
    await db.execute(STORED_BUCKETS.format(baseline_id=baseline.id))


async def open_measured(db: Connection) -> None:
    """Make `bucket` from `measured` and `verdict`."""
    await db.execute(FORGET_VIEW)
    await db.execute(MEASURED_BUCKETS)
    await db.execute("ANALYZE bucket")


async def add_up(
    db: Connection, baseline: FrozenBaseline, moment: Watermark, parameters: Parameters
) -> None:
    """Fill `prior` and `board` from `bucket`."""
    await _store_priors(db, baseline, moment)
    await db.execute("ANALYZE prior")
    await db.execute(_bound(moment, parameters))


async def board_rows(db: Connection) -> list[RankedRow]:
    """Return the holders on the board in order, with their ranks."""
    rows = await db.fetch(ROWS)
    return ranked(
        (r["asn_id"], int(r["score"]), r["quality_micro"], r["share_count"]) for r in rows
    )


async def _store_priors(db: Connection, baseline: FrozenBaseline, moment: Watermark) -> None:
    known: dict[tuple[str, int | None], int] = {}
    rows = []
    for row in await db.fetch(AUDIENCE, moment.as_of):
        key = (row["platform"], row["count"])
        if key not in known:
            known[key] = prior_micro(baseline.lines.get(Platform(key[0])), key[1])
        rows.append((row["asn_id"], row["platform"], known[key], row["observation_id"]))
    await db.execute(PRIORS)
    await db.copy_records_to_table("prior", records=rows)


def _bound(moment: Watermark, parameters: Parameters) -> str:
    values = (
        parameters.formula,
        moment.as_of,
        parameters.time_zone,
        parameters.prior_weight,
        int(parameters.pending is PendingRule.INCLUDE),
    )
    return written_out(BOARD, values)
