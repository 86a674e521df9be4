"""The database keeps the promise: roles, rights and append-only tables, tried against the real server."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from kaval.gateways.postgres import Cluster
from kaval.station.database import append_only_tables

pytestmark = pytest.mark.django_db


def test_the_application_is_no_superuser_and_cannot_bypass_row_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("kaval_app", False, False, False)


def test_the_application_may_neither_change_nor_delete_what_is_append_only() -> None:
    tables = append_only_tables()
    assert {"station_ledgerentry", "station_custodyevent"} <= set(tables)
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                "SELECT has_table_privilege(%s, 'UPDATE'), has_table_privilege(%s, 'DELETE'), "
                "has_table_privilege(%s, 'TRUNCATE'), has_table_privilege(%s, 'INSERT')",
                [table] * 4,
            )
            assert cursor.fetchone() == (False, False, False, True), table


def test_the_application_may_delete_nothing_but_sessions() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind = 'r' AND n.nspname = 'public' AND has_table_privilege(c.oid, 'DELETE')"
        )
        assert [row[0] for row in cursor.fetchall()] == ["django_session"]


def test_a_trigger_refuses_the_owner_too(cluster: Cluster) -> None:
    name = connection.settings_dict["NAME"]
    with psycopg.connect(cluster.url("kaval_super", database=name)) as owner:
        owner.execute("SET ROLE kaval_owner")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            owner.execute("DELETE FROM station_ledgerentry")


@pytest.mark.parametrize("role", ["kaval_super", "kaval_owner", "postgres", "kaval_app"])
def test_nobody_connects_without_a_password(cluster: Cluster, role: str) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"postgresql://{role}@/kaval?host={cluster.sockets}", connect_timeout=3)


def test_the_server_does_not_listen_on_the_network(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("kaval_super", database="postgres")) as owner:
        row = owner.execute("SELECT current_setting('listen_addresses')").fetchone()
    assert row == ("",)
