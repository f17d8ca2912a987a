"""Civil servants with their agency, province, accounts and badge."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry import UNSET

from api.domain.nip import mask
from api.reads import asn as reads
from api.reads import ranking as ranking_reads
from api.reads.card import AccountRow, AgencyRow, AsnRow, AudienceRow, BadgeRow, ProvinceRow
from api.reads.number import own_numbers
from api.reads.paging import PageRequest
from api.reads.share import Parent
from api.reads.share import ShareFilter as ShareReadFilter
from api.schema.account_history import AccountChange, changes_of, lost_since
from api.schema.assessment import Consent, Eligibility
from api.schema.challenge import AccountAccess, AccountChallenge, AccountState, find_challenge
from api.schema.context import Info
from api.schema.correction import CorrectionNotice, notices_of
from api.schema.identity import Node, encode_id, uuid_of
from api.schema.loading import loader
from api.schema.paging import Connection, Paged
from api.schema.points_shown import RankInterval, chance_of, points
from api.schema.scalars import URL
from api.schema.share import Share, ShareFilterArgument, share_page
from api.schema.vocabulary import (
    AgencyKind,
    AudienceKind,
    AudienceSource,
    BadgeStatus,
    EmploymentKind,
    Platform,
)


@strawberry.type(description="A province; the two code systems collide and are never mixed.")
class Province(Node):
    """A province."""

    name: str = strawberry.field(description="Name of the province.")
    kemendagri_code: str = strawberry.field(description="Code of the Ministry of Home Affairs.")
    bps_code: str = strawberry.field(description="Code of Statistics Indonesia.")

    @classmethod
    def of(cls, row: ProvinceRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("Province", row.id),
            name=row.name,
            kemendagri_code=row.kemendagri_code,
            bps_code=row.bps_code,
        )


@strawberry.type(description="An agency or work unit under its present name.")
class Agency(Node):
    """An agency."""

    code: str = strawberry.field(description="Stable code of the agency.")
    name: str = strawberry.field(description="Present name; names are dated history.")
    kind: AgencyKind = strawberry.field(description="What the agency is in the state's structure.")
    province: Province | None = strawberry.field(
        description="Province of the agency; null for national ones."
    )

    @classmethod
    def of(cls, row: AgencyRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("Agency", row.id),
            code=row.code,
            name=row.name,
            kind=AgencyKind(row.kind),
            province=None if row.province is None else Province.of(row.province),
        )


@strawberry.type(description="The size of an audience as one source saw it at one time.")
class Audience:
    """The latest observation of an audience."""

    kind: AudienceKind = strawberry.field(description="What the audience is made of.")
    count: int = strawberry.field(description="How many people.")
    source: AudienceSource = strawberry.field(description="Where the figure comes from.")
    observed_at: datetime = strawberry.field(description="Timestamp of the observation.")

    @classmethod
    def of(cls, row: AudienceRow) -> Self:
        """Show a row."""
        return cls(
            kind=AudienceKind(row.kind),
            count=row.count,
            source=AudienceSource(row.source),
            observed_at=row.observed_at,
        )


@strawberry.type(description="An account of a civil servant on one network.")
class SocialAccount(Node):
    """A linked account."""

    platform: Platform = strawberry.field(description="The network.")
    handle: str = strawberry.field(description="Present name of the account on the network.")
    profile_url: URL = strawberry.field(description="Address of the profile.")
    ownership_verified_at: datetime | None = strawberry.field(
        description="Timestamp at which ownership was proved; null while it is not."
    )
    audience: Audience | None = strawberry.field(
        description="Latest audience; null when it is unknown, which is not zero."
    )
    verification: AccountState = strawberry.field(description="Whether ownership is proved.")
    connection: AccountAccess = strawberry.field(description="Whether the owner's access works.")

    @strawberry.field(
        description="What proves the account to be its owner's; null when nothing is open."
    )
    async def challenge(self, info: Info) -> AccountChallenge | None:
        """Read the open challenge."""
        return await find_challenge(info, uuid_of(self.id, "SocialAccount"))

    @strawberry.field(
        description="What happened to the account while it was linked: the latest, newest first."
    )
    async def changes(self, info: Info) -> list[AccountChange]:
        """Read new names, gaps in access and lost proofs."""
        return await changes_of(info, uuid_of(self.id, "SocialAccount"))

    @strawberry.field(
        description="Timestamp since which the account cannot be read; null while it can."
        " Linking it again, by any method, proves it anew and opens access again."
    )
    async def access_lost_at(self, info: Info) -> datetime | None:
        """Read the open gap."""
        return await lost_since(info, uuid_of(self.id, "SocialAccount"))

    @classmethod
    def of(cls, row: AccountRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("SocialAccount", row.id),
            platform=Platform(row.platform),
            handle=row.handle,
            profile_url=URL(row.url),
            ownership_verified_at=row.ownership_verified_at,
            audience=None if row.audience is None else Audience.of(row.audience),
            verification=AccountState(row.verification),
            connection=AccountAccess(row.connection),
        )


@strawberry.type(description="A badge of an official, openly labelled influencer.")
class Badge(Node):
    """A badge."""

    code: str = strawberry.field(description="Public code for verification.")
    status: BadgeStatus = strawberry.field(description="State of the badge.")
    issued_at: datetime = strawberry.field(description="Timestamp of issue.")
    expires_at: datetime | None = strawberry.field(
        description="Timestamp at which it ended or will end; null while none is set."
    )

    @strawberry.field(description="Address at which anybody can verify the badge.")
    def verification_url(self, info: Info) -> URL:
        """Point to the public page."""
        return URL(f"{info.context.settings.public_url}/badges/{self.code}")

    @classmethod
    def of(cls, row: BadgeRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("Badge", row.id),
            code=row.code,
            status=BadgeStatus(row.status),
            issued_at=row.issued_at,
            expires_at=row.expires_at,
        )


@strawberry.type(description="A person's place in the whole latest ranking.")
class Standing:
    """A standing."""

    rank: int = strawberry.field(description="Place among all holders of the run.")
    points: float = strawberry.field(description="Points for display.")
    percentile: float | None = strawberry.field(
        description="Percentage of holders who stand below; null with fewer than five holders."
    )
    p_top_k: float | None = strawberry.field(
        description="Chance of one of the first 50 ranks of the whole run; null while not drawn."
    )
    rank_interval: RankInterval | None = strawberry.field(
        description="Ranks in the whole run that the evidence allows in nine draws of ten; null "
        "while not drawn."
    )

    @classmethod
    def of(cls, row: ranking_reads.StandingRow) -> Self:
        """Show a row."""
        return cls(
            rank=row.rank,
            points=points(row.score),
            percentile=row.percentile,
            p_top_k=chance_of(row.sureness),
            rank_interval=RankInterval.of(row.sureness),
        )


@strawberry.type(description="A civil servant (aparatur sipil negara).")
class Asn(Node):
    """A civil servant."""

    row: strawberry.Private[AsnRow]
    name: str = strawberry.field(description="Full name.")
    employment_kind: EmploymentKind | None = strawberry.field(
        description="Kind of employment; null for pseudonymous holders of imported data."
    )
    masked_employee_number: str | None = strawberry.field(
        description="Fifteen stars and the last three digits; null when no number is on file."
    )
    agency: Agency | None = strawberry.field(description="Agency of the present main posting.")
    province: Province | None = strawberry.field(description="Province of the present posting.")
    accounts: list[SocialAccount] = strawberry.field(description="Linked accounts.")
    badge: Badge | None = strawberry.field(description="Standing badge, else the latest one.")

    @strawberry.field(
        description="Whole number, for the person alone; null for everybody else, see "
        "`employeeNumberReveal`."
    )
    async def employee_number(self, info: Info) -> str | None:
        """Open the caller's own number."""
        viewer, secrets = info.context.caller, info.context.settings.secrets
        found = loader(info, "asn.number", lambda keys: own_numbers(viewer, secrets, keys))
        return await found.load(self.row.id)

    @strawberry.field(description="Latest assessment; null before the first one.")
    async def eligibility(self, info: Info) -> Eligibility | None:
        """Read the assessment."""
        viewer = info.context.caller
        found = loader(info, "asn.eligibility", lambda keys: reads.eligibility(viewer, keys))
        row = await found.load(self.row.id)
        return None if row is None else Eligibility.of(row)

    @strawberry.field(description="Consents, standing and withdrawn, oldest first.")
    async def consents(self, info: Info) -> list[Consent]:
        """Read the consents."""
        viewer = info.context.caller
        found = loader(info, "asn.consents", lambda keys: reads.consents(viewer, keys))
        return [Consent.of(row) for row in await found.load(self.row.id) or ()]

    @strawberry.field(description="Place in the latest ranking; null without a counted share.")
    async def standing(self, info: Info) -> Standing | None:
        """Read the standing."""
        viewer = info.context.caller
        found = loader(info, "asn.standing", lambda keys: ranking_reads.standings(viewer, keys))
        row = await found.load(self.row.id)
        return None if row is None else Standing.of(row)

    @strawberry.field(description="Corrections of posts that the person had shared, newest first.")
    async def correction_notices(self, info: Info) -> list[CorrectionNotice]:
        """Read the notices."""
        return await notices_of(info, self.row.id)

    @strawberry.field(description="Shares, newest first.", extensions=[Paged()])
    async def shares(
        self,
        info: Info,
        page: PageRequest,
        filter: ShareFilterArgument = UNSET,  # noqa: A002
    ) -> Connection[Share] | None:
        """Read one page of shares."""
        narrowed = filter.narrowed() if filter else ShareReadFilter()
        return await share_page(info, Parent.ASN, self.row.id, narrowed, page)

    @classmethod
    def of(cls, row: AsnRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("Asn", row.id),
            row=row,
            name=row.name,
            employment_kind=None
            if row.employment_kind is None
            else EmploymentKind(row.employment_kind),
            masked_employee_number=None if row.last3 is None else mask(row.last3),
            agency=None if row.agency is None else Agency.of(row.agency),
            province=None if row.province is None else Province.of(row.province),
            accounts=[SocialAccount.of(account) for account in row.accounts],
            badge=None if row.badge is None else Badge.of(row.badge),
        )
