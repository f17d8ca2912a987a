"""What the endpoint refuses before anything runs: code, status, and the same shape every time."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from asking import GRAPHQL_JSON, ask, codes

JSON = "application/json"
PLAIN = {"content-type": JSON, "accept": GRAPHQL_JSON}


def assert_proper(response: httpx2.Response) -> None:
    assert response.headers["content-type"].split(";")[0] in {JSON, GRAPHQL_JSON}
    assert response.headers["cache-control"] == "no-store"
    assert len(response.headers["x-request-id"]) >= 8
    body = response.json()
    assert "data" not in body
    assert all(error["message"] and error["extensions"]["code"] for error in body["errors"])
    assert "Traceback" not in response.text
    assert "Did you mean" not in response.text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "BAD_REQUEST"),
        (b"{oops", "BAD_REQUEST"),
        (b'"abc"', "BAD_REQUEST"),
        (b"5", "BAD_REQUEST"),
        (b"null", "BAD_REQUEST"),
        (b"true", "BAD_REQUEST"),
        (b'[{"query":"{__typename}"}]', "BATCHING_DISABLED"),
        ('{"query":"{__typename}"}'.encode("utf-16"), "BAD_REQUEST"),
        (b'{"query":"{__typename} \xff"}', "BAD_REQUEST"),
        (b'\xef\xbb\xbf{"query":"{__typename}"}', "BAD_REQUEST"),
        (b'{"query":"{__typename}","variables":{"a":"\\ud800"}}', "BAD_REQUEST"),
        (b"[" * 100_000 + b"]" * 100_000, "BAD_REQUEST"),
        (b'{"query":"{__typename}","variables":{"a":NaN}}', "BAD_REQUEST"),
        (b'{"query":"{__typename}","variables":{"a":Infinity}}', "BAD_REQUEST"),
        (b'{"query":"{__typename}","variables":{"a":' + b"9" * 5_000 + b"}}", "BAD_REQUEST"),
        (b"{}", "BAD_REQUEST"),
        (b'{"query":""}', "BAD_REQUEST"),
        (b'{"query":null}', "BAD_REQUEST"),
        (b'{"query":5}', "BAD_REQUEST"),
        (b'{"query":["{__typename}"]}', "BAD_REQUEST"),
        (b'{"query":"{__typename}","variables":[]}', "BAD_REQUEST"),
        (b'{"query":"{__typename}","variables":"a"}', "BAD_REQUEST"),
        (b'{"query":"{__typename}","extensions":[]}', "BAD_REQUEST"),
        (b'{"query":"{__typename}","operationName":5}', "BAD_REQUEST"),
    ],
)
async def test_a_body_that_is_no_question_is_a_bad_request(
    client: httpx2.AsyncClient, body: bytes, code: str
) -> None:
    response = await client.post("/graphql", content=body, headers=PLAIN)

    assert (response.status_code, codes(response)) == (400, [code])
    assert_proper(response)


@pytest.mark.parametrize("is_chunked", [False, True])
async def test_a_body_over_the_limit_is_not_read_to_its_end(
    client: httpx2.AsyncClient, is_chunked: bool
) -> None:
    read = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(20 * 1024):
            read += 1_024
            yield b" " * 1_024

    content = chunks() if is_chunked else b" " * 300_000
    response = await client.post("/graphql", content=content, headers=PLAIN)

    assert (response.status_code, codes(response)) == (413, ["PAYLOAD_TOO_LARGE"])
    assert response.json()["errors"][0]["extensions"]["limit"] == 262_144
    assert read < 300_000
    assert_proper(response)


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonfoo",
        "application/json; charset=utf-16",
        "application/json; charset=utf-8; version=2",
        "",
    ],
)
async def test_only_json_in_utf_8_is_read(client: httpx2.AsyncClient, content_type: str) -> None:
    headers = {"content-type": content_type, "accept": GRAPHQL_JSON}
    body = b'{"query":"{__typename}"}'
    response = await client.post("/graphql", content=body, headers=headers)

    assert (response.status_code, codes(response)) == (415, ["UNSUPPORTED_MEDIA_TYPE"])
    assert_proper(response)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_only_post_is_served(client: httpx2.AsyncClient, method: str) -> None:
    response = await client.request(method, "/graphql?query={__typename}")

    assert (response.status_code, codes(response)) == (405, ["METHOD_NOT_ALLOWED"])
    assert response.headers["allow"] == "POST"
    assert_proper(response)


@pytest.mark.parametrize(
    "accept", ["text/html", "image/png", "application/json;q=0", "text/*, application/xml"]
)
async def test_a_client_that_takes_no_json_is_told_so(
    client: httpx2.AsyncClient, accept: str
) -> None:
    response = await ask(client, "{ __typename }", accept=accept)

    assert (response.status_code, codes(response)) == (406, ["NOT_ACCEPTABLE"])
    assert_proper(response)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        ("", JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, {JSON}", GRAPHQL_JSON),
        (f"{JSON}, {GRAPHQL_JSON};q=0.9", JSON),
        (f"{GRAPHQL_JSON};q=0, {JSON}", JSON),
        (f"{JSON};q=0, */*", GRAPHQL_JSON),
        ("text/html, */*;q=0.1", JSON),
        (f"{GRAPHQL_JSON.upper()}; charset=utf-8", GRAPHQL_JSON),
    ],
)
async def test_the_answer_has_the_media_type_that_the_client_ranks_first(
    client: httpx2.AsyncClient, accept: str, media: str
) -> None:
    response = await ask(client, "{ __typename }", accept=accept)

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{media}; charset=utf-8"
    assert response.json()["data"] == {"__typename": "Query"}


CIRCLE = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"
SPIRAL = "{ people { nodes { ...P } } } fragment P on Person { mentor { ...P } }"
COSTLY = "{ " + "people(first: 100) { nodes { " * 3 + "id" + " } }" * 3 + " }"
DEEP = "{ people " + "{ people(first: 1) " * 300 + "{ nodes { id } }" + " }" * 300 + " }"
DOCUMENTS = [
    ("{", "GRAPHQL_PARSE_FAILED"),
    ("# nothing", "GRAPHQL_PARSE_FAILED"),
    ("{ nowhere }", "GRAPHQL_VALIDATION_FAILED"),
    ("{ echo(numbr: 1) }", "GRAPHQL_VALIDATION_FAILED"),
    ("{ echo @nowhere }", "GRAPHQL_VALIDATION_FAILED"),
    ("{ echo(number: 2147483648) }", "GRAPHQL_VALIDATION_FAILED"),
    ('{ echo(number: "1") }', "GRAPHQL_VALIDATION_FAILED"),
    ("{ echo(number: 1.5) }", "GRAPHQL_VALIDATION_FAILED"),
    ("{ echo(number: true) }", "GRAPHQL_VALIDATION_FAILED"),
    (
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "GRAPHQL_VALIDATION_FAILED",
    ),
    (SPIRAL, "GRAPHQL_VALIDATION_FAILED"),
    ("{ __schema { types { name } } }", "INTROSPECTION_DISABLED"),
    ('{ __type(name: "Query") { name } }', "INTROSPECTION_DISABLED"),
    (f"{{ echo(number: {'9' * 5_000}) }}", "BAD_USER_INPUT"),
    ('{ echo(words: "a\\u0000b") }', "BAD_USER_INPUT"),
    ('{ echo(words: "a\\u202eb") }', "BAD_USER_INPUT"),
    ('{ echo(at: "yesterday") }', "BAD_USER_INPUT"),
    (COSTLY, "QUERY_TOO_COMPLEX"),
    ("{ " + " ".join(f"a{i}: echo" for i in range(101)) + " }", "QUERY_TOO_COMPLEX"),
    ("{ echo" + " @include(if: true)" * 10 + " }", "QUERY_TOO_COMPLEX"),
    ("{ people { nodes " + "{ mentor " * 60 + "{ id }" + " }" * 61 + " }", "QUERY_TOO_COMPLEX"),
    ("{ people { nodes { " + "id " * 5_000 + "} } }", "QUERY_TOO_COMPLEX"),
    ("{ people { nodes { " + "mentor { id } " * 400 + "} } }", "QUERY_TOO_COMPLEX"),
    ("{ " + " ".join(f"nowhere{i}" for i in range(500)) + " }", "QUERY_TOO_COMPLEX"),
    (DEEP, "QUERY_TOO_COMPLEX"),
    ("{ __typename } " + "# " * 5 + "\n#" * 2_001 + "\n{ a }", "QUERY_TOO_COMPLEX"),
]


@pytest.mark.parametrize(("document", "code"), DOCUMENTS, ids=range(len(DOCUMENTS)))
async def test_a_document_is_refused_with_its_code(
    client: httpx2.AsyncClient, document: str, code: str
) -> None:
    response = await ask(client, document)
    lenient = await ask(client, document, accept=JSON)

    assert set(codes(response)) == {code}
    assert (response.status_code, lenient.status_code) == (400, 200)
    assert_proper(response)
    assert_proper(lenient)


async def test_many_mistakes_give_ten_errors_and_a_short_answer(client: httpx2.AsyncClient) -> None:
    fields = " ".join(f"unknown{i}" for i in range(400))
    response = await ask(client, f"{{ people {{ nodes {{ {fields} }} }} }}")

    assert codes(response) == ["GRAPHQL_VALIDATION_FAILED"] * 10
    assert len(response.content) < 10_000


async def test_an_error_suggests_no_name(
    client: httpx2.AsyncClient,
) -> None:
    response = await ask(client, "query($a: Strin) { peopl rateLimit(dryRn: true) { cost } }")

    assert "GRAPHQL_VALIDATION_FAILED" in codes(response)
    assert "people" not in response.text
    assert "dryRun" not in response.text


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ("query a { __typename } query b { __typename }", None),
        ("{ __typename } { __typename }", None),
        ("query a { __typename }", "b"),
        ("query a { __typename }", ""),
        ("fragment a on Query { __typename }", None),
        ("subscription { tick }", None),
    ],
)
async def test_without_one_operation_to_run_nothing_runs(
    client: httpx2.AsyncClient, document: str, name: str | None
) -> None:
    response = await ask(client, document, operationName=name, accept=JSON)

    assert (response.status_code, codes(response)) == (400, ["OPERATION_RESOLUTION_FAILURE"])
    assert_proper(response)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("Int", 2**31),
        ("Int", "1"),
        ("Int", 1.5),
        ("Int", True),
        ("Int!", None),
        ("DateTime", "yesterday"),
        ("DateTime", "2026-02-30T00:00:00Z"),
        ("DateTime", "99999-01-01T00:00:00Z"),
        ("DateTime", "2026-11-23T09:00:00"),
        ("DateTime", 5),
        ("BigInt", True),
        ("BigInt", 1.5),
        ("BigInt", str(2**63)),
        ("BigInt", "1e5"),
        ("String", "bell \u0007"),
        ("String", "right to left \u202e"),
        ("String", "deleted \u007f"),
    ],
)
async def test_a_variable_that_does_not_fit_is_bad_user_input(
    client: httpx2.AsyncClient, kind: str, value: object
) -> None:
    argument = {"I": "number", "D": "at", "B": "big", "S": "words"}[kind[0]]
    document = f"query($v: {kind}) {{ echo({argument}: $v) }}"
    response = await ask(client, document, {"v": value})
    lenient = await ask(client, document, {"v": value}, accept=JSON)

    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])
    assert lenient.status_code == 200
    assert_proper(response)


async def test_a_date_time_refusal_names_the_form(client: httpx2.AsyncClient) -> None:
    response = await ask(client, "query($v: DateTime) { echo(at: $v) }", {"v": "yesterday"})

    assert "RFC 3339" in response.json()["errors"][0]["message"]


async def test_a_control_character_is_named_by_its_place(
    client: httpx2.AsyncClient, admin_token: str
) -> None:
    document = "mutation($i: NoteMakeInput!) { noteMake(input: $i) { title } }"
    response = await ask(client, document, {"i": {"title": "a\u0000"}}, token=admin_token)

    assert response.json()["errors"][0]["extensions"]["path"] == ["i", "title"]


async def test_an_emoji_and_a_line_break_are_fine(client: httpx2.AsyncClient) -> None:
    response = await ask(client, "query($v: String) { echo(words: $v) }", {"v": "👩‍🔬\tà\r\n"})

    assert response.json()["data"] == {"echo": "👩‍🔬\tà\r\n"}


async def test_an_unknown_input_key_is_refused(
    client: httpx2.AsyncClient, admin_token: str
) -> None:
    document = "mutation($i: NoteMakeInput!) { noteMake(input: $i) { title } }"
    body = {"i": {"title": "a", "isAdmin": True}}
    response = await ask(client, document, body, token=admin_token)

    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])


async def test_other_paths_answer_json_too(client: httpx2.AsyncClient) -> None:
    missing = await client.get("/nowhere")
    wrong = await client.post("/livez")

    assert (missing.status_code, codes(missing)) == (404, ["NOT_FOUND"])
    assert (wrong.status_code, codes(wrong)) == (405, ["METHOD_NOT_ALLOWED"])
    assert_proper(missing)
    assert_proper(wrong)


async def test_a_plain_request_id_is_kept_and_another_is_replaced(
    client: httpx2.AsyncClient,
) -> None:
    kept = await client.get("/livez", headers={"x-request-id": "abc-12345"})
    replaced = await client.get("/livez", headers={"x-request-id": "a\tb<script>"})

    assert kept.headers["x-request-id"] == "abc-12345"
    assert replaced.headers["x-request-id"].isalnum()


@pytest.mark.parametrize(
    "origin", ["https://unknown.example", "null", "https://known.example.evil"]
)
async def test_an_unknown_origin_gets_no_cors_header(
    client: httpx2.AsyncClient, origin: str
) -> None:
    headers = {"origin": origin, "access-control-request-method": "POST"}
    preflight = await client.options("/graphql", headers=headers)
    simple = await ask(client, "{ __typename }")

    for response in (preflight, simple):
        assert not [name for name in response.headers if name.startswith("access-control")]


async def test_a_listed_origin_may_read_without_cookies(client: httpx2.AsyncClient) -> None:
    headers = {"origin": "https://known.example", "access-control-request-method": "POST"}
    preflight = await client.options("/graphql", headers=headers)

    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "https://known.example"
    assert "access-control-allow-credentials" not in preflight.headers
