"""The connector of X."""

from collections.abc import Sequence
from datetime import UTC

from api.domain.matching import NeedsRedirect, PostRef, ProfileRef
from api.domain.matching import x as x_ids
from api.domain.platform import Platform, ShareKind
from api.settings import XPlatform
from workers.platforms.base import (
    AccountRef,
    Auth,
    AuthKind,
    Cap,
    Event,
    FoundPost,
    MetricFact,
    MissingPermission,
    OwnPost,
    Page,
    PartialConnector,
    ProfileFact,
    ShareFact,
    Watermark,
)
from workers.platforms.ledger import UnmeteredLedger
from workers.platforms.paging import moving
from workers.platforms.redirects import Redirects
from workers.platforms.transport import Call, ClientTools, Transport, is_loopback
from workers.platforms.x import calls
from workers.platforms.x.dialect import XDialect
from workers.platforms.x.events import events_in
from workers.platforms.x.posts import found_page, metrics_page, own_posts_page, resolved_post
from workers.platforms.x.problems import failure
from workers.platforms.x.profiles import own_profile, profiles_page
from workers.platforms.x.shares import shares_page
from workers.platforms.x.words import REQUEST_WORDS, Vocabulary

_LONGEST_LINK = 1_000
_USER_FIELDS = "public_metrics,protected,created_at,description"


