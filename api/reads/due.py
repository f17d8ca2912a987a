"""What the reconciler asks for: work that is due and that no message stands for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from asyncpg import Record

from api.domain.platform import Platform
from api.domain.work import Job
from api.models import connection
from api.reads.tracking import LOOK_EVERY, lists_of_posts


@dataclass(frozen=True, slots=True)
class DueWork:
    """One piece of work that should be waiting in the outbox.

    The key is the job and its object: whoever else asks for the same work uses the same key.
    """

    job: Job
    args: Mapping[str, str]
    key: str


LIMIT = 1000

# Work that died within the hour is left to people; after that it is tried again.
NOBODY_ASKED = """
   NOT EXISTS (SELECT 1 FROM outbox_message
                WHERE key = {key} AND state IN ('PENDING', 'SENT', 'RUNNING'))
   AND NOT EXISTS (SELECT 1 FROM dead_letter
                    WHERE key = {key} AND last_failed_at > now() - interval '1 hour')
"""


# New lists are read often and old ones seldom, unless one interval for all is given; whatever has
# been quiet for two weeks is left alone.
def interval_of_age(age: str) -> str:
    """Return after how long something of an age is read again; $1 replaces all such times."""
    return f"""
coalesce($1::interval, CASE WHEN {age} < interval '6 hours' THEN interval '15 minutes'
                            WHEN {age} < interval '48 hours' THEN interval '1 hour'
                            WHEN {age} < interval '7 days' THEN interval '6 hours'
                            ELSE interval '1 day' END)
"""


_QUIET = "interval '14 days'"
TRACKED_POST = """
post.state = 'PUBLISHED' AND post.published_at <= now() AND campaign.status = 'ACTIVE'
"""
STIRRED_POST = f"""
(post.published_at > now() - {_QUIET} OR EXISTS (
    SELECT 1 FROM share s WHERE s.program_post_id = post.id
       AND greatest(s.first_observed_at, s.shared_at) > now() - {_QUIET}))
"""

# The lists of program posts come first: a hundred of them tell of tens of thousands of shares.
_SCANS = f"""
WITH list AS (
    SELECT CASE tells.list_name WHEN 'quotes' THEN 'scan_quotes' ELSE 'scan_resharers' END AS job,
           tells.list_name, post.platform, post.official_post_ref AS object_ref, post.id,
           jsonb_build_object('post_id', post.id) AS args, now() - post.published_at AS age,
           {STIRRED_POST} AS is_stirred
      FROM program_post post
      JOIN campaign ON campaign.id = post.campaign_id
      JOIN (VALUES {lists_of_posts()}) AS tells(platform, list_name)
        ON tells.platform = post.platform
     WHERE post.platform = ANY($3::text[]) AND {TRACKED_POST}
    UNION ALL
    SELECT 'scan_share_resharers', 'share_reposts', share.platform, share.native_id, share.id,
           jsonb_build_object('asn_id', share.asn_id, 'share_id', share.id),
           now() - share.shared_at,
           share.shared_at > now() - {_QUIET} OR EXISTS (
             SELECT 1 FROM reshare r WHERE r.asn_id = share.asn_id AND r.share_id = share.id
                AND r.observed_at > now() - {_QUIET})
      FROM share
      JOIN program_post post ON post.id = share.program_post_id
      JOIN campaign ON campaign.id = post.campaign_id AND campaign.status = 'ACTIVE'
     WHERE share.platform = ANY($3::text[]) AND share.offered_metrics @> '["RESHARERS"]'
       AND share.presence = 'LIVE' AND share.native_id IS NOT NULL
       AND EXISTS (SELECT 1 FROM consent WHERE consent.account_id = share.account_id
                      AND consent.purpose = 'ACCOUNT_TRACKING' AND consent.withdrawn_at IS NULL)
)
SELECT list.job, list.args, list.job || ':' || list.id AS key
  FROM list LEFT JOIN sync_cursor USING (platform, list_name, object_ref)
 WHERE (not_before IS NULL OR not_before <= now())
   AND (sweep_completed_at IS NULL OR is_stirred
        AND sweep_completed_at <= now() - {interval_of_age("list.age")})
   AND {NOBODY_ASKED.format(key="list.job || ':' || list.id")}
 ORDER BY list.list_name = 'share_reposts', sweep_completed_at NULLS FIRST, list.id LIMIT $2
