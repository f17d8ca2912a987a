"""Mastodon's addresses."""

from datetime import UTC, datetime

from starlette.routing import Route

from workers.sandbox import desk
from workers.sandbox.limits import Allowance
from workers.sandbox.mastodon.answers import ADDRESSES
from workers.sandbox.stage import Stage

_WORDS = {
    404: "Record not found",
    429: "Too many requests",
    503: "Remote data could not be fetched",
}


class MastodonManners:
    """How limits and failures are told."""

    platform = "MASTODON"
    limit = 300

    def headers(self, allowance: Allowance, stage: Stage, path: str) -> dict[str, str]:
        """Tell the reset as a time, or as some servers do, in seconds."""
        is_epoch = stage.faults.strike("epoch_reset", path, "reset") is not None
        moment = datetime.fromtimestamp(allowance.reset_at, UTC)
        reset = str(allowance.reset_at) if is_epoch else moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return {
            "X-RateLimit-Limit": str(allowance.limit),
            "X-RateLimit-Remaining": str(allowance.remaining),
            "X-RateLimit-Reset": reset,
        }

    def failure(self, status: int) -> dict[str, str]:
        return {"error": _WORDS.get(status, "An unexpected error occurred")}


def routes(stage: Stage) -> list[Route]:
    """Return Mastodon's addresses."""
    return desk.routes(stage, MastodonManners(), ADDRESSES)
