# ruff: noqa: E501 (documents and statements are easier to read as they are sent)
"""How long the operations of clients take: 20,000 holders, 200 posts, 80,000 shares.

Run it as a module, `python -m tests.bench.graphql`, so that this folder is not on the path.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from api import local
from api.actions.ranking import RunRequest, refresh_ranking
from api.actions.reference import ensure_reference_rows
from api.app import create_app
from api.cli.migrations import migrate
from api.domain.access import Role
from api.http.tokens import issue_dev_token
from api.local import LocalHome
from api.models import connection
from api.schema.identity import encode_id
from api.settings import Settings

ROUNDS = 7

FILL = """
INSERT INTO agency (id, code, kind, province_id, valid_from_on)
SELECT new_id(), 'KEM-' || n, 'MINISTRY', (SELECT id FROM province ORDER BY md5(n::text || id) LIMIT 1),
       '2020-01-01' FROM generate_series(1, 90) n;
INSERT INTO agency (id, code, kind, parent_id, valid_from_on)
SELECT new_id(), a.code || '-' || n, 'UNIT', a.id, '2020-01-01'
  FROM agency a, generate_series(1, 4) n;
INSERT INTO agency_name (id, agency_id, name, valid_from_on)
SELECT new_id(), id, 'Instansi ' || code, '2020-01-01' FROM agency;
CREATE TEMPORARY TABLE person AS
SELECT n, new_id() AS asn_id, new_id() AS account_id FROM generate_series(1, 20000) n;
INSERT INTO asn (id, full_name, sort_name, is_active, is_pseudonymous, created_at)
SELECT asn_id, name, lower(name), true, false, now()
  FROM (SELECT *, 'Contoh ' || md5(n::text) AS name FROM person) named;
INSERT INTO employee_number (id, asn_id, kind, sealed, blind_index, last3, valid_from_on, warnings)
SELECT new_id(), asn_id, 'PNS', decode(repeat('00', 47), 'hex'), decode(md5(n::text), 'hex'),
       lpad((n % 1000)::text, 3, '0'), '2020-01-01', '[]' FROM person;
INSERT INTO assignment (id, asn_id, agency_id, is_primary, from_on, source)
SELECT new_id(), asn_id, (SELECT array_agg(id ORDER BY code) FROM agency)[1 + n % 450], true,
       '2020-01-01', 'BENCH' FROM person;
INSERT INTO social_account (id, asn_id, platform, platform_user_id, handle, url, verification,
                            connection, ownership_verified_at, created_at)
SELECT account_id, asn_id, 'X', n::text, 'contoh_' || n, 'https://x.com/contoh_' || n, 'VERIFIED',
       'NONE', now(), now() FROM person;
INSERT INTO audience_observation (id, asn_id, account_id, kind, count, source, observed_at)
SELECT new_id(), asn_id, account_id, 'FOLLOWERS', 500 + n % 9000, 'PUBLIC_API',
       now() - day * interval '1 day' FROM person, generate_series(1, 5) day;
INSERT INTO consent (id, asn_id, purpose, account_id, basis, text_version, channel, granted_at)
SELECT new_id(), asn_id, 'ACCOUNT_TRACKING', account_id, 'CONSENT', 'v1', 'BENCH', now() FROM person;
INSERT INTO consent (id, asn_id, purpose, basis, text_version, channel, granted_at)
SELECT new_id(), asn_id, purpose, 'CONSENT', 'v1', 'BENCH', now()
  FROM person, unnest(ARRAY['PUBLIC_RANKING', 'INVITATION_CONTACT']) AS purpose WHERE n % 10 > 0;
INSERT INTO badge (id, asn_id, badge_class_id, public_code, state, issued_at)
SELECT new_id(), asn_id, (SELECT id FROM badge_class LIMIT 1), md5(n::text), 'ACTIVE', now()
  FROM person;
INSERT INTO eligibility_assessment (id, asn_id, policy_id, outcome, reasons, inputs_hash, assessed_at)
SELECT new_id(), asn_id, (SELECT id FROM eligibility_policy LIMIT 1), 'ELIGIBLE', '[]', '', now()
  FROM person;
INSERT INTO program (id, slug, name, source_url, agency_id, created_by, created_at)
SELECT new_id(), 'program-' || code, 'Program ' || code, 'https://contoh.go.id', id, 'a', now()
  FROM agency WHERE kind = 'MINISTRY' ORDER BY code LIMIT 50;
INSERT INTO campaign (id, program_id, title, status, version, starts_at, ends_at, disclosure_label,
                      audience, created_by, last_edited_by, approved_by, created_at)
SELECT new_id(), id, 'Kampanye ' || slug, 'ACTIVE', 1, now() - interval '20 days',
       now() + interval '20 days', 'ASN', '{}', 'a', 'a', 'b', now() FROM program;
INSERT INTO program_post (id, campaign_id, platform, official_post_ref, url, title, facts,
                          source_url, disclosure_text, hashtags, state, published_at, created_at)
