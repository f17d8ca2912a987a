"""What X tells in real time of official accounts and of consenting holders."""

from collections.abc import Mapping
from datetime import datetime

import orjson

from api.domain.matching import x as x_ids
from api.domain.platform import Platform, ShareKind
from workers.platforms import wire
from workers.platforms.errors import ContractError
from workers.platforms.facts import (
    Event,
    FoundPost,
    ReferenceKind,
    Removal,
    Revocation,
    ShareFact,
)
from workers.platforms.redaction import redact
from workers.platforms.x.posts import found_post

_SHARES = {
    ReferenceKind.REPOSTED: ShareKind.REPOST,
    ReferenceKind.QUOTED: ShareKind.QUOTE,
}
_POSTS = frozenset(
    {
        "post.create",
        "post.repost.create",
        "post.quote.create",
        "post.reply.create",
        "post.mention.create",
    }
)


def events_in(body: bytes, observed_at: datetime) -> list[Event]:
    """Read an event; one of a kind that is not known says nothing.

    Raises:
        ContractError: this is no event of X.
    """
    try:
        content = wire.row(orjson.loads(body))
    except orjson.JSONDecodeError:
        raise ContractError("The event is not JSON.", redact(body)) from None
    data = wire.row(content.get("data"))
    kind, payload = wire.text(data, "event_type"), wire.row(data.get("payload"))
    if kind is None:
        raise ContractError("The event has another shape.", redact(body))
    if kind in _POSTS:
        return _post_events(payload, _handles(data), observed_at)
    if kind.endswith(".delete"):
        return _removals(payload, observed_at)
    return _revocations(data, observed_at) if kind == "oauth.revoke" else []


def _post_events(
    payload: wire.Row, handles: Mapping[str, str], observed_at: datetime
) -> list[Event]:
    """Return a share for each post that is passed on, else the post with its links."""
    post = found_post(payload, handles, observed_at)
    if post is None:
        return []
    shares: list[Event] = [
        _share(post, _SHARES[reference.kind], reference.post_id)
        for reference in post.references
        if reference.kind in _SHARES
    ]
    return shares or [post]


def _share(post: FoundPost, kind: ShareKind, post_id: str) -> ShareFact:
    return ShareFact(
        platform=Platform.X,
        kind=kind,
        post_id=post_id,
        actor_id=post.author_id or "",
        observed_at=post.observed_at,
        native_id=post.id,
        occurred_at=post.occurred_at,
        actor=post.author,
        url=post.url,
    )


def _removals(payload: wire.Row, observed_at: datetime) -> list[Event]:
    native_id = wire.text(payload, "id")
    if native_id is None or not x_ids.is_id(native_id):
        return []
    return [Removal(Platform.X, native_id, wire.text(payload, "author_id"), observed_at)]


def _revocations(data: wire.Row, observed_at: datetime) -> list[Event]:
    account_id = wire.text(wire.row(data.get("filter")), "user_id")
    is_known = account_id is not None and x_ids.is_id(account_id)
    return [Revocation(Platform.X, account_id or "", observed_at)] if is_known else []


def _handles(data: wire.Row) -> Mapping[str, str]:
    users = map(wire.row, wire.rows(wire.row(data.get("includes")).get("users")))
    pairs = ((wire.text(user, "id"), wire.text(user, "username")) for user in users)
    return {native_id: handle for native_id, handle in pairs if native_id and handle}
