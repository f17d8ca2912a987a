"""A list costs the same number of statements whether it has one row or a hundred."""

from typing import Any
from uuid import UUID

import factories as make
import pytest
from api_client import Api, gid
from asyncpg.connection import Connection
from world import World

from api.domain.campaign import CampaignStatus

ROW_COUNT = 100


async def fill(world: World) -> None:
    """Make a hundred holders with a share, campaigns with a post, and events with a list."""
    await _list_of(world, world.event, world.ani)
    await _list_of(world, world.other_event, world.citra)
    for number in range(ROW_COUNT):
        asn_id, account_id = await make.make_holder(f"Contoh {number:03}", world.first)
        await make.make_share(asn_id, account_id, world.post)
        campaign = await make.make_campaign(
            world.program, f"Kampanye {number:03}", status=CampaignStatus.ACTIVE
        )
        post = await make.make_post(campaign)
        await make.make_share(asn_id, account_id, post)
        await _list_of(world, await make.make_event(world.first, f"Temu {number:03}"), asn_id)
    await make.rank()


async def _list_of(world: World, event_id: UUID, asn_id: UUID) -> None:
    outcome = {
        "score_without_quotas": "0",
        "score_with_quotas": "0",
        "lost_ppm": 0,
        "effects": [],
    }
    made = await make.insert(
        "invite_list",
        event_id=event_id,
        score_run_id=world.run,
        status="DRAFT",
        seat_count=1,
        seed="benih",
        rules={},
        solver="contoh",
        outcome=outcome,
        sha256="0" * 64,
        created_by="organiser",
        created_at=make.NOW,
    )
    await make.insert(
        "invite_list_entry",
        invite_list_id=made,
        asn_id=asn_id,
        position=1,
        seat=1,
        decision="ADMITTED",
        rank=1,
        score=1,
        reasons=[],
        facts={},
    )


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that reaches a real connection, in order."""
    seen: list[str] = []
    original = Connection._execute  # noqa: SLF001 (all ways to fetch rows pass here)

    async def counted(self: Connection, query: str, *rest: Any, **named: Any) -> Any:
        seen.append(query)
        return await original(self, query, *rest, **named)

    monkeypatch.setattr(Connection, "_execute", counted)
    return seen


NESTED = """
query ($first: Int!) { campaigns(first: $first) { nodes { id
  progress { shareCount } timeline(interval: DAY) { shareCount } reviews { note }
  posts(first: 1) { totalCount nodes { shareCount evidence { count } topSharers { points }
    sharers(first: 1) { totalCount nodes { id asn { id } post { id } } }
    missing(first: 1) { totalCount nodes { id } } } } } } }
"""
PEOPLE = """
query ($first: Int!) { asns(first: $first) { nodes { name agency { name } accounts { handle }
  badge { code } eligibility { outcome } consents { purpose } standing { rank }
  shares(first: 1) { totalCount nodes { id post { id title } } } } } }
"""
EVENTS = """
query ($first: Int!) { events(first: $first) { nodes { id agency { name }
  attendance { invited } inviteList { id sha256 scoreRun { id } } } } }
"""


async def test_every_list_costs_a_constant_number_of_statements(
    api: Api, world: World, statements: list[str]
) -> None:
    await fill(world)
    post = {"id": gid("ProgramPost", world.post)}

    async def cost(name: str, first: int, **other: Any) -> int:
        statements.clear()
        if name in documents:
            await api.ask(documents[name], {"first": first})
        else:
            await api.run(name, first=first, **other)
        return len(statements)

    documents = {"nested": NESTED, "people": PEOPLE, "events": EVENTS}
    asked: list[tuple[str, int, dict[str, Any]]] = [
        ("Asns", 100, {}),
        ("Places", 100, {}),
        ("Campaigns", 90, {}),
        ("Events", 100, {}),
        ("Ranking", 100, {}),
        ("PostSharers", 100, post),
        ("nested", 100, {}),
        ("people", 100, {}),
        ("events", 100, {}),
    ]
    costs = {
        name: (await cost(name, 1, **other), await cost(name, many, **other))
        for name, many, other in asked
    }

    assert {name: pair for name, pair in costs.items() if pair[0] != pair[1]} == {}
    assert all(0 < few <= 16 for few, _ in costs.values()), costs
