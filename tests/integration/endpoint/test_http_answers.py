"""What the endpoint answers once a question is let in."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

import httpx2
import pytest
from asking import GRAPHQL_JSON, ask, client_of, codes, token_of
from small_schema import PEOPLE, small_schema

from api.domain.access import Role, Viewer
from api.errors import Unavailable
from api.reads.cursors import CursorSeal
from api.schema.admission import Admission
from api.schema.context import Shared
from api.schema.desk import Desk
from api.schema.points import MinuteLedger
from api.schema.view import GraphQLEndpoint
from api.settings import Settings

PAGE = """query($first: Int, $after: String, $last: Int, $before: String, $prefix: String) {
  people(first: $first, after: $after, last: $last, before: $before, prefix: $prefix) {
    totalCount nodes { name } edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""
NOTE = """mutation($input: NoteMakeInput!) {
  noteMake(input: $input) { title userErrors { code field message } }
}"""


async def nobody(_: str | None) -> Viewer | None:
    return None


def endpoint_client(settings: Settings, **shared: object) -> httpx2.AsyncClient:
    """Return a client of the bare endpoint, whose shared parts a test chooses."""
    parts = Shared(settings, CursorSeal(settings.secrets.cursor_keys), **shared)
    endpoint = GraphQLEndpoint(Desk(small_schema, parts, nobody))
    transport = httpx2.ASGITransport(endpoint)
    return httpx2.AsyncClient(transport=transport, base_url="http://gema.test")


async def test_an_anonymous_caller_gets_the_public_fields(client: httpx2.AsyncClient) -> None:
    response = await ask(client, "{ viewer { name } people(first: 1) { nodes { name } } }")

    assert response.status_code == 200
    assert response.json()["data"] == {
        "viewer": None,
        "people": {"nodes": [{"name": "Person 001"}]},
    }


@pytest.mark.parametrize(
    "document",
    [
        "{ secret }",
        "{ viewer { name } secret }",
        "{ viewer { name } alias: secret }",
        "{ ...A } fragment A on Query { ... on Query { secret } }",
        "{ viewer { name } secret @skip(if: true) }",
        "{ secret nowhere }",
    ],
)
async def test_an_anonymous_request_is_refused_as_a_whole(
    client: httpx2.AsyncClient, document: str
) -> None:
    response = await ask(client, document, accept="application/json")

    assert (response.status_code, codes(response)) == (401, ["UNAUTHENTICATED"])
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["errors"][0]["extensions"]["reason"] == "missing"
    assert "data" not in response.json()


async def test_a_role_that_may_not_ask_keeps_the_rest_of_its_answer(
    client: httpx2.AsyncClient, plain_settings: Settings
) -> None:
    token = token_of(plain_settings, Role.AUDITOR)
    response = await ask(client, "{ secret viewer { role name } }", token=token)

    error = response.json()["errors"][0]
    assert response.status_code == 200
    assert (error["extensions"]["code"], error["path"]) == ("FORBIDDEN", ["secret"])
    assert error["extensions"]["requires"] == ["ADMIN"]
    assert response.json()["data"]["secret"] is None
    assert response.json()["data"]["viewer"]["role"] == "AUDITOR"


async def test_a_bug_shows_an_error_id_and_nothing_else(
    client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        response = await ask(client, "{ broken people(first: 1) { nodes { name } } }")

    error = response.json()["errors"][0]
    assert response.status_code == 200
    assert (error["message"], error["path"]) == ("Internal error.", ["broken"])
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert response.json()["data"]["people"]["nodes"]
    assert "SELECT" not in response.text
    assert error["extensions"]["errorId"] in caplog.text
    assert "builtins.RuntimeError at small_schema.py" in caplog.text
    assert "SELECT" not in caplog.text


async def test_an_outage_asks_to_come_back_later(client: httpx2.AsyncClient) -> None:
    response = await ask(client, "{ away }")

    assert (response.status_code, codes(response)) == (503, ["SERVICE_UNAVAILABLE"])
    assert int(response.headers["retry-after"]) > 0
    assert "10.0.0.1" not in response.text
    assert "data" not in response.json()


async def test_an_outage_of_one_field_keeps_its_neighbours(client: httpx2.AsyncClient) -> None:
    response = await ask(client, "{ away echo(number: 1) }")

    assert response.status_code == 200
    assert response.json()["data"] == {"away": None, "echo": "1"}
    assert codes(response) == ["SERVICE_UNAVAILABLE"]


async def test_a_request_over_its_deadline_is_cancelled(plain_settings: Settings) -> None:
    async with endpoint_client(plain_settings, deadline_seconds=0.05) as client:
        response = await ask(client, "{ slow }")

    assert (response.status_code, codes(response)) == (503, ["TIMEOUT"])


async def test_who_waits_too_long_for_a_place_is_sent_away(plain_settings: Settings) -> None:
    admission = Admission(limit=1, wait_seconds=0.05)
    async with endpoint_client(plain_settings, admission=admission) as client:
        first, second = await asyncio.gather(
            ask(client, "{ slow(seconds: 0.3) }"), ask(client, "{ echo(number: 1) }")
        )
        third = await ask(client, "{ echo(number: 1) }")

    assert first.json()["data"] == {"slow": "done"}
    assert (second.status_code, codes(second)) == (503, ["SERVICE_UNAVAILABLE"])
    assert third.json()["data"] == {"echo": "1"}


async def test_a_place_is_given_back_after_a_failure() -> None:
    admission = Admission(limit=1, wait_seconds=0.01)

    for _ in range(3):
        with pytest.raises(ValueError, match="inside"):
            async with admission.place():
                raise ValueError("inside")
    async with admission.place():
        with pytest.raises(Unavailable):
            async with admission.place():
                pass


async def test_every_answer_shows_what_it_cost(client: httpx2.AsyncClient) -> None:
    response = await ask(client, "{ people(first: 10) { nodes { id name } } rateLimit { cost } }")

    body = response.json()
    assert body["data"]["rateLimit"]["cost"] == body["extensions"]["cost"]["requested"] == 24
    assert body["extensions"]["cost"]["limit"] == 30_000
    assert body["extensions"]["cost"]["remaining"] == 30_000 - 24
    assert body["extensions"]["cost"]["resetAt"].endswith("Z")


@pytest.mark.parametrize("value", ["true", "$dry"])
async def test_a_dry_run_tells_the_cost_and_runs_nothing_else(
    client: httpx2.AsyncClient, value: str
) -> None:
    document = "query($dry: Boolean = true) { people(first: $n) { nodes { id } } broken ...R }"
    document = document.replace("($dry: Boolean = true)", "($dry: Boolean = true, $n: Int)")
    document += f" fragment R on Query {{ rateLimit(dryRun: {value}) {{ cost remaining }} }}"
    document = document if value == "$dry" else document.replace("$dry: Boolean = true, ", "")
    response = await ask(client, document, {"n": 100})

    assert response.json()["data"] == {"rateLimit": {"cost": 106, "remaining": 29_999}}
    assert "errors" not in response.json()


async def test_over_the_points_the_caller_has_to_wait(plain_settings: Settings) -> None:
    now = 1_000.0
    async with endpoint_client(plain_settings, ledger=MinuteLedger(lambda: now)) as client:
        document = "{ people(first: 100) { totalCount nodes { id name mentor { id name } } } }"
        answers = [await ask(client, document) for _ in range(60)]
        refused = next(answer for answer in answers if answer.status_code != 200)
        now += 61
        later = await ask(client, document)

    assert (refused.status_code, codes(refused)) == (429, ["RATE_LIMITED"])
    assert refused.headers["retry-after"] == "60"
    assert refused.json()["errors"][0]["extensions"]["retryAfter"] == 60
    assert refused.json()["extensions"]["cost"]["requested"] == 512
    assert later.status_code == 200


async def test_refused_documents_cost_a_point(client: httpx2.AsyncClient) -> None:
    await ask(client, "{")
    await ask(client, "{ nowhere }")
    response = await ask(client, "{ rateLimit { remaining } }")

    assert response.json()["data"]["rateLimit"]["remaining"] == 30_000 - 1 - 1 - 2


async def test_a_refusal_is_data_with_the_paths_of_the_input(
    client: httpx2.AsyncClient, admin_token: str
) -> None:
    response = await ask(client, NOTE, {"input": {"title": "odd"}}, token=admin_token)

    assert response.status_code == 200
    assert response.json()["data"]["noteMake"] == {
        "title": None,
        "userErrors": [
            {"code": "BLANK", "field": ["title"], "message": "Blank."},
            {"code": "TOO_LONG", "field": ["startsAt"], "message": "Too long."},
        ],
    }


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://a.example/", "https://", "x"])
async def test_a_url_that_is_none_is_refused_as_data(
    client: httpx2.AsyncClient, admin_token: str, url: str
) -> None:
    variables = {"input": {"title": "a", "url": url}}
    response = await ask(client, NOTE, variables, token=admin_token)

    errors = response.json()["data"]["noteMake"]["userErrors"]
    assert [(error["code"], error["field"]) for error in errors] == [("INVALID_URL", ["url"])]


async def test_the_doorbell_rings_for_a_success_only(plain_settings: Settings) -> None:
    rings: list[int] = []
    admin = Viewer("someone", Role.ADMIN, "Someone")

    async def everybody_is_admin(_: str | None) -> Viewer | None:
        return admin

    parts = Shared(
        plain_settings,
        CursorSeal(plain_settings.secrets.cursor_keys),
        ring=lambda: rings.append(1),
    )
    endpoint = GraphQLEndpoint(Desk(small_schema, parts, everybody_is_admin))
    transport = httpx2.ASGITransport(endpoint)
    async with httpx2.AsyncClient(transport=transport, base_url="http://gema.test") as client:
        await ask(client, NOTE, {"input": {"title": "taken"}})
        assert rings == []
        await ask(client, NOTE, {"input": {"title": "fine"}})

    assert rings == [1]


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"first": -1}, "first"),
        ({"first": 101}, "first"),
        ({"first": 10**9}, "first"),
        ({"last": 101}, "last"),
        ({"first": 1, "last": 1}, "last"),
        ({"first": 1, "before": "x"}, "before"),
        ({"last": 1, "after": "x"}, "after"),
        ({"after": "garbage"}, "after"),
        ({"after": ""}, "after"),
        ({"after": "YXJyYXljb25uZWN0aW9uOjU="}, "after"),
        ({"before": "garbage"}, "before"),
    ],
)
async def test_a_page_that_cannot_be_is_refused_by_its_argument(
    client: httpx2.AsyncClient, arguments: dict[str, object], argument: str
) -> None:
    response = await ask(client, PAGE, arguments)

    error = response.json()["errors"][0]
    assert response.status_code == 200
    assert (error["extensions"]["code"], error["path"]) == ("BAD_USER_INPUT", ["people"])
    assert error["extensions"]["argument"] == argument


