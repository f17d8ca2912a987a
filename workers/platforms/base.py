"""What every connector offers: the Protocol, its capabilities, facts and errors. No HTTP here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, Flag, auto
from hashlib import sha256
from typing import NoReturn, Protocol

from api.domain.matching import NeedsRedirect, PostRef, ProfileRef
from api.domain.platform import Platform
from workers.platforms.errors import (
    AuthRevoked,
    ContractError,
    MissingPermission,
    NotFound,
    PlatformError,
    Protected,
    QuotaExhausted,
    RateLimited,
    Transient,
)
from workers.platforms.facts import (
    AccountRef,
    Event,
    FoundPost,
    IssueCode,
    ItemIssue,
    Mention,
    MetricFact,
    OwnPost,
    Page,
    ProfileFact,
    Reference,
    ReferenceKind,
    Removal,
    Revocation,
    ShareFact,
    Watermark,
)

__all__ = [
    "APP",
    "AccountRef",
    "Auth",
    "AuthKind",
    "AuthRevoked",
    "Cap",
    "Connector",
    "ContractError",
    "Event",
    "FoundPost",
    "IssueCode",
    "ItemIssue",
    "Mention",
    "MetricFact",
    "MissingPermission",
    "NeedsRedirect",
    "NotFound",
    "OwnPost",
    "Page",
    "PartialConnector",
    "PlatformError",
    "PostRef",
    "ProfileFact",
    "ProfileRef",
    "Protected",
    "QuotaExhausted",
    "RateLimited",
    "Reference",
    "ReferenceKind",
    "Removal",
    "Revocation",
    "ShareFact",
    "Transient",
    "Watermark",
]


class Cap(Flag):
    """What a connector can do. Callers ask before they call."""

    PROFILE_PUBLIC = auto()
    """`profiles` of anybody in the name of the application."""
    PROFILE_OWN = auto()
    """`me`, and `profiles` of the account behind a token."""
    RESHARERS = auto()
    QUOTES = auto()
    OWN_POSTS = auto()
    """`own_posts` in the name of the application."""
    OWN_POSTS_BY_TOKEN = auto()
    """`own_posts` with a token of the account only."""
    METRICS = auto()
    OWN_METRICS = auto()
    """`metrics` of an account's own posts with its token tells more, or tells it at all."""
    SEARCH = auto()
    """`search`: who posted a link."""
    MENTIONS = auto()
    """`mentions` and `mentioned` of the official accounts in `watched`."""
    WEBHOOK = auto()
    RESOLVE_URL = auto()
    LOGIN = auto()
    """Holders can link their account by OAuth 2."""


class AuthKind(Enum):
    """In whose name a network is asked."""

    APP = "app"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Auth:
    """In whose name a call is made. The token of the application stays inside the connector."""

    kind: AuthKind
    token: str | None = field(default=None, repr=False)

    @classmethod
    def of_account(cls, token: str) -> "Auth":
        """Ask in the name of an account that gave us this token."""
        return cls(AuthKind.ACCOUNT, token)

    @property
    def bucket(self) -> str:
        """Return a name for the limits of this token that does not reveal it."""
        if self.token is None:
            return self.kind.value
        return sha256(self.token.encode()).hexdigest()[:16]


APP = Auth(AuthKind.APP)


