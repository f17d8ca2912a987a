"""What the reconciler asks for about consenting accounts: their timelines and their figures."""

from collections.abc import Iterable

from api.domain.lists import MEASURED, OWN_BY_TOKEN, OWN_IF_CUT, OWN_IN_PUBLIC
from api.domain.platform import Platform
from api.models import connection
from api.reads.due import (
    LIMIT,
    NOBODY_ASKED,
    STIRRED_POST,
    TRACKED_POST,
    DueWork,
    interval,
    interval_of_age,
    works,
)

# Beside lists that are polled, a timeline adds dates and links: once a day is enough.
_DAILY = "interval '1 day'"


def _names(platforms: Iterable[Platform]) -> str:
    return ", ".join(f"'{platform}'" for platform in platforms)


# With the newest tracked post of a network the timelines on it are read often, too.
_FOLLOWED = f"""
SELECT a.id, a.asn_id, a.platform, freshest.age,
       EXISTS (SELECT 1 FROM account_token t WHERE t.account_id = a.id AND NOT t.is_revoke_only)
       AS has_token
  FROM social_account a
  JOIN (SELECT post.platform, min(now() - post.published_at) AS age
          FROM program_post post JOIN campaign ON campaign.id = post.campaign_id
         WHERE {TRACKED_POST} AND {STIRRED_POST} GROUP BY post.platform) freshest
    ON freshest.platform = a.platform
 WHERE a.platform = ANY($3::text[]) AND a.verification = 'VERIFIED'
   AND EXISTS (SELECT 1 FROM consent c WHERE c.account_id = a.id AND c.purpose = '{{purpose}}'
                  AND c.withdrawn_at IS NULL)
"""

_TIMELINES = f"""
SELECT 'scan_timeline' AS job, jsonb_build_object('account_id', f.id) AS args,
       'scan_timeline:' || f.id AS key
  FROM ({_FOLLOWED.format(purpose="ACCOUNT_TRACKING")}) f
  LEFT JOIN sync_cursor k ON k.platform = f.platform AND k.list_name = 'own_posts'
        AND k.object_ref = f.id::text
 WHERE (k.not_before IS NULL OR k.not_before <= now())
   AND CASE
       WHEN f.platform IN ({_names(OWN_BY_TOKEN)}) THEN f.has_token
            AND (k.sweep_completed_at IS NULL
                 OR k.sweep_completed_at <= now() - {interval_of_age("f.age")})
       WHEN f.platform IN ({_names(OWN_IN_PUBLIC)}) THEN k.sweep_completed_at IS NULL
            OR k.sweep_completed_at <= now() - {_DAILY}
            OR EXISTS (SELECT 1 FROM share s WHERE s.asn_id = f.asn_id AND s.account_id = f.id
                          AND s.presence = 'LIVE' AND s.time_source = 'OBSERVED'
                          AND s.first_observed_at > k.sweep_completed_at)
       WHEN f.platform IN ({_names(OWN_IF_CUT)}) THEN
            (k.sweep_completed_at IS NULL OR k.sweep_completed_at <= now() - {_DAILY})
            AND EXISTS (SELECT 1 FROM sync_cursor cut WHERE cut.platform = f.platform
                           AND cut.coverage = 'CAPPED'
                           AND cut.list_name IN ('reposts', 'quotes'))
       ELSE false END
   AND {NOBODY_ASKED.format(key="'scan_timeline:' || f.id")}
 ORDER BY k.sweep_completed_at NULLS FIRST, f.id LIMIT $2
"""

_METRICS = f"""
SELECT 'read_metrics' AS job, jsonb_build_object('account_id', f.id) AS args,
       'read_metrics:' || f.id AS key
  FROM ({_FOLLOWED.format(purpose="METRICS")}) f
 WHERE f.platform IN ({_names(MEASURED)})
   AND (f.has_token OR f.platform NOT IN ({_names(OWN_BY_TOKEN)}))
   AND EXISTS (
       SELECT 1 FROM share s
         LEFT JOIN sync_cursor k ON k.platform = s.platform AND k.list_name = 'metrics'
               AND k.object_ref = s.native_id
        WHERE s.asn_id = f.asn_id AND s.account_id = f.id AND s.presence = 'LIVE'
          AND s.native_id IS NOT NULL
          AND (s.kind <> 'REPOST' OR s.offered_metrics @> '["RESHARERS"]')
          AND (k.not_before IS NULL OR k.not_before <= now())
          AND (k.sweep_completed_at IS NULL
               OR k.sweep_completed_at <= now() - {interval_of_age("(now() - s.shared_at)")}))
   AND {NOBODY_ASKED.format(key="'read_metrics:' || f.id")}
 ORDER BY f.id LIMIT $2
"""

_MENTIONS = f"""
SELECT 'scan_mentions' AS job,
       jsonb_build_object('platform', w.platform, 'account', w.account) AS args,
       'scan_mentions:' || w.platform || ':' || w.account AS key
  FROM unnest($3::text[], $4::text[]) AS w(platform, account)
  JOIN (SELECT post.platform, min(now() - post.published_at) AS age
          FROM program_post post JOIN campaign ON campaign.id = post.campaign_id
         WHERE {TRACKED_POST} AND {STIRRED_POST} GROUP BY post.platform) freshest
    ON freshest.platform = w.platform
  LEFT JOIN sync_cursor k ON k.platform = w.platform AND k.list_name = 'mentions'
        AND k.object_ref = w.account
 WHERE (k.not_before IS NULL OR k.not_before <= now())
   AND (k.sweep_completed_at IS NULL
        OR k.sweep_completed_at <= now() - {interval_of_age("freshest.age")})
   AND {NOBODY_ASKED.format(key="'scan_mentions:' || w.platform || ':' || w.account")}
 LIMIT $2
"""


async def due_timelines(
    platforms: Iterable[Platform], poll_seconds: int | None = None
) -> list[DueWork]:
    """List the timelines of consenting people to be read, where lists do not tell enough."""
    return await _due(_TIMELINES, platforms, poll_seconds)


async def due_metrics(
    platforms: Iterable[Platform], poll_seconds: int | None = None
) -> list[DueWork]:
    """List the accounts with shares whose figures are to be read again."""
    return await _due(_METRICS, platforms, poll_seconds)


async def due_mentions(
    watched: Iterable[tuple[Platform, str]], poll_seconds: int | None = None
) -> list[DueWork]:
    """List the official accounts, of those given, whose mentions are to be listed again."""
    pairs = list(watched)
    names = [platform.value for platform, _ in pairs], [account for _, account in pairs]
    async with connection() as lent:
        return works(await lent.fetch(_MENTIONS, interval(poll_seconds), LIMIT, *names))


async def _due(
    statement: str, platforms: Iterable[Platform], poll_seconds: int | None
) -> list[DueWork]:
    names = [platform.value for platform in platforms]
    async with connection() as lent:
        return works(await lent.fetch(statement, interval(poll_seconds), LIMIT, names))
