"""The endpoints of X that Gema reads: paths, limits for 15 minutes, and what they cost."""

from dataclasses import dataclass

from api.domain.platform import Platform
from workers.platforms.base import Auth, AuthKind
from workers.platforms.ledger import PaidUnit
from workers.platforms.limiter import Bucket

WINDOW_SECONDS = 15 * 60
BATCH_SIZE = 100


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint, and how many calls of the application or of one account a window allows."""

    family: str
    path: str
    app_limit: int
    account_limit: int
    unit: PaidUnit
    own_unit: PaidUnit | None = None
    has_authors: bool = False

    def bucket(self, auth: Auth) -> Bucket:
        """Return the bucket that counts calls in this name."""
        limit = self.app_limit if auth.kind is AuthKind.APP else self.account_limit
        return Bucket(Platform.X, self.family, auth.bucket, limit, WINDOW_SECONDS)

    def cost(self, auth: Auth, most: int) -> dict[PaidUnit, int]:
        """Return the most that an answer of so many items can cost."""
        is_own = auth.kind is AuthKind.ACCOUNT and self.own_unit is not None
        unit = self.own_unit if is_own and self.own_unit else self.unit
        return {unit: most} | ({PaidUnit.INCLUDED_USER_READ: most} if self.has_authors else {})


USERS = Endpoint("users", "/2/users", 300, 900, PaidUnit.USER_READ)
ME = Endpoint("users_me", "/2/users/me", 75, 75, PaidUnit.USER_READ, PaidUnit.OWN_READ)
USERS_BY_HANDLE = Endpoint("users_by", "/2/users/by", 300, 900, PaidUnit.USER_READ)
POSTS = Endpoint("tweets", "/2/tweets", 3500, 5000, PaidUnit.POST_READ)
POST_AUTHORS = Endpoint("tweets", "/2/tweets", 3500, 5000, PaidUnit.POST_READ, has_authors=True)
REPOSTS = Endpoint(
    "retweets", "/2/tweets/{id}/retweets", 75, 75, PaidUnit.POST_READ, has_authors=True
)
QUOTES = Endpoint(
    "quote_tweets", "/2/tweets/{id}/quote_tweets", 75, 75, PaidUnit.POST_READ, has_authors=True
)
SEARCH = Endpoint(
    "search_recent", "/2/tweets/search/recent", 450, 300, PaidUnit.POST_READ, has_authors=True
)
OWN_POSTS = Endpoint(
    "user_tweets", "/2/users/{id}/tweets", 10_000, 900, PaidUnit.POST_READ, PaidUnit.OWN_READ
)
