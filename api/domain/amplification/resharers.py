"""The value of RESHARERS: each further reshare by the same person is worth less."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from api.domain.amplification.parameters import MICRO
from api.domain.platform import Coverage


def reshare_unit_micro(ordinal: int) -> int:
    """Return 10⁶ / ordinal, halves rounded up: what the ordinal-th reshare by one person adds."""
    if ordinal < 1:
        raise ValueError("the first reshare has ordinal 1")
    return (2 * MICRO + ordinal) // (2 * ordinal)


def is_repeat(earlier_at: datetime, later_at: datetime, window_days: int) -> bool:
    """Tell whether a reshare that was ingested before raises the ordinal of a later one.

    It does from just under `window_days` before up to the same moment, so that two reshares in one
    second are a repeat.
    """
    return timedelta(0) <= later_at - earlier_at < timedelta(days=window_days)


def ordinal(earlier_at: Iterable[datetime], reshared_at: datetime, window_days: int) -> int:
    """Return r: 1 + the resharer's reshares of this holder that came in before and lie in reach."""
    return 1 + sum(is_repeat(at, reshared_at, window_days) for at in earlier_at)


def resharers_micro(
    known_micro: int, known_count: int, reported_count: int | None, coverage: Coverage
) -> int | None:
    """Combine the resharers we know with the platform's own count; None when neither exists.

    A complete list stands alone, as deactivated accounts honestly stay in the platform's count.
    Behind any other list the missing ones count as one person each.
    """
    if coverage is Coverage.UNKNOWN and known_count == 0 and reported_count is None:
        return None
    return known_micro + _missing_count(known_count, reported_count, coverage) * MICRO


def is_partial_list(known_count: int, reported_count: int | None, coverage: Coverage) -> bool:
    """Tell whether a list had to be filled up by the platform's count: flag PARTIAL_LIST."""
    has_list = coverage is not Coverage.UNKNOWN or known_count > 0
    return has_list and _missing_count(known_count, reported_count, coverage) > 0


def _missing_count(known_count: int, reported_count: int | None, coverage: Coverage) -> int:
    if coverage is Coverage.COMPLETE or reported_count is None:
        return 0
    return max(0, reported_count - known_count)
