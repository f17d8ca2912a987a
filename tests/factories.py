"""Rows for tests: invented people, places and posts, each made by one plain function.

Every function needs an open database and returns the key of what it made. What production code can
make, production code makes: reference rows, shares, reshares and score runs.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from api.actions.ranking import RunRequest, refresh_ranking
from api.actions.reference import BADGE_CLASS
from api.actions.shares import Evidence, NewReshare, NewShare, store_reshares, store_shares
from api.domain.agency import AgencyKind
from api.domain.badge import BadgeStatus
from api.domain.campaign import CampaignStatus
from api.domain.names import sort_name
from api.domain.nip import EmploymentKind
from api.domain.platform import AudienceKind, Coverage, EvidenceLevel, Platform, ShareKind
from api.models import connection, new_id, transaction
from api.models.sealed import Sealer
from api.settings import Settings

NOW = datetime.now(UTC).replace(microsecond=0)
LONG_AGO = date(2020, 1, 1)

_serial = count(1)


async def insert(table: str, **columns: Any) -> UUID:
    """Insert one row with an id of its own and return the id."""
    row: dict[str, Any] = {"id": new_id(), **columns}
    names = ", ".join(row)
    places = ", ".join(f"${at}" for at in range(1, len(row) + 1))
    async with connection() as db:
        await db.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", *row.values())  # noqa: S608
    made: UUID = row["id"]
    return made


async def execute(statement: str, *values: Any) -> None:
    """Run one statement."""
    async with connection() as db:
        await db.execute(statement, *values)


async def value(statement: str, *values: Any) -> Any:
    """Return the first column of the first row."""
    async with connection() as db:
        return await db.fetchval(statement, *values)


async def province(kemendagri_code: str = "31") -> UUID:
    """Find a province of the reference rows; 31 is Jakarta."""
    found: UUID = await value("SELECT id FROM province WHERE kemendagri_code = $1", kemendagri_code)
    return found


async def make_agency(
    code: str,
    name: str | None = None,
    *,
    kind: AgencyKind = AgencyKind.MINISTRY,
    parent_id: UUID | None = None,
    province_id: UUID | None = None,
) -> UUID:
    """Make an agency with a name."""
    agency_id = await insert(
        "agency",
        code=code,
        kind=kind.value,
        parent_id=parent_id,
        province_id=province_id,
        valid_from_on=LONG_AGO,
    )
    name = name or f"Agency {code}"
    await insert("agency_name", agency_id=agency_id, name=name, valid_from_on=LONG_AGO)
    return agency_id


async def make_asn(  # noqa: PLR0913 (each argument is a column)
    name: str,
    agency_id: UUID | None = None,
    *,
    province_id: UUID | None = None,
    kind: EmploymentKind = EmploymentKind.PNS,
    digits: str | None = None,
    settings: Settings | None = None,
) -> UUID:
    """Make a civil servant with a posting; with digits and settings, also a sealed number."""
    asn_id = await insert(
        "asn",
        full_name=name,
        sort_name=sort_name(name),
        is_active=True,
        is_pseudonymous=False,
        created_at=NOW,
    )
    if agency_id is not None:
        await post_to(asn_id, agency_id, province_id=province_id)
    if digits is not None and settings is not None:
        await number(asn_id, digits, kind, Sealer(settings.secrets))
    return asn_id


async def post_to(asn_id: UUID, agency_id: UUID, *, province_id: UUID | None = None) -> UUID:
    """Post a civil servant to an agency."""
    return await insert(
        "assignment",
        asn_id=asn_id,
        agency_id=agency_id,
        province_id=province_id,
        is_primary=True,
        from_on=LONG_AGO,
        source="TEST",
    )


async def number(asn_id: UUID, digits: str, kind: EmploymentKind, sealer: Sealer) -> None:
    """Give a civil servant an employee number."""
    number_id, index = new_id(), sealer.blind_index(digits)
    await insert(
        "employee_number",
        id=number_id,
        asn_id=asn_id,
        kind=kind.value,
        sealed=sealer.seal_number(asn_id, number_id, digits),
        blind_index=index,
        last3=digits[-3:],
        valid_from_on=LONG_AGO,
        warnings=[],
    )
    await insert("employee_number_key", asn_id=asn_id, blind_index=index)


async def make_account(
    asn_id: UUID,
    handle: str | None = None,
    *,
    platform: Platform = Platform.X,
    followers_count: int | None = 1_000,
    is_followed: bool = True,
) -> UUID:
    """Make a verified account with one observation, whose owner agrees to be followed."""
    serial = next(_serial)
    handle = handle or f"contoh_{serial}"
    account_id = await insert(
        "social_account",
        asn_id=asn_id,
        platform=platform.value,
        platform_user_id=str(10_000 + serial),
        handle=handle,
        url=f"https://x.com/{handle}",
        verification="VERIFIED",
        connection="NONE",
        ownership_verified_at=NOW - timedelta(days=90),
        created_at=NOW - timedelta(days=90),
    )
    if followers_count is not None:
        await observe(asn_id, account_id, followers_count)
    if is_followed:
        await agree(asn_id, "ACCOUNT_TRACKING", account_id=account_id)
    return account_id


async def observe(
    asn_id: UUID, account_id: UUID, followers_count: int, *, at: datetime = NOW
) -> UUID:
    """Observe the audience of an account."""
    return await insert(
        "audience_observation",
        asn_id=asn_id,
        account_id=account_id,
        kind=AudienceKind.FOLLOWERS.value,
        count=followers_count,
        source="PUBLIC_API",
        observed_at=at,
    )


async def agree(
    asn_id: UUID,
    purpose: str,
    *,
    account_id: UUID | None = None,
    withdrawn_at: datetime | None = None,
) -> UUID:
    """Grant a consent."""
    return await insert(
        "consent",
        asn_id=asn_id,
        purpose=purpose,
        account_id=account_id,
        basis="CONSENT",
        text_version="v1",
        channel="TEST",
        granted_at=NOW - timedelta(days=60),
        withdrawn_at=withdrawn_at,
    )


async def make_badge(
    asn_id: UUID, code: str | None = None, *, status: BadgeStatus = BadgeStatus.ACTIVE
) -> UUID:
    """Give a civil servant a badge."""
    return await insert(
        "badge",
        asn_id=asn_id,
        badge_class_id=await value("SELECT id FROM badge_class WHERE code = $1", BADGE_CLASS),
        public_code=code or f"code-{next(_serial):020}",
        state=status.value,
        issued_at=NOW - timedelta(days=50),
    )


async def assess(asn_id: UUID, outcome: str = "ELIGIBLE") -> UUID:
    """Store an assessment under the default policy."""
    reason = {
        "code": "MEETS",
        "platform": "X",
        "required": 500,
        "observed": 1_000,
        "message": "X has 1000 followers; 500 are enough.",
    }
    policy = "SELECT id FROM eligibility_policy WHERE code = 'kominfo-2019' AND version = 1"
    return await insert(
        "eligibility_assessment",
        asn_id=asn_id,
        policy_id=await value(policy),
        outcome=outcome,
        reasons=[reason],
        inputs_hash="0" * 64,
        assessed_at=NOW,
    )


async def make_program(agency_id: UUID | None, name: str = "Gizi Anak Sekolah") -> UUID:
    """Make a programme."""
    serial = next(_serial)
    return await insert(
        "program",
        slug=f"program-{serial}",
        name=name,
        source_url="https://contoh.go.id/program",
        agency_id=agency_id,
        created_by="maker",
        created_at=NOW,
    )


async def make_campaign(  # noqa: PLR0913 (each argument is a column)
    program_id: UUID,
    title: str = "Makan sehat di sekolah",
    *,
    status: CampaignStatus = CampaignStatus.ACTIVE,
    starts_at: datetime = NOW - timedelta(days=30),
    ends_at: datetime = NOW + timedelta(days=30),
    audience: dict[str, list[str]] | None = None,
) -> UUID:
    """Make a campaign that somebody else approved if its status says so."""
    is_approved = status not in {CampaignStatus.DRAFT, CampaignStatus.IN_REVIEW}
    is_launched = is_approved and status is not CampaignStatus.APPROVED
    return await insert(
        "campaign",
        program_id=program_id,
        title=title,
        status=status.value,
        version=1,
        starts_at=starts_at,
        ends_at=ends_at,
        disclosure_label="ASN · program pemerintah",
        audience=audience or {},
        created_by="maker",
        last_edited_by="maker",
        fact_checked_by="Tim fakta",
        approved_by="checker" if is_approved else None,
        approved_at=NOW if is_approved else None,
        approved_sha256="0" * 64 if is_approved else None,
        launched_at=NOW if is_launched else None,
        created_at=NOW,
    )


async def make_post(
    campaign_id: UUID,
    *,
    platform: Platform = Platform.X,
    state: str = "PUBLISHED",
    published_at: datetime = NOW - timedelta(days=20),
) -> UUID:
    """Make an official post."""
    native_id = str(1_700_000_000_000_000_000 + next(_serial))
    return await insert(
        "program_post",
        campaign_id=campaign_id,
        platform=platform.value,
        official_post_ref=native_id,
        url=f"https://x.com/i/web/status/{native_id}",
        title="Menu sehat",
        facts=[],
        source_url="https://contoh.go.id/berita",
        disclosure_text="ASN · program pemerintah",
        hashtags=["GiziAnak"],
        state=state,
        published_at=published_at,
        created_at=NOW,
    )


async def make_share(  # noqa: PLR0913 (each argument is a column)
    asn_id: UUID,
    account_id: UUID,
    post_id: UUID,
    *,
    kind: ShareKind = ShareKind.QUOTE,
    at: datetime = NOW - timedelta(days=5),
    level: EvidenceLevel = EvidenceLevel.API_CONFIRMED,
    resharer_count: int = 0,
) -> UUID:
    """Store a share and the people who passed it on, as tracking does."""
    serial = next(_serial)
    share = NewShare(
        asn_id=asn_id,
        program_post_id=post_id,
        account_id=account_id,
        platform=Platform.X,
        kind=kind,
        key=f"x:quote:{serial}",
        native_id=str(1_800_000_000_000_000_000 + serial),
        url=f"https://x.com/i/web/status/{1_800_000_000_000_000_000 + serial}",
        shared_at=at,
        is_time_observed=False,
        first_observed_at=at,
        evidence=Evidence("LIST_QUOTES", level, str(serial)),
    )
    async with transaction() as db:
        stored = await store_shares(db, [share])
        (row,) = stored.new_rows
        await store_reshares(db, [_reshare(asn_id, row.id, at, n) for n in range(resharer_count)])
    return row.id


def _reshare(asn_id: UUID, share_id: UUID, at: datetime, ordinal: int) -> NewReshare:
    key = share_id.bytes + ordinal.to_bytes(16)
    later = at + timedelta(minutes=ordinal + 1)
    return NewReshare(asn_id, share_id, key, later, later)


async def sweep(
    post_id: UUID, *, coverage: Coverage = Coverage.COMPLETE, at: datetime = NOW
) -> None:
    """Read both lists of a post of X to the end."""
    ref = await value("SELECT official_post_ref FROM program_post WHERE id = $1", post_id)
    for list_name in ("reposts", "quotes"):
        await insert(
            "sync_cursor",
            platform="X",
            list_name=list_name,
            object_ref=ref,
            sweep_started_at=at,
            sweep_completed_at=at,
            sweep_count=1,
            seen=[],
            coverage=coverage.value,
            updated_at=at,
        )


async def rank(as_of: datetime | None = None) -> UUID:
    """Compute the ranking and return its run."""
    return (await refresh_ranking(RunRequest(as_of=as_of))).id


async def make_event(
    agency_id: UUID,
    title: str = "Temu duta informasi",
    *,
    capacity: int = 2,
    starts_at: datetime = NOW + timedelta(days=40),
    status: str = "DRAFT",
) -> UUID:
    """Make an event."""
    return await insert(
        "event",
        title=title,
        agency_id=agency_id,
        starts_at=starts_at,
        capacity=capacity,
        status=status,
        version=1,
        created_by="organiser",
        created_at=NOW,
    )


async def make_draft_list(event_id: UUID, run_id: UUID) -> UUID:
    """Make an invite list of one seat without entries."""
    outcome = {
        "score_without_quotas": "0",
        "score_with_quotas": "0",
        "lost_ppm": 0,
        "effects": [],
    }
    return await insert(
        "invite_list",
        event_id=event_id,
        score_run_id=run_id,
        status="DRAFT",
        seat_count=1,
        seed="benih",
        rules={},
        solver="contoh",
        outcome=outcome,
        sha256="0" * 64,
        created_by="organiser",
        created_at=NOW,
    )


async def invite(  # noqa: PLR0913 (each argument is a column)
    event_id: UUID,
    list_id: UUID,
    asn_id: UUID,
    *,
    status: str = "INVITED",
    invited_at: datetime = NOW,
    position: int = 1,
) -> UUID:
    """Invite a person."""
    return await insert(
        "invitation",
        event_id=event_id,
        asn_id=asn_id,
        invite_list_id=list_id,
        position=position,
        status=status,
        reasons=[],
        invited_at=invited_at,
        version=1,
    )


async def make_holder(
    name: str,
    agency_id: UUID,
    *,
    purposes: Sequence[str] = ("INVITATION_CONTACT",),
    **person: Any,
) -> tuple[UUID, UUID]:
    """Make a badge holder with an account that is followed; return person and account."""
    asn_id = await make_asn(name, agency_id, **person)
    await make_badge(asn_id)
    for purpose in purposes:
        await agree(asn_id, purpose)
    return asn_id, await make_account(asn_id)
