"""Trouble met while reading: a named officer notes that it was seen."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from kaval.station.officer_request import OfficerRequest
from kaval.station.operations.intake import acknowledge_warning
from kaval.station.queries import reading_warnings as queries
from kaval.station.roles import permits
from kaval.station.views.asked import id_asked, page_asked, query_without_page, text_asked
from kaval.station.views.intake import SEEN


@require_safe
def warnings(request: OfficerRequest) -> HttpResponse:
    """Warnings to acknowledge, those already seen, or all; of one kind, of one delivery."""
    asked, code, delivery = (
        text_asked(request, "seen"),
        text_asked(request, "code"),
        id_asked(request, "delivery"),
    )
    seen = SEEN.get(asked, False)
    return render(
        request,
        "warnings.html",
        {
            "page": queries.warnings_of_readings(
                request.officer, seen=seen, code=code, delivery=delivery, page=page_asked(request)
            ),
            "codes": queries.codes_of_warnings(request.officer, seen=seen),
            "code": code,
            "delivery": delivery,
            "seen": asked if asked in SEEN else "",
            "query": query_without_page(request),
            "may_acknowledge": permits(list(request.officer.roles), "acknowledge_warning"),
        },
    )


@require_POST
def acknowledge(request: OfficerRequest, warning_id: uuid.UUID) -> HttpResponse:
    """Notes that the officer has seen the warning; pressing the button again changes nothing."""
    if queries.warning_by_id(request.officer, warning_id).seen_by_id is None:
        _acknowledge(request, warning_id)
    if request.headers.get("HX-Request"):
        return render(request, "parts/acknowledged.html")
    return redirect("warnings")


@require_POST
def acknowledge_selected(request: OfficerRequest) -> HttpResponse:
    """Notes for every warning that was ticked, one by one and by name, that the officer has seen it."""
    for warning_id in queries.open_among(request.officer, _ticked(request)):
        _acknowledge(request, warning_id)
    back = request.POST.get("back", "")
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)):
        back = "/warnings"
    return HttpResponse(status=303, headers={"Location": back})


def _acknowledge(request: OfficerRequest, warning_id: uuid.UUID) -> None:
    acknowledge_warning(by=request.officer, at=timezone.now(), key=str(uuid.uuid4()), warning_id=warning_id)


def _ticked(request: HttpRequest) -> list[uuid.UUID]:
    """The warnings that were ticked, at most a page of them; nonsense is nothing."""
    found = []
    for text in request.POST.getlist("warning")[:200]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found
