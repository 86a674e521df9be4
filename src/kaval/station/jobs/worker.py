"""The worker: looks at every drop folder in turn, and does what jobs were left on the queue.

Every `KAVAL_DROP_EVERY_S` seconds one job goes round and leaves a look for each folder, unless one waits already; a
slow folder so holds up no other. A look is never retried by the queue: the next one goes on. Jobs of a worker that
was killed are put back, three times at most.
"""

from __future__ import annotations

import asyncio
import signal

from django.conf import settings
from django.utils import timezone
from procrastinate import exceptions, jobs
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from kaval.engine.kernel.errors import ConfigurationError
from kaval.station.jobs import drop_folder

AT_ONCE = 2
ATTEMPTS = 3
KEPT_HOURS = 30 * 24
_STALLED_S = 30.0


def cron(every_s: int) -> str:
    """The schedule of something that happens every so many seconds; the sixth field is seconds.

    Raises:
        ConfigurationError: the number fits into neither a minute nor an hour evenly.
    """
    if 1 <= every_s < 60 and 60 % every_s == 0:
        return f"* * * * * */{every_s}"
    if every_s % 60 == 0 and 1 <= every_s // 60 < 60 and 60 % (every_s // 60) == 0:
        return f"*/{every_s // 60} * * * *"
    raise ConfigurationError(
        f"KAVAL_DROP_EVERY_S is {every_s}; give seconds that divide a minute, or minutes that divide an hour"
    )


@app.task(name="drop.look", queue="drop")
def look(source: str) -> None:
    """Looks at one drop folder."""
    for folder in drop_folder.folders():
        if folder.source == source:
            drop_folder.look(folder, at=timezone.now())


@app.periodic(cron=cron(settings.DROP_EVERY_S))
@app.task(name="drop.round", queue="drop", queueing_lock="drop.round")
async def go_round(timestamp: int) -> None:
    """Leaves a look for every drop folder, and puts back what a killed worker had begun."""
    await _put_back()
    for folder in drop_folder.folders():
        # No lock of the queue besides: that of a killed worker would stand in the way until somebody noticed.
        try:
            await look.configure(queueing_lock=f"drop:{folder.source}").defer_async(source=folder.source)
        except exceptions.AlreadyEnqueued:
            continue
    await app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS, include_failed=True, include_aborted=True)


async def _put_back() -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_S):
        try:
            if job.attempts + 1 < ATTEMPTS and job.task_name not in (look.name, go_round.name):
                await app.job_manager.retry_job(job)
                continue
        except exceptions.ConnectorException:
            pass  # The same waits on the queue again already.
        await app.job_manager.finish_job(job, status=jobs.Status.FAILED, delete_job=False)


def run() -> None:
    """Works until SIGTERM or SIGINT, then finishes the jobs it has begun.

    Raises:
        ConfigurationError: the database went away; whoever started it may start it again.
    """
    if not asyncio.run(_work()):
        raise ConfigurationError("the database went away; run `kaval work` again when it is back")


async def _work() -> bool:
    asked = asyncio.Event()
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=AT_ONCE + 2)
    with app.replace_connector(connector) as worker:
        async with worker.open_async():
            working = asyncio.create_task(
                worker.run_worker_async(
                    concurrency=AT_ONCE, delete_jobs="successful", install_signal_handlers=False
                )
            )
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, asked.set)
            waiting = asyncio.create_task(asked.wait())
            await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if not working.done():
                working.cancel()
                await asyncio.wait((working,))
    if working.cancelled():
        return True
    # Left to itself a worker ends only when its database does.
    return asked.is_set() and not isinstance(working.exception(), exceptions.ConnectorException)
