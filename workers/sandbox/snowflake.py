"""Ids that tell their time, as X makes them: milliseconds since an epoch in the upper bits."""

from workers.sandbox.chance import draw

_EPOCH_MS = 1_288_834_974_657
_LOW_BITS = 22
_FIRST_LOW = 1 << 20


def second_of(snowflake: int) -> int:
    """Return the Unix second that an id encodes."""
    return ((snowflake >> _LOW_BITS) + _EPOCH_MS) // 1000


def low_of(snowflake: int) -> tuple[int, int]:
    """Return the Unix second of an id, and what tells it from others of that second."""
    return second_of(snowflake), snowflake & ((1 << _LOW_BITS) - 1)


def id_at(at: int, low: int) -> int:
    """Return the id of a second with these lower bits."""
    return ((at * 1000 - _EPOCH_MS) << _LOW_BITS) | low


class Mint:
    """Gives ids for whole seconds; within one second they grow in the order of asking."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._last_low: dict[int, int] = {}

    def next_id(self, at: int) -> int:
        """Return a new id for a Unix second."""
        previous = self._last_low.get(at)
        if previous is None:
            low = int(draw(self._seed, "id", at) * _FIRST_LOW)
        else:
            low = previous + 1 + int(draw(self._seed, "id", at, previous) * 64)
        self._last_low[at] = low
        return id_at(at, low)
