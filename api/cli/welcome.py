"""What `gema run` says once the first ranking stands."""

import asyncio
import time

from rich import box
from rich.console import Console
from rich.table import Table

from api.actions.invite_list import ListRequest, dry_run_list
from api.cli.seed import ORGANISER, seed
from api.cli.world import sandbox_options
from api.domain.amplification import points_micro
from api.local import LocalHome
from api.models import COMMAND_POOL, open_database
from api.reads import ranking
from api.reads.asn import cards
from api.reads.installation import InstallationState, installation_state, next_event
from api.reads.paging import PageRequest
from api.settings import Settings

TOP_COUNT = 10
_PATIENCE_SECONDS = 40
_PLAIN_WIDTH = 120


def screen() -> Console:
    """Return a console that folds nothing where programs read along."""
    console = Console(highlight=False, emoji=False)
    return console if console.is_terminal else Console(width=_PLAIN_WIDTH, highlight=False)


def welcome(environment: dict[str, str]) -> None:
    """Fill an empty installation from the simulated world, wait for the ranking, and greet."""
    settings = Settings.from_env(environment)
    console = screen()
    if settings.sandbox_url is not None and _is_empty(settings):
        options = sandbox_options(LocalHome(settings.home))
        seed(settings, options, console)
    if settings.sandbox_url is not None:
        asyncio.run(_wait(settings, console))
    asyncio.run(_greet(settings, console))


def _is_empty(settings: Settings) -> bool:
    return asyncio.run(_state(settings)).person_count == 0


async def _state(settings: Settings) -> InstallationState:
    async with open_database(settings.database_url, COMMAND_POOL):
        return await installation_state()


async def _wait(settings: Settings, console: Console) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    async with open_database(settings.database_url, COMMAND_POOL):
        state = await installation_state()
        while not state.has_caught_up and time.monotonic() < until:
            await asyncio.sleep(0.25)
            state = await installation_state()
    if not state.has_caught_up:
        console.print("The first sweep goes on in the background; the ranking is not final yet.")


async def _greet(settings: Settings, console: Console) -> None:
    async with open_database(settings.database_url, COMMAND_POOL):
        await _print_top(console)
        await _print_list(console)
    console.print("A token: .venv/bin/gema token --role EVENT_ORGANISER")


async def _print_top(console: Console) -> None:
    request = PageRequest(limit=TOP_COUNT)
    found = await ranking.ranking(ORGANISER, ranking.RankingFilter(), request)
    if found.run is None:
        console.print("There is no ranking yet.")
        return
    table = Table(title=f"Top {TOP_COUNT} of {found.run.holder_count} holders", box=box.SIMPLE)
    for title in ("Rank", "Points", "Shares", "Holder", "Agency"):
        table.add_column(
            title, justify="right" if title in {"Rank", "Points", "Shares"} else "left"
        )
    for row in found.page.rows:
        agency = "" if row.asn.agency is None else row.asn.agency.name
        table.add_row(str(row.rank), _points(row.score), str(row.share_count), row.asn.name, agency)
    console.print(table)


async def _print_list(console: Console) -> None:
    event = await next_event()
    if event is None or await ranking.run_by_id(None) is None:
        return
    event_id, title = event
    proposed = await dry_run_list(ORGANISER, ListRequest(event_id=event_id))
    admitted = proposed.proposal.admitted
    people = await cards(ORGANISER, [entry.candidate.asn_id for entry in admitted])
    table = Table(title=f"Proposed list: {title}", box=box.SIMPLE)
    for name in ("Seat", "Rank", "Points", "Holder", "Reason"):
        table.add_column(name, justify="right" if name in {"Seat", "Rank", "Points"} else "left")
    for entry in admitted:
        one = entry.candidate
        reason = "; ".join(reason.message for reason in entry.reasons)
        name = people[one.asn_id].name
        table.add_row(str(entry.position), str(entry.rank), _points(one.score), name, reason)
    console.print(table)
    console.print(f"sha256 {proposed.proposal.sha256}")


def _points(score: int) -> str:
    return f"{points_micro(score) / 1_000_000:.3f}"
