"""How a message is spelt in Valkey: an id and a time, as JSON. Whoever rings uses this spelling."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from api.domain.work import Job

_HEAD_START = timedelta(hours=2)
FIRST = frozenset(
    {Job.SCAN_RESHARERS, Job.SCAN_QUOTES, Job.WEBHOOK, Job.CHECK_PROOF, Job.CHECK_OWNERSHIP}
)
"""The lists and events by which shares become known, and what a person waits for."""


@dataclass(frozen=True, slots=True)
class Bell:
    """One ring for one message, in the words of `enqueue_job`.

    The id carries the attempts, so that what a dead worker left in Valkey cannot refuse the next
    ring. The due time lies two hours back, so that no host's clock makes a message late; what must
    not wait behind thousands of timelines lies further back, as the earliest is taken first.
    """

    message_id: UUID
    attempts: int
    asked_at: datetime
    job: str

    function = "run_message"
    expires = timedelta(days=7)

    @property
    def job_id(self) -> str:
        return f"m:{self.message_id}:{self.attempts}"

    @property
    def defer_until(self) -> datetime:
        return self.asked_at - (2 * _HEAD_START if self.job in FIRST else _HEAD_START)


def encode(value: object) -> bytes:
    """Write JSON; what JSON cannot say, an exception for example, becomes the name of its class."""
    return orjson.dumps(value, default=_class_name)


def decode(data: bytes) -> dict[str, Any]:
    """Read JSON."""
    read: dict[str, Any] = orjson.loads(data)
    return read


def _class_name(value: object) -> str:
    return type(value).__name__
