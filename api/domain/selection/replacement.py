"""Who takes the seat of somebody who leaves, while everybody else stands."""

from collections.abc import Sequence

from api.domain.selection.candidate import Candidate
from api.domain.selection.limits import RuleBook
from api.domain.selection.pool import Pool
from api.domain.selection.solution import Solver
from api.domain.selection.waiting import WaitingRoom


def replacement(
    leaver: Candidate,
    standing: Sequence[Candidate],
    others: Sequence[Candidate],
    book: RuleBook,
) -> Candidate | None:
    """Return who is called for the leaver's seat: first for the same need, then by standing.

    `standing` are the people who keep their seats, `others` those who may be called, in the order
    of the list. Nobody is called who would break a maximum.
    """
    seated = {leaver.asn_id, *(one.asn_id for one in standing)}
    everybody = (leaver, *standing, *others)
    pool = Pool.of(everybody)
    limits = book.limits(pool.agencies, pool.provinces)
    places = [place for place, one in enumerate(everybody) if one.asn_id in seated]
    room = WaitingRoom(pool, Solver(pool).choice(places, limits), limits)
    called = next(room.calls(room.corner(everybody.index(leaver))), None)
    return None if called is None else everybody[called]
