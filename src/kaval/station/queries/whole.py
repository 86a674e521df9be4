"""One digest over everything a station holds, to compare two runs or a restored backup."""

from __future__ import annotations

import hashlib

from django.apps import apps
from django.db import connection

# When the server wrote a row is the one thing that two identical runs do not share.
_SKIPPED_COLUMNS = {"recorded_at"}
_SKIPPED_TABLES = {
    "django_session",
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "station_refusal",
}


def rows_digest() -> str:
    """SHA-256 (hex) over all rows of all tables in the order of their keys, refusals and sessions left out."""
    whole = hashlib.sha256()
    with connection.cursor() as cursor:
        for model in sorted(apps.get_models(), key=lambda each: each._meta.db_table):
            table = model._meta.db_table
            # The queue is no part of what a station holds: a look that found nothing leaves a row in it.
            if table in _SKIPPED_TABLES or table.startswith("procrastinate_"):
                continue
            columns = [
                str(field.column)
                for field in model._meta.concrete_fields
                if field.column not in _SKIPPED_COLUMNS
                and not (table == "station_account" and field.column == "last_login")
            ]
            listed = ", ".join(connection.ops.quote_name(column) for column in columns)
            key = connection.ops.quote_name(str(model._meta.pk.column))
            if table == "station_account":
                key = connection.ops.quote_name("username")
                listed = ", ".join(connection.ops.quote_name(column) for column in columns if column != "id")
            cursor.execute(
                f"SELECT md5(ROW({listed})::text) FROM {connection.ops.quote_name(table)} ORDER BY {key}"
            )
            whole.update(table.encode())
            for (row,) in cursor:
                whole.update(row.encode())
    return whole.hexdigest()
