"""What the AppView and a PDS answer, method by method."""

from collections.abc import Callable

from workers.sandbox.bluesky import questions
from workers.sandbox.bluesky.questions import declined
from workers.sandbox.bluesky.view import View
from workers.sandbox.desk import Call, Reply
from workers.sandbox.logins import TokenLost
from workers.sandbox.naming.bluesky import (
    POSTS,
    REPOSTS,
    account_named,
    at_uri,
    content_id,
    did,
)
from workers.sandbox.network import Account, Kind, Post
from workers.sandbox.sheets import Cutter, Sheet


def reposted_by(call: Call) -> Reply:
    """List who reposted a post: profiles without time, also of a post that is gone."""
    uri, sheet = _passed_on(call, Kind.REPOST)
    view = View(call)
    people = [view.person(call.network.accounts[each.author_id]) for each in sheet.items]
    return _ok({"uri": uri, "repostedBy": people}, sheet)


def quotes(call: Call) -> Reply:
    """List the posts that quote a post."""
    uri, sheet = _passed_on(call, Kind.QUOTE)
    view = View(call)
    return _ok({"uri": uri, "posts": [view.post(each) for each in sheet.items]}, sheet)


def profile(call: Call) -> Reply:
    """Show one account."""
    account = questions.present_account(call, questions.required(call, "actor"))
    return _ok(View(call).profile(account))


def profiles(call: Call) -> Reply:
    """Show several accounts; whoever cannot be shown is left out without a word."""
    named = (account_named(call.network, actor) for actor in questions.several(call, "actors"))
    shown = {account.id: account for account in named if account is not None and account.is_public}
    return _ok({"profiles": [View(call).profile(each) for each in shown.values()]})


def posts(call: Call) -> Reply:
    """Show several posts; whatever cannot be shown is left out without a word."""
    uris = [questions.post_uri(call, text) for text in questions.several(call, "uris")]
    view = View(call)
    found = (call.network.customs.find_post(call.network, uri) for uri in uris)
    shown = {
        each.id: each
        for each in found
        if each is not None
        and each.kind is not Kind.REPOST
        and call.network.is_visible(each)
        and view.is_indexed(each)
    }
    return _ok({"posts": [view.post(each) for each in shown.values()]})


def author_feed(call: Call) -> Reply:
    """List what an account wrote and reposted."""
    limit, before = questions.limit(call), questions.before(call)
    account = account_named(call.network, questions.required(call, "actor"))
    if account is None or not account.is_public:
        raise declined("Profile not found")
    view = View(call)
    shown = tuple(filter(view.is_indexed, call.network.written_by(account.id).shown))
    sheet = _sheet(call, f"feed:{account.id}", shown, limit, before)
    return _ok({"feed": [view.feed_item(each) for each in sheet.items]}, sheet)


def list_records(call: Call) -> Reply:
    """List the records of one kind in an account's repository, at once and without a token."""
    account = _repository(call)
    collection = questions.required(call, "collection")
    limit, before = questions.limit(call), questions.before(call)
    kinds = {REPOSTS: {Kind.REPOST}, POSTS: {Kind.ORIGINAL, Kind.QUOTE}}.get(collection, set())
    shown = tuple(
        each
        for each in call.network.everything_by(account.id)
        if each.kind in kinds and each.removed_at is None
    )
    sheet = _sheet(call, f"records:{account.id}:{collection}", shown, limit, before)
    view = View(call)
    records = [
        {"uri": at_uri(each), "cid": content_id(at_uri(each)), "value": view.record(each)}
        for each in sheet.items
    ]
    return _ok({"records": records}, sheet)


def resolve_handle(call: Call) -> Reply:
    """Tell the DID behind a handle."""
    account = call.network.by_handle(questions.required(call, "handle"))
    if account is None or account.is_suspended:
        raise declined("Unable to resolve handle")
    return _ok({"did": did(account.id)})


def session(call: Call) -> Reply:
    """Tell whose token this is."""
    try:
        logins, token = call.stage.logins, call.token or ""
        found = logins.account(call.network, token, call.now)
    except TokenLost:
        raise declined("Token has been revoked", "ExpiredToken") from None
    if found is None:
        raise declined("Authentication Required", "AuthMissing", 401)
    return _ok({"did": did(found.id), "handle": found.handle, "active": found.is_public})


def repository_status(call: Call) -> Reply:
    """Tell whether an account is active."""
    name = questions.required(call, "did")
    account = account_named(call.network, name)
    if account is None or not name.startswith("did:"):
        raise declined(f"Could not find repo for DID: {name}", "RepoNotFound")
    if account.is_public:
        return _ok({"did": name, "active": True, "rev": "3lqcontoh2222"})
    status = "takendown" if account.is_suspended else "deactivated"
    return _ok({"did": name, "active": False, "status": status})


def unknown(call: Call) -> Reply:
    """Decline a method that is not here."""
    raise declined("Method Not Implemented", "MethodNotImplemented", 501)


METHODS: dict[str, Callable[[Call], Reply]] = {
    "app.bsky.feed.getRepostedBy": reposted_by,
    "app.bsky.feed.getQuotes": quotes,
    "app.bsky.feed.getPosts": posts,
    "app.bsky.feed.getAuthorFeed": author_feed,
    "app.bsky.actor.getProfile": profile,
    "app.bsky.actor.getProfiles": profiles,
    "com.atproto.repo.listRecords": list_records,
    "com.atproto.server.getSession": session,
    "com.atproto.identity.resolveHandle": resolve_handle,
    "com.atproto.sync.getRepoStatus": repository_status,
}


def _passed_on(call: Call, kind: Kind) -> tuple[str, Sheet]:
    uri = questions.post_uri(call, questions.required(call, "uri"))
    limit, before = questions.limit(call), questions.before(call)
    target = call.network.customs.find_post(call.network, uri)
    view = View(call)
    shown = () if target is None else _listed(call, view, target, kind)
    return uri, _sheet(call, f"{kind}:{uri}", shown, limit, before)


def _listed(call: Call, view: View, target: Post, kind: Kind) -> tuple[Post, ...]:
    late = call.stage.faults.strike("late_list", call.path, "late")
    until = call.now - (late.seconds if late else 0)
    return tuple(
        each
        for each in reversed(call.network.every_pass(target.id, kind))
        if each.removed_at is None
        and each.at <= until
        and call.network.accounts[each.author_id].is_public
        and view.is_indexed(each)
    )


def _sheet(call: Call, name: str, shown: tuple[Post, ...], limit: int, before: int | None) -> Sheet:
    if cap := call.stage.faults.strike("newest_cap", call.path, "cap"):
        shown = shown[: cap.limit]
    cutter = Cutter(call.stage.faults, call.stage.spec.seed, call.path, name)
    return cutter.sheet(shown, limit, before)


def _repository(call: Call) -> Account:
    name = questions.required(call, "repo")
    account = account_named(call.network, name)
    if account is None or not account.is_public:
        raise declined(f"Could not find repo: {name}")
    return account


def _ok(body: dict[str, object], sheet: Sheet | None = None) -> Reply:
    return Reply(200, body | questions.cursor_of(sheet.next_before if sheet else None))
