"""The latest ranking computed again from raw observations by the reference scorer, without SQL."""

from dataclasses import dataclass

from api.actions.ranking.rebuild import rebuilt_scores
from api.models import connection
from api.reads.observations import latest_run, ranked_scores


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Whether the stored ranking equals the rebuild; no count means that there is no ranking."""

    holder_count: int | None
    is_equal: bool


async def rebuild() -> Rebuilt:
    """Compare the latest run with a rebuild, to the last integer."""
    async with connection() as db:
        run = await latest_run(db)
        if run is None:
            return Rebuilt(None, is_equal=True)
        stored = await ranked_scores(db, run["id"])
        expected = await rebuilt_scores(db, run)
    are_equal = all(
        (found := expected.get(holder)) is not None and (found.score, found.quality_micro) == score
        for holder, score in stored.items()
    )
    return Rebuilt(len(stored), is_equal=are_equal)