async def test_the_first_zero_rows_still_know_that_more_follow(
    client: httpx2.AsyncClient,
) -> None:
    page = (await ask(client, PAGE, {"first": 0})).json()["data"]["people"]

    assert page["nodes"] == page["edges"] == []
    assert page["totalCount"] == len(PEOPLE)
    assert page["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }


async def test_without_a_size_a_page_has_twenty_five_rows(client: httpx2.AsyncClient) -> None:
    page = (await ask(client, PAGE)).json()["data"]["people"]

    assert len(page["nodes"]) == 25


@pytest.mark.parametrize("size", [1, 4, 7, 30, 100])
async def test_pages_read_both_ways_give_every_row_once(
    client: httpx2.AsyncClient, size: int
) -> None:
    forward: list[str] = []
    arguments: dict[str, object] = {"first": size}
    while True:
        page = (await ask(client, PAGE, arguments)).json()["data"]["people"]
        forward += [node["name"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        arguments = {"first": size, "after": page["pageInfo"]["endCursor"]}
    backward: list[str] = []
    arguments = {"last": size}
    while True:
        page = (await ask(client, PAGE, arguments)).json()["data"]["people"]
        backward = [node["name"] for node in page["nodes"]] + backward
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        arguments = {"last": size, "before": page["pageInfo"]["startCursor"]}

    assert forward == backward == [row["key_0"] for row in PEOPLE]


async def test_a_cursor_of_another_list_filter_or_byte_is_malformed(
    client: httpx2.AsyncClient,
) -> None:
    page = (await ask(client, PAGE, {"first": 1})).json()["data"]["people"]
    cursor = page["edges"][0]["cursor"]
    other = "query($after: String) { others(after: $after) { nodes { id } } }"
    changed = cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")
    refused = [
        await ask(client, other, {"after": cursor}),
        await ask(client, PAGE, {"after": cursor, "prefix": "P"}),
        await ask(client, PAGE, {"after": changed}),
        await ask(client, PAGE, {"after": cursor[:-4]}),
    ]

    assert "Person" not in cursor
    for response in refused:
        error = response.json()["errors"][0]
        assert error["message"] == "Malformed cursor"
        assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "after"}


async def test_an_id_that_is_none_is_refused_and_an_unknown_one_is_null(
    client: httpx2.AsyncClient, admin_token: str
) -> None:
    document = "query($id: ID!) { person(id: $id) { name } }"
    malformed = await ask(client, document, {"id": "Person:1"}, token=admin_token)
    unknown = await ask(
        client,
        document,
        {"id": "UGVyc29uOjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwZmZmZg=="},
        token=admin_token,
    )

    assert codes(malformed) == ["BAD_USER_INPUT"]
    assert malformed.json()["errors"][0]["extensions"]["argument"] == "id"
    assert unknown.json()["data"] == {"person": None}


@pytest.mark.parametrize(
    ("mode", "is_signed_in", "is_open"),
    [
        ("auth", False, False),
        ("auth", True, True),
        ("open", False, True),
        ("off", True, False),
    ],
)
async def test_introspection_is_open_to_whom_the_setting_says(
    access: Callable[..., Settings], mode: str, is_signed_in: bool, is_open: bool
) -> None:
    settings = access(introspection=mode)
    token = token_of(settings, Role.ASN, asn_id=PEOPLE[0]["key_1"]) if is_signed_in else None
    async with client_of(settings) as client:
        response = await ask(client, "{ __schema { queryType { name } } }", token=token)

    assert ("data" in response.json()) is is_open


async def test_get_serves_queries_where_it_is_switched_on(
    access: Callable[..., Settings],
) -> None:
    asked = {"accept": GRAPHQL_JSON, "apollo-require-preflight": "1"}
    async with client_of(access(allow_get=True)) as client:
        query = {"query": "query($n: Int) { echo(number: $n) }", "variables": '{"n": 3}'}
        served = await client.get("/graphql", params=query, headers=asked)
        unasked = await client.get("/graphql", params=query, headers={"accept": GRAPHQL_JSON})
        mutation = await client.get(
            "/graphql", params={"query": "mutation { __typename }"}, headers=asked
        )

    assert served.json()["data"] == {"echo": "3"}
    assert (unasked.status_code, codes(unasked)) == (400, ["BAD_REQUEST"])
    assert (mutation.status_code, codes(mutation)) == (405, ["METHOD_NOT_ALLOWED"])


async def test_big_integers_travel_as_text(client: httpx2.AsyncClient) -> None:
    document = "query($v: BigInt) { echo(big: $v) }"
    answers = [
        await ask(client, document, {"v": value}) for value in ("9223372036854775807", 2**63 - 1)
    ]

    assert [answer.json()["data"]["echo"] for answer in answers] == [str(2**63 - 1)] * 2


async def test_the_log_line_holds_no_document_and_no_variable(
    client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await ask(client, 'query Named { echo(words: "canary-literal") }')
        await ask(client, "query($v: Int) { echo(number: $v) }", {"v": "canary-variable"})

    lines = [record for record in caplog.records if record.name == "gema.request"]
    assert [line.operation for line in lines] == ["Named", None]
    assert [line.code for line in lines] == ["OK", "BAD_USER_INPUT"]
    assert not [r for r in caplog.records if "canary" in str(r.__dict__)]


async def test_without_a_console_a_browser_is_refused(
    plain_settings: Settings,
) -> None:
    silent = replace(plain_settings, access=replace(plain_settings.access, has_console=False))
    async with client_of(silent) as client:
        response = await client.get("/graphql", headers={"accept": "text/html"})

    assert (response.status_code, codes(response)) == (405, ["METHOD_NOT_ALLOWED"])
