"""Accounts and media as Instagram writes them."""

import re
from typing import Any

from workers.sandbox.clock import rfc3339
from workers.sandbox.graph.desk import Call
from workers.sandbox.graph.fields import chosen, fields
from workers.sandbox.naming.instagram import has_tag, is_professional, media_id, reshare_count
from workers.sandbox.network import Account, Kind, Network, Post

Json = dict[str, Any]
_HASHTAG = re.compile(r"#\w+")
MEDIA_FIELDS = "id"


def account(network: Network, one: Account) -> Json:
    """Return all that can be asked of an account."""
    return {
        "id": str(one.id),
        "user_id": str(one.id),
        "username": one.handle,
        "name": one.name,
        "account_type": "BUSINESS" if is_professional(network, one) else "PERSONAL",
        "biography": one.description,
        "followers_count": one.followers_count,
        "follows_count": one.following_count,
        "media_count": len(media_of(network, one, is_own=True)),
    }


def media_of(network: Network, one: Account, *, is_own: bool) -> tuple[Post, ...]:
    """Return the media of an account, newest first. A story that reshares is none of them."""
    listing = network.written_by(one.id)
    found = (*listing.shown, *(listing.kept_back if is_own else ()))
    lasting = (each for each in found if each.kind is not Kind.REPOST)
    return tuple(sorted(lasting, key=lambda each: -each.id))


def media(network: Network, each: Post) -> Json:
    """Return all that can be asked of a medium."""
    url = network.customs.post_url(network, each)
    like_count = reshare_count(network, each) * 3
    return {
        "id": media_id(each),
        "ig_id": str(each.id),
        "shortcode": network.customs.post_id(network, each),
        "permalink": url,
        "caption": caption(network, each),
        "timestamp": rfc3339(each.at).replace("Z", "+0000"),
        "username": network.accounts[each.author_id].handle,
        "owner": {"id": str(each.author_id)},
        "media_type": "IMAGE",
        "media_product_type": "FEED",
        "like_count": like_count,
        "comments_count": like_count // 9,
    }


def caption(network: Network, each: Post) -> str:
    """Return what stands below a medium; one that passes another on names it."""
    if each.target_id is None:
        return each.text
    target = network.posts[each.target_id]
    mention = "" if has_tag(each) else f" @{network.accounts[target.author_id].handle}"
    hashtags = " ".join(_HASHTAG.findall(target.text))
    return f"{each.text}{mention} {network.customs.post_url(network, target)} {hashtags}".strip()


def chosen_media(call: Call, each: Post, wanted: str | None = None) -> Json:
    """Return a medium with the fields that were asked for."""
    text = call.values.get("fields", "") if wanted is None else wanted
    return chosen(media(call.network, each), text, MEDIA_FIELDS)


def without(names: tuple[str, ...], text: str) -> str:
    """Return a list of fields without some of them."""
    return ",".join(each.name for each in fields(text, "id") if each.name not in names) or "id"
