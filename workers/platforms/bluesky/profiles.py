"""Accounts and their followers, from the JSON of the AppView."""

from collections.abc import Sequence
from datetime import datetime

from api.domain.matching import ProfileRef
from api.domain.platform import Platform
from workers.platforms import wire
from workers.platforms.bluesky.envelope import open_list
from workers.platforms.bluesky.names import handle_of, is_did
from workers.platforms.facts import IssueCode, ItemIssue, Page, ProfileFact


def profiles_page(
    body: object, refs: Sequence[ProfileRef], observed_at: datetime
) -> Page[ProfileFact]:
    """Read the accounts that were asked for; the AppView leaves unknown ones out silently."""
    envelope = open_list(body, "profiles")
    read = [fact for row in envelope.rows if (fact := _profile(row, observed_at))]
    by_name = {name: fact for fact in read for name in _names(fact)}
    asked = {ref.name.lower(): ref.name for ref in refs}
    found = {by_name[name].id: by_name[name] for name in asked if name in by_name}
    silent = (
        ItemIssue(name, IssueCode.NOT_ANSWERED) for key, name in asked.items() if key not in by_name
    )
    return Page(tuple(found.values()), issues=(*envelope.issues, *silent))


def profile_ref(body: object) -> ProfileRef | None:
    """Read whose profile an answer is."""
    content = wire.row(body)
    did = wire.text(content, "did")
    return ProfileRef(Platform.BLUESKY, did, handle_of(content)) if is_did(did) else None


def _names(fact: ProfileFact) -> tuple[str, ...]:
    return (fact.id.lower(), fact.handle.lower()) if fact.handle else (fact.id.lower(),)


def _profile(row: wire.Row, observed_at: datetime) -> ProfileFact | None:
    did = wire.text(row, "did")
    if did is None or not is_did(did):
        return None
    return ProfileFact(
        platform=Platform.BLUESKY,
        id=did,
        observed_at=observed_at,
        handle=handle_of(row),
        audience_count=wire.count(row, "followersCount"),
        created_at=wire.moment(row, "createdAt"),
        description=wire.text(row, "description"),
    )