class XConnector(PartialConnector):
    """Reads X in its own words; the sandbox and the real service differ by the base URL only."""

    platform = Platform.X
    caps = (
        Cap.PROFILE_PUBLIC
        | Cap.PROFILE_OWN
        | Cap.RESHARERS
        | Cap.QUOTES
        | Cap.OWN_POSTS
        | Cap.METRICS
        | Cap.SEARCH
        | Cap.WEBHOOK
        | Cap.RESOLVE_URL
        | Cap.LOGIN
    )
    batch_size = calls.BATCH_SIZE
    list_cap = 100

    def __init__(self, settings: XPlatform, tools: ClientTools) -> None:
        self._settings = settings
        self._is_local = is_loopback(settings.base_url)
        self._has_budget = not isinstance(tools.ledger, UnmeteredLedger)
        self._words = REQUEST_WORDS[Vocabulary(settings.vocabulary)]
        self._transport = Transport(Platform.X, settings.base_url, XDialect(), tools)
        self._redirects = Redirects(Platform.X, tools)

    async def close(self) -> None:
        await self._redirects.close()
        await self._transport.close()

    async def resolve(
        self, ref: PostRef | ProfileRef | NeedsRedirect, auth: Auth
    ) -> PostRef | ProfileRef:
        if isinstance(ref, NeedsRedirect):
            self._check_enabled()
            return await self._redirects.follow(ref)
        if isinstance(ref, ProfileRef):
            return await self._resolved_profile(ref, auth)
        parameters = {
            "ids": _checked_id(ref.id),
            "expansions": "author_id",
            self._words.fields_parameter: "author_id,created_at",
        }
        return resolved_post(await self._ask(calls.POST_AUTHORS, auth, 1, parameters), ref)

    async def me(self, auth: Auth) -> ProfileFact:
        if auth.kind is AuthKind.APP:
            raise MissingPermission("a token of the account itself")
        body = await self._ask(calls.ME, auth, 1, {"user.fields": _USER_FIELDS})
        return own_profile(body, self._transport.now)

    async def profiles(self, refs: Sequence[ProfileRef], auth: Auth) -> Page[ProfileFact]:
        _check_batch(refs)
        by_id = [ref for ref in refs if ref.id is not None]
        by_handle = [ref for ref in refs if ref.id is None]
        first = await self._profiles(calls.USERS, "ids", by_id, auth)
        second = await self._profiles(calls.USERS_BY_HANDLE, "usernames", by_handle, auth)
        return Page((*first.items, *second.items), issues=(*first.issues, *second.issues))

    async def resharers(self, post: PostRef, auth: Auth, cursor: str | None) -> Page[ShareFact]:
        return await self._shares(calls.REPOSTS, ShareKind.REPOST, post, auth, cursor)

    async def quotes(self, post: PostRef, auth: Auth, cursor: str | None) -> Page[ShareFact]:
        return await self._shares(calls.QUOTES, ShareKind.QUOTE, post, auth, cursor)

    async def metrics(self, posts: Sequence[PostRef], auth: Auth) -> Page[MetricFact]:
        _check_batch(posts)
        if not posts:
            return Page(())
        parameters = {
            "ids": ",".join(_checked_id(post.id) for post in posts),
            self._words.fields_parameter: "public_metrics",
        }
        body = await self._ask(calls.POSTS, auth, len(posts), parameters)
        return metrics_page(body, posts, self._transport.now)

    async def own_posts(
        self, account: AccountRef, auth: Auth, since: Watermark | None, cursor: str | None
    ) -> Page[OwnPost]:
        fields = f"author_id,created_at,entities,{self._words.references}"
        parameters = {
            "max_results": str(calls.BATCH_SIZE),
            self._words.fields_parameter: fields,
            **_after(since),
            **_page(cursor),
        }
        body = await self._ask(
            calls.OWN_POSTS, auth, calls.BATCH_SIZE, parameters, _checked_id(account.id)
        )
        return moving(own_posts_page(body, account, self._transport.now), cursor)

    async def search(
        self, link: str, auth: Auth, since: Watermark | None, cursor: str | None
    ) -> Page[FoundPost]:
        parameters = {
            "query": f'url:"{_quotable(link)}"',
            "max_results": str(calls.BATCH_SIZE),
            "expansions": "author_id",
            self._words.fields_parameter: f"author_id,created_at,entities,{self._words.references}",
            **_after(since),
            **({} if cursor is None else {"next_token": cursor}),
        }
        body = await self._ask(calls.SEARCH, auth, calls.BATCH_SIZE, parameters)
        return moving(found_page(body, self._transport.now), cursor)

    def events(self, body: bytes) -> list[Event]:
        return events_in(body, self._transport.now)

    async def _resolved_profile(self, ref: ProfileRef, auth: Auth) -> ProfileRef:
        page = await self.profiles([ref], auth)
        if not page.items:
            raise failure(page.issues[0].code, None)
        return ProfileRef(Platform.X, page.items[0].id, page.items[0].handle)

    async def _profiles(
        self, endpoint: calls.Endpoint, name: str, refs: Sequence[ProfileRef], auth: Auth
    ) -> Page[ProfileFact]:
        if not refs:
            return Page(())
        parameters = {name: ",".join(map(_checked_name, refs)), "user.fields": _USER_FIELDS}
        body = await self._ask(endpoint, auth, len(refs), parameters)
        return profiles_page(body, refs, self._transport.now)

    async def _shares(
        self,
        endpoint: calls.Endpoint,
        kind: ShareKind,
        post: PostRef,
        auth: Auth,
        cursor: str | None,
    ) -> Page[ShareFact]:
        parameters = {
            "max_results": str(calls.BATCH_SIZE),
            "expansions": "author_id",
            "user.fields": "public_metrics,protected",
            self._words.fields_parameter: "author_id,created_at",
            **_page(cursor),
        }
        body = await self._ask(endpoint, auth, calls.BATCH_SIZE, parameters, _checked_id(post.id))
        return moving(shares_page(body, kind, post, self._transport.now), cursor)

    async def _ask(
        self,
        endpoint: calls.Endpoint,
        auth: Auth,
        most: int,
        parameters: dict[str, str],
        subject_id: str = "",
    ) -> object:
        token = self._permitted_token(auth)
        call = Call(
            family=endpoint.family,
            path=endpoint.path.format(id=subject_id),
            bucket=endpoint.bucket(auth),
            auth=auth,
            parameters=parameters,
            token=token,
            cost=endpoint.cost(auth, most),
        )
        return (await self._transport.get(call)).body

    def _permitted_token(self, auth: Auth) -> str:
        """Return the token of a call, or refuse it: switched off, no licence, no budget, no token.

        X forbids showing its content to government without an Enterprise plan, so without one only
        the simulated network on this machine is asked. Reads of the real one cost money: without a
        ledger that holds a cap there are none.
        """
        self._check_enabled()
        if self._settings.licence == "none" and not self._is_local:
            raise MissingPermission("GEMA_X_LICENCE")
        if not self._has_budget and not self._is_local:
            raise MissingPermission("a ledger of paid reads")
        token = self._settings.bearer_token if auth.kind is AuthKind.APP else auth.token
        if not token:
            raise MissingPermission("GEMA_X_BEARER_TOKEN")
        return token

    def _check_enabled(self) -> None:
        if not self._settings.is_enabled:
            raise MissingPermission("GEMA_X_ENABLED")


def _checked_id(native_id: str) -> str:
    if not x_ids.is_id(native_id):
        raise ValueError("Not an id of X.")
    return native_id


def _checked_name(ref: ProfileRef) -> str:
    if ref.id is None and not x_ids.is_handle(ref.name):
        raise ValueError("Not a handle of X.")
    return ref.name if ref.id is None else _checked_id(ref.id)


def _quotable(link: str) -> str:
    if '"' in link or len(link) > _LONGEST_LINK or any(map(str.isspace, link)):
        raise ValueError("Not a link that can be searched for.")
    return link


def _check_batch(refs: Sequence[object]) -> None:
    if len(refs) > calls.BATCH_SIZE:
        raise ValueError(f"One call names at most {calls.BATCH_SIZE} items.")


def _page(cursor: str | None) -> dict[str, str]:
    return {} if cursor is None else {"pagination_token": cursor}


def _after(since: Watermark | None) -> dict[str, str]:
    if since is None:
        return {}
    if since.newest_id is not None:
        return {"since_id": _checked_id(since.newest_id)}
    if since.newest_at is None:
        return {}
    return {"start_time": since.newest_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
