"""Looks up how large the audiences of consenting people are."""

from api.actions.audience import SeenProfile, store_profiles
from api.actions.outbox import CursorRef
from api.domain.matching import ProfileRef
from api.domain.platform import Platform
from api.domain.profiles import profile_url
from api.reads.tracking import account_targets
from workers.platforms.base import APP, ProfileFact
from workers.tasks.kit import Kit, Work


async def refresh_audience(kit: Kit, work: Work) -> None:
    """Look up the accounts of one network that wait the longest, batch by batch."""
    platform = Platform(work.args["platform"])
    connector = kit.connector(platform)
    work.cursor = CursorRef(platform, "profiles", "all")
    while targets := await account_targets(platform, connector.batch_size):
        refs = [ProfileRef(platform, id=target.platform_user_id) for target in targets]
        page = await connector.profiles(refs, APP)
        seen = [_seen(fact) for fact in page.items]
        await store_profiles(work.lease, platform, [target.id for target in targets], seen)
        if work.is_time_up:
            async with work.transaction() as db:
                await work.pause(db)
            return


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
