"""A request for one endpoint, and the body that answers it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workers.sandbox.network import Account, Network, Post
from workers.sandbox.stage import Stage
from workers.sandbox.x.problems import Item
from workers.sandbox.x.query import Query
from workers.sandbox.x.view import View
from workers.sandbox.x.words import NEW, OLD

Json = dict[str, Any]


class Unauthorized(Exception):
    """The token may not ask this."""


@dataclass(slots=True)
class Answer:
    """A body, and the resources that it costs."""

    body: Json
    post_ids: list[str] = field(default_factory=list)
    user_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    stage: Stage
    path: str
    object_id: str
    values: Mapping[str, str]
    now: int
    token: str = ""

    @property
    def network(self) -> Network:
        """Return X."""
        return self.stage.world.x

    def query(self, *known: str) -> Query:
        """Return the checked parameters."""
        is_old = self.stage.faults.strike("old_words", self.path, "words") is not None
        return Query(self.values, frozenset(known), OLD if is_old else NEW)

    def view(self, query: Query) -> View:
        """Return what writes this answer's resources."""
        return View(self.network, query, self.stage.faults, self.path, self.now)


def of_posts(view: View, shown: list[Post], errors: list[Json]) -> Answer:
    """Answer with posts and what the expansions ask for."""
    authors, targets = view.included(shown)
    includes = {
        "users": [view.user(account) for account in authors],
        view.query.words.included_posts: [view.post(each) for each in targets],
    }
    answer = Answer(body([view.post(each) for each in shown], errors, includes))
    answer.post_ids = [str(each.id) for each in (*shown, *targets)]
    answer.user_ids = [str(account.id) for account in authors]
    return answer


def of_users(view: View, accounts: list[Account], errors: list[Json]) -> Answer:
    """Answer with users."""
    data = [view.user(account) for account in accounts]
    return Answer(body(data, errors), user_ids=[user["id"] for user in data])


def body(
    data: list[Json], errors: list[Json], includes: Mapping[str, list[Json]] | None = None
) -> Json:
    """Return a body without empty parts."""
    parts: Json = {"data": data, "includes": {}, "errors": errors}
    parts["includes"] = {name: items for name, items in (includes or {}).items() if items}
    return {name: part for name, part in parts.items() if part}


def post_error(call: Call, query: Query, post: Post | None, item: tuple[str, str]) -> Json:
    """Return the error for a post that cannot be shown, named by a parameter and its value."""
    error = Item(query.words.resource, *item)
    if post is None or post.removed_at is not None:
        return error.not_found()
    is_hidden = call.network.accounts[post.author_id].is_protected
    return error.not_authorized() if is_hidden else error.not_found()


def user_error(account: Account | None, parameter: str, value: str) -> Json:
    """Return the error for a user who cannot be shown, or whose posts cannot."""
    error = Item("user", parameter, value)
    if account is None:
        return error.not_found()
    return error.suspended() if account.is_suspended else error.not_authorized()
