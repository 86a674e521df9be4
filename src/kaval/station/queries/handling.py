"""NCMEC's reports by its own sorting: three counts that nobody adds up."""

from __future__ import annotations

from django.db.models import Count

from kaval.engine.rules.statistics.handling import SOURCE_SYSTEM, ReportsByHandling, by_handling
from kaval.station.models import Report


def reports_by_handling() -> ReportsByHandling:
    """Distinct NCMEC reports of the whole station by what NCMEC calls them. Other sources have no such sorting."""
    rows = Report.objects.filter(source_system=SOURCE_SYSTEM).order_by().values("handling")
    return by_handling(rows.annotate(number=Count("pk")).values_list("handling", "number"))
