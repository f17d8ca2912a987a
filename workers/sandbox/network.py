"""One network's accounts and posts, and who of the outside world may see them."""

from bisect import insort
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from heapq import heappop, heappush

from workers.sandbox.customs import Customs
from workers.sandbox.snowflake import Mint


class Kind(StrEnum):
    """What a post is."""

    ORIGINAL = "ORIGINAL"
    REPOST = "REPOST"
    QUOTE = "QUOTE"


class Refused(Exception):
    """The world does not allow this act."""


@dataclass(slots=True)
class Account:
    """Somebody on the network."""

    id: int
    handle: str
    name: str
    created_at: int
    followers_count: int
    following_count: int
    description: str
    is_protected: bool = False
    is_suspended: bool = False
    is_consenting: bool = False
    """Whether this civil servant's tracking consent is in force; the network does not know."""

    @property
    def is_public(self) -> bool:
        """Tell whether strangers see this account's posts."""
        return not (self.is_protected or self.is_suspended)


@dataclass(slots=True)
class Post:
    """An original, a repost or a quote."""

    id: int
    author_id: int
    at: int
    kind: Kind
    target_id: int | None
    text: str
    removed_at: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Posts in one list, newest first, and those that the list keeps to itself."""

    shown: tuple[Post, ...] = ()
    kept_back: tuple[Post, ...] = ()
    keys: tuple[int, ...] = ()
    """Negative ids of the shown posts: ascending, for look-ups by place."""


@dataclass(slots=True)
class Network:
    """Accounts and posts. Posts with a time to come wait until `settle` reaches it."""

    platform: str
    mint: Mint
    accounts: dict[int, Account] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    program_post_ids: list[int] = field(default_factory=list)
    customs: Customs = field(default_factory=Customs)
    members: dict[int, Account] = field(default_factory=dict)
    """On a network beside X: the accounts of civil servants, by the index of the person."""
    version: int = 0
    """Grows with every change that anybody could see."""
    _by_handle: dict[str, Account] = field(default_factory=dict)
    _passed_on: dict[tuple[int, Kind], list[Post]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _by_author: dict[int, list[Post]] = field(default_factory=lambda: defaultdict(list))
    _waiting: list[tuple[int, int, Post]] = field(default_factory=list)
    _listings: dict[tuple[object, ...], Listing] = field(default_factory=dict)
    _listings_version: int = -1

    def join(self, account: Account) -> Account:
        """Add an account."""
        if account.handle.lower() in self._by_handle:
            raise Refused(f"the handle {account.handle} is taken")
        self.accounts[account.id] = account
        self._by_handle[account.handle.lower()] = account
        return account

    def by_handle(self, handle: str) -> Account | None:
        """Return the account with this handle, in any case."""
        return self._by_handle.get(handle.lower())

    def rename(self, account: Account, handle: str) -> None:
        """Give an account another handle; its id stays."""
        if self._by_handle.get(handle.lower(), account) is not account:
            raise Refused(f"the handle {handle} is taken")
        del self._by_handle[account.handle.lower()]
        account.handle = handle
        self._by_handle[handle.lower()] = account
        self.version += 1

    def publish(self, author: Account, kind: Kind, target: Post | None, text: str, at: int) -> Post:
        """Make a post for a second that the world has reached."""
        post = self.draft(author, kind, target, text, at)
        self._place(post)
        return post

    def schedule(self, author: Account, kind: Kind, target: Post, text: str, at: int) -> Post:
        """Make a post for a second to come."""
        post = self.draft(author, kind, target, text, at)
        heappush(self._waiting, (post.at, post.id, post))
        return post

    def draft(self, author: Account, kind: Kind, target: Post | None, text: str, at: int) -> Post:
        """Return a post with an id of its own that is nowhere listed yet."""
        target_id = None if target is None else target.id
        return Post(self.mint.next_id(at), author.id, at, kind, target_id, text)

    def settle(self, now: int) -> None:
        """Let all waiting posts appear whose time has come."""
        while self._waiting and self._waiting[0][0] <= now:
            self._place(heappop(self._waiting)[2])

    def remove(self, post: Post, at: int) -> None:
        """Delete a post, or undo a repost."""
        post.removed_at = at
        self.version += 1

    def is_visible(self, post: Post) -> bool:
        """Tell whether strangers see this post. A repost goes with what it passes on."""
        if post.removed_at is not None or not self.accounts[post.author_id].is_public:
            return False
        if post.kind is not Kind.REPOST or post.target_id is None:
            return True
        return self.is_visible(self.posts[post.target_id])

    def passed_on(self, post_id: int, kind: Kind) -> Listing:
        """Return the reposts or the quotes of a post."""
        return self._listing(("passed on", post_id, kind), self._passed_on.get((post_id, kind), []))

    def written_by(self, account_id: int) -> Listing:
        """Return an account's own posts, reposts and quotes."""
        return self._listing(("written by", account_id), self._by_author.get(account_id, []))

    def everything_by(self, account_id: int) -> list[Post]:
        """Return all that an account wrote, newest first, with what is removed or hidden."""
        return self._by_author.get(account_id, [])[::-1]

    def every_pass(self, post_id: int, kind: Kind) -> list[Post]:
        """Return the reposts or quotes of a post, oldest first, with removed and hidden ones."""
        return self._passed_on.get((post_id, kind), [])

    def repost_of(self, author: Account, post: Post) -> Post | None:
        """Return the standing repost of a post by an account."""
        reposts = self._passed_on.get((post.id, Kind.REPOST), [])
        mine = (each for each in reposts if each.author_id == author.id and each.removed_at is None)
        return next(mine, None)

    def _place(self, post: Post) -> None:
        self.posts[post.id] = post
        insort(self._by_author[post.author_id], post, key=_id)
        if post.target_id is not None:
            insort(self._passed_on[post.target_id, post.kind], post, key=_id)
        self.version += 1

    def _listing(self, name: tuple[object, ...], posts: list[Post]) -> Listing:
        if self._listings_version != self.version:
            self._listings, self._listings_version = {}, self.version
        listing = self._listings.get(name)
        if listing is None:
            listing = self._listings[name] = self._sorted(posts)
        return listing

    def _sorted(self, posts: list[Post]) -> Listing:
        shown = tuple(post for post in reversed(posts) if self.is_visible(post))
        kept_back = tuple(post for post in reversed(posts) if self._is_kept_back(post))
        return Listing(shown, kept_back, tuple(-post.id for post in shown))

    def _is_kept_back(self, post: Post) -> bool:
        return post.removed_at is None and not self.accounts[post.author_id].is_public


def _id(post: Post) -> int:
    return post.id
