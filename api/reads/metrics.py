"""What the metrics say about work, workers and the trail, in one statement."""

from dataclasses import dataclass

from api.models import connection

_NUMBERS = """
SELECT (SELECT coalesce(jsonb_object_agg(state, n), '{}')
          FROM (SELECT state, count(*) AS n FROM outbox_message GROUP BY state) s) AS messages,
       (SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 FROM outbox_message
         WHERE state = 'PENDING' AND due_at <= now()) AS oldest_due_seconds,
       (SELECT coalesce(jsonb_object_agg(job || ':' || error_code, n), '{}')
          FROM (SELECT job, error_code, count(*) AS n FROM dead_letter GROUP BY job, error_code) d)
           AS dead_letters,
       (SELECT extract(epoch FROM now() - max(seen_at))::float8 FROM worker_heartbeat)
           AS heartbeat_age_seconds,
       (SELECT coalesce(extract(epoch FROM now() - min(at)), 0)::float8 FROM audit_event
         WHERE sequence IS NULL) AS unsealed_age_seconds,
       (SELECT is_intact FROM audit_head WHERE id = 1) AS is_chain_intact
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


async def numbers() -> Numbers:
    """Read all figures."""
    async with connection() as lent:
        row = await lent.fetchrow(_NUMBERS)
    return Numbers(*(row[name] for name in Numbers.__slots__))
