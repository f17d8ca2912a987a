"""Who sees what: every type for every scope gives one answer through every way that leads to it."""

from typing import Any
from uuid import UUID, uuid4

import factories as make
import pytest
from api_client import Api, Caller, gid
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    build_schema,
)
from owned import objects
from world import World

from api.domain.access import Role
from api.schema.export import sdl

STAFF_ROLES = (Role.ADMIN, Role.CAMPAIGN_MANAGER, Role.EVENT_ORGANISER, Role.AUDITOR)
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
# Lists that show every visible row of a type; `nodes` are read along the path.
LISTS = {
    "Asn": "{ asns { totalCount nodes { id } } }",
    "Campaign": "{ campaigns { totalCount nodes { id } } }",
    "Event": "{ events { totalCount nodes { id } } }",
    "Program": "{ programs { totalCount nodes { id } } }",
    "RankingRow": "{ ranking { totalCount nodes { id } } }",
}
# Of the first and of the second ministry; what a holder sees is told apart below.
OWNED = {
    "Asn",
    "SocialAccount",
    "Badge",
    "Share",
    "TrackedLink",
    "RankingRow",
    "Program",
    "Campaign",
    "ProgramPost",
    "Event",
    "InviteList",
    "InviteListEntry",
    "Invitation",
}
SHARED = {"Agency", "Province", "ScoreRun"}
OF_A_HOLDER = {"Asn", "SocialAccount", "Badge", "Share", "TrackedLink", "Event", "Invitation"}
LIVE = {"Program", "Campaign", "ProgramPost"}
RANKED = {"RankingRow"}
HIDDEN = {"InviteList", "InviteListEntry"}
# Types whose scope is shown beside their own feature.
ELSEWHERE = {
    "Account",
    "ApiKey",
    "AuditEvent",
    "Export",
    "ReviewFlag",
    "Consent",
    "Correction",
    "RankingEvaluation",
}


def expected(type_name: str, caller: Caller, world: World) -> tuple[bool, bool]:
    """Return whether the caller sees the row of the first and that of the second ministry."""
    if caller.role is not Role.ASN:
        return caller.agency in {None, "KEM-1"}, caller.agency in {None, "KEM-2"}
    if type_name in LIVE | RANKED:
        return True, True
    is_own = type_name in OF_A_HOLDER
    return is_own and caller.asn_id == world.ani, is_own and caller.asn_id == world.citra


def callers(world: World) -> list[Caller]:
    staff = [Caller(role, agency) for role in STAFF_ROLES for agency in (None, "KEM-1", "KEM-2")]
    return [*staff, *(Caller(Role.ASN, asn_id=one) for one in (world.ani, world.citra))]


async def test_every_way_to_a_row_gives_the_same_answer(api: Api, world: World) -> None:
    rows = await objects(world)
    differing = []
    for caller in callers(world):
        for type_name, keys in rows.items():
            ids = [gid(type_name, key) for key in keys]
            wanted = expected(type_name, caller, world)
            by_node = [
                (await api.ask(NODE, {"id": one}, caller=caller))["node"] is not None for one in ids
            ]
            found = (await api.ask(NODES, {"ids": ids}, caller=caller))["nodes"]
            by_nodes = [one is not None for one in found]
            if not tuple(by_node) == tuple(by_nodes) == wanted:
                differing.append((caller, type_name, by_node, by_nodes, wanted))
            if type_name in LISTS and (caller.role is not Role.ASN or type_name != "Asn"):
                listed = await api.ask(LISTS[type_name], caller=caller)
                (page,) = listed.values()
                shown = {one["id"] for one in page["nodes"]}
                if tuple(one in shown for one in ids) != wanted or page["totalCount"] != len(shown):
                    differing.append((caller, type_name, "list", page["totalCount"], wanted))

    assert differing == []


async def test_nested_fields_show_no_row_that_node_hides(api: Api, world: World) -> None:
    await objects(world)
    nested = """
    { campaigns(first: 4) { nodes { id program { id } posts(first: 2) { nodes { id
        sharers(first: 4) { totalCount nodes { id asn { id badge { id } accounts { id } } } }
        missing(first: 4) { totalCount nodes { id } } topSharers { asn { id } } } } } }
      events(first: 4) { nodes { id inviteList { id entries(first: 4) { totalCount nodes {
        id asn { id } invitation { id } } } } } } }
    """
    for caller in callers(world):
        answer = await api.ask(nested, caller=caller)
        ids = sorted(_ids(answer))
        seen = (await api.ask(NODES, {"ids": ids[:100]}, caller=caller))["nodes"]
        hidden = [one for one, found in zip(ids, seen, strict=True) if found is None]
        # Holders see the public part of others who agreed to be ranked.
        ranked = {gid("Asn", world.ani), gid("Asn", world.citra)}
        assert [one for one in hidden if caller.role is not Role.ASN or one not in ranked] == []


