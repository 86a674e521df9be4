"""Opening the station for a verb: the server answers, the schema is current, Django is set up, and all is let go
after.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kaval.gateways.postgres import Cluster, adopt, default_home, own_secret


@contextmanager
def opened(
    *, say: Callable[[str], None] = lambda _: None, home: Path | None = None
) -> Iterator[Cluster | None]:
    """The station, ready for operations and queries as the application's role; None for an outside server.

    With `KAVAL_DATABASE_URL` that server is used: its user makes the roles once, then steps down to `kaval_app`.
    """
    where = home or default_home()
    os.environ["KAVAL_HOME"] = str(where)
    os.environ["DJANGO_SETTINGS_MODULE"] = "kaval.station.settings"
    outside = os.environ.get("KAVAL_DATABASE_URL")
    if outside and os.environ.get("KAVAL_EMBEDDED") != "1":
        adopt(outside)
        os.environ.setdefault("KAVAL_SECRET", own_secret(where))
        _migrate(owner_url=outside, app_url=outside, app_role="kaval_app")
        yield None
        return
    cluster = Cluster(where)
    cluster.start(say=say)
    os.environ["KAVAL_EMBEDDED"] = "1"
    try:
        os.environ["KAVAL_SECRET"] = cluster.secret("django")
        _migrate(owner_url=cluster.url("kaval_super"), app_url=cluster.url("kaval_app"), app_role="")
        yield cluster
    finally:
        from django.db import connections

        connections.close_all()
        cluster.release()


def _migrate(*, owner_url: str, app_url: str, app_role: str) -> None:
    """Brings the schema up to date as the owner, then goes on as the application, which may do far less."""
    connect_as(owner_url, "kaval_owner")
    _set_up()
    from kaval.station.database import prepare

    prepare()
    connect_as(app_url, app_role)


def connect_as(url: str, role: str) -> None:
    os.environ["KAVAL_DATABASE_URL"], os.environ["KAVAL_DATABASE_ROLE"] = url, role
    from django.apps import apps

    if apps.ready:
        from django.db import connection

        from kaval.station.settings import _database

        connection.close()
        connection.settings_dict.update(_database(url))


def _set_up() -> None:
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
