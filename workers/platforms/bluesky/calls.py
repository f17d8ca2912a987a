"""The methods of the AT Protocol that Gema reads."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.domain.platform import Platform
from workers.platforms.base import APP, Auth
from workers.platforms.limiter import Bucket
from workers.platforms.transport import Call

BATCH_SIZE = 25
PAGE_SIZE = "100"

_LIMIT, _WINDOW_SECONDS = 3_000, 300


@dataclass(frozen=True, slots=True)
class Method:
    """One method by its name in the protocol. `is_of_record_server` tells whom to ask."""

    name: str
    is_of_record_server: bool = False

    def call(self, parameters: Mapping[str, str | tuple[str, ...]], auth: Auth = APP) -> Call:
        """Return a call; servers count by address, and their headers correct the bucket."""
        family = self.name.rsplit(".", 1)[-1]
        bucket = Bucket(Platform.BLUESKY, family, "app", _LIMIT, _WINDOW_SECONDS)
        path = f"/xrpc/{self.name}"
        return Call(family, path, bucket, auth=auth, parameters=parameters, token=auth.token)


REPOSTED_BY = Method("app.bsky.feed.getRepostedBy")
QUOTES = Method("app.bsky.feed.getQuotes")
POSTS = Method("app.bsky.feed.getPosts")
AUTHOR_FEED = Method("app.bsky.feed.getAuthorFeed")
PROFILE = Method("app.bsky.actor.getProfile")
PROFILES = Method("app.bsky.actor.getProfiles")
SESSION = Method("com.atproto.server.getSession", is_of_record_server=True)
RESOLVE_HANDLE = Method("com.atproto.identity.resolveHandle")
RECORDS = Method("com.atproto.repo.listRecords", is_of_record_server=True)
