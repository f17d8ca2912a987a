"""Keeps an eye on each network for its health: now and then a note, never one for each call."""

import time
from contextlib import suppress
from dataclasses import dataclass, field

from api.actions.platform_state import note_failure, note_success
from api.domain.platform import Platform

PAUSE_SECONDS = 5.0


@dataclass(slots=True)
class HealthNotes:
    """What one worker process noted lately; a note that cannot be written is left out."""

    _noted_at: dict[tuple[Platform, str | None], float] = field(default_factory=dict)

    async def note(self, platform: Platform, error_code: str | None) -> None:
        """Note a success, or a failure by its code, unless the same was noted a moment ago."""
        now = time.monotonic()
        if now - self._noted_at.get((platform, error_code), -PAUSE_SECONDS) < PAUSE_SECONDS:
            return
        self._noted_at[platform, error_code] = now
        with suppress(Exception):
            if error_code is None:
                await note_success(platform)
            else:
                await note_failure(platform, error_code)
