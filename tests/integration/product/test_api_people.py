"""People, places and badges, asked with the operations that clients send."""

from uuid import uuid4

import factories as make
from api_client import ADMIN, AUDITOR, MANAGER, NOBODY, Api, gid
from world import FIRST_MANAGER, World


async def test_national_staff_see_their_role_and_no_agency(api: Api, world: World) -> None:
    seen = await api.run("Viewer", caller=MANAGER)

    name = "Development CAMPAIGN_MANAGER"
    assert seen["viewer"] == {
        "role": "CAMPAIGN_MANAGER",
        "scope": "NATIONAL",
        "name": name,
        "agency": None,
        "asn": None,
    }
    assert seen["rateLimit"]["limit"] - seen["rateLimit"]["remaining"] >= seen["rateLimit"]["cost"]


async def test_the_viewer_names_its_agency_or_its_own_row(api: Api, world: World) -> None:
    staff = (await api.run("Viewer", caller=FIRST_MANAGER))["viewer"]
    person = (await api.run("Viewer", caller=world.as_ani))["viewer"]
    nobody = await api.run("Viewer", caller=NOBODY)

    assert (staff["scope"], staff["agency"]["name"]) == ("AGENCY", "Kementerian Satu")
    assert (person["scope"], person["asn"]) == ("SELF", {"id": gid("Asn", world.ani)})
    assert nobody["viewer"] is None
    assert nobody["rateLimit"]["limit"] == 30_000


async def test_places_hold_all_agencies_and_the_38_provinces(api: Api, world: World) -> None:
    seen = await api.run("Places", caller=world.as_ani, first=2)
    rest = await api.run("Places", first=2, after=seen["agencies"]["pageInfo"]["endCursor"])

    codes = [one["code"] for page in (seen, rest) for one in page["agencies"]["nodes"]]
    assert codes == ["KEM-1", "KEM-1-A", "KEM-2"]
    assert rest["agencies"]["pageInfo"]["hasNextPage"] is False
    assert len(seen["provinces"]) == 38
    papua = next(one for one in seen["provinces"] if one["name"] == "Papua Barat")
    assert (papua["kemendagriCode"], papua["bpsCode"]) == ("92", "91")


async def test_people_are_listed_by_name_with_their_card(api: Api, world: World) -> None:
    asns = (await api.run("Asns", first=2))["asns"]

    first = asns["nodes"][0]
    assert asns["totalCount"] == 3
    assert [one["name"] for one in asns["nodes"]] == ["Ani Lestari", "Budi Santoso"]
    assert (first["id"], first["employmentKind"]) == (gid("Asn", world.ani), "PNS")
    assert first["maskedEmployeeNumber"] == "***************011"
    assert (first["agency"]["code"], first["province"]["kemendagriCode"]) == ("KEM-1", "31")
    (account,) = first["accounts"]
    assert (account["platform"], account["audience"]["count"]) == ("X", 1_000)
    assert first["badge"]["status"] == "ACTIVE"
    assert first["badge"]["verificationUrl"].endswith(f"/badges/{first['badge']['code']}")
    assert [edge["node"]["id"] for edge in asns["edges"]] == [one["id"] for one in asns["nodes"]]
    assert asns["pageInfo"]["hasNextPage"] is True
    assert asns["pageInfo"]["endCursor"] == asns["edges"][-1]["cursor"]


async def test_every_part_of_the_filter_narrows(api: Api, world: World) -> None:
    async def names(**narrowed: object) -> list[str]:
        found = await api.run("Asns", first=10, filter=narrowed)
        assert found["asns"]["totalCount"] == len(found["asns"]["nodes"])
        return [one["name"].split()[0] for one in found["asns"]["nodes"]]

    await make.make_asn("Dedi Tanpa Lencana", world.second)

    assert await names(agencyId=gid("Agency", world.first)) == ["Ani", "Budi"]
    assert await names(provinceId=gid("Province", await make.province("51"))) == [
        "Budi",
        "Citra",
        "Dedi",
    ]
    assert await names(employmentKind="PPPK") == ["Citra"]
    assert await names(hasBadge=False) == ["Dedi"]
    assert await names(badgeStatus="ACTIVE", agencyId=gid("Agency", world.second)) == ["Citra"]
    assert await names(eligibility="ELIGIBLE") == ["Ani"]
    assert await names(search="SANTÖSO") == ["Budi"]
    assert await names(search="%_") == []
    assert await names(search=None) == ["Ani", "Budi", "Citra", "Dedi"]


