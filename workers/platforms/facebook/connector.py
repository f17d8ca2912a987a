"""The connector of Facebook."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from api.domain.matching import NeedsRedirect, PostRef, ProfileRef, facebook
from api.domain.platform import AudienceKind, AudienceSource, Coverage, Platform
from api.settings import FacebookPlatform
from workers.platforms import wire
from workers.platforms.base import (
    APP,
    AccountRef,
    Auth,
    AuthKind,
    Cap,
    ContractError,
    Event,
    MetricFact,
    MissingPermission,
    OwnPost,
    Page,
    PartialConnector,
    ProfileFact,
    ShareFact,
    Watermark,
)
from workers.platforms.facebook.events import events_in
from workers.platforms.facebook.posts import (
    METRIC_FIELDS,
    OWN_FIELDS,
    POST_FIELDS,
    SHARE_FIELDS,
    metric,
    own_posts,
    resolved_post,
    shares_page,
    with_views,
)
from workers.platforms.graph.client import PAGE_SIZE, GraphClient, Question
from workers.platforms.graph.windows import following_window, window_parameters
from workers.platforms.paging import each_of, own_only
from workers.platforms.redaction import redact_json
from workers.platforms.redirects import Redirects
from workers.platforms.transport import ClientTools

_BATCH_SIZE = 10
_PAGE_TOKENS_FOR = timedelta(minutes=10)
_INSIGHTS = "post_media_view,post_total_media_view_unique"


class FacebookConnector(PartialConnector):
    """Reads pages with the tokens of pages, and people only with their own."""

    platform = Platform.FACEBOOK
    caps = (
        Cap.PROFILE_OWN
        | Cap.RESHARERS
        | Cap.OWN_POSTS_BY_TOKEN
        | Cap.METRICS
        | Cap.OWN_METRICS
        | Cap.WEBHOOK
        | Cap.RESOLVE_URL
        | Cap.LOGIN
    )
    batch_size = _BATCH_SIZE

    def __init__(self, settings: FacebookPlatform, tools: ClientTools) -> None:
        self._settings = settings
        self._now = tools.clock
        self._graph = GraphClient(
            Platform.FACEBOOK, settings.base_url, settings.version, settings.app_secret, tools
        )
        self._redirects = Redirects(Platform.FACEBOOK, tools)
        self._page_tokens: dict[str, str] = {}
        self._page_tokens_until: datetime | None = None

    async def close(self) -> None:
        await self._graph.close()
        await self._redirects.close()

    async def resolve(
        self, ref: PostRef | ProfileRef | NeedsRedirect, auth: Auth
    ) -> PostRef | ProfileRef:
        """Complete a post that the token may see: of a page of ours, or of the account itself."""
        self._check_enabled()
        if isinstance(ref, NeedsRedirect):
            return await self._redirects.follow(ref)
        if isinstance(ref, ProfileRef):
            fact = await self.me(auth)
            return ProfileRef(Platform.FACEBOOK, fact.id, ref.handle)
        question = await self._about(ref, auth, "post", {"fields": POST_FIELDS})
        return resolved_post(await self._graph.ask(question), ref, self._now())

    async def me(self, auth: Auth) -> ProfileFact:
        """Read who a token belongs to, and how many friends they have in all."""
        self._check_enabled()
        token = _own_token(auth)
        body = await self._graph.ask(Question("me", "me", token, auth, {"fields": "id,name"}))
        native_id = wire.text(body, "id")
        if native_id is None:
            raise ContractError("The account has no id.", redact_json(body))
        friends = Question("friends", "me/friends", token, auth, {"summary": "true", "limit": "1"})
        summary = wire.row((await self._graph.ask(friends)).get("summary"))
        return ProfileFact(
            platform=Platform.FACEBOOK,
            id=native_id,
            observed_at=self._now(),
            audience_count=wire.count(summary, "total_count"),
            audience_kind=AudienceKind.FRIENDS,
            audience_source=AudienceSource.OWNER_API,
        )

    async def profiles(self, refs: Sequence[ProfileRef], auth: Auth) -> Page[ProfileFact]:
        """Read the account behind a token; nobody else's friends can be counted."""
        return await own_only(refs, self.me, auth)

    async def resharers(self, post: PostRef, auth: Auth, cursor: str | None) -> Page[ShareFact]:
        """List all shares of consenting people at once: its cursors must not be kept."""
        parameters = {"fields": SHARE_FIELDS, "limit": PAGE_SIZE}
        question = await self._about(post, auth, "sharedposts", parameters, "/sharedposts")
        return shares_page(await self._graph.whole(question), post, self._now())

    async def own_posts(
        self, account: AccountRef, auth: Auth, since: Watermark | None, cursor: str | None
    ) -> Page[OwnPost]:
        self._check_enabled()
        window = window_parameters(since, cursor)
        parameters = {"fields": OWN_FIELDS, "limit": PAGE_SIZE, **window}
        sheet = await self._graph.sheet(
            Question("posts", "me/posts", _own_token(auth), auth, parameters)
        )
        page = own_posts(sheet, account, self._now())
        if sheet.after is None:
            return page
        following = following_window([one.occurred_at for one in page.items], cursor)
        return replace(page, next=following, coverage=Coverage.UNKNOWN)

    async def metrics(self, posts: Sequence[PostRef], auth: Auth) -> Page[MetricFact]:
        async def read(post: PostRef) -> MetricFact:
            return await self._metric(post, auth)

        return await each_of(posts, read, [post.id for post in posts], _BATCH_SIZE)

    def events(self, body: bytes) -> list[Event]:
        return events_in(body, self._now())

    async def _metric(self, post: PostRef, auth: Auth) -> MetricFact:
        question = await self._about(post, auth, "metrics", {"fields": METRIC_FIELDS})
        fact = metric(await self._graph.ask(question), post, self._now())
        if auth.kind is AuthKind.ACCOUNT:
            return fact
        insights = await self._about(post, auth, "insights", {"metric": _INSIGHTS}, "/insights")
        try:
            return with_views(fact, await self._graph.sheet(insights))
        except MissingPermission:  # Pages with fewer than 100 likes have none.
            return fact

    async def _about(
        self,
        post: PostRef,
        auth: Auth,
        family: str,
        parameters: dict[str, str],
        edge: str = "",
    ) -> Question:
        """Return a question about a post, with the token that may ask it."""
        self._check_enabled()
        path = f"{_checked_id(post.id)}{edge}"
        if auth.kind is AuthKind.ACCOUNT:
            return Question(family, path, _own_token(auth), auth, parameters)
        token = await self._page_token(post.id.partition("_")[0])
        return Question(family, path, token, APP, parameters, is_business=True)

    async def _page_token(self, page_id: str) -> str:
        """Return the token of a page of ours; for any other page, that of the system user."""
        now = self._now()
        if self._page_tokens_until is None or now >= self._page_tokens_until:
            self._page_tokens = await self._listed_pages()
            self._page_tokens_until = now + _PAGE_TOKENS_FOR
        return self._page_tokens.get(page_id, self._settings.system_token)

    async def _listed_pages(self) -> dict[str, str]:
        parameters = {"fields": "id,access_token", "limit": PAGE_SIZE}
        token = self._settings.system_token
        if not token:
            raise MissingPermission("GEMA_FACEBOOK_SYSTEM_TOKEN")
        sheet = await self._graph.whole(Question("accounts", "me/accounts", token, APP, parameters))
        pairs = ((wire.text(row, "id"), wire.text(row, "access_token")) for row in sheet.rows)
        return {page_id: token for page_id, token in pairs if page_id and token}

    def _check_enabled(self) -> None:
        if not self._settings.is_enabled:
            raise MissingPermission("GEMA_FACEBOOK_ENABLED")


def _own_token(auth: Auth) -> str:
    if auth.kind is not AuthKind.ACCOUNT or not auth.token:
        raise MissingPermission("a token of the account itself")
    return auth.token


def _checked_id(native_id: str) -> str:
    if not facebook.is_id(native_id):
        raise ValueError("Not an id of Facebook.")
    return native_id
