"""A small nation: two ministries, one with a unit, their people, a campaign and an event."""

from dataclasses import dataclass
from uuid import UUID

import factories as make
from api_client import Caller, holder

from api.actions.reference import ensure_reference_rows
from api.domain.access import Role
from api.domain.agency import AgencyKind
from api.domain.nip import EmploymentKind
from api.settings import Settings


@dataclass(frozen=True)
class World:
    """The keys of what there is. Ani and Budi are of the first ministry, Citra of the second."""

    first: UUID
    unit: UUID
    second: UUID
    ani: UUID
    budi: UUID
    citra: UUID
    accounts: dict[UUID, UUID]
    program: UUID
    campaign: UUID
    post: UUID
    other_program: UUID
    other_campaign: UUID
    shares: dict[UUID, UUID]
    event: UUID
    other_event: UUID
    run: UUID

    @property
    def as_ani(self) -> Caller:
        return holder(self.ani)

    @property
    def as_budi(self) -> Caller:
        return holder(self.budi)


FIRST_MANAGER = Caller(Role.CAMPAIGN_MANAGER, agency="KEM-1")
SECOND_MANAGER = Caller(Role.CAMPAIGN_MANAGER, agency="KEM-2")
FIRST_ORGANISER = Caller(Role.EVENT_ORGANISER, agency="KEM-1")
SECOND_ORGANISER = Caller(Role.EVENT_ORGANISER, agency="KEM-2")
FIRST_AUDITOR = Caller(Role.AUDITOR, agency="KEM-1")


async def build_world(settings: Settings) -> World:
    """Make all of it and rank it once."""
    await ensure_reference_rows()
    jakarta, bali = await make.province("31"), await make.province("51")
    first = await make.make_agency("KEM-1", "Kementerian Satu", province_id=jakarta)
    unit = await make.make_agency(
        "KEM-1-A", "Direktorat Satu", kind=AgencyKind.UNIT, parent_id=first
    )
    second = await make.make_agency("KEM-2", "Kementerian Dua", province_id=bali)
    ani, ani_account = await make.make_holder(
        "Ani Lestari",
        first,
        purposes=("INVITATION_CONTACT", "PUBLIC_RANKING", "BADGE_PUBLIC"),
        digits="199001012015042011",
        settings=settings,
    )
    budi, budi_account = await make.make_holder(
        "Budi Santoso",
        unit,
        province_id=bali,
        digits="198502022010011022",
        settings=settings,
    )
    citra, citra_account = await make.make_holder(
        "Citra Dewi",
        second,
        purposes=("INVITATION_CONTACT", "PUBLIC_RANKING"),
        digits="199203032020121033",
        kind=EmploymentKind.PPPK,
        settings=settings,
    )
    program = await make.make_program(first)
    campaign = await make.make_campaign(program)
    post = await make.make_post(campaign)
    other_program = await make.make_program(second, "Air Bersih Desa")
    other_campaign = await make.make_campaign(other_program, "Air bersih untuk semua")
    shares = {
        ani: await make.make_share(ani, ani_account, post, resharer_count=9),
        budi: await make.make_share(budi, budi_account, post, resharer_count=4),
        citra: await make.make_share(citra, citra_account, post, resharer_count=1),
    }
    await make.sweep(post)
    await make.assess(ani)
    return World(
        first=first,
        unit=unit,
        second=second,
        ani=ani,
        budi=budi,
        citra=citra,
        accounts={ani: ani_account, budi: budi_account, citra: citra_account},
        program=program,
        campaign=campaign,
        post=post,
        other_program=other_program,
        other_campaign=other_campaign,
        shares=shares,
        event=await make.make_event(first),
        other_event=await make.make_event(second, "Temu daerah"),
        run=await make.rank(),
    )
