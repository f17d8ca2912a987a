"""The example operations of the docs run as they are, and answer with something."""

import pytest
from api_client import AUDITOR, NOBODY, Api
from world import World

from api.cli.documents import manifest
from api.settings import CHECKOUT

FOLDER = CHECKOUT / "docs" / "reference" / "operations"
FILES = sorted(FOLDER.glob("*.graphql"))


@pytest.mark.parametrize(("name", "document"), [(file.stem, file.read_text()) for file in FILES])
async def test_an_example_runs_without_variables(
    api: Api, world: World, name: str, document: str
) -> None:
    caller = NOBODY if name == "public-figures" else AUDITOR
    data = await api.ask(document, caller=caller)

    assert all(value is not None for value in data.values())
    lists = [value["nodes"] for value in data.values() if "nodes" in value]
    assert all(rows for rows in lists) or name == "audit-trail"


def test_all_examples_can_be_listed_and_stand_in_the_index() -> None:
    index = (FOLDER / "README.md").read_text()

    assert manifest(FILES).count('"id"') == len(FILES) == 9
    assert [file.name for file in FILES if f"({file.name})" not in index] == []
