"""The troubles of the simulated networks that pass, all at once, and a second look at all."""

import httpx2
from running import until
from small_world import OPEN, SmallWorld

# Left out is what never passes by itself: `usage_capped` parks X until next month, `old_server` has
# no list of quotes, `foreign_link` is a list that cannot be followed, late lists are not yet, and a
# limit of Facebook or Instagram lasts for the better part of an hour.
PASSING = (
    {"name": "short_pages", "probability": 0.3},
    {"name": "empty_pages", "probability": 0.1},
    {"name": "duplicates", "probability": 0.2},
    {"name": "partial_errors", "probability": 0.1},
    {"name": "server_error", "probability": 0.04},
    {"name": "garbage", "probability": 0.02},
    {"name": "cut_body", "probability": 0.02},
    {"name": "slow", "probability": 0.02, "seconds": 0.3},
    {"name": "rate_limit", "path": "*/2/*", "count": 3, "probability": 0.05, "seconds": 1},
    {"name": "missing_metrics", "probability": 0.1},
    {"name": "extra_fields", "probability": 0.3},
    {"name": "index_delay", "probability": 0.3},
    {"name": "client_clock", "probability": 0.3},
    {"name": "stale_counts", "probability": 0.5},
    {"name": "epoch_reset", "probability": 0.5},
    {"name": "graph_error", "count": 6, "probability": 0.03, "form": "2"},
)
OBSERVED = {
    "share": "SELECT t::text FROM share t ORDER BY 1",
    "share_evidence": "SELECT t::text FROM share_evidence t ORDER BY 1",
    "reshare": "SELECT t::text FROM reshare t ORDER BY 1",
}
_AGAIN = """
WITH asked AS (UPDATE sync_cursor SET sweep_completed_at = now() - interval '3 days',
                      not_before = NULL, sweep_count = 0
                WHERE list_name <> 'profiles' AND sweep_count > 0)
INSERT INTO outbox_message (id, job, args, key, state, due_at, attempts, failures, created_at)
VALUES (gen_random_uuid(), 'find_work', '{}', 'find_work', 'PENDING', now(), 0, 0, now())
"""
_STIRRED_CURSORS = """
SELECT count(*) FROM sync_cursor k
  JOIN program_post p ON p.platform = k.platform AND p.official_post_ref = k.object_ref
 WHERE k.list_name IN ('reposts', 'quotes') AND k.sweep_count = 0
   AND p.published_at > now() - interval '13 days'
"""


def make_trouble(world: SmallWorld) -> None:
    """Switch every passing trouble on, on all networks."""
    answer = httpx2.post(f"{world.sandbox_url}/_sandbox/faults", json={"faults": list(PASSING)})
    assert answer.status_code == 200, answer.text


def observed(world: SmallWorld) -> dict[str, list[str]]:
    """Return every row that tells of a share, to see that nothing at all has changed."""
    return {name: [row[0] for row in world.rows(statement)] for name, statement in OBSERVED.items()}


def sweep_again(world: SmallWorld, seconds: float) -> None:
    """Let everything be read once more by the worker that runs, and wait for it if told."""
    world.rows(_AGAIN)
    if seconds == 0:
        return
    until(
        lambda: world.value(_STIRRED_CURSORS) == 0 and world.value(OPEN) == 0,
        seconds,
        lambda: world.rows("SELECT job, state, count(*) FROM outbox_message GROUP BY 1, 2"),
    )
