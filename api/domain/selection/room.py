"""The seats as they stand while somebody leaves and somebody else is called."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.domain.selection.limits import UNLIMITED, Limits, Span
from api.domain.selection.solution import Choice

Corner = tuple[int, int, bool]


@dataclass(frozen=True, slots=True)
class Vacancy:
    """The quotas that a free seat touches; None where the leaver's group does not matter."""

    agency: int | None
    province: int | None
    is_newcomer: bool | None

    @property
    def is_any(self) -> bool:
        """Return whether any seat will do."""
        return self.agency is None and self.province is None and self.is_newcomer is None


class Tally:
    """How the seats fall on one dimension's groups, and what its quotas then say."""

    __slots__ = ("counts", "spans")

    def __init__(self, counts: Sequence[int], spans: Sequence[Span]) -> None:
        self.counts = list(counts)
        self.spans = spans

    def is_open(self, group: int) -> bool:
        """Return whether the group may have one more seat."""
        return self.counts[group] < self.spans[group].maximum

    def is_short(self, group: int) -> bool:
        """Return whether the group is below its minimum.

        More may be called for a seat than ever sat there; fewer than nobody is not shorter.
        """
        return max(self.counts[group], 0) < self.spans[group].minimum

    def is_binding(self, group: int) -> bool:
        """Return whether it matters to the group that one of its seats comes free."""
        span, count = self.spans[group], self.counts[group]
        return count >= span.maximum or 0 < count <= span.minimum


class Room:
    """The seats as they stand after somebody has left."""

    def __init__(self, choice: Choice, limits: Limits) -> None:
        veterans = len(choice.places) - choice.newcomer_count
        self.agencies = Tally(choice.agency_counts, limits.agency)
        self.provinces = Tally(choice.province_counts, limits.province)
        self.newcomers = Tally(
            (veterans, choice.newcomer_count), (Span(0, UNLIMITED), limits.newcomer)
        )

    def move(self, corner: Corner, step: int) -> None:
        """Give the corner a seat, or take one away."""
        self.agencies.counts[corner[0]] += step
        self.provinces.counts[corner[1]] += step
        self.newcomers.counts[corner[2]] += step

    def is_open(self, corner: Corner) -> bool:
        """Return whether somebody of this corner breaks no maximum."""
        return (
            self.agencies.is_open(corner[0])
            and self.provinces.is_open(corner[1])
            and self.newcomers.is_open(corner[2])
        )

    def need(self, corner: Corner) -> int:
        """Count the minimums that one more person of this corner would help to meet."""
        return (
            self.agencies.is_short(corner[0])
            + self.provinces.is_short(corner[1])
            + self.newcomers.is_short(corner[2])
        )

    def vacancy(self, corner: Corner) -> Vacancy:
        """Return which quotas a seat of this corner touches if it comes free now."""
        agency, province, is_newcomer = corner
        return Vacancy(
            agency if self.agencies.is_binding(agency) else None,
            province if self.provinces.is_binding(province) else None,
            is_newcomer if self._is_newcomer_quota_binding(is_newcomer) else None,
        )

    def _is_newcomer_quota_binding(self, is_newcomer: bool) -> bool:
        return is_newcomer and self.newcomers.is_binding(1)
