"""The acceptance list of bad inputs, row by row over real HTTP: number, code and status."""

import re
from pathlib import Path

import cases_access
import cases_alone
import cases_envelope
import cases_outages
import cases_refusals
import cases_sockets
import cases_values
import pytest
from stand import Row, Stand, hold

MODULES = (
    cases_envelope,
    cases_values,
    cases_refusals,
    cases_access,
    cases_outages,
    cases_sockets,
)
TOGETHER = sorted((row for module in MODULES for row in module.ROWS), key=lambda row: row.number)
ROWS = sorted([*TOGETHER, *cases_alone.ROWS], key=lambda row: row.number)
SHARED = Path(__file__).parents[5] / "shared" / "design" / "graphql.md"
NO_CODES = {"NOWHERE"}


@pytest.mark.timeout(180)
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("row", TOGETHER, ids=lambda row: row.name)
async def test_a_bad_input_gets_what_the_list_says(stand: Stand, row: Row) -> None:
    await hold(stand, row)

    assert (await stand.client.get("/readyz")).status_code == 200


def test_every_number_of_the_list_stands_here_once() -> None:
    assert [row.number for row in ROWS] == list(range(1, 61))
    assert all(row.expected for row in ROWS)


@pytest.mark.skipif(not SHARED.exists(), reason="the design's own list is not on this machine")
def test_the_codes_are_those_of_the_list() -> None:
    text = SHARED.read_text().partition("## 14.")[2]
    listed = {
        int(cells[1]): set(
            re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b|\bINVALID\b|\b[A-Z]{5,}\b", cells[3])
        )
        for cells in (line.split("|") for line in text.splitlines() if line.startswith("| "))
        if cells[1].strip().isdigit()
    }

    assert set(listed) == {row.number for row in ROWS}
    for row in ROWS:
        codes = {one.code for one in row.expected if one.code}
        assert codes >= listed[row.number] - NO_CODES, row.number