def _ids(data: Any) -> set[str]:
    if isinstance(data, dict):
        own = {data["id"]} if data.get("id") else set()
        return own.union(*(_ids(value) for value in data.values()))
    return set().union(*(_ids(item) for item in data)) if isinstance(data, list) else set()


async def test_missing_and_foreign_ids_get_the_same_bytes(api: Api, world: World) -> None:
    rows = await objects(world)
    caller = Caller(Role.AUDITOR, "KEM-1")

    for type_name, (_, foreign) in rows.items():
        answers = [
            await api.send(NODE, {"id": gid(type_name, key)}, caller=caller)
            for key in (foreign, uuid4())
        ]
        bodies = [{**one.json(), "extensions": None} for one in answers]
        assert bodies[0] == bodies[1]
        assert answers[0].status_code == answers[1].status_code == 200


async def test_what_everybody_may_know_is_shown_to_all(api: Api, world: World) -> None:
    province = await make.province("31")
    ids = [gid("Agency", world.second), gid("Province", province), gid("ScoreRun", world.run)]
    for caller in callers(world):
        assert None not in (await api.ask(NODES, {"ids": ids}, caller=caller))["nodes"]


def test_every_type_with_an_id_stands_in_the_matrix() -> None:
    schema = build_schema(sdl())
    types = {
        name
        for name, kind in schema.type_map.items()
        if isinstance(kind, GraphQLObjectType) and "Node" in [one.name for one in kind.interfaces]
    }

    assert types - OWNED - SHARED - ELSEWHERE == set()


def value_for(kind: Any) -> Any:
    """Return the smallest value that an input type takes."""
    if isinstance(kind, GraphQLNonNull):
        return value_for(kind.of_type)
    if isinstance(kind, GraphQLList):
        return [value_for(kind.of_type)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return {
            name: value_for(field.type)
            for name, field in kind.fields.items()
            if isinstance(field.type, GraphQLNonNull)
        }
    known = {"ID": gid("Asn", UUID(int=1)), "DateTime": "2027-01-01T00:00:00Z", "Int": 1}
    known |= {"Boolean": True, "URL": "https://contoh.go.id/", "String": "contoh"}
    return known[kind.name]


async def test_the_published_roles_are_the_ones_that_are_let_in(api: Api, world: World) -> None:
    schema = build_schema(sdl())
    wrong = []
    for root, word in ((schema.query_type, "query"), (schema.mutation_type, "mutation")):
        assert root is not None
        for name, field in root.fields.items():
            published = field.description.rpartition("Requires: ")[2].rstrip(".").split(", ")
            is_public = field.description.endswith("Public.")
            needed = [
                (arg, given)
                for arg, given in field.args.items()
                if isinstance(given.type, GraphQLNonNull)
            ]
            declared = ", ".join(f"${arg}: {given.type}" for arg, given in needed)
            passed = ", ".join(f"{arg}: ${arg}" for arg, _ in needed)
            is_leaf = not isinstance(_named(field.type), GraphQLObjectType) and str(
                field.type
            ) not in {"Node", "[Node]"}
            document = (
                f"{word} {f'({declared})' if declared else ''} {{ {name}"
                f"{f'({passed})' if passed else ''} {'' if is_leaf else '{ __typename }'} }}"
            )
            variables = {arg: value_for(given.type) for arg, given in needed}
            for role in Role:
                caller = Caller(role, asn_id=world.budi if role is Role.ASN else None)
                answer = (await api.send(document, variables, caller=caller)).json()
                codes = {one["extensions"]["code"] for one in answer.get("errors", ())}
                is_let_in = "FORBIDDEN" not in codes
                if is_let_in != (is_public or role.value in published):
                    wrong.append((name, role, codes))
                if codes - {"FORBIDDEN", "BAD_USER_INPUT"}:
                    wrong.append((name, role, codes))

    assert wrong == []


def _named(kind: Any) -> Any:
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        kind = kind.of_type
    return kind


@pytest.mark.parametrize("caller", [Caller(None)])
async def test_an_anonymous_caller_reaches_public_fields_alone(
    api: Api, world: World, caller: Caller
) -> None:
    for document in (*LISTS.values(), "{ agencies { totalCount } }", "{ provinces { id } }"):
        answer = await api.send(document, caller=caller)
        assert answer.status_code == 401
        assert "data" not in answer.json()
