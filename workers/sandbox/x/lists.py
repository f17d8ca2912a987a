"""Who passed a post on, and what an account wrote: page by page, newest first."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from workers.sandbox.network import Kind, Listing, Post
from workers.sandbox.x.answer import Answer, Call, of_posts, of_users, post_error, user_error
from workers.sandbox.x.pages import Page, Pager
from workers.sandbox.x.query import Query

_NEWEST = 3_200
_PAGED = frozenset({"max_results", "pagination_token"})


def retweets(call: Call) -> Answer:
    """List the reposts of a post."""
    query = call.query(*_PAGED)
    return _passed_on(call, query, Kind.REPOST, query.max_results(1, 100, 100))


def quote_tweets(call: Call) -> Answer:
    """List the quotes of a post."""
    query = call.query(*_PAGED, "exclude")
    query.excluded()
    return _passed_on(call, query, Kind.QUOTE, query.max_results(10, 100, 10))


def retweeted_by(call: Call) -> Answer:
    """List who reposted a post, without time or id of the reposts."""
    query = call.query(*_PAGED)
    limit = query.max_results(1, 100, 100)
    if refusal := _unseen(call, query):
        return refusal
    page = _page(call, query, _listing(call, Kind.REPOST), limit, "retweeted_by")
    accounts = {each.author_id: call.network.accounts[each.author_id] for each in page.items}
    answer = of_users(call.view(query), list(accounts.values()), _errors(call, query, page))
    return _with_meta(answer, page, len(accounts))


def timeline(call: Call) -> Answer:
    """List an account's own posts."""
    query = call.query(*_PAGED, "since_id", "until_id", "start_time", "end_time", "exclude")
    limit = query.max_results(5, 100, 10)
    account = call.network.accounts.get(int(query.match("id", call.object_id)))
    if account is None or not account.is_public:
        return Answer({"errors": [user_error(account, "id", call.object_id)]})
    listing = filtered(query, call.network.written_by(account.id))
    page = _page(call, query, listing, limit, "timeline")
    answer = of_page(call, query, page)
    if page.items:
        ids = [each.id for each in page.items]
        answer.body["meta"] |= {"newest_id": str(max(ids)), "oldest_id": str(min(ids))}
    return answer


def _passed_on(call: Call, query: Query, kind: Kind, limit: int) -> Answer:
    if refusal := _unseen(call, query):
        return refusal
    page = _page(call, query, _listing(call, kind), limit, kind.value)
    return of_page(call, query, page)


def _unseen(call: Call, query: Query) -> Answer | None:
    """Return the answer for a post that cannot be shown, or None if it can."""
    target = call.network.posts.get(int(query.match("id", call.object_id)))
    if target is not None and call.network.is_visible(target):
        return None
    return Answer({"errors": [post_error(call, query, target, ("id", call.object_id))]})


def _listing(call: Call, kind: Kind) -> Listing:
    faults = call.stage.faults
    listing = call.network.passed_on(int(call.object_id), kind)
    if late := faults.strike("late_list", call.path, "late"):
        known_until = call.now - late.seconds
        listing = _only(listing, lambda each: each.at <= known_until)
    if cap := faults.strike("newest_cap", call.path, "cap"):
        return replace(listing, shown=listing.shown[: cap.limit], keys=listing.keys[: cap.limit])
    return listing


def filtered(query: Query, listing: Listing) -> Listing:
    """Leave out what the parameters do not want."""
    since_id, until_id = query.post_id("since_id") or 0, query.post_id("until_id") or 2**63
    start, end = query.time("start_time") or 0, query.time("end_time") or 2**40
    unwanted = {Kind.REPOST} if "retweets" in query.excluded() else set()
    return _only(
        replace(listing, shown=listing.shown[:_NEWEST]),
        lambda each: (
            since_id < each.id < until_id and start <= each.at < end and each.kind not in unwanted
        ),
    )


def _only(listing: Listing, is_wanted: Callable[[Post], bool]) -> Listing:
    shown = tuple(each for each in listing.shown if is_wanted(each))
    return Listing(shown, listing.kept_back, tuple(-each.id for each in shown))


def _page(call: Call, query: Query, listing: Listing, limit: int, name: str) -> Page:
    stage = call.stage
    pager = Pager(stage.faults, stage.spec.seed, call.path, f"{name}:{call.object_id}")
    return pager.page(listing, limit, query.token)


def of_page(call: Call, query: Query, page: Page) -> Answer:
    """Answer with one page."""
    answer = of_posts(call.view(query), list(page.items), _errors(call, query, page))
    return _with_meta(answer, page, len(page.items))


def _with_meta(answer: Answer, page: Page, result_count: int) -> Answer:
    token = {"next_token": page.next_token} if page.next_token else {}
    answer.body["meta"] = {"result_count": result_count, **token}
    return answer


def _errors(call: Call, query: Query, page: Page) -> list[dict[str, Any]]:
    return [post_error(call, query, each, ("id", str(each.id))) for each in page.kept_back]
