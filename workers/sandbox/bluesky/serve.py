"""Bluesky's addresses: one for each method, below /xrpc. AppView and PDS are one server here."""

import math

from starlette.routing import Route

from workers.sandbox import desk
from workers.sandbox.bluesky.answers import METHODS, unknown
from workers.sandbox.limits import Allowance
from workers.sandbox.stage import Stage

_NAMES = {
    404: ("XRPCNotSupported", "Locked"),
    429: ("RateLimitExceeded", "Rate Limit Exceeded"),
    502: ("UpstreamFailure", "Upstream Failure"),
    503: ("NotEnoughResources", "Not Enough Resources"),
}


class BlueskyManners:
    """How limits and failures are told."""

    platform = "BLUESKY"
    limit = 3_000

    def headers(self, allowance: Allowance, stage: Stage, path: str) -> dict[str, str]:
        window_seconds = math.ceil(stage.short_limits.window_seconds)
        headers = {
            "RateLimit-Limit": str(allowance.limit),
            "RateLimit-Remaining": str(allowance.remaining),
            "RateLimit-Reset": str(allowance.reset_at),
            "RateLimit-Policy": f"{allowance.limit};w={window_seconds}",
        }
        if allowance.is_refused:
            wait_seconds = max(0, math.ceil(allowance.reset_at - stage.clock.real_at))
            headers["Retry-After"] = str(wait_seconds)
        return headers

    def failure(self, status: int) -> dict[str, str]:
        name, message = _NAMES.get(status, ("InternalServerError", "Internal Server Error"))
        return {"error": name, "message": message}


def routes(stage: Stage) -> list[Route]:
    """Return Bluesky's addresses."""
    answers = {f"/xrpc/{name}": answer for name, answer in METHODS.items()}
    return desk.routes(stage, BlueskyManners(), {**answers, "/{rest:path}": unknown})
