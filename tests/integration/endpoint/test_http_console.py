"""The console in a browser: a page and files of our own, and no other host."""

import hashlib
import re
from pathlib import Path

import httpx2
import pytest

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
STATIC = Path(__file__).parents[3] / "api" / "http" / "static"


async def test_a_browser_gets_the_console_and_all_its_files(client: httpx2.AsyncClient) -> None:
    page = await client.get("/graphql", headers=BROWSER)
    files = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert len(files) == 6
    for file in files:
        response = await client.get(file)
        assert response.status_code == 200
        assert len(response.content) > 20


async def test_the_page_names_no_other_host(client: httpx2.AsyncClient) -> None:
    page = await client.get("/graphql", headers=BROWSER)
    policy = page.headers["content-security-policy"]

    assert "http" not in page.text.replace('http-equiv="', "")
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "script-src 'self';" in policy


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/graphql?query={__typename}", "text/html"),
        ("/graphql", "application/json"),
        ("/graphql", "*/*"),
        ("/graphql", "text/html;q=0.1, application/json"),
    ],
)
async def test_whoever_wants_no_page_gets_none(
    client: httpx2.AsyncClient, path: str, accept: str
) -> None:
    response = await client.get(path, headers={"accept": accept})

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("name", ["README.md", "..%2fconsole.html", "graphiql.min.js.map"])
async def test_only_the_files_of_the_page_are_served(client: httpx2.AsyncClient, name: str) -> None:
    response = await client.get(f"/console/{name}")

    assert response.status_code == 404
    assert response.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


def test_the_files_of_others_are_the_ones_that_the_table_names() -> None:
    folder = STATIC / "graphiql"
    table = dict(
        re.findall(
            r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$",
            (folder / "README.md").read_text(),
            re.MULTILINE,
        )
    )

    found = {file.name for file in folder.iterdir()} - {"README.md"}
    assert found == set(table)
    for name, digest in table.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
