"""Whether the time of an answer tells a foreign id from a missing one.

Three kinds of questions about each type, interleaved in random order: a row of another agency, and
two sets of ids that nobody has. The two sets tell how far medians differ by chance, and shuffled
labels how far they would in one of a thousand tries: a difference of foreign and missing below that
is not seen.
"""

import asyncio
import random
import statistics
import sys
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2

from api.domain.access import Role
from api.http.tokens import issue_dev_token
from api.models import new_id
from api.schema.identity import encode_id
from api.settings import Settings
from tests.bench._server import URL, served_apart

ROUNDS = 300
SHUFFLES = 1_000
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
FIELDS = {
    "campaign": ("Campaign", "query ($id: ID!) { campaign(id: $id) { id title } }"),
    "event": ("Event", "query ($id: ID!) { event(id: $id) { id title } }"),
    "asn": ("Asn", "query ($id: ID!) { asn(id: $id) { id name agency { name } } }"),
    "campaignSubmit": (
        "Campaign",
        "mutation ($id: ID!) { campaignSubmit(input: {campaignId: $id, version: 1,"
        ' factCheckedBy: "Nama Contoh", isFreeOfCandidatesAndParties: true})'
        " { userErrors { code } } }",
    ),
}
Question = tuple[str, str, str]
"""(name, document, type of the id)."""


async def main() -> None:
    """Print both differences for each question; exit 1 where a foreign id is seen."""
    foreign: dict[str, UUID] = {}

    async def fill(settings: Settings) -> None:
        from owned import objects  # noqa: PLC0415 (found once `_server` has shown the way)
        from world import build_world  # noqa: PLC0415

        rows = await objects(await build_world(settings))
        foreign.update({name: pair[1] for name, pair in rows.items()})

    async with served_apart(fill) as settings:
        questions: list[Question] = [(f"node {name}", NODE, name) for name in foreign]
        questions += [(name, text, kind) for name, (kind, text) in FIELDS.items()]
        seen = [await _measured(settings, one, foreign[one[2]]) for one in questions]
    if any(seen):
        raise SystemExit(1)


async def _measured(settings: Settings, question: Question, row: UUID) -> bool:
    name, document, kind = question
    chosen = random.Random(name)  # noqa: S311
    times: dict[str, list[float]] = {"foreign": [], "missing": [], "missing too": []}
    async with httpx2.AsyncClient(base_url=URL, timeout=30) as client:
        headers = _headers(settings, name)
        for number in range(ROUNDS + 10):
            for label in chosen.sample(list(times), 3):
                key = row if label == "foreign" else new_id()
                body = {"query": document, "variables": {"id": encode_id(kind, key)}}
                took = await _timed(client, body, headers)
                if number >= 10:
                    times[label].append(took)
    return _report(name, times, chosen)


def _headers(settings: Settings, name: str) -> dict[str, str]:
    # A caller for each question, so that no minute of points runs out.
    token = issue_dev_token(
        settings.access,
        Role.ADMIN,
        now=datetime.now(UTC),
        agency_code="KEM-1",
        subject=name.replace(" ", "-"),
    )
    return {"authorization": f"Bearer {token}"}


async def _timed(
    client: httpx2.AsyncClient, body: dict[str, Any], headers: dict[str, str]
) -> float:
    started = time.perf_counter()
    response = await client.post("/graphql", json=body, headers=headers)
    took = (time.perf_counter() - started) * 1000
    assert "data" in response.json(), response.text
    (value,) = response.json()["data"].values()
    assert value is None or value == {"userErrors": [{"code": "NOT_FOUND"}]}, response.text
    return took


def _report(name: str, times: dict[str, list[float]], chosen: random.Random) -> bool:
    foreign, missing = times["foreign"], times["missing"] + times["missing too"]
    differs = statistics.median(foreign) - statistics.median(missing)
    null = statistics.median(times["missing"]) - statistics.median(times["missing too"])
    noise = max(abs(_shuffled(foreign + missing, len(foreign), chosen)) for _ in range(SHUFFLES))
    is_seen = abs(differs) > noise
    sys.stdout.write(
        f"{name:22} median {statistics.median(missing):6.2f} ms   foreign - missing {differs:+7.3f}"
        f"   missing - missing {null:+7.3f}   noise {noise:6.3f}{'   SEEN' if is_seen else ''}\n"
    )
    sys.stdout.flush()
    return is_seen


def _shuffled(values: list[float], size: int, chosen: random.Random) -> float:
    mixed = chosen.sample(values, len(values))
    return statistics.median(mixed[:size]) - statistics.median(mixed[size:])


if __name__ == "__main__":
    asyncio.run(main())
