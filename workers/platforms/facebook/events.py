"""What Facebook tells the subscriber of a page, from the body of an accepted webhook."""

from collections.abc import Iterator
from datetime import UTC, datetime

from api.domain.matching import facebook
from api.domain.platform import Platform, ShareKind
from workers.platforms import wire
from workers.platforms.facts import Event, Removal, Revocation, ShareFact
from workers.platforms.graph.events import changes_of, entries_of

_LATEST_SECOND = 2**40


def events_in(body: bytes, observed_at: datetime) -> list[Event]:
    """Read shares and withdrawals. A sharer whom Facebook does not name is left out."""
    about, entries = entries_of(body)
    if about == "permissions":
        return [fact for entry in entries for fact in _revocations(entry, observed_at)]
    changes = (change for entry in entries for change in changes_of(entry))
    read = (_share(value, observed_at) for field, value in changes if field == "feed")
    return [fact for fact in read if fact is not None]


def _share(value: wire.Row, observed_at: datetime) -> Event | None:
    actor_id = wire.text(wire.row(value.get("from")), "id")
    post_id, share_id = wire.text(value, "post_id"), wire.text(value, "share_id")
    is_share = wire.text(value, "item") == "share"
    if not is_share or not actor_id or not post_id or not facebook.is_id(post_id) or not share_id:
        return None
    native_id = f"{actor_id}_{share_id}" if share_id.isdigit() else share_id
    if wire.text(value, "verb") == "remove":
        return Removal(Platform.FACEBOOK, native_id, actor_id, observed_at)
    return ShareFact(
        platform=Platform.FACEBOOK,
        kind=ShareKind.QUOTE if wire.text(value, "message") else ShareKind.REPOST,
        post_id=post_id,
        actor_id=actor_id,
        observed_at=observed_at,
        native_id=native_id,
        occurred_at=_moment(value),
    )


def _moment(value: wire.Row) -> datetime | None:
    seconds = wire.count(value, "created_time")
    is_time = seconds is not None and seconds < _LATEST_SECOND
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds is not None and is_time else None
    except (OverflowError, ValueError, OSError):
        return None


def _revocations(entry: wire.Row, observed_at: datetime) -> Iterator[Revocation]:
    account_id = wire.text(entry, "uid", "id")
    for field, value in changes_of(entry):
        is_withdrawn = wire.text(value, "verb") in ("revoked", "denied")
        if account_id and is_withdrawn and field in ("user_posts", "user_friends", "connected"):
            yield Revocation(Platform.FACEBOOK, account_id, observed_at)
            return
