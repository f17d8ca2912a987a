"""What a post or a profile is called on its network, and the answers of the URL parser."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from api.domain.platform import Platform


class Reason(StrEnum):
    """Why a URL is refused."""

    MALFORMED = "MALFORMED"
    NOT_HTTPS = "NOT_HTTPS"
    USER_INFO = "USER_INFO"
    PORT = "PORT"
    PRIVATE_ADDRESS = "PRIVATE_ADDRESS"
    LOOK_ALIKE_HOST = "LOOK_ALIKE_HOST"
    UNKNOWN_HOST = "UNKNOWN_HOST"
    NOT_A_POST = "NOT_A_POST"
    BAD_ID = "BAD_ID"


@dataclass(frozen=True, slots=True)
class PostRef:
    """One post. `id` names it on its network for good; `url` is its canonical address for people.

    Ids are text everywhere. For Bluesky `id` is the at-uri, for Mastodon the canonical URL, since
    a number there belongs to one host. `author` is the handle as the URL or the network says it.
    """

    platform: Platform
    id: str
    url: str
    author: str | None = None
    author_id: str | None = None
    posted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProfileRef:
    """One account to look up, by its immutable id or, while that is not known, by its handle."""

    platform: Platform
    id: str | None = None
    handle: str | None = None

    def __post_init__(self) -> None:
        if self.id is None and self.handle is None:
            raise ValueError("A profile is named by an id or a handle.")

    @property
    def name(self) -> str:
        """Return what the account is asked for by: the id, else the handle."""
        return self.id or self.handle or ""


@dataclass(frozen=True, slots=True)
class NeedsRedirect:
    """A short link: only its redirect tells which post it means."""

    platform: Platform
    url: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The URL names no post that can be tracked."""

    reason: Reason


Parsed = PostRef | NeedsRedirect | Refused
