"""Rows 22 to 33: arguments and variables that cannot be."""

import base64
from typing import Any
from uuid import uuid4

from api_client import gid
from stand import Expect, Outcome, Probe, Row, Stand, ask, change

INPUT, VALID = "BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"
LIST = """
query ($first: Int, $last: Int, $after: String, $before: String, $filter: AsnFilter,
       $direction: OrderDirection = ASC) {
  asns(first: $first, last: $last, after: $after, before: $before, filter: $filter,
       orderBy: {field: NAME, direction: $direction}) { nodes { id } pageInfo { endCursor } }
}
"""
OTHER_LIST = "{ agencies(first: 1) { pageInfo { endCursor } } }"
RANKING = """
query ($after: String, $filter: RankingFilter) {
  ranking(first: 1, after: $after, filter: $filter) { pageInfo { endCursor } nodes { rank } }
}
"""
NODE = "query ($id: ID!) { node(id: $id) { id } }"
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
EVENT = {"title": "Temu", "capacity": 5, "startsAt": "2027-03-01T09:00:00+07:00"}
CAMPAIGN = {
    "title": "Sarapan sehat",
    "startsAt": "2027-01-01T00:00:00+07:00",
    "endsAt": "2027-02-01T00:00:00+07:00",
    "disclosureLabel": "ASN · program pemerintah",
}


def page(**given: object) -> Expect:
    return Expect(ask(LIST, given), INPUT)


def variable(query: str, variables: Any, **more: Any) -> Expect:
    return Expect(ask(query, variables), INPUT, 400, is_lenient=True, **more)


def literal(query: str, code: str = VALID, **more: Any) -> Expect:
    return Expect(ask(query), code, 400, is_lenient=True, **more)


def after(change_of: Any, query: str = LIST, **given: object) -> Expect:
    """Ask for the page after a good cursor that was changed, or in another list."""

    async def probe(stand: Stand, accept: str) -> Outcome:
        good = (await ask(LIST, {"first": 1})(stand, accept)).data["asns"]["pageInfo"]["endCursor"]
        return await ask(query, {"after": change_of(good), **given})(stand, accept)

    return malformed(probe)


def malformed(probe: Probe) -> Expect:
    details = {"message": "Malformed cursor", "argument": "after"}
    return Expect(probe, INPUT, details=details)


def swapped(cursor: str) -> str:
    return cursor[:40] + ("B" if cursor[40] != "B" else "C") + cursor[41:]


async def of_another_list(stand: Stand, accept: str) -> Outcome:
    agencies = (await ask(OTHER_LIST)(stand, accept)).data["agencies"]
    return await ask(LIST, {"after": agencies["pageInfo"]["endCursor"]})(stand, accept)


async def of_another_run(stand: Stand, accept: str) -> Outcome:
    first = (await ask(RANKING)(stand, accept)).data["ranking"]["pageInfo"]["endCursor"]
    narrowed = {"after": first, "filter": {"scoreRunId": stand.earlier_run}}
    return await ask(RANKING, narrowed)(stand, accept)


def not_there(id_of: Any, caller: Any = None) -> Expect:
    probe = ask(NODE, lambda world: {"id": id_of(world)}, *([caller] if caller else []))
    return Expect(probe, None, check=lambda outcome: outcome.data == {"node": None})


def event(at: object) -> Expect:
    return Expect(
        change(
            "eventCreate",
            lambda world: {**EVENT, "agencyId": gid("Agency", world.first)} | {"startsAt": at},
        ),
        INPUT,
        400,
        is_lenient=True,
        check=lambda outcome: "RFC 3339" in outcome.text or "offset" in outcome.text,
    )


def campaign(code: str, path: str, **given: object) -> Expect:
    def wanted(world: Any) -> dict[str, Any]:
        return CAMPAIGN | {"programId": gid("Program", world.program)} | given

    return Expect(change("campaignCreate", wanted), code, details={"field": [path]})


