"""Documents as rendered, their plain text, and the sealed PDF as it was sealed."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from kaval.station import sealed
from kaval.station.officer_request import OfficerRequest
from kaval.station.queries import documents as queries
from kaval.station.queries.scope import NotVisible
from kaval.station.views.asked import page_asked, query_without_page, text_asked


@require_safe
def documents(request: OfficerRequest) -> HttpResponse:
    """The list."""
    text, kind = text_asked(request, "q"), text_asked(request, "kind")
    return render(
        request,
        "documents.html",
        {
            "page": queries.documents_rendered(
                request.officer, kind=kind, text=text, page=page_asked(request)
            ),
            "kinds": queries.kinds_of_documents(request.officer),
            "text": text,
            "kind": kind,
            "query": query_without_page(request),
        },
    )


@require_safe
def document(request: OfficerRequest, document_id: uuid.UUID) -> HttpResponse:
    """One document as plain text, with the gaps it names."""
    return render(
        request, "document.html", {"document": queries.document_by_id(request.officer, document_id)}
    )


@require_safe
def document_pdf(request: OfficerRequest, document_id: uuid.UUID) -> HttpResponse:
    """The sealed bytes, checked against their digest, as a download.

    Raises:
        NotVisible: no such document in reach, or it was not rendered as PDF.
        SealBroken: the bytes are gone or were changed; the page then says that something failed, and the log says what.
    """
    row = queries.document_by_id(request.officer, document_id)
    if row.sealed is None:
        raise NotVisible(str(document_id))
    name = "".join(sign if sign.isalnum() or sign in "-." else "-" for sign in row.number)
    header = content_disposition_header(as_attachment=True, filename=f"{name}-{row.language}.pdf")
    return HttpResponse(
        sealed.read(row.sealed), content_type="application/pdf", headers={"Content-Disposition": str(header)}
    )
