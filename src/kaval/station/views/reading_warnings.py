"""Trouble met while reading: a named officer notes that it was seen."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.station.officer_request import OfficerRequest
from kaval.station.operations.intake import acknowledge_warning
from kaval.station.queries import reading_warnings as queries
from kaval.station.roles import permits
from kaval.station.views.asked import page_asked, query_without_page, text_asked


@require_safe
def warnings(request: OfficerRequest) -> HttpResponse:
    """Warnings to acknowledge, or those already seen."""
    seen, code = text_asked(request, "seen") == "yes", text_asked(request, "code")
    return render(
        request,
        "warnings.html",
        {
            "page": queries.warnings_of_readings(request.officer, seen=seen, code=code, page=page_asked(request)),
            "codes": queries.codes_of_warnings(request.officer),
            "code": code,
            "seen": seen,
            "query": query_without_page(request),
            "may_acknowledge": permits(list(request.officer.roles), "acknowledge_warning"),
        },
    )


@require_POST
def acknowledge(request: OfficerRequest, warning_id: uuid.UUID) -> HttpResponse:
    """Notes that the officer has seen the warning; pressing the button again changes nothing."""
    if queries.warning_by_id(request.officer, warning_id).seen_by_id is None:
        acknowledge_warning(by=request.officer, at=timezone.now(), key=str(uuid.uuid4()), warning_id=warning_id)
    if request.headers.get("HX-Request"):
        return render(request, "parts/acknowledged.html")
    return redirect("warnings")