"""

_ASSESSMENTS = f"""
SELECT 'assess_eligibility' AS job, jsonb_build_object('asn_id', asn.id) AS args,
       'assess_eligibility:' || asn.id AS key
  FROM (SELECT asn_id, max(observed_at) AS at FROM audience_observation
         WHERE observed_at <= now() GROUP BY asn_id) observed
  JOIN asn ON asn.id = observed.asn_id AND asn.is_active AND NOT asn.is_pseudonymous
  LEFT JOIN (SELECT asn_id, max(assessed_at) AS at FROM eligibility_assessment GROUP BY asn_id)
       assessed ON assessed.asn_id = asn.id
 WHERE (assessed.at IS NULL OR assessed.at < observed.at)
   AND {NOBODY_ASKED.format(key="'assess_eligibility:' || asn.id")}
 ORDER BY observed.at LIMIT $1
"""

_AUDIENCES = f"""
SELECT 'refresh_audience' AS job, jsonb_build_object('platform', network) AS args,
       'refresh_audience:' || network AS key
  FROM unnest($1::text[]) AS network
 WHERE EXISTS (SELECT 1 FROM social_account account
                 JOIN consent ON consent.account_id = account.id AND consent.purpose = 'METRICS'
                             AND consent.withdrawn_at IS NULL
                WHERE account.platform = network AND account.verification = 'VERIFIED'
                  AND (account.last_checked_at IS NULL
                       OR account.last_checked_at
                          < now() - {LOOK_EVERY.format(platform="network")}))
   AND NOT EXISTS (SELECT 1 FROM sync_cursor
                    WHERE platform = network AND list_name = 'profiles'
                      AND not_before > now())
   AND {NOBODY_ASKED.format(key="'refresh_audience:' || network")}
"""


async def due_scans(
    platforms: Iterable[Platform], poll_seconds: int | None = None
) -> list[DueWork]:
    """List the lists of these networks to be read again; `poll_seconds` replaces all intervals."""
    names = [platform.value for platform in platforms]
    async with connection() as lent:
        return works(await lent.fetch(_SCANS, interval(poll_seconds), LIMIT, names))


def interval(poll_seconds: int | None) -> timedelta | None:
    """Return the interval that replaces all others, if one is given."""
    return None if poll_seconds is None else timedelta(seconds=poll_seconds)


async def due_assessments() -> list[DueWork]:
    """List the people whose audience was observed after their last assessment."""
    async with connection() as lent:
        return works(await lent.fetch(_ASSESSMENTS, LIMIT))


_INVITATIONS = f"""
SELECT 'expire_invitations' AS job, jsonb_build_object('invite_list_id', l.id) AS args,
       'expire_invitations:' || l.id AS key
  FROM invite_list l JOIN event ev ON ev.id = l.event_id
 WHERE l.status = 'SENT'
   AND (EXISTS (SELECT 1 FROM invitation i WHERE i.invite_list_id = l.id
                   AND i.status = 'INVITED' AND i.answer_by <= now())
        OR ev.starts_at <= now() + interval '1 hour'
           AND EXISTS (SELECT 1 FROM invitation i WHERE i.invite_list_id = l.id
                          AND i.status = 'WAITLISTED')
        OR coalesce(ev.ends_at, ev.starts_at) + interval '12 hours' <= now())
   AND {NOBODY_ASKED.format(key="'expire_invitations:' || l.id")}
 ORDER BY l.id LIMIT $1
"""

_EXPORTS = f"""
SELECT 'build_export' AS job, jsonb_build_object('export_id', x.id) AS args,
       'build_export:' || x.id AS key
  FROM export x
 WHERE (x.status IN ('REQUESTED', 'RUNNING') OR x.status = 'READY' AND x.expires_at <= now())
   AND {NOBODY_ASKED.format(key="'build_export:' || x.id")}
 ORDER BY x.requested_at LIMIT $1
"""


async def due_invitations() -> list[DueWork]:
    """List the lists on which time has changed something that nobody has noted."""
    async with connection() as lent:
        return works(await lent.fetch(_INVITATIONS, LIMIT))


async def due_exports() -> list[DueWork]:
    """List the exports that nobody builds, and those whose file has had its time."""
    async with connection() as lent:
        return works(await lent.fetch(_EXPORTS, LIMIT))


async def due_audiences(platforms: Iterable[Platform]) -> list[DueWork]:
    """List the networks, of those given, with accounts whose audience was not looked up lately."""
    async with connection() as lent:
        return works(await lent.fetch(_AUDIENCES, [platform.value for platform in platforms]))


def works(rows: Iterable[Record]) -> list[DueWork]:
    """Read rows of job, arguments and key."""
    return [DueWork(Job(row["job"]), row["args"], row["key"]) for row in rows]
