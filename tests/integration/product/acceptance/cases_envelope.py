"""Rows 1 to 21: what is refused before anything runs."""

from stand import Expect, Outcome, Probe, Row, Stand, ask, outcome_of, raw

TYPENAME = b'{"query":"{__typename}"}'
LARGE = b'{"query":"' + b" " * 262_144 + b'"}'
BAD, PARSE, VALID = "BAD_REQUEST", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"
COMPLEX, INPUT = "QUERY_TOO_COMPLEX", "BAD_USER_INPUT"


def bad(*bodies: bytes) -> tuple[Expect, ...]:
    return tuple(Expect(raw(body), BAD, 400) for body in bodies)


def type_of(content_type: str) -> Probe:
    return raw(TYPENAME, content_type=content_type)


def document(query: str, code: str, **more: object) -> Expect:
    return Expect(ask(query), code, 400, is_lenient=True, **more)  # type: ignore[arg-type]


def with_variables(text: bytes) -> bytes:
    return b'{"query":"{__typename}","variables":{"a":' + text + b"}}"


def is_short(outcome: Outcome) -> bool:
    return len(outcome.codes) <= 10 and len(outcome.text) < 10_000


def by_get(query: str) -> Probe:
    async def probe(stand: Stand, accept: str) -> Outcome:
        headers = {"accept": accept, "apollo-require-preflight": "1"}
        return outcome_of(
            await stand.client.get("/graphql", params={"query": query}, headers=headers)
        )

    return probe


def nest(times: int) -> str:
    return "{ asns { nodes " + "{ agency " * times + "{ id }" + " }" * (times + 1) + " }"


FRAGMENTS = "{ viewer { ...f0 } } " + " ".join(
    f"fragment f{i} on Viewer {{ {'role ' * 20} {f'...f{i + 1}' if i < 11 else ''} }}"
    for i in range(12)
)
BOMB = (
    "{ agencies { nodes { ...f0 } } } "
    + " ".join(
        f"fragment f{i} on Agency {{ a: parent {{ ...f{i + 1} }} b: parent {{ ...f{i + 1} }} }}"
        for i in range(18)
    )
    + " fragment f18 on Agency { id }"
)
NESTED = (
    "{ campaigns(first: %s) { nodes { posts(first: %s) { nodes { sharers(first: %s)"
    " { nodes { id } } } } } } }"
)

