"""One real PostgreSQL for all tests of a run: prepared once, a copy for each worker, stopped at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kaval.gateways.postgres import Cluster

pytest_plugins = ["tests.profiles"]
ROOT = Path(__file__).parent.parent


def _home() -> Path:
    """One home for the whole run: the first process makes it, workers inherit the name through the environment."""
    named = os.environ.get("KAVAL_TEST_HOME")
    if named is None:
        named = tempfile.mkdtemp(prefix="kaval-test-")
        os.chmod(named, 0o711)
        os.environ["KAVAL_TEST_HOME"] = named
        os.environ["KAVAL_TEST_HOME_OWNER"] = str(os.getpid())
    return Path(named)


HOME = _home()
os.environ["KAVAL_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "kaval.station.settings"
os.environ["KAVAL_SECRET"] = "test-secret-that-is-long-enough-to-sign-with-0123456789"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The test run's own server, created at first use."""
    server = Cluster(HOME)
    server.start()
    yield server
    server.release()


@pytest.fixture(scope="session")
def django_db_setup(cluster: Cluster, worker_id: str) -> Iterator[None]:
    """Each worker's own database, prepared by the code a station uses, and used as the application's role."""
    import django
    from django.db import connections

    name = f"kaval_{worker_id}"
    cluster.ensure_database(name)
    django.setup()
    from kaval.station.database import prepare

    _point(connections, cluster.url("kaval_super", database=name), role="kaval_owner")
    prepare()
    _point(connections, cluster.url("kaval_app", database=name), role="")
    yield
    connections.close_all()


def _point(connections: object, url: str, *, role: str) -> None:
    from django.db import connection

    from kaval.station.settings import _database

    os.environ["KAVAL_DATABASE_ROLE"] = role
    connection.close()
    connection.settings_dict.update(_database(url))
    os.environ["KAVAL_DATABASE_ROLE"] = ""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The process that made the home folder stops the server and removes it."""
    if os.environ.get("KAVAL_TEST_HOME_OWNER") == str(os.getpid()) and not hasattr(
        session.config, "workerinput"
    ):
        Cluster(HOME).stop()
        shutil.rmtree(HOME, ignore_errors=True)
