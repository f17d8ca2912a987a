"""Compares what is due with the messages that exist, and asks for what is missing."""

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from api.actions.account_token import forget_overdue_tokens
from api.actions.campaign_calendar import follow_calendar
from api.actions.event_calendar import note_held_events
from api.actions.outbox import enqueue_due
from api.actions.platform_state import switch_platforms
from api.actions.shares.visited import observe_visited_links
from api.domain.coordination import ReviewRules
from api.domain.platform import Platform
from api.reads.due import due_assessments, due_audiences, due_exports, due_invitations, due_scans
from api.reads.due_accounts import due_mentions, due_metrics, due_timelines
from api.reads.due_review import due_search
from api.reads.renewal import due_renewals

if TYPE_CHECKING:
    from workers.tasks.kit import Kit, Work

logger = logging.getLogger(__name__)


async def reconcile(ctx: dict[str, Any]) -> None:
    """Let campaigns and events follow the calendar, and ask for due work nobody has asked for.

    The next tick repeats a failed one.
    """
    kit: Kit = ctx["kit"]
    await forget_overdue_tokens()
    await observe_visited_links()
    moved_count = await follow_calendar(datetime.now(UTC), kit.settings.time_zone)
    if moved_count:
        logger.info("%d campaigns were paused or closed by the calendar", moved_count)
    held_count = await note_held_events()
    if held_count:
        logger.info("%d events were held", held_count)
    await _ask_for_due(kit)


async def find_work(kit: "Kit", _work: "Work") -> None:
    """Do at once what the next tick would do, as something new is due."""
    await _ask_for_due(kit)


async def _ask_for_due(kit: "Kit") -> None:
    await switch_platforms(
        {platform: platform in kit.connectors for platform in Platform},
        {Platform.X: kit.settings.x.monthly_cap_micro_usd},
    )
    works = [
        *await due_scans(kit.connectors, kit.settings.poll_seconds),
        *await due_timelines(kit.connectors, kit.settings.poll_seconds),
        *await due_mentions(_watched(kit), kit.settings.poll_seconds),
        *await due_metrics(kit.connectors, kit.settings.poll_seconds),
        *await due_audiences(kit.connectors),
        *await due_renewals(*_logins(kit)),
        *await due_assessments(),
        *await due_invitations(),
        *await due_exports(),
        *await due_search(ReviewRules().hold_days),
    ]
    if works:
        await enqueue_due(works)
        logger.info("%d pieces of work were due", len(works))


def _logins(kit: "Kit") -> tuple[list[Platform], list[Platform]]:
    """Return the networks with a login that are switched on, and which prolong a token alone."""
    servers = {one: server for one, server in kit.logins.items() if one in kit.connectors}
    return list(servers), [one for one, server in servers.items() if server.prolongs]


def _watched(kit: "Kit") -> list[tuple[Platform, str]]:
    return [
        (platform, account.id)
        for platform, connector in kit.connectors.items()
        for account in connector.watched
    ]
