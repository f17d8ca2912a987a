"""Signed events as X sends them of an official account's posts, and its challenge."""

import base64
import hashlib
import hmac
from typing import Any
from uuid import UUID

from workers.sandbox.clock import rfc3339
from workers.sandbox.network import Kind, Network, Post

Json = dict[str, Any]
SIGNATURE_HEADER = "x-twitter-webhooks-signature"
CONSUMER_SECRET = "sandbox-app-secret"  # noqa: S105 (the simulated application's)
_TYPES = {Kind.REPOST: "post.repost.create", Kind.QUOTE: "post.quote.create"}
_REFERENCES = {Kind.REPOST: "retweeted", Kind.QUOTE: "quoted"}


def post_event(network: Network, share: Post, _now: int) -> Json:
    """Return the event of a share as it stands: the same id whenever it is sent again."""
    return _event(network, share, is_removed=share.removed_at is not None)


def stream_events(network: Network, share: Post) -> list[tuple[int, Json]]:
    """Return all that was ever told of a share, with the times: made, and removed if it was."""
    told = [(share.at, _event(network, share, is_removed=False))]
    if share.removed_at is not None:
        told.append((share.removed_at, _event(network, share, is_removed=True)))
    return told


def event_id(event: Json) -> str:
    """Return the id by which repeats are known."""
    return str(event["data"]["event_uuid"])


def _event(network: Network, share: Post, *, is_removed: bool) -> Json:
    author = network.accounts[share.author_id]
    target = network.posts[share.target_id] if share.target_id is not None else share
    kind = "post.delete" if is_removed else _TYPES.get(share.kind, "post.create")
    payload: Json = {"id": str(share.id), "author_id": str(share.author_id)}
    if not is_removed:
        payload |= {"text": share.text, "created_at": rfc3339(share.at)}
        payload |= _referenced(share)
    return {
        "data": {
            "event_uuid": _uuid(share, kind),
            "event_type": kind,
            "filter": {"user_id": str(target.author_id)},
            "tag": "sandbox",
            "payload": payload,
            "includes": {"users": [{"id": str(author.id), "username": author.handle}]},
        }
    }


def signature_of(body: bytes, secret: str = CONSUMER_SECRET) -> str:
    """Sign raw bytes, or answer a challenge."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode()}"


def _referenced(share: Post) -> Json:
    if share.target_id is None or share.kind not in _REFERENCES:
        return {}
    return {"referenced_posts": [{"type": _REFERENCES[share.kind], "id": str(share.target_id)}]}


def _uuid(share: Post, kind: str) -> str:
    digest = hashlib.sha256(f"{share.id}:{kind}".encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))
