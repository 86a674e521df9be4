"""A job is left with the act that caused it, by those who may; the worker alone fetches and ends it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from kaval.cli.play.chain import Play
from kaval.engine.kernel.errors import ConfigurationError
from kaval.station.audit import acting, one_transaction
from kaval.station.jobs import worker
from kaval.station.models import Act

PLAYED_UNTIL = "install"
AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("play")


def _waiting() -> list[str]:
    return [job.args["source"] for job in ProcrastinateJob.objects.filter(status="todo").order_by("id")]


def test_a_job_is_left_with_the_act_that_caused_it_or_not_at_all(play: Play) -> None:
    clerk = play.officer("intake_clerk")

    def act(key: str) -> None:
        with acting("receive_file", by=clerk, at=AT, key=key, request={}) as doing:
            worker.look.defer(source=key)
            doing.about("receipt", clerk.id)

    with suppress(RuntimeError), one_transaction():
        act("undone")
        raise RuntimeError
    assert (_waiting(), Act.objects.filter(key="receive_file:undone").count()) == ([], 0)
    act("done")
    assert (_waiting(), Act.objects.filter(key="receive_file:done").count()) == (["done"], 1)


def test_a_folder_waits_on_the_queue_once() -> None:
    later = worker.look.configure(queueing_lock="drop:a")
    later.defer(source="a")
    with pytest.raises(AlreadyEnqueued), transaction.atomic():
        later.defer(source="a")
    assert _waiting() == ["a"]


def test_only_the_worker_fetches_and_ends_jobs() -> None:
    rights = """
        SELECT rolname, array_agg(DISTINCT proname::text ORDER BY proname::text) FROM pg_proc, pg_roles
        WHERE starts_with(proname, 'procrastinate_') AND starts_with(rolname, 'kaval_')
        AND rolname NOT IN ('kaval_super', 'kaval_owner') AND has_function_privilege(rolname, pg_proc.oid, 'EXECUTE')
        GROUP BY rolname
    """
    with connection.cursor() as cursor:
        cursor.execute(rights)
        functions = dict(cursor.fetchall())
        cursor.execute(
            "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
            "AND has_table_privilege('kaval_worker', oid, 'DELETE') ORDER BY 1"
        )
        deletable = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT has_table_privilege('kaval_app', 'procrastinate_jobs', 'UPDATE')")
        assert cursor.fetchone() == (False,)
    assert functions["kaval_app"] == ["procrastinate_defer_jobs_v1"]
    assert set(functions) == {"kaval_app", "kaval_worker"}
    assert deletable == ["procrastinate_jobs", "procrastinate_periodic_defers", "procrastinate_workers"]


@pytest.mark.parametrize(
    ("every_s", "said"), [(60, "*/1 * * * *"), (5, "* * * * * */5"), (900, "*/15 * * * *")]
)
def test_a_schedule_is_said_in_cron(every_s: int, said: str) -> None:
    assert worker.cron(every_s) == said


@pytest.mark.parametrize("every_s", [0, 7, 90, 420, 3600])
def test_a_schedule_that_cron_cannot_say_is_refused(every_s: int) -> None:
    with pytest.raises(ConfigurationError, match="KAVAL_DROP_EVERY_S"):
        worker.cron(every_s)
