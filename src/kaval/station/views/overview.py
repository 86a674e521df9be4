"""The first page: how far the work has come, why subjects stop, and what the clock asks for."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kaval.station.officer_request import OfficerRequest
from kaval.station.queries import overview as queries
from kaval.station.queries.people import station_time
from kaval.station.queries.record import ledger_state
from kaval.station.queries.scope import area_is_shown


@require_safe
def overview(request: OfficerRequest) -> HttpResponse:
    """The overview within the officer's reach."""
    as_of = station_time(timezone.now())
    with_subjects = area_is_shown(request.officer, "subjects")
    looked_at, stopped = queries.subjects_stopped(request.officer) if with_subjects else (0, 0)
    return render(
        request,
        "overview.html",
        {
            "as_of": as_of,
            "groups": queries.funnel_counts(request.officer),
            "with_subjects": with_subjects,
            "looked_at": looked_at,
            "stopped": stopped,
            "blocked": queries.blocked_reasons(request.officer) if with_subjects else (),
            "unseen": queries.warnings_unseen(request.officer),
            "clock": queries.clock_lines(request.officer, as_of=as_of),
            "ledger": ledger_state(),
        },
    )
