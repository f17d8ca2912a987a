"""Looks up how large the audiences of consenting people are."""

from collections.abc import Sequence
from uuid import UUID

from api.actions.account_change import lose_access
from api.actions.audience import Look, SeenProfile, store_profiles
from api.actions.outbox import CursorRef
from api.domain.matching import ProfileRef
from api.domain.platform import Platform
from api.domain.profiles import profile_url
from api.reads.tracking import AccountTarget, account_targets
from workers.platforms.base import (
    APP,
    Auth,
    AuthRevoked,
    Cap,
    Connector,
    IssueCode,
    ItemIssue,
    MissingPermission,
    NotFound,
    Page,
    ProfileFact,
    Protected,
)
from workers.tasks.kit import Kit, Work

_GONE = (IssueCode.NOT_FOUND, IssueCode.PROTECTED)


async def refresh_audience(kit: Kit, work: Work) -> None:
    """Look up the accounts of one network that wait the longest, batch by batch."""
    platform = Platform(work.args["platform"])
    connector = kit.connector(platform)
    work.cursor = CursorRef(platform, "profiles", "all")
    while targets := await account_targets(platform, connector.batch_size):
        await store_profiles(work.lease, await _look(kit, work, connector, targets))
        if work.is_time_up:
            async with work.transaction() as db:
                await work.pause(db)
            return


async def _look(kit: Kit, work: Work, connector: Connector, targets: list[AccountTarget]) -> Look:
    """Read accounts in public where the network allows it, and with their own token elsewhere."""
    public: Page[ProfileFact] = Page(())
    if Cap.PROFILE_PUBLIC in connector.caps:
        public = await connector.profiles([_ref(connector, one) for one in targets], APP)
    found = list(public.items)
    told = {fact.id for fact in found}
    for target in targets:
        if target.sealed_access is not None and target.platform_user_id not in told:
            found += await _own_profile(kit, work, connector, target, target.sealed_access)
    told = {fact.id for fact in found}
    unread = [one for one in targets if one.platform_user_id not in told]
    return Look(
        [target.id for target in targets],
        [_seen(fact) for fact in found],
        _told(unread, public.issues, _GONE),
        list(_told(unread, public.issues, (IssueCode.OTHER_ACCOUNT,))),
    )


def _told(
    unread: list[AccountTarget], issues: Sequence[ItemIssue], codes_told: Sequence[IssueCode]
) -> dict[UUID, str]:
    """Return the accounts of which the network itself says so: no trouble of ours."""
    codes = {issue.ref.casefold(): issue.code for issue in issues if issue.code in codes_told}
    named = ((one, (one.platform_user_id.casefold(), one.handle.casefold())) for one in unread)
    return {one.id: codes[name].value for one, names in named for name in names if name in codes}


async def _own_profile(
    kit: Kit, work: Work, connector: Connector, target: AccountTarget, sealed: bytes
) -> list[ProfileFact]:
    auth = Auth.of_account(kit.sealer.open_token(target.id, sealed))
    try:
        return list((await connector.profiles([_ref(connector, target)], auth)).items)
    except AuthRevoked as lost:
        await lose_access(work.lease, target.id, is_expired=lost.is_expired)
        return []
    except (MissingPermission, NotFound, Protected):
        # One lost access must not keep all others waiting; the person's timeline tells of it.
        return []


def _ref(connector: Connector, target: AccountTarget) -> ProfileRef:
    return ProfileRef(connector.platform, target.platform_user_id, target.handle)


def _seen(fact: ProfileFact) -> SeenProfile:
    return SeenProfile(
        platform_user_id=fact.id,
        handle=fact.handle,
        url=None if fact.handle is None else profile_url(fact.platform, fact.handle),
        audience_count=fact.audience_count,
        audience_kind=fact.audience_kind,
        audience_source=fact.audience_source,
        observed_at=fact.observed_at,
    )
