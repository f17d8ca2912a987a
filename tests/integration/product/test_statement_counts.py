"""A list costs the same number of statements whether it has one row or a hundred."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import factories as make
import pytest
from api_client import Api, gid
from asyncpg.connection import Connection
from contract_operations import operation
from graphql import (
    FieldNode,
    GraphQLObjectType,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    build_schema,
    parse,
    validate,
    visit,
)
from world import World

from api.actions.api_key import NewKey, create_api_key
from api.domain.access import KeyScope, Role, Viewer
from api.domain.campaign import CampaignStatus
from api.schema.export import sdl

ROW_COUNT = 100
MANY = 50


async def fill(world: World) -> None:
    """Make a hundred holders with a share, campaigns with a post, and events with a list."""
    long_list = await _list_of(world, world.event, world.ani)
    await _list_of(world, world.other_event, world.citra)
    for number in range(ROW_COUNT):
        asn_id, account_id = await make.make_holder(f"Contoh {number:03}", world.first)
        await make.make_holder(f"Umpama {number:03}", world.first)
        doubtful = await make.make_share(asn_id, account_id, world.post, resharer_count=1)
        await _entry_of(long_list, asn_id, number + 2)
        await _doubt(asn_id, doubtful)
        await _key(number)
        await _evaluation(number)
        await make.make_agency(f"KEM-X{number}", f"Contoh {number:03}", parent_id=world.first)
        await make.make_program(world.first, f"Program {number:03}")
        campaign = await make.make_campaign(
            world.program, f"Kampanye {number:03}", status=CampaignStatus.ACTIVE
        )
        post = await make.make_post(campaign)
        await make.make_share(world.ani, world.accounts[world.ani], post)
        await make.make_post(world.campaign)
        await make.make_share(asn_id, account_id, post, resharer_count=2)
        await _list_of(world, await make.make_event(world.first, f"Temu {number:03}"), asn_id)
    await make.rank()


async def _list_of(world: World, event_id: UUID, asn_id: UUID) -> UUID:
    made = await make.make_draft_list(event_id, world.run)
    await _entry_of(made, asn_id, 1)
    return made


async def _entry_of(invite_list: UUID, asn_id: UUID, position: int) -> None:
    """Add the one who is admitted, or somebody who waits."""
    is_admitted = position % 2 == 1
    await make.insert(
        "invite_list_entry",
        invite_list_id=invite_list,
        asn_id=asn_id,
        position=position,
        seat=position if is_admitted else None,
        decision="ADMITTED" if is_admitted else "WAITLISTED",
        rank=position,
        score=1,
        reasons=[],
        facts={},
    )


async def _doubt(asn_id: UUID, share_id: UUID) -> None:
    await make.execute(
        """INSERT INTO review_flag (id, asn_id, share_id, rule, rule_version, tier, evidence, state,
                                    opened_at, held_at, ingest_seq)
           VALUES (new_id(), $1, $2, 'DUPLICATE_URL', 1, 'ADVISORY', '[]', 'OPEN', now(), NULL,
                   nextval('ingest_seq'))""",
        asn_id,
        share_id,
    )


async def _key(number: int) -> None:
    """Make a key, which leaves a row of the trail too."""
    expires_at = make.NOW + timedelta(days=30)
    new = NewKey(f"mesin {number}", Role.AUDITOR, None, (KeyScope.READ,), expires_at)
    await create_api_key(Viewer("admin", Role.ADMIN, "Admin Contoh"), new, None)


async def _evaluation(number: int) -> None:
    at = make.NOW - timedelta(days=30 + number)
    await make.insert(
        "ranking_evaluation",
        model="amp-1",
        ranked_at=at,
        ranked_on=at.date(),
        horizon_days=30,
        holder_count=2,
        rewarded_count=1,
        figures={"amp-1": [[25, 0.5, 0.5]]},
        computed_at=make.NOW,
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
FLAGS = """
query ($first: Int!) { reviewFlags(first: $first) { totalCount nodes { reason decidedBy
  evidence { label } history { kind } appeal { state } shares { id asn { name } } } } }
"""
KEYS = """
query ($first: Int!) { apiKeys(first: $first) { totalCount nodes { id name role scopes } } }
"""
TRAIL = """
query ($first: Int!) { auditEvents(first: $first) { totalCount nodes { id actor action } } }
"""
PROGRAMS = """
query ($first: Int!) { programs(first: $first) { totalCount nodes { name agency { name } } } }
"""
FORESEEN = """
query ($first: Int!) { rankingEvaluations(first: $first) { totalCount nodes { id model plot
  figures { method top ndcg captured } } } }
