"""What `gema rank` and `gema evaluate` compute and print."""

import csv
from pathlib import Path

import typer

from api.actions.ranking import Evaluated, RunRequest, evaluate, refresh_ranking
from api.actions.ranking.evaluation import CUT_DAYS, CUTOFFS
from api.actions.ranking.run import RunResult
from api.models import COMMAND_POOL, open_database
from api.settings import Settings


async def rank(settings: Settings) -> RunResult:
    """Compute all scores."""
    async with open_database(settings.database_url, COMMAND_POOL):
        return await refresh_ranking(RunRequest())


def print_run(run: RunResult) -> None:
    """Print one line about a run."""
    novelty = "new" if run.is_new else "unchanged"
    counts = f"{run.holder_count} holders, {run.share_count} shares"
    typer.echo(f"score run {run.id} ({novelty}): {counts}, sha256 {run.rows_sha256}")


async def evaluated(settings: Settings, cut_days: tuple[int, ...], horizon_days: int) -> Evaluated:
    """Rank at past moments."""
    async with open_database(settings.database_url, COMMAND_POOL):
        return await evaluate(cut_days or CUT_DAYS, horizon_days)


def print_evaluation(found: Evaluated) -> None:
    """Print one line a method: name, then nDCG and captured at 25 and at 50."""
    heads = [f"{kind}@{k}" for k in CUTOFFS for kind in ("nDCG", "captured")]
    typer.echo("method".ljust(20) + "".join(head.rjust(14) for head in heads))
    for name, by_cutoff in found.figures.items():
        values = [v for k in CUTOFFS for v in (by_cutoff[k].ndcg, by_cutoff[k].captured)]
        typer.echo(name.ljust(20) + "".join(f"{value:.4f}".rjust(14) for value in values))


def write_scores(found: Evaluated, file: Path) -> None:
    """Write (cut day, id on the network, integer score) of everybody at every cut."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("cut_day", "author_id", "score"))
        for cut in found.cuts:
            rows = ((found.names[holder], score) for holder, score in cut.scores.items())
            writer.writerows((cut.day, name, score) for name, score in sorted(rows))
