"""Checks the posts by which holders prove their shares: author, time and what they carry."""

from dataclasses import replace
from uuid import UUID

from api.actions.account_change import lose_access
from api.actions.outbox import CursorRef
from api.actions.proof import Shown, confirm_proof, settle_proof
from api.domain.matching import NeedsRedirect, PostRef, parse_post_url, post_from_id
from api.domain.matching.leads import Leads, addresses, link_code
from api.domain.platform import Platform, ShareKind
from api.domain.similarity import is_nearly_same
from api.reads.proof import ProofClaim, open_proof
from api.reads.tracking import own_target
from workers.platforms.base import (
    APP,
    AccountRef,
    Auth,
    AuthRevoked,
    Cap,
    Connector,
    MissingPermission,
    NotFound,
    OwnPost,
    Protected,
)
from workers.tasks.kit import Kit, Work
from workers.tasks.timeline import auth_of, own_post, places

_MOST_PAGES = 5
_CONFIRMED, _SAME_TEXT = "API_CONFIRMED", "SAME_TEXT"


async def check_proof(kit: Kit, work: Work) -> None:
    """Ask the network; what it does not tell waits for a reviewer."""
    claim = await open_proof(UUID(work.args["asn_id"]), UUID(work.args["proof_id"]))
    if claim is None:
        return
    work.cursor = CursorRef(claim.platform, "proof", str(claim.proof_id))
    try:
        connector = kit.connector(claim.platform)
        post = await _named(connector, claim)
        if post is not None and post.author_id not in (None, claim.platform_user_id):
            await settle_proof(work.lease, claim, "REFUSED", "NOT_YOURS")
            return
        found = None if post is None else await _own(kit, connector, claim, post)
    except NotFound:
        await settle_proof(work.lease, claim, "REFUSED", "NOT_FOUND")
    except (Protected, MissingPermission) as unknown:
        await settle_proof(work.lease, claim, "WAITING", unknown.code)
    except AuthRevoked as lost:
        await _lose(work, claim, lost)
    else:
        await _decide(kit, work, claim, found)


async def _lose(work: Work, claim: ProofClaim, lost: AuthRevoked) -> None:
    """Drop the refused token; where the person took access back, this check has ended with it."""
    await lose_access(work.lease, claim.account_id, is_expired=lost.is_expired)
    if lost.is_expired:
        await settle_proof(work.lease, claim, "WAITING", lost.code)


async def _decide(kit: Kit, work: Work, claim: ProofClaim, found: OwnPost | None) -> None:
    if found is None:
        await settle_proof(work.lease, claim, "WAITING", "NOT_SHOWN")
    elif found.occurred_at is not None and found.occurred_at < claim.published_at:
        await settle_proof(work.lease, claim, "WAITING", "TOO_EARLY")
    elif shown := shown_as(found, claim, kit.settings.public_url):
        await confirm_proof(work.lease, claim, shown, places(kit))
    else:
        await settle_proof(work.lease, claim, "WAITING", "NOT_CARRIED")


async def _named(connector: Connector, claim: ProofClaim) -> PostRef | None:
    """Return the post, with its author where anybody may ask for it; None if it has no name."""
    post: object = None
    if claim.native_id is not None:
        post = post_from_id(claim.platform, claim.native_id)
    elif Cap.RESOLVE_URL in connector.caps:
        post = await connector.resolve(NeedsRedirect(claim.platform, claim.given_url), APP)
    if isinstance(post, PostRef) and _is_open(connector) and Cap.RESOLVE_URL in connector.caps:
        post = await connector.resolve(post, APP)
    return post if isinstance(post, PostRef) else None


def _is_open(connector: Connector) -> bool:
    """Tell whether anybody may read what people post; elsewhere "not found" means "not for you"."""
    return Cap.OWN_POSTS in connector.caps


async def _own(kit: Kit, connector: Connector, claim: ProofClaim, post: PostRef) -> OwnPost | None:
    """Look the post up among what the account posted."""
    if not connector.caps & (Cap.OWN_POSTS | Cap.OWN_POSTS_BY_TOKEN):
        return None
    auth = await _auth(kit, connector, claim)
    account = AccountRef(claim.platform, claim.platform_user_id, claim.handle)
    cursor = None
    for _ in range(_MOST_PAGES):
        page = await connector.own_posts(account, auth, None, cursor)
        for one in page.items:
            if _is_same(claim.platform, one.id, post.id):
                return one
        cursor = page.next
        if cursor is None:
            break
    return None


async def _auth(kit: Kit, connector: Connector, claim: ProofClaim) -> Auth:
    """Return in whose name the account's posts are read.

    Raises:
        MissingPermission: only the account's own token shows them, and there is none.
    """
    if _is_open(connector):
        return APP
    target = await own_target(claim.account_id, "ACCOUNT_TRACKING")
    if target is None:
        raise MissingPermission("a token of the account itself")
    return auth_of(kit, connector, target, Cap.OWN_POSTS)


def _is_same(platform: Platform, own_id: str, given_id: str) -> bool:
    """Compare ids; an address of Facebook may leave out whose post it is."""
    if platform is Platform.FACEBOOK:
        return own_id.rpartition("_")[2] == given_id.rpartition("_")[2]
    return own_id == given_id


def shown_as(found: OwnPost, claim: ProofClaim, public_url: str) -> Shown | None:
    """Return how a post passes the claimed program post on, None if it does not.

    Nearly the same words are enough here, and only here: the holder says which post is meant and
    the network whose post it is.
    """
    seen = own_post(found)
    kind = carried_as(seen.leads, claim, public_url)
    if kind is not None:
        return Shown(seen, kind, _CONFIRMED)
    if found.text is None or not is_nearly_same(found.text, claim.texts):
        return None
    meant = Leads((), (claim.post_url,), found.link_kind)
    return Shown(replace(seen, leads=meant), found.link_kind, _SAME_TEXT)


def carried_as(leads: Leads, claim: ProofClaim, public_url: str) -> ShareKind | None:
    """Return how a post passes the claimed program post on, None if it does not."""
    for kind, post_id in leads.passed_on:
        if post_id == claim.post_ref and kind is not ShareKind.REPOST:
            return kind
    urls = addresses(leads.links, parse_post_url)
    codes = {link_code(link, public_url) for link in leads.links} - {None}
    is_linked = claim.post_url in urls or claim.source_url in urls or claim.link_code in codes
    return leads.link_kind if is_linked else None
