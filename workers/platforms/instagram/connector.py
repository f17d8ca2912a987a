"""The connector of Instagram."""

from collections.abc import Sequence
from dataclasses import replace

from api.domain.handles import normalise_handle
from api.domain.matching import NeedsRedirect, PostRef, ProfileRef, instagram
from api.domain.platform import Coverage, Platform
from api.settings import InstagramPlatform
from workers.platforms import wire
from workers.platforms.base import (
    APP,
    AccountRef,
    Auth,
    AuthKind,
    Cap,
    Event,
    FoundPost,
    IssueCode,
    ItemIssue,
    Mention,
    MetricFact,
    MissingPermission,
    NotFound,
    OwnPost,
    Page,
    PartialConnector,
    ProfileFact,
    Watermark,
)
from workers.platforms.graph.client import PAGE_SIZE, GraphClient, Question
from workers.platforms.graph.rows import issues_of
from workers.platforms.graph.windows import following_window, window_parameters
from workers.platforms.instagram import media, profiles
from workers.platforms.instagram.events import events_in
from workers.platforms.paging import own_only
from workers.platforms.redirects import Redirects
from workers.platforms.transport import ClientTools

_BATCH_SIZE = 10


class _OtherAccount(NotFound):
    """Another account has the handle of the one that was asked for."""


