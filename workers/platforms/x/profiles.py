"""Accounts and their followers, from the JSON of X."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from api.domain.matching import ProfileRef
from api.domain.matching import x as x_ids
from api.domain.platform import AudienceSource, Platform
from workers.platforms import wire
from workers.platforms.errors import ContractError
from workers.platforms.facts import IssueCode, ItemIssue, Page, ProfileFact
from workers.platforms.redaction import redact_json
from workers.platforms.x.envelope import METRICS, open_lookup, require_metrics
from workers.platforms.x.words import FOLLOWERS_COUNT


def profiles_page(
    body: object, refs: Sequence[ProfileRef], observed_at: datetime
) -> Page[ProfileFact]:
    """Read the accounts that were asked for, and only those."""
    asked = {ref.name.lower(): ref.name for ref in refs}
    envelope = open_lookup(body, asked.values())
    require_metrics(envelope, FOLLOWERS_COUNT)
    read = [fact for row in envelope.rows if (fact := _profile(row, observed_at))]
    facts = {name: fact for fact in read for name in _names(fact) if name in asked}
    found = {fact.id: fact for fact in facts.values()}
    told = {issue.ref for issue in envelope.issues}
    silent = (name for key, name in asked.items() if key not in facts and name not in told)
    issues = (ItemIssue(name, IssueCode.NOT_ANSWERED) for name in silent)
    return Page(tuple(found.values()), issues=(*envelope.issues, *issues))


def own_profile(body: object, observed_at: datetime) -> ProfileFact:
    """Read the account behind a token.

    Raises:
        ContractError: the answer is none.
    """
    fact = _profile(wire.row(wire.row(body).get("data")), observed_at)
    if fact is None:
        raise ContractError("The answer is no account.", redact_json(body))
    return replace(fact, audience_source=AudienceSource.OWNER_API)


def _names(fact: ProfileFact) -> tuple[str, ...]:
    return (fact.id, fact.handle.lower()) if fact.handle else (fact.id,)


def _profile(row: wire.Row, observed_at: datetime) -> ProfileFact | None:
    native_id = wire.text(row, "id")
    if native_id is None or not x_ids.is_id(native_id):
        return None
    return ProfileFact(
        platform=Platform.X,
        id=native_id,
        observed_at=observed_at,
        handle=wire.text(row, "username"),
        audience_count=wire.count(wire.row(row.get(METRICS)), *FOLLOWERS_COUNT),
        is_protected=wire.flag(row, "protected"),
        created_at=wire.moment(row, "created_at"),
        description=wire.text(row, "description"),
    )
