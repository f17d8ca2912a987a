"""Rows 40, 51, 56 and 59: each opens a Gema, or runs a command, of its own."""

import asyncio
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import factories as make
import httpx2
from api_client import gid
from cases_refusals import of_event
from live import served
from stand import Expect, Outcome, Probe, Row, Stand, ask, change
from worker import Desk

from api.actions.intake import ImportKind
from api.actions.intake.registry import ask_for_assessments
from api.app import create_app
from api.cli.imports import import_file
from api.models import transaction

HEADER = "code,name,kind\n"
ONE_BAD = "".join(
    f"K{n},{'=cmd()' if n == 1 else 'Kementerian'} {n},{'KINGDOM' if n == 700 else 'MINISTRY'}\n"
    for n in range(1_000)
)
OBSERVED = (
    "platform,platform_user_id,kind,count,source,observed_at\n"
    "X,1001,FOLLOWERS,%s,PUBLIC_API,2024-03-01T00:00:00Z\n"
)


def at_own(probe: Probe, **changes: str) -> Probe:
    """Ask a Gema of the probe's own, whose database or Valkey may be one that nobody serves."""

    async def asked(stand: Stand, accept: str) -> Outcome:
        settings = replace(stand.settings, **changes)
        app = create_app(settings)
        async with (
            app.router.lifespan_context(app),
            served(app) as host,
            httpx2.AsyncClient(base_url=f"http://{host}") as client,
        ):
            return await probe(replace(stand, settings=settings, client=client), accept)

    return asked


def imported(text: str, kind: str = "agencies", *, whole: bool = False) -> Probe:
    """Import a file with `gema import`; there is no bulk import over HTTP."""

    async def probe(stand: Stand, _: str) -> Outcome:
        before = await stand.sql(AGENCIES)
        with TemporaryDirectory() as folder, redirect_stdout(StringIO()) as said:
            file = Path(folder) / "rows.csv"
            file.write_text(text)
            code = await asyncio.to_thread(
                import_file,
                ImportKind(kind),
                file,
                settings=stand.settings,
                is_dry_run=False,
                is_all_or_nothing=whole,
            )
        new = await stand.sql(AGENCIES) - before
        return Outcome(f"exit {code}", _words(said.getvalue()), said.getvalue(), data=new)

    return probe


def _words(said: str) -> tuple[str, ...]:
    known = ("HEADER_WRONG", "INVALID", "DUPLICATE", "CONFLICT", "FILE_TOO_LARGE")
    return tuple(word for word in known if word in said)


BY_PLATFORM = "query ($p: Platform) { ranking(filter: {platform: $p}) { totalCount } }"
WHY_NOT = "query ($id: ID!) { asn(id: $id) { eligibility { outcome reasons { code } } } }"
OTHERS = {"ACCOUNT_MISSING", "MEETS"}
TIED = [1, 2, 3]
"""Nobody shares a rank: who is equal stands in a fixed order."""
AGENCIES = "SELECT count(*) FROM agency"
RANKED = "{ ranking(first: 10) { totalCount nodes { rank points asn { name } } } }"


async def too_few_followers(stand: Stand, accept: str) -> Outcome:
    """Observe a count below the policy's minimum, and ask why the person is not eligible."""
    citra = stand.world.citra
    await make.observe(citra, stand.world.accounts[citra], 10, at=datetime.now(UTC))
    async with transaction() as db:
        await ask_for_assessments(db, [citra])
    await Desk(stand.settings).work()
    outcome = await ask(WHY_NOT, {"id": gid("Asn", citra)})(stand, accept)
    reasons = outcome.data["asn"]["eligibility"]["reasons"]
    return replace(outcome, codes=tuple({one["code"] for one in reasons} - OTHERS))


def ranking_of(*holders: str) -> Probe:
    """Ask for the ranking of people who have done the same."""

    async def probe(stand: Stand, accept: str) -> Outcome:
        await make.execute("TRUNCATE share, holder_day CASCADE")
        for name in holders:
            person = getattr(stand.world, name)
            account = stand.world.accounts[person]
            await make.make_share(person, account, stand.world.post, resharer_count=3)
        await make.rank()
        return await ask(RANKED)(stand, accept)

    return at_own(probe)


def ranks(outcome: Outcome) -> list[int]:
    return [row["rank"] for row in outcome.data["ranking"]["nodes"]]


ROWS = [
    Row(
        40,
        "a count or network that is none",
        (
            Expect(imported(OBSERVED % "-5", "observations"), "INVALID", "exit 1"),
            Expect(imported(OBSERVED % "500k", "observations"), "INVALID", "exit 1"),
            Expect(at_own(too_few_followers), "BELOW_THRESHOLD", changes=True),
            Expect(
                at_own(ask("{ ranking(filter: {platform: TIKTOK}) { totalCount } }")),
                "GRAPHQL_VALIDATION_FAILED",
                400,
                is_lenient=True,
            ),
            Expect(
                at_own(ask(BY_PLATFORM, {"p": "TIKTOK"})),
                "BAD_USER_INPUT",
                400,
                is_lenient=True,
            ),
        ),
    ),
    Row(
        51,
        "a server behind it is down",
        (
            Expect(
                at_own(
                    ask("{ asns { nodes { id } } }"),
                    database_url="postgres://nobody:x@127.0.0.1:9/none",
                ),
                "SERVICE_UNAVAILABLE",
                503,
                check=lambda o: int(o.headers["retry-after"]) > 0,
            ),
            Expect(
                at_own(change("eventCreate", of_event), redis_url="redis://127.0.0.1:9/0"),
                None,
                changes=True,
            ),
        ),
    ),
    Row(
        56,
        "a file with mistakes",
        (
            Expect(
                imported("code,name\nA,B\n"), "HEADER_WRONG", "exit 1", check=lambda o: o.data == 0
            ),
            Expect(
                imported("\ufeff" + HEADER + "A,B,MINISTRY\n"),
                None,
                "exit 0",
                check=lambda o: o.data == 1,
            ),
            Expect(
                imported(HEADER + ONE_BAD),
                "INVALID",
                "exit 1",
                check=lambda o: "702" in o.text and o.data == 999,
            ),
            Expect(
                imported(HEADER + ONE_BAD, whole=True),
                "INVALID",
                "exit 1",
                check=lambda o: o.data == 0,
            ),
        ),
    ),
    Row(
        59,
        "a ranking of next to nothing",
        (
            Expect(
                ranking_of("ani", "budi", "citra"),
                None,
                check=lambda o: ranks(o) == TIED,
                changes=True,
            ),
            Expect(ranking_of("budi"), None, check=lambda o: ranks(o) == [1], changes=True),
            Expect(ranking_of(), None, check=lambda o: ranks(o) == [], changes=True),
        ),
    ),
]
