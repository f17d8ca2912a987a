"""Who first shared a post when, and how fast that post was passed on by everybody else."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from api.domain.coordination.rules import SECOND


@dataclass(frozen=True, slots=True, order=True)
class Sharing:
    """A holder's share of a post: microseconds by the network's own clock, agency of that day."""

    at: int
    holder_id: UUID
    share_id: UUID
    agency_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How many pairs of sharers there are, and how many of them are close together."""

    pair_count: int
    close_count: int

    def chance(self, *, is_close: bool) -> float:
        """Return the chance that one more pair is close, as the others show; its own is left out.

        Half a pair is added to the close ones and five to all, so that few pairs prove little.
        """
        close_count = self.close_count - is_close
        return (close_count + 0.5) / (max(self.pair_count - 1, 0) + 5)


@dataclass(frozen=True, slots=True)
class Burst:
    """The first share of each holder of one post, in time order."""

    post_id: UUID
    sharings: tuple[Sharing, ...]

    @classmethod
    def of(cls, post_id: UUID, sharings: Iterable[Sharing]) -> "Burst":
        """Keep the first share of each holder."""
        first: dict[UUID, Sharing] = {}
        for sharing in sorted(sharings):
            first.setdefault(sharing.holder_id, sharing)
        return cls(post_id, tuple(first.values()))

    def close_pairs(self, window_seconds: int) -> Iterator[tuple[Sharing, Sharing]]:
        """Yield the pairs at most a window apart, the earlier share first."""
        oldest, reach = 0, window_seconds * SECOND
        for at, later in enumerate(self.sharings):
            while later.at - self.sharings[oldest].at > reach:
                oldest += 1
            for earlier in self.sharings[oldest:at]:
                yield earlier, later

    def pace(self, window_seconds: int) -> Pace:
        """Return the pace of all sharers."""
        return pace([sharing.at for sharing in self.sharings], window_seconds)

    def agency_paces(self, window_seconds: int, colleague_count: int) -> Mapping[UUID, Pace]:
        """Return the pace among colleagues, for each agency with enough sharers of this post."""
        times: defaultdict[UUID, list[int]] = defaultdict(list)
        for sharing in self.sharings:
            if sharing.agency_id is not None:
                times[sharing.agency_id].append(sharing.at)
        return {
            agency_id: pace(own, window_seconds)
            for agency_id, own in times.items()
            if len(own) >= colleague_count
        }


def pace(times: Sequence[int], window_seconds: int) -> Pace:
    """Return the pace of shares at these ascending times, with two pointers."""
    close_count = oldest = 0
    reach = window_seconds * SECOND
    for at, later in enumerate(times):
        while later - times[oldest] > reach:
            oldest += 1
        close_count += at - oldest
    return Pace(len(times) * (len(times) - 1) // 2, close_count)
