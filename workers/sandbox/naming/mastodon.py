"""What Mastodon calls accounts and statuses: numbers of one host, and uris for all hosts."""

import re
from typing import Any

from workers.sandbox.chance import draw
from workers.sandbox.customs import Customs
from workers.sandbox.network import Account, Kind, Network, Post

HOST, REMOTE_HOST = "sosial.contoh.id", "lain.contoh.id"
_REMOTE_SHARE = 0.2
_ADDRESS = re.compile(
    r"https://(?P<host>[a-z.]+)/(?:@[^/]+|users/[^/]+/statuses)/(?P<id>[0-9]{1,20})(?:/activity)?"
)


class MastodonCustoms(Customs):
    """One server's view: its own people, and those of another server whom it knows."""

    can_rename = False

    def handle(self, stem: str) -> str:
        """Put a part of the people on the other server; ministries are here."""
        is_remote = "_" in stem and draw("remote", stem) < _REMOTE_SHARE
        return f"{stem}@{REMOTE_HOST}" if is_remote else stem

    def account_id(self, account: Account) -> str:
        return account_uri(account)

    def full_handle(self, account: Account) -> str:
        return f"{user_of(account)}@{host_of(account)}"

    def post_id(self, network: Network, post: Post) -> str:
        return status_uri(network, post)

    def post_url(self, network: Network, post: Post) -> str:
        return page_url(network, post)

    def find_post(self, network: Network, text: str) -> Post | None:
        """Return a status by its number on this server, its uri, or the address of its page."""
        if text.isascii() and text.isdigit():
            return network.posts.get(int(text))
        match = _ADDRESS.fullmatch(text)
        if match is None or match["host"] not in (HOST, REMOTE_HOST):
            return None
        if match["host"] == HOST:
            return network.posts.get(int(match["id"]))
        remote = (each for each in network.posts.values() if is_remote(network, each))
        return next((each for each in remote if _number(network, each) == match["id"]), None)

    def more_truth(self, network: Network, share: Post) -> dict[str, Any]:
        return {"url": page_url(network, share)}


def user_of(account: Account) -> str:
    """Return the user name, without any host."""
    return account.handle.partition("@")[0]


def host_of(account: Account) -> str:
    """Return the host on which an account is at home."""
    return account.handle.partition("@")[2] or HOST


def is_remote(network: Network, post: Post) -> bool:
    """Tell whether a status was written on the other server."""
    return host_of(network.accounts[post.author_id]) != HOST


def account_uri(account: Account) -> str:
    """Return the name of an account on all hosts."""
    return f"https://{host_of(account)}/users/{user_of(account)}"


def account_url(account: Account) -> str:
    """Return the address of an account's page at home."""
    return f"https://{host_of(account)}/@{user_of(account)}"


def status_uri(network: Network, post: Post) -> str:
    """Return the name of a status on all hosts; a boost is an activity."""
    tail = "/activity" if post.kind is Kind.REPOST else ""
    home = account_uri(network.accounts[post.author_id])
    return f"{home}/statuses/{_number(network, post)}{tail}"


def page_url(network: Network, post: Post) -> str:
    """Return the address of a status at home; that of a boost is its uri."""
    if post.kind is Kind.REPOST:
        return status_uri(network, post)
    return f"{account_url(network.accounts[post.author_id])}/{_number(network, post)}"


def _number(network: Network, post: Post) -> str:
    """Return the number of a status at home: on another host it is another one."""
    return f"1{post.id % 10**17:017}" if is_remote(network, post) else str(post.id)
