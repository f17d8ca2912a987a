"""Continuations in time: what may be kept where the network's own cursors may not."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from workers.platforms.errors import ContractError
from workers.platforms.facts import Watermark

OVERLAP = timedelta(hours=1)
_UNTIL = "until:"


def window_parameters(since: Watermark | None, cursor: str | None) -> dict[str, str]:
    """Return from when and until when to ask: an hour before the watermark, to the cursor.

    Raises:
        ContractError: the cursor is none of ours.
    """
    newest_at = since.newest_at if since else None
    start = {} if newest_at is None else {"since": str(_seconds(newest_at - OVERLAP))}
    if cursor is None:
        return start
    until = cursor.removeprefix(_UNTIL)
    if not cursor.startswith(_UNTIL) or not (until.isascii() and until.isdigit()):
        raise ContractError("This is no continuation of ours.", is_cursor_refused=True)
    return {**start, "until": until}


def following_window(times: Sequence[datetime | None], cursor: str | None) -> str:
    """Return how a list goes on below its oldest item.

    The second of that item is asked again, as more of it may follow; a page that holds nothing but
    that second is passed over.

    Raises:
        ContractError: no item of the page tells its time.
    """
    known = [moment for moment in times if moment is not None]
    if not known:
        raise ContractError("No item of the page tells its time.", is_cursor_refused=True)
    oldest = _seconds(min(known))
    again = f"{_UNTIL}{oldest + 1}"
    return f"{_UNTIL}{oldest}" if again == cursor else again


def _seconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())
