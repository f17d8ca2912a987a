"""Profiles, posts and records as the AppView and a PDS show them."""

import re
from dataclasses import dataclass
from typing import Any

from workers.sandbox.chance import draw
from workers.sandbox.clock import rfc3339
from workers.sandbox.desk import Call
from workers.sandbox.naming.bluesky import POSTS, REPOSTS, at_uri, content_id, did
from workers.sandbox.network import Account, Kind, Post

Json = dict[str, Any]
_LINK = re.compile(rb"https?://[^\s]+")
_LONGEST_DELAY_SECONDS = 3
_SKEWED_SHARE, _SKEW_SECONDS = 0.2, 86_400


@dataclass(frozen=True, slots=True)
class View:
    """Writes one answer."""

    call: Call

    def is_indexed(self, post: Post) -> bool:
        """Tell whether the AppView knows a record yet."""
        return self.indexed_at(post) <= self.call.now

    def indexed_at(self, post: Post) -> int:
        """Return when the AppView learns of a record."""
        faults, path = self.call.stage.faults, self.call.path
        if faults.strike("index_delay", path, "delay", post.id) is None:
            return post.at
        return post.at + int(draw("index", post.id) * _LONGEST_DELAY_SECONDS)

    def person(self, account: Account) -> Json:
        """Return an account as lists show it: without any count."""
        body: Json = {
            "did": did(account.id),
            "handle": account.handle,
            "displayName": account.name,
            "labels": [],
            "createdAt": _milliseconds(account.created_at),
        }
        return self._with_extras(body, account.id)

    def profile(self, account: Account) -> Json:
        """Return an account with its counts."""
        counts = {
            "followersCount": account.followers_count,
            "followsCount": account.following_count,
            "postsCount": len(self.call.network.written_by(account.id).shown),
        }
        description = {"description": account.description} if account.description else {}
        body = self.person(account) | {"indexedAt": _milliseconds(account.created_at)}
        return body | description | ({} if self._is_missing(account.id) else counts)

    def post(self, post: Post) -> Json:
        """Return an original or a quote with its counters."""
        body: Json = {
            "$type": "app.bsky.feed.defs#postView",
            "uri": at_uri(post),
            "cid": content_id(at_uri(post)),
            "author": self.person(self.call.network.accounts[post.author_id]),
            "record": self.record(post),
            "indexedAt": _milliseconds(self.indexed_at(post)),
            "labels": [],
        }
        if post.target_id is not None:
            quoted = self._quoted(self.call.network.posts[post.target_id])
            body["embed"] = {"$type": "app.bsky.embed.record#view", "record": quoted}
        counts = {} if self._is_missing(post.id) else self._counts(post)
        return self._with_extras(body | counts, post.id)

    def feed_item(self, post: Post) -> Json:
        """Return one entry of an author's feed: a post, or a repost with its reason."""
        if post.kind is not Kind.REPOST or post.target_id is None:
            return {"post": self.post(post)}
        reason = {
            "$type": "app.bsky.feed.defs#reasonRepost",
            "by": self.person(self.call.network.accounts[post.author_id]),
            "uri": at_uri(post),
            "cid": content_id(at_uri(post)),
            "indexedAt": _milliseconds(self.indexed_at(post)),
        }
        return {"post": self.post(self.call.network.posts[post.target_id]), "reason": reason}

    def record(self, post: Post) -> Json:
        """Return a record as its author's client wrote it."""
        created_at = _milliseconds(self._stated_at(post))
        target = None if post.target_id is None else self.call.network.posts[post.target_id]
        if post.kind is Kind.REPOST and target is not None:
            return {"$type": REPOSTS, "createdAt": created_at, "subject": _strong(target)}
        body: Json = {"$type": POSTS, "text": post.text, "createdAt": created_at, "langs": ["id"]}
        if facets := _facets(post.text):
            body["facets"] = facets
        if target is not None:
            body["embed"] = {"$type": "app.bsky.embed.record", "record": _strong(target)}
        return body

    def _quoted(self, target: Post) -> Json:
        uri = at_uri(target)
        if not self.call.network.is_visible(target):
            kind = "app.bsky.embed.record#viewNotFound"
            return {"$type": kind, "uri": uri, "notFound": True}
        return {
            "$type": "app.bsky.embed.record#viewRecord",
            "uri": uri,
            "cid": content_id(uri),
            "author": self.person(self.call.network.accounts[target.author_id]),
            "value": self.record(target),
            "indexedAt": _milliseconds(self.indexed_at(target)),
        }

    def _counts(self, post: Post) -> Json:
        reposts = self._count(post, Kind.REPOST)
        likes = 2 * reposts + int(draw("likes", post.id) * 40)
        quotes = self._count(post, Kind.QUOTE)
        names = ("repostCount", "quoteCount", "likeCount", "replyCount")
        return dict(zip(names, (reposts, quotes, likes, likes // 9), strict=True))

    def _count(self, post: Post, kind: Kind) -> int:
        """Count what the counter counts: also records of accounts that no list shows any more."""
        late = self.call.stage.faults.strike("late_counter", self.call.path, "late")
        until = self.call.now - (late.seconds if late else 0)
        return sum(
            each.removed_at is None
            and each.at <= until
            and not self.call.network.accounts[each.author_id].is_suspended
            for each in self.call.network.every_pass(post.id, kind)
        )

    def _stated_at(self, post: Post) -> int:
        strike = self.call.stage.faults.strike("client_clock", self.call.path, "clock", post.id)
        is_ahead = strike is not None and draw("clock", post.id) < _SKEWED_SHARE
        return post.at + (_SKEW_SECONDS if is_ahead else 0)

    def _is_missing(self, number: int) -> bool:
        faults = self.call.stage.faults
        return faults.strike("missing_metrics", self.call.path, "metrics of", number) is not None

    def _with_extras(self, body: Json, number: int) -> Json:
        if self.call.stage.faults.strike("extra_fields", self.call.path, number) is not None:
            body["fieldOfTomorrow"] = {"level": 1, "values": [None, "baru"]}
        return body


def _strong(post: Post) -> Json:
    return {"uri": at_uri(post), "cid": content_id(at_uri(post))}


def _facets(text: str) -> list[Json]:
    return [
        {
            "index": {"byteStart": match.start(), "byteEnd": match.end()},
            "features": [{"$type": "app.bsky.richtext.facet#link", "uri": match.group().decode()}],
        }
        for match in _LINK.finditer(text.encode())
    ]


def _milliseconds(at: int) -> str:
    return rfc3339(at).replace("Z", ".000Z")
