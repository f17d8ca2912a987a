"""The real worker and a small simulated network as processes, over the servers of the tests."""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
from rich.console import Console
from running import GEMA, until

from api.cli.networks import simulated_networks
from api.cli.seed import seed
from api.cli.world import NETWORKS
from api.reads.tracking import lists_of_posts
from api.settings import Settings

CHECKOUT = Path(__file__).parents[2]
LEASE_SECONDS = 8
RECOVERY_SECONDS = 110
EPOCH = datetime.now(UTC).replace(minute=0, second=0, microsecond=0).isoformat()
WORLD = (
    *("--epoch", EPOCH, "--people", "60", "--posts", "6"),
    *("--citizens", "300", "--strangers", "60", "--networks", ",".join(NETWORKS)),
)
OPEN = "SELECT count(*) FROM outbox_message WHERE state IN ('PENDING', 'SENT', 'RUNNING')"
UNREAD = f"""
SELECT count(*) + (SELECT count(*) FROM account_token t WHERE NOT EXISTS (
           SELECT 1 FROM sync_cursor k WHERE k.object_ref = t.account_id::text
              AND k.list_name = 'own_posts')) + (
       SELECT count(*) FROM unnest(ARRAY['kemkescontoh.ig', 'kempencontoh.ig']) AS official(name)
        WHERE NOT EXISTS (SELECT 1 FROM sync_cursor k WHERE k.object_ref = official.name
                             AND k.list_name = 'mentions' AND k.sweep_completed_at IS NOT NULL))
  FROM program_post p
  JOIN (VALUES {lists_of_posts()}) l(platform, list_name) ON l.platform = p.platform
  LEFT JOIN sync_cursor k ON k.platform = p.platform AND k.list_name = l.list_name
        AND k.object_ref = p.official_post_ref
 WHERE k.sweep_completed_at IS NULL
"""  # noqa: S608 (names of ours)


@dataclass
class SmallWorld:
    """A seeded world that nobody has read yet."""

    environment: Mapping[str, str]
    sandbox_url: str
    options: tuple[str, ...]

    def seed(self) -> None:
        """Import the registry's side, and launch the campaigns."""
        settings = Settings.from_env(self.environment)
        seed(settings, self.options, Console(quiet=True))

    def rows(self, statement: str, *values: object) -> list[asyncpg.Record]:
        return asyncio.run(self._rows(statement, *values))

    def value(self, statement: str, *values: object) -> Any:
        return self.rows(statement, *values)[0][0]

    async def _rows(self, statement: str, *values: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.environment["DATABASE_URL"], ssl=False)
        try:
            return await connection.fetch(statement, *values)
        finally:
            await connection.close()

    def slow_down(self, seconds: float) -> None:
        """Let every answer take a while, so that work is always in progress."""
        fault = {"name": "slow", "probability": 1.0, "seconds": seconds}
        answer = httpx2.post(f"{self.sandbox_url}/_sandbox/faults", json=fault)
        assert answer.status_code == 200, answer.text

    def until_shares(self, count: int) -> None:
        until(lambda: self.value("SELECT count(*) FROM share") >= count, 40)

    def until_read(self, seconds: float = RECOVERY_SECONDS) -> None:
        """Wait until every list was read and no work is open."""
        until(lambda: self.value(UNREAD) == 0 and self.value(OPEN) == 0, seconds, self.state)

    def state(self) -> object:
        return self.rows(
            "SELECT job, state, error_code, count(*) FROM outbox_message GROUP BY 1, 2, 3"
        )

    def verify(self) -> subprocess.CompletedProcess[str]:
        """Compare the database with the truth, and the ranking with a rebuild."""
        return subprocess.run(
            [GEMA, "verify"],
            env={**self.environment},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )


@contextmanager
def small_world(
    environment: Mapping[str, str], options: tuple[str, ...] = WORLD
) -> Iterator[SmallWorld]:
    """Serve a small world that nobody has read yet."""
    command = [sys.executable, "-m", "workers.sandbox", "--port", "0", "--window-seconds", "1"]
    with subprocess.Popen(
        [*command, *options], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().removeprefix("SANDBOX ").strip()
            told = {
                **simulated_networks(url),
                "GEMA_LEASE_SECONDS": str(LEASE_SECONDS),
                # The reconciler looks twice a minute and sweeps nothing again.
                "GEMA_POLL_SECONDS": "3600",
            }
            yield SmallWorld({**environment, **told}, url, options)
        finally:
            process.kill()


@contextmanager
def real_worker(world: SmallWorld) -> Iterator[subprocess.Popen[bytes]]:
    """Run the worker of the product; whatever is left of it at the end is killed."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "arq", "workers.settings.WorkerSettings"],
            env={"PYTHONPATH": str(CHECKOUT), **world.environment},
            stdout=log,
            stderr=log,
            cwd=CHECKOUT,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
