"""Users and posts by id or name."""

from workers.sandbox.network import Account
from workers.sandbox.x.answer import (
    Answer,
    Call,
    Unauthorized,
    of_posts,
    of_users,
    post_error,
    user_error,
)
from workers.sandbox.x.query import ID, USERNAME, Query


def me(call: Call) -> Answer:
    """Show the user behind a token."""
    query = call.query()
    account = call.stage.logins.account(call.network, call.token, call.now)
    if account is None:
        raise Unauthorized
    answer = of_users(call.view(query), [account], [])
    answer.body["data"] = answer.body["data"][0]
    return answer


def users(call: Call) -> Answer:
    """Look up users by id."""
    query = call.query("ids")
    accounts = call.network.accounts
    return _users(
        call, query, "ids", {value: accounts.get(int(value)) for value in query.many("ids", ID)}
    )


def users_by(call: Call) -> Answer:
    """Look up users by name, in any case."""
    query = call.query("usernames")
    names = query.many("usernames", USERNAME)
    return _users(call, query, "usernames", {name: call.network.by_handle(name) for name in names})


def posts(call: Call) -> Answer:
    """Look up posts by id."""
    query = call.query("ids")
    return _posts(call, query, query.many("ids", ID), "ids")


def post(call: Call) -> Answer:
    """Look up one post."""
    query = call.query()
    answer = _posts(call, query, [query.match("id", call.object_id)], "id")
    if "data" in answer.body:
        answer.body["data"] = answer.body["data"][0]
    return answer


def _users(call: Call, query: Query, parameter: str, found: dict[str, Account | None]) -> Answer:
    seen = {
        account.id: account for account in found.values() if account and not account.is_suspended
    }
    errors = [
        user_error(account, parameter, value)
        for value, account in found.items()
        if account is None or account.is_suspended
    ]
    return of_users(call.view(query), list(seen.values()), errors)


def _posts(call: Call, query: Query, ids: list[str], parameter: str) -> Answer:
    found = {value: call.network.posts.get(int(value)) for value in ids}
    shown = {value: each for value, each in found.items() if each and call.network.is_visible(each)}
    errors = [
        post_error(call, query, each, (parameter, value))
        for value, each in found.items()
        if value not in shown
    ]
    return of_posts(call.view(query), list(shown.values()), errors)
