"""A client that pages through a list sees everybody who stays once, and nobody twice."""

import pytest
from api_client import Api, gid
from moving import moving_people

FORWARD = """
query ($size: Int!, $cursor: String) { asns(first: $size, after: $cursor) {
  edges { cursor node { id } } pageInfo { isMore: hasNextPage cursor: endCursor } } }
"""
BACKWARD = """
query ($size: Int!, $cursor: String) { asns(last: $size, before: $cursor) {
  edges { cursor node { id } } pageInfo { isMore: hasPreviousPage cursor: startCursor } } }
"""


@pytest.mark.parametrize("document", [FORWARD, BACKWARD], ids=["forward", "backward"])
@pytest.mark.parametrize(
    ("count", "size"),
    [(300, 20), pytest.param(10_000, 100, marks=[pytest.mark.long, pytest.mark.timeout(300)])],
)
async def test_whoever_stays_is_seen_once_while_others_come_and_go(
    api: Api, count: int, size: int, document: str
) -> None:
    seen: list[str] = []
    cursor, is_more = None, True

    async with moving_people(api.settings.database_url, count) as moving:
        while is_more:
            answer = await api.ask(document, {"size": size, "cursor": cursor})
            seen += [edge["node"]["id"] for edge in answer["asns"]["edges"]]
            page = answer["asns"]["pageInfo"]
            cursor, is_more = page["cursor"], page["isMore"]

    assert len(seen) == len(set(seen))
    assert {gid("Asn", key) for key in moving.staying} - set(seen) == set()
    assert moving.arrived_count > 0 < moving.left_count
    print(f"{len(seen)} seen, {moving.arrived_count} came, {moving.left_count} left")  # noqa: T201
