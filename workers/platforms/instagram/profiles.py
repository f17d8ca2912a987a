"""Accounts and their followers: one's own, and those of other professional accounts."""

from datetime import datetime

from api.domain.platform import AudienceSource, Platform
from workers.platforms import wire
from workers.platforms.errors import ContractError
from workers.platforms.facts import ProfileFact
from workers.platforms.redaction import redact_json

OWN_FIELDS = "user_id,username,account_type,biography,followers_count,media_count"
OTHER_FIELDS = "id,username,biography,followers_count,media_count"


def own_profile(content: wire.Row, observed_at: datetime) -> ProfileFact:
    """Read the account behind a token."""
    return _profile(content, wire.text(content, "user_id", "id"), observed_at, is_own=True)


def other_profile(content: wire.Row, observed_at: datetime) -> ProfileFact:
    """Read another professional account."""
    return _profile(content, wire.text(content, "id"), observed_at, is_own=False)


def _profile(
    content: wire.Row, native_id: str | None, observed_at: datetime, *, is_own: bool
) -> ProfileFact:
    if native_id is None:
        raise ContractError("The account has no id.", redact_json(content))
    return ProfileFact(
        platform=Platform.INSTAGRAM,
        id=native_id,
        observed_at=observed_at,
        handle=wire.text(content, "username"),
        audience_count=wire.count(content, "followers_count"),
        audience_source=AudienceSource.OWNER_API if is_own else AudienceSource.PUBLIC_API,
        description=wire.text(content, "biography"),
    )
