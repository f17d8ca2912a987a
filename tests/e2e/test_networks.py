"""Every network of the sandbox, with its troubles: what is recorded is what can be known."""

import asyncio
import random
import re
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import pytest
from later_rows import earlier_rows, later_rows
from running import until
from small_world import EPOCH, OPEN, SmallWorld, real_worker, small_world
from troubles import make_trouble, observed, sweep_again

from api.actions.consent import ACCOUNT_PURPOSES, withdraw_consent
from api.domain.access import Role, Viewer
from api.errors import InvalidState
from api.models import COMMAND_POOL, open_database

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


OBSERVED_BEFORE = {
    "share.first_observed_at",
    "share_evidence.observed_at",
    "audience_observation.observed_at",
    "sync_cursor.sweep_completed_at",
    "social_account.last_checked_at",
}
ACCOUNTS = """
SELECT a.id, a.asn_id FROM social_account a
 WHERE EXISTS (SELECT 1 FROM consent c WHERE c.account_id = a.id AND c.withdrawn_at IS NULL)
 ORDER BY a.id LIMIT 60
"""


async def withdraw(database_url: str, accounts: Iterable[tuple[UUID, UUID]]) -> None:
    """Let the owners of accounts end all agreements about them, one after the other."""
    viewer = Viewer(subject="test:withdrawals", role=Role.ADMIN, name="")
    async with open_database(database_url, COMMAND_POOL):
        for account_id, asn_id in accounts:
            for purpose in ACCOUNT_PURPOSES:
                with suppress(InvalidState):
                    await withdraw_consent(viewer, asn_id, purpose, account_id)


@pytest.mark.long
def test_after_consent_is_withdrawn_nothing_is_observed_although_workers_run(
    few: SmallWorld,
) -> None:
    few.slow_down(0.02)

    with real_worker(few), real_worker(few):
        few.until_shares(10)
        accounts = [tuple(row) for row in few.rows(ACCOUNTS)]
        asyncio.run(withdraw(few.environment["DATABASE_URL"], accounts))
        withdrawn = [account_id for account_id, _ in accounts]
        until(lambda: few.value(OPEN) == 0, 90, few.state)

    assert len(withdrawn) > 20
    assert few.value("SELECT count(*) FROM share WHERE account_id <> ALL($1)", withdrawn) > 10
    assert later_rows(few, withdrawn) == {}
    assert earlier_rows(few, withdrawn).keys() >= OBSERVED_BEFORE


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


QUIET_SECONDS, PATIENCE_SECONDS = 45, 2_700
# Nobody is killed here: work has the time that it has outside of tests.
UNHURRIED = {"GEMA_LEASE_SECONDS": "60"}
UNREAD_LISTS = """
SELECT count(*) FROM outbox_message WHERE state IN ('PENDING', 'SENT', 'RUNNING')
   AND job IN ('scan_resharers', 'scan_quotes', 'scan_timeline', 'scan_mentions')
"""
# Lists that `sweep_again` has made old. On X timelines are read only beside a list that was cut.
UNREAD_AGAIN = """
SELECT count(*) FROM sync_cursor
 WHERE sweep_count = 0 AND sweep_completed_at < now() - interval '2 days'
   AND (list_name IN ('reposts', 'quotes', 'mentions')
        OR list_name = 'own_posts' AND platform <> 'X')
"""
NO_SECONDARY = (
    """
CREATE FUNCTION cancel_at_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.state := 'CANCELLED'; NEW.finished_at := now(); RETURN NEW; END $$
""",
    """
CREATE TRIGGER secondary BEFORE INSERT ON outbox_message FOR EACH ROW
  WHEN (NEW.job IN ('scan_share_resharers', 'read_metrics')) EXECUTE FUNCTION cancel_at_once()
""",
)


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
        for statement in NO_SECONDARY:
            many.rows(statement)
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
    quiet_since = None

    def is_read() -> bool:
        nonlocal quiet_since
        assert worker.poll() is None, "the worker has ended"
        time.sleep(1)
        if world.value(UNREAD_LISTS) > 0 or world.value(UNREAD_AGAIN) > 0:
            quiet_since = None
            return False
        quiet_since = quiet_since or time.monotonic()
        return time.monotonic() - quiet_since > QUIET_SECONDS

    until(is_read, PATIENCE_SECONDS, world.state)
