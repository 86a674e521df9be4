"""The auditor's page: acts, refusals, and the head of the ledger."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaval.station.officer_request import OfficerRequest
from kaval.station.queries import record as queries
from kaval.station.views.asked import page_asked, query_without_page, text_asked


@require_safe
def audit(request: OfficerRequest) -> HttpResponse:
    """Acts, or with `show=refusals` what was refused."""
    refusals, name = text_asked(request, "show") == "refusals", text_asked(request, "act")
    page = page_asked(request)
    return render(
        request,
        "audit.html",
        {
            "refusals": queries.refusals_kept(request.officer, page=page) if refusals else None,
            "acts": None if refusals else queries.acts_done(request.officer, name=name, page=page),
            "names": queries.names_of_acts(request.officer),
            "name": name,
            "ledger": queries.ledger_state(),
            "query": query_without_page(request),
        },
    )
