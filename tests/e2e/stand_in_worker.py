"""The real worker with one stand-in task, which writes down that it ran.

The message says how long the task takes. Started by the tests of the worker as a process.
"""

import asyncio
import os
import signal

from arq.worker import run_worker

from api.models import connection
from api.queue import Job
from workers.settings import WorkerSettings
from workers.tasks import Kit, Work

STARTED = "INSERT INTO started (message_id, attempt) VALUES ($1, $2)"
EFFECT = "INSERT INTO effect (message_id, attempt) VALUES ($1, $2)"


async def leave_a_trace(kit: Kit, work: Work) -> None:
    run = (work.lease.message_id, work.lease.attempt)
    async with connection() as db:
        await db.execute(STARTED, *run)
    if "dies" in work.args:
        os.kill(os.getpid(), signal.SIGKILL)
    await asyncio.sleep(float(work.args["seconds"]))
    async with work.transaction() as db:
        await db.execute(EFFECT, *run)
        await work.finish(db)


if __name__ == "__main__":
    run_worker(WorkerSettings, ctx={"tasks": {Job.REFRESH_RANKING: leave_a_trace}})
