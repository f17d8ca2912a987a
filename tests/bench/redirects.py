"""Recorded redirects against a bare 302 of Starlette, in turns, each in a process like the other.

The target is a ratio of at least 0.9, and every click in the database once after a normal stop.
"""

import asyncio
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api import local
from api.actions.link import create_link
from api.actions.reference import ensure_reference_rows
from api.domain.access import SYSTEM
from api.local import LocalHome, choose_port
from api.models import API_POOL, connection, open_database
from tests.bench._load import Load, ask_for

ROUNDS = 7
SECONDS = 2.0
CONNECTIONS = 32
TARGET = 0.9
_SERVE = "--ws-max-size 65536 --timeout-graceful-shutdown 10 --limit-concurrency 512"
_ADDRESS = "https://x.com/i/web/status/1700000000000000001?utm_source=x"
_FILL = """
INSERT INTO asn (id, full_name, sort_name, is_active, is_pseudonymous, created_at)
VALUES (new_id(), 'Contoh Umpama', 'contoh umpama', true, false, now());
INSERT INTO social_account (id, asn_id, platform, platform_user_id, handle, url, verification,
                            connection, created_at)
SELECT new_id(), id, 'X', '1', 'contoh', 'https://x.com/contoh', 'VERIFIED', 'NONE', now() FROM asn;
INSERT INTO consent (id, asn_id, purpose, account_id, basis, text_version, channel, granted_at)
SELECT new_id(), asn_id, 'ACCOUNT_TRACKING', id, 'CONSENT', 'v1', 'BENCH', now()
  FROM social_account;
INSERT INTO program (id, slug, name, source_url, created_by, created_at)
VALUES (new_id(), 'contoh', 'Program Contoh', 'https://contoh.go.id', 'a', now());
INSERT INTO campaign (id, program_id, title, status, version, starts_at, ends_at, disclosure_label,
                      audience, created_by, last_edited_by, approved_by, created_at)
SELECT new_id(), id, 'Contoh', 'ACTIVE', 1, now(), now() + interval '9 days', 'ASN', '{}', 'a', 'a',
       'b', now() FROM program;
INSERT INTO program_post (id, campaign_id, platform, official_post_ref, url, title, facts,
                          source_url, disclosure_text, hashtags, state, published_at, created_at)
SELECT new_id(), id, 'X', '1700000000000000001', 'https://x.com/i/web/status/1700000000000000001',
       'Contoh', '[]', 'https://contoh.go.id', 'ASN', '[]', 'PUBLISHED', now(), now() FROM campaign;
"""


def bare() -> Starlette:
    """Return what is compared with: a route of Starlette that answers 302 and records nothing."""

    async def redirect(_: Request) -> Response:
        return RedirectResponse(_ADDRESS, 302)

    return Starlette(routes=[Route("/r/{code}", redirect)])


async def main() -> None:
    """Print both rates, their ratio, and whether each click was stored once."""
    with _servers() as environment:
        code = await _link(environment["DATABASE_URL"])
        ours = _serve("api.app:create_app", environment)
        theirs = _serve("tests.bench.redirects:bare", environment)
        try:
            pairs = [await _round(code, ours.port, theirs.port) for _ in range(ROUNDS + 1)]
        finally:
            ours.stop()
            theirs.stop()
        stored = await _stored_count(environment["DATABASE_URL"])
    _tell(pairs, stored)


async def _round(code: str, ours: int, theirs: int) -> tuple[Load, Load]:
    return await _ask(code, ours), await _ask(code, theirs)


async def _ask(code: str, port: int) -> Load:
    requests = _requests(code)
    return await ask_for(
        port, requests, seconds=SECONDS, connections=CONNECTIONS, status=b"302 Found"
    )


def _requests(code: str) -> Iterator[bytes]:
    """Yield the request of a phone, one version after the other: 500 visitors."""
    for number in count():
        yield (
            f"GET /r/{code} HTTP/1.1\r\nHost: gema.test\r\nAccept: text/html\r\n"
            f"User-Agent: Mozilla/5.0 (Linux; Android 14) Chrome/130.{number % 500} Mobile\r\n\r\n"
        ).encode()


def _tell(pairs: list[tuple[Load, Load]], stored: int) -> None:
    counted = pairs[1:]
    recorded = median(ours.per_second for ours, _ in counted)
    plain = median(theirs.per_second for _, theirs in counted)
    ratio = median(ours.per_second / theirs.per_second for ours, theirs in counted)
    sent = sum(ours.answer_count for ours, _ in pairs)
    _say(f"{'recorded redirects':32}{recorded:10.0f} a second")
    _say(f"{'bare 302 of Starlette':32}{plain:10.0f} a second")
    _say(f"{'ratio (at least 0.9)':32}{ratio:10.2f} {'ok' if ratio >= TARGET else 'TOO SLOW'}")
    _say(f"{'visits answered / stored':32}{sent:10} / {stored} {_verdict(sent, stored)}")


def _verdict(sent: int, stored: int) -> str:
    return "each once" if sent == stored else "DIFFERENT"


class _Process:
    """A server process on a port of its own."""

    def __init__(self, application: str, environment: dict[str, str]) -> None:
        self.port = choose_port()
        arguments = ["--factory", application, *_SERVE.split(), "--no-access-log"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", *arguments, "--port", str(self.port)],
            env={**environment, "PYTHONUNBUFFERED": "1"},
            stderr=subprocess.DEVNULL,
        )

    def wait_until_up(self) -> None:
        """Return when the server answers anything."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=1)
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise TimeoutError(f"nothing answers on port {self.port}")

    def stop(self) -> None:
        """Stop it as a deployment does and wait until it is gone."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)


def _serve(application: str, environment: dict[str, str]) -> _Process:
    process = _Process(application, environment)
    process.wait_until_up()
    return process


@contextmanager
def _servers() -> Iterator[dict[str, str]]:
    """Start PostgreSQL and Valkey in a folder that goes away; yield the environment of a server."""
    with tempfile.TemporaryDirectory(prefix="gema-bench-", dir="/tmp") as place:
        Path(place).chmod(0o711)
        home = LocalHome(Path(place) / "home")
        with local.servers(home, with_valkey=True, durable=False) as urls:
            addresses = {"DATABASE_URL": urls.database_url, "REDIS_URL": urls.redis_url}
            environment = {**home.environment(), **addresses}
            _in_own_loop(environment)
            yield environment


def _in_own_loop(environment: dict[str, str]) -> None:
    # The migration opens a loop, and this generator runs inside one.
    code = "import os; from api.cli.migrations import migrate; migrate(dict(os.environ))"
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


async def _link(database_url: str) -> str:
    async with open_database(database_url, API_POOL), connection() as db:
        await ensure_reference_rows()
        await db.execute(_FILL)
        post_id = await db.fetchval("SELECT id FROM program_post")
        account_id = await db.fetchval("SELECT id FROM social_account")
        link_id = await create_link(SYSTEM, post_id, account_id)
        await db.execute("UPDATE tracked_link SET created_at = now() - interval '1 day'")
        code: str = await db.fetchval("SELECT code FROM tracked_link WHERE id = $1", link_id)
        return code


async def _stored_count(database_url: str) -> int:
    async with open_database(database_url, API_POOL), connection() as db:
        found: int = await db.fetchval("SELECT count(*) FROM click")
        return found


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
