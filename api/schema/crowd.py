"""How many connections one caller may hold open at a time in this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from api.errors import RateLimited

_RETRY_SECONDS = 10


class Crowd:
    """Counts what is open by caller."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: Counter[str] = Counter()

    @contextmanager
    def place(self, caller: str) -> Iterator[None]:
        """Count one more for as long as the context lasts.

        Raises:
            RateLimited: the caller holds as many as anybody may.
        """
        if self._open[caller] >= self._limit:
            message = f"At most {self._limit} may be open at a time."
            raise RateLimited(_RETRY_SECONDS, message)
        self._open[caller] += 1
        try:
            yield
        finally:
            self._open[caller] -= 1
            if not self._open[caller]:
                del self._open[caller]
