"""Loads the registry's side of the simulated world, as an operator would import real files."""

import asyncio
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from rich.console import Console

from api.actions.account_token import keep_token
from api.actions.campaign import CampaignDraft, create_campaign
from api.actions.campaign_review import Submission, approve_campaign, submit_campaign
from api.actions.campaign_run import launch_campaign
from api.actions.event import NewEvent, create_event
from api.actions.intake import KINDS, Importing, ImportKind, Options, Table, import_table
from api.actions.program import NewProgram, create_program
from api.actions.program_post import NewPost, add_post
from api.cli.tables import open_csv
from api.domain.access import SYSTEM, Role, Viewer
from api.domain.campaign import NewCampaign
from api.domain.lists import OWN_BY_TOKEN
from api.domain.platform import Platform
from api.errors import StartupFailure
from api.models import COMMAND_POOL, new_id, open_database, transaction
from api.models.sealed import Sealer
from api.reads.access import agency_id_of_code
from api.reads.tracking import accounts_for_login
from api.settings import Settings

MAKER = Viewer(subject="sandbox:maker", role=Role.CAMPAIGN_MANAGER, name="Pembuat Contoh")
CHECKER = Viewer(subject="sandbox:checker", role=Role.CAMPAIGN_MANAGER, name="Pemeriksa Contoh")
_OWN_TOKEN = "sandbox-user-"  # noqa: S105 (the simulated networks give it to everybody)
ORGANISER = Viewer(subject="sandbox:organiser", role=Role.EVENT_ORGANISER, name="Panitia Contoh")

_FILES = (
    ImportKind.AGENCIES,
    ImportKind.ASNS,
    ImportKind.ASSIGNMENTS,
    ImportKind.ACCOUNTS,
    ImportKind.CONSENTS,
    ImportKind.OBSERVATIONS,
)


def seed(settings: Settings, options: tuple[str, ...], screen: Console) -> None:
    """Write the world's files with the sandbox's own command and import them; repeats add nothing.

    Raises:
        StartupFailure: the world's files cannot be made or hold a bad row.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = (sys.executable, "-m", "workers.sandbox", "world", "--out", name)
        made = subprocess.run([*command, *options], capture_output=True, check=False)  # noqa: S603
        if made.returncode:
            raise StartupFailure("SANDBOX_FAILED", "The simulated world could not be written.")
        asyncio.run(_load(settings, folder, screen))


async def _load(settings: Settings, folder: Path, screen: Console) -> None:
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo(settings.time_zone)).date()
    importing = Importing(new_id(), SYSTEM, Sealer(settings.secrets), now, today)
    async with open_database(settings.database_url, COMMAND_POOL):
        for kind in _FILES:
            await _import(kind, folder / f"{kind}.csv", importing, screen)
        await _give_access(importing.sealer)
        programs = orjson.loads((folder / "programs.json").read_bytes())["programs"]
        for program in programs:
            await _launch(program, settings)
        await sample_event(programs[0]["agencyCode"])


async def _give_access(sealer: Sealer) -> None:
    """Keep the access that consenting people gave where nobody else sees what they post."""
    async with transaction() as db:
        for account_id, native_id in await accounts_for_login(db, OWN_BY_TOKEN):
            await keep_token(db, sealer, account_id, f"{_OWN_TOKEN}{native_id}", None)


async def _import(kind: ImportKind, file: Path, importing: Importing, screen: Console) -> None:
    with open_csv(file) as source:
        table = Table(source.header, source.rows())
        outcome = await import_table(KINDS[kind], table, importing, Options())
    if outcome.errors:
        first = outcome.errors[0]
        text = f"{kind}.csv line {first.line}: {first.code}"
        raise StartupFailure("SEED_REFUSED", text)
    screen.print(f"{kind}: {outcome.new_count} new, {outcome.unchanged_count} known")


async def _launch(data: dict[str, object], settings: Settings) -> None:
    program = dict(data)
    slug = str(program["slug"])
    new = NewProgram(
        name=str(program["name"]),
        agency_id=await _agency(str(program["agencyCode"])),
        summary=str(program["summary"]),
        source_url=str(program["sourceUrl"]),
    )
    program_id = await create_program(MAKER, new, f"seed:{slug}")
    campaigns = program["campaigns"]
    if isinstance(campaigns, list):
        for position, campaign in enumerate(campaigns):
            await _campaign(program_id, campaign, f"seed:{slug}:{position}", settings)


async def _campaign(
    program_id: UUID, data: dict[str, object], key: str, settings: Settings
) -> None:
    goal = data.get("goalShareCount")
    new = NewCampaign(
        title=str(data["title"]),
        brief=str(data["brief"]),
        starts_at=_moment(data["startsAt"]),
        ends_at=_moment(data["endsAt"]),
        disclosure_label=str(data["disclosureLabel"]),
        goal_share_count=goal if isinstance(goal, int) else None,
    )
    campaign_id = await create_campaign(MAKER, CampaignDraft(program_id, new), key)
    posts = data["posts"]
    for position, post in enumerate(posts if isinstance(posts, list) else ()):
        new_post = _post(campaign_id, post)
        await add_post(MAKER, new_post, f"{key}:{position}", settings.mastodon.host_names)
    version = 1 + (len(posts) if isinstance(posts, list) else 0)
    checked_by = "Tim Pemeriksa Fakta Contoh"
    await submit_campaign(
        MAKER,
        Submission(
            campaign_id,
            version,
            is_free_of_candidates_and_parties=True,
            fact_checked_by=checked_by,
        ),
    )
    await approve_campaign(CHECKER, campaign_id, version + 1, "Diperiksa untuk dunia simulasi.")
    await launch_campaign(MAKER, campaign_id, version + 2, settings.time_zone)


def _post(campaign_id: UUID, data: dict[str, object]) -> NewPost:
    hashtags, variants = data["hashtags"], data["variants"]
    return NewPost(
        campaign_id=campaign_id,
        platform=Platform(str(data["platform"])),
        url=str(data["url"]),
        title=str(data["title"]),
        text=str(data["text"]),
        source_url=str(data["sourceUrl"]),
        published_at=_moment(data["publishedAt"]),
        hashtags=tuple(hashtags) if isinstance(hashtags, list) else (),
        variants=tuple((one["locale"], one["text"]) for one in variants)
        if isinstance(variants, list)
        else (),
    )


async def sample_event(agency_code: str) -> UUID:
    """Create the event that the tutorial invites to, or return it."""
    starts_at = datetime.now(UTC).replace(hour=2, minute=0, second=0, microsecond=0)
    new = NewEvent(
        title="Temu Duta Informasi (contoh)",
        agency_id=await _agency(agency_code),
        venue="Gedung Contoh, Jakarta",
        starts_at=starts_at + timedelta(days=30),
        ends_at=starts_at + timedelta(days=30, hours=4),
        capacity=25,
    )
    return await create_event(ORGANISER, new, None)


async def _agency(code: str) -> UUID:
    found = await agency_id_of_code(code)
    if found is None:
        raise StartupFailure("SEED_REFUSED", f"The world has no agency {code}.")
    return found


def _moment(value: object) -> datetime:
    return datetime.fromisoformat(str(value))
