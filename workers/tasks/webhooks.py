"""Reads events that networks sent, onto the same rows as polling."""

from api.actions.webhook import ReadEvent, body_of, store_read_event
from api.domain.platform import Platform
from workers.platforms.base import (
    APP,
    Connector,
    FoundPost,
    Mention,
    NotFound,
    Protected,
    Removal,
    Revocation,
    ShareFact,
)
from workers.tasks.kit import Kit, Work
from workers.tasks.shares import seen_share
from workers.tasks.timeline import found_post, places


async def read_webhook(kit: Kit, work: Work) -> None:
    """Read one stored event; what it only points at is asked for."""
    platform = Platform(work.args["platform"])
    body = await body_of(work.lease.message_id)
    if body is None:
        return
    connector = kit.connector(platform)
    events = connector.events(body)
    found = [await _found(connector, one) for one in events if isinstance(one, Mention)]
    posts = [*(one for one in events if isinstance(one, FoundPost)), *filter(None, found)]
    shares = [one for one in events if isinstance(one, ShareFact)]
    removals = [one for one in events if isinstance(one, Removal)]
    read = ReadEvent(
        shares=[(one.post_id, seen_share(one)) for one in shares if not one.is_removed],
        posts=[found_post(one) for one in posts],
        removals=[(one.native_id, one.actor_id) for one in removals],
        revoked_account_ids=[one.account_id for one in events if isinstance(one, Revocation)],
    )
    await store_read_event(work.lease, platform, read, places(kit))


async def _found(connector: Connector, mention: Mention) -> FoundPost | None:
    try:
        return await connector.mentioned(mention, APP)
    except (NotFound, Protected):
        return None
