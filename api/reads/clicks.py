"""Counted visits of tracked links, as parts of statements about posts and campaigns."""

# Null while nobody has a link: unknown is never zero.
_COUNT = """
(SELECT CASE WHEN count(DISTINCT tl.id) > 0 THEN count(ck.id) END FROM tracked_link tl
   LEFT JOIN click ck ON ck.asn_id = tl.asn_id AND ck.link_id = tl.id AND ck.is_counted
  WHERE {posts})
"""


def clicks_of_post(post_id: str) -> str:
    """Return the expression for the visits of one post."""
    return _COUNT.format(posts=f"tl.program_post_id = {post_id}")


def clicks_of_campaign(campaign_id: str) -> str:
    """Return the expression for the visits of one campaign's posts."""
    posts = f"SELECT tp.id FROM program_post tp WHERE tp.campaign_id = {campaign_id}"
    return _COUNT.format(posts=f"tl.program_post_id IN ({posts})")
