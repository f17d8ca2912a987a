"""What Instagram tells an official account: mentions in captions and comments, and in stories."""

from collections.abc import Iterator
from datetime import UTC, datetime

from api.domain.platform import Platform, ShareKind
from workers.platforms import wire
from workers.platforms.facts import Event, Mention
from workers.platforms.graph.events import changes_of, entries_of

_LATEST_MILLISECOND = 2**43


def events_in(body: bytes, observed_at: datetime) -> list[Event]:
    """Read mentions. The picture of a story is never fetched, and its address never kept."""
    _, entries = entries_of(body)
    return [mention for entry in entries for mention in _mentions(entry, observed_at)]


def _mentions(entry: wire.Row, observed_at: datetime) -> Iterator[Mention]:
    account_id = wire.text(entry, "id")
    if account_id is None:
        return
    for field, value in changes_of(entry):
        media_id = wire.text(value, "media_id")
        if field == "mentions" and media_id is not None:
            yield Mention(Platform.INSTAGRAM, ShareKind.MENTION, account_id, media_id, observed_at)
    for message in map(wire.row, wire.rows(entry.get("messaging"))):
        yield from _stories(message, account_id, observed_at)


def _stories(messaging: wire.Row, account_id: str, observed_at: datetime) -> Iterator[Mention]:
    message = wire.row(messaging.get("message"))
    attachments = map(wire.row, wire.rows(message.get("attachments")))
    is_story = any(wire.text(one, "type") == "story_mention" for one in attachments)
    native_id = wire.text(message, "mid")
    actor_id = wire.text(wire.row(messaging.get("sender")), "id")
    if is_story and native_id is not None and actor_id is not None:
        yield Mention(
            platform=Platform.INSTAGRAM,
            kind=ShareKind.STORY_MENTION,
            account_id=account_id,
            native_id=native_id,
            observed_at=observed_at,
            actor_id=actor_id,
            occurred_at=_moment(messaging),
        )


def _moment(messaging: wire.Row) -> datetime | None:
    milliseconds = wire.count(messaging, "timestamp")
    if milliseconds is None or milliseconds > _LATEST_MILLISECOND:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
