"""Who holds a seat, who waits, and who is called when a seat comes free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.invitations.post import MailKind, ask_for_mails
from api.actions.invite_list.facts import candidate_of
from api.actions.invite_list.override import overrides_of
from api.actions.invite_list.store import terms_of
from api.domain.selection import Candidate, replacement
from api.domain.selection.limits import RuleBook
from api.domain.selection.quota import with_defaults

SHORTEST_WINDOW = timedelta(hours=1)
LONGEST_WINDOW = timedelta(days=7)
CUT_OFF = timedelta(hours=1)
"""Nobody is called later than this before the start, as they could not answer in time."""

_LOCK = """
SELECT l.id, l.event_id, l.status, l.rules, l.outcome, ev.starts_at, ev.ends_at,
       ev.status AS event_status, now() AS now
  FROM invite_list l JOIN event ev ON ev.id = l.event_id WHERE l.id = $1 FOR UPDATE OF l
"""
# Who came or stayed away had a seat too; nobody is called whose consent or badge has gone.
_PEOPLE = """
SELECT i.id, i.asn_id, i.status, e.rank, e.score, e.facts,
       EXISTS (SELECT 1 FROM consent c WHERE c.asn_id = i.asn_id AND c.withdrawn_at IS NULL
                  AND c.purpose = 'INVITATION_CONTACT')
       AND EXISTS (SELECT 1 FROM badge b WHERE b.asn_id = i.asn_id AND b.state = 'ACTIVE')
       AS is_callable
  FROM invitation i
  JOIN invite_list_entry e ON e.invite_list_id = i.invite_list_id AND e.asn_id = i.asn_id
 WHERE i.event_id = $1 AND (i.status IN ('INVITED', 'ACCEPTED', 'CHECKED_IN', 'NO_SHOW')
       OR i.id = ANY($2::uuid[]) OR i.status = 'WAITLISTED' AND i.invite_list_id = $3)
"""
_CALL = """
UPDATE invitation
   SET status = 'INVITED', invited_at = now(), answer_by = $2, version = version + 1,
       reasons = reasons || $3::jsonb
 WHERE id = ANY($1::uuid[]) RETURNING id, version
"""


@dataclass(frozen=True, slots=True)
class Leaver:
    """A seat that comes free, and how long the next person has to answer."""

    invitation_id: UUID
    window: timedelta


async def lock_list(db: Connection, list_id: UUID) -> Record:
    """Lock the list of an invitation and return it with its event and the time."""
    return await db.fetchrow(_LOCK, list_id)


def answer_by(row: Record, window: timedelta) -> datetime | None:
    """Return until when somebody called now may answer; None after the cut-off."""
    latest: datetime = row["starts_at"] - CUT_OFF
    wanted: datetime = row["now"] + max(SHORTEST_WINDOW, min(window, LONGEST_WINDOW))
    until = min(wanted, latest)
    return until if until - row["now"] >= SHORTEST_WINDOW else None


async def call_next(db: Connection, row: Record, leavers: Sequence[Leaver]) -> int:
    """Fill free seats from the waiting list, each for the same need first; return how many.

    Everybody else keeps their seat, and no quota that held is broken.
    """
    if not leavers or row["status"] != "SENT" or row["event_status"] in {"HELD", "CANCELLED"}:
        return 0
    gone = [leaver.invitation_id for leaver in leavers]
    people = await db.fetch(_PEOPLE, row["event_id"], gone, row["id"])
    called = _called(people, gone, await _rules(db, row))
    for leaver, invitation_id in called.items():
        window = next(one.window for one in leavers if one.invitation_id == leaver)
        until = answer_by(row, window)
        if until is None:
            return 0
        await _invite(db, [invitation_id], until)
    return len(called)


async def _invite(db: Connection, ids: Sequence[UUID], until: datetime) -> None:
    reason = [{"code": "CALLED", "message": "A seat came free."}]
    invited = await db.fetch(_CALL, list(ids), until, reason)
    await ask_for_mails(db, MailKind.INVITATION, {row["id"]: row["version"] for row in invited})


async def _rules(db: Connection, row: Record) -> RuleBook:
    terms = terms_of(row["rules"], row["outcome"], await overrides_of(db, row["id"]))
    return RuleBook(with_defaults(terms.rules, terms.seats), terms.seats)


def _called(people: Sequence[Record], gone: Sequence[UUID], book: RuleBook) -> Mapping[UUID, UUID]:
    """Return who is called for each free seat, one after the other."""
    known = {row["id"]: _candidate(row) for row in people}
    standing = {r["id"] for r in people if r["status"] != "WAITLISTED" and r["id"] not in gone}
    callable_ = [r for r in people if r["status"] == "WAITLISTED" and r["is_callable"]]
    # All of one list, so their ranks are its order, whatever decided that.
    waiting = dict.fromkeys(r["id"] for r in sorted(callable_, key=itemgetter("rank")))
    of_asn = {row["asn_id"]: row["id"] for row in people}
    called: dict[UUID, UUID] = {}
    for leaver in gone:
        seated = [known[one] for one in standing]
        others = [known[one] for one in waiting]
        found = replacement(known[leaver], seated, others, book)
        if found is not None:
            called[leaver] = of_asn[found.asn_id]
            standing.add(called[leaver])
            del waiting[called[leaver]]
    return called


def _candidate(row: Record) -> Candidate:
    return candidate_of(row["asn_id"], int(row["score"]), row["facts"])
