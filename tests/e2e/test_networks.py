"""Every network of the sandbox, with its troubles: what is recorded is what can be known."""

import random
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from running import until
from small_world import EPOCH, OPEN, SmallWorld, real_worker, small_world
from troubles import make_trouble, observed, sweep_again

pytestmark = [pytest.mark.fault, pytest.mark.timeout(180)]

NETWORKS = ("X", "FACEBOOK", "INSTAGRAM", "BLUESKY", "MASTODON")
LINE = re.compile(r"(\w+) shares: precision 1\.0000 recall 1\.0000 \((\d+) recorded, (\d+) true\)")
COVERAGES = """
SELECT DISTINCT platform, coverage FROM sync_cursor
 WHERE list_name IN ('reposts', 'quotes') ORDER BY 1, 2
"""


FEW = (
    *("--epoch", EPOCH, "--people", "40", "--posts", "3", "--citizens", "100"),
    *("--strangers", "30", "--networks", ",".join(NETWORKS).lower()),
)


@pytest.fixture
def few(environment: dict[str, str]) -> Iterator[SmallWorld]:
    with small_world(environment, FEW) as made:
        made.seed()
        yield made


@pytest.fixture
def world(environment: dict[str, str]) -> Iterator[SmallWorld]:
    with small_world(environment) as made:
        made.seed()
        yield made


def assert_all_exact(world: SmallWorld) -> None:
    done = world.verify()
    exact = {name: int(count) for name, count, _ in LINE.findall(done.stdout)}
    assert set(exact) == set(NETWORKS), done.stdout
    assert min(exact.values()) > 0
    assert done.returncode == 0, done.stdout


def test_all_five_networks_are_exact_in_trouble_and_a_second_sweep_changes_no_row(
    few: SmallWorld,
) -> None:
    make_trouble(few)

    with real_worker(few):
        few.until_read(90)
        assert_all_exact(few)
        before = observed(few)
        sweep_again(few, 60)
        after = observed(few)

    assert after == before
    assert [tuple(row) for row in few.rows(COVERAGES)] == [
        ("BLUESKY", "COMPLETE"),
        ("FACEBOOK", "CONSENTED_ONLY"),
        ("MASTODON", "COMPLETE"),
        ("X", "COMPLETE"),
    ]


WITHDRAW = """
UPDATE consent SET withdrawn_at = clock_timestamp(), stop_due_at = clock_timestamp()
 WHERE account_id IN (SELECT id FROM social_account ORDER BY id LIMIT 60) AND withdrawn_at IS NULL
RETURNING account_id
"""
LATER = """
WITH gone AS (SELECT account_id, max(withdrawn_at) AS withdrawn_at FROM consent
               WHERE account_id = ANY($1) GROUP BY account_id)
SELECT 'share' FROM share s JOIN gone c USING (account_id)
 WHERE s.first_observed_at > c.withdrawn_at
UNION ALL SELECT 'evidence' FROM share_evidence e JOIN share s ON s.id = e.share_id
  JOIN gone c USING (account_id)
 WHERE e.observed_at > c.withdrawn_at
UNION ALL SELECT 'reshare' FROM reshare r JOIN share s ON s.id = r.share_id
  JOIN gone c USING (account_id)
 WHERE r.observed_at > c.withdrawn_at
UNION ALL SELECT 'figure' FROM metric_observation m JOIN share s ON s.id = m.share_id
  JOIN gone c USING (account_id)
 WHERE m.observed_at > c.withdrawn_at
UNION ALL SELECT 'audience' FROM audience_observation o JOIN gone c USING (account_id)
 WHERE o.observed_at > c.withdrawn_at
UNION ALL SELECT 'timeline' FROM sync_cursor k JOIN gone c ON k.object_ref = c.account_id::text
 WHERE k.sweep_completed_at > c.withdrawn_at
"""


