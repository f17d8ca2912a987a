"""A worker takes a message for the time of a lease."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from api.actions.outbox.lease import Lease
from api.models import transaction

# Besides the lease, the claim of a message whose worker died counts that death as a failure.
_CLAIM = """
UPDATE outbox_message m
   SET state = 'RUNNING', attempts = attempts + 1,
       failures = failures + (state = 'RUNNING')::int,
       first_failed_at = CASE state WHEN 'RUNNING' THEN coalesce(first_failed_at, now())
                                    ELSE first_failed_at END,
       lease_until = now() + $3
 WHERE id = $1 AND job = ANY($2)
   AND ((state IN ('PENDING', 'SENT') AND due_at <= now())
        OR (state = 'RUNNING' AND lease_until < now()))
   AND NOT EXISTS (SELECT 1 FROM outbox_message r
                    WHERE r.key = m.key AND r.id <> m.id
                      AND r.state = 'RUNNING' AND r.lease_until >= now())
RETURNING attempts, failures, job, args, request_id, traceparent
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this worker may run now."""

    lease: Lease
    failures: int
    job: str
    args: Mapping[str, str]
    request_id: str | None
    traceparent: str | None = None


async def claim(message_id: UUID, jobs: Sequence[str], lease_seconds: int) -> Claim | None:
    """Take a message of a known job, or return None when there is nothing to do.

    Not due, finished, running elsewhere, unknown here, or another message of its key runs.
    """
    async with transaction() as lent:
        row = await lent.fetchrow(_CLAIM, message_id, jobs, timedelta(seconds=lease_seconds))
    if row is None:
        return None
    lease = Lease(message_id, row["attempts"], lease_seconds)
    names = ("failures", "job", "args", "request_id", "traceparent")
    return Claim(lease, *(row[name] for name in names))
