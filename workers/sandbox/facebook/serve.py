"""Facebook's nodes and edges."""

from typing import Any

from starlette.routing import Route

from workers.sandbox.chance import draw
from workers.sandbox.clock import unix_seconds
from workers.sandbox.facebook.view import chosen_post, graph_time, is_told, person, visible
from workers.sandbox.graph.desk import Call, Site
from workers.sandbox.graph.desk import routes as graph_routes
from workers.sandbox.graph.errors import (
    CUSTOM_LIMIT,
    NO_PERMISSION,
    PARAMETER,
    GraphError,
    unsupported,
)
from workers.sandbox.graph.fields import chosen
from workers.sandbox.graph.tokens import PAGE_PREFIX, Holder, owners
from workers.sandbox.network import Account, Kind, Network, Post
from workers.sandbox.programs import SOURCE
from workers.sandbox.stage import Stage

Json = dict[str, Any]
_POST_FIELDS = "id,created_time,message,story"
_USES_APP = 0.1
_CALLS_FOR_A_URL = 10
_INSIGHTS = ("post_media_view", "post_total_media_view_unique")


def routes(stage: Stage) -> list[Route]:
    """Return Facebook's addresses."""
    edges = {
        "accounts": _accounts,
        "friends": _friends,
        "posts": _posts,
        "sharedposts": _sharedposts,
        "insights": _insights,
    }
    return graph_routes(stage, Site("FACEBOOK", "pages", _node, edges, {"": _url}))


def _node(call: Call) -> Json:
    if "_" in call.subject:
        each = visible(call, call.subject)
        whole = chosen_post(call, each, _POST_FIELDS)
        return chosen(whole, call.values.get("fields", ""), _POST_FIELDS)
    return chosen(person(_subject(call)), call.values.get("fields", ""), "id,name")


def _accounts(call: Call) -> Json:
    """List the pages that a system user manages, each with its token."""
    if call.token.me.id not in owners(call.network):
        return {"data": []}
    pages = (call.network.accounts[each] for each in sorted(owners(call.network)))
    return {"data": [person(each) | {"access_token": f"{PAGE_PREFIX}{each.id}"} for each in pages]}


def _friends(call: Call) -> Json:
    """List the friends who use the app too; the total counts all of them."""
    me = _myself(call)
    others = (each for each in call.network.members.values() if each.is_consenting)
    friends = [each for each in others if each is not me and _are_friends(call.network, me, each)]
    friends = friends[: me.followers_count]
    body: Json = {"data": [person(each) for each in friends[:25]]}
    if call.values.get("summary", "").lower() in ("true", "1"):
        body["summary"] = {"total_count": me.followers_count}
    return body


def _posts(call: Call) -> Json:
    """List the holder's own posts, whoever else may see them."""
    me = _myself(call)
    since, until = _time(call, "since", 0), _time(call, "until", 2**40)
    listing = call.network.written_by(me.id)
    mine = sorted((*listing.shown, *listing.kept_back), key=lambda each: -each.id)
    wanted = tuple(each for each in mine if since <= each.at < until)
    return call.pager().page(wanted, lambda each: _written(call, each))


def _sharedposts(call: Call) -> Json:
    """List the shares of those people who gave this app their consent."""
    if call.token.holder is Holder.APP:
        raise GraphError(NO_PERMISSION)
    target = visible(call, call.subject)
    shares = [
        share
        for kind in (Kind.REPOST, Kind.QUOTE)
        for share in call.network.passed_on(target.id, kind).shown
        if is_told(call, share)
    ]
    late = call.stage.faults.strike("late_list", call.path, "late")
    until = call.now - (late.seconds if late else 0)
    told = tuple(each for each in sorted(shares, key=lambda each: -each.id) if each.at <= until)
    return call.pager().page(told, lambda each: _written(call, each))


def _insights(call: Call) -> Json:
    if call.token.holder is not Holder.PAGE:
        raise GraphError(NO_PERMISSION)
    each = visible(call, call.subject)
    metrics = call.values.get("metric", "").split(",")
    if unknown := [name for name in metrics if name not in _INSIGHTS]:
        raise GraphError(PARAMETER, f"(#100) The value must be a valid insights metric: {unknown}")
    return {"data": [_insight(call.subject, metric, each) for metric in metrics]}


def _insight(subject: str, metric: str, each: Post) -> Json:
    count = 200 + int(draw("views", each.id) * 5_000)
    value = count if metric == _INSIGHTS[0] else count * 7 // 10
    return {
        "name": metric,
        "period": "lifetime",
        "values": [{"value": value}],
        "id": f"{subject}/insights/{metric}/lifetime",
    }


def _url(call: Call) -> Json:
    """Tell how often an address was shared: not precise, and ten times an hour only."""
    url = call.values.get("id", "")
    if not url.startswith(("http://", "https://")):
        raise GraphError(PARAMETER, "(#100) The parameter id is required")
    if call.stage.limits.take("FACEBOOK url", url, _CALLS_FOR_A_URL).is_refused:
        raise GraphError(CUSTOM_LIMIT)
    count = 0
    for post_id in call.network.program_post_ids:
        if url.startswith(SOURCE) and url in call.network.posts[post_id].text:
            passes = call.network.passed_on
            count += len(passes(post_id, Kind.REPOST).shown) + len(
                passes(post_id, Kind.QUOTE).shown
            )
    engagement = {"share_count": count // 10 * 10, "reaction_count": count, "comment_count": 0}
    return {"id": url, "engagement": engagement}


def _written(call: Call, each: Post) -> Json:
    whole = chosen_post(call, each, _POST_FIELDS)
    body = chosen(whole, call.values.get("fields", ""), _POST_FIELDS)
    if call.stage.faults.strike("extra_fields", call.path, each.id):
        body["field_of_tomorrow"] = {"level": 1, "at": graph_time(each.at)}
    return body


def _myself(call: Call) -> Account:
    """Return the person behind the token; nobody reads another's timeline or friends."""
    me = call.token.me
    if call.subject not in ("me", str(me.id)):
        raise GraphError(NO_PERMISSION)
    return me


def _subject(call: Call) -> Account:
    if call.subject == "me":
        return call.token.me
    account = call.network.accounts.get(int(call.subject)) if call.subject.isdigit() else None
    if account is None or not account.is_public:
        raise unsupported(call.subject)
    return account


def _are_friends(network: Network, one: Account, other: Account) -> bool:
    pair = sorted((one.id, other.id))
    return draw(network.platform, "friends", *pair) < _USES_APP


def _time(call: Call, name: str, default: int) -> int:
    text = call.values.get(name, "")
    if not text:
        return default
    try:
        return int(text) if text.isdigit() else unix_seconds(text)
    except ValueError:
        raise GraphError(PARAMETER, f"(#100) {name} is no time") from None
