"""Accounts and statuses as one server shows them."""

from dataclasses import dataclass
from html import escape
from typing import Any

from workers.sandbox.chance import draw
from workers.sandbox.clock import rfc3339
from workers.sandbox.desk import Call
from workers.sandbox.naming.mastodon import (
    HOST,
    account_uri,
    account_url,
    host_of,
    is_remote,
    page_url,
    status_uri,
    user_of,
)
from workers.sandbox.network import Account, Kind, Post

Json = dict[str, Any]
_STALE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class View:
    """Writes one answer."""

    call: Call

    @property
    def is_old(self) -> bool:
        """Tell whether the server is from before quotes."""
        return self.call.stage.faults.strike("old_server", self.call.path, "version") is not None

    def account(self, account: Account) -> Json:
        """Return an account; a suspended one is an empty shell."""
        body: Json = {
            "id": str(account.id),
            "username": user_of(account),
            "acct": account.handle,
            "display_name": "" if account.is_suspended else account.name,
            "locked": account.is_protected,
            "bot": False,
            "discoverable": True,
            "group": False,
            "created_at": rfc3339(account.created_at // 86_400 * 86_400).replace("Z", ".000Z"),
            "note": "" if account.is_suspended else _html(account.description),
            "url": account_url(account),
            "uri": account_uri(account),
            "avatar": f"https://{HOST}/avatars/original/missing.png",
            "avatar_static": f"https://{HOST}/avatars/original/missing.png",
            "header": f"https://{HOST}/headers/original/missing.png",
            "header_static": f"https://{HOST}/headers/original/missing.png",
            "last_status_at": None,
            "emojis": [],
            "fields": [],
        }
        if account.is_suspended:
            body["suspended"] = True
        if not self._is_missing(account.id):
            body |= self._account_counts(account)
        return self._with_extras(body, account.id)

    def status(self, post: Post) -> Json:
        """Return a status of any kind; a boost carries what it passes on."""
        body = self._bare(post)
        target = None if post.target_id is None else self.call.network.posts[post.target_id]
        if post.kind is Kind.REPOST and target is not None:
            body["reblog"] = self.status(target)
        elif not self.is_old:
            body["quote"] = None if target is None else self._quote(target)
        return self._with_extras(body, post.id)

    def _quote(self, target: Post) -> Json:
        if target.removed_at is not None:
            return {"state": "deleted", "quoted_status": None}
        if not self.call.network.is_visible(target):
            return {"state": "unauthorized", "quoted_status": None}
        return {"state": "accepted", "quoted_status": self._bare(target)}

    def _bare(self, post: Post) -> Json:
        network = self.call.network
        body: Json = {
            "id": str(post.id),
            "created_at": rfc3339(post.at).replace("Z", ".000Z"),
            "in_reply_to_id": None,
            "in_reply_to_account_id": None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": "public",
            "language": "id",
            "uri": status_uri(network, post),
            "url": page_url(network, post),
            "edited_at": None,
            "content": "" if post.kind is Kind.REPOST else _html(post.text),
            "reblog": None,
            "account": self.account(network.accounts[post.author_id]),
            "media_attachments": [],
            "mentions": [],
            "tags": [],
            "emojis": [],
            "card": None,
            "poll": None,
        }
        return body | ({} if self._is_missing(post.id) else self._status_counts(post))

    def _account_counts(self, account: Account) -> Json:
        followers_count = account.followers_count
        if host_of(account) != HOST:
            followers_count = self._as_known_here(followers_count, account.id)
        return {
            "followers_count": 0 if account.is_suspended else followers_count,
            "following_count": account.following_count,
            "statuses_count": len(self.call.network.written_by(account.id).shown),
        }

    def _status_counts(self, post: Post) -> Json:
        if post.kind is Kind.REPOST:
            return {"replies_count": 0, "reblogs_count": 0, "favourites_count": 0}
        boosts, quotes = self._count(post, Kind.REPOST), self._count(post, Kind.QUOTE)
        favourites = 2 * boosts + int(draw("likes", post.id) * 40)
        counts = {
            "replies_count": favourites // 9,
            "reblogs_count": boosts,
            "favourites_count": favourites,
        }
        if not self.is_old:
            counts["quotes_count"] = quotes
        if is_remote(self.call.network, post):
            return {name: self._as_known_here(count, post.id) for name, count in counts.items()}
        return counts

    def _as_known_here(self, count: int, number: int) -> int:
        """Return what this server has learned of a count on the other."""
        strike = self.call.stage.faults.strike("stale_counts", self.call.path, "stale", number)
        return count if strike is None else int(count * _STALE_SHARE)

    def _count(self, post: Post, kind: Kind) -> int:
        """Count what the counter counts: also what only followers see."""
        late = self.call.stage.faults.strike("late_counter", self.call.path, "late")
        until = self.call.now - (late.seconds if late else 0)
        return sum(
            each.removed_at is None
            and each.at <= until
            and not self.call.network.accounts[each.author_id].is_suspended
            for each in self.call.network.every_pass(post.id, kind)
        )

    def _is_missing(self, number: int) -> bool:
        faults = self.call.stage.faults
        return faults.strike("missing_metrics", self.call.path, "metrics of", number) is not None

    def _with_extras(self, body: Json, number: int) -> Json:
        if self.call.stage.faults.strike("extra_fields", self.call.path, number) is not None:
            body["field_of_tomorrow"] = {"level": 1, "values": [None, "baru"]}
        return body


def _html(text: str) -> str:
    """Write a text as the server renders it: a paragraph whose links are anchors."""
    words = (
        f'<a href="{escape(word)}" rel="nofollow noopener" target="_blank">{escape(word)}</a>'
        if word.startswith(("https://", "http://"))
        else escape(word)
        for word in text.split(" ")
    )
    return f"<p>{' '.join(words)}</p>" if text else ""
