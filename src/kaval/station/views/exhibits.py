"""Exhibits, and the sheet of one: custody, counts, findings. No content of any file is shown anywhere."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaval.station.officer_request import OfficerRequest
from kaval.station.queries import exhibits as queries
from kaval.station.queries.documents import documents_about
from kaval.station.views.asked import page_asked, query_without_page, text_asked


@require_safe
def exhibits(request: OfficerRequest) -> HttpResponse:
    """The list."""
    text, kind, examined = (text_asked(request, name) for name in ("q", "kind", "examined"))
    return render(
        request,
        "exhibits.html",
        {
            "page": queries.exhibits_held(
                request.officer, text=text, kind=kind, examined=examined, page=page_asked(request)
            ),
            "kinds": queries.kinds_of_exhibits(request.officer),
            "text": text,
            "kind": kind,
            "examined": examined,
            "query": query_without_page(request),
        },
    )


@require_safe
def exhibit(request: OfficerRequest, exhibit_id: uuid.UUID) -> HttpResponse:
    """One exhibit."""
    sheet = queries.exhibit_by_id(request.officer, exhibit_id, page=page_asked(request))
    subjects = [exhibit_id, sheet.exhibit.site_id, *([sheet.examination.pk] if sheet.examination else [])]
    return render(
        request, "exhibit.html", {"sheet": sheet, "documents": documents_about(request.officer, *subjects)}
    )
