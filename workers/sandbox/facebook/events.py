"""What Facebook tells a page's subscriber of a share."""

from typing import Any

from workers.sandbox.facebook.view import name
from workers.sandbox.network import Kind, Network, Post

Json = dict[str, Any]


def feed_event(network: Network, share: Post, now: int) -> Json:
    """Return the event of a share; only people who gave the app consent are named."""
    author = network.accounts[share.author_id]
    target = network.posts[share.target_id] if share.target_id is not None else share
    is_named = author.is_consenting and author.is_public
    sharer: Json = {"from": {"id": str(author.id), "name": author.name}} if is_named else {}
    words = {} if share.kind is Kind.REPOST else {"message": f"{share.text} (é, ñ)"}
    value: Json = {
        "item": "share",
        "verb": "add" if share.removed_at is None else "remove",
        "post_id": name(network, target),
        "share_id": str(share.id),
        "created_time": share.at,
        "published": 1,
        **words,
        **sharer,
    }
    page_id = str(target.author_id)
    entry = {"id": page_id, "time": now, "changes": [{"field": "feed", "value": value}]}
    return {"object": "page", "entry": [entry]}
