"""Figures by district: counted when the page is asked for, with their definitions and the time they hold for."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kaval.station.officer_request import OfficerRequest
from kaval.station.queries.operations import operation_seen, operations_seen
from kaval.station.queries.people import station_time
from kaval.station.queries.statistics import outcome_figures
from kaval.station.views.asked import id_asked


@require_safe
def statistics(request: OfficerRequest) -> HttpResponse:
    """The figures of one operation, the latest unless another is chosen."""
    operations = operations_seen(request.officer)
    asked = id_asked(request, "operation")
    chosen = next((one for one in operations if one.id == asked), operations[0] if operations else None)
    context = {"operations": operations, "chosen": chosen}
    if chosen is None:
        return render(request, "statistics.html", context)
    sheet = outcome_figures(
        request.officer, operation_seen(request.officer, chosen.id), as_of=station_time(timezone.now())
    )
    return render(request, "statistics.html", context | {"sheet": sheet})
