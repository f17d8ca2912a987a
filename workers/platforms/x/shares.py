"""Reposts and quotes, from the JSON of X."""

from datetime import datetime

from api.domain.matching import PostRef, snowflake_time
from api.domain.matching import x as x_ids
from api.domain.platform import Platform, ShareKind
from workers.platforms import wire
from workers.platforms.facts import IssueCode, ItemIssue, Page, ShareFact
from workers.platforms.x.envelope import Envelope, open_list, require_member


def shares_page(
    body: object, kind: ShareKind, post: PostRef, observed_at: datetime
) -> Page[ShareFact]:
    """Read one page of the reposts or quotes of a post."""
    envelope = open_list(body, post.id)
    require_member(envelope, "author_id")
    facts: dict[str, ShareFact] = {}
    issues = list(envelope.issues)
    for row in envelope.rows:
        fact = _share(row, kind, post, envelope, observed_at)
        if fact is None:
            issues.append(ItemIssue(wire.text(row, "id") or "", IssueCode.UNREADABLE))
        else:
            facts.setdefault(fact.key, fact)
    return Page(tuple(facts.values()), envelope.next, tuple(issues), envelope.coverage)


def occurred_at(row: wire.Row, native_id: str) -> datetime:
    """Return when a post was made: as stated, else as its id says."""
    return wire.moment(row, "created_at") or snowflake_time(native_id)


def _share(
    row: wire.Row, kind: ShareKind, post: PostRef, envelope: Envelope, observed_at: datetime
) -> ShareFact | None:
    native_id, actor_id = wire.text(row, "id"), wire.text(row, "author_id")
    if not native_id or not actor_id or not x_ids.is_id(native_id) or not x_ids.is_id(actor_id):
        return None
    return ShareFact(
        platform=Platform.X,
        kind=kind,
        post_id=post.id,
        actor_id=actor_id,
        observed_at=observed_at,
        native_id=native_id,
        occurred_at=occurred_at(row, native_id),
        actor=envelope.handles.get(actor_id),
        url=x_ids.canonical_url(native_id),
    )
