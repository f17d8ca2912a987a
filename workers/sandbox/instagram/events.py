"""What Instagram tells a professional account: mentions in captions and in stories."""

from typing import Any

from workers.sandbox.naming.instagram import has_tag, media_id
from workers.sandbox.network import Kind, Network, Post, Refused

Json = dict[str, Any]


def mention_event(network: Network, share: Post, now: int) -> Json:
    """Return the event of a share that mentions the account whose post it passes on.

    Raises:
        Refused: the share mentions nobody.
    """
    if share.target_id is None or (share.kind is Kind.QUOTE and has_tag(share)):
        raise Refused("this medium mentions nobody")
    owner_id = str(network.posts[share.target_id].author_id)
    if share.kind is Kind.QUOTE:
        value = {"media_id": media_id(share), "note": "é"}
        change = {"field": "mentions", "value": value}
        return {
            "object": "instagram",
            "entry": [{"id": owner_id, "time": now, "changes": [change]}],
        }
    message = {"mid": f"m_{share.id}", "attachments": [_story(network, share)]}
    messaging = {
        "sender": {"id": str(share.author_id)},
        "recipient": {"id": owner_id},
        "timestamp": share.at * 1_000,
        "message": message,
    }
    entry = {"id": owner_id, "time": now * 1_000, "messaging": [messaging]}
    return {"object": "instagram", "entry": [entry]}


def _story(network: Network, share: Post) -> Json:
    """Return the attachment: its link leads to the sandbox, by a path without its host."""
    url = f"/instagram/story/{network.customs.post_id(network, share)}"
    return {"type": "story_mention", "payload": {"url": url}}
