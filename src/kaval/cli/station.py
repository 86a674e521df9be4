"""Opening the station for a verb: the server answers, the schema is current, Django is set up, and all is let go
after.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kaval.gateways.postgres import Cluster, default_home


@contextmanager
def opened(
    *, say: Callable[[str], None] = lambda _: None, home: Path | None = None
) -> Iterator[Cluster | None]:
    """The station, ready for operations and queries as the application's role; None for an outside server.

    With `KAVAL_DATABASE_URL` that server is used as it is, and its schema is brought up to date with the rights
    it has.
    """
    where = home or default_home()
    os.environ["KAVAL_HOME"] = str(where)
    os.environ["DJANGO_SETTINGS_MODULE"] = "kaval.station.settings"
    outside = os.environ.get("KAVAL_DATABASE_URL")
    if outside and os.environ.get("KAVAL_EMBEDDED") != "1":
        _set_up()
        yield None
        return
    cluster = Cluster(where)
    cluster.start(say=say)
    os.environ["KAVAL_EMBEDDED"] = "1"
    try:
        os.environ["KAVAL_SECRET"] = cluster.secret("django")
        _migrate(cluster)
        yield cluster
    finally:
        from django.db import connections

        connections.close_all()
        cluster.release()


def _migrate(cluster: Cluster) -> None:
    os.environ["KAVAL_DATABASE_URL"] = cluster.url("kaval_super")
    os.environ["KAVAL_DATABASE_ROLE"] = "kaval_owner"
    _set_up()
    from django.db import connection

    from kaval.station.database import prepare
    from kaval.station.settings import _database

    prepare()
    connection.close()
    os.environ["KAVAL_DATABASE_URL"] = cluster.url("kaval_app")
    os.environ["KAVAL_DATABASE_ROLE"] = ""
    connection.settings_dict.update(_database(os.environ["KAVAL_DATABASE_URL"]))


def _set_up() -> None:
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
