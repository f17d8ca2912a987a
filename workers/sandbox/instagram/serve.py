"""Instagram's nodes and edges."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.sandbox.clock import unix_seconds
from workers.sandbox.graph.desk import Call, Site
from workers.sandbox.graph.desk import routes as graph_routes
from workers.sandbox.graph.errors import NO_PERMISSION, PARAMETER, GraphError, unsupported
from workers.sandbox.graph.fields import Field, chosen, fields
from workers.sandbox.instagram.hashtags import hashtag_search, recent_media
from workers.sandbox.instagram.insights import insights
from workers.sandbox.instagram.view import account, chosen_media, media_of, without
from workers.sandbox.naming.instagram import find_media, has_tag, is_professional
from workers.sandbox.network import Account, Kind, Post
from workers.sandbox.stage import Stage

Json = dict[str, Any]
STORY_SECONDS = 24 * 3_600
_DISCOVERED_MEDIA_COUNT = 25
_EXPANDED = ("business_discovery", "mentioned_media")


def routes(stage: Stage) -> list[Route]:
    """Return Instagram's addresses, and those at which mentioned stories can be fetched."""

    async def story(request: Request) -> Response:
        return _story(stage, str(request.path_params["code"]))

    edges = {"media": _media, "tags": _tags, "insights": insights, "recent_media": recent_media}
    roots = {"ig_hashtag_search": hashtag_search}
    site = Site("INSTAGRAM", "instagram", _node, edges, roots, is_all_business=True)
    return [Route("/story/{code}", story, methods=["GET"]), *graph_routes(stage, site)]


def _node(call: Call) -> Json:
    found = find_media(call.network, call.subject)
    if found is not None:
        return _medium(call, found)
    me = myself(call)
    text = call.values.get("fields", "")
    body = chosen(account(call.network, me), without(_EXPANDED, text), "id")
    for field in fields(text, "id"):
        if field.name == "business_discovery":
            body[field.name] = _discovered(call, field)
        elif field.name == "mentioned_media":
            body[field.name] = _mentioned(call, me, field)
    return body


def _medium(call: Call, found: Post) -> Json:
    is_gone = found.removed_at is not None or found.kind is Kind.REPOST
    if is_gone or call.token.me.id != found.author_id:
        raise unsupported(call.subject)
    return chosen_media(call, found)


def _discovered(call: Call, field: Field) -> Json:
    """Tell of another professional account; personal ones are as if they were not there."""
    found = call.network.by_handle(field.value)
    is_shown = found is not None and found.is_public and is_professional(call.network, found)
    if found is None or not is_shown:
        raise GraphError(110, "Invalid user id", 2207013)
    names = without(("media",), field.inner)
    body = chosen(account(call.network, found), names, "id")
    for inner in fields(field.inner, "id"):
        if inner.name == "media":
            listed = media_of(call.network, found, is_own=False)[:_DISCOVERED_MEDIA_COUNT]
            body["media"] = {"data": [chosen_media(call, each, inner.inner) for each in listed]}
    return body


def _mentioned(call: Call, me: Account, field: Field) -> Json:
    found = find_media(call.network, field.value)
    is_mention = found is not None and found.kind is Kind.QUOTE and not has_tag(found)
    if found is None or not is_mention or not call.network.is_visible(found):
        raise unsupported(field.value)
    if found.target_id is None or call.network.posts[found.target_id].author_id != me.id:
        raise unsupported(field.value)
    return chosen_media(call, found, field.inner)


def _media(call: Call) -> Json:
    """List the media of the account behind the token, whoever else may see them."""
    me = myself(call)
    since, until = _time(call, "since", 0), _time(call, "until", 2**40)
    mine = media_of(call.network, me, is_own=True)
    wanted = tuple(each for each in mine if since <= each.at < until)
    return call.pager().page(wanted, lambda each: chosen_media(call, each))


def _tags(call: Call) -> Json:
    """List the media of public accounts in which the account behind the token is tagged."""
    me = myself(call)
    network = call.network
    originals = media_of(network, me, is_own=True)
    tagging = (
        share
        for original in originals
        for share in network.passed_on(original.id, Kind.QUOTE).shown
        if has_tag(share)
    )
    listed = tuple(sorted(tagging, key=lambda each: -each.id))
    return call.pager().page(listed, lambda each: chosen_media(call, each))


def myself(call: Call) -> Account:
    """Return the professional account behind the token.

    Raises:
        GraphError: another account was asked for, or this one is personal.
    """
    me = call.token.me
    if call.subject not in ("me", str(me.id)):
        raise unsupported(call.subject)
    if not is_professional(call.network, me):
        raise GraphError(NO_PERMISSION)
    return me


def _time(call: Call, name: str, default: int) -> int:
    text = call.values.get(name, "")
    if not text:
        return default
    try:
        return int(text) if text.isdigit() else unix_seconds(text)
    except ValueError:
        raise GraphError(PARAMETER, f"(#100) {name} is no time") from None


def _story(stage: Stage, code: str) -> Response:
    """Return the picture of a mentioned story, until its day is over."""
    network = stage.world.network("INSTAGRAM")
    now = stage.now()
    found = network.customs.find_post(network, code) if network else None
    is_alive = found is not None and found.removed_at is None and now < found.at + STORY_SECONDS
    return Response(b"\x89PNG", 200, media_type="image/png") if is_alive else Response(b"", 404)
