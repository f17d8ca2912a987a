"""Pages as X gives them: cut short, empty, repeating the last items; never skipping one."""

import base64
from bisect import bisect_right
from dataclasses import dataclass
from hashlib import blake2b

import orjson

from workers.sandbox.chance import draw
from workers.sandbox.faults import Faults
from workers.sandbox.network import Listing, Post
from workers.sandbox.x.problems import BadRequest

_CHECK_BYTES = 5
_SHORTENING = 0.4


@dataclass(frozen=True, slots=True)
class Page:
    """Some posts of a list, what was kept back between them, and how to go on."""

    items: tuple[Post, ...]
    kept_back: tuple[Post, ...] = ()
    next_token: str | None = None


@dataclass(frozen=True, slots=True)
class Pager:
    """Cuts one list into pages. A token says which post came last, so that nothing moves it."""

    faults: Faults
    seed: int
    path: str
    name: str

    def page(self, listing: Listing, limit: int, token: str | None) -> Page:
        """Return the page behind a token."""
        before, step = self._open(token) if token is not None else (0, 0)
        start = bisect_right(listing.keys, -before) if before else 0
        is_more = start < len(listing.shown)
        if step == 0 and is_more and self._strikes("empty_pages", before):
            return Page((), (), self._seal(before, 1))
        size = self._size(limit, before)
        first = start - (self._repeated_count(start, size, before) if is_more else 0)
        return self._cut(listing, first, min(first + size, len(listing.shown)), before)

    def _repeated_count(self, start: int, size: int, before: int) -> int:
        if not start or not self._strikes("duplicates", before):
            return 0
        return min(1 + int(draw(self.seed, "repeat", before) * 3), start, size - 1)

    def _cut(self, listing: Listing, first: int, end: int, before: int) -> Page:
        items = listing.shown[first:end]
        last_id = items[-1].id if items else 0
        is_last = end >= len(listing.shown)
        has_empty_tail = is_last and bool(items) and self._strikes("empty_pages", "tail", last_id)
        next_token = None if is_last and not has_empty_tail else self._seal(last_id, 0)
        return Page(items, self._kept_back(listing, before, 0 if is_last else last_id), next_token)

    def _kept_back(self, listing: Listing, before: int, last_id: int) -> tuple[Post, ...]:
        between = [
            post
            for post in listing.kept_back
            if post.id > last_id and (not before or post.id < before)
        ]
        if not between or not self._strikes("partial_errors", before):
            return ()
        return tuple(between)

    def _size(self, limit: int, before: int) -> int:
        if not self._strikes("short_pages", before):
            return limit
        return max(1, limit - 1 - int(draw(self.seed, "short", before) * limit * _SHORTENING))

    def _strikes(self, fault: str, *place: object) -> bool:
        return self.faults.strike(fault, self.path, self.path, self.name, *place) is not None

    def _seal(self, before: int, step: int) -> str:
        content = orjson.dumps([self.name, str(before), step])
        sealed = base64.b32hexencode(self._check(content) + content)
        return sealed.decode().rstrip("=").lower()

    def _open(self, token: str) -> tuple[int, int]:
        try:
            sealed = base64.b32hexdecode(token.upper() + "=" * (-len(token) % 8))
        except ValueError:
            raise _bad_token(token) from None
        content = sealed[_CHECK_BYTES:]
        if sealed[:_CHECK_BYTES] != self._check(content):
            raise _bad_token(token)
        name, before, step = orjson.loads(content)
        if name != self.name:
            raise _bad_token(token)
        return int(before), int(step)

    def _check(self, content: bytes) -> bytes:
        key = str(self.seed).encode()[:64]
        return blake2b(content, digest_size=_CHECK_BYTES, key=key).digest()


def _bad_token(token: str) -> BadRequest:
    return BadRequest("pagination_token", token, "is not a valid token for this list")
