"""Reposts and quotes, from the JSON of the AppView."""

from datetime import datetime

from api.domain.matching import PostRef
from api.domain.matching import bluesky as post_ids
from api.domain.platform import Platform, ShareKind
from workers.platforms import wire
from workers.platforms.bluesky.envelope import Envelope, open_list
from workers.platforms.bluesky.names import actor_of, handle_of, is_did, is_post, made_at
from workers.platforms.facts import IssueCode, ItemIssue, Page, ShareFact


def resharers_page(body: object, post: PostRef, observed_at: datetime) -> Page[ShareFact]:
    """Read one page of the accounts that reposted a post: neither time nor id is told."""
    envelope = open_list(body, "repostedBy")
    return _page(envelope, [_repost(row, post, observed_at) for row in envelope.rows])


def quotes_page(body: object, post: PostRef, observed_at: datetime) -> Page[ShareFact]:
    """Read one page of the posts that quote a post."""
    envelope = open_list(body, "posts")
    return _page(envelope, [_quote(row, post, observed_at) for row in envelope.rows])


def _page(envelope: Envelope, read: list[ShareFact | None]) -> Page[ShareFact]:
    facts = {fact.key: fact for fact in read if fact is not None}
    pairs = zip(envelope.rows, read, strict=True)
    odd = (
        ItemIssue(wire.text(row, "uri", "did") or "", IssueCode.UNREADABLE)
        for row, fact in pairs
        if fact is None
    )
    issues = (*envelope.issues, *odd)
    return Page(tuple(facts.values()), envelope.next, issues, envelope.coverage)


def _repost(row: wire.Row, post: PostRef, observed_at: datetime) -> ShareFact | None:
    did = wire.text(row, "did")
    if did is None or not is_did(did):
        return None
    return ShareFact(
        platform=Platform.BLUESKY,
        kind=ShareKind.REPOST,
        post_id=post.id,
        actor_id=did,
        observed_at=observed_at,
        actor=handle_of(row),
    )


def _quote(row: wire.Row, post: PostRef, observed_at: datetime) -> ShareFact | None:
    at_uri = wire.text(row, "uri")
    author = wire.row(row.get("author"))
    if at_uri is None or not is_post(at_uri) or author.get("did") != actor_of(at_uri):
        return None
    return ShareFact(
        platform=Platform.BLUESKY,
        kind=ShareKind.QUOTE,
        post_id=post.id,
        actor_id=actor_of(at_uri),
        observed_at=observed_at,
        native_id=at_uri,
        occurred_at=made_at(wire.row(row.get("record")), wire.moment(row, "indexedAt")),
        actor=handle_of(author),
        url=post_ids.canonical_url(at_uri),
    )
