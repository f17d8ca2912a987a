"""Requests made to be heavy are refused before they cost anything; bench/attacks.py times them."""

from collections.abc import Callable

import httpx2
import pytest
from asking import ask, codes

ATTACKS: dict[str, Callable[[], str]] = {
    "200,000 tokens": lambda: "{ " + "a " * 100_000 + "}",
    "1,000 aliases": lambda: (
        "{ " + " ".join(f"a{n}: viewer {{ role }}" for n in range(1_000)) + " }"
    ),
    "400 repeats": lambda: "{ people { nodes { " + "mentor { id } " * 400 + "} } }",
    "lists 3,000 deep": lambda: "{ echo(words: " + "[" * 3_000 + "]" * 3_000 + ") }",
    "fields 3,000 deep": lambda: "{ viewer " * 3_000 + "}" * 3_000,
}


@pytest.mark.parametrize("name", ATTACKS)
async def test_a_heavy_document_is_too_complex(client: httpx2.AsyncClient, name: str) -> None:
    response = await ask(client, ATTACKS[name]())

    assert response.status_code == 400
    assert codes(response)[0] in {"QUERY_TOO_COMPLEX", "GRAPHQL_PARSE_FAILED"}


async def test_a_body_of_twenty_megabytes_is_too_large(client: httpx2.AsyncClient) -> None:
    response = await ask(client, "{ viewer { role } }" + " " * 20_000_000)

    assert (response.status_code, codes(response)) == (413, ["PAYLOAD_TOO_LARGE"])