SELECT new_id(), id, 'X', n || c.id::text, 'https://x.com/i/web/status/' || n, 'Post ' || n, '[]',
       'https://contoh.go.id', 'ASN', '[]', 'PUBLISHED', now() - interval '15 days', now()
  FROM campaign c, generate_series(1, 4) n;
INSERT INTO sync_cursor (id, platform, list_name, object_ref, sweep_completed_at, sweep_count, seen,
                         coverage, updated_at)
SELECT new_id(), 'X', list_name, official_post_ref, now(), 1, '[]', 'COMPLETE', now()
  FROM program_post, unnest(ARRAY['reposts', 'quotes']) AS list_name;
CREATE TEMPORARY TABLE passed AS
SELECT new_id() AS id, p.asn_id, p.account_id, k, n,
       (SELECT array_agg(id ORDER BY id) FROM program_post)[1 + (n * 7 + k * 53) % 200] AS post_id
  FROM person p, generate_series(1, 4) k;
INSERT INTO share (id, asn_id, program_post_id, account_id, platform, kind, key, native_id, url,
                   shared_at, time_source, post_slot, ingest_seq, offered_metrics, evidence_level,
                   review, presence, missed_sweep_count, first_observed_at)
SELECT id, asn_id, post_id, account_id, 'X', 'QUOTE', 'k' || n || '-' || k, n || '-' || k,
       'https://x.com/i/web/status/' || n, now() - ((n * k) % 14400) * interval '1 minute',
       'PLATFORM', 1, nextval('ingest_seq'), '["RESHARERS"]', 'API_CONFIRMED', 'CLEAR', 'LIVE', 0,
       now() FROM passed;
INSERT INTO reshare (id, asn_id, share_id, resharer_key, ordinal, reshared_at, observed_at,
                     ingest_seq, is_withdrawn)
SELECT new_id(), asn_id, id, decode(md5(n || '-' || k || '-' || r), 'hex'), 1, now(), now(),
       nextval('ingest_seq'), false
  FROM passed, generate_series(1, 6) r WHERE r <= (n * k) % 7;
INSERT INTO event (id, title, agency_id, starts_at, capacity, status, version, created_by,
                   created_at)
SELECT new_id(), 'Temu ' || code, id, now() + interval '40 days', 200, 'DRAFT', 1, 'a', now()
  FROM agency WHERE kind = 'MINISTRY';
