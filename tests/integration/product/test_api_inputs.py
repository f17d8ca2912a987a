"""What every list and id refuses, and what everybody may know."""

from uuid import uuid4

import factories as make
import pytest
from api_client import ADMIN, NOBODY, Api, gid, holder, key_of
from world import World

ASNS = """
query ($first: Int, $after: String, $last: Int, $before: String, $filter: AsnFilter) {
  asns(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
    totalCount nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


@pytest.mark.parametrize(
    ("page", "argument"),
    [
        ({"first": 101}, "first"),
        ({"first": -1}, "first"),
        ({"last": 101}, "last"),
        ({"first": 1, "last": 1}, "last"),
    ],
)
async def test_a_page_has_at_most_a_hundred_rows(
    api: Api, world: World, page: dict[str, int], argument: str
) -> None:
    refused = await api.refused(ASNS, page)

    assert (refused["code"], refused["argument"]) == ("BAD_USER_INPUT", argument)


async def test_a_page_of_none_still_knows_whether_more_follows(api: Api, world: World) -> None:
    page = (await api.ask(ASNS, {"first": 0}))["asns"]

    assert (page["nodes"], page["totalCount"], page["pageInfo"]["hasNextPage"]) == ([], 3, True)


async def test_a_list_is_read_backwards_from_its_end(api: Api, world: World) -> None:
    last = (await api.ask(ASNS, {"last": 2}))["asns"]
    before = (await api.ask(ASNS, {"last": 2, "before": last["pageInfo"]["startCursor"]}))["asns"]

    assert [one["name"] for one in last["nodes"]] == ["Budi Santoso", "Citra Dewi"]
    assert last["pageInfo"]["hasPreviousPage"] is True
    assert [one["name"] for one in before["nodes"]] == ["Ani Lestari"]
    assert before["pageInfo"]["hasPreviousPage"] is False


async def test_no_cursor_but_ours_opens(api: Api, world: World) -> None:
    page = (await api.ask(ASNS, {"first": 1}))["asns"]
    good = page["pageInfo"]["endCursor"]
    places = await api.ask("{ agencies(first: 1) { pageInfo { endCursor } } }")
    forged = [
        "",
        "x",
        "arrayconnection:5",
        "YXJyYXljb25uZWN0aW9uOjU=",
        good[:-1],
        good + "A",
        ("B" if good[40] != "B" else "C").join((good[:40], good[41:])),
        places["agencies"]["pageInfo"]["endCursor"],
        "A" * 5_000,
    ]

    for cursor in forged:
        refused = await api.refused(ASNS, {"after": cursor})
        assert (refused["code"], refused["message"]) == ("BAD_USER_INPUT", "Malformed cursor")
        assert refused["argument"] == "after"
    narrowed = {"after": good, "filter": {"hasBadge": True}}
    assert (await api.refused(ASNS, narrowed))["message"] == "Malformed cursor"


async def test_text_that_is_no_id_is_refused_wherever_it_stands(api: Api, world: World) -> None:
    for text in ("", "5", "Asn:1", gid("Asn", world.ani)[:-1], str(world.ani)):
        refused = await api.refused("query ($id: ID!) { node(id: $id) { id } }", {"id": text})
        assert (refused["code"], refused["argument"]) == ("BAD_USER_INPUT", "id")
    refused = await api.refused(ASNS, {"filter": {"agencyId": "KEM-1"}})
    assert (refused["code"], refused["argument"]) == ("BAD_USER_INPUT", "filter.agencyId")


async def test_at_most_a_hundred_ids_are_looked_up_together(api: Api, world: World) -> None:
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    refused = await api.refused(document, {"ids": [gid("Asn", uuid4())] * 101})
    fine = await api.ask(document, {"ids": [gid("Asn", world.ani)] * 100})

    assert (refused["code"], refused["argument"]) == ("BAD_USER_INPUT", "ids")
    assert len(fine["nodes"]) == 100


async def test_a_search_has_two_to_a_hundred_characters(api: Api, world: World) -> None:
    for text in ("a", " a ", "a" * 101):
        refused = await api.refused(ASNS, {"filter": {"search": text}})
        assert (refused["code"], refused["argument"]) == ("BAD_USER_INPUT", "filter.search")


async def test_a_time_without_an_offset_is_refused(api: Api, world: World) -> None:
    document = (
        "mutation ($input: EventCreateInput!) { eventCreate(input: $input) { event { id } } }"
    )
    given = {"title": "t", "agencyId": "x", "capacity": 1, "startsAt": "2027-03-01T09:00:00"}

    refused = await api.refused(document, {"input": given})

    assert refused["code"] == "BAD_USER_INPUT"
    assert "offset" in refused["message"]


async def test_everybody_may_read_the_figures_of_the_whole_programme(
    api: Api, world: World
) -> None:
    figures = (await api.run("PublicFigures", caller=NOBODY))["publicFigures"]

    assert (figures["campaignCount"], figures["eventCount"]) == (2, 2)
    assert (figures["holderCount"], figures["shareCount"]) == (None, None)
    assert figures["policy"]["code"] == "kominfo-2019"
    assert {"platform": "X", "kind": "FOLLOWERS", "minimum": 500, "required": True} in figures[
        "policy"
    ]["rules"]
    assert figures["scoringModel"]["version"] == "amp-1"
    assert figures["scoringModel"]["formula"]


async def test_a_holder_gets_one_link_for_a_post_and_account(api: Api, world: World) -> None:
    given = {
        "postId": gid("ProgramPost", world.post),
        "accountId": gid("SocialAccount", world.accounts[world.ani]),
    }
    first = (await api.change("TrackedLinkCreate", caller=world.as_ani, **given))["trackedLink"]
    again = (await api.change("TrackedLinkCreate", caller=world.as_ani, **given))["trackedLink"]

    assert first == again
    assert first["shortUrl"].endswith(f"/r/{first['code']}")
    assert first["targetUrl"].startswith("https://x.com/")
    assert str(world.ani) not in first["shortUrl"]


async def test_a_link_of_another_account_or_without_consent_is_refused(
    api: Api, world: World
) -> None:
    post = {"postId": gid("ProgramPost", world.post)}
    for account in (uuid4(), world.accounts[world.budi]):
        given = post | {"accountId": gid("SocialAccount", account)}
        assert await api.problems("TrackedLinkCreate", caller=world.as_ani, **given) == [
            ("NOT_FOUND", ["accountId"])
        ]
    mine = gid("SocialAccount", world.accounts[world.ani])
    unknown = {"postId": gid("ProgramPost", uuid4()), "accountId": mine}
    assert await api.problems("TrackedLinkCreate", caller=world.as_ani, **unknown) == [
        ("NOT_FOUND", ["postId"])
    ]
    await make.execute(
        "UPDATE consent SET withdrawn_at = now() WHERE account_id = $1", world.accounts[world.ani]
    )
    assert await api.problems("TrackedLinkCreate", caller=world.as_ani, **post, accountId=mine) == [
        ("CONSENT_MISSING", None)
    ]


async def test_a_tracked_link_is_found_by_its_owner_alone(api: Api, world: World) -> None:
    given = {
        "postId": gid("ProgramPost", world.post),
        "accountId": gid("SocialAccount", world.accounts[world.ani]),
    }
    document = (
        "mutation ($input: TrackedLinkCreateInput!)"
        " { trackedLinkCreate(input: $input) { trackedLink { id } } }"
    )
    made = await api.ask(document, {"input": given}, caller=world.as_ani)
    link = made["trackedLinkCreate"]["trackedLink"]["id"]

    assert (await api.run("Node", caller=holder(world.ani), id=link))["node"]["id"] == link
    assert (await api.run("Node", caller=ADMIN, id=link))["node"]["id"] == link
    assert (await api.run("Node", caller=world.as_budi, id=link))["node"] is None
    assert key_of(link).version == 7
