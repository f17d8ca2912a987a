"""Looks for the code by which a person proves that an account is theirs."""

from uuid import UUID

from api.actions.account import confirm_ownership, note_check
from api.actions.outbox import CursorRef
from api.domain.matching import ProfileRef
from api.domain.ownership import is_in_bio, is_in_links, pause_after, proof_address
from api.reads.ownership import Claim, open_claim
from workers.platforms.base import APP, AccountRef, Cap, Connector, ProfileFact
from workers.tasks.kit import Kit, Work


async def check_ownership(kit: Kit, work: Work) -> None:
    """Look once; the code is looked for again until it is found or the challenge ends."""
    claim = await open_claim(UUID(work.args["verification_id"]))
    if claim is None:
        return
    connector = kit.connector(claim.platform)
    work.cursor = CursorRef(claim.platform, "ownership", str(claim.verification_id))
    if Cap.PROFILE_PUBLIC not in connector.caps:
        await note_check(work.lease, claim, "NOT_OFFERED", pause_after(claim.age))
        return
    page = await connector.profiles([ProfileRef(claim.platform, handle=claim.handle)], APP)
    profile = next(iter(page.items), None)
    if profile is None:
        await note_check(work.lease, claim, "NOT_FOUND", pause_after(claim.age))
    elif await _carries_code(connector, claim, profile, kit.settings.public_url):
        await confirm_ownership(work.lease, claim, profile.id, claim.handle)
    else:
        await note_check(work.lease, claim, "CODE_MISSING", pause_after(claim.age))


async def _carries_code(
    connector: Connector, claim: Claim, profile: ProfileFact, public_url: str
) -> bool:
    if claim.method == "CODE_IN_BIO":
        return is_in_bio(claim.token, profile.description)
    if Cap.OWN_POSTS not in connector.caps:
        return False
    account = AccountRef(claim.platform, profile.id, claim.handle)
    page = await connector.own_posts(account, APP, None, None)
    address = proof_address(public_url, claim.token)
    return any(is_in_links(address, post.links) for post in page.items)