async def test_a_person_has_eligibility_consents_standing_and_shares(
    api: Api, world: World
) -> None:
    asn = (await api.run("AsnDetail", id=gid("Asn", world.ani)))["asn"]

    assert asn["eligibility"]["outcome"] == "ELIGIBLE"
    assert asn["eligibility"]["policy"] == {"code": "kominfo-2019", "version": 1}
    assert asn["eligibility"]["reasons"][0]["code"] == "MEETS"
    assert {one["purpose"] for one in asn["consents"]} == {
        "ACCOUNT_TRACKING",
        "INVITATION_CONTACT",
        "PUBLIC_RANKING",
        "BADGE_PUBLIC",
    }
    assert (asn["standing"]["rank"], asn["standing"]["percentile"]) == (1, None)
    assert asn["standing"]["points"] > 0
    (share,) = asn["shares"]["nodes"]
    assert share["id"] == gid("Share", world.shares[world.ani])
    assert (share["state"], share["evidence"]) == ("COUNTED", "API_CONFIRMED")
    assert share["post"] == {"id": gid("ProgramPost", world.post)}


async def test_a_person_who_is_missing_foreign_or_of_another_type_is_null(
    api: Api, world: World
) -> None:
    for unseen in (gid("Asn", uuid4()), gid("Asn", world.citra), gid("Event", world.event)):
        assert await api.run("AsnDetail", caller=FIRST_MANAGER, id=unseen) == {"asn": None}
    assert await api.run("AsnDetail", caller=world.as_ani, id=gid("Asn", world.budi)) == {
        "asn": None
    }


async def test_any_object_is_found_by_its_id(api: Api, world: World) -> None:
    async def shown(type_name: str, key: object) -> object:
        found = await api.run("Node", caller=AUDITOR, id=gid(type_name, key))  # type: ignore[arg-type]
        return found["node"]

    assert await shown("Asn", world.ani) == {
        "__typename": "Asn",
        "id": gid("Asn", world.ani),
        "name": "Ani Lestari",
    }
    campaign, event = await shown("Campaign", world.campaign), await shown("Event", world.event)
    assert campaign["title"] == "Makan sehat di sekolah"  # type: ignore[index]
    assert event["title"] == "Temu duta informasi"  # type: ignore[index]
    assert await shown("Kebun", world.ani) is None
    assert await shown("Campaign", world.ani) is None


async def test_nodes_keep_the_order_of_their_ids(api: Api, world: World) -> None:
    wanted = [gid("Asn", world.citra), gid("Asn", uuid4()), gid("Event", world.event)]
    found = await api.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": wanted})

    assert found["nodes"] == [{"id": wanted[0]}, None, {"id": wanted[2]}]


async def test_a_badge_shows_its_holder_only_with_consent(api: Api, world: World) -> None:
    cards = (await api.run("Asns", first=3))["asns"]["nodes"]
    shown = await api.run("Badge", caller=NOBODY, code=cards[0]["badge"]["code"])
    hidden = await api.run("Badge", caller=NOBODY, code=cards[1]["badge"]["code"])

    assert (shown["badge"]["holderName"], shown["badge"]["agencyName"]) == (
        "Ani Lestari",
        "Kementerian Satu",
    )
    assert (hidden["badge"]["holderName"], hidden["badge"]["agencyName"]) == (None, None)
    assert hidden["badge"]["status"] == "ACTIVE"
    assert await api.run("Badge", caller=NOBODY, code="unknown") == {"badge": None}


async def test_people_are_for_staff(api: Api, world: World) -> None:
    refused = await api.refused("{ asns { totalCount } }", caller=world.as_ani)
    answer = await api.send("{ asns { totalCount } }", caller=NOBODY)

    assert (refused["code"], refused["requires"]) == (
        "FORBIDDEN",
        ["ADMIN", "CAMPAIGN_MANAGER", "EVENT_ORGANISER", "AUDITOR"],
    )
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_the_whole_number_is_nowhere_in_the_answer_of_an_administrator(
    api: Api, world: World
) -> None:
    answer = await api.send(
        "query ($id: ID!) { asn(id: $id) { maskedEmployeeNumber } asns { nodes { name } } }",
        {"id": gid("Asn", world.ani)},
        caller=ADMIN,
    )

    assert "***************011" in answer.text
    assert "199001012015042011" not in answer.text
