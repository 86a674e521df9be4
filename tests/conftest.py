"""One real PostgreSQL for all tests of a run: prepared once, a copy for each worker, stopped at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

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


def pytest_configure() -> None:
    """Django stands before tests are collected: they import models at the top like any other module."""
    import django

    django.setup()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The test run's own server, created at first use."""
    server = Cluster(HOME)
    server.start()
    yield server
    server.release()


@pytest.fixture(scope="session")
def django_db_setup(cluster: Cluster, worker_id: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Each worker's own database, prepared by the code a station uses, and used as the application's role."""
    from django.db import connections

    name = f"kaval_{worker_id}"
    cluster.ensure_database(name)
    from kaval.station.database import prepare

    with django_db_blocker.unblock():
        _point(cluster.url("kaval_super", database=name), role="kaval_owner")
        prepare()
        _point(cluster.url("kaval_app", database=name), role="")
    yield
    connections.close_all()


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small synthetic state, written once for each test process; no test changes it."""
    from kaval.simulation import write_world

    out = tmp_path_factory.mktemp("small-world") / "world"
    return write_world(operation="small", seed=7, out=out, missing_tools="skip").path


def _point(url: str, *, role: str) -> None:
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
