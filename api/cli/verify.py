"""`gema verify`: the database against the sandbox's truth, and the ranking against a rebuild."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import typer

from api.cli.rebuild import Rebuilt, rebuild
from api.cli.truth import truth
from api.domain.matching import PostRef, parse_post_url
from api.local import LocalHome
from api.models import COMMAND_POOL, connection, open_database
from api.models.sealed import Sealer
from api.reads.recorded import RecordedShare, linked_accounts, recorded_shares
from api.settings import Settings

# Such a share cannot be asked for: it is known if its event came, and nothing is wrong if not.
_BY_EVENT_ONLY = ["MENTIONS"]

Identity = tuple[str, str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Match:
    """How a recorded set stands to the true one."""

    recorded_count: int
    true_count: int
    common_count: int

    @property
    def is_exact(self) -> bool:
        """Tell whether both are the same."""
        return self.recorded_count == self.true_count == self.common_count

    def line(self, name: str) -> str:
        """Say precision and recall in one line."""
        precision = self.common_count / self.recorded_count if self.recorded_count else 1.0
        recall = self.common_count / self.true_count if self.true_count else 1.0
        counts = f"{self.recorded_count} recorded, {self.true_count} true"
        return f"{name}: precision {precision:.4f} recall {recall:.4f} ({counts})"


def verify(settings: Settings, home: LocalHome) -> int:
    """Print what was compared; return 0 if everything is equal."""
    sandbox_url = settings.sandbox_url or f"http://127.0.0.1:{home.state().ports['sandbox']}"
    is_exact = asyncio.run(_verify(settings, sandbox_url))
    typer.echo("verified" if is_exact else "DIFFERENT")
    return 0 if is_exact else 1


async def _verify(settings: Settings, sandbox_url: str) -> bool:
    true = _canonical(truth(sandbox_url), settings)
    sealer = Sealer(settings.secrets)
    async with open_database(settings.database_url, COMMAND_POOL):
        found = [await _compared(true, platform, sealer) for platform in _platforms(true)]
        rebuilt = await rebuild()
    for platform, shares, resharers in found:
        typer.echo(shares.line(f"{platform} shares"))
        typer.echo(resharers.line(f"{platform} resharers"))
    matches = [sum_of(one[1] for one in found), sum_of(one[2] for one in found)]
    typer.echo(matches[0].line("shares"))
    typer.echo(matches[1].line("resharers"))
    typer.echo(_ranking_line(rebuilt))
    return all(match.is_exact for match in matches) and rebuilt.is_equal


def _canonical(true: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Name the posts of the truth by their canonical addresses, as the tables do."""
    hosts = settings.mastodon.host_names
    for post in true["posts"]:
        parsed = parse_post_url(post["url"], mastodon_hosts=hosts)
        post["url"] = parsed.url if isinstance(parsed, PostRef) else post["url"]
    return true


async def _compared(
    true: dict[str, Any], platform: str, sealer: Sealer
) -> tuple[str, Match, Match]:
    async with connection() as db:
        recorded = await recorded_shares(db, platform)
        linked = await linked_accounts(db, platform)
    urls = {post["url"] for post in true["posts"]}
    ours = [share for share in recorded if share.post_url in urls]
    ids = {one for _, share in _knowable(true, platform) for one in share["resharerIds"]}
    keys = {}
    for one in ids:
        owner = linked.get(one)
        keys[one] = sealer.resharer_key(f"asn:{owner}" if owner else f"{platform}:{one}")
    shares = compare_shares(true, ours, platform)
    return platform, shares, compare_resharers(true, ours, keys, platform)


def compare_shares(true: dict[str, Any], recorded: Iterable[RecordedShare], platform: str) -> Match:
    """Compare the live shares with those of consenting people that the network shows."""
    ours = [share.identity for share in recorded if share.is_live]
    told = set(ours)
    known = {
        identity
        for identity, share in _knowable(true, platform)
        if identity in told or share.get("knowableBy") != _BY_EVENT_ONLY
    }
    return _match(ours, known)


def compare_resharers(
    true: dict[str, Any],
    recorded: Iterable[RecordedShare],
    keys: dict[str, bytes],
    platform: str,
) -> Match:
    """Compare (share, resharer) pairs of the live shares that can be passed on."""
    known = {
        (identity, keys[one])
        for identity, share in _knowable(true, platform)
        for one in share["resharerIds"]
    }
    ours = [(s.identity, key) for s in recorded if s.is_live for key in s.resharers]
    return _match(ours, known)


def sum_of(matches: Iterable[Match]) -> Match:
    """Add up how recorded sets stand to the true ones."""
    found = list(matches)
    return Match(
        sum(one.recorded_count for one in found),
        sum(one.true_count for one in found),
        sum(one.common_count for one in found),
    )


def _platforms(true: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(post["platform"] for post in true["posts"]))


def _match(recorded: list[T], true: set[T]) -> Match:
    """Compare rows with a set; a second row of the same thing is one that is not true."""
    return Match(len(recorded), len(true), len(set(recorded) & true))


def _knowable(true: dict[str, Any], platform: str) -> list[tuple[Identity, dict[str, Any]]]:
    return [
        (_identity(post["url"], share), share)
        for post in true["posts"]
        if post["platform"] == platform
        for share in post["shares"]
        if share["isConsenting"] and share["isKnowable"] and not share["isRemoved"]
    ]


def _identity(url: str, share: dict[str, Any]) -> Identity:
    is_repost = share["kind"] == "REPOST"
    return url, share["kind"], share["actorId"] if is_repost else share.get("url", share["id"])


def _ranking_line(rebuilt: Rebuilt) -> str:
    if rebuilt.holder_count is None:
        return "ranking: none yet"
    word = "equal to" if rebuilt.is_equal else "DIFFERENT from"
    return f"ranking: {rebuilt.holder_count} holders, {word} a rebuild from observations"
