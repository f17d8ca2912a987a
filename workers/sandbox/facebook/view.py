"""People, posts and shares as Facebook writes them."""

from typing import Any

from workers.sandbox.clock import rfc3339
from workers.sandbox.graph.desk import Call
from workers.sandbox.graph.errors import NO_PERMISSION, GraphError, unsupported
from workers.sandbox.graph.fields import fields
from workers.sandbox.graph.tokens import Holder, owners
from workers.sandbox.network import Account, Kind, Network, Post

Json = dict[str, Any]


def person(account: Account) -> Json:
    """Return a person or a page."""
    return {"id": str(account.id), "name": account.name}


def graph_time(at: int) -> str:
    """Write a time as the Graph API does, with an offset without a colon."""
    return rfc3339(at).replace("Z", "+0000")


def post(call: Call, each: Post) -> Json:
    """Return all that can be asked of a post; what is unknown or empty is None."""
    network = call.network
    target = None if each.target_id is None else network.posts[each.target_id]
    own_words = None if each.kind is Kind.REPOST else each.text
    return {
        "id": name(network, each),
        "created_time": graph_time(each.at),
        "updated_time": graph_time(each.at),
        "message": own_words,
        "story": None if target is None else "membagikan sebuah kiriman.",
        "from": person(network.accounts[each.author_id]),
        "parent_id": None if target is None else name(network, target),
        "link": None if target is None else network.customs.post_url(network, target),
        "permalink_url": network.customs.post_url(network, each),
        "status_type": "added_photos" if target is None else "shared_story",
        "attachments": None if target is None else _attachment(network, target),
        "shares": _shares(call, each),
        "reactions": _summary(_share_count(call, each) * 3 + 5),
        "comments": _summary(_share_count(call, each) // 4),
    }


def chosen_post(call: Call, each: Post, default: str) -> Json:
    """Return a post with the fields that were asked for.

    Raises:
        GraphError: the token may not read the counter of shares.
    """
    asked = {field.name for field in fields(call.values.get("fields", ""), default)}
    is_own = call.token.account is not None and call.token.account.id == each.author_id
    if "shares" in asked and call.token.holder is Holder.USER and not is_own:
        raise GraphError(NO_PERMISSION)
    return post(call, each)


def name(network: Network, each: Post) -> str:
    """Return the id of a post."""
    return network.customs.post_id(network, each)


def visible(call: Call, native_id: str) -> Post:
    """Return the post with an id, if the caller may see it.

    Raises:
        GraphError: it is not there, or not for this caller.
    """
    found = call.network.customs.find_post(call.network, native_id)
    if found is None or name(call.network, found) != native_id or found.removed_at is not None:
        raise unsupported(native_id)
    is_own = call.token.account is not None and call.token.account.id == found.author_id
    is_program = found.author_id in owners(call.network)
    if not (is_own or is_program or is_told(call, found)):
        raise unsupported(native_id)
    return found


def is_told(call: Call, share: Post) -> bool:
    """Tell whether strangers are shown a share: its author is public and gave this app consent."""
    members = call.network.members.values()
    author = call.network.accounts[share.author_id]
    is_member = any(each is author for each in members)
    return is_member and author.is_consenting and call.network.is_visible(share)


def _attachment(network: Network, target: Post) -> Json:
    url = network.customs.post_url(network, target)
    aim = {"id": name(network, target), "url": url}
    return {"data": [{"target": aim, "type": "share", "url": url}]}


def _shares(call: Call, each: Post) -> Json | None:
    """Return the counter of shares; without any it is left out, and it may be late."""
    count = _share_count(call, each)
    is_missing = call.stage.faults.strike("missing_metrics", call.path, "shares of", each.id)
    return None if is_missing or not count else {"count": count}


def _share_count(call: Call, each: Post) -> int:
    late = call.stage.faults.strike("late_counter", call.path, "late")
    until = call.now - (late.seconds if late else 0)
    passes = (call.network.every_pass(each.id, kind) for kind in (Kind.REPOST, Kind.QUOTE))
    return sum(one.removed_at is None and one.at <= until for some in passes for one in some)


def _summary(count: int) -> Json:
    return {"data": [], "summary": {"total_count": count}}
