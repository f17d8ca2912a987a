"""What the metrics say about work, workers and the trail, in one statement."""

from dataclasses import dataclass

from api.models import connection
from api.reads.due import STIRRED_POST, TRACKED_POST, interval, interval_of_age
from api.reads.tracking import lists_of_posts

# Lists of official posts that are followed, on networks that are switched on. One that was never
# read counts from the post on.
_CURSORS = f"""
WITH list AS (
    SELECT post.platform, now() - post.published_at AS age,
           extract(epoch FROM now() - coalesce(read.sweep_completed_at, post.published_at))::float8
               AS seconds
      FROM program_post post
      JOIN campaign ON campaign.id = post.campaign_id
      JOIN (VALUES {lists_of_posts()}) AS tells(platform, list_name)
        ON tells.platform = post.platform
      JOIN platform_state s ON s.platform = post.platform AND s.is_enabled
      LEFT JOIN sync_cursor read ON read.platform = post.platform
            AND read.list_name = tells.list_name AND read.object_ref = post.official_post_ref
     WHERE {TRACKED_POST} AND {STIRRED_POST}
), network AS (
    SELECT platform, max(seconds) AS seconds,
           count(*) FILTER (WHERE seconds > 2 * extract(epoch FROM {interval_of_age("age")}))
               AS late_count
      FROM list GROUP BY platform
), money AS (
    SELECT platform, sum(spent_micro_usd)::float8 / 1e6 AS spent_usd,
           sum(cap_micro_usd - spent_micro_usd)
             FILTER (WHERE month_on = date_trunc('month', now() AT TIME ZONE 'UTC'))::float8 / 1e6
               AS left_usd
      FROM platform_budget GROUP BY platform
)
"""
_NUMBERS = f"""
{_CURSORS}
SELECT (SELECT coalesce(jsonb_object_agg(state, n), '{{}}')
          FROM (SELECT state, count(*) AS n FROM outbox_message GROUP BY state) s) AS messages,
       (SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 FROM outbox_message
         WHERE state IN ('PENDING', 'SENT') AND due_at <= now()) AS oldest_due_seconds,
       (SELECT coalesce(jsonb_object_agg(job || ':' || error_code, n), '{{}}')
          FROM (SELECT job, error_code, count(*) AS n FROM dead_letter GROUP BY job, error_code) d)
           AS dead_letters,
       (SELECT extract(epoch FROM now() - max(seen_at))::float8 FROM worker_heartbeat)
           AS heartbeat_age_seconds,
       (SELECT coalesce(extract(epoch FROM now() - min(at)), 0)::float8 FROM audit_event
         WHERE sequence IS NULL) AS unsealed_age_seconds,
       (SELECT is_intact FROM audit_head WHERE id = 1) AS is_chain_intact,
       (SELECT coalesce(jsonb_object_agg(platform, seconds), '{{}}') FROM network)
           AS cursor_age_seconds,
       (SELECT coalesce(jsonb_object_agg(platform, late_count), '{{}}') FROM network)
           AS late_cursors,
       (SELECT coalesce(jsonb_object_agg(platform, spent_usd), '{{}}') FROM money) AS cost_usd,
       (SELECT coalesce(jsonb_object_agg(platform, left_usd), '{{}}') FROM money
         WHERE left_usd IS NOT NULL) AS budget_left_usd,
       (SELECT coalesce(jsonb_object_agg(kind, seconds), '{{}}')
          FROM (SELECT kind, extract(epoch FROM min(due_at) - now())::float8 AS seconds
                  FROM data_subject_request WHERE state IN ('RECEIVED', 'IN_PROGRESS')
                 GROUP BY kind) d) AS requests_due_seconds,
       (SELECT count(*) FROM breach_incident WHERE state <> 'CLOSED') AS open_breaches,
       (SELECT coalesce(extract(epoch FROM now() - min(detected_at)), 0)::float8
          FROM breach_incident WHERE state <> 'CLOSED') AS breach_age_seconds
"""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Figures of the database at one moment; None where nothing is known."""

    messages: dict[str, int]
    oldest_due_seconds: float
    dead_letters: dict[str, int]
    heartbeat_age_seconds: float | None
    unsealed_age_seconds: float
    is_chain_intact: bool | None
    cursor_age_seconds: dict[str, float]
    late_cursors: dict[str, int]
    cost_usd: dict[str, float]
    budget_left_usd: dict[str, float]
    requests_due_seconds: dict[str, float]
    """Until the first request of a kind is due; below 0 when it is late."""
    open_breaches: int
    breach_age_seconds: float


async def numbers(poll_seconds: int | None = None) -> Numbers:
    """Read all figures; `poll_seconds` replaces all intervals in which lists are read."""
    async with connection() as lent:
        row = await lent.fetchrow(_NUMBERS, interval(poll_seconds))
    return Numbers(*(row[name] for name in Numbers.__slots__))
