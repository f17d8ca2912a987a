"""Pages of networks that go on from an id: cut short, empty or repeating, never skipping one."""

from dataclasses import dataclass

from workers.sandbox.chance import draw
from workers.sandbox.faults import Faults
from workers.sandbox.network import Post

_SHORTENING = 0.4


@dataclass(frozen=True, slots=True)
class Sheet:
    """Some posts of a list, and the id below which the list goes on; None at its end."""

    items: tuple[Post, ...]
    next_before: int | None = None


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts one list, newest first, into pages. Only ids say where one goes on: nothing moves it."""

    faults: Faults
    seed: int
    path: str
    name: str

    def sheet(self, shown: tuple[Post, ...], limit: int, before: int | None) -> Sheet:
        """Return the posts below an id, or the newest."""
        start = _start(shown, before)
        if start >= len(shown):
            return Sheet(())
        # An empty page moves on to just above the next post; there, no second one follows.
        resume = shown[start].id + 1
        if before != resume and self._strikes("empty_pages", before):
            return Sheet((), resume)
        size = self._size(limit, before)
        first = start - self._repeated_count(start, size, before)
        return self._cut(shown, first, min(first + size, len(shown)))

    def _cut(self, shown: tuple[Post, ...], first: int, end: int) -> Sheet:
        items = shown[first:end]
        is_last = end >= len(shown)
        has_empty_tail = is_last and self._strikes("empty_pages", "tail", items[-1].id)
        return Sheet(items, None if is_last and not has_empty_tail else items[-1].id)

    def _repeated_count(self, start: int, size: int, before: int | None) -> int:
        if not start or not self._strikes("duplicates", before):
            return 0
        return min(1 + int(draw(self.seed, "repeat", before) * 3), start, size - 1)

    def _size(self, limit: int, before: int | None) -> int:
        if not self._strikes("short_pages", before):
            return limit
        return max(1, limit - 1 - int(draw(self.seed, "short", before) * limit * _SHORTENING))

    def _strikes(self, fault: str, *place: object) -> bool:
        return self.faults.strike(fault, self.path, self.path, self.name, *place) is not None


def _start(shown: tuple[Post, ...], before: int | None) -> int:
    if before is None:
        return 0
    return next((at for at, post in enumerate(shown) if post.id < before), len(shown))