class InstagramConnector(PartialConnector):
    """Reads professional accounts: with their own token, or as an official account sees them."""

    platform = Platform.INSTAGRAM
    caps = (
        Cap.PROFILE_PUBLIC
        | Cap.PROFILE_OWN
        | Cap.OWN_POSTS_BY_TOKEN
        | Cap.METRICS
        | Cap.OWN_METRICS
        | Cap.MENTIONS
        | Cap.WEBHOOK
        | Cap.RESOLVE_URL
        | Cap.LOGIN
    )
    batch_size = _BATCH_SIZE

    def __init__(self, settings: InstagramPlatform, tools: ClientTools) -> None:
        self._settings = settings
        self._now = tools.clock
        wiring = (settings.version, settings.app_secret, tools)
        self._graph = GraphClient(Platform.INSTAGRAM, settings.base_url, *wiring)
        self._discovery = GraphClient(Platform.INSTAGRAM, settings.discovery_url, *wiring)
        self._redirects = Redirects(Platform.INSTAGRAM, tools)
        self._tokens = dict(settings.accounts)
        self._media_ids: dict[tuple[str, str], str] = {}
        self.watched = tuple(AccountRef(Platform.INSTAGRAM, name) for name in self._tokens)

    async def close(self) -> None:
        await self._graph.close()
        await self._discovery.close()
        await self._redirects.close()

    async def resolve(
        self, ref: PostRef | ProfileRef | NeedsRedirect, auth: Auth
    ) -> PostRef | ProfileRef:
        """Complete a reference. A post needs the handle of its author, whose latest are listed."""
        self._check_enabled()
        if isinstance(ref, NeedsRedirect):
            return await self._redirects.follow(ref)
        if isinstance(ref, ProfileRef):
            fact = await self._discovered(ref)
            return ProfileRef(Platform.INSTAGRAM, fact.id, fact.handle)
        if ref.author is None:
            raise MissingPermission("posts whose author is not known")
        inner = "id,username,media{shortcode,permalink,timestamp}"
        found = media.resolved_post(await self._discover(ref.author, inner), ref, self._now())
        if found is None:
            raise NotFound
        return found

    async def me(self, auth: Auth) -> ProfileFact:
        self._check_enabled()
        fields = {"fields": profiles.OWN_FIELDS}
        body = await self._graph.ask(_own("me", "me", auth, fields))
        return profiles.own_profile(body, self._now())

    async def profiles(self, refs: Sequence[ProfileRef], auth: Auth) -> Page[ProfileFact]:
        """Read professional accounts by handle, one a call; personal ones cannot be counted."""
        self._check_enabled()
        if auth.kind is AuthKind.ACCOUNT:
            return await own_only(refs, self.me, auth)
        if len(refs) > _BATCH_SIZE:
            raise ValueError(f"One call names at most {_BATCH_SIZE} items.")
        found, issues = [], []
        for ref in refs:
            try:
                found.append(await self._discovered(ref))
            except _OtherAccount:
                issues.append(ItemIssue(ref.name, IssueCode.OTHER_ACCOUNT))
            except NotFound:
                issues.append(ItemIssue(ref.name, IssueCode.NOT_ANSWERED))
        return Page(tuple(found), issues=tuple(issues))

    async def own_posts(
        self, account: AccountRef, auth: Auth, since: Watermark | None, cursor: str | None
    ) -> Page[OwnPost]:
        """Read media; a story that passes another on is not listed anywhere."""
        self._check_enabled()
        window = window_parameters(since, cursor)
        parameters = {"fields": media.OWN_FIELDS, "limit": PAGE_SIZE, **window}
        sheet = await self._graph.sheet(_own("media", "me/media", auth, parameters))
        read = [media.own_post(row, account, self._now()) for row in sheet.rows]
        items = tuple({one.id: one for one in read if one is not None}.values())
        page = Page(items, issues=issues_of(sheet, read))
        if sheet.after is None:
            return page
        following = following_window([one.occurred_at for one in items], cursor)
        return replace(page, next=following, coverage=Coverage.UNKNOWN)

    async def metrics(self, posts: Sequence[PostRef], auth: Auth) -> Page[MetricFact]:
        """Read insights of media of the token's account, or of the official accounts."""
        self._check_enabled()
        if len(posts) > _BATCH_SIZE:
            raise ValueError(f"One call names at most {_BATCH_SIZE} items.")
        speakers = [auth] if auth.kind is AuthKind.ACCOUNT else self._officials()
        found, issues = [], []
        for post in posts:
            fact, code = await self._insight(post, speakers)
            if fact is not None:
                found.append(fact)
            else:
                issues.append(ItemIssue(post.id, code))
        return Page(tuple(found), issues=tuple(issues))

    async def mentions(
        self, account: AccountRef, auth: Auth, cursor: str | None
    ) -> Page[FoundPost]:
        """List all media that tag an official account: its cursors must not be kept."""
        self._check_enabled()
        parameters = {"fields": media.TAG_FIELDS, "limit": PAGE_SIZE}
        path = f"{_subject(account.id)}/tags"
        sheet = await self._discovery.whole(
            Question("tags", path, self._token(account.id), APP, parameters, is_business=True)
        )
        read = [media.found_post(row, self._now()) for row in sheet.rows]
        items = {one.id: one for one in read if one is not None}
        coverage = Coverage.CAPPED if sheet.is_capped else Coverage.UNKNOWN
        return Page(tuple(items.values()), None, issues_of(sheet, read), coverage)

    async def mentioned(self, mention: Mention, auth: Auth) -> FoundPost:
        self._check_enabled()
        if not mention.native_id.isdigit():
            raise NotFound
        asked = f"mentioned_media.media_id({mention.native_id}){{{media.TAG_FIELDS}}}"
        for name, token in self._candidates(mention.account_id):
            question = Question(
                "mentioned_media", _subject(name), token, APP, {"fields": asked}, is_business=True
            )
            try:
                body = await self._discovery.ask(question)
            except NotFound:
                continue
            if found := media.found_post(wire.row(body.get("mentioned_media")), self._now()):
                return found
        raise NotFound

    def events(self, body: bytes) -> list[Event]:
        return events_in(body, self._now())

    async def _discovered(self, ref: ProfileRef) -> ProfileFact:
        """Read an account by handle. One whose id is another is not the account that was meant."""
        if ref.handle is None:
            raise NotFound
        found = await self._discover(ref.handle, profiles.OTHER_FIELDS)
        fact = profiles.other_profile(found, self._now())
        if ref.id is not None and fact.id != ref.id:
            raise _OtherAccount
        return fact

    async def _discover(self, handle: str, inner: str) -> wire.Row:
        handle = normalise_handle(Platform.INSTAGRAM, handle)
        name, token = next(iter(self._tokens.items()), ("me", ""))
        asked = f"business_discovery.username({handle}){{{inner}}}"
        question = Question(
            "business_discovery", _subject(name), token, APP, {"fields": asked}, is_business=True
        )
        return wire.row((await self._discovery.ask(question)).get("business_discovery"))

    async def _insight(
        self, post: PostRef, speakers: Sequence[Auth]
    ) -> tuple[MetricFact | None, IssueCode]:
        for auth in speakers:
            media_id = await self._media_id(_checked_code(post.id), auth)
            if media_id is None:
                continue
            parameters = {"metric": media.FIGURES}
            sheet = await self._graph.sheet(
                _own("insights", f"{media_id}/insights", auth, parameters)
            )
            return media.insight(sheet, post, self._now()), IssueCode.NOT_ANSWERED
        return None, IssueCode.NOT_FOUND

    async def _media_id(self, code: str, auth: Auth) -> str | None:
        """Return the number that the API has for a medium of an account: no address shows it."""
        if (auth.bucket, code) not in self._media_ids:
            parameters = {"fields": "id,shortcode,permalink", "limit": PAGE_SIZE}
            sheet = await self._graph.whole(_own("media", "me/media", auth, parameters))
            for row in sheet.rows:
                listed, media_id = media.shortcode(row), wire.text(row, "id")
                if listed is not None and media_id is not None and media_id.isdigit():
                    self._media_ids[auth.bucket, listed] = media_id
        return self._media_ids.get((auth.bucket, code))

    def _officials(self) -> list[Auth]:
        return [Auth(AuthKind.APP, token) for token in self._tokens.values()]

    def _candidates(self, account_id: str) -> list[tuple[str, str]]:
        exact = [(name, token) for name, token in self._tokens.items() if name == account_id]
        return exact or list(self._tokens.items())

    def _token(self, name: str) -> str:
        if name not in self._tokens:
            raise MissingPermission("GEMA_INSTAGRAM_ACCOUNTS")
        return self._tokens[name]

    def _check_enabled(self) -> None:
        if not self._settings.is_enabled:
            raise MissingPermission("GEMA_INSTAGRAM_ENABLED")


def _own(family: str, path: str, auth: Auth, parameters: dict[str, str]) -> Question:
    """Return a question that only the account itself may ask."""
    if not auth.token:
        raise MissingPermission("a token of the account itself")
    return Question(family, path, auth.token, auth, parameters, is_business=True)


def _subject(name: str) -> str:
    return name if name.isdigit() else "me"


def _checked_code(code: str) -> str:
    if not instagram.is_id(code):
        raise ValueError("Not a code of Instagram.")
    return code
