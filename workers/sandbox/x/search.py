"""Search of recent posts: a few operators, seven days, never a repost."""

import re
from collections.abc import Iterator

from workers.sandbox.network import Kind, Listing, Post
from workers.sandbox.x.answer import Answer, Call
from workers.sandbox.x.lists import filtered, of_page
from workers.sandbox.x.pages import Pager
from workers.sandbox.x.problems import BadRequest

_LONGEST_QUERY, _SEARCHED_SECONDS = 4_096, 7 * 86_400
_PARAMETERS = (
    "query", "max_results", "next_token", "pagination_token", "since_id", "until_id", "start_time",
    "end_time", "sort_order",
)  # fmt: skip
_TERM = re.compile(r'-?[a-z_]+:"[^"]*"|"[^"]*"|\S+')


def recent(call: Call) -> Answer:
    """List the posts of the last seven days that meet all terms, newest first."""
    query = call.query(*_PARAMETERS)
    limit = query.max_results(10, 100, 10)
    text = call.values.get("query", "")
    if not 1 <= len(text) <= _LONGEST_QUERY:
        raise BadRequest("query", text[:20], f"must hold 1 to {_LONGEST_QUERY} characters")
    found = tuple(sorted(_found(call, _TERM.findall(text)), key=lambda each: -each.id))
    stage = call.stage
    pager = Pager(stage.faults, stage.spec.seed, call.path, f"search:{text}")
    token = call.values.get("next_token") or query.token
    return of_page(call, query, pager.page(filtered(query, Listing(found)), limit, token))


def _found(call: Call, terms: list[str]) -> Iterator[Post]:
    oldest_at = call.now - _SEARCHED_SECONDS
    for each in call.network.posts.values():
        is_recent = each.kind is not Kind.REPOST and each.at > oldest_at
        is_shown = is_recent and call.network.is_visible(each)
        if is_shown and all(_is_met(call, each, term) for term in terms):
            yield each


def _is_met(call: Call, post: Post, term: str) -> bool:
    if term.startswith("-"):
        return not _is_met(call, post, term[1:])
    operator, _, value = term.partition(":")
    value = value.strip('"').lower()
    match operator:
        case "url":
            return value in post.text.lower()
        case "from":
            return call.network.accounts[post.author_id].handle.lower() == value
        case "quotes_of_tweet_id":
            return post.kind is Kind.QUOTE and str(post.target_id) == value
        case _:
            return term.strip('"').lower() in post.text.lower()
