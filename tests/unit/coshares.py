"""Bursts for tests of the pair test: by hand, from the data pack, planted, permuted."""

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from uuid import UUID

from datapack import rows

from api.domain.coordination import SECOND, Burst, Sharing


def key(number):
    """An id whose order is that of the numbers."""
    return UUID(int=number)


def burst(post, *sharings, agencies=None):
    """A burst of (holder, second) pairs."""
    agencies = agencies or {}
    return Burst.of(
        key(post),
        [
            Sharing(at * SECOND, key(holder), key(post * 100_000 + holder), agencies.get(holder))
            for holder, at in sharings
        ],
    )


@cache
def datapack_times():
    """The first share per post and author: {post: [(author, second)]}, in time order."""
    first = {}
    for row in rows("shares"):
        where, at = (int(row["post_id"]), int(row["author_id"])), int(row["shared_at"])
        first[where] = min(at, first.get(where, at))
    posts = defaultdict(list)
    for (post, author), at in sorted(first.items(), key=lambda item: (item[1], item[0])):
        posts[post].append((author, at))
    return dict(posts)


def bursts_of(times):
    return [burst(post, *sharings) for post, sharings in times.items()]


@cache
def datapack_bursts():
    return bursts_of(datapack_times())


def permuted(times, seed):
    """The same posts, times and crowds; within each post, who shared when is drawn again."""
    chance = Random(seed)  # noqa: S311 (drawn again alike)
    drawn = {}
    for post, sharings in times.items():
        authors = [author for author, _ in sharings]
        chance.shuffle(authors)
        drawn[post] = [(author, at) for author, (_, at) in zip(authors, sharings, strict=True)]
    return drawn


FIRST_PLANTED = 90_000_000


@dataclass(frozen=True)
class Plan:
    """A group of new accounts that shares the same posts within some seconds of one another."""

    account_count: int
    post_count: int
    within_seconds: int
    crowd: tuple[int, int] = (20, 2_000)
    """How many honest sharers the posts have."""

    def among(self, crowd):
        return replace(self, crowd=crowd)


def planted(seed, plan):
    """The data pack with a group hidden in the traffic of its posts: the bursts and the group.

    The posts are drawn by the size of their crowd, and on each one the group starts at the time of
    one honest share.
    """
    chance = Random(f"{seed}:{plan}")  # noqa: S311 (drawn again alike)
    times, least, most = datapack_times(), *plan.crowd
    posts = chance.sample([p for p, s in times.items() if least <= len(s) <= most], plan.post_count)
    group = range(FIRST_PLANTED, FIRST_PLANTED + plan.account_count)
    known = {one.post_id: one for one in datapack_bursts()}
    for post in posts:
        start = chance.choice(times[post])[1]
        together = [(account, start + chance.randint(0, plan.within_seconds)) for account in group]
        known[key(post)] = burst(post, *times[post], *together)
    return list(known.values()), {key(account) for account in group}
