"""Posts and users in the words and with the fields that a request asked for."""

import re
from dataclasses import dataclass
from typing import Any

from workers.sandbox.chance import draw
from workers.sandbox.clock import rfc3339
from workers.sandbox.faults import Faults
from workers.sandbox.network import Account, Kind, Listing, Network, Post
from workers.sandbox.x.query import Query
from workers.sandbox.x.words import REFERENCE_EXPANSIONS

Json = dict[str, Any]
_LINK = re.compile(r"https?://\S+")
_REFERENCE_TYPES = {Kind.REPOST: "retweeted", Kind.QUOTE: "quoted"}


@dataclass(frozen=True, slots=True)
class View:
    """Writes one answer's resources."""

    network: Network
    query: Query
    faults: Faults
    path: str
    now: int

    def post(self, post: Post) -> Json:
        """Return a post; fields that were not asked for or are empty are left out."""
        fields, words = self.query.post_fields, self.query.words
        body: Json = {"id": str(post.id), "text": post.text, words.edit_history: [str(post.id)]}
        if "created_at" in fields:
            body["created_at"] = _milliseconds(post.at)
        if "author_id" in fields or "author_id" in self.query.expansions:
            body["author_id"] = str(post.author_id)
        if post.target_id is not None and self._wants_references():
            reference = {"type": _REFERENCE_TYPES[post.kind], "id": str(post.target_id)}
            body[words.references] = [reference]
        if "entities" in fields and (urls := _urls(post.text)):
            body["entities"] = {"urls": urls}
        if "lang" in fields:
            body["lang"] = "in"
        if "conversation_id" in fields:
            body["conversation_id"] = str(post.id)
        if "public_metrics" in fields and not self._is_missing("metrics of", post.id):
            body["public_metrics"] = self._post_metrics(post)
        return self._with_extras(body)

    def user(self, account: Account) -> Json:
        """Return a user; fields that were not asked for or are empty are left out."""
        fields = self.query.user_fields
        body: Json = {"id": str(account.id), "name": account.name, "username": account.handle}
        if "created_at" in fields:
            body["created_at"] = _milliseconds(account.created_at)
        if "description" in fields and account.description:
            body["description"] = account.description
        if "protected" in fields:
            body["protected"] = account.is_protected
        if "verified" in fields:
            body["verified"] = False
        if "public_metrics" in fields and not self._is_missing("metrics of", account.id):
            body["public_metrics"] = self._user_metrics(account)
        if self.query.words.most_recent in fields and account.is_public:
            body |= self._most_recent(account)
        return self._with_extras(body)

    def included(self, posts: list[Post]) -> tuple[list[Account], list[Post]]:
        """Return the authors and the referenced posts that the expansions ask for."""
        accounts = self.network.accounts
        authors: dict[int, Account] = {}
        if "author_id" in self.query.expansions:
            authors = {post.author_id: accounts[post.author_id] for post in posts}
        if not self.query.expansions & REFERENCE_EXPANSIONS:
            return list(authors.values()), []
        target_ids = dict.fromkeys(post.target_id for post in posts if post.target_id is not None)
        targets = [self.network.posts[target_id] for target_id in target_ids]
        return list(authors.values()), [post for post in targets if self.network.is_visible(post)]

    def _wants_references(self) -> bool:
        wanted = {"referenced_posts", "referenced_tweets"} & self.query.post_fields
        return bool(wanted or self.query.expansions & REFERENCE_EXPANSIONS)

    def _post_metrics(self, post: Post) -> Json:
        counted_id = post.id
        if post.kind is Kind.REPOST and post.target_id is not None:
            counted_id = post.target_id
        repost_count = self._count(self.network.passed_on(counted_id, Kind.REPOST))
        metrics = {self.query.words.repost_count: repost_count}
        if post.kind is Kind.REPOST:
            return metrics | dict.fromkeys(_OTHER_METRICS, 0)
        quote_count = self._count(self.network.passed_on(post.id, Kind.QUOTE))
        like_count = 2 * repost_count + int(draw("likes", post.id) * 40)
        others = (like_count // 9, like_count, quote_count, like_count // 20, 60 * like_count + 150)
        return metrics | dict(zip(_OTHER_METRICS, others, strict=True))

    def _count(self, listing: Listing) -> int:
        """Count what the counter counts: also posts of protected accounts, which no list shows."""
        protected = sum(
            not self.network.accounts[post.author_id].is_suspended for post in listing.kept_back
        )
        late = self.faults.strike("late_counter", self.path, "late")
        if late is None:
            return len(listing.shown) + protected
        until = self.now - late.seconds
        return sum(post.at <= until for post in listing.shown) + protected

    def _user_metrics(self, account: Account) -> Json:
        return {
            "followers_count": account.followers_count,
            "following_count": account.following_count,
            self.query.words.post_count: len(self.network.written_by(account.id).shown),
            "listed_count": account.followers_count // 150,
            "like_count": account.following_count * 3,
        }

    def _most_recent(self, account: Account) -> Json:
        shown = self.network.written_by(account.id).shown
        return {self.query.words.most_recent: str(shown[0].id)} if shown else {}

    def _is_missing(self, *place: object) -> bool:
        return self.faults.strike("missing_metrics", self.path, *place) is not None

    def _with_extras(self, body: Json) -> Json:
        if self.faults.strike("extra_fields", self.path, body["id"]) is not None:
            body["field_of_tomorrow"] = {"level": 1, "values": [None, "baru"]}
        return body


_OTHER_METRICS = ("reply_count", "like_count", "quote_count", "bookmark_count", "impression_count")


def _urls(text: str) -> list[Json]:
    """Return the links of a text: what was written, and what X shortened it to."""
    return [
        {
            "start": match.start(),
            "end": match.end(),
            "url": f"https://t.co/{int(draw('t.co', match[0]) * 10**10):010}",
            "expanded_url": match[0],
            "display_url": match[0].removeprefix("https://"),
        }
        for match in _LINK.finditer(text)
    ]


def _milliseconds(at: int) -> str:
    return rfc3339(at).replace("Z", ".000Z")
