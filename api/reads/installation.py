"""What the command line asks about an installation."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.domain.lists import ListName
from api.models import connection
from api.reads.tracking import lists_of_posts

_STATE = f"""
SELECT (SELECT count(*) FROM asn) AS person_count,
       (SELECT count(*) FROM badge WHERE state = 'ACTIVE') AS holder_count,
       (SELECT count(*) FROM share) AS share_count,
       (SELECT count(*) FROM outbox_message
         WHERE state IN ('SENT', 'RUNNING')
            OR (state = 'PENDING' AND due_at <= now() + interval '10 seconds')) AS open_count,
       (SELECT count(*) FROM dead_letter WHERE replayed_at IS NULL) AS dead_count,
       (SELECT extract(epoch FROM now() - min(due_at))::int FROM outbox_message
         WHERE state IN ('PENDING', 'SENT') AND due_at <= now()) AS oldest_due_seconds,
       (SELECT max(seen_at) FROM worker_heartbeat) AS worker_seen_at,
       (SELECT max(as_of) FROM score_run WHERE scope = 'LIVE') AS ranked_at,
       (SELECT count(*) FROM program_post p JOIN campaign c ON c.id = p.campaign_id
          JOIN (VALUES {lists_of_posts()}) AS l(platform, list_name) ON l.platform = p.platform
          JOIN platform_state n ON n.platform = p.platform AND n.is_enabled
          LEFT JOIN sync_cursor k ON k.platform = p.platform AND k.list_name = l.list_name
                AND k.object_ref = p.official_post_ref
         WHERE c.status = 'ACTIVE' AND k.sweep_completed_at IS NULL)
       + (SELECT count(*) FROM account_token t
           WHERE NOT t.is_revoke_only AND NOT EXISTS (
                 SELECT 1 FROM sync_cursor k WHERE k.list_name = '{ListName.OWN_POSTS}'
                    AND k.object_ref = t.account_id::text)) AS unread_count
"""
_NEXT_EVENT = "SELECT id, title FROM event WHERE starts_at > now() ORDER BY created_at LIMIT 1"


@dataclass(frozen=True, slots=True)
class InstallationState:
    """Counts that tell whether an installation is alive and has caught up."""

    person_count: int
    holder_count: int
    share_count: int
    open_count: int
    dead_count: int
    oldest_due_seconds: int | None
    worker_seen_at: datetime | None
    ranked_at: datetime | None
    unread_count: int

    @property
    def has_caught_up(self) -> bool:
        """Tell whether every list was read once and a ranking of it stands."""
        return self.ranked_at is not None and self.unread_count == 0 and self.open_count == 0


async def installation_state() -> InstallationState:
    """Return how the installation stands."""
    async with connection() as db:
        row = await db.fetchrow(_STATE)
    return InstallationState(*row)


async def next_event() -> tuple[UUID, str] | None:
    """Return id and title of the first event that was planned and is still to come."""
    async with connection() as db:
        row = await db.fetchrow(_NEXT_EVENT)
    return None if row is None else (row["id"], row["title"])
