"""Posts: quotes, figures, authors, and what holders posted themselves."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html import unescape

from api.domain.matching import PostRef, post_from_id
from api.domain.matching import mastodon as post_ids
from api.domain.platform import Platform, ShareKind
from workers.platforms import wire
from workers.platforms.errors import ContractError
from workers.platforms.facts import (
    AccountRef,
    IssueCode,
    ItemIssue,
    MetricFact,
    OwnPost,
    Page,
    Reference,
    ReferenceKind,
    ShareFact,
)
from workers.platforms.mastodon.accounts import coverage_until, list_of
from workers.platforms.mastodon.names import account_handle, account_name, post_name
from workers.platforms.paging import earliest
from workers.platforms.redaction import redact_json

_ANCHOR = re.compile(r'<a\b[^>]*?\bhref="(?P<url>https?://[^"]+)"(?P<rest>[^>]*)', re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_INTERNAL = re.compile(r"\b(mention|hashtag)\b")


def quotes_page(
    body: object, host: str, post: PostRef, observed_at: datetime, following: str | None
) -> Page[ShareFact]:
    """Read one page of the posts that quote a post."""
    found = list_of(body)
    read = [_quote(wire.row(row), host, post, observed_at) for row in found]
    facts = {fact.key: fact for fact in read if fact is not None}
    pairs = zip(found, read, strict=True)
    odd = (_unreadable(row) for row, fact in pairs if fact is None)
    return Page(tuple(facts.values()), following, tuple(odd), coverage_until(following))


def own_posts_page(
    body: object, account: AccountRef, host: str, observed_at: datetime, following: str | None
) -> Page[OwnPost]:
    """Read one page of the posts and boosts of a consenting holder."""
    found = list_of(body)
    read = [_own_post(wire.row(row), account, host, observed_at) for row in found]
    facts = {fact.id: fact for fact in read if fact is not None}
    pairs = zip(found, read, strict=True)
    odd = (_unreadable(row) for row, fact in pairs if fact is None)
    return Page(tuple(facts.values()), following, tuple(odd), coverage_until(following))


def metric(body: object, post: PostRef, observed_at: datetime) -> MetricFact:
    """Read the figures of one post, as the host that was asked sees them.

    Raises:
        ContractError: this is no post.
    """
    row = wire.row(body)
    if post_name(row) is None:
        raise ContractError("The answer is no post.", redact_json(body))
    return MetricFact(
        platform=Platform.MASTODON,
        post_id=post.id,
        observed_at=observed_at,
        repost_count=wire.count(row, "reblogs_count"),
        quote_count=wire.count(row, "quotes_count"),
        reply_count=wire.count(row, "replies_count"),
        like_count=wire.count(row, "favourites_count"),
    )


def resolved_post(body: object, host: str, observed_at: datetime) -> PostRef:
    """Complete a post with its canonical name, author and time.

    Raises:
        ContractError: this is no post, or its name is none that Gema can keep.
    """
    row = wire.row(body)
    native_id = post_name(row)
    author = wire.row(row.get("account"))
    author_id = account_name(author, host)
    if native_id is None or author_id is None or not post_ids.is_id(native_id):
        raise ContractError("The answer is no post.", redact_json(body))
    return replace(
        post_from_id(Platform.MASTODON, native_id),
        author=account_handle(author, host),
        author_id=author_id,
        posted_at=earliest(wire.moment(row, "created_at"), observed_at),
    )


def _quote(row: wire.Row, host: str, post: PostRef, observed_at: datetime) -> ShareFact | None:
    author = wire.row(row.get("account"))
    native_id, actor_id = post_name(row), account_name(author, host)
    if native_id is None or actor_id is None:
        return None
    return ShareFact(
        platform=Platform.MASTODON,
        kind=ShareKind.QUOTE,
        post_id=post.id,
        actor_id=actor_id,
        observed_at=observed_at,
        native_id=native_id,
        occurred_at=earliest(wire.moment(row, "created_at"), observed_at),
        actor=account_handle(author, host),
        url=native_id,
    )


def _own_post(
    row: wire.Row, account: AccountRef, host: str, observed_at: datetime
) -> OwnPost | None:
    native_id = post_name(row)
    if native_id is None or account_name(wire.row(row.get("account")), host) != account.id:
        return None
    return OwnPost(
        platform=Platform.MASTODON,
        id=native_id,
        account_id=account.id,
        observed_at=observed_at,
        occurred_at=earliest(wire.moment(row, "created_at"), observed_at),
        url=native_id,
        references=tuple(_references(row)),
        links=() if row.get("reblog") else tuple(dict.fromkeys(_links(row))),
        text=_text(row),
    )


def _text(row: wire.Row) -> str | None:
    """Return what was written, without the tags of the page; another's words are not one's own."""
    content = None if row.get("reblog") else wire.text(row, "content")
    return None if content is None else unescape(_TAG.sub("", _BREAK.sub(" ", content)))


def _references(row: wire.Row) -> Iterator[Reference]:
    boosted = post_name(wire.row(row.get("reblog")))
    if boosted is not None:
        yield Reference(ReferenceKind.REPOSTED, boosted)
        return
    quoted = post_name(wire.row(wire.row(row.get("quote")).get("quoted_status")))
    if quoted is not None:
        yield Reference(ReferenceKind.QUOTED, quoted)


def _links(row: wire.Row) -> Iterator[str]:
    if card := wire.text(wire.row(row.get("card")), "url"):
        yield card
    for anchor in _ANCHOR.finditer(wire.text(row, "content") or ""):
        if not _INTERNAL.search(anchor[0]):
            yield unescape(anchor["url"])


def _unreadable(row: object) -> ItemIssue:
    return ItemIssue(wire.text(wire.row(row), "uri", "id") or "", IssueCode.UNREADABLE)
