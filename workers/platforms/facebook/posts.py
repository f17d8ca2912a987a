"""Shares, own posts and figures, from the JSON of Facebook. What people wrote is never kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from api.domain.matching import PostRef, facebook, post_from_id
from api.domain.platform import Coverage, Platform, ShareKind
from workers.platforms import wire
from workers.platforms.errors import ContractError
from workers.platforms.facts import (
    AccountRef,
    MetricFact,
    OwnPost,
    Page,
    Reference,
    ReferenceKind,
    ShareFact,
)
from workers.platforms.graph.client import Sheet
from workers.platforms.graph.rows import issues_of
from workers.platforms.paging import earliest
from workers.platforms.redaction import redact_json

SHARE_FIELDS = "id,created_time,from,message,permalink_url"
OWN_FIELDS = "id,created_time,message,parent_id,link,permalink_url,attachments{target}"
POST_FIELDS = "id,created_time,from,permalink_url"
METRIC_FIELDS = (
    "shares,reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count)"
)


def shares_page(sheet: Sheet, post: PostRef, observed_at: datetime) -> Page[ShareFact]:
    """Read the shares of those who allowed this application to see them."""
    read = [_share(row, post, observed_at) for row in sheet.rows]
    facts = {fact.key: fact for fact in read if fact is not None}
    coverage = Coverage.CAPPED if sheet.is_capped else Coverage.CONSENTED_ONLY
    return Page(tuple(facts.values()), None, issues_of(sheet, read), coverage)


def own_posts(sheet: Sheet, account: AccountRef, observed_at: datetime) -> Page[OwnPost]:
    """Read what an account posted; how the list goes on is for the caller."""
    read = [_own_post(row, account, observed_at) for row in sheet.rows]
    facts = {fact.id: fact for fact in read if fact is not None}
    return Page(tuple(facts.values()), None, issues_of(sheet, read))


def metric(content: wire.Row, post: PostRef, observed_at: datetime) -> MetricFact:
    """Read the figures of a post. A counter that is left out is not known, it is not 0."""
    return MetricFact(
        platform=Platform.FACEBOOK,
        post_id=post.id,
        observed_at=observed_at,
        repost_count=wire.count(wire.row(content.get("shares")), "count"),
        like_count=_total(content, "reactions"),
        reply_count=_total(content, "comments"),
    )


def with_views(fact: MetricFact, sheet: Sheet) -> MetricFact:
    """Add what the insights of a page say; an empty set says nothing."""
    told = {wire.text(row, "name"): _value(row) for row in sheet.rows}
    return replace(
        fact,
        view_count=told.get("post_media_view"),
        reach_count=told.get("post_total_media_view_unique"),
    )


def resolved_post(content: wire.Row, ref: PostRef, observed_at: datetime) -> PostRef:
    """Complete a post with its author, its time and its permanent address.

    Raises:
        ContractError: the answer is no post.
    """
    native_id = wire.text(content, "id")
    if native_id is None or not facebook.is_id(native_id):
        raise ContractError("The answer is no post.", redact_json(content))
    found = post_from_id(Platform.FACEBOOK, native_id)
    return replace(
        found,
        url=wire.text(content, "permalink_url") or found.url,
        author=ref.author,
        author_id=wire.text(wire.row(content.get("from")), "id"),
        posted_at=earliest(wire.moment(content, "created_time"), observed_at),
    )


def _share(row: wire.Row, post: PostRef, observed_at: datetime) -> ShareFact | None:
    native_id = wire.text(row, "id")
    actor_id = wire.text(wire.row(row.get("from")), "id")
    if native_id is None or not facebook.is_id(native_id) or actor_id is None:
        return None
    return ShareFact(
        platform=Platform.FACEBOOK,
        kind=_kind(row),
        post_id=post.id,
        actor_id=actor_id,
        observed_at=observed_at,
        native_id=native_id,
        occurred_at=wire.moment(row, "created_time"),
        url=wire.text(row, "permalink_url"),
    )


def _own_post(row: wire.Row, account: AccountRef, observed_at: datetime) -> OwnPost | None:
    native_id = wire.text(row, "id")
    if native_id is None or not facebook.is_id(native_id):
        return None
    link = wire.text(row, "link")
    return OwnPost(
        platform=Platform.FACEBOOK,
        id=native_id,
        account_id=account.id,
        observed_at=observed_at,
        occurred_at=wire.moment(row, "created_time"),
        url=wire.text(row, "permalink_url"),
        references=tuple(_references(row)),
        links=() if link is None else (link,),
        text=wire.text(row, "message"),
    )


def _references(row: wire.Row) -> Iterator[Reference]:
    parent_id = wire.text(row, "parent_id") or _target_id(row)
    if parent_id is not None and facebook.is_id(parent_id):
        has_words = _kind(row) is ShareKind.QUOTE
        yield Reference(ReferenceKind.QUOTED if has_words else ReferenceKind.REPOSTED, parent_id)


def _target_id(row: wire.Row) -> str | None:
    attachments = wire.rows(wire.row(row.get("attachments")).get("data"))
    targets = (wire.row(wire.row(each).get("target")) for each in attachments)
    return next((found for target in targets if (found := wire.text(target, "id"))), None)


def _kind(row: wire.Row) -> ShareKind:
    """Tell a plain share from one with words of its own, whichever list tells of it."""
    return ShareKind.REPOST if wire.text(row, "message") is None else ShareKind.QUOTE


def _total(content: wire.Row, name: str) -> int | None:
    return wire.count(wire.row(wire.row(content.get(name)).get("summary")), "total_count")


def _value(row: wire.Row) -> int | None:
    values = [wire.row(each) for each in wire.rows(row.get("values"))]
    return wire.count(values[0], "value") if values else None
