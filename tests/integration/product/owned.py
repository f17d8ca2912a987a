"""One row of each type that belongs to an agency, for the first and for the second ministry."""

from uuid import UUID, uuid4

import factories as make
from world import World


async def objects(world: World) -> dict[str, tuple[UUID, UUID]]:
    """Return for each owned type a row of the first and one of the second ministry."""
    other_post = await make.make_post(world.other_campaign)
    lists, entries, invitations, links = [], [], [], []
    for event, person, post in (
        (world.event, world.ani, world.post),
        (world.other_event, world.citra, other_post),
    ):
        made = await make.make_draft_list(event, world.run)
        lists.append(made)
        entries.append(
            await make.insert(
                "invite_list_entry",
                invite_list_id=made,
                asn_id=person,
                position=1,
                seat=1,
                decision="ADMITTED",
                rank=1,
                score=1,
                reasons=[],
                facts={},
            )
        )
        invitations.append(await make.invite(event, made, person))
        links.append(
            await make.insert(
                "tracked_link",
                asn_id=person,
                program_post_id=post,
                account_id=world.accounts[person],
                code=uuid4().hex[:16],
                created_at=make.NOW,
            )
        )

    async def both(statement: str) -> tuple[UUID, UUID]:
        return await make.value(statement, world.ani), await make.value(statement, world.citra)

    return {
        "Asn": (world.ani, world.citra),
        "SocialAccount": (world.accounts[world.ani], world.accounts[world.citra]),
        "Badge": await both("SELECT id FROM badge WHERE asn_id = $1"),
        "Share": (world.shares[world.ani], world.shares[world.citra]),
        "RankingRow": await both("SELECT id FROM ranking WHERE asn_id = $1"),
        "TrackedLink": (links[0], links[1]),
        "Program": (world.program, world.other_program),
        "Campaign": (world.campaign, world.other_campaign),
        "ProgramPost": (world.post, other_post),
        "Event": (world.event, world.other_event),
        "InviteList": (lists[0], lists[1]),
        "InviteListEntry": (entries[0], entries[1]),
        "Invitation": (invitations[0], invitations[1]),
    }
