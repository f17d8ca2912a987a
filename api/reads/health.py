"""What readiness asks the database, in one statement."""

from dataclasses import dataclass

from api.models import connection, migration_names

_HEALTH = """
SELECT (SELECT count(*) FROM tortoise_migrations WHERE name = ANY($1)) AS applied_count,
       (SELECT max(seen_at) FROM worker_heartbeat) > now() - interval '60 seconds' AS has_worker,
       NOT EXISTS (SELECT 1 FROM outbox_message WHERE state = 'PENDING'
                    AND due_at < now() - interval '60 seconds') AS is_on_time
"""


@dataclass(frozen=True, slots=True)
class Health:
    """How the database stands."""

    is_migrated: bool
    has_worker: bool
    is_on_time: bool


async def health() -> Health:
    """Ask whether the tables are current, a worker lives and no work is late."""
    wanted = migration_names()
    async with connection() as lent:
        row = await lent.fetchrow(_HEALTH, wanted)
    return Health(
        is_migrated=row["applied_count"] == len(wanted),
        has_worker=bool(row["has_worker"]),
        is_on_time=row["is_on_time"],
    )
