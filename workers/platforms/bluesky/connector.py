"""The connector of Bluesky."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from api.domain.matching import NeedsRedirect, PostRef, ProfileRef
from api.domain.platform import Coverage, Platform
from api.settings import BlueskyPlatform
from workers.platforms import wire
from workers.platforms.base import (
    AccountRef,
    Auth,
    Cap,
    ContractError,
    MetricFact,
    MissingPermission,
    NotFound,
    OwnPost,
    Page,
    PartialConnector,
    ProfileFact,
    ShareFact,
    Transient,
    Watermark,
)
from workers.platforms.bluesky import calls
from workers.platforms.bluesky.dialect import BlueskyDialect
from workers.platforms.bluesky.names import actor_of, is_did, is_handle, is_post
from workers.platforms.bluesky.posts import feed_page, metrics_page, reposts_page, resolved_post
from workers.platforms.bluesky.profiles import profile_ref, profiles_page
from workers.platforms.bluesky.shares import quotes_page, resharers_page
from workers.platforms.paging import after, moving
from workers.platforms.redaction import redact_json
from workers.platforms.transport import ClientTools, Transport

T = TypeVar("T")

_REPOST = "app.bsky.feed.repost"
_RECORDS, _FEED = "records:", "feed:"


class BlueskyConnector(PartialConnector):
    """Reads the AppView, and the records of known holders where they keep them."""

    platform = Platform.BLUESKY
    caps = (
        Cap.PROFILE_PUBLIC
        | Cap.PROFILE_OWN
        | Cap.RESHARERS
        | Cap.QUOTES
        | Cap.OWN_POSTS
        | Cap.METRICS
        | Cap.RESOLVE_URL
        | Cap.LOGIN
    )
    batch_size = calls.BATCH_SIZE

    def __init__(self, settings: BlueskyPlatform, tools: ClientTools) -> None:
        self._settings = settings
        self._view = Transport(Platform.BLUESKY, settings.base_url, BlueskyDialect(), tools)
        self._records = Transport(Platform.BLUESKY, settings.pds_url, BlueskyDialect(), tools)

    async def close(self) -> None:
        await self._view.close()
        await self._records.close()

    async def resolve(
        self, ref: PostRef | ProfileRef | NeedsRedirect, auth: Auth
    ) -> PostRef | ProfileRef:
        if isinstance(ref, NeedsRedirect):
            raise ValueError("This network has no short links.")  # noqa: TRY004 (a value, typed)
        if isinstance(ref, ProfileRef):
            return await self._profile(ref.name)
        actor = actor_of(ref.id)
        at_uri = ref.id.replace(actor, await self._did(actor), 1)
        return await self._existing(at_uri)

    async def me(self, auth: Auth) -> ProfileFact:
        """Ask the account's own server whose token this is, and the AppView for the rest."""
        if not auth.token:
            raise MissingPermission("a token of the account itself")
        self._check_enabled()
        answer = await self._records.get(calls.SESSION.call({}, auth))
        ref = profile_ref(answer.body)
        if ref is None:
            raise ContractError("The session has no DID.", redact_json(answer.body))
        page = await self.profiles([ref], auth)
        return page.items[0] if page.items else _bare(ref, self._view.now)

    async def profiles(self, refs: Sequence[ProfileRef], auth: Auth) -> Page[ProfileFact]:
        _check_batch(refs)
        if not refs:
            return Page(())
        names = tuple(_checked_name(ref.name) for ref in refs)
        body = await self._ask(calls.PROFILES, {"actors": names})
        return profiles_page(body, refs, self._view.now)

    async def resharers(self, post: PostRef, auth: Auth, cursor: str | None) -> Page[ShareFact]:
        return await self._list(calls.REPOSTED_BY, resharers_page, post, cursor)

    async def quotes(self, post: PostRef, auth: Auth, cursor: str | None) -> Page[ShareFact]:
        return await self._list(calls.QUOTES, quotes_page, post, cursor)

    async def metrics(self, posts: Sequence[PostRef], auth: Auth) -> Page[MetricFact]:
        _check_batch(posts)
        if not posts:
            return Page(())
        body = await self._ask(
            calls.POSTS, {"uris": tuple(_checked_post(post.id) for post in posts)}
        )
        return metrics_page(body, posts, self._view.now)

    async def own_posts(
        self, account: AccountRef, auth: Auth, since: Watermark | None, cursor: str | None
    ) -> Page[OwnPost]:
        """Read repost records first, which alone tell time and id, and then the account's feed."""
        if not is_did(account.id):
            raise ValueError("Not a DID.")
        if self._settings.pds_url and (cursor is None or cursor.startswith(_RECORDS)):
            page = after(since, await self._own_reposts(account, _rest(cursor, _RECORDS)))
            following = _FEED if page.next is None else _RECORDS + page.next
            return Page(page.items, following, page.issues, Coverage.UNKNOWN)
        page = after(since, await self._own_feed(account, _rest(cursor, _FEED)))
        rest = None if page.next is None else _FEED + page.next
        return Page(page.items, rest, page.issues, page.coverage)

    async def _own_reposts(self, account: AccountRef, cursor: str | None) -> Page[OwnPost]:
        parameters = {"repo": account.id, "collection": _REPOST, "limit": calls.PAGE_SIZE}
        body = await self._ask_page(calls.RECORDS, parameters, cursor)
        return moving(reposts_page(body, account, self._view.now), cursor)

    async def _own_feed(self, account: AccountRef, cursor: str | None) -> Page[OwnPost]:
        parameters = {"actor": account.id, "limit": calls.PAGE_SIZE}
        body = await self._ask_page(calls.AUTHOR_FEED, parameters, cursor)
        has_reposts = not self._settings.pds_url
        return moving(feed_page(body, account, self._view.now, has_reposts=has_reposts), cursor)

    async def _list(
        self,
        method: calls.Method,
        read: Callable[..., Page[ShareFact]],
        post: PostRef,
        cursor: str | None,
    ) -> Page[ShareFact]:
        """Read a page; at the start make sure of the post, as deleted ones still have lists."""
        at_uri = _checked_post(post.id)
        if cursor is None:
            await self._existing(at_uri)
        parameters = {"uri": at_uri, "limit": calls.PAGE_SIZE}
        body = await self._ask_page(method, parameters, cursor)
        return moving(read(body, post, self._view.now), cursor)

    async def _existing(self, at_uri: str) -> PostRef:
        """Complete a post, or say why it is not there.

        Raises:
            PlatformError: Protected if its author is hidden, else NotFound.
        """
        body = await self._ask(calls.POSTS, {"uris": (_checked_post(at_uri),)})
        if post := resolved_post(body, at_uri):
            return post
        await self._profile(actor_of(at_uri))
        raise NotFound

    async def _profile(self, name: str) -> ProfileRef:
        body = await self._ask(calls.PROFILE, {"actor": _checked_name(name)})
        ref = profile_ref(body)
        if ref is None:
            raise ContractError("The profile has no DID.", redact_json(body))
        return ref

    async def _did(self, actor: str) -> str:
        if is_did(actor):
            return actor
        body = await self._ask(calls.RESOLVE_HANDLE, {"handle": _checked_name(actor)})
        did = wire.text(wire.row(body), "did")
        if did is None or not is_did(did):
            raise ContractError("The handle leads to no DID.", redact_json(body))
        return did

    async def _ask_page(
        self, method: calls.Method, parameters: dict[str, str], cursor: str | None
    ) -> object:
        """Ask for one page. Servers answer 500 to a cursor that they do not know.

        Raises:
            ContractError: `is_cursor_refused`, if the list answers without the cursor.
        """
        if cursor is None:
            return await self._ask(method, parameters)
        try:
            return await self._ask(method, {**parameters, "cursor": cursor})
        except Transient:
            await self._ask(method, {**parameters, "limit": "1"})
            raise ContractError("The cursor is refused.", is_cursor_refused=True) from None

    async def _ask(
        self, method: calls.Method, parameters: Mapping[str, str | tuple[str, ...]]
    ) -> object:
        self._check_enabled()
        server = self._records if method.is_of_record_server else self._view
        return (await server.get(method.call(parameters))).body

    def _check_enabled(self) -> None:
        if not self._settings.is_enabled:
            raise MissingPermission("GEMA_BLUESKY_ENABLED")


def _bare(ref: ProfileRef, observed_at: datetime) -> ProfileFact:
    return ProfileFact(Platform.BLUESKY, ref.name, observed_at, ref.handle)


def _checked_name(name: str) -> str:
    if not is_did(name) and not is_handle(name):
        raise ValueError("Neither a DID nor a handle.")
    return name


def _checked_post(at_uri: str) -> str:
    if not is_post(at_uri):
        raise ValueError("Not the at-uri of a post of a DID.")
    return at_uri


def _check_batch(refs: Sequence[object]) -> None:
    if len(refs) > calls.BATCH_SIZE:
        raise ValueError(f"One call names at most {calls.BATCH_SIZE} items.")


def _rest(cursor: str | None, part: str) -> str | None:
    return None if cursor is None else cursor.removeprefix(part) or None
