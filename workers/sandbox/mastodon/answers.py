"""What the server answers, address by address."""

import re
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from workers.sandbox.desk import Call, Declined, Reply
from workers.sandbox.logins import TokenLost
from workers.sandbox.mastodon.view import View
from workers.sandbox.naming.mastodon import HOST
from workers.sandbox.network import Account, Kind, Post
from workers.sandbox.sheets import Cutter, Sheet

_UNAUTHORIZED, _NOT_FOUND = 401, 404
_FOREIGN_HOST = "https://umpan.contoh.id"
_OLD_VERSION, _VERSION, _API_VERSION = "4.2.10", "4.5.3", 7
_PAGE_PARAMETERS = ("max_id", "since_id", "min_id")


def not_found(_call: Call) -> Reply:
    """Decline what is not here."""
    raise Declined(_NOT_FOUND, {"error": "Record not found"})


def status(call: Call) -> Reply:
    """Show one status."""
    return Reply(200, View(call).status(_visible(call)))


def reblogged_by(call: Call) -> Reply:
    """List the accounts that boosted a status, without the time."""
    sheet = _passed_on(call, Kind.REPOST)
    view = View(call)
    people = [view.account(call.network.accounts[each.author_id]) for each in sheet.items]
    return Reply(200, people, _link(call, sheet))


def quotes(call: Call) -> Reply:
    """List the statuses that quote a status; an old server has no such list."""
    view = View(call)
    if view.is_old:
        return not_found(call)
    sheet = _passed_on(call, Kind.QUOTE)
    return Reply(200, [view.status(each) for each in sheet.items], _link(call, sheet))


def lookup(call: Call) -> Reply:
    """Show the account with a user name, with or without a host."""
    name = call.values.get("acct", "").removeprefix("@").removesuffix(f"@{HOST}")
    account = call.network.by_handle(name)
    return not_found(call) if account is None else Reply(200, View(call).account(account))


def account(call: Call) -> Reply:
    """Show one account."""
    return Reply(200, View(call).account(_account(call)))


def verify_credentials(call: Call) -> Reply:
    """Show the account behind a token."""
    try:
        logins, token = call.stage.logins, call.token or ""
        found = logins.account(call.network, token, call.now)
    except TokenLost:
        raise Declined(_UNAUTHORIZED, {"error": "The access token was revoked"}) from None
    if found is None:
        raise Declined(_UNAUTHORIZED, {"error": "The access token is invalid"})
    return Reply(200, View(call).account(found))


def statuses(call: Call) -> Reply:
    """List what an account wrote and boosted."""
    author = _account(call)
    view = View(call)
    has_boosts = call.values.get("exclude_reblogs") not in ("true", "1")
    shown = tuple(
        each
        for each in call.network.written_by(author.id).shown
        if has_boosts or each.kind is not Kind.REPOST
    )
    sheet = _sheet(call, f"statuses:{author.id}", shown, _limit(call, 20, 40))
    return Reply(200, [view.status(each) for each in sheet.items], _link(call, sheet))


def search(call: Call) -> Reply:
    """Find a status by its address, which only members may have fetched."""
    if call.values.get("resolve") in ("true", "1") and call.token is None:
        raise Declined(_UNAUTHORIZED, {"error": "The access token is invalid"})
    found = call.network.customs.find_post(call.network, call.values.get("q", ""))
    is_shown = found is not None and call.network.is_visible(found)
    statuses = [View(call).status(found)] if found is not None and is_shown else []
    return Reply(200, {"accounts": [], "statuses": statuses, "hashtags": []})


def instance(call: Call) -> Reply:
    """Tell which server this is."""
    version = _OLD_VERSION if View(call).is_old else _VERSION
    return Reply(200, {"uri": HOST, "title": "Sosial Contoh", "version": version})


def instance_v2(call: Call) -> Reply:
    """Tell the same with the version of the interface, which old servers do not have."""
    if View(call).is_old:
        return not_found(call)
    body = {"domain": HOST, "title": "Sosial Contoh", "version": _VERSION}
    return Reply(200, body | {"api_versions": {"mastodon": _API_VERSION}})


ADDRESSES: dict[str, Callable[[Call], Reply]] = {
    "/api/v1/instance": instance,
    "/api/v1/instance/": instance,
    "/api/v2/instance": instance_v2,
    "/api/v2/instance/": instance_v2,
    "/api/v1/statuses/{id}": status,
    "/api/v1/statuses/{id}/reblogged_by": reblogged_by,
    "/api/v1/statuses/{id}/quotes": quotes,
    "/api/v1/accounts/verify_credentials": verify_credentials,
    "/api/v1/accounts/lookup": lookup,
    "/api/v1/accounts/{id}": account,
    "/api/v1/accounts/{id}/statuses": statuses,
    "/api/v2/search": search,
    "/{rest:path}": not_found,
}


def _visible(call: Call) -> Post:
    post = call.network.posts.get(_number(call.place["id"]))
    if post is None or not call.network.is_visible(post):
        raise Declined(_NOT_FOUND, {"error": "Record not found"})
    return post


def _account(call: Call) -> Account:
    account = call.network.accounts.get(_number(call.place["id"]))
    if account is None:
        raise Declined(_NOT_FOUND, {"error": "Record not found"})
    return account


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,20}", text) else -1


def _limit(call: Call, usual: int, most: int) -> int:
    text = call.values.get("limit", "")
    asked = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else usual
    return max(1, min(asked, most))


def _passed_on(call: Call, kind: Kind) -> Sheet:
    post = _visible(call)
    late = call.stage.faults.strike("late_list", call.path, "late")
    until = call.now - (late.seconds if late else 0)
    listing = call.network.passed_on(post.id, kind)
    shown = tuple(each for each in listing.shown if each.at <= until)
    return _sheet(call, f"{kind}:{post.id}", shown, _limit(call, 40, 80))


def _sheet(call: Call, name: str, shown: tuple[Post, ...], limit: int) -> Sheet:
    if cap := call.stage.faults.strike("newest_cap", call.path, "cap"):
        shown = shown[: cap.limit]
    newer_than = _number(call.values.get("since_id", "") or call.values.get("min_id", ""))
    shown = tuple(each for each in shown if each.id > newer_than)
    max_id = call.values.get("max_id")
    cutter = Cutter(call.stage.faults, call.stage.spec.seed, call.path, name)
    return cutter.sheet(shown, limit, _number(max_id) if max_id else None)


def _link(call: Call, sheet: Sheet) -> dict[str, str]:
    """Return the one place where paging is told; at the end of a list nothing leads on."""
    links = []
    if sheet.next_before is not None:
        url = call.url
        if call.stage.faults.strike("foreign_link", call.path):
            url = _FOREIGN_HOST + urlsplit(url).path
        links.append(f'<{_address(url, call, max_id=sheet.next_before)}>; rel="next"')
    if sheet.items:
        links.append(f'<{_address(call.url, call, min_id=sheet.items[0].id)}>; rel="prev"')
    return {"Link": ", ".join(links)} if links else {}


def _address(url: str, call: Call, **place: int) -> str:
    kept = {name: text for name, text in call.values.items() if name not in _PAGE_PARAMETERS}
    since = {"since_id": call.values["since_id"]} if "since_id" in call.values else {}
    is_next = "max_id" in place
    return f"{url}?{urlencode({**kept, **(since if is_next else {}), **place})}"
