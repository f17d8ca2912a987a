"""Posts: their figures and authors, and what holders posted themselves, from the JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from api.domain.matching import PostRef, post_from_id
from api.domain.matching import bluesky as post_ids
from api.domain.platform import Platform
from workers.platforms import wire
from workers.platforms.bluesky.envelope import Envelope, open_list
from workers.platforms.bluesky.names import actor_of, handle_of, is_post, is_repost_of, made_at
from workers.platforms.facts import (
    AccountRef,
    IssueCode,
    ItemIssue,
    MetricFact,
    OwnPost,
    Page,
    Reference,
    ReferenceKind,
)


def metrics_page(body: object, posts: Sequence[PostRef], observed_at: datetime) -> Page[MetricFact]:
    """Read the figures of the posts that were asked for; those left out are gone."""
    envelope = open_list(body, "posts")
    rows = {uri: row for row in envelope.rows if (uri := wire.text(row, "uri"))}
    asked = list(dict.fromkeys(post.id for post in posts))
    facts = tuple(_metrics(rows[uri], uri, observed_at) for uri in asked if uri in rows)
    gone = (ItemIssue(uri, IssueCode.NOT_FOUND) for uri in asked if uri not in rows)
    return Page(facts, issues=(*envelope.issues, *gone))


def resolved_post(body: object, at_uri: str) -> PostRef | None:
    """Complete a post with its author and time; None if the AppView left it out."""
    row = next((row for row in open_list(body, "posts").rows if row.get("uri") == at_uri), None)
    if row is None:
        return None
    return replace(
        post_from_id(Platform.BLUESKY, at_uri),
        author=handle_of(wire.row(row.get("author"))),
        author_id=actor_of(at_uri),
        posted_at=made_at(wire.row(row.get("record")), wire.moment(row, "indexedAt")),
    )


def reposts_page(body: object, account: AccountRef, observed_at: datetime) -> Page[OwnPost]:
    """Read one page of an account's repost records: the ids and times that no list tells."""
    envelope = open_list(body, "records")
    return _page(envelope, [_repost_record(row, account, observed_at) for row in envelope.rows])


def feed_page(
    body: object, account: AccountRef, observed_at: datetime, *, has_reposts: bool
) -> Page[OwnPost]:
    """Read one page of an account's feed: its own posts, and its reposts if wanted."""
    envelope = open_list(body, "feed")
    wanted = [row for row in envelope.rows if has_reposts or not _is_repost(row)]
    read = [_entry(row, account, observed_at) for row in wanted]
    return _page(replace(envelope, rows=tuple(wanted)), read)


def _page(envelope: Envelope, read: list[OwnPost | None]) -> Page[OwnPost]:
    facts = {fact.id: fact for fact in read if fact is not None}
    pairs = zip(envelope.rows, read, strict=True)
    odd = (
        ItemIssue(wire.text(row, "uri") or "", IssueCode.UNREADABLE)
        for row, fact in pairs
        if fact is None
    )
    issues = (*envelope.issues, *odd)
    return Page(tuple(facts.values()), envelope.next, issues, envelope.coverage)


def _metrics(row: wire.Row, at_uri: str, observed_at: datetime) -> MetricFact:
    return MetricFact(
        platform=Platform.BLUESKY,
        post_id=at_uri,
        observed_at=observed_at,
        repost_count=wire.count(row, "repostCount"),
        quote_count=wire.count(row, "quoteCount"),
        reply_count=wire.count(row, "replyCount"),
        like_count=wire.count(row, "likeCount"),
    )


def _repost_record(row: wire.Row, account: AccountRef, observed_at: datetime) -> OwnPost | None:
    record = wire.row(row.get("value"))
    at_uri, subject = wire.text(row, "uri"), wire.text(wire.row(record.get("subject")), "uri")
    if at_uri is None or subject is None or not is_repost_of(at_uri, account.id):
        return None
    return _repost(at_uri, subject, account, observed_at, made_at(record, observed_at))


def _entry(row: wire.Row, account: AccountRef, observed_at: datetime) -> OwnPost | None:
    post, reason = wire.row(row.get("post")), wire.row(row.get("reason"))
    at_uri = wire.text(post, "uri")
    if at_uri is None or not is_post(at_uri):
        return None
    if _is_repost(row):
        own = wire.text(reason, "uri")
        if own is None or not is_repost_of(own, account.id):
            return None
        return _repost(own, at_uri, account, observed_at, wire.moment(reason, "indexedAt"))
    return _own_post(post, at_uri, account, observed_at)


def _is_repost(row: wire.Row) -> bool:
    reason = wire.text(wire.row(row.get("reason")), "$type")
    return reason is not None and reason.endswith("reasonRepost")


def _repost(
    at_uri: str,
    subject: str,
    account: AccountRef,
    observed_at: datetime,
    occurred_at: datetime | None,
) -> OwnPost:
    return OwnPost(
        platform=Platform.BLUESKY,
        id=at_uri,
        account_id=account.id,
        observed_at=observed_at,
        occurred_at=occurred_at,
        references=(Reference(ReferenceKind.REPOSTED, subject),),
    )


def _own_post(
    post: wire.Row, at_uri: str, account: AccountRef, observed_at: datetime
) -> OwnPost | None:
    if actor_of(at_uri) != account.id:
        return None
    record = wire.row(post.get("record"))
    return OwnPost(
        platform=Platform.BLUESKY,
        id=at_uri,
        account_id=account.id,
        observed_at=observed_at,
        occurred_at=made_at(record, wire.moment(post, "indexedAt")),
        url=post_ids.canonical_url(at_uri),
        references=tuple(_references(record)),
        links=tuple(dict.fromkeys(_links(record))),
        text=wire.text(record, "text"),
    )


def _references(record: wire.Row) -> Iterator[Reference]:
    embed = wire.row(record.get("embed"))
    # A quote that also shows pictures wraps the record once more.
    quoted = wire.row(embed.get("record"))
    uri = wire.text(quoted, "uri") or wire.text(wire.row(quoted.get("record")), "uri")
    if uri is not None and is_post(uri):
        yield Reference(ReferenceKind.QUOTED, uri)
    parent = wire.text(wire.row(wire.row(record.get("reply")).get("parent")), "uri")
    if parent is not None:
        yield Reference(ReferenceKind.REPLIED_TO, parent)


def _links(record: wire.Row) -> Iterator[str]:
    embed = wire.row(record.get("embed"))
    for holder in (embed, wire.row(embed.get("media"))):
        if card := wire.text(wire.row(holder.get("external")), "uri"):
            yield card
    for facet in wire.rows(record.get("facets")):
        for feature in wire.rows(wire.row(facet).get("features")):
            if link := wire.text(wire.row(feature), "uri"):
                yield link
