"""Documents sent by their name: what is listed runs, and where nothing else may, nothing else."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest
from asking import GRAPHQL_JSON, ask, client_of, codes
from live import line, served
from small_schema import small_schema

from api.app import create_app
from api.settings import SettingRefused, Settings

ROLE = "query Role { viewer { role } }"
MAKE = 'mutation Make { noteMake(input: {title: "a"}) { title } }'
COUNT = "subscription Count { count(upTo: 1) }"
BROKEN = "query Broken { nothing }"
UNLISTED = "{ viewer { name } }"

Serve = Callable[..., Settings]


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def by_id(text: str) -> dict[str, Any]:
    return {"documentId": f"sha256:{digest(text)}"}


def by_extension(text: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(text)}}}


@pytest.fixture
def listing(plain_settings: Settings, tmp_path: Path) -> Serve:
    """Give the settings of a server that has a manifest of four documents."""
    manifest = tmp_path / "web.json"
    manifest.write_text(json.dumps({digest(text): text for text in (ROLE, MAKE, COUNT, BROKEN)}))
    return lambda documents="any", **more: replace(
        plain_settings, documents=documents, document_manifests=(manifest,), **more
    )


@pytest.fixture
async def open_client(listing: Serve) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(listing()) as made:
        yield made


@pytest.fixture
async def closed_client(listing: Serve) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(listing("listed")) as made:
        yield made


async def send(
    client: httpx2.AsyncClient, body: dict[str, Any], token: str | None = None, **headers: str
) -> httpx2.Response:
    signed = {"authorization": f"Bearer {token}"} if token else {}
    return await client.post(
        "/graphql", json=body, headers={"accept": GRAPHQL_JSON, **signed, **headers}
    )


@pytest.mark.parametrize("name", [by_id, by_extension])
@pytest.mark.parametrize("documents", ["any", "listed"])
async def test_a_listed_document_runs_by_its_name(
    listing: Serve, admin_token: str, documents: str, name: Callable[[str], dict[str, Any]]
) -> None:
    async with client_of(listing(documents)) as client:
        by_name = await send(client, name(ROLE), admin_token)
        in_full = await send(client, {"query": ROLE}, admin_token)

    assert by_name.json()["data"] == {"viewer": {"role": "ADMIN"}}
    costs = [one.json()["extensions"]["cost"]["requested"] for one in (by_name, in_full)]
    assert costs[0] == costs[1] > 0


async def test_a_named_document_passes_the_same_checks(open_client: httpx2.AsyncClient) -> None:
    anonymous = await send(open_client, by_id(MAKE))
    invalid = await send(open_client, by_id(BROKEN))

    assert (anonymous.status_code, codes(anonymous)) == (401, ["UNAUTHENTICATED"])
    assert (invalid.status_code, codes(invalid)) == (400, ["GRAPHQL_VALIDATION_FAILED"])


@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL_JSON, 400), ("application/json", 200)])
async def test_a_name_that_is_not_listed_is_not_found(
    open_client: httpx2.AsyncClient, accept: str, status: int
) -> None:
    response = await send(open_client, by_id(UNLISTED), accept=accept)

    assert (response.status_code, codes(response)) == (status, ["PERSISTED_QUERY_NOT_FOUND"])
    assert "data" not in response.json()


async def test_nobody_lists_a_document_by_sending_it(open_client: httpx2.AsyncClient) -> None:
    together = await send(open_client, {"query": UNLISTED, **by_extension(UNLISTED)})
    alone = await send(open_client, by_extension(UNLISTED))

    assert together.json()["data"] == {"viewer": None}
    assert codes(alone) == ["PERSISTED_QUERY_NOT_FOUND"]


@pytest.mark.parametrize(
    "body",
    [
        {"documentId": digest(ROLE)},
        {"documentId": f"sha256:{digest(ROLE).upper()}"},
        {"documentId": f"sha256:{digest(ROLE)[:-1]}"},
        {"documentId": "sha256:"},
        {"documentId": 5},
        {"documentId": ""},
        {"extensions": {"persistedQuery": True}},
        {"extensions": {"persistedQuery": {"sha256Hash": digest(ROLE)}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": [digest(ROLE)]}}},
        {**by_id(ROLE), **by_extension(MAKE)},
        {**by_id(ROLE), "query": UNLISTED},
        {**by_id(UNLISTED), "query": ROLE},
        {**by_id(ROLE), "query": ""},
        {**by_id(ROLE), "query": 5},
    ],
)
@pytest.mark.parametrize("documents", ["any", "listed"])
async def test_a_malformed_or_contradicting_name_is_a_bad_request(
    listing: Serve, documents: str, body: dict[str, Any]
) -> None:
    async with client_of(listing(documents)) as client:
        response = await send(client, body)

    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (UNLISTED, "QUERY_NOT_IN_SAFELIST"),
        (ROLE + " ", "QUERY_NOT_IN_SAFELIST"),
        ("{ __schema { queryType { name } } }", "QUERY_NOT_IN_SAFELIST"),
        ("{ oops", "QUERY_NOT_IN_SAFELIST"),
    ],
)
async def test_where_only_listed_documents_run_any_other_text_is_refused(
    closed_client: httpx2.AsyncClient, admin_token: str, query: str, code: str
) -> None:
    plain = await ask(closed_client, query, token=admin_token)
    named = await send(closed_client, {"query": query, **by_id(query)}, admin_token)

    assert (plain.status_code, codes(plain)) == (400, [code])
    assert codes(named) == [code]


async def test_where_only_listed_documents_run_their_text_may_still_be_sent(
    closed_client: httpx2.AsyncClient, admin_token: str
) -> None:
    response = await ask(closed_client, MAKE, token=admin_token)

    assert response.json()["data"] == {"noteMake": {"title": "a"}}


async def test_a_refused_name_costs_a_point(
    closed_client: httpx2.AsyncClient, admin_token: str
) -> None:
    async def remaining() -> int:
        response = await send(closed_client, by_id(ROLE), admin_token)
        left: int = response.json()["extensions"]["cost"]["remaining"]
        return left

    before = await remaining()
    await send(closed_client, by_id(UNLISTED), admin_token)
    after = await remaining()

    cost_of_role = 2
    assert before - after == cost_of_role + 1


async def test_a_get_may_name_a_query_but_no_mutation(
    listing: Serve, plain_settings: Settings, admin_token: str
) -> None:
    headers = {
        "accept": GRAPHQL_JSON,
        "apollo-require-preflight": "1",
        "authorization": f"Bearer {admin_token}",
    }
    access = replace(plain_settings.access, allow_get=True)
    async with client_of(listing("listed", access=access)) as client:
        query, mutation = [
            await client.get("/graphql", params=by_id(text), headers=headers)
            for text in (ROLE, MAKE)
        ]

    assert query.json()["data"] == {"viewer": {"role": "ADMIN"}}
    assert (mutation.status_code, codes(mutation)) == (405, ["METHOD_NOT_ALLOWED"])


async def test_sockets_and_streams_know_names_and_the_list_too(
    listing: Serve, admin_token: str
) -> None:
    async with served(create_app(listing("listed"), small_schema)) as host:
        async with line(host, admin_token) as socket:
            await socket.say({"type": "subscribe", "id": "a", "payload": by_id(COUNT)})
            heard = [await socket.hear(), await socket.hear()]
            await socket.say({"type": "subscribe", "id": "b", "payload": {"query": UNLISTED}})
            refused = await socket.hear()
        async with httpx2.AsyncClient(base_url=f"http://{host}") as client:
            stream = await send(client, by_id(COUNT), admin_token, accept="text/event-stream")

    assert heard[0]["payload"]["data"] == {"count": 1}
    assert heard[1]["type"] == "complete"
    assert refused["payload"][0]["extensions"]["code"] == "QUERY_NOT_IN_SAFELIST"
    assert '"data":{"count":1}' in stream.text


APOLLO = {"format": "apollo-persisted-query-manifest", "version": 1}


@pytest.mark.parametrize(
    "written",
    [
        {digest(ROLE): ROLE},
        {**APOLLO, "operations": [{"id": digest(ROLE), "body": ROLE, "name": "Role"}]},
    ],
)
async def test_both_forms_of_a_manifest_are_read(
    listing: Serve, tmp_path: Path, written: dict[str, Any]
) -> None:
    manifest = tmp_path / "other.json"
    manifest.write_text(json.dumps(written))
    both = (*listing().document_manifests, manifest)

    async with client_of(replace(listing("listed"), document_manifests=both)) as client:
        response = await send(client, by_id(ROLE))

    assert response.json()["data"] == {"viewer": None}


@pytest.mark.parametrize(
    "written",
    [
        "",
        "[]",
        json.dumps({digest(MAKE): ROLE}),
        json.dumps({digest(ROLE): 5}),
        json.dumps({**APOLLO, "version": 2, "operations": []}),
        json.dumps({**APOLLO, "operations": {}}),
        json.dumps({**APOLLO, "operations": ["x"]}),
        json.dumps({**APOLLO, "operations": [{"id": digest(MAKE), "body": ROLE}]}),
    ],
)
def test_a_manifest_that_cannot_be_trusted_stops_the_start(
    plain_settings: Settings, tmp_path: Path, written: str
) -> None:
    manifest = tmp_path / "web.json"
    manifest.write_text(written)

    with pytest.raises(SettingRefused, match=r"GEMA_DOCUMENT_MANIFESTS: web\.json"):
        create_app(replace(plain_settings, document_manifests=(manifest,)), small_schema)


def test_a_list_of_nothing_stops_the_start() -> None:
    needed = {"DATABASE_URL": "x", "REDIS_URL": "x", "INDEX_KEY": "x", "RESHARER_KEY": "x"}
    keys = {"ENC_KEYS": "x", "CURSOR_KEYS": "x"}

    with pytest.raises(SettingRefused, match="GEMA_DOCUMENTS=listed"):
        Settings.from_env({**needed, **keys, "GEMA_DOCUMENTS": "listed"})
