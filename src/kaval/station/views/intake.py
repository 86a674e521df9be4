"""The intake desk: what was delivered, what became of each file, and what no reader could read."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaval.station.officer_request import OfficerRequest
from kaval.station.queries import deliveries as queries
from kaval.station.roles import permits
from kaval.station.views.asked import page_asked, query_without_page, text_asked

SEEN = {"": False, "yes": True, "all": None}


@require_safe
def intake(request: OfficerRequest) -> HttpResponse:
    """Deliveries, the newest first."""
    page = queries.deliveries(request.officer, page=page_asked(request))
    return render(
        request, "intake.html", {"page": page, "query": query_without_page(request), "part": "intake"}
    )


@require_safe
def delivery(request: OfficerRequest, delivery_id: uuid.UUID) -> HttpResponse:
    """One delivery with its files."""
    sheet = queries.delivery_by_id(request.officer, delivery_id, page=page_asked(request))
    return render(
        request,
        "delivery.html",
        {"sheet": sheet, "page": sheet.files, "query": query_without_page(request), "part": "intake"},
    )


@require_safe
def quarantine(request: OfficerRequest) -> HttpResponse:
    """Files that no reader claims or that could not be read."""
    asked = text_asked(request, "seen")
    return render(
        request,
        "quarantine.html",
        {
            "page": queries.quarantine(
                request.officer, seen=SEEN.get(asked, False), page=page_asked(request)
            ),
            "seen": asked if asked in SEEN else "",
            "query": query_without_page(request),
            "may_acknowledge": permits(list(request.officer.roles), "acknowledge_warning"),
            "part": "quarantine",
        },
    )
