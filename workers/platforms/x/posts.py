"""Posts: their figures, their authors, and what holders posted themselves, from the JSON of X."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from api.domain.matching import PostRef
from api.domain.matching import x as x_ids
from api.domain.platform import Platform, ShareKind
from workers.platforms import wire
from workers.platforms.errors import ContractError
from workers.platforms.facts import (
    AccountRef,
    FoundPost,
    IssueCode,
    ItemIssue,
    MetricFact,
    OwnPost,
    Page,
    Reference,
    ReferenceKind,
)
from workers.platforms.redaction import redact_json
from workers.platforms.x import words
from workers.platforms.x.envelope import METRICS, open_list, open_lookup, require_metrics
from workers.platforms.x.problems import failure
from workers.platforms.x.shares import occurred_at

_REFERENCE_KINDS = {
    "retweeted": ReferenceKind.REPOSTED,
    "quoted": ReferenceKind.QUOTED,
    "replied_to": ReferenceKind.REPLIED_TO,
}


def metrics_page(body: object, posts: Sequence[PostRef], observed_at: datetime) -> Page[MetricFact]:
    """Read the figures of the posts that were asked for, and only those."""
    asked = [post.id for post in posts]
    envelope = open_lookup(body, asked)
    require_metrics(
        envelope, words.REPOST_COUNT, words.QUOTE_COUNT, words.REPLY_COUNT, words.LIKE_COUNT
    )
    facts = {fact.post_id: fact for row in envelope.rows if (fact := _metrics(row, observed_at))}
    told = {issue.ref for issue in envelope.issues}
    silent = (one for one in dict.fromkeys(asked) if one not in facts and one not in told)
    issues = (ItemIssue(one, IssueCode.NOT_ANSWERED) for one in silent)
    found = tuple(fact for one, fact in facts.items() if one in asked)
    return Page(found, issues=(*envelope.issues, *issues))


def resolved_post(body: object, post: PostRef) -> PostRef:
    """Complete a post with its author and time.

    Raises:
        PlatformError: NotFound and Protected among them.
    """
    envelope = open_lookup(body, [post.id])
    row = next((row for row in envelope.rows if row.get("id") == post.id), None)
    if row is None:
        code = next((issue.code for issue in envelope.issues), None)
        raise failure(code, envelope.content)
    author_id = wire.text(row, "author_id")
    if author_id is None:
        raise ContractError("The post has no author.", redact_json(envelope.content))
    return replace(
        x_ids.post(post.id),
        author_id=author_id,
        author=envelope.handles.get(author_id),
        posted_at=occurred_at(row, post.id),
    )


def own_posts_page(body: object, account: AccountRef, observed_at: datetime) -> Page[OwnPost]:
    """Read one page of the posts of a consenting holder."""
    envelope = open_list(body, account.id)
    facts: dict[str, OwnPost] = {}
    issues = list(envelope.issues)
    for row in envelope.rows:
        native_id = wire.text(row, "id") or ""
        if not x_ids.is_id(native_id) or row.get("author_id", account.id) != account.id:
            issues.append(ItemIssue(native_id, IssueCode.UNREADABLE))
            continue
        facts[native_id] = _own_post(row, native_id, account, observed_at)
        if not _are_references_known(row):
            issues.append(ItemIssue(native_id, IssueCode.UNKNOWN_VALUE))
    return Page(tuple(facts.values()), envelope.next, tuple(issues), envelope.coverage)


def found_page(body: object, observed_at: datetime) -> Page[FoundPost]:
    """Read one page of what a search found."""
    envelope = open_list(body, "")
    facts: dict[str, FoundPost] = {}
    issues = list(envelope.issues)
    for row in envelope.rows:
        fact = found_post(row, envelope.handles, observed_at)
        if fact is None:
            issues.append(ItemIssue(wire.text(row, "id") or "", IssueCode.UNREADABLE))
        else:
            facts[fact.id] = fact
    return Page(tuple(facts.values()), envelope.next, tuple(issues), envelope.coverage)


def found_post(
    row: wire.Row, handles: Mapping[str, str], observed_at: datetime
) -> FoundPost | None:
    """Read a post by anybody, None if it lacks an id or an author."""
    native_id, author_id = wire.text(row, "id") or "", wire.text(row, "author_id") or ""
    if not x_ids.is_id(native_id) or not x_ids.is_id(author_id):
        return None
    return FoundPost(
        platform=Platform.X,
        kind=_link_kind(row),
        id=native_id,
        observed_at=observed_at,
        author_id=author_id,
        author=handles.get(author_id),
        occurred_at=occurred_at(row, native_id),
        url=x_ids.canonical_url(native_id),
        references=references_of(row),
        links=_links(row),
    )


def _link_kind(row: wire.Row) -> ShareKind:
    is_reply = any(kind == "replied_to" for kind, _ in _reference_pairs(row))
    return ShareKind.REPLY_LINK if is_reply else ShareKind.LINK_POST


def _metrics(row: wire.Row, observed_at: datetime) -> MetricFact | None:
    native_id = wire.text(row, "id")
    if native_id is None:
        return None
    metrics = wire.row(row.get(METRICS))
    return MetricFact(
        platform=Platform.X,
        post_id=native_id,
        observed_at=observed_at,
        repost_count=wire.count(metrics, *words.REPOST_COUNT),
        quote_count=wire.count(metrics, *words.QUOTE_COUNT),
        reply_count=wire.count(metrics, *words.REPLY_COUNT),
        like_count=wire.count(metrics, *words.LIKE_COUNT),
    )


def _own_post(row: wire.Row, native_id: str, account: AccountRef, observed_at: datetime) -> OwnPost:
    return OwnPost(
        platform=Platform.X,
        id=native_id,
        account_id=account.id,
        observed_at=observed_at,
        occurred_at=occurred_at(row, native_id),
        url=x_ids.canonical_url(native_id),
        references=references_of(row),
        links=_links(row),
        link_kind=_link_kind(row),
        text=wire.text(row, "text"),
    )


def references_of(row: wire.Row) -> tuple[Reference, ...]:
    """Return the posts that a post refers to, in either vocabulary."""
    pairs = ((_REFERENCE_KINDS.get(kind), native_id) for kind, native_id in _reference_pairs(row))
    return tuple(Reference(kind, native_id) for kind, native_id in pairs if kind and native_id)


def _are_references_known(row: wire.Row) -> bool:
    return all(kind in _REFERENCE_KINDS and native_id for kind, native_id in _reference_pairs(row))


def _reference_pairs(row: wire.Row) -> list[tuple[str, str]]:
    found = [wire.row(one) for name in words.REFERENCES for one in wire.rows(row.get(name))]
    return [(wire.text(one, "type") or "", wire.text(one, "id") or "") for one in found]


def _links(row: wire.Row) -> tuple[str, ...]:
    entities = wire.rows(wire.row(row.get("entities")).get("urls"))
    links = (wire.text(wire.row(one), "unwound_url", "expanded_url") for one in entities)
    return tuple(dict.fromkeys(link for link in links if link))
