"""A deployment measures its own rankings: what was foreseen thirty days ago, and what came."""

from datetime import timedelta
from pathlib import Path

import factories as make
import pytest
from world import World

from api.actions.ranking import evaluate
from api.cli import reports
from api.errors import Invalid

pytestmark = pytest.mark.usefixtures("api")

SIMPLER = {"random", "share_count", "mean_resharers", "total_resharers", "sum_log", "followers"}


async def share(world: World, holder: str, days_ago: int, resharer_count: int) -> None:
    asn_id = getattr(world, holder)
    at = make.NOW - timedelta(days=days_ago)
    account = world.accounts[asn_id]
    await make.make_share(asn_id, account, world.post, at=at, resharer_count=resharer_count)


async def test_the_last_thirty_days_are_held_against_the_ranking_before_them(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await share(world, "ani", 40, 6)
    await share(world, "budi", 50, 1)
    await share(world, "ani", 3, 2)
    await make.observe(
        world.budi, world.accounts[world.budi], 90_000, at=make.NOW - timedelta(days=45)
    )

    found = await evaluate((-30,), 30)
    reports.print_cuts(found)
    reports.draw(found, 30, tmp_path / "figures.svg")

    (cut,) = found.by_cut
    assert set(found.figures) == {*SIMPLER, "amp-1"}
    assert (cut.holder_count, cut.rewarded_count) == (2, 2)
    assert found.cuts[0].followers == {world.budi: 90_000}
    assert found.figures["amp-1"][25].ndcg == pytest.approx(1)
    assert found.figures["followers"][25].ndcg < 1
    assert "cut at day -30: 2 of 2 ranked people were passed on" in capsys.readouterr().out
    assert (tmp_path / "figures.svg").read_text().startswith("<svg")


async def test_before_anything_is_thirty_days_old_there_is_nothing_to_measure(world: World) -> None:
    assert world.run

    with pytest.raises(Invalid, match="Nothing was passed on"):
        await evaluate((-30,), 30)
