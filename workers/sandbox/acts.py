"""What can be made to happen in a running world."""

from collections.abc import Callable
from typing import Any

from workers.sandbox.logins import Logins
from workers.sandbox.network import Account, Kind, Network, Post, Refused

Json = dict[str, Any]


class Director:
    """Carries out acts on one network at one moment."""

    def __init__(self, network: Network, now: int, logins: Logins | None = None) -> None:
        self._network = network
        self._now = now
        self._logins = logins or Logins()

    def act(self, order: Json) -> Json:
        """Do what an order says and return the ids that it concerns.

        Raises:
            Refused: the order is incomplete, or the world does not allow it.
        """
        verb = _VERBS.get(str(order.get("do")))
        if verb is None:
            raise Refused(f"do must be one of {', '.join(_VERBS)}")
        return {"do": order["do"], "at": self._now, **verb(self, order)}

    def post(self, order: Json) -> Json:
        """Write an original."""
        return self._published(order, Kind.ORIGINAL, None)

    def repost(self, order: Json) -> Json:
        """Repost a post; a repost of a repost goes to its original."""
        target, actor = self._target(order), self._actor(order)
        if target.kind is Kind.REPOST and target.target_id is not None:
            target = self._network.posts[target.target_id]
        if (earlier := self._network.repost_of(actor, target)) is not None:
            if not self._network.customs.is_repost_replaced:
                raise Refused("this account has reposted this post already")
            self._network.remove(earlier, self._now)
        return self._published(order, Kind.REPOST, target)

    def quote(self, order: Json) -> Json:
        """Quote a post."""
        return self._published(order, Kind.QUOTE, self._target(order))

    def undo(self, order: Json) -> Json:
        """Take a repost back."""
        repost = self._network.repost_of(self._actor(order), self._target(order))
        if repost is None:
            raise Refused("this account has not reposted this post")
        self._network.remove(repost, self._now)
        return {"id": self._id(repost), "actor": order["actor"], "post": self._target_id(repost)}

    def delete(self, order: Json) -> Json:
        """Delete a post of any kind."""
        post = self._target(order)
        self._network.remove(post, self._now)
        return {"id": self._id(post), "post": self._id(post)}

    def follow(self, order: Json) -> Json:
        """Let `count` people follow an account, or leave it when negative."""
        account = self._actor(order)
        account.followers_count = max(0, account.followers_count + _number(order, "count", 1))
        return self._changed(account) | {"followersCount": account.followers_count}

    def describe(self, order: Json) -> Json:
        """Change what an account says about itself."""
        account = self._actor(order)
        account.description = self._text(order, "text")
        return self._changed(account)

    def rename(self, order: Json) -> Json:
        """Give an account another handle."""
        account = self._actor(order)
        if not self._network.customs.can_rename:
            raise Refused("handles never change on this network")
        self._network.rename(account, self._text(order, "handle"))
        return self._changed(account)

    def join(self, order: Json) -> Json:
        """Create an account that belongs to nobody known."""
        handle = self._text(order, "handle")
        account_id = self._network.mint.next_id(self._now)
        followers_count = max(0, _number(order, "followers", 0))
        account = Account(account_id, handle, handle, self._now, followers_count, 0, "")
        return self._changed(self._network.join(account))

    def suspend(self, order: Json) -> Json:
        """Suspend an account, or with `isOn` false restore it."""
        account = self._actor(order)
        account.is_suspended = order.get("isOn", True) is True
        return self._changed(account)

    def protect(self, order: Json) -> Json:
        """Protect an account, or with `isOn` false open it."""
        account = self._actor(order)
        account.is_protected = order.get("isOn", True) is True
        return self._changed(account)

    def withdraw(self, order: Json) -> Json:
        """Note that a civil servant withdrew consent, or with `isOn` false gave it: truth only."""
        account = self._actor(order)
        account.is_consenting = order.get("isOn", True) is not True
        return self._changed(account)

    def revoke(self, order: Json) -> Json:
        """Let a person end the application's access to their account."""
        account = self._actor(order)
        self._logins.withdraw(self._network.platform, account.id)
        return self._changed(account)

    def _published(self, order: Json, kind: Kind, target: Post | None) -> Json:
        actor = self._actor(order)
        text = str(order.get("text", "Sebuah contoh."))
        post = self._network.publish(actor, kind, target, text, self._now)
        about = {} if target is None else {"post": self._id(target)}
        return {"id": self._id(post), "actor": actor.handle, **about}

    def _changed(self, account: Account) -> Json:
        self._network.version += 1
        return {"id": self._network.customs.account_id(account), "actor": account.handle}

    def _id(self, post: Post) -> str:
        return self._network.customs.post_id(self._network, post)

    def _target_id(self, post: Post) -> str:
        return "" if post.target_id is None else self._id(self._network.posts[post.target_id])

    def _actor(self, order: Json) -> Account:
        account = self._network.by_handle(self._text(order, "actor"))
        if account is None:
            raise Refused("no such actor")
        return account

    def _target(self, order: Json) -> Post:
        post = self._network.customs.find_post(self._network, self._text(order, "post"))
        if post is None or post.removed_at is not None:
            raise Refused("no such post")
        return post

    def _text(self, order: Json, name: str) -> str:
        text = order.get(name)
        if not isinstance(text, str) or not text:
            raise Refused(f"{name} is missing")
        return text


def _number(order: Json, name: str, default: int) -> int:
    number = order.get(name, default)
    if isinstance(number, bool) or not isinstance(number, int):
        raise Refused(f"{name} must be a whole number")
    return number


_VERBS: dict[str, Callable[[Director, Json], Json]] = {
    "post": Director.post,
    "repost": Director.repost,
    "quote": Director.quote,
    "undo": Director.undo,
    "delete": Director.delete,
    "follow": Director.follow,
    "describe": Director.describe,
    "rename": Director.rename,
    "join": Director.join,
    "suspend": Director.suspend,
    "protect": Director.protect,
    "withdraw": Director.withdraw,
    "revoke": Director.revoke,
}
