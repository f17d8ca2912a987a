"""Reads the figures of holders' shares; what a network does not say stays unknown."""

from datetime import timedelta
from uuid import UUID

from api.actions.account_change import lose_access
from api.actions.outbox import CursorRef
from api.actions.tracking import Figure, store_figures
from api.domain.lists import ListName
from api.domain.matching import post_from_id
from api.domain.platform import Metric
from api.reads.tracking import MeasuredShare, own_target, shares_to_measure
from workers.platforms.base import AuthRevoked, Cap, MetricFact
from workers.tasks.kit import Kit, Work
from workers.tasks.timeline import auth_of

_AGAIN = timedelta(minutes=10)


async def read_metrics(kit: Kit, work: Work) -> None:
    """Read the figures of an account's shares, those first that wait the longest."""
    target = await own_target(UUID(work.args["account_id"]), "METRICS")
    if target is None:
        return
    connector = kit.connector(target.platform)
    work.cursor = CursorRef(target.platform, ListName.METRICS, str(target.id))
    auth = auth_of(kit, connector, target, Cap.METRICS)
    while shares := await shares_to_measure(target, _AGAIN, connector.batch_size):
        posts = [post_from_id(target.platform, share.native_id) for share in shares]
        try:
            page = await connector.metrics(posts, auth)
        except AuthRevoked as lost:
            await lose_access(work.lease, target.id, is_expired=lost.is_expired)
            return
        figures = [figure for fact in page.items for figure in _figures(fact, shares)]
        await store_figures(work.lease, target, shares, figures)
        if work.is_time_up:
            async with work.transaction() as db:
                await work.pause(db)
            return


def _figures(fact: MetricFact, shares: list[MeasuredShare]) -> list[Figure]:
    share = next((one for one in shares if one.native_id == fact.post_id), None)
    if share is None:
        return []
    values = {
        Metric.RESHARERS: fact.repost_count,
        Metric.CONVERSATION: fact.reply_count,
        Metric.LIKES: fact.like_count,
    }
    return [
        Figure(share.id, metric, value, fact.observed_at)
        for metric, value in values.items()
        if value is not None
    ]
