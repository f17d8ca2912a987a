"""The rows of the acceptance list that need a Gema of their own, or none at all."""

import cases_alone
import pytest
from stand import Row, Stand, hold


@pytest.mark.parametrize("row", cases_alone.ROWS, ids=lambda row: row.name)
async def test_a_bad_input_gets_what_the_list_says(unserved: Stand, row: Row) -> None:
    await hold(unserved, row)
