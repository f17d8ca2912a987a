"""Row ids.

UUID version 7, made here and never by the database, so that they sort by time on every server.
"""

import os
import time
from datetime import datetime
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits."""
    bits = int.from_bytes(os.urandom(10))
    milliseconds = time.time_ns() // 1_000_000
    high, low = bits >> 62 & 0xFFF, bits & (1 << 62) - 1
    return UUID(int=milliseconds << 80 | _VERSION | high << 64 | _VARIANT | low)


def first_id_at(moment: datetime) -> UUID:
    """Return the smallest id that can be made at a moment: no id made later sorts before it."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
