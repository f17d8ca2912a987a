"""Media: own ones, those that tag or mention, and their figures. Captions are read, never kept."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from api.domain.matching import PostRef, instagram, post_from_id
from api.domain.platform import Platform, ShareKind
from workers.platforms import wire
from workers.platforms.errors import ContractError
from workers.platforms.facts import AccountRef, FoundPost, MetricFact, OwnPost
from workers.platforms.graph.client import Sheet
from workers.platforms.redaction import redact_json

OWN_FIELDS = "id,shortcode,permalink,caption,timestamp,media_type"
TAG_FIELDS = "id,shortcode,permalink,caption,timestamp,username"
FIGURES = "views,reach,shares,saved,likes,comments,total_interactions"

_LINK = re.compile(r"https?://[^\s<>\"]+")
_MENTION = re.compile(r"(?<![A-Za-z0-9._])@[A-Za-z0-9._]")
_SENTENCE_ENDS = ".,;:!?)]}'"


def own_post(row: wire.Row, account: AccountRef, observed_at: datetime) -> OwnPost | None:
    """Read a medium of a consenting holder, None if it has no address."""
    code = shortcode(row)
    if code is None:
        return None
    return OwnPost(
        platform=Platform.INSTAGRAM,
        id=code,
        account_id=account.id,
        observed_at=observed_at,
        occurred_at=wire.moment(row, "timestamp"),
        url=instagram.canonical_url(code),
        links=links_in(row),
        link_kind=kind_of(row),
        text=wire.text(row, "caption"),
    )


def found_post(row: wire.Row, observed_at: datetime) -> FoundPost | None:
    """Read a medium of somebody who tags or mentions an official account."""
    code = shortcode(row)
    if code is None:
        return None
    return FoundPost(
        platform=Platform.INSTAGRAM,
        kind=kind_of(row),
        id=code,
        observed_at=observed_at,
        author_id=wire.text(wire.row(row.get("owner")), "id"),
        author=wire.text(row, "username"),
        occurred_at=wire.moment(row, "timestamp"),
        url=instagram.canonical_url(code),
        links=links_in(row),
    )


def shortcode(row: wire.Row) -> str | None:
    """Return what joins a medium with its address: its code, or that of its permanent address."""
    code = wire.text(row, "shortcode")
    if code is None:
        parts = (wire.text(row, "permalink") or "").rstrip("/").rsplit("/", 1)
        code = parts[-1]
    return code if instagram.is_id(code) else None


def kind_of(row: wire.Row) -> ShareKind:
    """Return how a medium passes another on: it mentions an account, or else tags one.

    Only the caption decides, since every list tells it: one share must not become two because a
    list of tags and the holder's own media both know it.
    """
    is_mention = _MENTION.search(wire.text(row, "caption") or "") is not None
    return ShareKind.MENTION if is_mention else ShareKind.TAG


def links_in(row: wire.Row) -> tuple[str, ...]:
    """Return the addresses in a caption, which Instagram does not list apart."""
    found = (match[0].rstrip(_SENTENCE_ENDS) for match in _LINK.finditer(_caption(row)))
    return tuple(dict.fromkeys(found))


def insight(sheet: Sheet, post: PostRef, observed_at: datetime) -> MetricFact | None:
    """Read the figures of a medium; an empty set is not 0, it is not known yet."""
    told = {wire.text(row, "name") or "": _value(row) for row in sheet.rows}
    if all(value is None for value in told.values()):
        return None
    return _metric(told, post, observed_at)


def resolved_post(content: wire.Row, ref: PostRef, observed_at: datetime) -> PostRef | None:
    """Complete a post from what its author's profile lists; None if it is not among the latest."""
    author_id = wire.text(content, "id")
    if author_id is None:
        raise ContractError("The account has no id.", redact_json(content))
    listed = map(wire.row, wire.rows(wire.row(content.get("media")).get("data")))
    row = next((row for row in listed if shortcode(row) == ref.id), None)
    if row is None:
        return None
    return replace(
        post_from_id(Platform.INSTAGRAM, ref.id),
        author=wire.text(content, "username") or ref.author,
        author_id=author_id,
        posted_at=wire.moment(row, "timestamp"),
    )


def _metric(told: Mapping[str, int | None], post: PostRef, observed_at: datetime) -> MetricFact:
    return MetricFact(
        platform=Platform.INSTAGRAM,
        post_id=post.id,
        observed_at=observed_at,
        repost_count=told.get("shares"),
        reply_count=told.get("comments"),
        like_count=told.get("likes"),
        save_count=told.get("saved"),
        reach_count=told.get("reach"),
        view_count=told.get("views"),
    )


def _caption(row: wire.Row) -> str:
    return wire.text(row, "caption") or ""


def _value(row: wire.Row) -> int | None:
    values = [wire.row(each) for each in wire.rows(row.get("values"))]
    return wire.count(values[0], "value") if values else None
