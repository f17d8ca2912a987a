"""Lists who passed a program post on, and who passed a holder's share on."""

from uuid import UUID

from api.actions.outbox import CursorRef
from api.actions.tracking import (
    ListPage,
    SeenReshare,
    SeenShare,
    begin_sweep,
    close_sweep,
    mark_share_gone,
    store_reshare_page,
    store_share_page,
)
from api.domain.matching import post_from_id
from api.reads.tracking import ShareTarget, post_target, share_target
from workers.platforms.base import APP, Connector, NotFound, Protected, ShareFact
from workers.tasks.kit import Kit, Work

_QUOTES = "quotes:"


async def scan_resharers(kit: Kit, work: Work) -> None:
    """List the accounts that reposted a program post."""
    await _scan_post(kit, work, "retweets")


async def scan_quotes(kit: Kit, work: Work) -> None:
    """List the posts that quote a program post."""
    await _scan_post(kit, work, "quote_tweets")


async def _scan_post(kit: Kit, work: Work, list_name: str) -> None:
    post = await post_target(UUID(work.args["post_id"]))
    if post is None:
        return
    connector = kit.connector(post.platform)
    work.cursor = ref = CursorRef(post.platform, list_name, post.post_ref)
    ask = connector.resharers if list_name == "retweets" else connector.quotes
    cursor = await begin_sweep(work.lease, ref)
    while True:
        try:
            page = await ask(post_from_id(post.platform, post.post_ref), APP, cursor)
        except (NotFound, Protected) as outcome:
            await close_sweep(work.lease, ref, outcome.code)
            return
        items = tuple(_share(fact) for fact in page.items)
        await store_share_page(work.lease, post, ref, ListPage(items, page.next, page.coverage))
        cursor = page.next
        if cursor is None or await _is_paused(work):
            return


async def scan_share_resharers(kit: Kit, work: Work) -> None:
    """List the people who passed a holder's share on: its reposts first, then its quotes."""
    share = await share_target(UUID(work.args["asn_id"]), UUID(work.args["share_id"]))
    if share is None:
        return
    connector = kit.connector(share.platform)
    work.cursor = ref = CursorRef(share.platform, "share_retweets", share.native_id)
    cursor = await begin_sweep(work.lease, ref)
    while True:
        try:
            page = await _reshares(connector, share, cursor)
        except NotFound:
            await mark_share_gone(work.lease, ref, share.asn_id, share.id)
            return
        except Protected as outcome:
            await close_sweep(work.lease, ref, outcome.code)
            return
        await store_reshare_page(work.lease, share, ref, page, kit.sealer)
        cursor = page.next_cursor
        if cursor is None or await _is_paused(work):
            return


async def _is_paused(work: Work) -> bool:
    if not work.is_time_up:
        return False
    async with work.transaction() as db:
        await work.pause(db)
    return True


def _share(fact: ShareFact) -> SeenShare:
    return SeenShare(
        actor_id=fact.actor_id,
        kind=fact.kind,
        key=fact.key,
        native_id=fact.native_id,
        url=fact.url,
        shared_at=fact.occurred_at,
        observed_at=fact.observed_at,
    )


async def _reshares(
    connector: Connector, share: ShareTarget, cursor: str | None
) -> ListPage[SeenReshare]:
    """Read one page of two lists that follow one another; the cursor says in which of them."""
    post = post_from_id(share.platform, share.native_id)
    is_quoting = cursor is not None and cursor.startswith(_QUOTES)
    ask = connector.quotes if is_quoting else connector.resharers
    page = await ask(post, APP, cursor[len(_QUOTES) :] or None if is_quoting and cursor else cursor)
    items = tuple(
        SeenReshare(fact.actor_id, fact.occurred_at, fact.observed_at) for fact in page.items
    )
    if is_quoting:
        following = None if page.next is None else f"{_QUOTES}{page.next}"
    else:
        following = page.next or _QUOTES
    return ListPage(items, following, page.coverage)
