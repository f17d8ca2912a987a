"""What the registry knows of a network that others wrote, and what our tables say of it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import factories as make
from small_world import SmallWorld

from api.actions.reference import ensure_reference_rows
from api.domain.platform import Platform
from api.models import COMMAND_POOL, open_database

Seen = set[tuple[str, str, str | None]]
"""Kind of a share, the network's id of who shared, and the share's own id if it is a quote."""

_LIVE = """
SELECT s.kind, a.platform_user_id, CASE s.kind WHEN 'QUOTE' THEN s.native_id END AS quote,
       s.time_source
  FROM share s JOIN social_account a ON a.id = s.account_id WHERE s.presence = 'LIVE'
"""
# What only the records told so far; the view of the network lags behind on a busy machine.
_UNLISTED = """
SELECT count(*) FROM share s WHERE NOT EXISTS (
       SELECT 1 FROM share_evidence e WHERE e.asn_id = s.asn_id AND e.share_id = s.id
          AND e.mechanism LIKE 'LIST%')
"""
_READ_ONCE = """
SELECT count(*) FROM sync_cursor
 WHERE list_name IN ('own_posts', 'reposts', 'quotes') AND sweep_count > 0
"""
_CURSORS = """
SELECT list_name, coverage, error_code, sweep_count, sweep_completed_at, now()
  FROM sync_cursor WHERE list_name IN ('reposts', 'quotes')
"""


async def register(
    database_url: str, platform: Platform, post_ref: str, people: Iterable[tuple[str, str]]
) -> None:
    """Let the registry know a post of the ministry, and consenting people by handle and id."""
    async with open_database(database_url, COMMAND_POOL):
        await ensure_reference_rows()
        campaign = await make.make_campaign(await make.make_program(None))
        begun = datetime.now(UTC) - timedelta(minutes=10)
        post = await make.make_post(campaign, platform=platform, published_at=begun)
        await make.execute(
            "UPDATE program_post SET official_post_ref = $2, url = $2 WHERE id = $1", post, post_ref
        )
        for handle, native_id in people:
            await _hold(platform, handle, native_id)


async def _hold(platform: Platform, handle: str, native_id: str) -> None:
    asn_id = await make.make_asn("Warga Contoh")
    account_id = await make.make_account(asn_id, handle, platform=platform)
    await make.execute(
        "UPDATE social_account SET platform_user_id = $2 WHERE id = $1", account_id, native_id
    )
    # Lists know a holder by this row alone; without it only timelines find their shares.
    await make.execute("DELETE FROM account_key WHERE account_id = $1", account_id)
    await make.insert(
        "account_key",
        platform=platform.value,
        platform_user_id=native_id,
        asn_id=asn_id,
        account_id=account_id,
    )


def only(platform: Platform) -> dict[str, str]:
    """Return the settings of a worker that looks at one network, often."""
    off = {f"GEMA_{each}_ENABLED": "false" for each in Platform if each is not platform}
    return {"GEMA_POLL_SECONDS": "5", "GEMA_LEASE_SECONDS": "30", **off}


def recorded(world: SmallWorld) -> Seen:
    """Return all live shares."""
    return {(row["kind"], row["platform_user_id"], row["quote"]) for row in world.rows(_LIVE)}


def undated_count(world: SmallWorld) -> int:
    """Return how many shares have no time from the network yet."""
    return sum(row["time_source"] != "PLATFORM" for row in world.rows(_LIVE))


def has_listed_all(world: SmallWorld) -> bool:
    """Tell whether a list of the network has named each share, too."""
    return bool(world.value(_UNLISTED) == 0)


def is_read_once(world: SmallWorld, people_count: int) -> bool:
    """Tell whether everybody's timeline and both lists of the post were read."""
    return bool(world.value(_READ_ONCE) == people_count + 2)


def differing(world: SmallWorld, true: Seen) -> object:
    """Return what a failure should say."""
    found = recorded(world)
    return found - true, true - found, world.rows(_CURSORS), world.state()
