"""Brings a database to this version and puts the rights and triggers on it that keep the promises of the models.

Migrations run as `kaval_owner`, who cannot sign in; the application's role may insert and read everywhere, update only
what may change, delete nothing but sessions. A trigger refuses changes to append-only tables even for the owner.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

APP, WORKER, TIP, AUDITOR = "kaval_app", "kaval_worker", "kaval_tip", "kaval_auditor"

_GUARD = """
CREATE OR REPLACE FUNCTION kaval_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""


# The application may leave a job (its act commits with it or neither does); the worker alone fetches and ends them.
_QUEUE = "procrastinate"
_QUEUE_RIGHTS = {
    "procrastinate_jobs": {APP: "INSERT", WORKER: "INSERT, UPDATE, DELETE"},
    "procrastinate_events": {APP: "INSERT", WORKER: "INSERT"},
    "procrastinate_workers": {WORKER: "INSERT, UPDATE, DELETE"},
    "procrastinate_periodic_defers": {WORKER: "INSERT, UPDATE, DELETE"},
}
_QUEUE_FUNCTIONS = f"""
DO $$
DECLARE each record;
BEGIN
    FOR each IN SELECT oid::regprocedure AS signature, proname FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, '{_QUEUE}_') AND prokind = 'f'
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, {AUDITOR}, {TIP}, {APP}', each.signature);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {WORKER}', each.signature);
        IF starts_with(each.proname, '{_QUEUE}_defer_jobs') THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {APP}', each.signature);
        END IF;
    END LOOP;
END $$
"""


def prepare() -> None:
    """Migrates, then sets triggers and rights; running it again changes nothing. Needs the owner's rights."""
    call_command("migrate", verbosity=0, interactive=False)
    protect()


def protect() -> None:
    """Sets append-only triggers and the rights of every role, from what the models say."""
    with connection.cursor() as cursor:
        cursor.execute(_GUARD)
        cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP}, {WORKER}, {AUDITOR}")
        for model in apps.get_models(include_auto_created=True):
            _protect_table(cursor, model)
        cursor.execute(_QUEUE_FUNCTIONS)
        cursor.execute(f"GRANT SELECT ON django_migrations TO {APP}, {WORKER}, {AUDITOR}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {WORKER}")


def append_only_tables() -> list[str]:
    """The tables that the models declare append-only."""
    return sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False))


def _protect_table(cursor: Any, model: type[models.Model]) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    cursor.execute(f"REVOKE ALL ON {table} FROM PUBLIC, {APP}, {WORKER}, {AUDITOR}, {TIP}")
    cursor.execute(f"GRANT SELECT ON {table} TO {APP}, {WORKER}")
    if model._meta.label != "sessions.Session":
        cursor.execute(f"GRANT SELECT ON {table} TO {AUDITOR}")
    if getattr(model, "append_only", False):
        cursor.execute(f"GRANT INSERT ON {table} TO {APP}, {WORKER}")
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER kaval_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION kaval_append_only()"
        )
    elif model._meta.app_label in ("station", "sessions"):
        cursor.execute(f"GRANT INSERT, UPDATE ON {table} TO {APP}, {WORKER}")
    for role, rights in _QUEUE_RIGHTS.get(model._meta.db_table, {}).items():
        cursor.execute(f"GRANT {rights} ON {table} TO {role}")
    if model._meta.label == "sessions.Session":
        cursor.execute(f"GRANT DELETE ON {table} TO {APP}")
