"""Looks up how large the audiences of consenting people are."""

from api.actions.audience import SeenProfile, store_profiles
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
    MissingPermission,
    NotFound,
    ProfileFact,
    Protected,
)
from workers.tasks.kit import Kit, Work


async def refresh_audience(kit: Kit, work: Work) -> None:
    """Look up the accounts of one network that wait the longest, batch by batch."""
    platform = Platform(work.args["platform"])
    connector = kit.connector(platform)
    work.cursor = CursorRef(platform, "profiles", "all")
    while targets := await account_targets(platform, connector.batch_size):
        facts = await _profiles(kit, connector, targets)
        seen = [_seen(fact) for fact in facts]
        await store_profiles(work.lease, platform, [target.id for target in targets], seen)
        if work.is_time_up:
            async with work.transaction() as db:
                await work.pause(db)
            return


async def _profiles(
    kit: Kit, connector: Connector, targets: list[AccountTarget]
) -> list[ProfileFact]:
    """Read accounts in public where the network allows it, and with their own token elsewhere."""
    if Cap.PROFILE_PUBLIC in connector.caps:
        page = await connector.profiles([_ref(connector, one) for one in targets], APP)
        found = list(page.items)
    else:
        found = []
    told = {fact.id for fact in found}
    for target in targets:
        if target.sealed_access is not None and target.platform_user_id not in told:
            found += await _own_profile(kit, connector, target, target.sealed_access)
    return found


async def _own_profile(
    kit: Kit, connector: Connector, target: AccountTarget, sealed: bytes
) -> list[ProfileFact]:
    auth = Auth.of_account(kit.sealer.open_token(target.id, sealed))
    try:
        return list((await connector.profiles([_ref(connector, target)], auth)).items)
    except (AuthRevoked, MissingPermission, NotFound, Protected):
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
