"""Hashtags: thirty of them in a while, media of the last day, and never an author."""

from typing import Any

from workers.sandbox.chance import draw
from workers.sandbox.clock import rfc3339
from workers.sandbox.graph.desk import Call
from workers.sandbox.graph.errors import PARAMETER, GraphError, unsupported
from workers.sandbox.graph.fields import chosen
from workers.sandbox.instagram.view import caption
from workers.sandbox.naming.instagram import media_id
from workers.sandbox.network import Kind, Post
from workers.sandbox.programs import PROGRAMS

Json = dict[str, Any]
MOST_HASHTAGS = 30
_ANY_COUNT = 10**9
_DAY_SECONDS = 86_400
_HASHTAGS = [each.hashtag.lower() for program in PROGRAMS for each in program.campaigns]


def hashtag_search(call: Call) -> Json:
    """Return the id of a hashtag; the 31st other one within a window is refused."""
    _check_user(call)
    name = call.values.get("q", "").lower()
    if not name:
        raise GraphError(PARAMETER, "(#100) The parameter q is required")
    user, limits = call.values["user_id"], call.stage.limits
    first = limits.take(f"hashtag {name}", user, _ANY_COUNT).remaining == _ANY_COUNT - 1
    if first and limits.take("hashtags", user, MOST_HASHTAGS).is_refused:
        raise GraphError(18, "(#18) Too many hashtags were queried within seven days", 2207034)
    return {"data": [{"id": _hashtag_id(name)}]}


def recent_media(call: Call) -> Json:
    """List public media of the last day that carry a hashtag."""
    _check_user(call)
    names = {_hashtag_id(name): name for name in _HASHTAGS}
    name = names.get(call.subject)
    if name is None:
        raise unsupported(call.subject)
    posts = (each for each in call.network.posts.values() if _is_recent(call, each))
    found = [each for each in posts if f"#{name}" in caption(call.network, each).lower()]
    listed = tuple(sorted(found, key=lambda each: -each.id))
    return call.pager().page(listed, lambda each: _anonymous(call, each))


def _is_recent(call: Call, each: Post) -> bool:
    is_medium = each.kind is not Kind.REPOST and each.at > call.now - _DAY_SECONDS
    return is_medium and call.network.is_visible(each)


def _anonymous(call: Call, each: Post) -> Json:
    whole = {
        "id": media_id(each),
        "permalink": call.network.customs.post_url(call.network, each),
        "caption": caption(call.network, each),
        "timestamp": rfc3339(each.at).replace("Z", "+0000"),
        "media_type": "IMAGE",
    }
    return chosen(whole, call.values.get("fields", ""), "id")


def _check_user(call: Call) -> None:
    if call.values.get("user_id") != str(call.token.me.id):
        raise GraphError(PARAMETER, "(#100) The parameter user_id is required")


def _hashtag_id(name: str) -> str:
    return str(17_840_000_000_000_000 + int(draw("hashtag", name) * 10**13))