"""
LISTED = """
query ($first: Int!, $id: ID!) { event(id: $id) { inviteList {
  entries(first: $first) { totalCount nodes { position asn { name agency { name } badge { code } }
    invitation { id } reasons { code } } }
  waitingList(first: $first) { totalCount nodes { rank asn { name } reasons { code } } } } } }
"""
SHARED = """
query ($first: Int!, $id: ID!) { asn(id: $id) { shares(first: $first) { totalCount nodes {
  id kind points evidence post { title } } } } }
"""
POSTS = """
query ($first: Int!, $id: ID!) { campaign(id: $id) { posts(first: $first) { totalCount nodes {
  title shareCount evidence { count } topSharers { points } } } } }
"""
MISSING = """
query ($first: Int!, $id: ID!) { node(id: $id) { ... on ProgramPost { missing(first: $first) {
  totalCount nodes { name agency { name } badge { code } } } } } }
"""
DOCUMENTS = {
    "posts": POSTS,
    "missing": MISSING,
    "nested": NESTED,
    "people": PEOPLE,
    "events": EVENTS,
    "flags": FLAGS,
    "keys": KEYS,
    "trail": TRAIL,
    "programs": PROGRAMS,
    "foreseen": FORESEEN,
    "listed": LISTED,
    "shared": SHARED,
}
OPERATIONS = ("Asns", "Places", "Campaigns", "Events", "Ranking", "PostSharers")


class Pages(Visitor):
    """Names the connections whose size a document takes from `$first`."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self.names: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        sizes = [one.value for one in node.arguments or () if one.name.value == "first"]
        parent = self._types.get_parent_type()
        if parent and any(isinstance(size, VariableNode) for size in sizes):
            self.names.add(f"{parent.name}.{node.name.value}")


def test_every_connection_of_the_schema_is_asked_at_one_and_at_a_hundred_rows() -> None:
    schema = build_schema(sdl())
    published = {
        f"{name}.{field}"
        for name, kind in schema.type_map.items()
        if isinstance(kind, GraphQLObjectType)
        for field, made in kind.fields.items()
        if str(made.type).removesuffix("!").endswith("Connection")
    }
    types = TypeInfo(schema)
    pages = Pages(types)
    for text in (*DOCUMENTS.values(), *(operation(name) for name in OPERATIONS)):
        assert validate(schema, parse(text)) == []
        visit(parse(text), TypeInfoVisitor(types, pages))

    assert published - pages.names == set()


async def test_every_list_costs_a_constant_number_of_statements(
    api: Api, world: World, statements: list[str]
) -> None:
    await fill(world)
    others: dict[str, dict[str, Any]] = {
        "PostSharers": {"id": gid("ProgramPost", world.post)},
        "listed": {"id": gid("Event", world.event)},
        "shared": {"id": gid("Asn", world.ani)},
        "posts": {"id": gid("Campaign", world.campaign)},
        "missing": {"id": gid("ProgramPost", world.post)},
    }

    async def cost(name: str, first: int) -> int:
        document = DOCUMENTS[name] if name in DOCUMENTS else operation(name)
        statements.clear()
        answer = await api.ask(document, {"first": first, **others.get(name, {})})
        most = max(len(nodes) for nodes in _lists(answer))
        assert (most == 1) if first == 1 else (most >= MANY), (name, most)
        return len(statements)

    # The contract's campaigns cost more than the most points at a hundred.
    sizes = {name: 90 if name == "Campaigns" else ROW_COUNT for name in (*OPERATIONS, *DOCUMENTS)}
    costs = {name: (await cost(name, 1), await cost(name, many)) for name, many in sizes.items()}

    assert {name: pair for name, pair in costs.items() if pair[0] != pair[1]} == {}
    assert all(0 < few <= 16 for few, _ in costs.values()), costs


def _lists(data: Any) -> Iterator[list[Any]]:
    if isinstance(data, dict):
        yield from (data[name] for name in ("nodes", "edges") if isinstance(data.get(name), list))
        for value in data.values():
            yield from _lists(value)
    elif isinstance(data, list):
        for item in data:
            yield from _lists(item)