ROWS = [
    Row(1, "empty or broken body", bad(b"", b"{oops")),
    Row(2, "a body that is no object", bad(b'"abc"', b"5", b"null", b"true")),
    Row(3, "a list", (Expect(raw(b"[" + TYPENAME + b"]"), "BATCHING_DISABLED", 400),)),
    Row(
        4,
        "a body over 256 kB",
        (
            Expect(raw(LARGE), "PAYLOAD_TOO_LARGE", 413, has=("limit",)),
            Expect(raw([LARGE[:200_000], LARGE[200_000:]]), "PAYLOAD_TOO_LARGE", 413),
        ),
    ),
    Row(
        5,
        "another content type",
        tuple(
            Expect(type_of(name), "UNSUPPORTED_MEDIA_TYPE", 415)
            for name in (
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "",
                "application/jsonfoo",
                "application/json; charset=utf-16",
            )
        ),
    ),
    Row(
        6,
        "no UTF-8",
        bad(
            TYPENAME.decode().encode("utf-16"),
            b'{"query":"{__typename} \xff"}',
            with_variables(b'"\\ud800"'),
        ),
    ),
    Row(7, "100,000 levels of JSON", bad(b"[" * 100_000 + b"]" * 100_000)),
    Row(
        8,
        "numbers that are none",
        (
            *bad(*(with_variables(text) for text in (b"NaN", b"Infinity", b"9" * 5_000))),
            document(f"{{ asns(first: {'9' * 5_000}) {{ totalCount }} }}", INPUT),
        ),
    ),
    Row(
        9,
        "no document",
        bad(b"{}", b'{"query":""}', b'{"query":null}', b'{"query":5}', b'{"query":["{a}"]}'),
    ),
    Row(
        10,
        "an odd envelope",
        bad(
            b'{"query":"{__typename}","variables":[]}',
            b'{"query":"{__typename}","variables":"a"}',
            b'{"query":"{__typename}","extensions":[]}',
            b'{"query":"{__typename}","operationName":5}',
        ),
    ),
    Row(
        11,
        "another method",
        tuple(
            Expect(raw(TYPENAME, method), "METHOD_NOT_ALLOWED", 405, headers={"allow": "POST"})
            for method in ("PUT", "DELETE", "PATCH")
        ),
    ),
    Row(
        12,
        "GET",
        tuple(
            Expect(by_get(text), "METHOD_NOT_ALLOWED", 405)
            for text in ("{__typename}", "mutation{programCreate(input:{}){__typename}}")
        ),
    ),
    Row(
        13,
        "no usable media type",
        tuple(
            Expect(raw(TYPENAME, accept=accept), "NOT_ACCEPTABLE", 406)
            for accept in ("text/html", "application/nowhere", "application/json;q=0")
        ),
    ),
    Row(14, "no GraphQL", (document("{ viewer {", PARSE), document("# nothing", PARSE))),
    Row(
        15,
        "unknown names",
        tuple(
            document(query, VALID, without=("Did you mean", "totalCount"))
            for query in (
                "{ viewr { role } }",
                "{ campaigns(frst: 1) { pageInfo { hasNextPage } } }",
                "{ campaigns(filter: {status: CLOSD}) { pageInfo { hasNextPage } } }",
                "{ viewer @includ(if: true) { role } }",
            )
        ),
    ),
    Row(
        16,
        "very many mistakes",
        (
            document(
                f"{{ viewer {{ {' '.join(f'u{i}' for i in range(400))} }} }}", VALID, check=is_short
            ),
            document(f"{{ {' '.join(f'u{i}' for i in range(500))} }}", COMPLEX, check=is_short),
        ),
    ),
    Row(
        17,
        "fragments in circles",
        (
            document("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", VALID),
            document("{ ...A } fragment A on Query { viewer { role } ...A }", VALID),
        ),
    ),
    Row(
        18,
        "no single operation",
        tuple(
            Expect(ask(query, operationName=name), "OPERATION_RESOLUTION_FAILURE", 400)
            for query, name in (
                ("query a { __typename } query b { __typename }", None),
                ("query a { __typename }", "b"),
                ("fragment a on Query { __typename }", None),
                ('subscription { campaignProgress(id: "x") { asOf } }', None),
            )
        ),
    ),
    Row(
        19,
        "over a limit",
        tuple(
            document(query, COMPLEX, has=("limit", "limitName"))
            for query in (
                "{ " + " ".join(f"a{i}: __typename" for i in range(101)) + " }",
                "{ __typename" + " @include(if: true)" * 10 + " }",
                nest(60),
                "{ viewer { " + "role " * 5_000 + "} }",
                "{ asns { nodes { " + "agency { id } " * 400 + "} } }",
                FRAGMENTS,
                BOMB,
                "{ viewer { role } } " + "# \n" + "query a { b } " * 501,
            )
        ),
    ),
    Row(
        20,
        "a hundred, three times",
        (
            document(NESTED % (100, 100, 100), COMPLEX, has=("cost", "limit")),
            Expect(
                ask(f"query ($n: Int!) {NESTED % ('$n', '$n', '$n')}", {"n": 100}),
                COMPLEX,
                400,
                is_lenient=True,
                has=("cost", "limit"),
            ),
        ),
    ),
    Row(
        21,
        "introspection, anonymous",
        tuple(
            Expect(ask(query, caller=None), "INTROSPECTION_DISABLED", 400, is_lenient=True)
            for query in ("{ __schema { types { name } } }", '{ __type(name: "Asn") { name } }')
        ),
    ),
]
