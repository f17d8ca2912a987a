"""What time alone does to invitations: no answer, no more calls, no show."""

from uuid import UUID

from asyncpg import Connection, Record

from api.actions.invitations.send import ask_to_expire
from api.actions.invitations.standing import CUT_OFF, Leaver, call_next, lock_list
from api.actions.outbox import Lease
from api.actions.trail import Change, record
from api.domain.access import SYSTEM

# Half a day after the end, whoever has not come will not come; devices have synced by then.
_AFTER = "interval '12 hours'"

_SILENT = """
UPDATE invitation SET status = 'EXPIRED', version = version + 1
 WHERE invite_list_id = $1 AND status = 'INVITED' AND answer_by <= now()
RETURNING id, answer_by - invited_at AS window
"""
_CUT_OFF = """
UPDATE invitation SET status = 'EXPIRED', version = version + 1
 WHERE invite_list_id = $1 AND status = 'WAITLISTED' RETURNING id
"""
_NO_SHOW = f"""
UPDATE invitation i SET status = 'NO_SHOW', version = i.version + 1
  FROM event ev
 WHERE i.invite_list_id = $1 AND i.status = 'ACCEPTED' AND ev.id = i.event_id
   AND coalesce(ev.ends_at, ev.starts_at) + {_AFTER} <= now()
RETURNING i.id
"""
_CLOSE = f"""
WITH held AS (
    UPDATE event SET status = 'HELD', version = version + 1
     WHERE id = $2 AND status = 'PUBLISHED' AND coalesce(ends_at, starts_at) + {_AFTER} <= now())
UPDATE invite_list l SET status = 'CLOSED' FROM event ev
 WHERE l.id = $1 AND l.status = 'SENT' AND ev.id = l.event_id
   AND coalesce(ev.ends_at, ev.starts_at) + {_AFTER} <= now()
"""
_NEXT = """
SELECT min(answer_by) FROM invitation WHERE invite_list_id = $1 AND status = 'INVITED'
"""


async def expire_invitations(lease: Lease, list_id: UUID) -> None:
    """Let unanswered invitations expire and call the next; after the event, note who stayed away.

    Repeats change nothing. A seat whose person stayed away is noted without any effect on scores.
    """
    async with lease.transaction() as db:
        row = await lock_list(db, list_id)
        if row is not None and row["status"] == "SENT":
            await _expire(db, row)
        await lease.finish(db)


async def _expire(db: Connection, row: Record) -> None:
    list_id = row["id"]
    silent = await db.fetch(_SILENT, list_id)
    await call_next(db, row, [Leaver(one["id"], one["window"]) for one in silent])
    passed = []
    if row["now"] >= row["starts_at"] - CUT_OFF:
        passed = await db.fetch(_CUT_OFF, list_id)
    stayed_away = await db.fetch(_NO_SHOW, list_id)
    await db.execute(_CLOSE, list_id, row["event_id"])
    await _ask_again(db, row)
    counts = [len(silent), len(passed), len(stayed_away)]
    if any(counts):
        await record(db, SYSTEM, Change("expire_invitations", "InviteList", list_id, after=counts))


async def _ask_again(db: Connection, row: Record) -> None:
    following = await db.fetchval(_NEXT, row["id"])
    if following is not None:
        await ask_to_expire(db, row["id"], following, row["now"])
