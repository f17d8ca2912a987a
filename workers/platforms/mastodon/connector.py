"""The connector of Mastodon: one for all hosts that are allowed."""

from collections.abc import Sequence
from dataclasses import replace

from api.domain.matching import NeedsRedirect, PostRef, ProfileRef
from api.domain.platform import Coverage, Platform
from api.settings import MastodonPlatform
from workers.platforms import wire
from workers.platforms.base import (
    AccountRef,
    Auth,
    Cap,
    MetricFact,
    MissingPermission,
    NotFound,
    OwnPost,
    Page,
    PartialConnector,
    ProfileFact,
    ShareFact,
    Watermark,
)
from workers.platforms.errors import ContractError
from workers.platforms.mastodon.accounts import profile, resharers_page
from workers.platforms.mastodon.hosts import Host, Hosts
from workers.platforms.mastodon.links import parameters_of
from workers.platforms.mastodon.names import acct_of, is_number, numbered_account, place_of
from workers.platforms.mastodon.statuses import metric, own_posts_page, quotes_page, resolved_post
from workers.platforms.paging import after, each_of, moving
from workers.platforms.transport import ClientTools

_ACCOUNTS_A_PAGE, _STATUSES_A_PAGE = "80", "40"
_BATCH_SIZE = 10
_MOST_NUMBERS = 20_000


