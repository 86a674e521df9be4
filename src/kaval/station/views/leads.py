"""Leads in triage order, and the sheet of one lead."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from kaval.station.officer_request import OfficerRequest
from kaval.station.queries import leads as queries
from kaval.station.queries.scope import area_is_shown
from kaval.station.views.asked import page_asked, query_without_page, text_asked


@require_safe
@vary_on_headers("HX-Request")
def leads(request: OfficerRequest) -> HttpResponse:
    """The list; htmx asks for the results alone."""
    chosen = queries.LeadFilter(
        *(text_asked(request, name) for name in ("q", "state", "kind", "source", "handling"))
    )
    context = {
        "page": queries.open_leads(request.officer, chosen=chosen, page=page_asked(request)),
        "chosen": chosen,
        "query": query_without_page(request),
        "handlings": queries.leads_by_handling(request.officer, chosen=chosen),
        "triaged": area_is_shown(request.officer, "subjects"),
    }
    if request.headers.get("HX-Request"):
        return render(request, "parts/lead_results.html", context)
    return render(request, "leads.html", context | {"choices": queries.choices_of_leads(request.officer)})


@require_safe
def lead(request: OfficerRequest, lead_id: uuid.UUID) -> HttpResponse:
    """One lead with its history."""
    return render(request, "lead.html", {"sheet": queries.lead_by_id(request.officer, lead_id)})