ROWS = [
    Row(
        22,
        "a page that cannot be",
        (
            *(
                Expect(ask(LIST, {"first": size}), INPUT, details={"argument": "first"})
                for size in (-1, 101, 10**9)
            ),
            Expect(ask(LIST, {"first": 0}), None, check=lambda o: o.data["asns"]["nodes"] == []),
        ),
    ),
    Row(
        23,
        "a page in two directions",
        (
            page(first=1, last=1),
            page(first=1, before="x"),
            page(last=1, after="x"),
            Expect(ask(LIST), None, check=lambda o: len(o.data["asns"]["nodes"]) == 3),
        ),
    ),
    Row(
        24,
        "a cursor that is not ours",
        (
            *(after(lambda _, text=text: text) for text in ("garbage", "", "arrayconnection:5")),
            after(lambda good: good[:-1]),
            after(swapped),
            after(lambda good: good, filter={"hasBadge": True}),
            after(lambda good: good, direction="DESC"),
            malformed(of_another_list),
            malformed(of_another_run),
        ),
    ),
    Row(
        25,
        "text that is no id",
        tuple(
            Expect(ask(NODE, {"id": text}), INPUT, details={"argument": "id"})
            for text in ("", "5", "Asn:1", base64.b64encode(b"Asn:1").decode(), str(uuid4()))
        ),
    ),
    Row(
        26,
        "an id of nothing, or of nothing for you",
        (
            not_there(lambda _: gid("Nowhere", uuid4())),
            not_there(lambda _: gid("Asn", uuid4())),
            not_there(lambda world: gid("Asn", world.budi), lambda world: world.as_ani),
        ),
    ),
    Row(
        27,
        "101 ids",
        (
            Expect(
                ask(NODES, {"ids": [gid("Asn", uuid4())] * 101}), INPUT, details={"argument": "ids"}
            ),
        ),
    ),
    Row(
        28,
        "an Int that is none",
        (
            *(variable(LIST, {"first": value}) for value in (2**31, "1", 1.5, True)),
            *(
                literal(f"{{ asns(first: {text}) {{ nodes {{ id }} }} }}")
                for text in ("2147483648", '"1"', "1.5", "true")
            ),
        ),
    ),
    Row(29, "a variable that must be", (variable(NODE, {}), variable(NODE, {"id": None}))),
    Row(
        30,
        "characters that nobody sees",
        (
            *(
                variable(
                    LIST,
                    {"filter": {"search": f"a{sign}b"}},
                    details={"path": ["filter", "search"]},
                )
                for sign in ("\0", "\a", "\u202e")
            ),
            literal('{ asns(filter: {search: "a\\u0000b"}) { nodes { id } } }', INPUT),
            Expect(ask(LIST, {"filter": {"search": "👩\u200d🔬 a"}}), None),
        ),
    ),
    Row(
        31,
        "a time that is none",
        tuple(
            event(at)
            for at in (
                "yesterday",
                "2026-02-30T00:00:00Z",
                "99999-01-01T00:00:00Z",
                "2027-03-01T09:00:00",
                5,
            )
        ),
    ),
    Row(
        32,
        "an object that makes no sense",
        (
            campaign("INVALID", "endsAt", endsAt="2026-12-31T00:00:00+07:00"),
            campaign("INVALID", "goalShareCount", goalShareCount=0),
            campaign("INVALID", "goalShareCount", goalShareCount=-5),
            campaign("BLANK", "title", title="  "),
            campaign("TOO_LONG", "title", title="t" * 10_000),
        ),
    ),
    Row(
        33,
        "an unknown key of an input",
        (
            Expect(
                change("eventCreate", EVENT | {"agencyId": "x", "isAdmin": True}),
                INPUT,
                400,
                is_lenient=True,
            ),
            literal(
                'mutation { eventCreate(input: {title: "t", agencyId: "x", capacity: 1,'
                ' startsAt: "2027-03-01T09:00:00+07:00", isAdmin: true}) { event { id } } }'
            ),
        ),
    ),
]
