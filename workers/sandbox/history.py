"""What happened before the epoch: who shared which program post, and who passed that on."""

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from workers.sandbox.chance import delay_seconds, dice, negative_binomial
from workers.sandbox.network import Account, Kind, Network, Post
from workers.sandbox.people import Person
from workers.sandbox.society import Society

SHARE_DELAY_HOURS = (1.8, 20.0)
RESHARE_DELAY_HOURS = (1.4, 16.1)
"""Median and 90th percentile."""
RESHARE_DISPERSION = 0.035
RESHARE_MEAN = 3.4
RESHARE_MAXIMUM = 400
MOST_QUOTES = 5

_REPEAT, _SELF, _COLLEAGUE = 0.6, 0.01, 0.05
_REPOSTS, _QUOTES, _QUOTES_ONCE = 0.76, 0.34, 0.29
_UNDONE, _REDONE, _DELETED, _RESHARE_UNDONE = 0.05, 0.02, 0.04, 0.01
_STRANGER_ACTIVITY, _STRANGER_QUOTES, _STRANGER_INFLUENCE = 0.3, 0.07, 0.3
_SCRIPT_STEP_SECONDS, _SCRIPTED_RESHARES = 30, 3
_WORDS = (
    "Informasi berguna untuk keluarga.",
    "Semoga bermanfaat.",
    "Penting, mohon dibaca sampai selesai.",
    "Sudah saya coba, prosesnya mudah.",
    "Silakan tanya di kolom balasan.",
)


@dataclass(slots=True)
class History:
    """Writes shares and reshares; what lies after the epoch is dropped, or waits if it is live."""

    network: Network
    society: Society
    seed: int
    epoch: int
    is_live: bool
    _followed: dict[int, dict[int, None]] = field(default_factory=lambda: defaultdict(dict))
    _reposted: set[tuple[int, int]] = field(default_factory=set)

    def write(self, people: tuple[Person, ...], originals: tuple[Post, ...]) -> None:
        """Let civil servants and strangers share every program post."""
        die = dice(self.seed, "pulls")
        plan = tuple((post, die.uniform(0.5, 1.5)) for post in originals)
        for person in people:
            self._serve(person, plan)
        for index, stranger in enumerate(self.society.strangers):
            self._stray(dice(self.seed, "stray", index), stranger, plan)

    def script(self, people: tuple[Person, ...], originals: tuple[Post, ...], count: int) -> None:
        """Write a share for every half minute after the epoch; every second is a quote."""
        die = dice(self.seed, "script")
        everybody = (self.society.civil_servants[each.index] for each in people)
        actors = [account for account in everybody if account.is_public]
        for index in range(count):
            at = self.epoch + _SCRIPT_STEP_SECONDS * (index + 1)
            post = die.choice(originals)
            fresh = [each for each in actors if (each.id, post.id) not in self._reposted]
            actor = die.choice(fresh or actors)
            if index % 2 == 0:
                self._repost_once(actor, post, at)
                continue
            quote = self.network.schedule(actor, Kind.QUOTE, post, die.choice(_WORDS), at)
            for citizen in die.sample(self.society.citizens, _SCRIPTED_RESHARES):
                self._repost_once(citizen, quote, at + die.randrange(5, 25))

    def _serve(self, person: Person, plan: tuple[tuple[Post, float], ...]) -> None:
        die = dice(self.seed, "shares", person.index)
        activity = die.betavariate(1.2, 2.6) if person.audience.is_active else 0.0
        actor = self.society.civil_servants[person.index]
        influence = die.lognormvariate(-0.72, 1.2)
        for post, pull in plan:
            if die.random() < activity * pull:
                self._share(die, actor, post, influence)

    def _share(self, die: Random, actor: Account, post: Post, influence: float) -> None:
        form = die.random()
        if form < _REPOSTS:
            self._repost(die, actor, post)
        if form >= 1 - _QUOTES:
            quote_count = 1 if form < 1 - _QUOTES + _QUOTES_ONCE else die.randint(2, MOST_QUOTES)
            for _ in range(quote_count):
                self._quote(die, actor, post, influence)

    def _stray(self, die: Random, stranger: Account, plan: tuple[tuple[Post, float], ...]) -> None:
        for post, pull in plan:
            if die.random() >= _STRANGER_ACTIVITY * pull:
                continue
            if die.random() < _STRANGER_QUOTES:
                self._quote(die, stranger, post, _STRANGER_INFLUENCE)
            else:
                self._repost(die, stranger, post)

    def _repost(self, die: Random, actor: Account, post: Post) -> None:
        repost = self._repost_once(actor, post, post.at + delay_seconds(die, *SHARE_DELAY_HOURS))
        fate = die.random()
        undone_at = self._remove(die, repost) if fate < _UNDONE else None
        if fate < _REDONE and undone_at is not None:
            self._reposted.discard((actor.id, post.id))
            self._repost_once(actor, post, die.randrange(undone_at, self.epoch))

    def _quote(self, die: Random, actor: Account, post: Post, influence: float) -> None:
        at = post.at + delay_seconds(die, *SHARE_DELAY_HOURS)
        quote = self._pass_on(actor, Kind.QUOTE, post, die.choice(_WORDS), at)
        if quote is None:
            return
        shape = RESHARE_MEAN * influence, RESHARE_DISPERSION * influence
        count = negative_binomial(die, *shape)
        at_most = min(RESHARE_MAXIMUM, len(self.society.citizens) // 2)
        self._reshare(die, actor, quote, min(count, at_most))
        if die.random() < _DELETED:
            self._remove(die, quote)

    def _reshare(self, die: Random, actor: Account, quote: Post, count: int) -> None:
        known = self._followed[actor.id]
        resharers: dict[int, Account] = {}
        while len(resharers) < count:
            resharer = self._resharer(die, actor, list(known))
            resharers[resharer.id] = resharer
        for resharer in resharers.values():
            known[resharer.id] = None
            at = quote.at + delay_seconds(die, *RESHARE_DELAY_HOURS)
            repost = self._repost_once(resharer, quote, at)
            if die.random() < _RESHARE_UNDONE:
                self._remove(die, repost)

    def _resharer(self, die: Random, actor: Account, known: list[int]) -> Account:
        fate = die.random()
        if fate < _REPEAT and known:
            return self.network.accounts[die.choice(known)]
        if fate < _REPEAT + _SELF:
            return actor
        if fate < _REPEAT + _SELF + _COLLEAGUE:
            return die.choice(list(self.society.civil_servants.values()))
        return die.choice(self.society.citizens)

    def _repost_once(self, actor: Account, post: Post, at: int) -> Post | None:
        if (actor.id, post.id) in self._reposted:
            return None
        self._reposted.add((actor.id, post.id))
        author = self.network.accounts[post.author_id]
        return self._pass_on(actor, Kind.REPOST, post, f"RT @{author.handle}: {post.text}", at)

    def _pass_on(self, actor: Account, kind: Kind, post: Post, text: str, at: int) -> Post | None:
        if at < self.epoch:
            return self.network.publish(actor, kind, post, text, at)
        if self.is_live:
            self.network.schedule(actor, kind, post, text, at)
        return None

    def _remove(self, die: Random, post: Post | None) -> int | None:
        if post is None or post.at >= self.epoch - 1:
            return None
        removed_at = die.randrange(post.at + 1, self.epoch)
        self.network.remove(post, removed_at)
        return removed_at
