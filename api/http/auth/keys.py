"""Machines' keys: `gema_<id>_<43 characters>` in the place of a token."""

import asyncio
import hashlib
import hmac
import logging
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from api.domain.access import KeyScope, Role, Viewer
from api.errors import Unauthenticated
from api.http.auth.tokens import bearer
from api.reads.access import ApiKeyRow

logger = logging.getLogger("gema.signin")

FRESH_SECONDS = 3.0
_USE_SECONDS = 60.0
_MOST_KNOWN = 1_000
_KEY = re.compile(r"gema_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")
_NOTHING = hashlib.sha256(b"").digest()


class Signer(Protocol):
    """Believes the credentials that are no key."""

    async def viewer(self, authorization: str | None) -> Viewer | None:
        """Return the caller."""


Find = Callable[[UUID], Awaitable[ApiKeyRow | None]]
Note = Callable[[UUID], Awaitable[None]]


class KeyAuthenticator:
    """Believes machines' keys; what is no key goes to the next authenticator.

    A row is remembered for three seconds, so that a revocation is effective within five.
    """

    def __init__(
        self, following: Signer, find: Find, note_use: Note, clock: Callable[[], float] = time.time
    ) -> None:
        self._following = following
        self._find = find
        self._note_use = note_use
        self._clock = clock
        self._known: dict[UUID, tuple[float, ApiKeyRow | None]] = {}
        self._noted: dict[UUID, float] = {}
        self._notes: set[asyncio.Task[None]] = set()

    async def viewer(self, authorization: str | None) -> Viewer | None:
        """Return the machine or person, or nothing without a header."""
        if authorization is None or "gema_" not in authorization:
            return await self._following.viewer(authorization)
        given = _KEY.fullmatch(bearer(authorization))
        if given is None:
            raise Unauthenticated("malformed")
        row = await self._row(UUID(given[1]))
        digest = hashlib.sha256(given[2].encode()).digest()
        is_right = hmac.compare_digest(digest, row.secret_sha256 if row else _NOTHING)
        if row is None or not is_right:
            raise Unauthenticated("unknown_key")
        self._check_time(row)
        self._used(row.id)
        return _viewer(row)

    def _check_time(self, row: ApiKeyRow) -> None:
        now = datetime.fromtimestamp(self._clock(), UTC)
        if row.revoked_at is not None:
            raise Unauthenticated("revoked")
        if row.expires_at <= now:
            raise Unauthenticated("expired")

    async def _row(self, key: UUID) -> ApiKeyRow | None:
        known = self._known.get(key)
        if known is None or self._clock() - known[0] >= FRESH_SECONDS:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[key] = (self._clock(), await self._find(key))
        return known[1]

    def _used(self, key: UUID) -> None:
        """Note the use beside the request, once a minute at most."""
        if self._clock() - self._noted.get(key, float("-inf")) < _USE_SECONDS:
            return
        self._noted[key] = self._clock()
        task = asyncio.create_task(self._noted_use(key))
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    async def _noted_use(self, key: UUID) -> None:
        try:
            await self._note_use(key)
        except Exception as error:  # noqa: BLE001 (a note; the request is answered without it)
            logger.warning("the use of a key was not noted: %s", type(error).__name__)


def _viewer(row: ApiKeyRow) -> Viewer:
    return Viewer(
        subject=f"key:{row.id}",
        role=Role(row.role),
        name=row.name,
        agency_id=row.agency_id,
        key_scopes=frozenset(KeyScope(scope) for scope in row.scopes),
        expires_at=int(row.expires_at.timestamp()),
    )
