"""Lists who passed a program post on, and who passed a holder's share on."""

from dataclasses import replace
from functools import partial
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
from api.domain.lists import OWN_BY_TOKEN, ListName
from api.domain.matching import PostRef, post_from_id
from api.domain.platform import Coverage
from api.reads.tracking import ShareTarget, post_target, share_target
from workers.platforms.base import APP, Cap, Connector, NotFound, Page, Protected, ShareFact
from workers.tasks.kit import Kit, Work
from workers.tasks.sweeping import Listing, sweep

_QUOTES = "quotes:"
# Items of a list that ends at its cap may come twice, so the count may lie a little above it.
_CAP_TOLERANCE = 1.2


async def scan_resharers(kit: Kit, work: Work) -> None:
    """List the accounts that reposted a program post."""
    await _scan_post(kit, work, ListName.REPOSTS)


async def scan_quotes(kit: Kit, work: Work) -> None:
    """List the posts that quote a program post."""
    await _scan_post(kit, work, ListName.QUOTES)


async def _scan_post(kit: Kit, work: Work, list_name: ListName) -> None:
    post = await post_target(UUID(work.args["post_id"]))
    if post is None:
        return
    connector = kit.connector(post.platform)
    work.cursor = ref = CursorRef(post.platform, list_name, post.post_ref)
    start = await begin_sweep(work.lease, ref)
    ask = connector.resharers if list_name is ListName.REPOSTS else connector.quotes
    named = post_from_id(post.platform, post.post_ref)

    async def store(page: ListPage[SeenShare]) -> None:
        if page.next_cursor is None and await _is_cut(connector, named, list_name, page):
            page = replace(page, coverage=Coverage.CAPPED)
        await store_share_page(work.lease, post, ref, page)

    listing = Listing(ref, partial(ask, named, APP), seen_share, store)
    try:
        await sweep(work, listing, start)
    except (NotFound, Protected) as outcome:
        await close_sweep(work.lease, ref, outcome.code)


async def _is_cut(
    connector: Connector, post: PostRef, list_name: ListName, page: ListPage[SeenShare]
) -> bool:
    """Tell whether a list ended at the network's cap: the post's own counter knows of more."""
    cap = connector.list_cap
    if cap is None or Cap.METRICS not in connector.caps:
        return False
    if not cap <= page.listed_count < cap * _CAP_TOLERANCE:
        return False
    counted = await connector.metrics([post], APP)
    for fact in counted.items:
        count = fact.repost_count if list_name is ListName.REPOSTS else fact.quote_count
        return count is None or count > page.listed_count
    return True


async def scan_share_resharers(kit: Kit, work: Work) -> None:
    """List the people who passed a holder's share on: its reposts first, then its quotes."""
    share = await share_target(UUID(work.args["asn_id"]), UUID(work.args["share_id"]))
    if share is None:
        return
    connector = kit.connector(share.platform)
    work.cursor = ref = CursorRef(share.platform, ListName.SHARE_REPOSTS, share.native_id)
    start = await begin_sweep(work.lease, ref)

    async def store(page: ListPage[SeenReshare]) -> None:
        await store_reshare_page(work.lease, share, ref, page, kit.sealer)

    listing = Listing(ref, partial(_reshares, connector, share), _seen_reshare, store)
    try:
        await sweep(work, listing, start)
    except (NotFound, Protected) as outcome:
        # Where only its owner may see a share, what others are told says nothing of it.
        if isinstance(outcome, Protected) or share.platform in OWN_BY_TOKEN:
            await close_sweep(work.lease, ref, outcome.code)
        else:
            await mark_share_gone(work.lease, ref, share.asn_id, share.id)


def seen_share(fact: ShareFact) -> SeenShare:
    """Read a fact of a network into what the actions store."""
    return SeenShare(
        actor_id=fact.actor_id,
        kind=fact.kind,
        key=fact.key,
        native_id=fact.native_id,
        url=fact.url,
        shared_at=fact.occurred_at,
        observed_at=fact.observed_at,
    )


def _seen_reshare(fact: ShareFact) -> SeenReshare:
    return SeenReshare(fact.actor_id, fact.occurred_at, fact.observed_at)


async def _reshares(
    connector: Connector, share: ShareTarget, cursor: str | None
) -> Page[ShareFact]:
    """Read one page of two lists that follow one another; the cursor says in which of them."""
    post = post_from_id(share.platform, share.native_id)
    is_quoting = cursor is not None and cursor.startswith(_QUOTES)
    ask = connector.quotes if is_quoting else connector.resharers
    page = await ask(post, APP, cursor[len(_QUOTES) :] or None if is_quoting and cursor else cursor)
    if Cap.QUOTES not in connector.caps:
        return page
    if is_quoting:
        return replace(page, next=None if page.next is None else f"{_QUOTES}{page.next}")
    return replace(page, next=page.next or _QUOTES)