class MastodonConnector(PartialConnector):
    """Asks the host of a post or an account, else the first host, which must know it already."""

    platform = Platform.MASTODON
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
    batch_size = _BATCH_SIZE

    def __init__(self, settings: MastodonPlatform, tools: ClientTools) -> None:
        self._hosts = Hosts(settings, tools)
        self._now = tools.clock
        self._numbers: dict[str, str] = {}

    async def close(self) -> None:
        await self._hosts.close()

    async def resolve(
        self, ref: PostRef | ProfileRef | NeedsRedirect, auth: Auth
    ) -> PostRef | ProfileRef:
        if isinstance(ref, NeedsRedirect):
            raise ValueError("This network has no short links.")  # noqa: TRY004 (a value, typed)
        if isinstance(ref, PostRef):
            host, body = await self._status(ref)
            return resolved_post(body, host.name, self._now())
        fact = await self._profile(ref)
        return ProfileRef(Platform.MASTODON, fact.id, fact.handle)

    async def me(self, auth: Auth) -> ProfileFact:
        """Ask the first host, with which accounts are linked, whose token this is."""
        if not auth.token:
            raise MissingPermission("a token of the account itself")
        host = self._hosts.first
        answer = await host.ask("me", "/api/v1/accounts/verify_credentials", {}, auth)
        return profile(answer.body, host.name, self._now())

    async def profiles(self, refs: Sequence[ProfileRef], auth: Auth) -> Page[ProfileFact]:
        return await each_of(refs, self._profile, [ref.name for ref in refs], _BATCH_SIZE)

    async def metrics(self, posts: Sequence[PostRef], auth: Auth) -> Page[MetricFact]:
        return await each_of(posts, self._metric, [post.id for post in posts], _BATCH_SIZE)

    async def resharers(self, post: PostRef, auth: Auth, cursor: str | None) -> Page[ShareFact]:
        host, number = await self._place(post)
        path = f"/api/v1/statuses/{number}/reblogged_by"
        parameters = {"limit": _ACCOUNTS_A_PAGE, **parameters_of(cursor)}
        answer = await host.ask("reblogged_by", path, parameters)
        following = host.following(answer, path)
        page = resharers_page(answer.body, host.name, post, self._now(), following)
        return moving(_as_seen_by(host, post, page), cursor)

    async def quotes(self, post: PostRef, auth: Auth, cursor: str | None) -> Page[ShareFact]:
        """List quotes; servers before 4.5 have no such list, and what they know is unknown."""
        host, number = await self._place(post)
        path = f"/api/v1/statuses/{number}/quotes"
        parameters = {"limit": _STATUSES_A_PAGE, **parameters_of(cursor)}
        try:
            answer = await host.ask("quotes", path, parameters)
        except NotFound:
            await host.ask("statuses", f"/api/v1/statuses/{number}", {})
            return Page((), coverage=Coverage.UNKNOWN)
        following = host.following(answer, path)
        page = quotes_page(answer.body, host.name, post, self._now(), following)
        return moving(_as_seen_by(host, post, page), cursor)

    async def own_posts(
        self, account: AccountRef, auth: Auth, since: Watermark | None, cursor: str | None
    ) -> Page[OwnPost]:
        """List posts and boosts: this alone tells when a holder boosted."""
        ref = ProfileRef(Platform.MASTODON, account.id, account.handle)
        number, _, query = (cursor or "").partition("?")
        host, path = self._account_path(ref)
        if not is_number(number):
            known = self._numbers.get(account.id)
            number = known or _number_of((await host.ask("account_of", *path)).body)
        list_path = f"/api/v1/accounts/{number}/statuses"
        parameters = {"limit": _STATUSES_A_PAGE, **parameters_of(query)}
        try:
            answer = await host.ask("statuses_of", list_path, parameters)
        except NotFound:
            if self._numbers.pop(account.id, None) is None:
                raise
            # Whoever left and came back has the old name under a new number.
            return await self.own_posts(account, auth, since, None)
        self._remember(account.id, number)
        following = host.following(answer, list_path)
        page = own_posts_page(answer.body, account, host.name, self._now(), following)
        return _numbered(after(since, moving(page, query or None)), number)

    def _remember(self, account_id: str, number: str) -> None:
        """Keep under which number a host lists an account's posts: it saves every other call."""
        if len(self._numbers) >= _MOST_NUMBERS:
            self._numbers.pop(next(iter(self._numbers)))
        self._numbers[account_id] = number

    async def _metric(self, post: PostRef) -> MetricFact:
        _, body = await self._status(post)
        return metric(body, post, self._now())

    async def _profile(self, ref: ProfileRef) -> ProfileFact:
        host, path = self._account_path(ref)
        return profile((await host.ask("lookup", *path)).body, host.name, self._now())

    def _account_path(self, ref: ProfileRef) -> tuple[Host, tuple[str, dict[str, str]]]:
        """Return whom to ask about an account, and how."""
        if ref.id and (numbered := numbered_account(ref.id)):
            host = self._hosts.named(numbered[0])
            if host is not None:
                return host, (f"/api/v1/accounts/{numbered[1]}", {})
        named = acct_of(ref.id or "") or acct_of(ref.handle or "")
        if named is None:
            raise ValueError("Neither an account's address nor a handle.")
        home = self._hosts.named(named[0])
        host = home or self._hosts.first
        is_local = home is not None or named[0] is None
        acct = named[1] if is_local else f"{named[1]}@{named[0]}"
        return host, ("/api/v1/accounts/lookup", {"acct": acct})

    async def _status(self, post: PostRef) -> tuple[Host, object]:
        host, number = await self._place(post)
        return host, (await host.ask("statuses", f"/api/v1/statuses/{number}", {})).body

    async def _place(self, post: PostRef) -> tuple[Host, str]:
        """Return which host to ask for a post, and its number there."""
        place = place_of(post.id)
        home = self._hosts.named(place[0]) if place else None
        if place and home:
            return home, place[1]
        return self._hosts.first, await self._found_elsewhere(post)

    async def _found_elsewhere(self, post: PostRef) -> str:
        """Let the first host look for a post of another host; only callers with a token may."""
        host = self._hosts.first
        if host.token is None:
            raise MissingPermission("GEMA_MASTODON_TOKENS")
        parameters = {"q": post.id, "resolve": "true", "type": "statuses", "limit": "1"}
        body = (await host.ask("search", "/api/v2/search", parameters)).body
        found = wire.rows(wire.row(body).get("statuses"))
        if not found:
            raise NotFound
        return _number_of(found[0])


def _as_seen_by(host: Host, post: PostRef, page: Page[ShareFact]) -> Page[ShareFact]:
    """Claim no completeness for a post of another host: a host knows what reached it."""
    place = place_of(post.id)
    is_home = place is not None and place[0] == host.name
    return page if is_home else replace(page, coverage=Coverage.UNKNOWN)


def _number_of(body: object) -> str:
    number = wire.text(wire.row(body), "id")
    if number is None or not is_number(number):
        raise ContractError("The answer has no id.")
    return number


def _numbered(page: Page[OwnPost], number: str) -> Page[OwnPost]:
    return page if page.next is None else replace(page, next=f"{number}?{page.next}")
