"""What `gema rank` and `gema evaluate` compute and print."""

import csv
from collections.abc import Mapping
from pathlib import Path

import typer

from api.actions.ranking import Evaluated, RunRequest, evaluate, keep_evaluation, refresh_ranking
from api.actions.ranking.evaluation import CUT_DAYS, CUTOFFS
from api.actions.ranking.run import RunResult
from api.domain.chart import drawn_figures
from api.domain.evaluation import Figure
from api.models import COMMAND_POOL, open_database, transaction
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


async def evaluated(
    settings: Settings, cut_days: tuple[int, ...], horizon_days: int, *, keep: bool = False
) -> Evaluated:
    """Rank at past moments; keep the figures of each for the API if wanted."""
    async with open_database(settings.database_url, COMMAND_POOL):
        found = await evaluate(cut_days or CUT_DAYS, horizon_days)
        if keep:
            async with transaction() as db:
                await keep_evaluation(db, found, horizon_days)
        return found


def print_evaluation(found: Evaluated) -> None:
    """Print one line a method: name, then nDCG and captured at 25 and at 50."""
    heads = [f"{kind}@{k}" for k in CUTOFFS for kind in ("nDCG", "captured")]
    typer.echo("method".ljust(20) + "".join(head.rjust(14) for head in heads))
    _print_figures(found.figures)


def print_cuts(found: Evaluated) -> None:
    """Print the same for every cut, with whom it measured."""
    for cut in found.by_cut:
        coverage = f"{cut.rewarded_count} of {cut.holder_count} ranked people were passed on"
        typer.echo(f"cut at day {cut.day}: {coverage}")
        _print_figures({name: of for name, of in cut.figures.items() if of is not None})
    typer.echo("mean of all cuts")


def draw(found: Evaluated, horizon_days: int, file: Path) -> None:
    """Draw the means as bars."""
    file.write_text(drawn_figures(horizon_days, found.figures), encoding="utf-8")


def _print_figures(by_method: Mapping[str, Mapping[int, Figure]]) -> None:
    for name, by_cutoff in by_method.items():
        values = "".join(f"{value:.4f}".rjust(14) for value in _values(by_cutoff))
        typer.echo(name.ljust(20) + values)


def _values(by_cutoff: Mapping[int, Figure]) -> list[float]:
    return [v for k in CUTOFFS for v in (by_cutoff[k].ndcg, by_cutoff[k].captured)]


def write_scores(found: Evaluated, file: Path) -> None:
    """Write (cut day, id on the network, integer score) of everybody at every cut."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("cut_day", "author_id", "score"))
        for cut in found.cuts:
            rows = ((found.names[holder], score) for holder, score in cut.scores.items())
            writer.writerows((cut.day, name, score) for name, score in sorted(rows))
