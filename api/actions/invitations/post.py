"""Asks for mails: one message for each version of an invitation that somebody should hear of."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from asyncpg import Connection

from api.queue import Job, enqueue_many


class MailKind(StrEnum):
    """What a mail is about."""

    INVITATION = "INVITATION"
    TICKET = "TICKET"
    WITHDRAWAL = "WITHDRAWAL"


async def ask_for_mails(db: Connection, kind: MailKind, versions: Mapping[UUID, int]) -> None:
    """Ask for one mail about each invitation in its present version."""
    asked = {
        f"{Job.SEND_INVITATION}:{key}:{kind}:{version}": {
            "invitation_id": str(key),
            "kind": kind.value,
            "version": str(version),
        }
        for key, version in versions.items()
    }
    if asked:
        await enqueue_many(db, Job.SEND_INVITATION, asked)
