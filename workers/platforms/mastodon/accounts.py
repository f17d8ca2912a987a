"""Accounts, their followers, and the boosts that lists of them stand for."""

from datetime import datetime

from api.domain.matching import PostRef
from api.domain.platform import Coverage, Platform, ShareKind
from workers.platforms import wire
from workers.platforms.errors import ContractError, NotFound
from workers.platforms.facts import IssueCode, ItemIssue, Page, ProfileFact, ShareFact
from workers.platforms.mastodon.names import account_handle, account_name
from workers.platforms.redaction import redact_json


def resharers_page(
    body: object, host: str, post: PostRef, observed_at: datetime, following: str | None
) -> Page[ShareFact]:
    """Read one page of the accounts that boosted a post: neither time nor id is told."""
    facts: dict[str, ShareFact] = {}
    issues = []
    for row in list_of(body):
        actor_id = account_name(wire.row(row), host)
        if actor_id is None:
            issues.append(ItemIssue(wire.text(wire.row(row), "id") or "", IssueCode.UNREADABLE))
            continue
        actor = account_handle(wire.row(row), host)
        fact = ShareFact(
            Platform.MASTODON, ShareKind.REPOST, post.id, actor_id, observed_at, actor=actor
        )
        facts.setdefault(fact.key, fact)
    return Page(tuple(facts.values()), following, tuple(issues), coverage_until(following))


def profile(body: object, host: str, observed_at: datetime) -> ProfileFact:
    """Read one account.

    Raises:
        NotFound: it is suspended. Its figures are 0 then, and say nothing.
        ContractError: this is no account.
    """
    row = wire.row(body)
    native_id = account_name(row, host)
    if native_id is None:
        raise ContractError("The answer is no account.", redact_json(body))
    if wire.flag(row, "suspended"):
        raise NotFound
    return ProfileFact(
        platform=Platform.MASTODON,
        id=native_id,
        observed_at=observed_at,
        handle=account_handle(row, host),
        audience_count=wire.count(row, "followers_count"),
        created_at=wire.moment(row, "created_at"),
        description=wire.text(row, "note"),
    )


def list_of(body: object) -> list[object]:
    """Return the rows of a list.

    Raises:
        ContractError: this is none. Taken for an empty one, it would remove known shares.
    """
    if not isinstance(body, list):
        raise ContractError("The answer is no list.", redact_json(body))
    return body


def coverage_until(following: str | None) -> Coverage:
    """Return COMPLETE at the end of a list, and UNKNOWN while more follows."""
    return Coverage.COMPLETE if following is None else Coverage.UNKNOWN