@pytest.mark.long
def test_after_consent_is_withdrawn_nothing_is_observed_although_workers_run(
    few: SmallWorld,
) -> None:
    few.slow_down(0.02)

    with real_worker(few), real_worker(few):
        few.until_shares(10)
        withdrawn = list({row[0] for row in few.rows(WITHDRAW)})
        until(lambda: few.value(OPEN) == 0, 60, few.state)

    assert len(withdrawn) > 20
    assert few.value("SELECT count(*) FROM share WHERE account_id <> ALL($1)", withdrawn) > 10
    assert [row[0] for row in few.rows(LATER, withdrawn)] == []


@pytest.mark.long
@pytest.mark.timeout(600)
def test_killing_the_worker_ten_times_in_trouble_gives_the_same_rows(world: SmallWorld) -> None:
    make_trouble(world)
    running = "SELECT count(*) FROM outbox_message WHERE state = 'RUNNING'"

    for _ in range(10):
        with real_worker(world) as worker:
            until(lambda: world.value(running) > 0, 30)
            time.sleep(random.uniform(0.1, 1.5))  # noqa: S311 (no secret)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
    with real_worker(world):
        world.until_read(200)

    assert_all_exact(world)


ANALYSE_SECONDS, QUIET_SECONDS, PATIENCE_SECONDS = 20, 45, 2_700
# Nobody is killed here: work has the time that it has outside of tests.
UNHURRIED = {"GEMA_LEASE_SECONDS": "60"}
UNREAD_LISTS = """
SELECT count(*) FROM outbox_message WHERE state IN ('PENDING', 'SENT', 'RUNNING')
   AND job IN ('scan_resharers', 'scan_quotes', 'scan_timeline', 'scan_mentions')
"""
SECONDARY = """
UPDATE outbox_message SET state = 'CANCELLED', finished_at = now()
 WHERE state IN ('PENDING', 'SENT') AND job IN ('scan_share_resharers', 'read_metrics')
"""


@pytest.mark.long
@pytest.mark.timeout(7_000)
@pytest.mark.parametrize("network", NETWORKS)
def test_two_thousand_holders_and_two_hundred_posts_are_exact(
    network: str, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Shares alone: who passed tens of thousands of shares on is cancelled, it proves no more."""
    options = (
        *("--epoch", EPOCH, "--people", "2000", "--posts", "200", "--citizens", "300"),
        *("--strangers", "60", "--networks", ",".join({"x": 1, network.lower(): 1})),
    )
    off = {f"GEMA_{name}_ENABLED": "false" for name in NETWORKS if name != network}
    with small_world({**environment, **off}, options) as many:
        many.seed()
        make_trouble(many)
        unhurried = replace(many, environment={**many.environment, **UNHURRIED})
        with real_worker(unhurried) as worker:
            _read_lists(many, worker)
            before = observed(many)
            sweep_again(many, 0)
            _read_lists(many, worker)
            after = observed(many)

        done = many.verify()
        with capsys.disabled():
            print(f"\n{done.stdout}")  # noqa: T201 (the measurement)
        assert f"{network} shares: precision 1.0000 recall 1.0000" in done.stdout, done.stdout
        assert after["share"] == before["share"]
        assert after["share_evidence"] == before["share_evidence"]


def _read_lists(world: SmallWorld, worker: subprocess.Popen[bytes]) -> None:
    """Wait until nothing is left to list; whatever lies behind the shares is cancelled.

    The reconciler asks for a thousand timelines at a time and looks twice a minute: only after a
    pause in which nothing new was asked for are all of them read.
    """
    analysed_at, quiet_since = 0.0, None

    def is_read() -> bool:
        nonlocal analysed_at, quiet_since
        assert worker.poll() is None, "the worker has ended"
        world.rows(SECONDARY)
        # Nothing vacuums the servers of tests; a real one looks at grown tables every minute.
        if time.monotonic() - analysed_at > ANALYSE_SECONDS:
            world.rows("ANALYZE")
            analysed_at = time.monotonic()
        time.sleep(1)
        if world.value(UNREAD_LISTS) > 0:
            quiet_since = None
            return False
        quiet_since = quiet_since or time.monotonic()
        return time.monotonic() - quiet_since > QUIET_SECONDS

    until(is_read, PATIENCE_SECONDS, world.state)
