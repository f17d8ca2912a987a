"""Checks the posts by which holders prove their shares: author, time and what they carry."""

from uuid import UUID

from api.actions.outbox import CursorRef
from api.actions.proof import confirm_proof, settle_proof
from api.domain.matching import NeedsRedirect, PostRef, parse_post_url, post_from_id
from api.domain.matching.leads import Leads, addresses, link_code
from api.domain.platform import ShareKind
from api.reads.proof import ProofClaim, open_proof
from workers.platforms.base import (
    APP,
    AccountRef,
    Cap,
    Connector,
    MissingPermission,
    NotFound,
    OwnPost,
    Protected,
)
from workers.tasks.kit import Kit, Work
from workers.tasks.timeline import own_post, places

_MOST_PAGES = 5


async def check_proof(kit: Kit, work: Work) -> None:
    """Ask the network; what it does not tell waits for a reviewer."""
    claim = await open_proof(UUID(work.args["asn_id"]), UUID(work.args["proof_id"]))
    if claim is None:
        return
    work.cursor = CursorRef(claim.platform, "proof", str(claim.proof_id))
    try:
        connector = kit.connector(claim.platform)
        post = await _named(connector, claim)
    except NotFound:
        await settle_proof(work.lease, claim, "REFUSED", "NOT_FOUND")
    except (Protected, MissingPermission) as unknown:
        await settle_proof(work.lease, claim, "WAITING", unknown.code)
    else:
        await _decide(kit, work, claim, post)


async def _decide(kit: Kit, work: Work, claim: ProofClaim, post: PostRef | None) -> None:
    if post is not None and post.author_id not in (None, claim.platform_user_id):
        await settle_proof(work.lease, claim, "REFUSED", "NOT_YOURS")
        return
    found = None if post is None else await _own(kit.connector(claim.platform), claim, post)
    if found is None:
        await settle_proof(work.lease, claim, "WAITING", "NOT_SHOWN")
        return
    seen = own_post(found)
    kind = carried_as(seen.leads, claim, kit.settings.public_url)
    if kind is None:
        await settle_proof(work.lease, claim, "WAITING", "NOT_CARRIED")
    else:
        await confirm_proof(work.lease, claim, seen, kind, places(kit))


async def _named(connector: Connector, claim: ProofClaim) -> PostRef | None:
    """Return the post with its author, or None where this network does not tell."""
    if Cap.RESOLVE_URL not in connector.caps:
        if claim.native_id is None:
            return None
        return post_from_id(claim.platform, claim.native_id)
    post: object
    if claim.native_id is None:
        post = await connector.resolve(NeedsRedirect(claim.platform, claim.given_url), APP)
    else:
        post = post_from_id(claim.platform, claim.native_id)
    if not isinstance(post, PostRef):
        return None
    named = await connector.resolve(post, APP)
    return named if isinstance(named, PostRef) else None


async def _own(connector: Connector, claim: ProofClaim, post: PostRef) -> OwnPost | None:
    """Look the post up among what the account posted."""
    if Cap.OWN_POSTS not in connector.caps:
        return None
    account = AccountRef(claim.platform, claim.platform_user_id, claim.handle)
    cursor = None
    for _ in range(_MOST_PAGES):
        page = await connector.own_posts(account, APP, None, cursor)
        for one in page.items:
            if one.id == post.id:
                return one
        cursor = page.next
        if cursor is None:
            break
    return None


def carried_as(leads: Leads, claim: ProofClaim, public_url: str) -> ShareKind | None:
    """Return how a post passes the claimed program post on, None if it does not."""
    for kind, post_id in leads.passed_on:
        if post_id == claim.post_ref and kind is not ShareKind.REPOST:
            return kind
    urls = addresses(leads.links, parse_post_url)
    codes = {link_code(link, public_url) for link in leads.links} - {None}
    is_linked = claim.post_url in urls or claim.source_url in urls or claim.link_code in codes
    return leads.link_kind if is_linked else None
