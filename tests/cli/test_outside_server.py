"""A server that somebody else runs: roles are made once, the application steps down, the chain runs on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import psycopg.sql
import pytest

from kaval.gateways.postgres import LOGIN_ROLES, Cluster
from tests.homes import Home, new_home


@pytest.fixture
def outside() -> Iterator[tuple[Home, str]]:
    """A server with a database of an ordinary user `clerk` who may make roles, and nothing of ours in it."""
    with new_home() as server_home, new_home() as station:
        server = Cluster(server_home.path)
        server.start()
        _give_to_a_clerk(server)
        yield station, f"postgresql://clerk:pw@/theirs?host={server.sockets}"
        server.stop()


def _give_to_a_clerk(server: Cluster) -> None:
    with psycopg.connect(server.url("kaval_super", database="postgres"), autocommit=True) as root:
        root.execute("DROP DATABASE kaval")
        for role in ("kaval_owner", *LOGIN_ROLES):
            root.execute(psycopg.sql.SQL("DROP ROLE {}").format(psycopg.sql.Identifier(role)))
        root.execute("CREATE ROLE clerk LOGIN CREATEROLE PASSWORD 'pw'")
        root.execute("CREATE DATABASE theirs OWNER clerk")
        rules = server.data / "pg_hba.conf"
        rules.write_text("local all clerk scram-sha-256\n" + rules.read_text())
        root.execute("SELECT pg_reload_conf()")


def test_the_chain_runs_on_somebody_elses_server_with_few_rights(outside: tuple[Home, str]) -> None:
    station, url = outside
    environment = {**os.environ, "KAVAL_HOME": str(station.path), "KAVAL_DATABASE_URL": url}
    environment.pop("KAVAL_DATABASE_ROLE", None)
    environment.pop("KAVAL_EMBEDDED", None)

    def kaval(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "kaval.cli", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    told = kaval("demo", "--operation", "small", "--exit", "--json", "--until", "plan")
    assert json.loads(told.splitlines()[-1])["attributed"] == 14
    status = kaval("db", "status")
    assert "outside" in status
    assert "role      kaval_app" in status
    assert not (station.path / "pg").exists()
