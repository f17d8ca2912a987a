"""When the search for doubts about shares is due."""

from api.domain.work import Job
from api.reads.doubts.span import has_doubtful_news
from api.reads.due import DueWork


async def due_search(hold_days: int) -> list[DueWork]:
    """List the search, if anything came in or a hold ends."""
    job = Job.SEARCH_DOUBTS
    return [DueWork(job, {}, job.value)] if await has_doubtful_news(hold_days) else []