ANALYZE;
"""

PERSON = "id name maskedEmployeeNumber agency { id code name } province { id name } "
CARD = (
    PERSON + "accounts { id platform handle audience { count observedAt } } badge { code status }"
)
RANKED = f"rank points asn {{ {CARD} }} breakdown {{ platform shareCount points }}"
PAGE = "pageInfo { hasNextPage endCursor }"
DETAIL = """eligibility { outcome reasons { code } } consents { purpose grantedAt }
            standing { rank points } shares(first: 10) { nodes { id points post { id } } }"""
FIGURES = """shareCount resharerCount potentialReach evidence { level count }
             topSharers(first: 3) { points asn { id name } }
             sharers(first: 50) { totalCount nodes { sharedAt asn { id name } } }
             missing(first: 50) { totalCount nodes { id name } }"""
PROGRESS = "progress { holderCount sharerCount shareCount resharerCount potentialReach coverage }"


@dataclass(frozen=True)
class Question:
    """A document with its variables, and who asks."""

    name: str
    query: str
    variables: dict[str, Any]
    token: str


def questions(tokens: dict[str, str], ids: dict[str, str]) -> list[Question]:
    """Return what is timed."""
    ranking = f"query($n: Int!, $a: String) {{ ranking(first: $n, after: $a) {{ totalCount edges {{ node {{ {RANKED} }} }} {PAGE} }} }}"
    asns = f"query($n: Int!, $f: AsnFilter) {{ asns(first: $n, filter: $f) {{ nodes {{ {CARD} }} {PAGE} }} }}"
    campaign = f"query($id: ID!) {{ campaign(id: $id) {{ {PROGRESS} timeline(interval: HOUR) {{ at shareCount }} posts(first: 20) {{ nodes {{ {FIGURES} }} }} }} }}"
    campaigns = f"query($n: Int!) {{ campaigns(first: $n) {{ nodes {{ id {PROGRESS} posts(first: 50) {{ nodes {{ id }} }} }} }} }}"
    detail = f"query($id: ID!) {{ asn(id: $id) {{ {CARD} {DETAIL} }} }}"
    standings = "{ asns(first: 100) { nodes { standing { rank } } } }"
    propose = "mutation($e: ID!) { inviteListPropose(input: {eventId: $e, dryRun: true}) { inviteList { sha256 entries(first: 100) { nodes { reasons { code } asn { name } } } } } }"
    nation, agency, person = tokens["nation"], tokens["agency"], tokens["person"]
    unit = {"agencyId": ids["agency"]}
    return [
        Question("ranking, first 50, nation", ranking, {"n": 50}, nation),
        Question("ranking, first 50, one agency", ranking, {"n": 50}, agency),
        Question("ranking, first 50, a holder", ranking, {"n": 50}, person),
        Question("ranking, after 10,000", ranking, {"n": 50, "a": ids["half"]}, nation),
        Question("asns, first 100, nation", asns, {"n": 100}, nation),
        Question("asns, first 100, one agency", asns, {"n": 100}, agency),
        Question("asns, of one agency, nation", asns, {"n": 25, "f": unit}, nation),
        Question("asns, search", asns, {"n": 25, "f": {"search": "abcd"}}, nation),
        Question("asn, detail", detail, {"id": ids["asn"]}, nation),
        Question("100 standings", standings, {}, nation),
        Question("campaign", campaign, {"id": ids["campaign"]}, nation),
        Question("50 campaigns", campaigns, {"n": 50}, nation),
        Question("invite list, dry run", propose, {"e": ids["event"]}, nation),
    ]


async def main() -> None:
    """Print median and best time of each question, and its statements."""
    async with served() as (settings, client):
        say("filling")
        await fill()
        tokens, ids = await names(settings, client)
        say(f"{'question':34}{'median':>10}{'best':>10}   statements")
        for question in questions(tokens, ids):
            await measure(client, question)


async def fill() -> None:
    """Make the rows and rank them."""
    await ensure_reference_rows()
    async with connection() as db:
        await db.execute("SET statement_timeout = 0")
        await db.execute(FILL, timeout=600)
    start = time.perf_counter()
    run = await refresh_ranking(RunRequest())
    say(f"ranked {run.holder_count} holders in {time.perf_counter() - start:.1f} s")
    async with connection() as db:
        await db.execute("ANALYZE ranking; ANALYZE share_gain")


async def names(
    settings: Settings, client: httpx2.AsyncClient
) -> tuple[dict[str, str], dict[str, str]]:
    """Return tokens and the ids that the questions name."""
    async with connection() as db:
        asn = await db.fetchval(
            "SELECT asn_id FROM ranking ORDER BY score DESC OFFSET 9000 LIMIT 1"
        )
        agency = await db.fetchval("SELECT id FROM agency WHERE code = 'KEM-7'")
        campaign = await db.fetchval("SELECT id FROM campaign ORDER BY id LIMIT 1")
        event = await db.fetchval("SELECT id FROM event ORDER BY id LIMIT 1")

    def token(role: Role, **claims: Any) -> str:
        return issue_dev_token(settings.access, role, now=datetime.now(UTC), **claims)

    tokens = {
        "nation": token(Role.ADMIN),
        "agency": token(Role.CAMPAIGN_MANAGER, agency_code="KEM-7"),
        "person": token(Role.ASN, asn_id=asn),
    }
    ids = {
        "asn": encode_id("Asn", asn),
        "agency": encode_id("Agency", agency),
        "campaign": encode_id("Campaign", campaign),
        "event": encode_id("Event", event),
    }
    walk = "query($a: String) { ranking(first: 100, after: $a) { pageInfo { endCursor } } }"
    cursor = None
    for _ in range(100):
        answer = await ask(client, Question("walk", walk, {"a": cursor}, tokens["nation"]))
        cursor = answer["data"]["ranking"]["pageInfo"]["endCursor"]
    return tokens, {**ids, "half": cursor}


async def measure(client: httpx2.AsyncClient, question: Question) -> None:
    """Time one question and count its statements."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        answer = await ask(client, question)
        times.append((time.perf_counter() - start) * 1000)
        if "errors" in answer:
            say(f"{question.name}: {answer['errors']}")
            return
    middle = sorted(times)[ROUNDS // 2]
    say(f"{question.name:34}{middle:7.1f} ms{min(times):7.1f} ms")


async def ask(client: httpx2.AsyncClient, question: Question) -> dict[str, Any]:
    """Send one question."""
    body = {"query": question.query, "variables": question.variables}
    headers = {"authorization": f"Bearer {question.token}"}
    answer: dict[str, Any] = (await client.post("/graphql", json=body, headers=headers)).json()
    return answer


@asynccontextmanager
async def served() -> AsyncIterator[tuple[Settings, httpx2.AsyncClient]]:
    """Start servers in a folder that goes away, and the application over them."""
    folder = "/tmp" if os.geteuid() == 0 else None  # noqa: S108 (mkdtemp makes it safe)
    with tempfile.TemporaryDirectory(prefix="gema-bench-", dir=folder) as place:
        Path(place).chmod(0o711)  # noqa: ASYNC240 (nothing else runs yet)
        home = LocalHome(Path(place) / "home")
        with local.servers(home, with_valkey=True, durable=False) as urls:
            addresses = {"DATABASE_URL": urls.database_url, "REDIS_URL": urls.redis_url}
            environment = {**home.environment(), **addresses}
            await asyncio.to_thread(migrate, environment)
            settings = Settings.from_env(environment)
            app = create_app(settings)
            transport = httpx2.ASGITransport(app)
            async with (
                app.router.lifespan_context(app),
                httpx2.AsyncClient(transport=transport, base_url="http://gema.test") as client,
            ):
                yield settings, client


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
