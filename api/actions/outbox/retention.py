"""Deletes finished background work after its time."""

from datetime import timedelta

from api.models import transaction

_DONE_KEPT = timedelta(days=14)
_LETTERS_KEPT = timedelta(days=90)
_FORGET_MESSAGES = """
DELETE FROM outbox_message
 WHERE state IN ('DONE', 'CANCELLED') AND finished_at < now() - $1::interval
"""
_FORGET_DEAD = """
DELETE FROM outbox_message WHERE state = 'DEAD' AND finished_at < now() - $1::interval
"""
_FORGET_LETTERS = "DELETE FROM dead_letter WHERE last_failed_at < now() - $1::interval"


async def forget_finished_work() -> None:
    """Delete done messages after 14 days, dead ones and their letters after 90."""
    async with transaction() as lent:
        await lent.execute(_FORGET_MESSAGES, _DONE_KEPT)
        await lent.execute(_FORGET_DEAD, _LETTERS_KEPT)
        await lent.execute(_FORGET_LETTERS, _LETTERS_KEPT)
