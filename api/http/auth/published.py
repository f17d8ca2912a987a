"""The keys that an OIDC issuer publishes, cached so that its outages and ours are apart."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

import httpx2
from joserfc.jwk import KeySet

from api.errors import Unavailable

logger = logging.getLogger("gema.signin")

FRESH_SECONDS = 600.0
RETRY_SECONDS = 30.0
_COLD_RETRY_SECONDS = 1.0
_TIMEOUT_SECONDS = 3.0
_LONGEST_BYTES = 262_144
_KINDS = ("RSA", "EC")


class PublishedKeys:
    """Reads the keys at most every ten minutes; a token of an unknown key asks sooner.

    The last good set survives an outage of the issuer; without any set nobody can be signed in.
    """

    def __init__(
        self,
        url: str,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url
        self._clock = clock
        self._transport = transport
        self._keys: KeySet | None = None
        self._read_at = self._asked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def current(self) -> KeySet:
        """Return the keys, read again when they are old.

        Raises:
            Unavailable: none were ever read.
        """
        is_cold = self._keys is None
        if is_cold or self._clock() - self._read_at >= FRESH_SECONDS:
            await self._ask(_COLD_RETRY_SECONDS if is_cold else RETRY_SECONDS)
        if self._keys is None:
            raise Unavailable("The keys of the sign-in cannot be read now.")
        return self._keys

    async def renewed(self) -> KeySet:
        """Return the keys, read again unless that was done in the last thirty seconds."""
        await self._ask(RETRY_SECONDS)
        return await self.current()

    async def _ask(self, pause_seconds: float) -> None:
        async with self._lock:
            if self._clock() - self._asked_at < pause_seconds:
                return
            self._asked_at = self._clock()
            try:
                self._keys = _key_set(await self._fetched())
                self._read_at = self._clock()
            except (httpx2.HTTPError, ValueError, TypeError, KeyError, AttributeError) as error:
                logger.warning("published keys were not read: %s", type(error).__name__)

    async def _fetched(self) -> Any:  # noqa: ANN401
        async with httpx2.AsyncClient(
            transport=self._transport, timeout=_TIMEOUT_SECONDS, follow_redirects=False
        ) as client:
            response = await client.get(self._url, headers={"accept": "application/json"})
        response.raise_for_status()
        if len(response.content) > _LONGEST_BYTES:
            raise ValueError("too long")
        return response.json()


def _key_set(document: Any) -> KeySet:  # noqa: ANN401
    """Keep the keys that may sign; a shared secret is none of them."""
    keys = [
        key
        for key in document["keys"]
        if key.get("kty") in _KINDS and key.get("use", "sig") == "sig" and key.get("kid")
    ]
    if not keys:
        raise ValueError("no key to sign with")
    return KeySet.import_key_set({"keys": keys})