class Connector(Protocol):
    """One network. A method outside `caps` raises TypeError: calling it is a bug.

    `resharers` lists plain reposts and `quotes` lists posts of their own that quote; each is a list
    with its own cursor. Every method but `events` may raise any `PlatformError`.
    """

    @property
    def platform(self) -> Platform: ...

    @property
    def caps(self) -> Cap: ...

    @property
    def batch_size(self) -> int:
        """Return how many profiles or posts one call may name."""

    @property
    def watched(self) -> tuple[AccountRef, ...]:
        """Return the official accounts whose mentions are listed; empty where none are."""

    @property
    def list_cap(self) -> int | None:
        """Return after how many items a list of resharers may end without a word."""

    async def resolve(
        self, ref: PostRef | ProfileRef | NeedsRedirect, auth: Auth
    ) -> PostRef | ProfileRef:
        """Complete a reference: what a short link or a handle leads to, who wrote a post."""

    async def me(self, auth: Auth) -> ProfileFact:
        """Read the account behind a token."""

    async def profiles(self, refs: Sequence[ProfileRef], auth: Auth) -> Page[ProfileFact]:
        """Read up to `batch_size` accounts; an issue for each that is not answered."""

    async def resharers(self, post: PostRef, auth: Auth, cursor: str | None) -> Page[ShareFact]:
        """Read one page of the accounts that reposted a post."""

    async def quotes(self, post: PostRef, auth: Auth, cursor: str | None) -> Page[ShareFact]:
        """Read one page of the posts that quote a post."""

    async def own_posts(
        self, account: AccountRef, auth: Auth, since: Watermark | None, cursor: str | None
    ) -> Page[OwnPost]:
        """Read one page of what a consenting holder posted after the watermark, newest first."""

    async def metrics(self, posts: Sequence[PostRef], auth: Auth) -> Page[MetricFact]:
        """Read the figures of up to `batch_size` posts; an issue for each not answered."""

    async def search(
        self, link: str, auth: Auth, since: Watermark | None, cursor: str | None
    ) -> Page[FoundPost]:
        """Read one page of the recent posts that carry a link, newest first."""

    async def mentions(
        self, account: AccountRef, auth: Auth, cursor: str | None
    ) -> Page[FoundPost]:
        """Read one page of the posts that tag one of the `watched` accounts."""

    async def mentioned(self, mention: Mention, auth: Auth) -> FoundPost:
        """Read the post of which an event told only that it mentions an official account."""

    def events(self, body: bytes) -> list[Event]:
        """Read the body of an accepted webhook; what is not understood in it is left out."""

    async def close(self) -> None:
        """Close the connections."""


class PartialConnector:
    """Refuses whatever a network does not offer; connectors override what it does."""

    watched: tuple[AccountRef, ...] = ()
    list_cap: int | None = None

    async def resolve(
        self, ref: PostRef | ProfileRef | NeedsRedirect, auth: Auth
    ) -> PostRef | ProfileRef:
        self._refuse(Cap.RESOLVE_URL)

    async def me(self, auth: Auth) -> ProfileFact:
        self._refuse(Cap.PROFILE_OWN)

    async def profiles(self, refs: Sequence[ProfileRef], auth: Auth) -> Page[ProfileFact]:
        self._refuse(Cap.PROFILE_PUBLIC)

    async def resharers(self, post: PostRef, auth: Auth, cursor: str | None) -> Page[ShareFact]:
        self._refuse(Cap.RESHARERS)

    async def quotes(self, post: PostRef, auth: Auth, cursor: str | None) -> Page[ShareFact]:
        self._refuse(Cap.QUOTES)

    async def own_posts(
        self, account: AccountRef, auth: Auth, since: Watermark | None, cursor: str | None
    ) -> Page[OwnPost]:
        self._refuse(Cap.OWN_POSTS)

    async def metrics(self, posts: Sequence[PostRef], auth: Auth) -> Page[MetricFact]:
        self._refuse(Cap.METRICS)

    async def search(
        self, link: str, auth: Auth, since: Watermark | None, cursor: str | None
    ) -> Page[FoundPost]:
        self._refuse(Cap.SEARCH)

    async def mentions(
        self, account: AccountRef, auth: Auth, cursor: str | None
    ) -> Page[FoundPost]:
        self._refuse(Cap.MENTIONS)

    async def mentioned(self, mention: Mention, auth: Auth) -> FoundPost:
        self._refuse(Cap.MENTIONS)

    def events(self, body: bytes) -> list[Event]:
        self._refuse(Cap.WEBHOOK)

    def _refuse(self, cap: Cap) -> NoReturn:
        raise TypeError(f"{type(self).__name__} has no {cap.name}.")
