"""What the forms of a frontend choose from: programmes, events and agencies, narrowed."""

from typing import Any

import factories as make
from api_client import ADMIN, Api, Caller, gid
from world import FIRST_MANAGER, World

PROGRAMS = """
query ($filter: ProgramFilter, $after: String) {
  programs(first: 1, filter: $filter, after: $after) {
    totalCount nodes { name agency { code } } pageInfo { hasNextPage endCursor } } }
"""
EVENTS = "query ($filter: EventFilter) { events(filter: $filter) { totalCount nodes { title } } }"
AGENCIES = """
query ($filter: AgencyFilter) { agencies(filter: $filter) { totalCount nodes { code } } }
"""


async def found(api: Api, document: str, caller: Caller = ADMIN, **narrowed: Any) -> list[str]:
    (page,) = (await api.ask(document, {"filter": narrowed}, caller=caller)).values()
    shown = [next(iter(node.values())) for node in page["nodes"]]
    assert page["totalCount"] == len(shown)
    return shown


async def test_programmes_are_paged_by_name_and_narrowed(api: Api, world: World) -> None:
    await make.execute("UPDATE program SET slug = lower(replace(name, ' ', '-'))")
    first = (await api.ask(PROGRAMS))["programs"]
    cursor = first["pageInfo"]["endCursor"]
    second = (await api.ask(PROGRAMS, {"after": cursor}))["programs"]
    elsewhere = {"filter": {"search": "gizi"}, "after": cursor}

    assert first["totalCount"] == 2
    assert [first["nodes"][0]["name"], second["nodes"][0]["name"]] == [
        "Air Bersih Desa",
        "Gizi Anak Sekolah",
    ]
    assert not second["pageInfo"]["hasNextPage"]
    assert await found(api, PROGRAMS, search="GIZI") == ["Gizi Anak Sekolah"]
    assert await found(api, PROGRAMS, search="% %") == []
    assert await found(api, PROGRAMS, agencyId=gid("Agency", world.second)) == ["Air Bersih Desa"]
    assert await found(api, PROGRAMS, FIRST_MANAGER) == ["Gizi Anak Sekolah"]
    assert (await api.refused(PROGRAMS, elsewhere))["message"] == "Malformed cursor"


async def test_holders_choose_from_programmes_with_a_public_campaign(
    api: Api, world: World
) -> None:
    await make.execute("UPDATE campaign SET status = 'DRAFT' WHERE id = $1", world.other_campaign)

    assert await found(api, PROGRAMS, world.as_ani) == ["Gizi Anak Sekolah"]


async def test_events_are_narrowed(api: Api, world: World) -> None:
    await make.execute("UPDATE event SET status = 'PUBLISHED' WHERE id = $1", world.event)

    assert len(await found(api, EVENTS)) == 2
    assert await found(api, EVENTS, status="PUBLISHED") == ["Temu duta informasi"]
    assert await found(api, EVENTS, search="DAERAH") == ["Temu daerah"]
    assert await found(api, EVENTS, agencyId=gid("Agency", world.second)) == ["Temu daerah"]
    assert await found(api, EVENTS, search="temu", status="CANCELLED") == []


async def test_agencies_are_found_by_code_and_by_any_of_their_names(api: Api, world: World) -> None:
    jakarta = await make.province("31")
    await make.execute(
        "UPDATE agency_name SET valid_to_on = '2024-10-20' WHERE agency_id = $1", world.second
    )
    await make.insert(
        "agency_name", agency_id=world.second, name="Komisi Baru", valid_from_on=make.NOW.date()
    )

    assert await found(api, AGENCIES, search="kem-1") == ["KEM-1", "KEM-1-A"]
    assert await found(api, AGENCIES, search="kementerian DUA") == ["KEM-2"]
    assert await found(api, AGENCIES, search="komisi") == ["KEM-2"]
    assert await found(api, AGENCIES, kind="UNIT") == ["KEM-1-A"]
    assert await found(api, AGENCIES, provinceId=gid("Province", jakarta), search="KEM") == [
        "KEM-1"
    ]


async def test_a_search_has_at_least_two_characters(api: Api) -> None:
    for document in (PROGRAMS, EVENTS, AGENCIES):
        refused = await api.refused(document, {"filter": {"search": "a"}})

        assert refused["code"] == "BAD_USER_INPUT"
