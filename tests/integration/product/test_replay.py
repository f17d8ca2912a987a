"""Real shares through the production path, a batch at a time: the integers of the reference."""

import csv
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from random import Random

import factories as make
import pytest
from replay import Replay
from test_gains import TOTALS

from api.actions.ranking import RunRequest, begin_baseline, build_on, refresh_ranking
from api.actions.reference import ensure_reference_rows
from api.domain.amplification import FORMULA, formula
from api.models import COMMAND_POOL, connection, open_database
from api.settings import Settings
from tests.unit import datapack

EVALUATE = datapack.FOLDER.parent / "evaluate.py"
SECOND_BASELINE_DAY = 14
PUBLISHED = ["0.4087", "0.2986", "0.3960", "0.4115", "0.3810", "0.5124"]

MODEL = formula(FORMULA)
Scores = Mapping[int, Mapping[int, int]]
RANKED = """
SELECT a.platform_user_id, r.score FROM ranking r JOIN social_account a USING (asn_id)
 WHERE r.score_run_id = $1
"""


async def ranked_at(day: int) -> dict[int, int]:
    """Rank a past moment from raw observations, as `gema rank` would have then."""
    run = await refresh_ranking(RunRequest(as_of=datapack.cut_at(day)))
    async with connection() as db:
        rows = await db.fetch(RANKED, run.id)
    return {int(row["platform_user_id"]): int(row["score"]) for row in rows}


async def replayed(settings: Settings, nth: int, first_day: int, seed: str) -> Scores:
    """Play the pack through a fresh database; return the scores at every cut, by both paths.

    The first baseline is frozen once there are enough shares; all later ones are folded in.
    """
    play, found = Replay(Random(seed)), {}  # noqa: S311 (nothing here is secret)
    async with open_database(settings.database_url, COMMAND_POOL):
        await ensure_reference_rows()
        await play.store_people(nth)
        await play.play_until(datapack.cut_at(first_day))
        await begin_baseline(MODEL, datapack.cut_at(first_day))
        await finish_baseline()
        for day in datapack.CUT_DAYS:
            await play.play_until(datapack.cut_at(day))
            await finish_baseline()
            found[day] = await play.stored_scores(datapack.cut_at(day))
            assert await ranked_at(day) == found[day]
            assert await make.value(TOTALS) == 0
            if day == SECOND_BASELINE_DAY:
                # Built beside the live one: what comes until the next cut goes to both.
                await begin_baseline(MODEL, datapack.cut_at(day))
                assert await build_on(MODEL, holder_count=100)
        assert await make.value("SELECT count(*) FROM baseline WHERE status = 'RETIRED'") == 1
    return found


async def finish_baseline() -> None:
    while await build_on(MODEL):
        pass


def reference(nth: int) -> Scores:
    return {
        day: {author: score for author, score in scores.items() if author % nth == 0}
        for day, scores in datapack.reference_scores().items()
    }


def evaluated(scores: Scores, file: Path) -> str:
    """Return what the script of the data pack says of our scores."""
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("cut_day", "author_id", "score"))
        for day, found in scores.items():
            writer.writerows((day, author, score) for author, score in found.items())
    return judged(str(file))


def judged(*arguments: str) -> str:
    command = [sys.executable, str(EVALUATE), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@datapack.needs_datapack
async def test_every_fortieth_author_has_the_reference_score_however_the_events_come(
    settings: Settings,
) -> None:
    scores = await replayed(settings, nth=40, first_day=7, seed="a slice")

    assert scores == reference(nth=40)
    assert sum(map(len, scores.values())) > 500


@pytest.mark.long
@pytest.mark.timeout(1_800)
@datapack.needs_datapack
async def test_all_authors_have_the_reference_score_however_the_events_come(
    settings: Settings, tmp_path: Path
) -> None:
    scores = await replayed(settings, nth=1, first_day=3, seed="all of it")

    assert scores == reference(nth=1)
    assert sum(map(len, scores.values())) == 21_697
    report = evaluated(scores, tmp_path / "scores.csv")
    simpler = [judged("--baseline", name) for name in ("share_count", "total_resharers")]
    print(report, *simpler, sep="\n")  # noqa: T201 (`-s` shows the figures)
    assert report.splitlines()[-1].split() == ["score", *PUBLISHED]
