"""Proofs that wait for a worker."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.domain.platform import Platform
from api.models import connection

_CLAIM = """
SELECT f.id, f.asn_id, f.share_id, s.account_id, s.platform, a.platform_user_id, a.handle,
       s.native_id, f.given_url, p.official_post_ref, p.url, p.source_url, p.published_at, l.code,
       array_prepend(p.text, ARRAY(SELECT v.text FROM post_variant v WHERE v.post_id = p.id
                                    ORDER BY v.position)) AS texts
  FROM share_proof f
  JOIN share s ON s.asn_id = f.asn_id AND s.id = f.share_id
  JOIN social_account a ON a.id = s.account_id
  JOIN program_post p ON p.id = s.program_post_id
  LEFT JOIN tracked_link l ON l.asn_id = s.asn_id AND l.program_post_id = p.id
        AND l.account_id = s.account_id
 WHERE f.asn_id = $1 AND f.id = $2 AND f.state = 'CHECKING'
   AND EXISTS (SELECT 1 FROM consent c WHERE c.account_id = s.account_id
                  AND c.purpose = 'ACCOUNT_TRACKING' AND c.withdrawn_at IS NULL)
"""


_SAME = (
    *("asn_id", "share_id", "account_id", "platform_user_id", "handle"),
    *("native_id", "given_url", "source_url", "published_at"),
)


@dataclass(frozen=True, slots=True)
class ProofClaim:
    """A holder says that a post of theirs passes a program post on.

    `texts` are the wordings of the program post: its own, and those suggested for it.
    """

    proof_id: UUID
    asn_id: UUID
    share_id: UUID
    account_id: UUID
    platform: Platform
    platform_user_id: str
    handle: str
    native_id: str | None
    given_url: str
    post_ref: str
    post_url: str
    source_url: str
    published_at: datetime
    link_code: str | None
    texts: tuple[str, ...]


async def open_proof(asn_id: UUID, proof_id: UUID) -> ProofClaim | None:
    """Return the claim, or None when it was decided or its holder agrees no more."""
    async with connection() as db:
        row = await db.fetchrow(_CLAIM, asn_id, proof_id)
    if row is None:
        return None
    texts = tuple(text for text in row["texts"] if text is not None)
    names = {"proof_id": row["id"], "post_ref": row["official_post_ref"], "post_url": row["url"]}
    told = {"platform": Platform(row["platform"]), "link_code": row["code"], "texts": texts}
    same = {name: row[name] for name in _SAME}
    return ProofClaim(**names, **told, **same)
