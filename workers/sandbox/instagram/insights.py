"""Figures of own media: nothing at all for 48 hours, which does not mean 0."""

from typing import Any

from workers.sandbox.chance import draw
from workers.sandbox.graph.desk import Call
from workers.sandbox.graph.errors import PARAMETER, GraphError, unsupported
from workers.sandbox.naming.instagram import find_media, reshare_count
from workers.sandbox.network import Network, Post

Json = dict[str, Any]
LATE_SECONDS = 48 * 3_600
METRICS = ("views", "reach", "shares", "saved", "likes", "comments", "total_interactions")


def insights(call: Call) -> Json:
    """Return the asked figures of a medium of the account behind the token."""
    found = find_media(call.network, call.subject)
    if found is None or found.removed_at is not None or found.author_id != call.token.me.id:
        raise unsupported(call.subject)
    metrics = [name for name in call.values.get("metric", "").split(",") if name]
    if not metrics or any(name not in METRICS for name in metrics):
        allowed = ", ".join(METRICS)
        raise GraphError(PARAMETER, f"(#100) metric must be one of the following: {allowed}")
    is_missing = call.stage.faults.strike("missing_metrics", call.path, "insights", found.id)
    if call.now < found.at + LATE_SECONDS or is_missing:
        return {"data": []}
    figures = _figures(call.network, found)
    return {"data": [_figure(call.subject, name, figures[name]) for name in metrics]}


def _figures(network: Network, found: Post) -> dict[str, int]:
    share_count = reshare_count(network, found)
    like_count = share_count * 3
    counts = {
        "reach": 120 + int(draw("reach", found.id) * 4_000),
        "shares": share_count,
        "saved": share_count // 2,
        "likes": like_count,
        "comments": like_count // 9,
    }
    views = counts["reach"] * 13 // 10
    total = share_count + counts["saved"] + like_count + counts["comments"]
    return counts | {"views": views, "total_interactions": total}


def _figure(subject: str, name: str, value: int) -> Json:
    return {
        "name": name,
        "period": "lifetime",
        "values": [{"value": value}],
        "title": name.replace("_", " ").title(),
        "id": f"{subject}/insights/{name}/lifetime",
    }
