"""Reads what consenting people posted themselves, and who tags an official account."""

from functools import partial
from uuid import UUID

from api.actions.account_change import lose_access
from api.actions.outbox import CursorRef
from api.actions.tracking import (
    ListPage,
    Places,
    SeenPost,
    begin_sweep,
    begin_timeline,
    close_sweep,
    store_found_page,
    store_timeline_page,
)
from api.domain.lists import ListName
from api.domain.matching.leads import Leads
from api.domain.platform import Platform, ShareKind
from api.reads.tracking import OwnTarget, own_target
from workers.platforms.base import (
    APP,
    AccountRef,
    Auth,
    AuthRevoked,
    Cap,
    Connector,
    FoundPost,
    MissingPermission,
    NotFound,
    OwnPost,
    Protected,
    Reference,
    ReferenceKind,
    Watermark,
)
from workers.tasks.kit import Kit, Work
from workers.tasks.sweeping import Listing, sweep

_PASSES = {ReferenceKind.REPOSTED: ShareKind.REPOST, ReferenceKind.QUOTED: ShareKind.QUOTE}


async def scan_timeline(kit: Kit, work: Work) -> None:
    """Read a consenting person's own posts since the oldest tracked post was published."""
    target = await own_target(UUID(work.args["account_id"]), "ACCOUNT_TRACKING")
    if target is None:
        return
    connector = kit.connector(target.platform)
    work.cursor = ref = CursorRef(target.platform, ListName.OWN_POSTS, str(target.id))
    auth = auth_of(kit, connector, target, Cap.OWN_POSTS)
    start = await begin_timeline(work.lease, target, ref)
    if start is None:
        return
    account = AccountRef(target.platform, target.platform_user_id, target.handle)

    async def store(page: ListPage[SeenPost]) -> None:
        await store_timeline_page(work.lease, target, ref, page, places(kit))

    ask = partial(connector.own_posts, account, auth, Watermark(newest_at=target.since))
    try:
        await sweep(work, Listing(ref, ask, own_post, store), start)
    except (NotFound, Protected) as outcome:
        await close_sweep(work.lease, ref, outcome.code)
    except AuthRevoked as lost:
        await lose_access(work.lease, target.id, is_expired=lost.is_expired)


async def scan_mentions(kit: Kit, work: Work) -> None:
    """List who tags an official account; of them only holders who agreed are stored."""
    platform = Platform(work.args["platform"])
    connector = kit.connector(platform)
    account = next((one for one in connector.watched if one.id == work.args["account"]), None)
    if account is None:
        return
    work.cursor = ref = CursorRef(platform, ListName.MENTIONS, account.id)
    start = await begin_sweep(work.lease, ref)

    async def store(page: ListPage[SeenPost]) -> None:
        await store_found_page(work.lease, ref, page, places(kit))

    ask = partial(connector.mentions, account, APP)
    try:
        await sweep(work, Listing(ref, ask, found_post, store), start)
    except (NotFound, Protected) as outcome:
        await close_sweep(work.lease, ref, outcome.code)


def auth_of(kit: Kit, connector: Connector, target: OwnTarget, public: Cap) -> Auth:
    """Return in whose name an account is read: where anybody may, in that of the application.

    Raises:
        MissingPermission: only the account's own token may, and there is none.
    """
    if public in connector.caps and Cap.OWN_POSTS_BY_TOKEN not in connector.caps:
        return APP
    if target.sealed_access is None:
        raise MissingPermission("a token of the account itself")
    return Auth.of_account(kit.sealer.open_token(target.id, target.sealed_access))


def places(kit: Kit) -> Places:
    """Return which addresses are ours."""
    return Places(kit.settings.public_url, kit.settings.mastodon.host_names)


def found_post(fact: FoundPost) -> SeenPost:
    """Read a post that was found into what the actions store."""
    return SeenPost(
        author_id=fact.author_id,
        author=fact.author,
        native_id=fact.id,
        url=fact.url,
        posted_at=fact.occurred_at,
        observed_at=fact.observed_at,
        leads=Leads(_passed_on(fact.references), fact.links, fact.kind),
    )


def own_post(fact: OwnPost) -> SeenPost:
    """Read a post of a holder into what the actions store."""
    return SeenPost(
        author_id=fact.account_id,
        author=None,
        native_id=fact.id,
        url=fact.url,
        posted_at=fact.occurred_at,
        observed_at=fact.observed_at,
        leads=Leads(_passed_on(fact.references), fact.links, fact.link_kind),
    )


def _passed_on(references: tuple[Reference, ...]) -> tuple[tuple[ShareKind, str], ...]:
    return tuple((_PASSES[one.kind], one.post_id) for one in references if one.kind in _PASSES)
