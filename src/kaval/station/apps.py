"""The one Django app: one app means one chain of migrations."""

from __future__ import annotations

from django.apps import AppConfig


class StationConfig(AppConfig):
    """The station app; nothing happens at start but loading models."""

    name = "kaval.station"
    label = "station"
    verbose_name = "Kaval station"
    default_auto_field = "django.db.models.BigAutoField"
